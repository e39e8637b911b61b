"""Pure. Probe reports to verdicts: bursts, the control probe's veto, impairment (SPEC 2, debounce)."""

from __future__ import annotations

from statetrace_engine.health.policy import ProbePolicy
from statetrace_engine.health.tracks import ProbeState
from statetrace_engine.health.watched import DeviceTrack, ProbeTrack
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.signal import ProbeResult

MISSES_WITHOUT_BURST = 4
"""A prober that has already reported a loss sends no second burst: so many misses after a voided one confirm."""


def take(track: ProbeTrack, result: ProbeResult, now: float, policy: ProbePolicy, is_blind: bool, seq: int) -> None:
    """Counts a report, journaled as `seq`; the verdict follows from `decide`. `is_blind`: the device itself may not
    answer, so that a loss says nothing of the path."""
    state = track.state
    if result.error:
        state.error = result.error
        return
    state.error = ""
    is_void = result.first_sent_steady < state.void_before
    lost = 0 if is_void else max(result.sent - result.received, 0)
    if result.received and is_held(state):
        track.window.cut_out(state.suspect_since or now, now)  # a burst that does not count: nor is it loss of quality
    if not is_blind:
        track.window.add(result.last_sent_steady, result.sent, lost, result.rtt_ms, policy)
    if result.received:
        if not state.has_answered:
            track.window.forget_losses()  # nobody was there to lose them
        _take_answers(state, result, seq)
    elif not is_void:
        _take_misses(state, result, now, seq)
    elif state.suspect_since is None:
        state.suspect_since, state.suspected, state.good_before = state.void_before, now, state.last_good


def _take_answers(state: ProbeState, result: ProbeResult, seq: int) -> None:
    state.has_answered = True
    state.last_good = max(state.last_good, result.last_sent_steady)
    state.goods_in_a_row += result.received
    state.misses_in_a_row = 0
    state.suspect_since = state.lost_burst = None
    state.text, state.seq = f"{result.received} of {result.sent}", seq


def _take_misses(state: ProbeState, result: ProbeResult, now: float, seq: int) -> None:
    state.goods_in_a_row = 0
    state.last_miss = result.last_sent_steady
    state.misses_in_a_row += result.sent
    if state.suspect_since is None:
        state.suspect_since = result.first_sent_steady
        state.suspected = now
        state.good_before = state.last_good
    if result.is_burst or (state.lost_burst is None and state.misses_in_a_row >= MISSES_WITHOUT_BURST):
        state.lost_burst = (state.suspect_since, result.last_sent_steady)
        state.text, state.seq = f"0 of {state.misses_in_a_row}", seq


def is_held(state: ProbeState) -> bool:
    """A burst was lost, and it is not known to count."""
    return state.lost_burst is not None and state.verdict is not Verdict.DOWN


def void(track: ProbeTrack, now: float, since: float) -> None:
    """What was in flight or undecided while nobody could know, `since` then: counted from here on, and no loss of that
    time."""
    state = track.state
    state.void_before = now
    track.window.cut_out(since, now)
    if state.verdict is not Verdict.DOWN and state.suspect_since is not None:
        state.suspect_since = now
        state.misses_in_a_row = 0
        state.lost_burst = None


def decide(track: ProbeTrack, is_control_good: bool, policy: ProbePolicy) -> Verdict | None:
    """The verdict now; None while it has none. A lost burst counts only with the control probe good."""
    state = track.state
    if track.probe.is_silent or not state.has_answered:
        return None
    if state.lost_burst is not None:
        return Verdict.DOWN if is_control_good else state.verdict
    if state.verdict is Verdict.DOWN and state.goods_in_a_row < policy.good_for_up:
        return Verdict.DOWN
    if state.suspect_since is not None:
        return state.verdict
    if state.verdict is Verdict.DOWN:
        track.window.forget_losses()
    if track.window.is_lossy(policy) or track.window.is_slow(policy):
        return Verdict.IMPAIRED
    if state.verdict is Verdict.IMPAIRED and not track.window.is_clear(policy):
        return Verdict.IMPAIRED
    return Verdict.UP


def control_is_good(device: DeviceTrack | None, first_miss: float, now: float, policy: ProbePolicy) -> bool | None:
    """Whether the device's own address answered after `first_miss`; None: not known yet, ask again at `known_at`.

    A prober reports a miss at once and answers once a second: no word for an interval and a timeout is a good one.
    A device whose control probes have never answered cannot veto.
    """
    if device is None or device.state.control is None:
        return True
    if device.state.control is Verdict.DOWN:
        return False
    if device.state.control_good >= first_miss:
        return True
    if device.state.suspect_since is None and now >= known_at(device, first_miss, policy):
        return True
    return None


def is_deaf(track: ProbeTrack) -> bool:
    """No control probe of the same family is answered now, where one ever was: IPv4 says nothing of IPv6."""
    known = _controls(track)
    return bool(known) and all(s.suspect_since is not None or s.verdict is Verdict.DOWN for s in known)


def was_deaf(track: ProbeTrack) -> bool:
    """While the burst was lost, control probes of the same family were lost as well: it may have been the way there."""
    burst, known = track.state.lost_burst, _controls(track)
    return burst is not None and bool(known) and all(s.last_miss >= burst[0] for s in known)


def _controls(track: ProbeTrack) -> list[ProbeState]:
    """Of its device, those of the same family that have ever answered."""
    if track.device is None:
        return []
    is_v6 = ":" in track.probe.target
    return [c.state for c in track.device.controls if c.state.has_answered and (":" in c.probe.target) is is_v6]


def known_at(device: DeviceTrack, first_miss: float, policy: ProbePolicy) -> float:
    interval_ms = min((c.probe.interval_ms for c in device.controls if c.state.has_answered), default=0)
    return first_miss + (interval_ms + policy.timeout_max_ms) / 1e3


def words(track: ProbeTrack, policy: ProbePolicy) -> str:
    """`0 of 21`, `loss 6.2 %`, `latency`."""
    return impaired_words([track], policy)[1] if track.state.verdict is Verdict.IMPAIRED else track.state.text


def impaired_words(tracks: list[ProbeTrack], policy: ProbePolicy) -> tuple[float, str]:
    """The worst loss of impaired probes now, in percent, and it in words; `latency` when that is what is wrong."""
    loss = max((t.window.loss_percent(policy.loss_window_s) or 0.0 for t in tracks), default=0.0)
    if loss < policy.clear_percent and any(t.window.is_slow(policy) for t in tracks):
        return 0.0, "latency"
    return loss, f"loss {loss:.1f} %"
