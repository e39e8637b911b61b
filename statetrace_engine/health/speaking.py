"""Pure. Which sources speak of a route, and until when what each has said is fresh (SPEC 2).

Only periodic sources keep a word fresh by themselves; what an event source said holds while its device is heard. A
device that logs, sends traps and answers polls is one witness on several channels, and each of them is a source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from statetrace_engine.health.policy import ClassPolicy
from statetrace_engine.health.watched import DeviceTrack, RouteTrack, Subject
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.signal import Source

Voice = tuple[str, str]
"""(who, on which channel): a device and its source, or a probe."""
_INTERVALS = 3.0


def limit_s(interval_s: float, policy: ClassPolicy) -> float:
    """How long a word of a source with that interval is fresh."""
    return min(max(_INTERVALS * interval_s, policy.stale_min_s), policy.stale_max_s)


def pair_until(route: RouteTrack, devices: Mapping[str, DeviceTrack], policy: ClassPolicy) -> float:
    """Until when (steady) two sources or more are fresh if nothing new is heard; -1.0 where there are not two."""
    heard = voices(route, devices, policy)
    return sorted(heard.values())[-2] if len(heard) > 1 else -1.0


def voices(route: RouteTrack, devices: Mapping[str, DeviceTrack], policy: ClassPolicy) -> dict[Voice, float]:
    """All that have spoken of it, each with the time until which it is fresh; it may have passed."""
    found: dict[Voice, float] = {}
    for voice, until in _all(route, devices, policy):
        if until > found.get(voice, -1.0):
            found[voice] = until
    return found


def _all(route: RouteTrack, devices: Mapping[str, DeviceTrack], policy: ClassPolicy) -> Iterator[tuple[Voice, float]]:
    for path in route.primaries:
        for subject in (*path.interfaces, *path.members, *path.adjacencies, *path.bfd):
            yield from _of_own(subject, route.device, policy)
        for subject in path.remote:
            yield from _of_far(subject, devices)
    for probe in route.probes():
        if probe.state.has_answered and not probe.probe.is_silent:
            interval_s = probe.probe.interval_ms / 1e3
            yield ("prober", probe.probe.probe_id), probe.state.last_sample + limit_s(interval_s, policy)
    state, host = route.state, route.record.hostname
    if state.polled_at >= 0:
        yield (host, Source.SNMP), state.polled_at + limit_s(state.poll_interval_s, policy)
    if state.offers and not route.device.state.is_bmp_lost:
        yield (host, Source.BMP), inf


def _of_own(subject: Subject, device: DeviceTrack, policy: ClassPolicy) -> Iterator[tuple[Voice, float]]:
    host, state = subject.key[0], subject.state
    if state.polled_at >= 0:
        yield (host, Source.SNMP), state.polled_at + limit_s(state.poll_interval_s, policy)
    last = state.observation
    if last is not None and last.source is not Source.SNMP and not _is_cut(last, device):
        yield (last.witness, last.source), inf


def _of_far(subject: Subject, devices: Mapping[str, DeviceTrack]) -> Iterator[tuple[Voice, float]]:
    """The other end's last word, however it came; what confirms it there is no news here."""
    device, last = devices.get(subject.key[0]), subject.state.observation
    if last is not None and device is not None and not device.state.is_unreachable and not _is_cut(last, device):
        yield (last.witness, last.source), inf


def _is_cut(last: Observation, device: DeviceTrack) -> bool:
    """Nobody would hear if it were otherwise by now."""
    return last.source is Source.CAPTURE or (last.source is Source.BMP and device.state.is_bmp_lost)
