"""The line above the demo: what was done to the network, when in truth, and how soon the engine saw it."""

from __future__ import annotations

from statetrace_engine.api import Subscription
from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.simulate.truth import EARLY_S, Record
from statetrace_tui.commands.simulation import Simulation
from statetrace_tui.present.header import TAIL
from statetrace_tui.present.hours import Zone, clock

IDLE = "Simulated network, short recovery holds.  :break DEVICE INTERFACE cuts a link, :heal mends it."


class Captions:
    """Called a few times a second by the console."""

    def __init__(self, simulation: Simulation, subscription: Subscription, zone: Zone) -> None:
        self._simulation = simulation
        self._subscription = subscription
        self._zone = zone
        self._detected: dict[str, list[Epoch]] = {}
        """By route."""
        self._known: set[str] = set()
        self._ending = ""

    def __call__(self) -> str:
        frame = self._subscription.pull()
        for outage in frame.outages if frame else ():
            self._remember(outage)
        self._ending = self._ending or self._simulation.ending()
        if self._ending:
            return self._ending
        text, at = self._simulation.caption()
        if not text:
            return IDLE
        record = next((fault for fault in reversed(self._simulation.faults()) if fault.injected_at == at), None)
        return f"{clock(at, self._zone, 3)}  {text}" + (f"{TAIL}{self._found(record)}" if record else "")

    def _remember(self, outage: OutageEvent) -> None:
        if outage.outage_id not in self._known:
            self._known.add(outage.outage_id)
            self._detected.setdefault(outage.route_id, []).append(outage.detected_at)

    def _found(self, record: Record) -> str:
        """`detected +0.19 s`, with how many of how many routes while some are missing."""
        if not record.routes:
            return "nothing may open"
        since = record.injected_at - EARLY_S
        hits = [
            min(late)
            for route_id in record.routes
            if (late := [detected for detected in self._detected.get(route_id, ()) if detected >= since])
        ]
        if not hits:
            return "not detected yet"
        counted = f" ({len(hits)} of {len(record.routes)} routes)" if len(record.routes) > 1 else ""
        late_s = min(hits) - record.injected_at
        shown = f"{late_s:+.2f} s" if late_s >= 0.01 else f"{late_s * 1000:+.1f} ms"
        return f"detected {shown}{counted}"
