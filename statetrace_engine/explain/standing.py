"""Pure. What stands beside the evidence of an outage, and speaks for some of its causes and against others.

10.1.1.2 answers · GigabitEthernet0/1 up           the session fell, and not the link
10.255.1.1 does not answer · restarted             the device is gone, and not its path
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from statetrace_engine.health.measuring import SOURCES
from statetrace_engine.health.tracks import Done, OutageRecord
from statetrace_engine.health.watched import DeviceTrack, PathTrack, ProbeTrack, RouteTrack
from statetrace_engine.model.inventory import Probe, ProbeTests
from statetrace_engine.model.observation import Fact, Observation, Plane, SubjectKind, Verdict
from statetrace_engine.model.signal import Source

MOST = 16
_ANSWERS, _SILENT = "answers", "does not answer"


def note(record: OutageRecord, found: Iterable[Observation]) -> None:
    """Adds what the record does not know yet, as far as there is room."""
    known = {(o.hostname, o.fact) for o in record.standing}
    new = [o for o in found if (o.hostname, o.fact) not in known]
    record.standing = [*record.standing, *new][:MOST]


def ups(record: OutageRecord, route: RouteTrack, offset: float) -> list[Observation]:
    """What was well before it and has been since: words on its primary paths, and probes; `offset` is wall time less
    steady time."""
    bad = {(o.hostname, o.fact.protocol, o.fact.name) for o in record.evidence}
    subjects = (s for path in route.primaries for s in _subjects(path, record))
    probes = (_said(p, Verdict.UP, _ANSWERS, offset) for p in _probes(route) if _is_well(p))
    found = {(o.hostname, o.fact): o for o in (*subjects, *probes)}.values()
    return [o for o in found if (o.hostname, o.fact.protocol, o.fact.name) not in bad and o.seq]


def _subjects(path: PathTrack, record: OutageRecord) -> Iterator[Observation]:
    for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd, *path.remote):
        said = subject.state.observation
        if said is not None and subject.state.verdict is Verdict.UP and said.steady < record.opened:
            yield said


def _probes(route: RouteTrack) -> Iterator[ProbeTrack]:
    yield from route.probes()
    yield from route.device.controls


def _is_well(probe: ProbeTrack) -> bool:
    state = probe.state
    return state.has_answered and state.verdict is Verdict.UP and state.suspect_since is None


def losses(route: RouteTrack, far: DeviceTrack | None, offset: float) -> list[Observation]:
    """That the route's device, or the one of its next hop, answers on none of its addresses, or has restarted."""
    devices = [device for device in (route.device, far) if device is not None]
    found = [
        _said(control, Verdict.DOWN, _SILENT, offset)
        for device in devices
        if device.state.is_unreachable
        for control in device.controls
        if control.state.lost_burst is not None
    ]
    found += [_restarted(device, done, offset) for device in devices if (done := device.state.restart) is not None]
    return [o for o in found if o.seq]


def _said(track: ProbeTrack, verdict: Verdict, words: str, offset: float) -> Observation:
    state = track.state
    steady = state.last_good if verdict is Verdict.UP else state.suspected or state.last_sample
    return _word(track.probe, verdict, words, state.seq, steady, offset)


@lru_cache(maxsize=1024)
def _word(probe: Probe, verdict: Verdict, words: str, seq: int, steady: float, offset: float) -> Observation:
    """One for all the routes of a probe."""
    name = probe.target if probe.tests is ProbeTests.CONTROL else probe.next_hop or probe.prefix or probe.target
    fact = Fact(
        plane=Plane.DATA,
        kind=SubjectKind.PROBE,
        name=name,
        verdict=verdict,
        protocol=probe.tests.value,
        vrf=probe.vrf,
        detail=words,
    )
    return Observation(
        hostname=probe.hostname,
        fact=fact,
        witness="prober",
        source=SOURCES[probe.kind],
        seq=seq,
        steady=steady,
        received_at=steady + offset,
    )


def _restarted(device: DeviceTrack, done: Done, offset: float) -> Observation:
    host = device.device.hostname
    fact = Fact(
        plane=Plane.DATA, kind=SubjectKind.DEVICE, name="restarted:", verdict=Verdict.DOWN, detail=done.event.text
    )
    return Observation(
        hostname=host,
        fact=fact,
        witness=host,
        source=Source(done.source),
        seq=done.seq,
        steady=done.steady,
        received_at=done.steady + offset,
    )
