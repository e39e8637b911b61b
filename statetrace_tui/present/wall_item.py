"""Pure. What the wall lists: a route in trouble, or an incident that stands for many; worst first, latched kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, RouteHealth, Severity
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_tui.present.book import Book, is_new
from statetrace_tui.present.hours import Zone, clock, minute, utc
from statetrace_tui.present.outage_row import brief, next_step, person, said
from statetrace_tui.present.text import Line, Span, brief_dur, cells, count, dur, fit

JOIN_FROM = 3
"""So many routes of one incident become one item."""
_RANK = {HealthState.DOWN: 0, HealthState.DEGRADED: 1, HealthState.RECOVERED: 3, HealthState.HEALTHY: 4}
_ROLES = {
    HealthState.DOWN: ("X", "crit"),
    HealthState.DEGRADED: ("!", "major"),
    HealthState.UNKNOWN: ("?", "unk"),
    HealthState.RECOVERED: ("+", "ok"),
    HealthState.HEALTHY: ("o", "ok"),
}
ROOMY = 110


class Item(NamedTuple):
    """One entry of the wall."""

    rows: tuple[RouteHealth, ...]
    """One route, or those of an incident; the worst first."""
    outage: OutageEvent | None
    incident: Incident | None
    new: int
    """Routes that nobody has."""

    @property
    def key(self) -> str:
        return self.incident.incident_id if self.incident else self.rows[0].route.route_id

    @property
    def outage_ids(self) -> tuple[str, ...]:
        return tuple(row.outage_id for row in self.rows if row.outage_id)

    @property
    def is_latched(self) -> bool:
        return all(row.is_latched for row in self.rows)


def is_trouble(row: RouteHealth) -> bool:
    """Not plainly healthy, or it failed and recovered unseen."""
    return row.is_latched or row.state is not HealthState.HEALTHY


def items(troubles: Iterable[RouteHealth], book: Book) -> list[Item]:
    """Routes in trouble joined by incident, in the order of the wall."""
    by_incident: dict[str, list[RouteHealth]] = {}
    alone: list[RouteHealth] = []
    of_incident = {route: i for i, found in book.incidents.items() if not found.closed_at for route in found.route_ids}
    for row in troubles:
        outage = book.outages.get(row.outage_id)
        incident = (outage.incident_id if outage else "") or of_incident.get(row.route.route_id, "")
        if incident in book.incidents:
            by_incident.setdefault(incident, []).append(row)
        else:
            alone.append(row)
    out = [_item([row], None, book) for row in alone]
    for incident_id, rows in by_incident.items():
        is_many = len(rows) >= JOIN_FROM
        groups = [rows] if is_many else [[row] for row in rows]
        out += [_item(group, book.incidents[incident_id] if is_many else None, book) for group in groups]
    return sorted(out, key=_order)


def _item(rows: list[RouteHealth], incident: Incident | None, book: Book) -> Item:
    rows = sorted(rows, key=lambda row: (not is_new(row), _RANK.get(row.state, 2), row.since_at, row.route.route_id))
    return Item(tuple(rows), book.outages.get(rows[0].outage_id), incident, sum(map(is_new, rows)))


def _order(item: Item) -> tuple[int, int, bool, int, float, str]:
    """Nobody has it, latched, in hand, recovered, not measured; in each the worst, the widest, the newest."""
    row = item.rows[0]
    if item.new:
        where = 0
    elif item.is_latched:
        where = 1
    else:
        where = {HealthState.UNKNOWN: 4, HealthState.RECOVERED: 3}.get(row.state, 2)
    mild = row.state is HealthState.DEGRADED and row.severity is Severity.WARNING
    return (where, _RANK.get(row.state, 2), mild, -len(item.rows), -row.since_at, item.key)


def lines(
    item: Item, width: int, height: int, now: Epoch, zone: Zone = utc, *, is_here: bool = False, is_was: bool = False
) -> list[Line]:
    """The item in `height` lines (1 or 2) of `width` cells; `is_was`: grey, what it was and not what it is."""
    row = item.rows[0]
    glyph, role = ("?", "dim") if is_was else _look(row)
    is_hot = bool(item.new) and not is_was
    tone = "@sel " if is_here else ""
    firm = f"{tone}strong" if is_hot else f"{tone}dim" if is_was else tone.strip()
    head: Line = [
        (">" if is_here else " ", "accent!"),
        _bar(item, role, is_was),
        (f"  {fit(f'{glyph} {row.state.value}', 16 if width >= ROOMY else 12)}", f"{tone}{role}"),
        (fit(_age(item, now), 6, "r") + "   ", firm),
    ]
    head += _subject(item, width, firm, tone)
    room = width - sum(cells(text) for text, _ in head) - 2
    owned = _owned(item, now, room) if item.new or width < ROOMY or row.acknowledged_by or item.is_latched else ""
    head += [(fit(owned, max(room, 0), "r"), f"{tone}strong" if is_hot or _is_unseen(item, is_was) else f"{tone}dim")]
    head.append(("  ", tone.strip()))
    if height < 2:
        return [head]
    indent = 30 if width >= ROOMY else 26
    lead: Line = [(" ", ""), _bar(item, role, is_was) if not item.is_latched else ("  ", ""), (" " * (indent - 3), "")]
    step = f"   {next_step(item.outage)}" if item.outage is not None and not item.is_latched else ""
    room = width - indent - 2 - cells(step)
    return [head, [*lead, (fit(_why(item, zone), room), "dim"), (step, "dim")]]


def _look(row: RouteHealth) -> tuple[str, str]:
    if row.state is HealthState.DEGRADED and row.severity is Severity.WARNING:
        return "%", "warn"
    return _ROLES[row.state]


def _bar(item: Item, role: str, is_was: bool) -> Span:
    """Filled while nobody has it, a line when somebody does, a star for what was missed."""
    if item.is_latched:
        return (" *", "dim" if is_was else "ok")
    if is_was:
        return (" │", "dim")
    return ("  ", f"{role}*") if item.new else (" │", role)


def _age(item: Item, now: Epoch) -> str:
    """How long the trouble lasts; a route that was never heard has no beginning."""
    since = _since(item)
    return dur(now - since) if since > 0 else "-"


def _since(item: Item) -> Epoch:
    """When the trouble began: the outage's occurrence, else the state's."""
    if item.is_latched:
        return item.rows[0].since_at
    return min((row.since_at for row in item.rows if row.state is item.rows[0].state), default=0.0)


def _subject(item: Item, width: int, firm: str, tone: str) -> Line:
    """Device, prefix and cause; for an incident, what failed and how many routes with it."""
    row = item.rows[0]
    soft = f"{tone}dim" if not item.new else firm.replace("strong", "text")
    device, prefix, cause = (20, 24, 26) if width >= ROOMY else (14, 16, 0)
    why = row.remark or row.cause
    if item.incident:
        what = _failed(item.incident)
        told = count(len(item.rows), "route") + (", one incident" if width >= ROOMY else "")
        span: Line = [(fit(what, device, "m") + "   ", firm), (fit(told, prefix) + "  ", firm)]
        why = item.incident.cause.value
    else:
        span = [
            (fit(row.route.hostname, device, "m") + "   ", firm),
            (fit(row.route.prefix, prefix, "m") + "  ", firm),
        ]
    return [*span, (fit(why, cause), soft)] if cause else span


def _failed(incident: Incident) -> str:
    """The device, where it is one; else what failed."""
    if len(incident.devices) == 1:
        return incident.devices[0]
    return brief(incident.element) or incident.cause.value


def _is_unseen(item: Item, is_was: bool) -> bool:
    return item.is_latched and not is_was


def _owned(item: Item, now: Epoch, room: int) -> str:
    """Who has it; shorter where there is no room."""
    row = item.rows[0]
    if item.new:
        part = f"{item.new} of {len(item.rows)} " if item.new < len(item.rows) else ""
        words = (f"{part}NOT ACKNOWLEDGED", f"{part}NEW", "NEW")
    elif item.is_latched:
        words = ("RECOVERED, NOT SEEN", "NOT SEEN", "UNSEEN")
    elif row.acknowledged_by:
        age = f" {brief_dur(now - row.acknowledged_at)}" if row.acknowledged_at is not None else ""
        words = (person(row.acknowledged_by) + age, person(row.acknowledged_by), "")
    else:
        words = (row.remark, "", "") if row.state is HealthState.UNKNOWN else ("", "", "")
    return next((word for word in words if cells(word) <= room), "")


def _why(item: Item, zone: Zone) -> str:
    """The second line: why, for whom, since when."""
    row, outage = item.rows[0], item.outage
    owner = row.route.owner or "unowned"
    if item.incident:
        found = item.incident
        reach = f"{count(len(found.devices), 'device')} at {', '.join(found.sites[:4])}"
        what = brief((outage.cause_detail if outage else "") or found.element)
        words = [what, reach, ", ".join(found.owners[:4]), found.incident_id, f"since {minute(found.opened_at, zone)}"]
        return "   ".join(filter(None, words))
    if outage and row.is_latched and outage.resolved_at is not None:
        lasted = dur(outage.resolved_at - outage.occurred_at)
        return f"was down {clock(outage.occurred_at, zone)} to {clock(outage.resolved_at, zone)}, {lasted}   {owner}"
    element = brief(outage.element).removeprefix(f"{row.route.hostname} ") if outage else ""
    words = [said(outage) or _first_evidence(outage), element] if outage else []
    since = f"since {minute(row.since_at, zone)}" if row.since_at > 0 else "never heard"
    return "   ".join([*filter(None, dict.fromkeys(words)), owner, since])


def _first_evidence(outage: OutageEvent) -> str:
    return next((brief(item.text) for item in outage.evidence if item.plane is not Plane.CONTEXT), "")


def ringing(outages: Iterable[OutageEvent], known: set[str]) -> set[str]:
    """Outages that people were told of, that nobody has, and that are not `known` yet: each rings once."""
    return {
        outage.outage_id
        for outage in outages
        if outage.notified_at is not None
        and outage.resolved_at is None
        and not outage.acknowledged_by
        and not outage.is_silent
        and not outage.is_maintenance
        and outage.outage_id not in known
    }
