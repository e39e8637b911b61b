"""Pure. What is remembered of comparisons of captures: those of a device that an outage may still ask for.

A capture shows that something changed since the one before it, not when: the change belongs to every outage before
which it may have been made. A comparison that comes again, as it was, is no news; one that was made anew, because a
capture came between, takes the place of the old one.
"""

from __future__ import annotations

from bisect import insort

from statetrace_engine.health.machine import Machine
from statetrace_engine.health.tracks import DeviceState, Run
from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model import Epoch, names
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.inventory import Device
from statetrace_engine.model.signal import Signal

MOST_RUNS = 50
MOST_CHANGES = 2000
"""Of one device."""
LATER_S = 60.0
"""An outage asks for what was done before it for so long after it began."""


class Runs:
    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def device(self, compared: Compared) -> DeviceTrack | None:
        """Whose it is: a capture may be compared before the rest of it is told. None: another site's device of the same
        hostname, of which nothing is kept."""
        topology, host = self._machine.topology, names.hostname(compared.hostname)
        if topology.is_namesake(host, compared.site):
            return None
        if host not in topology.devices:
            topology.see(Device(hostname=host, site=compared.site.upper() or names.site_of(host)))
        return topology.devices[host]

    def take(self, compared: Compared, signal: Signal, needed: float) -> bool:
        """Whether it is news; `needed`: steady time of the first evidence of the oldest outage that may ask."""
        device = self.device(compared)
        if device is None:
            return False
        state = device.state
        run = _run(compared, signal)
        known = next((each for each in state.runs if each.compared.run_id == compared.run_id), None)
        if known is not None and known.compared == compared:
            return False
        oldest = min(needed, signal.steady - LATER_S) - self._machine.policy.explain.change_far_s
        if run.until < oldest:
            return False
        state.runs = [each for each in state.runs if each is not known and each.until >= oldest]
        # One that shows nothing is kept, too: it may take the place of one that did, in outages as well.
        insort(state.runs, run, key=lambda each: (each.until, each.compared.run_id))
        _bound(state)
        state.runs_seq = signal.seq
        return True


def _run(compared: Compared, signal: Signal) -> Run:
    """A capture was taken before it was read, whatever its clock says."""
    at = signal.received_at
    until = min(compared.captured_at, at)
    since = min(compared.previous_at, until)

    def steady(moment: Epoch) -> float:
        return signal.steady - (at - moment)

    return Run(compared, steady(since), steady(until), signal.seq)


def _bound(state: DeviceState) -> None:
    """The newest stay."""
    total = 0
    kept: list[Run] = []
    for run in reversed(state.runs[-MOST_RUNS:]):
        total += len(run.compared.changes)
        if kept and total > MOST_CHANGES:
            break
        kept.append(run)
    state.runs = kept[::-1]
