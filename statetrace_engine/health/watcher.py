"""Pure. Watching the watcher (SPEC 2): which devices answer at all, and whether it is we who are cut off."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from msgspec import Struct

from statetrace_engine.health.policy import WatcherPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.health.watched import DeviceTrack, ProbeTrack
from statetrace_engine.model.observation import Verdict

DYING_WORDS_S = 0.5
"""What a device sent just before it died may still arrive after the first miss."""
SILENCE_S = 10.0
"""A device whose control is lost but that was heard is unreachable only after so long without a word."""
_A_MOMENT_S = 1e-3
"""Behind the end of a window, not on it."""


class Finding(Enum):
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    ISOLATED = "isolated"
    CONNECTED = "connected"


class Found(Struct, frozen=True):
    finding: Finding
    device: DeviceTrack | None = None


def summarise(device: DeviceTrack, now: float) -> bool:
    """The device's control verdict from those of its probes: any answer is enough, all must be lost.

    Answers whether anything but the time of the last answer changed.
    """
    state = device.state
    answered = [c.state for c in device.controls if c.state.has_answered and not c.probe.is_silent]
    if not answered:
        return False
    was = (state.control, state.suspect_since, state.lost_at)
    state.control_good = max(s.last_good for s in answered)
    if any(s.suspect_since is None and s.verdict is not Verdict.DOWN for s in answered):
        state.control, state.suspect_since, state.lost_at = Verdict.UP, None, None
    else:
        state.suspect_since = max(s.suspect_since or now for s in answered)
        if all(s.verdict is Verdict.DOWN for s in answered):
            state.control = Verdict.DOWN
            state.lost_at = now if state.lost_at is None else state.lost_at
    return was != (state.control, state.suspect_since, state.lost_at)


def _is_mute(state: DeviceState) -> bool:
    """Polls that were sent after its last word go unanswered: the first of them may have been sent before."""
    return state.silent_since is not None and state.silent_since > state.last_heard and state.silent_polls > 1


class _Recent:
    """Devices to which something happened within the window, counted by site in constant time."""

    def __init__(self) -> None:
        self._at: dict[str, tuple[float, str]] = {}
        self._sites: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._at)

    @property
    def sites(self) -> int:
        return len(self._sites)

    def put(self, device: DeviceTrack, now: float) -> None:
        host = device.device.hostname
        if host not in self._at:
            self._at[host] = (now, device.device.site)
            self._sites[device.device.site] += 1

    def drop(self, host: str) -> None:
        found = self._at.pop(host, None)
        if found is not None:
            self._sites[found[1]] -= 1
            if not self._sites[found[1]]:
                del self._sites[found[1]]

    def expire(self, before: float) -> None:
        while self._at and (first := next(iter(self._at.items())))[1][0] < before:
            self.drop(first[0])


class Watcher:
    """Decides who is unreachable, and that nobody is when half of everything goes silent at once."""

    def __init__(self, topology: Topology, policy: WatcherPolicy) -> None:
        self._policy = policy
        self._gateways: list[ProbeTrack] = [t for t in topology.probes.values() if t.device is None]
        self._active: set[str] = set()
        self._gone: set[str] = set()
        self._lost = _Recent()
        self._silent = _Recent()
        self.undecided: dict[str, DeviceTrack] = {}
        """Control lost, and not found unreachable yet."""
        self.is_isolated = False
        self.isolated_since = 0.0
        self.blind_s = 0.0
        """How long the last isolation was."""
        self.reason = ""

    def is_doubtful(self, device: DeviceTrack | None) -> bool:
        """The device itself may not answer, or we are cut off: a loss says nothing of its paths."""
        if self.is_isolated or device is None or device.state.control is None:
            return self.is_isolated
        return device.state.suspect_since is not None or device.state.control is Verdict.DOWN

    def note(self, device: DeviceTrack, now: float) -> None:
        """The device's control verdict may have changed."""
        host, state = device.device.hostname, device.state
        if state.control is None:
            return
        self._active.add(host)
        if state.is_unreachable:
            self._gone.add(host)
            return
        self._gone.discard(host)
        if state.suspect_since is None and state.control is not Verdict.DOWN:
            for known in (self._silent, self._lost):
                known.drop(host)
            self.undecided.pop(host, None)
            return
        self._silent.put(device, now)
        if state.control is Verdict.DOWN:
            self._lost.put(device, now)
            self.undecided[host] = device
        else:
            self._lost.drop(host)
            self.undecided.pop(host, None)

    def evaluate(self, now: float) -> list[Found]:
        """Whether we are cut off, or no longer."""
        if not self.is_isolated:
            for known in (self._silent, self._lost):
                known.expire(now - self._policy.isolation_window_s)
        is_cut_off = self._is_cut_off()
        if is_cut_off is self.is_isolated:
            return []
        self.is_isolated = is_cut_off
        if is_cut_off:
            self.isolated_since = now
        else:
            self.blind_s = now - self.isolated_since
        return [Found(Finding.ISOLATED if is_cut_off else Finding.CONNECTED)]

    def check(self, device: DeviceTrack, now: float) -> list[Found]:
        """Whether the device is unreachable, or no longer; call it after `note`, and at `next_check`."""
        state = device.state
        if state.is_unreachable:
            return self._back(device) if state.control is Verdict.UP else []
        if self.is_isolated or self._may_be_cut_off(device) or not self._is_gone(device, now):
            return []
        state.is_unreachable, state.unreachable_at = True, now
        self.undecided.pop(device.device.hostname, None)
        self._lost.drop(device.device.hostname)
        self._silent.drop(device.device.hostname)
        self._gone.add(device.device.hostname)
        return [Found(Finding.UNREACHABLE, device)]

    def heard(self, device: DeviceTrack, now: float) -> list[Found]:
        """A word from a device that was found unreachable: only its management is lost."""
        state = device.state
        if not state.is_unreachable or now <= (state.unreachable_at or 0.0) + DYING_WORDS_S:
            return []
        found = self._back(device)
        self.undecided[device.device.hostname] = device
        return found

    def _back(self, device: DeviceTrack) -> list[Found]:
        device.state.is_unreachable, device.state.unreachable_at = False, None
        self._gone.discard(device.device.hostname)
        return [Found(Finding.REACHABLE, device)]

    def next_check(self, device: DeviceTrack, now: float) -> float | None:
        """When `check` may find more without news."""
        state = device.state
        if state.is_unreachable or state.control is not Verdict.DOWN or state.lost_at is None:
            return None
        after = state.lost_at + self._policy.isolation_window_s + _A_MOMENT_S
        if after <= now:
            after = now + self._policy.isolation_window_s
        if self._was_heard(device):
            after = max(after, state.last_heard + SILENCE_S + _A_MOMENT_S)
        return after

    def _is_gone(self, device: DeviceTrack, now: float) -> bool:
        state = device.state
        if state.control is not Verdict.DOWN or state.suspect_since is None:
            return False
        if any(c.state.has_answered and c.state.suspect_since is None for c in device.controls):
            return False  # one of its addresses has just answered: the next answer decides
        return not self._was_heard(device) or now - state.last_heard >= SILENCE_S or _is_mute(state)

    @staticmethod
    def _was_heard(device: DeviceTrack) -> bool:
        return device.state.last_heard > (device.state.suspect_since or 0.0) + DYING_WORDS_S

    def _is_cut_off(self) -> bool:
        gateways = [g for g in self._gateways if g.state.has_answered]
        if gateways and all(g.state.verdict is Verdict.DOWN for g in gateways):
            self.reason = "the engine's own gateway does not answer"
            return True
        if self._is_share(self._lost):
            self.reason = f"{len(self._lost)} of {self._reachable()} devices fell silent at once"
            return True
        return False

    def _may_be_cut_off(self, device: DeviceTrack) -> bool:
        """The next moments decide between it and us: half of everything is missing answers, or our gateway is."""
        if len(self._lost) and self._is_share(self._silent):
            return True
        gateways = [g for g in self._gateways if g.state.has_answered]
        since = device.state.suspect_since or 0.0
        return bool(gateways) and all(g.state.last_good <= since for g in gateways)

    def _is_share(self, failing: _Recent) -> bool:
        if failing.sites < self._policy.isolation_sites:
            return False
        return len(failing) >= self._policy.isolation_share * self._reachable()

    def _reachable(self) -> int:
        return len(self._active) - len(self._gone)
