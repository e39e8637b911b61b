"""Pure. Watching the watcher (SPEC 2): which devices answer at all, and whether it is we who are cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from statistics import fmean, median

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
MANY = 10
"""Devices that fall silent at once before that alone is about us: of fewer, some may do so by chance."""
ONE_SITE = 0.9
"""So many of those that are silent at one site: then it is that site, and elsewhere a packet was lost."""
AT_ONCE_S = 0.5
"""Half of those that were asked within it did not answer: however seldom they are asked, that is about us."""


class Finding(Enum):
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    ISOLATED = "isolated"
    CONNECTED = "connected"
    DOUBTED = "doubted"
    """So many fell silent at once that it may be us: until it ends, no loss says anything of a path."""
    TRUSTED = "trusted"
    """That has passed, and we were not cut off for long enough to call it so."""


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

    @property
    def is_one_site(self) -> bool:
        """But for a few that chance adds."""
        return max(self._sites.values(), default=0) > ONE_SITE * len(self._at)

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
    """Decides who is unreachable, and that nobody is when half of everything goes silent at once.

    Of many devices that are seldom asked, not half are known to be lost within the window: bursts wait for each other.
    So half of the answers missing at once is doubt, and with `MANY` bursts lost besides it is isolation.
    """

    def __init__(self, topology: Topology, policy: WatcherPolicy, timeout_s: float) -> None:
        self._policy = policy
        every_s = [min(c.probe.interval_ms for c in d.controls) / 1e3 for d in topology.devices.values() if d.controls]
        self._asked_at_once = fmean(min(1.0, AT_ONCE_S / interval_s) for interval_s in every_s) if every_s else 1.0
        """The share of all devices that is asked within `AT_ONCE_S`."""
        interval_s = median(every_s) if every_s else 0.0
        self._patience_s = policy.isolation_share * interval_s + timeout_s
        """From the first miss of one until the others would have missed as well, were it us."""
        self.window_s = max(policy.isolation_window_s, self._patience_s)
        """What was lost so long before it was known that it is us, or may be, was lost by us."""
        self._doubt_s = max(policy.isolation_window_s, interval_s + timeout_s)
        """Everybody has been asked again by then."""
        self._gateways: list[ProbeTrack] = [t for t in topology.probes.values() if t.device is None]
        self._active: set[str] = set()
        self._gone: set[str] = set()
        self._lost = _Recent()
        self._silent = _Recent()
        self._sudden = _Recent()
        self._mute: set[str] = set()
        """Those whose last control probe went unanswered."""
        self.doubted_until: float | None = None
        """None: nothing speaks against what we see."""
        self.doubted_since = 0.0
        self.undecided: dict[str, DeviceTrack] = {}
        """Control lost, and not found unreachable yet."""
        self.is_isolated = False
        self.isolated_since = 0.0
        self.blind_s = 0.0
        """How long the last isolation was."""
        self.reason = ""

    @property
    def is_blind(self) -> bool:
        """We are cut off, or may be."""
        return self.is_isolated or self.doubted_until is not None

    def is_doubtful(self, device: DeviceTrack | None) -> bool:
        """The device itself may not answer, or we may be cut off: a loss says nothing of its paths."""
        if self.is_blind or device is None or device.state.control is None:
            return self.is_blind
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
            for known in (self._silent, self._sudden, self._lost):
                known.drop(host)
            self._mute.discard(host)
            self.undecided.pop(host, None)
            return
        if host not in self._mute:
            self._mute.add(host)
            self._sudden.put(device, now)
        self._silent.put(device, now)
        if state.control is Verdict.DOWN:
            self._lost.put(device, now)
            self.undecided[host] = device
        else:
            self._lost.drop(host)
            self.undecided.pop(host, None)

    def restore(self, devices: Iterable[DeviceTrack], now: float) -> None:
        """What was known before a restart, at the times when it became known."""

        def missed(device: DeviceTrack) -> float:
            return max((c.state.suspected for c in device.controls if c.state.suspect_since is not None), default=now)

        for device in sorted(devices, key=missed):
            self.note(device, missed(device))
        for device in sorted(self.undecided.values(), key=lambda d: d.state.lost_at or now):
            self._lost.drop(device.device.hostname)
            self._lost.put(device, device.state.lost_at or now)
        self._expire(now)

    def _expire(self, now: float) -> None:
        self._sudden.expire(now - AT_ONCE_S)
        if not self.is_isolated:
            for known in (self._silent, self._lost):
                known.expire(now - self.window_s)

    def evaluate(self, now: float) -> list[Found]:
        """Whether we are cut off, or no longer, or may be."""
        self._expire(now)
        if self._are_many_silent():
            was, self.doubted_until = self.doubted_until, now + self._doubt_s
            found = []
            if was is None:
                self.doubted_since = now
                found.append(Found(Finding.DOUBTED))
        else:
            found = []
        is_cut_off = self._is_cut_off()
        if is_cut_off is not self.is_isolated:
            self._cut_off(is_cut_off, now)
            return [*found, Found(Finding.ISOLATED if is_cut_off else Finding.CONNECTED)]
        if self.doubted_until is not None and now >= self.doubted_until and not is_cut_off:
            self.doubted_until = None
            return [Found(Finding.TRUSTED)]
        return found

    def _cut_off(self, is_cut_off: bool, now: float) -> None:
        self.is_isolated = is_cut_off
        if is_cut_off:
            self.isolated_since = now
        else:
            self.blind_s = now - self.isolated_since
            self.doubted_until = None

    def check(self, device: DeviceTrack, now: float) -> list[Found]:
        """Whether the device is unreachable, or no longer; call it after `note`, and at `next_check`."""
        state = device.state
        if state.is_unreachable:
            return self._back(device) if state.control is Verdict.UP else []
        if self.is_blind or self._may_be_cut_off(device) or not self._is_gone(device, now):
            return []
        state.is_unreachable, state.unreachable_at = True, now
        self.undecided.pop(device.device.hostname, None)
        self._lost.drop(device.device.hostname)
        self._silent.drop(device.device.hostname)
        self._sudden.drop(device.device.hostname)
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
        if now < (settled := self._settled_at(state)):
            return settled + _A_MOMENT_S
        after = state.lost_at + self._policy.isolation_window_s + _A_MOMENT_S
        if after <= now:
            after = now + self._policy.isolation_window_s
        if self._was_heard(device):
            after = max(after, state.last_heard + SILENCE_S + _A_MOMENT_S)
        return after

    def _is_gone(self, device: DeviceTrack, now: float) -> bool:
        state = device.state
        if state.control is not Verdict.DOWN or state.suspect_since is None or now < self._settled_at(state):
            return False
        if any(c.state.has_answered and c.state.suspect_since is None for c in device.controls):
            return False  # one of its addresses has just answered: the next answer decides
        return not self._was_heard(device) or now - state.last_heard >= SILENCE_S or _is_mute(state)

    def _settled_at(self, state: DeviceState) -> float:
        """When the others have had the time to miss as well; of few devices any one decides."""
        return (state.suspect_since or 0.0) + (self._patience_s if self._reachable() >= 2 * MANY else 0.0)

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
        is_doubt_confirmed = len(self._lost) >= MANY and self._lost.sites >= self._policy.isolation_sites
        if (self.is_isolated or is_doubt_confirmed) and len(self._silent) >= MANY and self._is_share(self._silent):
            self.reason = f"{len(self._silent)} of {self._reachable()} devices fell silent at once"
            return True
        return False

    def _are_many_silent(self) -> bool:
        """At once: of those that were asked just now, or of all within the window."""
        return any(
            len(silent) >= MANY and not silent.is_one_site and self._is_share(silent, asked)
            for silent, asked in ((self._silent, 1.0), (self._sudden, self._asked_at_once))
        )

    def _may_be_cut_off(self, device: DeviceTrack) -> bool:
        """The next moments decide between it and us: half of everything is missing answers, or our gateway is."""
        if len(self._lost) and self._is_share(self._silent):
            return True
        gateways = [g for g in self._gateways if g.state.has_answered]
        since = device.state.suspect_since or 0.0
        return bool(gateways) and all(g.state.last_good <= since for g in gateways)

    def _is_share(self, failing: _Recent, asked: float = 1.0) -> bool:
        """Whether those are half of the devices, or of the share of them that was asked."""
        if failing.sites < self._policy.isolation_sites:
            return False
        return len(failing) >= self._policy.isolation_share * asked * self._reachable()

    def _reachable(self) -> int:
        return len(self._active) - len(self._gone)
