"""Pure. All runbooks of a home: which one serves an outage, and its next step for this device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network

from statetrace_engine.model.explanation import NextStep
from statetrace_engine.model.names import parents
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks.markdown import PLACEHOLDERS, parse

_IN_VRF = re.compile(r" (?:vpnv4 )?vrf \{vrf\}")
"""IOS has no vrf called default; everybody takes the global table when none is named."""
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")
GENERIC = "generic"
"""The runbook that serves cause `unknown`, and nothing else (SPEC 4)."""
_NAMELESS = Runbook(name=GENERIC, title="No runbook is installed", causes=(str(CauseKind.UNKNOWN),))


def read(texts: Mapping[str, str]) -> tuple[list[Runbook], list[str]]:
    """Runbooks by the paths of their files, in the order given, and every problem as `file:line: runbook: what`."""
    runbooks: list[Runbook] = []
    problems: list[str] = []
    served: dict[str, str] = {}
    for path, text in texts.items():
        name = path.replace("\\", "/").rpartition("/")[2].removesuffix(".md")
        runbook, wrong = parse(name, text)
        problems.extend(f"{path}:{problem.line}: {name}: {problem.what}" for problem in wrong)
        problems.extend(
            f"{path}:1: {name}: cause {cause} is already served by {served[cause]}; remove it from one"
            for cause in runbook.causes
            if served.setdefault(cause, name) != name
        )
        runbooks.append(runbook)
    return runbooks, problems


def choose(cause: CauseKind | str, wanted: str, runbooks: Iterable[Runbook]) -> Runbook:
    """Exactly one: the wanted one by name (the outage's: `OutageEvent.runbook`), else the one of the cause, else
    `generic`."""
    by_name = {runbook.name: runbook for runbook in runbooks}
    if wanted in by_name:
        return by_name[wanted]
    serving = (runbook for runbook in by_name.values() if str(cause) in runbook.causes)
    return next(serving, by_name.get(GENERIC, _NAMELESS))


def next_step(runbook: Runbook, vendor: str, fills: Mapping[str, str | None], step: int = 0) -> NextStep:
    """Step number `step` (from 0; the last one when there are fewer), its command as the device's vendor writes it.

    `fills` gives interface, neighbour, next_hop, prefix and vrf as far as they are known.
    """
    if not runbook.steps:
        return NextStep(runbook=runbook.name, title=runbook.title, step=runbook.title, command="", expect="", so="")
    chosen = runbook.steps[min(step, len(runbook.steps) - 1)]
    command = chosen.commands.get(vendor) or chosen.commands.get("any") or next(iter(chosen.commands.values()), "")
    known = {**fills, **_derived(fills)}
    if known.get("vrf") in (None, "", "default"):
        command = _IN_VRF.sub("", command)
    if ":" in (known.get("prefix") or ""):
        command = command.replace("show ip route", "show ipv6 route").replace("{network} {mask}", "{prefix}")
    return NextStep(
        runbook=runbook.name,
        title=runbook.title,
        step=_filled(chosen.title, known),
        command=_filled(command, known),
        expect=_filled(chosen.expect, known),
        so=_filled(chosen.so, known),
        number=runbook.steps.index(chosen) + 1,
        of=len(runbook.steps),
    )


def _derived(fills: Mapping[str, str | None]) -> dict[str, str]:
    """`network` and `mask` from the prefix, `port` from the interface."""
    interface, prefix = fills.get("interface") or "", fills.get("prefix") or ""
    port = (parents(interface) or (interface,))[0]
    try:
        network = ip_network(prefix, strict=False)
    except ValueError:
        return {"port": port}
    return {"port": port, "network": str(network.network_address), "mask": str(network.netmask)}


def _filled(text: str, fills: Mapping[str, str | None]) -> str:
    """Each placeholder by its value; one that is not known stays visible as `<next hop?>`."""
    return _PLACEHOLDER.sub(lambda match: _value(match[1], fills.get(match[1])), text).strip()


def _value(name: str, value: str | None) -> str:
    """A device's own words go into a command that somebody will paste: only what names and addresses are made of."""
    safe = "".join(letter for letter in sanitise(value or "", 80) if letter.isalnum() or letter in "./:_-@%")
    return safe or f"<{name.replace('_', ' ')}?>"
