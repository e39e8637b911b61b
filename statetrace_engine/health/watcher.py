"""Pure. Watching the watcher (SPEC 2): which devices answer at all, and whether it is we who are cut off."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from statetrace_engine.health.policy import WatcherPolicy
from statetrace_engine.health.topology import DeviceTrack, ProbeTrack, Topology
from statetrace_engine.model.observation import Verdict

DYING_WORDS_S = 0.5
"""What a device sent just before it died may still arrive after the first miss."""
SILENCE_S = 10.0
"""A device whose control is lost but that was heard is unreachable only after so long without a word."""


class Finding(Enum):
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    ISOLATED = "isolated"
    CONNECTED = "connected"


class Found(Struct, frozen=True):
    finding: Finding
    device: DeviceTrack | None = None


def summarise(device: DeviceTrack, now: float) -> None:
    """The device's control verdict from those of its probes: any answer is enough, all must be lost."""
    state = device.state
    answered = [c.state for c in device.controls if c.state.has_answered and not c.probe.is_silent]
    if not answered:
        return
    state.control_good = max(s.last_good for s in answered)
    if any(s.suspect_since is None and s.verdict is not Verdict.DOWN for s in answered):
        state.control, state.suspect_since, state.lost_at = Verdict.UP, None, None
        return
    state.suspect_since = max(s.suspect_since or now for s in answered)
    if all(s.verdict is Verdict.DOWN for s in answered):
        state.control = Verdict.DOWN
        state.lost_at = now if state.lost_at is None else state.lost_at


class Watcher:
    """Decides who is unreachable, and that nobody is when half of everything goes silent at once."""

    def __init__(self, topology: Topology, policy: WatcherPolicy) -> None:
        self._policy = policy
        self._gateways: list[ProbeTrack] = [t for t in topology.probes.values() if t.device is None]
        self._active: dict[str, DeviceTrack] = {}
        self._suspect: dict[str, DeviceTrack] = {}
        self.is_isolated = False
        self.isolated_since = 0.0
        self.reason = ""

    def note(self, device: DeviceTrack) -> None:
        """The device's control verdict may have changed."""
        host, state = device.device.hostname, device.state
        if state.control is None:
            return
        self._active[host] = device
        if state.suspect_since is not None or state.control is Verdict.DOWN:
            self._suspect[host] = device
        else:
            self._suspect.pop(host, None)

    def evaluate(self, now: float) -> list[Found]:
        """What follows now; call it after `note`, and at `next_check`."""
        found: list[Found] = []
        if self._is_cut_off(now):
            if not self.is_isolated:
                self.is_isolated, self.isolated_since = True, now
                found.append(Found(Finding.ISOLATED))
            return found
        if self.is_isolated:
            self.is_isolated = False
            return [Found(Finding.CONNECTED)]
        if self._may_be_cut_off(now):
            return found
        for device in list(self._suspect.values()):
            if not device.state.is_unreachable and self._is_gone(device, now):
                device.state.is_unreachable, device.state.unreachable_at = True, now
                found.append(Found(Finding.UNREACHABLE, device))
        return found

    def returned(self, device: DeviceTrack) -> list[Found]:
        if device.state.is_unreachable and device.state.control is Verdict.UP:
            device.state.is_unreachable, device.state.unreachable_at = False, None
            return [Found(Finding.REACHABLE, device)]
        return []

    def next_check(self, now: float) -> float | None:
        """When `evaluate` may find more without news."""
        times = []
        for device in self._suspect.values():
            state = device.state
            if state.is_unreachable or state.lost_at is None:
                continue
            if state.lost_at + self._policy.isolation_window_s > now:
                times.append(state.lost_at + self._policy.isolation_window_s + 1e-3)
            if state.last_heard + SILENCE_S > now:
                times.append(state.last_heard + SILENCE_S + 1e-3)
        return min(times, default=None)

    def _is_gone(self, device: DeviceTrack, now: float) -> bool:
        state = device.state
        if state.control is not Verdict.DOWN or state.suspect_since is None:
            return False
        was_heard = state.last_heard > state.suspect_since + DYING_WORDS_S
        return not was_heard or now - state.last_heard >= SILENCE_S

    def _is_cut_off(self, now: float) -> bool:
        gateways = [g for g in self._gateways if g.state.has_answered]
        if gateways and all(g.state.verdict is Verdict.DOWN for g in gateways):
            self.reason = "the engine's own gateway does not answer"
            return True
        window = self._policy.isolation_window_s
        failing = [
            d
            for d in self._suspect.values()
            if not d.state.is_unreachable
            and d.state.control is Verdict.DOWN
            and (self.is_isolated or now - (d.state.lost_at or now) <= window)
        ]
        if self._is_share(failing):
            self.reason = f"{len(failing)} of {self._reachable()} devices fell silent at once"
            return True
        return False

    def _may_be_cut_off(self, now: float) -> bool:
        """Enough are missing answers that the next moments decide between them and us."""
        window = self._policy.isolation_window_s
        failing = [d for d in self._suspect.values() if not d.state.is_unreachable and self._is_recent(d, now, window)]
        return any(d.state.control is Verdict.DOWN for d in failing) and self._is_share(failing)

    @staticmethod
    def _is_recent(device: DeviceTrack, now: float, window: float) -> bool:
        lost_at = device.state.lost_at
        return now - (lost_at if lost_at is not None else device.state.suspect_since or now) <= window

    def _is_share(self, failing: list[DeviceTrack]) -> bool:
        if not failing or len({d.device.site for d in failing}) < self._policy.isolation_sites:
            return False
        return len(failing) >= self._policy.isolation_share * self._reachable()

    def _reachable(self) -> int:
        return sum(not d.state.is_unreachable for d in self._active.values())
