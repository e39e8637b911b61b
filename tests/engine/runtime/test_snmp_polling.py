"""Polling follows what is watched, and what is heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio

from statetrace_engine.config.secrets import Secret
from statetrace_engine.config.settings import Settings, SnmpProfile
from statetrace_engine.model.captured import Captured, CapturedPath, CapturedRoute
from statetrace_engine.model.signal import Polled, Signal, Source
from statetrace_engine.runtime.snmp_polling import SnmpPolling
from statetrace_engine.sources.snmp import mib
from statetrace_engine.wire.ber import TimeTicks
from tests.engine.sources.conftest import Desk as ADesk
from tests.journey import happen, inventory
from tests.snmp.agent import Agent, Served
from tests.virtual import VirtualNetwork

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk

HOST = "WLLS-A01-AR-01"
INVENTORY = f"""[[device]]
hostname = "{HOST}"
vendor = "cisco_ios"
addresses = ["127.0.0.1"]
route = [{{ prefix = "10.1.0.0/16", primary = {{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }} }}]
"""


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = ADesk()
    yield desk
    await desk.close()


async def an_agent() -> Served:
    return await Served.on(Agent({mib.UPTIME: TimeTicks(4200), "1.3.6.1.2.1.15.2.0": 65000}, "s3cret"))


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    served = await an_agent()
    yield served
    served.close()


def settings(served: Served, home: Path, *hosts: str) -> Settings:
    """Asked once an hour, unless something is heard."""
    (home / "community").write_text("s3cret", encoding="utf-8")
    profile = SnmpProfile(version="2c", port=served.port, interval_s=3600, community=Secret("file:community"))
    return Settings(inventory=inventory(INVENTORY), snmp={"core": profile}, device_snmp=dict.fromkeys(hosts, "core"))


async def keep_following(polling: SnmpPolling, network: VirtualNetwork) -> None:
    """As the engine does, ten times a second."""
    while True:
        polling.follow(network.pipeline)
        await asyncio.sleep(0.01)


def polls(signals: list[Signal]) -> list[Polled]:
    return [signal.payload for signal in signals if isinstance(signal.payload, Polled)]


def asked(served: Served) -> list[str]:
    return [oid for request in served.agent.requests for oid, _ in request.varbinds]


async def test_a_device_is_asked_at_once_when_it_says_that_something_changed(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    network = VirtualNetwork(inventory(INVENTORY))
    polling = SnmpPolling(settings(served, tmp_path, HOST), tmp_path, desk.inbox, desk.report)
    desk.start(polling.run())
    network.run_to(1.0)
    happen(network, {"device": HOST, "log": "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: jsm]"})
    polling.follow(network.pipeline)
    await desk.status(Source.SNMP)
    assert served.heard == 0
    happen(network, {"device": HOST, "say": ["link-down"]})
    polling.follow(network.pipeline)
    signals = await desk.until(lambda signals: len(polls(signals)) > 1)
    assert {poll.hostname for poll in polls(signals)} == {HOST}
    assert all(poll.is_answered for poll in polls(signals))


async def test_what_captures_add_is_asked_for_and_a_reload_is_followed(
    desk: Desk, served: Served, tmp_path: Path
) -> None:
    network = VirtualNetwork(inventory(INVENTORY))
    polling = SnmpPolling(settings(served, tmp_path, HOST), tmp_path, desk.inbox, desk.report)
    desk.start(polling.run())
    desk.start(keep_following(polling, network))
    await desk.status(Source.SNMP)
    route = CapturedRoute("default", "0.0.0.0/0", (CapturedPath("10.7.7.7", "Gi0/7", "bgp"),), True)
    network.feed(Captured(1, HOST, "WLLS", "cisco_ios", network.wall, (route,), ()), Source.CAPTURE, HOST)
    await desk.until(lambda signals: any(oid.endswith(".10.7.7.7") for oid in asked(served)))
    elsewhere = await an_agent()
    polling.take(settings(elsewhere, tmp_path, HOST))
    happen(network, {"device": HOST, "say": ["link-down"]})
    await desk.until(lambda signals: asked(elsewhere))
    elsewhere.close()


async def test_without_a_device_to_ask_no_library_is_loaded_and_nothing_is_said(desk: Desk, tmp_path: Path) -> None:
    network = VirtualNetwork(inventory(INVENTORY))
    polling = SnmpPolling(Settings(inventory=inventory(INVENTORY)), tmp_path, desk.inbox, desk.report)
    running = desk.start(polling.run())
    polling.follow(network.pipeline)
    await desk.stop(running)
    assert not desk.statuses
