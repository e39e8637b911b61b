"""Both SNMP libraries against version 3 agents that restart, change, or are not who they should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.client import Client, Clients, SnmpError, Trouble
from statetrace_engine.sources.snmp.target import Credentials, Profile
from statetrace_engine.wire import snmp, usm
from statetrace_engine.wire.ber import TimeTicks
from tests.snmp.agent import Agent, Served, behave
from tests.snmp.libraries import LIBRARIES, made
from tests.snmp.usm import Usm

AUTH, PRIV = "auth-pass-of-tests", "priv-pass-of-tests"
UPTIME = {mib.UPTIME: 4200}
ENGINE = b"\x80\x00\x1f\x88\x04tests-"
PROTOCOLS = {"sha": ("sha", "aes128"), "sha256": ("sha256", "aes256")}


@pytest_asyncio.fixture(params=LIBRARIES)
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[Clients]:
    clients = made(request.param)
    yield clients
    clients.close()


def an_engine(protocol: str, engine_id: bytes = ENGINE) -> Usm:
    return Usm("oper", AUTH, PRIV, protocol, engine_id + protocol.encode())


@pytest_asyncio.fixture(params=PROTOCOLS)
async def served(request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    values = {mib.UPTIME: TimeTicks(4200)}
    served = await Served.on(Agent(values, usm=an_engine(request.param)))
    yield served
    served.close()


def engine_of(served: Served) -> Usm:
    assert served.agent.usm is not None
    return served.agent.usm


async def opened(clients: Clients, served: Served) -> Client:
    auth, priv = PROTOCOLS[engine_of(served).protocol]
    profile = Profile(
        port=served.port, user="oper", auth_protocol=auth, priv_protocol=priv, timeout_ms=10_000, retries=0
    )
    return await clients.open("127.0.0.1", profile, Credentials("", AUTH, PRIV))


async def test_an_agent_that_has_restarted_is_asked_again_at_once(clients: Clients, served: Served) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME
    engine_of(served).boots += 1
    assert await client.get([mib.UPTIME]) == UPTIME


async def test_an_agent_whose_clock_has_jumped_is_asked_again_at_once(clients: Clients, served: Served) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME
    engine_of(served).advance(1000)
    assert await client.get([mib.UPTIME]) == UPTIME


async def test_a_changed_engine_id_is_told_and_a_new_client_learns_it(clients: Clients, served: Served) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME
    served.agent.usm = an_engine(engine_of(served).protocol, b"\x80\x00\x1f\x88\x04other-")
    with pytest.raises(SnmpError) as caught:
        await client.get([mib.UPTIME])
    assert caught.value.trouble is Trouble.ENGINE_CHANGED
    client.close()
    assert await (await opened(clients, served)).get([mib.UPTIME]) == UPTIME


async def is_refused(client: Client) -> bool:
    """Whether nothing that the agent sends is taken for an answer."""
    try:
        async with asyncio.timeout(0.3):
            await client.get([mib.UPTIME])
    except (SnmpError, TimeoutError):
        return True
    return False


async def test_an_answer_changed_on_its_way_is_no_answer(clients: Clients, served: Served) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME

    def changed(agent: Agent, datagram: bytes) -> list[bytes]:
        return [answer[:-1] + bytes((answer[-1] ^ 1,)) for answer in behave(agent, datagram)]

    served.behaviour = changed
    assert await is_refused(client)
    served.behaviour = lambda agent, datagram: changed(agent, datagram) + behave(agent, datagram)
    assert await client.get([mib.UPTIME]) == UPTIME


async def test_an_agent_that_only_ever_complains_of_the_time_is_given_up(clients: Clients, served: Served) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME

    def complaining(agent: Agent, datagram: bytes) -> list[bytes]:
        request = snmp.decode(datagram)
        assert isinstance(request, snmp.V3Message)
        return [engine_of(served).report(request.message_id, usm.Complaint.NOT_IN_TIME, is_signed=True)]

    served.behaviour, served.heard = complaining, 0
    with pytest.raises((SnmpError, TimeoutError)):
        async with asyncio.timeout(1.0):
            await client.get([mib.UPTIME])
    assert served.heard <= 8


@pytest.mark.parametrize(("is_private", "is_signed"), [(False, False), (False, True)])
async def test_an_answer_that_is_less_secret_than_the_request_is_no_answer(
    clients: Clients, served: Served, is_private: bool, is_signed: bool
) -> None:
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME]) == UPTIME
    engine_of(served).seal_as = (is_private, is_signed)
    assert await is_refused(client)
    engine_of(served).seal_as = None
    assert await client.get([mib.UPTIME]) == UPTIME
