"""`statetrace explain ID`: an outage's signals, causes, blast radius and next step."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from statetrace_engine.errors import NotKnown
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.explanation import BlastRadius, Explanation, NextStep, SignalCell, SignalRow
from statetrace_engine.model.health import WhyNot
from statetrace_engine.model.observation import Plane
from statetrace_engine.model.outage import EvidenceItem, Hypothesis, RelatedChange
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import answers, homes, json_form, output
from statetrace_tui.commands.ack import resolve
from statetrace_tui.present.text import count

_PLANES = tuple(Plane)
_MARKS = {"supports": "+", "opposes": "-", "stale": "~", "context": " "}
_ROUTES = 20


def run(options: argparse.Namespace) -> int:
    """0. Raises NotKnown when there is no such outage."""
    home = homes.asked(options)
    named, unknown = resolve([options.id], answers.outages(home.path))
    found = answers.explanation(home.path, named[0] if named else options.id.strip().upper())
    if found is None:
        why = next(iter(unknown.values()), "no such outage is known")
        raise NotKnown(f"{sanitise(options.id)}: {why}")
    if options.json:
        output.document(json_form.explanation(found))
    else:
        _print(found)
    return 0


def _print(found: Explanation) -> None:
    outage = found.outage
    where = f"{outage.hostname} {outage.prefix} {outage.vrf}"
    print(f"{outage.outage_id}  {outage.severity}  {output.state(outage)}  {where}")
    print(sanitise(found.sentence))
    print(f"detected {output.local(outage.detected_at)}")
    _block("SIGNALS")
    output.table(("SOURCE", "FRESH", *(str(p).upper() for p in _PLANES)), map(_row, found.signals))
    _block("CAUSES")
    for number, hypothesis in enumerate(found.causes, 1):
        _print_cause(number, hypothesis)
    if found.changes:
        _block("CHANGES")
        output.table(("LIKELY", "BEFORE", "DEVICE", "WHAT", "BY", "SHOWN BY"), map(_change, found.changes))
    _block("BLAST RADIUS")
    _print_radius(found.radius)
    if found.cards:
        _block("CARDS")
        output.table(("CARD", "FIRST", "SEVERITY", "WHAT", "WHERE"), map(_card, found.cards))
    _block("NEXT STEP")
    _print_step(found.next_step)
    for title, answered in (("WHY NOT YET", found.why_not_yet), ("WHY NOT DOWN", found.why_not_down)):
        if answered:
            _block(title)
            _print_why(answered)


def _block(title: str) -> None:
    print(f"\n{title}")


def _row(row: SignalRow) -> tuple[str, ...]:
    cells = {cell.plane: cell for cell in row.cells}
    return (row.source, row.freshness, *(_cell(cells[p]) if p in cells else "." for p in _PLANES))


def _cell(cell: SignalCell) -> str:
    """`+ GigabitEthernet0/1 down x2`."""
    times = f" x{cell.count}" if cell.count > 1 else ""
    return f"{_MARKS[cell.agreement]} {cell.text}{times}"


def _print_cause(number: int, hypothesis: Hypothesis) -> None:
    words = "  ".join(filter(None, (hypothesis.detail, hypothesis.element)))
    print(f"{number}  {hypothesis.weight:.2f}  {hypothesis.cause}  {sanitise(words, 100)}")
    for item in hypothesis.evidence:
        where = f"{item.spot.name} {item.spot.start}-{item.spot.end}" if item.spot else f"signal {item.seq}"
        print(f"   {item.agreement:8}  {output.local(item.at)}  {_said(item)}  ({where})")


def _said(item: EvidenceItem) -> str:
    return f"{item.source}  {sanitise(item.text, 80)}"


def _change(change: RelatedChange) -> tuple[str, ...]:
    before = f"{change.before_s:.0f} s" if change.before_s >= 0 else f"{-change.before_s:.0f} s after"
    between, spot = change.between, change.spot
    if between is not None and not change.is_dated:
        before = f"between {output.local(between.from_at)} and {output.local(between.to_at)}"
    captures = f"captures {between.previous_id} and {between.run_id}" if between is not None else "-"
    shown = f"{captures}: {spot.name} {spot.start}-{spot.end}" if spot is not None else captures
    likely = "expected" if change.is_expected else f"{change.likelihood:.2f}"
    return likely, before, change.hostname, change.text, change.by or "-", shown


def _print_radius(radius: BlastRadius | None) -> None:
    if radius is None:
        print("not known any more")
        return
    counts = ((radius.route_count, "route"), (len(radius.devices), "device"), (len(radius.sites), "site"))
    print(f"{radius.incident_id}  {radius.element}")
    print(", ".join(count(number, noun) for number, noun in counts) + f"; {radius.open_count} open")
    print(f"owners: {', '.join(radius.owners) or '-'}")
    if radius.linked:
        print(f"linked: {', '.join(radius.linked)}")
    rows = (
        (
            route.hostname,
            route.prefix,
            route.vrf,
            str(route.severity or "-"),
            route.outage_id or "-",
            route.owner or "-",
        )
        for route in radius.routes[:_ROUTES]
    )
    output.table(("DEVICE", "PREFIX", "VRF", "SEVERITY", "OUTAGE", "OWNER"), rows)
    if radius.route_count > _ROUTES:
        print(f"and {radius.route_count - _ROUTES} more")


def _card(card: AnomalyCard) -> tuple[str, ...]:
    words = (sanitise(card.title, 60), sanitise(card.subject, 60))
    return card.card_id, output.local(card.first_at), str(card.severity), *words


def _print_step(step: NextStep | None) -> None:
    if step is None:
        return
    print(f"{step.runbook}: {step.title}  {step.number} of {step.of}")
    parts = (
        ("", step.step),
        (f"{step.foreign or 'run'}: ", step.command),
        ("expect: ", step.expect),
        ("if not: ", step.so),
    )
    for label, text in parts:
        if text:
            print(f"{label}{sanitise(text)}")


def _print_why(answered: Iterable[WhyNot]) -> None:
    for why in answered:
        when = f"; at {output.local(why.fires_at)}" if why.fires_at else ""
        print(f"{why.what}: {sanitise(why.rule)}; missing: {sanitise(why.missing)}{when}")
