"""Agents that answer from another address than the one asked, and agents at IPv6 addresses."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest
import pytest_asyncio
from msgspec.structs import replace

from statetrace_engine.model.signal import Polled, Source
from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.answering import destination
from statetrace_engine.sources.snmp.client import Client, Clients, SnmpError, Trouble
from statetrace_engine.sources.snmp.poller import Polling
from statetrace_engine.sources.snmp.target import Credentials, PollSettings, Profile, Target
from statetrace_engine.wire.ber import TimeTicks
from tests.snmp import snmpd
from tests.snmp.agent import Agent, Served
from tests.snmp.libraries import LIBRARIES, made

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk

OTHER = "127.0.0.2"
V3 = Profile(user=snmpd.user("sha", "aes128"))
V2C = Profile(version="2c")
needs_addresses = pytest.mark.skipif(sys.platform != "linux", reason="no second address of the loopback here")
needs_snmpd = pytest.mark.skipif(snmpd.SNMPD is None, reason="no snmpd here: apt-get install snmpd")


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")


class _Side(asyncio.DatagramProtocol):
    """One address of a device with two."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, int]] = []
        self.far: tuple[_Side, tuple[str, int] | None]
        """Through whom what comes in goes on, and whither; None: to whoever asked."""
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        side, where = self.far
        self.waiting.append(addr)
        side.transport.sendto(data, where or side.waiting[-1])


async def answering_from(address: str, agent: int) -> tuple[int, list[_Side]]:
    """127.0.0.1 at the port that is returned asks the agent; what that answers comes from `address`, the same port."""
    loop = asyncio.get_running_loop()
    _, front = await loop.create_datagram_endpoint(_Side, local_addr=("127.0.0.1", 0))
    port: int = front.transport.get_extra_info("sockname")[1]
    _, back = await loop.create_datagram_endpoint(_Side, local_addr=("127.0.0.1", 0))
    _, out = await loop.create_datagram_endpoint(_Side, local_addr=(address, port))
    front.far = (back, ("127.0.0.1", agent))
    back.far, out.waiting = (out, None), front.waiting
    return port, [front, back, out]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd.running(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest_asyncio.fixture(params=LIBRARIES)
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[Clients]:
    clients = made(request.param)
    yield clients
    clients.close()


async def opened(clients: Clients, port: int, version: Profile, others: set[str], timeout_ms: int) -> Client:
    profile = Profile(version=version.version, user=version.user, port=port, timeout_ms=timeout_ms, retries=1)
    secrets = Credentials(snmpd.COMMUNITY, snmpd.AUTH, snmpd.PRIV)
    return await clients.open("127.0.0.1", profile, secrets, frozenset(others))


@needs_addresses
@needs_snmpd
@pytest.mark.parametrize("version", [V2C, V3], ids=["2c", "3"])
async def test_a_device_may_answer_from_another_of_its_addresses(
    clients: Clients, agent: int, version: Profile
) -> None:
    port, sides = await answering_from(OTHER, agent)
    client = await opened(clients, port, version, {OTHER}, 3000)
    assert (await client.get([mib.UPTIME])).keys() == {mib.UPTIME}
    assert (await client.walk(mib.IF_NAME, 100)).rows[0][1] == b"lo"
    for side in sides:
        side.transport.close()


async def until_elsewhere(client_of: Callable[[], Awaitable[Client]]) -> SnmpError:
    """On a busy machine an answer may come too late to be anybody's."""
    error = SnmpError(Trouble.TIMED_OUT)
    for _ in range(20):
        try:
            await (await client_of()).get([mib.UPTIME])
        except SnmpError as found:
            error = found
        if error.trouble is Trouble.ELSEWHERE:
            break
    return error


@needs_addresses
@needs_snmpd
@pytest.mark.parametrize("version", [V2C, V3], ids=["2c", "3"])
async def test_an_answer_from_an_unknown_address_is_refused_and_said(
    clients: Clients, agent: int, version: Profile
) -> None:
    port, sides = await answering_from(OTHER, agent)
    client_of = partial(opened, clients, port, version, {"127.0.0.3"}, 300)
    error = await until_elsewhere(client_of)
    assert f"answers from another address: {OTHER}; add it" in str(error)
    assert not error.is_silence
    for side in sides:
        side.transport.close()


@needs_addresses
async def test_the_status_counts_it_and_other_addresses_mend_it(desk: Desk) -> None:
    served = await Served.on(Agent({mib.UPTIME: TimeTicks(4200)}, snmpd.COMMUNITY))
    port, sides = await answering_from(OTHER, served.port)
    profile = Profile(version="2c", port=port, timeout_ms=100, retries=1, interval_s=1)

    target = Target(hostname="R1", address="127.0.0.1", profile=profile, reveal=lambda: Credentials(snmpd.COMMUNITY))
    polling = Polling([target], PollSettings(), desk.inbox, desk.report)
    desk.start(polling.run())
    status = await desk.status(Source.SNMP, lambda status: status.refused)
    assert status.refused.keys() == {"answers from another address"}
    assert f"R1: answers from another address: {OTHER}" in status.error
    polling.replace([replace(target, others=frozenset({OTHER}))])
    polling.hurry("R1")
    await desk.until(lambda seen: any(isinstance(s.payload, Polled) and s.payload.is_answered for s in seen))
    await desk.status(Source.SNMP, lambda status: not status.error)
    for side in sides:
        side.transport.close()
    served.close()


@needs_ipv6
@needs_snmpd
@pytest.mark.parametrize("version", [V2C, V3], ids=["2c", "3"])
async def test_an_agent_at_an_ipv6_address_is_asked(
    clients: Clients, tmp_path_factory: pytest.TempPathFactory, version: Profile
) -> None:
    with snmpd.running(tmp_path_factory.mktemp("snmpd"), "::1") as port:
        profile = Profile(version=version.version, user=version.user, port=port, timeout_ms=3000)
        client = await clients.open("::1", profile, Credentials(snmpd.COMMUNITY, snmpd.AUTH, snmpd.PRIV))
        assert (await client.get([mib.UPTIME])).keys() == {mib.UPTIME}
        assert (await client.walk(mib.IF_NAME, 100)).rows[0][1] == b"lo"


async def test_an_interface_that_is_not_there_is_said(clients: Clients) -> None:
    async def asked() -> None:
        client = await clients.open("fe80::1%nowhere0", Profile(version="2c", timeout_ms=50), Credentials("public"))
        await client.get([mib.UPTIME])

    with pytest.raises(SnmpError, match="unreachable from here: no interface nowhere0 here"):
        await asked()


@needs_ipv6
@pytest.mark.skipif(sys.platform != "linux", reason="interfaces have other names here")
def test_sockets_are_given_an_interfaces_number() -> None:
    number = socket.if_nametoindex("lo")
    assert destination("fe80::1%lo", 161) == ("fe80::1", 161, 0, number)
    assert destination(f"fe80::1%{number}", 161) == ("fe80::1", 161, 0, number)
    assert destination("10.0.0.1", 161) == ("10.0.0.1", 161)
