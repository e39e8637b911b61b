"""Pure. A runbook to read: what it is for, each step with its command, what to expect and what it means if not."""

from __future__ import annotations

from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.runbook import Runbook, RunbookStep
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import library
from statetrace_engine.runbooks.library import Fills
from statetrace_tui.present.text import Line, fit, wrap

_INDENT = 8
_LINES_A_PARAGRAPH = 40


def lines(runbook: Runbook, outage: OutageEvent | None, width: int, of: Fills | None = None) -> list[Line]:
    """The whole of it, as long as it is; placeholders are filled in by what it is opened for, and by the outage."""
    if not runbook.steps:
        return _prose(runbook.text or runbook.summary, width)
    known: Fills = {**(placeholders(outage) if outage else {}), **(of or {})}
    out = [
        *_paragraph(_filled(runbook.summary, known), width, 3, ""),
        *_list("BEFORE", runbook.preconditions, known, width),
    ]
    for number, step in enumerate(runbook.steps, 1):
        out += [
            [],
            [
                ("   ", ""),
                (f"{number}", "accent!"),
                (f"  {fit(_filled(step.title, known), width - 8).rstrip()}", "strong"),
            ],
        ]
        out += _step(step, known, width)
    return [*out, *_list("DONE WHEN", runbook.results, known, width), *_escalation(runbook, known, width)]


def _list(head: str, items: tuple[str, ...], known: Fills, width: int) -> list[Line]:
    if not items:
        return []
    out: list[Line] = [[], [("   ", ""), (head, "dim")]]
    for item in items:
        out += _paragraph(_filled(item, known), width, 3, "")
    return out


def _escalation(runbook: Runbook, known: Fills, width: int) -> list[Line]:
    if not runbook.escalate_to and not runbook.escalation:
        return []
    after = f"after {minutes(runbook.escalate_after_s)}" if runbook.escalate_after_s is not None else ""
    to = " to ".join(filter(None, (after, runbook.escalate_to)))
    lead = _paragraph(sanitise(to), width, 3, "strong") if to else []
    return [
        [],
        [("   ", ""), ("ESCALATE", "dim")],
        *lead,
        *_paragraph(_filled(runbook.escalation, known), width, 3, ""),
    ]


def minutes(seconds: float) -> str:
    """`15 min`, `2 h`."""
    whole = round(seconds / 60)
    return f"{whole // 60} h" if whole >= 60 and whole % 60 == 0 else f"{whole} min"


def command(step: RunbookStep, known: Fills) -> list[tuple[str, str]]:
    """(vendors, command) pairs, each command once; vendors are empty where one command serves any."""
    by_command: dict[str, list[str]] = {}
    for vendor in step.commands:
        by_command.setdefault(sanitise(library.fill(step, vendor, known).command), []).append(vendor)
    if len(by_command) == 1 and "any" in step.commands:
        return [("", text) for text in by_command]
    return [(", ".join(_brief_vendor(vendor) for vendor in vendors), text) for text, vendors in by_command.items()]


def _brief_vendor(vendor: str) -> str:
    """`cisco_ios` is `ios` beside a command."""
    return "others" if vendor == "any" else vendor.rpartition("_")[2]


def _step(step: RunbookStep, known: Fills, width: int) -> list[Line]:
    out: list[Line] = []
    pairs = command(step, known)
    column = max((len(vendor) for vendor, _ in pairs), default=0)
    for vendor, text in pairs:
        room = width - _INDENT - 3 - (column + 1 if column else 0)
        label: Line = [(f" {fit(vendor, column)}" if column else "", "@well dim")]
        out.append([(" " * (_INDENT - 2), ""), *label, (fit(f" {text}", room), "@well strong")])
    for word, text in (("expect", step.expect), ("if not", step.so)):
        for i, line in enumerate(wrap(_filled(text, known), width - _INDENT - 12, 6)):
            out.append([(" " * (_INDENT - 2), ""), (fit(word if not i else "", 9), "dim"), (line, "")])
    return out


def _filled(text: str, known: Fills) -> str:
    return sanitise(library.filled(text, known))


def placeholders(outage: OutageEvent) -> Fills:
    """What the outage and its evidence say of interface, neighbour and next hop."""
    known = {"hostname": outage.hostname, "prefix": outage.prefix, "vrf": outage.vrf}
    for item in sorted(outage.evidence, key=lambda item: item.at):
        words = item.text.split()
        if item.witness == outage.hostname and item.plane is Plane.LINK and words:
            known.setdefault("interface", words[0])
        elif item.plane is Plane.SESSION and len(words) > 1:
            known.setdefault("neighbour", words[1])
            known.setdefault("next_hop", words[1])
        elif item.plane is Plane.DATA and words:
            known.setdefault("next_hop", words[0])
    return known


def _paragraph(text: str, width: int, indent: int, role: str) -> list[Line]:
    return [[(" " * indent, ""), (line, role)] for line in wrap(sanitise(text), width - 2 * indent, _LINES_A_PARAGRAPH)]


def _prose(text: str, width: int) -> list[Line]:
    """Markdown as plain lines: headings strong, code in a well, the rest wrapped."""
    out: list[Line] = []
    is_code = False
    for raw in text.splitlines():
        line = sanitise(raw)
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif is_code:
            out.append([("     ", ""), (fit(f" {line}", width - 8), "@well strong")])
        elif line.startswith("#"):
            out.append([("   ", ""), (fit(line.lstrip("# "), width - 6).rstrip(), "strong")])
        else:
            out += _paragraph(line, width, 3, "") or [[]]
    return out
