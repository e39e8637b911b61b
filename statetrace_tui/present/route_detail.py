"""Pure. Everything about one route: a pane of sections beside the table, or six lines under it.

A sentence before data. When the pane is low, sections give way from the least urgent one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, PathHealth, RouteHealth, WhyNot
from statetrace_engine.model.outage import Hypothesis, OutageEvent, RouteDetail
from statetrace_engine.model.route import Role
from statetrace_tui.present import evidence, loss, outage_row, why_not
from statetrace_tui.present.book import is_new
from statetrace_tui.present.evidence import short_source
from statetrace_tui.present.hours import Zone, clock, minute, minute_there, utc
from statetrace_tui.present.route_row import ack, glyph, role
from statetrace_tui.present.text import Line, cells, count, dur, fit, flow, size, spread, wrap

PAD = 2
_NEEDED = 8
"""Sections up to this urgency give up the blank lines between them before they give way."""
_SENTENCES = {
    HealthState.DOWN: "nothing is known to carry",
    HealthState.DEGRADED: "traffic survives; the primary does not carry all of it",
    HealthState.UNKNOWN: "not measured: neither good nor bad",
    HealthState.RECOVERED: "carries again; healthy when the hold ends",
    HealthState.HEALTHY: "carries on its primary path",
}
_VERDICTS = {
    "down": ("X", "crit"),
    "impaired": ("%", "warn"),
    "up": ("o", ""),
    "spare": (".", "dim"),
    "unknown": ("?", "unk"),
}


class When(NamedTuple):
    """The time that ages are counted to, the clock that times of day are read on, and the keys that are named."""

    now: Epoch
    zone: Zone = utc
    runbook_key: str = "b"
    log_key: str = "l"
    explain_key: str = "e"


class Section(NamedTuple):
    """Lines that stand or go together."""

    urgency: int
    """The lowest number stays longest."""
    lines: list[Line]


def lines(detail: RouteDetail, when: When, width: int, height: int) -> list[Line]:
    """The pane, at most `height` lines of `width` cells."""
    sections = [section for make in _SECTIONS if (section := make(detail, when, width)).lines]
    needed = [section for section in sections if section.urgency <= _NEEDED]
    air = 1 if sum(len(section.lines) + 1 for section in needed) < height else 0
    out: list[Line] = [[]] * air
    for at, section in enumerate(_that_fit(sections, height - air, air)):
        out += [[]] * air if at else []
        out += section.lines
    return out[:height]


def whole(detail: RouteDetail, when: When, width: int) -> list[Line]:
    """Everything, however long."""
    return lines(detail, when, width, 10_000)


def with_row(detail: RouteDetail | None, row: RouteHealth) -> RouteDetail:
    """The detail as last heard, with the row as it is now; without one, only what the row says."""
    if detail is not None:
        return structs.replace(detail, health=row)
    return RouteDetail(
        health=row,
        outage=None,
        paths=(),
        freshness=(),
        why_not=(),
        incident=None,
        survival="",
        strip=b"",
        loss_now=None,
        signals=(),
    )


def _that_fit(sections: list[Section], height: int, air: int) -> list[Section]:
    """The most urgent sections; one that does not fit whole is cut when at least three lines of it stay."""
    left = height
    kept: dict[int, Section] = {}
    for at, section in sorted(enumerate(sections), key=lambda item: item[1].urgency):
        room = left - (air if kept else 0)
        size = len(section.lines)
        if size > room and (section.urgency <= _NEEDED or room < 3):
            continue
        kept[at] = Section(section.urgency, section.lines[:room])
        left = room - min(size, room)
    return [kept[at] for at in sorted(kept)]


def _head(title: str, right: str, width: int) -> Line:
    room = width - 2 * PAD - (cells(right) + 2 if right else 0)
    return spread([(fit(title, min(room, cells(title))), "dim")], [(right, "dim")], width, PAD)


def _put(*spans: tuple[str, str]) -> Line:
    return [(" " * PAD, ""), *spans]


def _identity(detail: RouteDetail, _: When, width: int) -> Section:
    row, outage = detail.health, detail.outage
    route = row.route
    name = [(route.hostname, "strong"), ("  ", ""), (fit(route.prefix, min(len(route.prefix), 22), "m"), "strong")]
    vrf = "default vrf" if route.vrf == "default" else f"vrf {route.vrf}"
    return Section(
        0,
        [
            spread(name, [(outage.outage_id if outage else row.outage_id, "dim")], width, PAD),
            spread([(f"{vrf}  {route.route_class}", "dim")], [(route.owner or "unowned", "")], width, PAD),
        ],
    )


def _state(detail: RouteDetail, when: When, width: int) -> Section:
    row, now = detail.health, when.now
    line = _put((f" {glyph(row)} {row.state} ", role(row)), ("  " + since(row, when), "strong"))
    if row.severity:
        line.append((f"   {row.severity}", ""))
    line.append(_who(row, now))
    said = detail.survival or _SENTENCES[row.state]
    sentence = [_put((text, "")) for text in wrap(said, width - 2 * PAD, 2)]
    return Section(1, [line, *sentence])


def since(row: RouteHealth, when: When) -> str:
    """`1m12s` while something is wrong, `since 13:57Z` when not: then nothing moves."""
    if row.since_at <= 0:
        return "never heard"
    if row.state is HealthState.HEALTHY:
        return (
            f"since {minute_there(row.since_at, when.zone)}"
            if when.now - row.since_at < 86400
            else f"for {int((when.now - row.since_at) // 86400)}d"
        )
    return dur(when.now - row.since_at)


def _who(row: RouteHealth, now: Epoch) -> tuple[str, str]:
    if is_new(row):
        return "   not acknowledged", "strong"
    if row.acknowledged_by:
        return f"   {ack(row, now)}", "dim"
    return ("   not yet seen", "ok") if row.is_latched else ("", "")


def _loss(detail: RouteDetail, when: When, width: int) -> Section:
    if not loss.has_any(detail.strip) and detail.loss_now is None:
        return Section(9, [])
    right: Line = [("not probed", "dim")]
    if detail.loss_now is not None:
        figure = f"{detail.loss_now:.0f}" if detail.loss_now in (0, 100) else f"{detail.loss_now:.1f}"
        right = [
            ("now ", "dim"),
            (f"{figure} %", "crit" if detail.loss_now >= 100 else "warn" if detail.loss_now >= 5 else ""),
        ]
    room = width - 2 * PAD
    first, middle, last = "1 h ago", "30 min", "now"
    if detail.health.state is not HealthState.HEALTHY:
        first, middle, last = (minute(when.now - ago, when.zone) for ago in (3600, 1800, 0))
    ends = f"{first}{middle.center(room - len(first) - len(last))}{last}"
    return Section(
        5,
        [
            spread([("LOSS, LAST HOUR", "dim")], right, width, PAD),
            _put(*loss.strip(detail.strip, room, is_new(detail.health))),
            _put((ends, "dim")),
        ],
    )


def _paths(detail: RouteDetail, when: When, width: int) -> Section:
    return Section(
        3,
        [_head("PATHS", "", width), *[_path(path, when.now, width) for path in detail.paths[:6]]]
        if detail.paths
        else [],
    )


def _path(path: PathHealth, now: Epoch, width: int) -> Line:
    mark, colour = _VERDICTS.get(path.verdict, ("?", "unk"))
    how = " ".join(str(part) for part in (path.protocol, path.admin_distance) if part is not None)
    where = "  ".join(
        part
        for part in (fit(path.next_hop or "-", 15, "m").rstrip(), outage_row.brief(path.interface or ""), how)
        if part
    )
    left = [
        ("P  " if path.role is Role.PRIMARY else "S  ", "strong"),
        (f"{where}  ", ""),
        (f"{mark} {path.word}", colour),
    ]
    is_moving = path.verdict in ("down", "impaired") and path.since_at
    return spread(left, [(dur(now - (path.since_at or 0)), "")] if is_moving else [], width, PAD)


def _causes(detail: RouteDetail, when: When, width: int) -> Section:
    outage = detail.outage
    if outage is None:
        return Section(2, [])
    explains = f"{when.explain_key} explains" if when.explain_key else ""
    found = outage.causes[:3]
    if not found:
        alone = _put((outage.cause, "strong"), (f"  {outage.cause_detail}", ""))
        return Section(2, [_head("CAUSE", explains, width), alone])
    ranked = [_cause(hypothesis, rank, outage.hostname, width) for rank, hypothesis in enumerate(found, 1)]
    title = f"CAUSES, {len(found)} OF {len(outage.causes)}" if outage.causes[3:] else "CAUSE"
    return Section(2, [_head(title, f"{explains}   confidence".strip(), width), *ranked])


def _cause(hypothesis: Hypothesis, rank: int, hostname: str, width: int) -> Line:
    """Its rank, what it is, and how likely."""
    is_first = rank == 1
    words = outage_row.failed(hypothesis, hostname)
    room = width - 2 * PAD - len(hypothesis.cause) - 10
    return spread(
        [
            (f"{rank} ", "strong" if is_first else "dim"),
            (hypothesis.cause, "strong" if is_first else ""),
            (f"  {fit(words, room)}", "" if is_first else "dim"),
        ],
        [(f"  {hypothesis.weight:.2f}", "strong" if is_first else "dim")],
        width,
        PAD,
    )


def _evidence(detail: RouteDetail, _: When, width: int) -> Section:
    outage = detail.outage
    if outage is None:
        return Section(4, [])
    return Section(
        4, [_put(*line) for line in evidence.lines(outage.evidence, outage.first_signal_at, width - 2 * PAD)]
    )


def _why_not(detail: RouteDetail, when: When, width: int) -> Section:
    return _waits(7, "WHY NOT YET", detail.why_not, when, width)


def _why_not_down(detail: RouteDetail, when: When, width: int) -> Section:
    return _waits(9, "WHY NOT DOWN", detail.why_not_down, when, width)


def _waits(urgency: int, title: str, whys: Sequence[WhyNot], when: When, width: int) -> Section:
    shown = [line for why in whys[:4] for line in why_not.lines(why, when.now, width)]
    return Section(urgency, [_head(title, "", width), *shown] if shown else [])


def _radius(detail: RouteDetail, _: When, width: int) -> Section:
    incident = detail.incident
    if incident is None:
        return Section(8, [])
    parts: Line = []
    for number, noun in (
        (len(incident.route_ids), "route"),
        (len(incident.devices), "device"),
        (len(incident.sites), "site"),
    ):
        figure, word = count(number, noun).split()
        parts += [(f"{figure} ", "strong"), (f"{word}   ", "")]
    owners = ", ".join(incident.owners[:3])
    return Section(
        8, [_head("BLAST RADIUS", incident.incident_id, width), spread([*parts, (owners, "dim")], [], width, PAD)]
    )


def _next(detail: RouteDetail, when: When, width: int) -> Section:
    if not detail.runbook_title and not detail.runbook_step:
        return Section(6, [])
    out = [_head(f"NEXT  {detail.runbook_title}", f"{when.runbook_key} runbook".strip(), width)]
    if detail.runbook_foreign:
        out += [_put((text, "warn")) for text in wrap(f"{detail.runbook_foreign}:", width - 2 * PAD, 2)]
    if detail.runbook_step:
        out.append(
            [(" " * PAD, ""), (fit(f" {detail.runbook_step}", width - 2 * PAD), "@well strong"), (" " * PAD, "")]
        )
    out += (
        [_put((text, "")) for text in wrap(f"expect  {detail.runbook_expect}", width - 2 * PAD, 2)]
        if detail.runbook_expect
        else []
    )
    return Section(6, out)


def _sources(detail: RouteDetail, _: When, width: int) -> Section:
    if not detail.freshness:
        return Section(10, [])
    spans: list[Line] = []
    for fresh in detail.freshness:
        colour = {"late": "warn", "stale": "unk", "never": "unk"}.get(fresh.word, "dim")
        spans.append([(f"{short_source(fresh.source)} ", ""), (f"{fresh.word}   ", colour)])
    return Section(10, [_head("SOURCES", "", width), *[_put(*line) for line in flow(spans, width - 2 * PAD)]])


def _people(detail: RouteDetail, _: When, width: int) -> Section:
    route = detail.health.route
    contact = route.contact or (detail.outage.contact if detail.outage else "")
    facts = (
        ("contact", contact),
        ("circuit", route.circuit),
        ("carrier", f"{route.carrier} {route.carrier_contact}".strip()),
    )
    shown = [_put((fit(name, 9), "dim"), (fit(text, width - 2 * PAD - 9), "")) for name, text in facts if text]
    return Section(11, shown)


def _note(detail: RouteDetail, _: When, width: int) -> Section:
    outage = detail.outage
    if outage is None or not outage.ack_note:
        return Section(9, [])
    said = f"{outage_row.person(outage.acknowledged_by)}: {outage.ack_note}"
    return Section(9, [_head("NOTE", "", width), *[_put((text, "")) for text in wrap(said, width - 2 * PAD, 3)]])


def _signals(detail: RouteDetail, when: When, width: int) -> Section:
    if not detail.signals:
        return Section(12, [])
    out = [_head("LAST SIGNALS", f"{when.log_key} raw log".strip(), width)]
    for item in detail.signals[:9]:
        text = fit(outage_row.brief(item.text), width - 2 * PAD - 21).rstrip()
        out.append(
            _put(
                (f"{clock(item.at, when.zone, 1)}  ", "dim"),
                (fit(short_source(item.source), 8) + " ", "dim"),
                (text, ""),
            )
        )
    return Section(12, out)


_SECTIONS: tuple[Callable[[RouteDetail, When, int], Section], ...] = (
    _identity, _state, _loss, _paths, _causes, _evidence, _why_not, _why_not_down, _radius, _next, _note, _people,
    _sources, _signals,
)  # fmt: skip


def brief(detail: RouteDetail, when: When, width: int) -> list[Line]:
    """Eighty columns: six lines that answer what, why, how far, what next."""
    row, outage, incident, now = detail.health, detail.outage, detail.incident, when.now
    name = f"{row.route.hostname}  {row.route.prefix}"
    first = spread(
        [(name, "strong"), (f"   {since(row, when)}", "strong"), _who(row, now)], [(_number(outage), "dim")], width
    )
    step = fit(f" {detail.runbook_step}", max(width - 9, 0))
    radius = (
        f"{count(len(incident.route_ids), 'route')}, {count(len(incident.devices), 'device')}, "
        f"{count(len(incident.sites), 'site')}"
        if incident
        else ""
    )
    if outage is None:
        said = detail.survival or _SENTENCES[row.state]
        return [first, [(" " + said, "")], *_quiet_facts(detail, now, width)]
    below = detail.runbook_foreign or (f"expect {detail.runbook_expect}" if detail.runbook_expect else "")
    return [
        first,
        _brief_cause(outage, width),
        [(" proof  ", "dim"), *evidence.proof(outage.evidence, width - 9)],
        spread([("so     ", "dim"), (detail.survival or _SENTENCES[row.state], "")], [(radius, "")], width),
        [(" next   ", "dim"), (step, "@well strong")] if detail.runbook_step else [],
        spread(
            [(f"       {below}", "warn" if detail.runbook_foreign else "dim")],
            _soon(detail, now),
            width,
        ),
    ]


def _number(outage: OutageEvent | None) -> str:
    return outage.outage_id if outage else ""


def _brief_cause(outage: OutageEvent, width: int) -> Line:
    """The likeliest, and what it would be otherwise."""
    if not outage.causes:
        words = "  ".join(part for part in (outage.cause_detail, outage.element) if part)
        return spread([("cause  ", "dim"), (outage.cause, "strong"), (f"  {outage_row.brief(words)}", "")], [], width)
    top, *others = outage.causes
    weights: Line = [(f"{top.weight:.2f}", "strong")]
    if others:
        weights += [(f"   else {others[0].cause} ", "dim"), (f"{others[0].weight:.2f}", "dim")]
    words = outage_row.failed(top, outage.hostname)
    room = width - 13 - len(top.cause) - size(weights)
    return spread([("cause  ", "dim"), (top.cause, "strong"), (f"  {fit(words, room).rstrip()}", "")], weights, width)


def _soon(detail: RouteDetail, now: Epoch) -> Line:
    why = next((why for why in detail.why_not if why.fires_at is not None), None)
    return [(f"{why.what} in {dur((why.fires_at or now) - now)}", "dim")] if why else []


def _quiet_facts(detail: RouteDetail, now: Epoch, width: int) -> list[Line]:
    paths = [_path(path, now, width + PAD)[0:] for path in detail.paths[:2]]
    return [[(" ", ""), *path[1:]] for path in paths]
