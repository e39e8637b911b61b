"""Probe reports to verdicts: a burst that nobody could say counted is no loss of quality either."""

from __future__ import annotations

from statetrace_engine.health import probing
from statetrace_engine.health.policy import ProbePolicy
from statetrace_engine.health.watched import ProbeTrack
from statetrace_engine.model.inventory import Probe, ProbeKind, ProbeTests
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.signal import ProbeResult

POLICY = ProbePolicy()


def _probe() -> ProbeTrack:
    probe = Probe(
        probe_id="a/next-hop", hostname="A", kind=ProbeKind.ICMP, tests=ProbeTests.NEXT_HOP, target="10.1.1.2"
    )
    return ProbeTrack(probe, None)


def _report(track: ProbeTrack, at: float, sent: int, received: int, is_burst: bool = False) -> None:
    result = ProbeResult("a/next-hop", sent, received, 5.0 if received else 0.0, at, at, is_burst)
    probing.take(track, result, at, POLICY, is_blind=False, seq=1)


def _lose_a_burst(track: ProbeTrack) -> None:
    for second in range(10):
        _report(track, 100.0 + second, 1, 1)
    track.state.verdict = probing.decide(track, True, POLICY)
    _report(track, 110.0, 1, 0)
    _report(track, 110.6, 20, 0, is_burst=True)


def test_a_held_burst_that_is_answered_impairs_nothing() -> None:
    track = _probe()
    _lose_a_burst(track)
    track.state.verdict = probing.decide(track, False, POLICY)  # the device itself does not answer: we are cut off
    _report(track, 125.0, 1, 1)
    assert probing.decide(track, True, POLICY) is Verdict.UP


def test_a_burst_of_which_some_are_lost_impairs() -> None:
    track = _probe()
    for second in range(10):
        _report(track, 100.0 + second, 1, 1)
    _report(track, 110.6, 21, 9, is_burst=True)
    assert probing.decide(track, True, POLICY) is Verdict.IMPAIRED
