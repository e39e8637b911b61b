"""A simulated device's SNMP agent: it says what is so, as late as its caches, to every real client."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.simulate import faults, network
from statetrace_engine.simulate.agent import Agent
from statetrace_engine.simulate.faults import State
from statetrace_engine.simulate.profile import COMMUNITY, routes_s
from statetrace_engine.simulate.world import World
from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Clients
from statetrace_engine.sources.snmp.routes import Routes
from statetrace_engine.sources.snmp.target import Credentials, Profile
from statetrace_engine.wire import ber, snmp
from statetrace_engine.wire.ber import Absent, Value
from statetrace_engine.wire.snmp import Message, PduKind, Version
from tests.snmp.libraries import LIBRARIES, made

NETWORK = network.build()
ROUTES_S = routes_s(len(NETWORK.routes))
DEVICE, JUNOS, OSPF = "WLLS-A01-AR-01", "WLLS-A06-AR-01", "WLLS-A04-AR-01"
PRIMARY, SECONDARY = (NETWORK.links[name] for name in NETWORK.nodes[DEVICE].uplinks)
WHOLE = State(NETWORK)
CUT = State(NETWORK, [faults.cut(NETWORK, PRIMARY)])
SHUT = State(NETWORK, [faults.shutdown(NETWORK, PRIMARY.near.hostname)])
OPER = mib.interface_oids(1)[1]
BGP = mib.session_oids(("bgp", PRIMARY.far.address))[0]
ROUTE = "1.3.6.1.2.1.4.24.7.1.7.1.4.0.0.0.0.0.2.0.0.1.4"
PATIENCE_S = 20.0


class Asked:
    """An agent, asked without a socket."""

    def __init__(self, hostname: str = DEVICE) -> None:
        self.agent = Agent(NETWORK, NETWORK.nodes[hostname])

    def get(self, *oids: str, state: State = WHOLE, at: float = 0.0) -> list[Value]:
        answer = self.agent.answer(request(*oids), state, at)
        assert answer is not None
        decoded = snmp.decode(answer)
        assert isinstance(decoded, Message)
        return [value for _, value in decoded.varbinds]


def request(*oids: str, version: Version = Version.V2C, community: str = COMMUNITY) -> bytes:
    varbinds = tuple((oid, None) for oid in oids)
    kind = PduKind.GET
    return snmp.encode(
        Message(version=version, community=community.encode(), kind=kind, request_id=1, varbinds=varbinds)
    )


def test_a_session_is_live_and_an_interface_is_as_old_as_the_cache() -> None:
    asked = Asked()
    assert asked.get(OPER, BGP) == [1, 6]
    assert asked.get(OPER, BGP, state=CUT, at=2.9) == [1, 1]
    assert asked.get(OPER, BGP, state=CUT, at=3.0) == [2, 1]
    assert asked.get(OPER, BGP, state=WHOLE, at=5.9) == [2, 6]
    assert asked.get(OPER, BGP, state=WHOLE, at=6.0) == [1, 6]


def test_an_interface_that_somebody_shut_says_so() -> None:
    asked = Asked()
    admin, oper = mib.interface_oids(1)
    assert asked.get(admin, oper, state=CUT, at=3.0) == [1, 2]
    assert asked.get(admin, oper, state=SHUT, at=6.0) == [2, 2]


def test_a_route_moves_to_the_other_next_hop_when_the_agent_has_looked() -> None:
    asked = Asked()
    rows = [f"{ROUTE}.{link.far.address}" for link in (PRIMARY, SECONDARY)]
    assert asked.get(*rows) == [1, Absent.NO_SUCH_INSTANCE]
    assert asked.get(*rows, state=CUT, at=ROUTES_S - 0.1) == [1, Absent.NO_SUCH_INSTANCE]
    assert asked.get(*rows, state=CUT, at=ROUTES_S) == [Absent.NO_SUCH_INSTANCE, 2]


def test_the_uptime_runs() -> None:
    asked = Asked()
    assert [asked.get(mib.UPTIME, at=at) for at in (1.0, 2.5)] == [[ber.TimeTicks(100)], [ber.TimeTicks(250)]]


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x30\x80",
        request(mib.UPTIME, community="public"),
        request(mib.UPTIME, version=Version.V1),
        snmp.encode(Message(version=Version.V2C, community=b"demo", kind=PduKind.RESPONSE, request_id=1)),
    ],
)
def test_what_is_no_request_of_its_community_gets_no_answer(datagram: bytes) -> None:
    assert Asked().agent.answer(datagram, WHOLE, 0.0) is None


@given(st.binary(max_size=200))
def test_nothing_makes_it_fall(datagram: bytes) -> None:
    agent = Agent(NETWORK, NETWORK.nodes[OSPF])
    agent.answer(datagram, WHOLE, 0.0)
    agent.answer(request(mib.UPTIME)[:-4] + datagram, WHOLE, 0.0)


# With the clients that the engine uses --------------------------------------------------------------------------------


class Lab:
    """The agents of a world on their ports, and what asks them."""

    def __init__(self, library: str) -> None:
        self.world = World(NETWORK, lambda *_: None, Random(1), rest_s=20.0)
        self.ports = self.world.agents.open(NETWORK.monitored)
        self.clients: Clients = made(library)

    async def asking(self, hostname: str) -> Asking:
        profile = Profile(version="2c", port=self.ports[hostname], timeout_ms=2000)
        return Asking(await self.clients.open("127.0.0.1", profile, Credentials(COMMUNITY)), 20)


@pytest_asyncio.fixture(params=LIBRARIES)
async def lab(request: pytest.FixtureRequest) -> AsyncIterator[Lab]:
    lab = Lab(request.param)
    yield lab
    lab.clients.close()
    lab.world.agents.close()


async def test_the_names_of_all_interfaces_lead_to_their_state(lab: Lab) -> None:
    asking = await lab.asking(JUNOS)
    names = mib.indexes(await asking.client.walk(mib.IF_NAME, 1000))
    assert names.items() >= {"ge-0/0/1.0": 1, "ge-0/0/1": 501, "ge-0/0/2.0": 2, "Null0": 1000}.items()
    values = await asking.get([oid for index in names.values() for oid in mib.interface_oids(index)])
    found = [mib.interface(name, index, values) for name, index in names.items()]
    assert all(interface and interface.admin_up and interface.oper_up for interface in found)


async def test_both_ends_of_a_session_say_the_same(lab: Lab) -> None:
    for protocol, hostname in (("bgp", DEVICE), ("ospf", OSPF)):
        link = NETWORK.links[NETWORK.nodes[hostname].uplinks[0]]
        for this, other in ((link.near, link.far), (link.far, link.near)):
            which = (protocol, other.address)
            values = await (await lab.asking(this.hostname)).get(mib.session_oids(which))
            session = mib.session(which, values)
            assert session is not None
            assert (session.is_up, session.router_id) == (True, NETWORK.nodes[other.hostname].router_id)


async def test_every_watched_prefix_is_installed_by_its_primary_path(lab: Lab) -> None:
    asking = await lab.asking(DEVICE)
    names = {index: port.interface for index, port in enumerate(NETWORK.nodes[DEVICE].ports, 1)}
    for route in NETWORK.routes_of(DEVICE):
        report = await Routes(DEVICE, 5.0).ask(asking, "default", route.prefix, names)
        assert report is not None
        (path,) = report.installed
        primary = route.paths[0]
        assert (path.next_hop, path.interface, path.protocol) == (
            primary.next_hop, primary.interface, primary.protocol,
        )  # fmt: skip


async def test_a_route_into_null0_is_one(lab: Lab) -> None:
    lab.world.inject(faults.null0(NETWORK, DEVICE))
    lab.world._settle()
    report = await Routes(DEVICE, 5.0).ask(await lab.asking(DEVICE), "default", "0.0.0.0/0", {1000: "Null0"})
    assert report is not None
    assert [(path.next_hop, path.interface) for path in report.installed] == [(None, "Null0")]


# With net-snmp's ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("snmpbulkwalk"), reason="no snmpbulkwalk here: apt-get install snmp")
@pytest.mark.parametrize("command", [["snmpbulkwalk", "-Cr40"], ["snmpwalk"]])
async def test_net_snmp_walks_all_of_it_to_the_end(lab: Lab, command: list[str]) -> None:
    said = await _said(*command, "-On", "-v2c", "-c", COMMUNITY, f"127.0.0.1:{lab.ports[DEVICE]}", ".1.3.6.1")
    lines = said.splitlines()
    assert "No more variables left" in lines[-1]
    assert lines[-2].startswith(".1.3.6.1.2.1.31.1.1.1.15.1000 = Gauge32: 1000")
    assert any(line.startswith(f".{ROUTE}.{PRIMARY.far.address} = INTEGER: 1") for line in lines)
    assert len(lines) > 50


@pytest.mark.skipif(not shutil.which("snmpget"), reason="no snmpget here: apt-get install snmp")
async def test_net_snmp_gets_what_is_there(lab: Lab) -> None:
    said = await _said(
        "snmpget", "-On", "-v2c", "-c", COMMUNITY, f"127.0.0.1:{lab.ports[DEVICE]}", f".{BGP}", ".1.3.6.1.2.1.1.5.0"
    )
    assert said.splitlines() == [f".{BGP} = INTEGER: 6", f'.1.3.6.1.2.1.1.5.0 = STRING: "{DEVICE}"']


async def _said(*command: str) -> str:
    bare = {**os.environ, "MIBS": ""}  # numbers, whatever is installed to name them
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=bare)
    said, _ = await asyncio.wait_for(child.communicate(), PATIENCE_S)
    assert child.returncode == 0
    return said.decode()
