"""Pure. The outage beside its runbook: on a wide screen a card that stays in view, on a narrow one two lines."""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, Worker
from statetrace_engine.model.route import RouteRecord
from statetrace_tui.present import guide_look, outage_row
from statetrace_tui.present.guide_look import PAD, Look
from statetrace_tui.present.outage_row import face, is_new, lasted, person
from statetrace_tui.present.text import Line, cells, dur, fit, size, spread, wrap

_WIDE = ((180, 60), (140, 48), (110, 42))
"""From so many columns on, the card has so many."""
_LEAST_WHOM = 16
"""Cells of whom to escalate to, where there is little room for both."""


def width_of(width: int) -> int:
    """Columns of the card; 0: there is none."""
    return next((cells for least, cells in _WIDE if width >= least), 0)


def cause(outage: OutageEvent, guide: GuidedRunbook | None, now: Epoch, width: int) -> Line:
    """`link-failure 0.97  to WLLS-B01-CR-01`, and when to escalate to whom: for a narrow screen."""
    timer = guide_look.escalation(guide, now) if guide is not None else []
    right: Line = [("  ", ""), *timer] if timer else []
    whom = f" to {guide.escalate_to}" if guide is not None and timer and guide.escalate_to else ""
    room = max(width - size(right) - size(_why(outage)) - 2, _LEAST_WHOM)
    right = [*right, (fit(whom, min(cells(whom), room)).rstrip(), "")] if whom else right
    kind, weight, (words, role) = _why(outage)
    left = width - 2 - size([kind, weight]) - size(right)
    return spread([kind, weight, (fit(words, min(cells(words), left)), role)], right, width)


def _why(outage: OutageEvent) -> Line:
    top = outage.causes[0] if outage.causes else None
    words = outage_row.failed(top, outage.hostname) if top is not None else outage_row.brief(outage.element)
    weight = f" {top.weight:.2f}" if top is not None else ""
    return [(outage.cause.value, ""), (weight, "strong"), (f"  {words}", "dim")]


def card(
    outage: OutageEvent, guide: GuidedRunbook | None, route: RouteRecord | None, look: Look, width: int
) -> list[Line]:
    """What it is, why, when to escalate and to whom, who works on it; the evidence comes below."""
    out = [[], *_name(outage, look, width)]
    for section in (_cause(outage, width), _escalation(guide, look, width), _call(outage, route, width)):
        out += [[], *section] if section else []
    if guide is not None and guide.workers:
        out += [[], _label("ALSO AT WORK"), *_others(guide, look, width)]
    return [*out, []]


def _label(word: str) -> Line:
    return [(" " * PAD, ""), (word, "dim")]


def _name(outage: OutageEvent, look: Look, width: int) -> list[Line]:
    said = face(outage)
    vrf = "default vrf" if outage.vrf == "default" else f"vrf {outage.vrf}"
    who = (
        "not acknowledged"
        if is_new(outage)
        else person(outage.acknowledged_by) or "in maintenance" * outage.is_maintenance
    )
    if outage.acknowledged_by and outage.acked_at is not None:
        who += f" has it, {dur(look.now - outage.acked_at)}"
    return [
        spread([(outage.hostname, "strong")], [("  ", ""), (outage.outage_id, "dim")], width, PAD),
        spread([(outage.prefix, "strong"), (f"  {vrf}  {outage.route_class}", "dim")], [], width, PAD),
        [],
        [
            (" " * PAD, ""),
            (f" {said.glyph} {said.word} ", f"{said.role}{'*' if is_new(outage) else ''}"),
            (f"  {dur(lasted(outage, look.now))}", "strong"),
            (f"   {who}", "strong" if is_new(outage) else ""),
        ],
    ]


