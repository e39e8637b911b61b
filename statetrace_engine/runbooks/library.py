"""Pure. All runbooks of a home: which one serves an outage, and its next step for this device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network

from msgspec import Struct

from statetrace_engine.model.explanation import NextStep
from statetrace_engine.model.names import parents
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_engine.runbooks import ipv6, link_local, vendors
from statetrace_engine.runbooks.markdown import PLACEHOLDERS, headed, parse

_IN_VRF = re.compile(
    r"(?: vpnv4)? vrf \{vrf\}| (?:routing-instance|virtual-router) \{vrf\}| vpn \{vrf\}|^ip vrf exec \{vrf\} "
)
"""IOS has no vrf called default; everybody takes the global table when none is named. """
_SAFE = re.compile(r"(?!-)[\w./:@%-]{1,128}", re.ASCII)
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")
_WANTED = ("id", "vendors", "severities", "owner", "escalation")
"""Headers of every runbook; causes are of those that serve one."""
GENERIC = "generic"
"""The runbook that serves cause `unknown`, and nothing else (SPEC 4)."""
Fills = Mapping[str, str | None]
"""What placeholders stand for, as far as it is known."""
_NAMELESS = Runbook(name=GENERIC, title="No runbook is installed", causes=(str(CauseKind.UNKNOWN),))


def name_of(path: str) -> str:
    """A runbook's, by its file's path."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".md")


def read(texts: Mapping[str, str], others: Iterable[str] = ()) -> tuple[list[Runbook], list[str]]:
    """Runbooks by the paths of their files, in the order given, and every problem as `file:line: runbook: what`;
    `others` are names of runbooks to which branches may lead besides."""
    runbooks: list[Runbook] = []
    problems: list[str] = []
    served: dict[str, str] = {}
    paths: dict[str, str] = {}
    for path, text in texts.items():
        name = name_of(path)
        runbook, wrong = parse(name, text)
        problems.extend(f"{path}:{problem.line}: {name}: {problem.what}" for problem in wrong)
        line = headed(text).get("causes", 1)
        problems.extend(
            f"{path}:{line}: {name}: cause {cause} is already served by {served[cause]}; remove it from one"
            for cause in runbook.causes
            if served.setdefault(cause, name) != name
        )
        runbooks.append(runbook)
        paths[name] = path
    return runbooks, [*problems, *_lost_branches(runbooks, paths, others)]


def _lost_branches(runbooks: list[Runbook], paths: Mapping[str, str], others: Iterable[str]) -> Iterator[str]:
    """Branches to runbooks that are not there."""
    names = {*others, *(runbook.name for runbook in runbooks)}
    for runbook in runbooks:
        for branch in (branch for step in runbook.steps for branch in step.branches):
            if branch.runbook and branch.runbook not in names:
                yield f"{paths[runbook.name]}:{branch.line}: {runbook.name}: no runbook {branch.runbook!r}"


def unsaid(texts: Mapping[str, str]) -> list[str]:
    """What the headers of these files leave out, as `file:line: runbook: what`."""
    found = []
    for path, text in texts.items():
        has = headed(text)
        if left_out := [name for name in _WANTED if name not in has]:
            found.append(f"{path}:1: {name_of(path)}: its header does not say {', '.join(left_out)}")
    return found


def lacks(texts: Mapping[str, str]) -> list[str]:
    """Steps of these files without a command for a vendor that their runbook names, as `file:line: runbook: what`: a
    device of it gets another vendor's words."""
    found = []
    for path, text in texts.items():
        book, _ = parse(name_of(path), text)
        for step in book.steps:
            names = vendors.lacking(step.commands, book.vendors)
            if names:
                found.append(f"{path}:{step.line}: {book.name}: no command for {', '.join(names)}")
    return found


