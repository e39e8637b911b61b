"""Pure. The lines that would take a configuration back to what it was: candidates for a person to read and to copy.

hier-config (MIT) knows how each system negates and nests its lines. What it must not see is taken out before
(`rollback_reading`), and what would do harm when it is typed is mended, or only said, behind (`rollback_writing`).
Nothing here is ever sent to a device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from statetrace_engine.diff import rollback_again, rollback_junos, rollback_lists, rollback_reading, rollback_writing
from statetrace_engine.diff.lines import breaks_off, paths
from statetrace_engine.diff.rollback_lists import Numbered
from statetrace_engine.diff.rollback_writing import Line

if TYPE_CHECKING:
    from hier_config import HConfig
    from hier_config.child import HConfigChild
    from hier_config.platforms.driver_base import HConfigDriverBase

PLATFORMS = {
    "arista_eos": "ARISTA_EOS",
    "aruba_aoscx": "ARUBA_AOSCX",
    "brocade_fastiron": "RUCKUS_FASTIRON",
    "cisco_ios": "CISCO_IOS",
    "cisco_nxos": "CISCO_NXOS",
    "cisco_xr": "CISCO_XR",
    "hp_procurve": "HP_PROCURVE",
    "juniper_junos": "JUNIPER_JUNOS",
    "ruckus_fastiron": "RUCKUS_FASTIRON",
}
"""Vendor → hier-config's name of it; the others have no driver."""
NONE_IN_BOTH = "no whole configuration is in both by one command"
TWO_DEVICES = "these are two devices: nobody changed one into the other"
"""Its name and its addresses would be the other's."""
_TYPED_AS_SHOWN = {"cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "aruba_aoscx"}
"""Systems whose lines are typed as they show them."""
_NUMBER = re.compile(r"^\d+ ")
_NOT_TYPED = re.compile(r"version |vlan [\d,-]+$")
_OVERLOOKED = re.compile(r"speed|duplex|negotiation|logging event|unreachables|!\.\*")
"""Of hier-config's rules for lines to pass over: those that pass over what somebody may have changed."""


def candidates(vendor: str, before: Sequence[str], after: Sequence[str], *, was: str = "") -> tuple[str, ...]:
    """Lines to type where the device has `after` and should have `before`; none where nothing differs. What nobody can
    type as it stands, a secret that was replaced above all, is a comment of the system. `was`: whose `before` is, where
    that is known.

    Raises ValueError, with the reason, where no driver knows the system or the configuration is beyond it.
    """
    if vendor not in PLATFORMS:
        raise ValueError(f"nobody knows how {vendor or 'an unknown system'} takes lines back")
    if was and was != vendor:
        raise ValueError(f"the configurations are of two systems: {was} and {vendor}")
    if breaks_off(after, before) or breaks_off(before, after):
        raise ValueError("one of the configurations breaks off before its end")
    from hier_config.exceptions import DuplicateChildError

    running, wanted = (rollback_reading.read(vendor, lines) for lines in (after, before))
    notes = rollback_writing.remarks(vendor, rollback_reading.said_apart(running, wanted))
    try:
        found = _taken_back(vendor, running, wanted)
        missed = rollback_writing.remarks(vendor, _missed(vendor, found, running.lines, wanted.lines))
        return (*notes, *found, *missed)
    except (DuplicateChildError, ValueError, AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"the configuration could not be taken apart: {error}") from error


def shown_by_one_command(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> tuple[Sequence[str], Sequence[str]]:
    """Of the whole configurations of two captures, by command, the last that both show; empty ones where there is none.

    What a device starts with, or one interface of it, is not what it runs: to go from one to the other would undo
    whatever only one of them shows.
    """
    both = [command for command, lines in after.items() if lines and before.get(command)]
    return (before[both[-1]], after[both[-1]]) if both else ((), ())


def _taken_back(vendor: str, running: rollback_reading.Read, wanted: rollback_reading.Read) -> list[str]:
    # Here and not above: it brings pydantic along, 0.3 s that only those pay who ask.
    from hier_config import WorkflowRemediation, get_hconfig

    sides = Numbered(running.lines, wanted.lines, {})
    if vendor == "cisco_ios":
        sides = rollback_lists.numbered(running.lines, wanted.lines)
    has, had = (get_hconfig(_driver(vendor), "\n".join(lines)) for lines in (sides.running, sides.wanted))
    found = rollback_again.completed(_lines(WorkflowRemediation(has, had).remediation_config), _lines(had))
    if vendor == "juniper_junos":
        found = rollback_junos.completed(found, _texts(has), _texts(had), running, wanted)
    return rollback_writing.written(vendor, found, sides.steps)


def _missed(vendor: str, found: Sequence[str], running: Sequence[str], wanted: Sequence[str]) -> Iterator[str]:
    """What was there and is not, and what no line of these brings back: a library passes over remarks, for one."""
    if vendor not in _TYPED_AS_SHOWN:
        return
    typed = {_NUMBER.sub("", line.strip().rstrip(",").rpartition(": ")[2]) for line in found}
    has = set(paths(running))
    for path in [each for each in dict.fromkeys(paths(wanted)) if each not in has]:
        words = " ".join(path[-1].split())
        if _NUMBER.sub("", words.rpartition(": ")[2]) not in typed and not _NOT_TYPED.match(words):
            yield f"no line here brings back: {' / '.join(path)}"


def _driver(vendor: str) -> HConfigDriverBase:
    from hier_config import Platform
    from hier_config.constructors import get_hconfig_driver
    from hier_config.models import IdempotentCommandsAvoidRule, MatchRule, PerLineSubRule
    from hier_config.platforms.utils import split_vlan_id_lists

    driver = get_hconfig_driver(Platform[PLATFORMS[vendor]])
    rules = driver.rules
    rules.per_line_sub[:] = [each for each in rules.per_line_sub if not _OVERLOOKED.search(each.search)]
    rules.per_line_sub.append(PerLineSubRule(search=r"^\s*!.*", replace=""))
    secondary = MatchRule(re_search=r"^ip address .*\bsecondary\b")  # one more, which does not stand for the first
    rules.idempotent_commands_avoid.append(
        IdempotentCommandsAvoidRule(match_rules=(MatchRule(startswith="interface "), secondary))
    )
    if split_vlan_id_lists not in rules.post_load_callbacks:  # else `no vlan 1,10` for one more VLAN in the list
        rules.post_load_callbacks.append(split_vlan_id_lists)
    return driver


def _lines(at: HConfig | HConfigChild) -> list[Line]:
    return [
        Line(each.text, tuple(_lines(each)), each.sectional_exit or "", each.sectional_exit_text_parent_level)
        for each in sorted(at.children)
    ]


def _texts(config: HConfig) -> list[str]:
    return [child.text for child in config.children]