def _cause(outage: OutageEvent, width: int) -> list[Line]:
    kind, weight, words = _why(outage)
    room = width - 2 * PAD - cells(kind[0]) - cells(weight[0])
    said = (fit(words[0], min(cells(words[0]), room)), words[1])
    out = [_label("CAUSE"), spread([(kind[0], "strong"), said], [(weight[0], "strong")], width, PAD)]
    return [*out, *_paragraph(outage_row.said(outage), width, 2, "")]


def _escalation(guide: GuidedRunbook | None, look: Look, width: int) -> list[Line]:
    if guide is None or not (guide.escalate_to or guide.escalation):
        return []
    hint = f"{look.hints.escalation} copies" if look.hints.escalation else ""
    timer = guide_look.escalation(guide, look.now)
    head = spread([("ESCALATION", "dim")], [(hint, "dim")], width, PAD)
    first: list[Line] = [[(" " * PAD, ""), *timer]] if timer else []
    to = f"to {guide.escalate_to}" if guide.escalate_to else ""
    return [head, *first, *_paragraph(to, width, 2, "strong"), *_paragraph(guide.escalation, width, 3, "dim")]


def _call(outage: OutageEvent, route: RouteRecord | None, width: int) -> list[Line]:
    contact = (route.contact if route is not None else "") or outage.contact
    who = [(outage.owner or "unowned", contact)]
    if route is not None:
        who += [(route.carrier, route.carrier_contact), ("circuit" if route.circuit else "", route.circuit)]
    rows = [_person(name, said, width) for name, said in who if name]
    return [_label("CALL"), *rows]


def _person(name: str, said: str, width: int) -> Line:
    first = min(max(cells(name) + 2, 16), (width - 2 * PAD) // 2)
    return [(" " * PAD, ""), (fit(name, first - 2) + "  ", ""), (fit(said, width - 2 * PAD - first).rstrip(), "dim")]


def _others(guide: GuidedRunbook, look: Look, width: int) -> list[Line]:
    return [_worker(worker, guide, look, width) for worker in guide.workers[:4]]


def _worker(worker: Worker, guide: GuidedRunbook, look: Look, width: int) -> Line:
    steps = {step.step: step for step in guide.steps} if worker.place.runbook == guide.runbook else {}
    found = steps.get(worker.place.step)
    at = f"step {found.number}  {found.title}" if found is not None else worker.place.runbook
    at = "through with it" if steps and not worker.place.step else at
    since = dur(look.now - worker.since_at)
    room = width - 2 * PAD - 10 - cells(since) - 2
    return spread(
        [(fit(person(worker.operator), 9), "accent"), (f" {fit(at, room)}", "")], [(since, "dim")], width, PAD
    )


def _paragraph(text: str, width: int, most: int, role: str) -> list[Line]:
    return [[(" " * PAD, ""), (line, role)] for line in wrap(text, width - 2 * PAD, most)]


def notices(guide: GuidedRunbook, look: Look, width: int) -> list[Line]:
    """What is not as it was: the runbook's file is gone, another one serves the outage now, the outage is over."""
    said: list[tuple[str, str, str]] = []
    if guide.gone:
        said.append(("! RUNBOOK EDITED" if guide.steps else "! RUNBOOK GONE", "major*", guide.gone))
    if guide.changed:
        hint = f"; {look.hints.serving} opens it" if look.hints.serving and guide.serving else ""
        said.append(("! ANOTHER RUNBOOK", "warn*", guide.changed + hint))
    if guide.is_over:
        said.append(("o OVER", "ok", "the outage is over; what was done stays"))
    return [line for head, role, text in said for line in _notice(head, role, text, width)]


def _notice(head: str, role: str, text: str, width: int) -> list[Line]:
    chip = f"  {head} "
    found = wrap(text, width - cells(chip) - 2 - PAD, 2) or [""]
    out: list[Line] = []
    for at, line in enumerate(found):
        lead = chip if not at else " " * cells(chip)
        out.append([(lead, role if not at else ""), (fit(f"  {line}", width - cells(chip)), "@over strong")])
    return out