def choose(cause: CauseKind | str, wanted: str, runbooks: Iterable[Runbook]) -> Runbook:
    """Exactly one: the wanted one by name (the outage's: `OutageEvent.runbook`), else the one of the cause, else
    `generic`."""
    by_name = {runbook.name: runbook for runbook in runbooks}
    if wanted in by_name:
        return by_name[wanted]
    serving = (runbook for runbook in by_name.values() if str(cause) in runbook.causes)
    return next(serving, by_name.get(GENERIC, _NAMELESS))


class Filled(Struct, frozen=True, kw_only=True):
    """A step's words for one device."""

    title: str
    command: str
    foreign: str
    """`no command for PAN-OS; as on Cisco IOS`: it is in another vendor's words; empty: it is not."""
    missing: tuple[str, ...]
    """Placeholders of the command that have no value."""
    expect: str
    so: str


def lost(name: str) -> Runbook:
    """In the place of a runbook that somebody has begun and that is no longer there."""
    return Runbook(name=name, title=f"{name} is no longer there")


def fill(step: RunbookStep, vendor: str, fills: Fills) -> Filled:
    """The command as the device's vendor writes it, else as another one does. `fills` gives interface, neighbour,
    next_hop, prefix and vrf as far as they are known."""
    written, known = vendors.written(step.commands, vendor), _known(fills)
    command = ipv6.spelled(written.command, written.vendor, known)
    if known.get("vrf") in (None, "", "default"):
        command = _IN_VRF.sub("", command.replace("vpnv6 unicast vrf {vrf}", "ipv6 unicast"))
    command, here = link_local.spelled(command, written.vendor, ipv6.printed(command, written.vendor, known))
    return Filled(
        title=_filled(step.title, known),
        command=vendors.typed(_filled(command, here), written.vendor),
        foreign=written.foreign,
        missing=tuple(dict.fromkeys(name for name in _PLACEHOLDER.findall(command) if not _safe(here.get(name)))),
        expect=_filled(step.expect, known),
        so=_filled(step.so, known),
    )


def filled(text: str, fills: Fills) -> str:
    """Words of a runbook for one device."""
    return _filled(text, _known(fills))


def next_step(runbook: Runbook, vendor: str, fills: Fills, step: int = 0) -> NextStep:
    """Step number `step` (from 0; the last one when there are fewer), its command as the device's vendor writes it."""
    if not runbook.steps:
        return NextStep(runbook=runbook.name, title=runbook.title, step=runbook.title, command="", expect="", so="")
    number = min(step, len(runbook.steps) - 1)
    words = fill(runbook.steps[number], vendor, fills)
    return NextStep(
        runbook=runbook.name,
        title=runbook.title,
        step=words.title,
        command=words.command,
        foreign=words.foreign,
        expect=words.expect,
        so=words.so,
        number=number + 1,
        of=len(runbook.steps),
    )


def _known(fills: Fills) -> Fills:
    return {**fills, **_derived(fills)}


def _derived(fills: Fills) -> dict[str, str]:
    """`network` and `mask` from the prefix, `port` from the interface."""
    interface, prefix = fills.get("interface") or "", fills.get("prefix") or ""
    port = (parents(interface) or (interface,))[0]
    try:
        network = ip_network(prefix, strict=False)
    except ValueError:
        return {"port": port}
    return {"port": port, "network": str(network.network_address), "mask": str(network.netmask)}


def _filled(text: str, fills: Fills) -> str:
    """Each placeholder by its value; one that is not known stays visible as `<next hop?>`."""
    return _PLACEHOLDER.sub(lambda match: _value(match[1], fills.get(match[1])), text).strip()


def _value(name: str, value: str | None) -> str:
    return _safe(value) or f"<{name.replace('_', ' ')}?>"


def _safe(value: str | None) -> str:
    """A device's own words go into a command that somebody will paste: only names and addresses do, and nothing that
    could be taken for an option. Any other is refused whole: without a letter it would name another thing."""
    return value if value and _SAFE.fullmatch(value) else ""
