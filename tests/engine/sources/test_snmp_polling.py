"""Many devices over real sockets: turns, silence, replacement, and what the status says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from statetrace_engine.model.signal import Polled, RouteReport, Signal, Source
from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.poller import Polling
from statetrace_engine.sources.snmp.target import Credentials, PollSettings, Profile, Target
from statetrace_engine.wire.ber import TimeTicks, Value
from tests.snmp.agent import Agent, Served, behave
from tests.snmp.libraries import LIBRARIES, made

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk

SECRET = "c0mmunity-of-tests"
VALUES: dict[str, Value] = {
    mib.UPTIME: TimeTicks(4200),
    f"{mib.IF_NAME}.3": b"Gi0/1",
    "1.3.6.1.2.1.2.2.1.7.3": 1,
    "1.3.6.1.2.1.2.2.1.8.3": 2,
    "1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0.2.0.0.1.4.10.1.1.2": 3,
    "1.3.6.1.2.1.4.24.7.1.9.1.4.0.0.0.0.0.2.0.0.1.4.10.1.1.2": 14,
    "1.3.6.1.2.1.15.2.0": 65000,
    "1.3.6.1.2.1.15.3.1.2.10.1.1.2": 6,
    "1.3.6.1.6.3.1.1.6.1.0": 7,
}


def reveal() -> Credentials:
    return Credentials(SECRET)


def a_target(served: Served, hostname: str = "R1", **profile: object) -> Target:
    quick = {"version": "2c", "port": served.port, "interval_s": 0.05, "timeout_ms": 100, "retries": 0}
    return Target(
        hostname=hostname,
        address="127.0.0.1",
        profile=Profile(**quick | profile),  # type: ignore[arg-type]
        reveal=reveal,
        interfaces=("GigabitEthernet0/1",),
        neighbours=("10.1.1.2",),
        prefixes=(("default", "0.0.0.0/0"),),
    )


async def an_agent(**values: Value) -> Served:
    return await Served.on(Agent(VALUES | values, SECRET))


def polled(signals: list[Signal], hostname: str = "R1") -> list[Polled]:
    found = [signal.payload for signal in signals if isinstance(signal.payload, Polled)]
    return [payload for payload in found if payload.hostname == hostname]


@pytest.mark.parametrize("library", LIBRARIES)
async def test_what_a_device_is_like_becomes_signals(desk: Desk, library: str) -> None:
    served = await an_agent()
    polling = Polling(
        [a_target(served, timeout_ms=2000)], PollSettings(), desk.inbox, desk.report, lambda: made(library)
    )
    desk.start(polling.run())
    signals = await desk.until(lambda signals: any(isinstance(signal.payload, RouteReport) for signal in signals))
    assert {(signal.source, signal.peer) for signal in signals} == {(Source.SNMP, "127.0.0.1")}
    interface = next(answer.interfaces[0] for answer in polled(signals) if answer.interfaces)
    session = next(answer.sessions[0] for answer in polled(signals) if answer.sessions)
    (route,) = [signal.payload for signal in signals if isinstance(signal.payload, RouteReport)]
    assert (interface.index, interface.name, interface.admin_up, interface.oper_up) == (3, "Gi0/1", True, False)
    assert (session.protocol, session.neighbour, session.is_up) == ("bgp", "10.1.1.2", True)
    assert (route.prefix, route.installed[0].next_hop, route.installed[0].interface) == (
        "0.0.0.0/0",
        "10.1.1.2",
        "Gi0/1",
    )
    status = await desk.status(Source.SNMP, lambda status: status.received >= 3)
    assert (status.detail, status.state, status.error) == (f"polling ({library})", "running", "")
    served.close()


async def test_a_silent_device_is_said_to_be_and_does_not_hold_up_the_others(desk: Desk) -> None:
    silent, served = await an_agent(), await an_agent()
    silent.behaviour = lambda agent, datagram: []
    targets = [*(a_target(silent, f"S{number}") for number in range(8)), a_target(served, timeout_ms=10_000)]
    desk.start(Polling(targets, PollSettings(at_once=2), desk.inbox, desk.report).run())
    signals = await desk.until(lambda signals: len(polled(signals)) > 5 and len(polled(signals, "S7")) > 1)
    assert {answer.is_answered for answer in polled(signals, "S1")} <= {False}
    assert all(answer.is_answered for answer in polled(signals))
    status = await desk.status(Source.SNMP, lambda status: "8 of 9" in status.error)
    assert status.errors >= 8
    assert sum(f"S{number}" in status.error for number in range(8)) == 3, "some are named"
    silent.close()
    served.close()


async def test_no_secret_is_in_a_signal_or_a_status(desk: Desk) -> None:
    served = await an_agent()
    served.agent.community = b"another"
    target = a_target(served)
    polling = Polling([target], PollSettings(), desk.inbox, desk.report)
    desk.start(polling.run())
    signals = await desk.until(lambda signals: polled(signals))
    status = await desk.status(Source.SNMP, lambda status: status.error)
    assert SECRET not in repr((signals, status, target, reveal(), polling))
    served.close()


async def test_a_hurried_device_is_asked_before_its_time(desk: Desk) -> None:
    served = await an_agent()
    served.behaviour = lambda agent, datagram: []
    polling = Polling([a_target(served, timeout_ms=500)], PollSettings(), desk.inbox, desk.report)
    desk.start(polling.run())
    await desk.until(lambda signals: len(polled(signals)) == 2)
    served.behaviour = behave
    polling.hurry("R1")
    polling.hurry("NOBODY")
    signals = await desk.until(lambda signals: polled(signals)[-1].is_answered)
    assert len(polled(signals)) <= 4
    served.close()


async def test_other_targets_are_in_force_at_once_and_those_that_stay_are_kept(desk: Desk) -> None:
    first, second = await an_agent(), await an_agent()
    polling = Polling([a_target(first), a_target(first, "R2")], PollSettings(), desk.inbox, desk.report)
    desk.start(polling.run())
    await desk.until(lambda signals: polled(signals, "R1") and polled(signals, "R2"))
    polling.replace([a_target(first), a_target(second, "R3")])
    await desk.until(lambda signals: polled(signals, "R3"))
    desk.signals.clear()
    signals = await desk.until(lambda signals: len(polled(signals)) > 3 and len(polled(signals, "R3")) > 3)
    assert not polled(signals, "R2")
    first.close()
    second.close()


async def test_what_was_cancelled_runs_again(desk: Desk) -> None:
    served = await an_agent()
    polling = Polling([a_target(served)], PollSettings(), desk.inbox, desk.report)
    for _ in range(2):
        task = desk.start(polling.run())
        await desk.until(lambda signals: polled(signals))
        await desk.stop(task)
        desk.inbox.drain(10_000)
        desk.signals.clear()
    served.close()


async def test_no_more_devices_are_awaited_at_a_time_than_is_set(desk: Desk) -> None:
    served = await an_agent()
    waiting: set[bytes] = set()
    most = 0

    def late(agent: Agent, datagram: bytes) -> list[bytes]:
        nonlocal most
        waiting.add(datagram)
        most = max(most, len(waiting))
        asyncio.get_running_loop().call_later(0.02, waiting.discard, datagram)
        return []

    served.behaviour = late
    targets = [a_target(served, f"R{number}", timeout_ms=200) for number in range(40)]
    desk.start(Polling(targets, PollSettings(at_once=8), desk.inbox, desk.report).run())
    await desk.until(lambda signals: all(polled(signals, f"R{number}") for number in range(40)))
    assert most <= 8
    served.close()
