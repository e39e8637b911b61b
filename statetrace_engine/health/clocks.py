"""Pure. Which time of a device counts: its clock must have agreed with ours, and still does (SPEC 3).

An old message of a clock that agreed is late, unless the next one is as old: then it is the clock that is wrong.
"""

from __future__ import annotations

from msgspec.structs import replace

from statetrace_engine.health.policy import ClockPolicy
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import LogMessage
from statetrace_engine.model.signal import Signal

_SECOND_S = 1.0


def placed(state: DeviceState, read: LogMessage, received_at: Epoch, policy: ClockPolicy) -> LogMessage:
    """The same, by the zone in which the device's clock agreed with ours, where its header names none: what was held up
    for hours is of no other zone, unless that explains it to the second."""
    if read.device_time is None or read.assumed_zone_s is None:
        return read
    if abs(received_at - read.device_time) <= policy.trust_s + _SECOND_S:
        state.zone_s = read.assumed_zone_s
    elif state.zone_s is not None and state.zone_s != read.assumed_zone_s:
        return replace(read, device_time=read.device_time + read.assumed_zone_s - state.zone_s)
    return read


def date(state: DeviceState, read: LogMessage, received_at: Epoch, policy: ClockPolicy) -> tuple[Epoch | None, bool]:
    """The device's own time, None when it cannot be trusted; and whether it makes the message history."""
    if read.device_time is None or not read.is_time_trustworthy:
        return None, False
    age = received_at - read.device_time
    if abs(age) <= policy.trust_s:
        state.has_agreed_clock = True
    if not state.has_agreed_clock or age < -policy.trust_s:
        return None, False
    return read.device_time, age > policy.history_s


def misdated(state: DeviceState, read: LogMessage, signal: Signal, policy: ClockPolicy) -> Signal | None:
    """The first of two messages in a row that are equally old, once the second is there: the clock is distrusted
    from then on, and neither is late. Call it before `date`, for messages that nothing can have held back."""
    if read.device_time is None or not read.is_time_trustworthy or not state.has_agreed_clock:
        state.odd = None
        return None
    skew = signal.received_at - read.device_time
    first, first_skew = state.odd, state.odd_skew_s
    if skew <= policy.trust_s:
        state.odd = None
        return None
    if first is None or abs(skew - first_skew) > policy.trust_s:
        state.odd, state.odd_skew_s = signal, skew
        return None
    if first.payload == signal.payload:  # a copy of it
        return None
    state.odd, state.has_agreed_clock = None, False
    return first


def latest(
    state: DeviceState, read: LogMessage, received_at: Epoch, policy: ClockPolicy, is_direct: bool
) -> Epoch | None:
    """The latest moment that a stamp of whole seconds allows, where the device's clock agrees with ours; else None.

    It dates nothing (SPEC 3 wants more than seconds for that), but what it says was so before then. `is_direct`:
    nothing can have held the message back, so that a second one as old means a wrong clock.
    """
    if read.device_time is None or not read.is_whole_second:
        return None
    skew, near_s = received_at - read.device_time, policy.trust_s + _SECOND_S
    if abs(skew) <= near_s:
        state.has_agreed_seconds, state.odd_seconds_s = True, None
    elif state.has_agreed_seconds and is_direct:
        before, state.odd_seconds_s = state.odd_seconds_s, skew
        state.has_agreed_seconds = before is None or abs(skew - before) > near_s
    if not state.has_agreed_seconds or skew < -near_s:
        return None
    return read.device_time + _SECOND_S


def steady_of(occurred: Epoch | None, received_at: Epoch, steady: float) -> float:
    """When something happened, on our clock: as long before it was received as the device's own time says, where that
    can be trusted."""
    return steady if occurred is None else min(steady - (received_at - occurred), steady)
