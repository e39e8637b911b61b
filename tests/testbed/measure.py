"""One run of one fault against the clock of its injection, and many runs in figures."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from statetrace_engine.model.health import HealthState, Overlay, Severity
from statetrace_engine.model.outage import Incident, OutageEvent
from tests.testbed import home
from tests.testbed.engine import Watching
from tests.testbed.faults import Fault, Stage
from tests.testbed.network import Network

SETTLED_S = 5.0
"""The cause is right so long after the outage opened."""
FINAL_S = 30.0
"""And is revised no more until then."""
BUSY_S = 0.5
"""What a machine that is busy with other tests may add to one run; the targets are for the p95 of many."""
BACK_S = 140.0
"""Routes are walked every 66 s, and an agent's copy of them is up to 60 s old."""
_LOOK_S = 0.2
_BACK = (HealthState.HEALTHY, HealthState.RECOVERED)
"""After flaps, which end with a link that is up; what is shown as flapping waits for its release."""


class Run(NamedTuple):
    fault: str
    with_bfd: bool
    opened_s: float | None = None
    """From injection to the open outage of the fault's key route; None: there is none."""
    cause: str = ""
    last_cause: str = ""
    is_right: bool = True
    missing: tuple[str, ...] = ()
    """Routes that should have an outage, and are not in the incident of the key route's."""
    false: tuple[str, ...] = ()
    """Outages that should not be: of other routes, before the fault, or a second one of the same route."""
    worst: str = ""
    flaps: int = 0
    remark: str = ""
    causes: tuple[str, ...] = ()
    """Of every outage: `route: cause detail`."""

    @property
    def is_revised(self) -> bool:
        return _plain(self.cause) != _plain(self.last_cause)

    @property
    def is_missed(self) -> bool:
        return self.opened_s is None

    @property
    def problems(self) -> list[str]:
        """What was not as it should be, its speed aside."""
        found = {
            f"cause {self.cause}": not self.is_right,
            f"revised to {self.last_cause}": self.is_revised,
            f"not in the incident: {', '.join(self.missing)}": bool(self.missing),
            f"false: {', '.join(self.false)}": bool(self.false),
            self.remark: bool(self.remark),
        }
        return [words for words, is_so in found.items() if is_so]


def run(fault: Fault, network: Network, number: int, seconds: float) -> Run:
    """Watches for `seconds` after the outage has opened; leaves the network mended, and maybe not yet converged."""
    network.until_converged()
    with Watching(network, home_of(network, number)) as engine:
        engine.until_healthy()
        stage = Stage(network, engine, seconds)
        before = time.time()
        fault.make(stage)
        try:
            return _watched(fault, stage, before)
        finally:
            fault.mend(stage)


def home_of(network: Network, number: int) -> Path:
    """Where the engine of a run lives; gone with the network."""
    return network.folder / f"home-{number}"


def _watched(fault: Fault, stage: Stage, before: float) -> Run:
    engine, with_bfd = stage.engine, stage.network.with_bfd
    opened = _await(fault, engine, before) if fault.key else None
    if opened is None:
        return _unopened(fault, with_bfd, engine.outages(), before)
    _sleep_until(opened.detected_at + SETTLED_S)
    settled = _key(fault, engine.outages(), before) or opened
    _sleep_until(opened.detected_at + stage.seconds)
    outages, incidents = engine.outages(), engine.incidents()
    last = _key(fault, outages, before) or settled
    return Run(
        fault.name,
        with_bfd,
        opened.detected_at - before,
        _words(settled),
        _words(last),
        _is_right(fault, settled, with_bfd),
        _missing(fault, outages, incidents, last),
        _false(fault, outages, before),
        str(last.worst),
        last.flaps,
        _remark(fault, stage, last, before),
        _causes(outages),
    )


def _unopened(fault: Fault, with_bfd: bool, outages: Sequence[OutageEvent], before: float) -> Run:
    """No outage, as it should be or not."""
    return Run(
        fault.name,
        with_bfd,
        missing=tuple(sorted(fault.radius)),
        false=_false(fault, outages, before),
        remark="no outage" if fault.key else "",
        causes=_causes(outages),
    )


def _await(fault: Fault, engine: Watching, before: float) -> OutageEvent | None:
    until = max(before + fault.opens_s, time.time() + _LOOK_S)
    while time.time() < until:
        if (found := _key(fault, engine.outages(), before)) is not None:
            return found
        time.sleep(_LOOK_S)
    return None


def _sleep_until(at: float) -> None:
    time.sleep(max(at - time.time(), 0.0))


def _name(outage: OutageEvent) -> str:
    return f"{outage.hostname} {outage.prefix}"


_ROUTE_OF = {route.name: key for key, route in home.ROUTES.items()}


def _key(fault: Fault, outages: Iterable[OutageEvent], before: float) -> OutageEvent | None:
    """The first outage of the key route since the fault."""
    found = [o for o in outages if _ROUTE_OF.get(_name(o)) == fault.key and o.detected_at >= before]
    return min(found, key=lambda outage: outage.detected_at, default=None)


