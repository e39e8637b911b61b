"""What a drill tells: a line when something is found, a table at the end, or one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any  # JSON

from msgspec import structs

from statetrace_engine.reports.ingestion import Spread
from statetrace_tui.commands import drill_runs, output
from statetrace_tui.commands.drill_runs import LOOKS_S, Moment, Run, Scope, Seen
from statetrace_tui.commands.json_form import Json, moment
from statetrace_tui.present.words import count

HEADER = ("RUN", "OUTAGE", "ROUTE", "SIGNAL", "DETECTED", "±", "NOTICE", "SHOWN", "RESOLVED", "CAUSE", "VERDICT")


def found(run: Run) -> Iterator[str]:
    """One line an outage, told while the fault is there."""
    uncertainty = _span(run.injected().uncertainty_s * 1000)
    for seen in run.found:
        outage, clock = seen.outage, drill_runs.clocks(run, seen)
        where = f"{outage.hostname} {outage.prefix} {outage.outage_id}"
        yield f"run {run.number}: {where} after {_span(clock.detected_ms)} ± {uncertainty}: {outage.cause}"


def show(runs: Sequence[Run], scope: Scope, within_s: float, operator: str, is_json: bool) -> None:
    if is_json:
        output.document(document(runs, scope, within_s, operator))
        return
    output.table(HEADER, [row for run in runs for row in _rows(run)])
    many = {name: of for name, of in drill_runs.spreads(runs).items() if of is not None and of.count > 1}
    if many:
        print()
        output.table(
            ("", "P50", "P95", "MAX", "OF"),
            [
                (name.removesuffix("_ms"), _span(of.p50), _span(of.p95), _span(of.max), str(of.count))
                for name, of in many.items()
            ],
        )
    for run in runs:
        for line in _around(run):
            print(line)


def document(runs: Sequence[Run], scope: Scope, within_s: float, operator: str) -> Json:
    return {
        "scope": scope.words,
        "operator": operator,
        "within_s": within_s,
        "runs": [_run(run) for run in runs],
        "spread": {name: _spread(of) for name, of in drill_runs.spreads(runs).items()},
    }


def _run(run: Run) -> Json:
    injected, healed = run.injected(), run.recovering()
    return {
        "run": run.number,
        "verdict": str(run.verdict),
        "injected_at": moment(injected.at),
        "injected_uncertainty_ms": _uncertainty(injected),
        "healed_at": moment(healed.at),
        "healed_uncertainty_ms": _uncertainty(healed),
        "outages": [_outage(run, seen) for seen in run.found],
        "incidents": [
            {
                "incident_id": incident.incident_id,
                "element": incident.element,
                "routes": len(incident.route_ids),
                "devices": list(incident.devices),
                "sites": list(incident.sites),
            }
            for incident in run.radius
        ],
        "others": [_other(run, seen) for seen in run.others],
    }


def _outage(run: Run, seen: Seen) -> Json:
    outage, clock = seen.outage, drill_runs.clocks(run, seen)
    causes = [seen.cause_after(seconds, run.is_healed_at) for seconds in LOOKS_S]
    return {
        "outage_id": outage.outage_id,
        "route_id": outage.route_id,
        "hostname": outage.hostname,
        "vrf": outage.vrf,
        "prefix": outage.prefix,
        "incident_id": outage.incident_id or None,
        **structs.asdict(clock),
        "occurred_uncertainty_ms": round(outage.occurred_uncertainty_s * 1000, 1),
        "parts_ms": drill_runs.parts(clock),
        "cause_at_opening": causes[0],
        "cause_after_5_s": causes[1],
        "cause_after_30_s": causes[2],
        "causes": [cause for _, cause in seen.causes],
    }


def _other(run: Run, seen: Seen) -> dict[str, Any]:
    outage = seen.outage
    return {
        "outage_id": outage.outage_id,
        "hostname": outage.hostname,
        "prefix": outage.prefix,
        "cause": str(outage.cause),
        "same_incident": outage.incident_id in {incident.incident_id for incident in run.radius},
    }


def _rows(run: Run) -> Iterator[tuple[str, ...]]:
    for seen in run.found:
        outage, clock = seen.outage, drill_runs.clocks(run, seen)
        uncertainty = run.injected().uncertainty_s * 1000
        spans = (clock.signal_ms, clock.detected_ms, uncertainty, clock.notified_ms, clock.shown_ms, clock.resolved_ms)
        where = (str(run.number), outage.outage_id, f"{outage.hostname} {outage.prefix}")
        yield (*where, *map(_span, spans), " > ".join(cause for _, cause in seen.causes), str(run.verdict))
    if not run.found:
        yield (str(run.number), *("-",) * (len(HEADER) - 2), str(run.verdict))


def _around(run: Run) -> Iterator[str]:
    """How far it reached, and what else opened."""
    for incident in run.radius:
        parts = (("route", incident.route_ids), ("device", incident.devices), ("site", incident.sites))
        reach = ", ".join(count(len(found), noun) for noun, found in parts)
        yield f"run {run.number}: {incident.incident_id} {incident.element or '-'}: {reach}"
    for seen in run.others:
        outage, is_joined = seen.outage, _other(run, seen)["same_incident"]
        word = "of the same incident" if is_joined else "of no incident of this drill"
        yield f"run {run.number}: also {outage.outage_id} {outage.hostname} {outage.prefix}, {outage.cause}, {word}"


def _uncertainty(of: Moment) -> float | None:
    return round(of.uncertainty_s * 1000, 1) if of.at else None


def _span(ms: float | None) -> str:
    """`27 ms`, `1.24 s`, `-` for never."""
    if ms is None:
        return "-"
    return f"{ms:.0f} ms" if abs(ms) < 1000 else f"{ms / 1000:.2f} s"


def _spread(of: Spread | None) -> dict[str, float] | None:
    return {"p50": of.p50, "p95": of.p95, "max": of.max, "count": of.count} if of else None