def _words(outage: OutageEvent) -> str:
    return f"{outage.cause} {outage.cause_detail}".strip()


def _plain(words: str) -> str:
    """Without how bad the loss is, which changes."""
    return words.partition(" loss ")[0]


def _causes(outages: Iterable[OutageEvent]) -> tuple[str, ...]:
    return tuple(sorted(f"{_ROUTE_OF.get(_name(o), _name(o))}: {_words(o)}" for o in outages))


def _is_right(fault: Fault, outage: OutageEvent, with_bfd: bool) -> bool:
    wanted = fault.causes if with_bfd or not fault.without_bfd else fault.without_bfd
    return any(_words(outage) == cause or outage.cause == cause for cause in wanted)


def _missing(
    fault: Fault, outages: Sequence[OutageEvent], incidents: Sequence[Incident], last: OutageEvent
) -> tuple[str, ...]:
    """Of the incident that the key route's outage belongs to."""
    together = {
        ident for incident in incidents if incident.incident_id == last.incident_id for ident in incident.route_ids
    }
    found = {_ROUTE_OF.get(_name(outage), "") for outage in outages if outage.route_id in together}
    return tuple(sorted(fault.radius - found))


def _false(fault: Fault, outages: Sequence[OutageEvent], before: float) -> tuple[str, ...]:
    """Of slow flaps only the key route's outages are counted: its class decides whether they are one."""
    found, seen = [], set[str]()
    for outage in sorted(outages, key=lambda one: one.detected_at):
        route = _ROUTE_OF.get(_name(outage), _name(outage))
        is_touched = bool(fault.key) and (not fault.radius or route in fault.radius | fault.may)
        is_again = route in seen and (bool(fault.radius) or route == fault.key)
        if not is_touched or is_again or outage.detected_at < before:
            found.append(f"{route}: {_words(outage)}")
        seen.add(route)
    return tuple(found)


def too_bad(outages: Iterable[OutageEvent], *, has_ended: bool) -> list[str]:
    """Of a loss: what was called worse than impaired. Where a session died of it, as the router's own log has it, its
    paths were lost, and were carried by others; nothing may ever be DOWN."""
    allowed = (Severity.WARNING, Severity.MAJOR) if has_ended else (Severity.WARNING,)
    return [_name(outage) for outage in outages if outage.worst not in allowed]


def _remark(fault: Fault, stage: Stage, last: OutageEvent, before: float) -> str:
    engine = stage.engine
    if fault.is_loss:
        has_ended = any(stage.network.sessions_lost(node, before) for node in ("acc", "core1"))
        worse = too_bad(engine.outages(), has_ended=has_ended)
        if worse:
            return f"worse than impaired: {', '.join(worse)}"
    row = next(row for row in engine.routes() if row.route.route_id == last.route_id)
    if fault.is_flapping is not None and bool(row.overlays & Overlay.FLAPPING) is not fault.is_flapping:
        return "not shown as flapping"
    lost = "" if fault.radius else _lost(engine)
    return f"the link is up, and not back: {lost}" if lost else ""


def _lost(engine: Watching) -> str:
    """What is not back even after two walks over its agent's routes."""
    until = time.monotonic() + BACK_S
    while True:
        lost = [r for r in engine.routes() if r.state not in _BACK and not r.overlays & Overlay.FLAPPING]
        if not lost or time.monotonic() >= until:
            return ", ".join(f"{row.route.hostname} {row.route.prefix}" for row in lost)
        time.sleep(_LOOK_S)


# Figures --------------------------------------------------------------------------------------------------------------


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that so many are not above; None of none."""
    return sorted(values)[max(ceil(share * len(values)), 1) - 1] if values else None


def figures(fault: Fault, runs: Sequence[Run]) -> dict[str, Any]:
    """Of the runs of one fault, all with BFD or all without."""
    opened = [r.opened_s for r in runs if r.opened_s is not None]
    p95 = percentile(opened, 0.95)
    told = [words for r in runs for words in r.problems]
    is_met = not told and (not fault.key or len(opened) == len(runs))
    is_fast = fault.target_s is None or (p95 is not None and p95 <= fault.target_s)
    return {
        "fault": fault.name,
        "bfd": runs[0].with_bfd,
        "runs": len(runs),
        "opened": len(opened),
        "p50_s": _rounded(percentile(opened, 0.5)),
        "p95_s": _rounded(p95),
        "max_s": _rounded(max(opened, default=None)),
        "target_s": fault.target_s,
        "cause_right": sum(r.is_right for r in runs if r.opened_s is not None),
        "revised": sum(r.is_revised for r in runs),
        "radius_exact": sum(not r.missing and not r.false for r in runs),
        "false_outages": sum(len(r.false) for r in runs),
        "holds": is_met and is_fast,
        "problems": sorted(set(told)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
