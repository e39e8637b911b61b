"""Both SNMP libraries against agents that are silent, late, wrong, endless, forged or talking nonsense."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Client, Clients, SnmpError, Trouble, Walk
from statetrace_engine.sources.snmp.target import Credentials, Profile
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import IpAddress, TimeTicks, Value
from statetrace_engine.wire.snmp import Message, PduKind, VarBind
from statetrace_engine.wire.snmp_table import response
from tests.seeds import SEED
from tests.snmp.agent import Agent, Served, behave
from tests.snmp.libraries import LIBRARIES, made

NAME = "1.3.6.1.2.1.1.5.0"
VALUES: dict[str, Value] = {
    mib.UPTIME: TimeTicks(4200),
    NAME: b"wlls-a01",
    **{f"{mib.IF_NAME}.{index}": b"Gi0/%d" % index for index in range(1, 51)},
    "1.3.6.1.6.3.1.1.6.1.0": 7,  # something follows, as in every agent
}
ROWS = [(f"{mib.IF_NAME}.{index}", b"Gi0/%d" % index) for index in range(1, 51)]
FAST = Profile(version="2c", timeout_ms=150, retries=0)
"""Gives up soon: for agents that do not answer."""
PATIENT = Profile(version="2c", timeout_ms=10_000, retries=0)
"""Nothing times out: an error has another reason."""


@pytest_asyncio.fixture(params=LIBRARIES)
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[Clients]:
    clients = made(request.param)
    yield clients
    clients.close()


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Served]:
    served = await Served.on(Agent(VALUES))
    yield served
    served.close()


def at(served: Served, profile: Profile) -> Profile:
    return Profile(**{name: getattr(profile, name) for name in Profile.__struct_fields__} | {"port": served.port})


async def opened(clients: Clients, served: Served, profile: Profile = PATIENT) -> Client:
    return await clients.open("127.0.0.1", at(served, profile), Credentials("public"))


def answering(bindings: Callable[[list[str]], list[VarBind]], error: int = 0) -> Callable[[Agent, bytes], list[bytes]]:
    """An agent that answers every request so, whatever was asked."""

    def behaviour(agent: Agent, datagram: bytes) -> list[bytes]:
        request = snmp.decode(datagram)
        assert isinstance(request, Message)
        told = bindings([oid for oid, _ in request.varbinds])
        return [snmp.encode(response(request, told, error, 1 if error else 0))]

    return behaviour


def with_other_id(agent: Agent, datagram: bytes) -> list[bytes]:
    """The request id is the first value of the PDU; its last byte changes."""
    answer = bytearray(agent.answer(datagram) or b"")
    start = answer.index(bytes((PduKind.RESPONSE,)))
    first = start + (2 if answer[start + 1] < 128 else 2 + (answer[start + 1] & 0x7F))
    answer[first + 1 + answer[first + 1]] ^= 0x15
    return [bytes(answer)]


async def outcome(request: Awaitable[object]) -> object:
    """The answer, or the trouble."""
    try:
        return await request
    except SnmpError as error:
        return error.trouble


async def test_silence_is_a_timeout_after_every_try(clients: Clients, served: Served) -> None:
    served.behaviour = lambda agent, datagram: []
    client = await opened(clients, served, Profile(version="2c", timeout_ms=60, retries=2))
    assert await outcome(client.get([mib.UPTIME])) is Trouble.TIMED_OUT
    assert served.heard == 3
    assert await outcome(client.walk(mib.IF_NAME, 100)) is Trouble.TIMED_OUT


async def test_what_comes_on_the_second_try_is_taken(clients: Clients, served: Served) -> None:
    served.behaviour = lambda agent, datagram: behave(agent, datagram) if served.heard % 2 == 0 else []
    client = await opened(clients, served, Profile(version="2c", timeout_ms=300, retries=1))
    assert await client.get([mib.UPTIME]) == {mib.UPTIME: 4200}
    assert (await client.walk(mib.IF_NAME, 100)).rows == ROWS


@pytest.mark.parametrize(
    "junk",
    [b"", b"junk", b"\x30\x82\xff\xff\x00", b"\x30\x84\xff\xff\xff\xff", random.Random(SEED).randbytes(1400)],
    ids=["nothing", "text", "short", "long", "noise"],
)
async def test_nonsense_is_no_answer_and_does_not_hide_one(clients: Clients, served: Served, junk: bytes) -> None:
    served.behaviour = lambda agent, datagram: [junk] * 3
    hasty, client = await opened(clients, served, FAST), await opened(clients, served)
    assert await outcome(hasty.get([mib.UPTIME])) in (Trouble.MALFORMED, Trouble.TIMED_OUT)
    served.behaviour = lambda agent, datagram: [junk, *behave(agent, datagram)]
    assert await client.get([mib.UPTIME]) == {mib.UPTIME: 4200}
    assert (await client.walk(mib.IF_NAME, 100)).rows == ROWS


async def test_the_answer_to_another_request_is_no_answer(clients: Clients, served: Served) -> None:
    served.behaviour = with_other_id
    hasty, client = await opened(clients, served, FAST), await opened(clients, served)
    assert await outcome(hasty.get([mib.UPTIME])) in (Trouble.MALFORMED, Trouble.TIMED_OUT)
    served.behaviour = lambda agent, datagram: with_other_id(agent, datagram) + behave(agent, datagram)
    assert await client.get([mib.UPTIME]) == {mib.UPTIME: 4200}


async def test_a_late_answer_is_not_taken_for_the_next_one(clients: Clients, served: Served) -> None:
    held: list[bytes] = []
    served.behaviour = lambda agent, datagram: held.extend(behave(agent, datagram)) or []
    hasty, client = await opened(clients, served, FAST), await opened(clients, served)
    assert await outcome(hasty.get([NAME])) is Trouble.TIMED_OUT
    served.behaviour = lambda agent, datagram: [*held, *behave(agent, datagram)]
    assert await client.get([mib.UPTIME]) == {mib.UPTIME: 4200}


async def test_what_was_not_asked_is_malformed(clients: Clients, served: Served) -> None:
    served.behaviour = answering(lambda oids: [("1.3.6.1.9.9", 7)])
    client = await opened(clients, served)
    assert await outcome(client.get([mib.UPTIME, NAME])) is Trouble.MALFORMED


async def test_more_than_was_asked_for_is_left_aside(clients: Clients, served: Served) -> None:
    served.behaviour = answering(lambda oids: [(oids[0], b"wlls-a01"), *ROWS])
    client = await opened(clients, served)
    assert await client.get([NAME]) == {NAME: b"wlls-a01"}


async def test_more_rows_than_were_asked_for_end_at_the_limit(clients: Clients, served: Served) -> None:
    served.behaviour = answering(lambda oids: [(f"{mib.IF_NAME}.{index}", b"x") for index in range(1, 121)])
    client = await opened(clients, served)
    walk = await client.walk(mib.IF_NAME, 10)
    assert (walk.rows, walk.is_complete) == ([(f"{mib.IF_NAME}.{index}", b"x") for index in range(1, 11)], False)
    assert served.heard == 1


async def test_a_value_of_60_kilobytes_is_an_answer_or_too_big(clients: Clients, served: Served) -> None:
    served.behaviour = answering(lambda oids: [(oids[0], bytes(60_000))])
    client = await opened(clients, served)
    found = await outcome(client.get([NAME]))
    assert found in ({NAME: bytes(60_000)}, Trouble.TOO_BIG)


async def test_values_of_another_type_are_values(clients: Clients, served: Served) -> None:
    served.agent = Agent({mib.UPTIME: b"soon", NAME: IpAddress(bytes((10, 0, 0, 1))), "1.3.6.1.9": -1})
    client = await opened(clients, served)
    assert await client.get([mib.UPTIME, NAME, "1.3.6.1.9"]) == {mib.UPTIME: b"soon", NAME: "10.0.0.1", "1.3.6.1.9": -1}


async def test_values_that_are_not_there_are_not_taken_for_too_many(clients: Clients, served: Served) -> None:
    asking = Asking(await opened(clients, served), 20)
    assert await asking.get([f"1.3.6.1.2.1.15.3.1.2.10.9.9.{number}" for number in range(60)]) == {}
    assert (asking.varbinds, served.heard) == (20, 3)


async def test_fewer_values_are_asked_when_the_agent_says_too_big(clients: Clients, served: Served) -> None:
    served.agent.largest = 6
    asking = Asking(await opened(clients, served), 40)
    oids = [oid for oid, _ in ROWS]
    assert await asking.get(oids) == dict(ROWS)
    assert asking.varbinds <= 6
    served.heard = 0
    await asking.get(oids)
    assert served.heard <= 10


async def test_a_walk_that_does_not_go_forward_is_malformed(clients: Clients, served: Served) -> None:
    same = (f"{mib.IF_NAME}.5", b"Gi0/5")
    served.behaviour = answering(lambda oids: [same] * 10)
    client = await opened(clients, served)
    assert await outcome(client.walk(mib.IF_NAME, 100)) is Trouble.MALFORMED


async def test_an_endless_walk_ends_at_its_limit(clients: Clients, served: Served) -> None:
    def onward(oids: list[str]) -> list[VarBind]:
        last = int(oids[0].removeprefix(mib.IF_NAME).strip(".") or 0)
        return [(f"{mib.IF_NAME}.{last + step}", b"x") for step in range(1, 21)]

    served.behaviour = answering(onward)
    client = await opened(clients, served)
    walk = await client.walk(mib.IF_NAME, 1000)
    assert (len(walk.rows), walk.is_complete) == (1000, False)
    assert served.heard < 60


async def test_a_walk_that_is_interrupted_is_incomplete(clients: Clients, served: Served) -> None:
    served.behaviour = lambda agent, datagram: behave(agent, datagram) if served.heard == 1 else []
    client = await opened(clients, served, Profile(version="2c", timeout_ms=500, retries=0))
    walk = await client.walk(mib.IF_NAME, 100)
    assert (walk.rows, walk.is_complete) == (ROWS[: len(walk.rows)], False)
    assert 0 < len(walk.rows) < len(ROWS)


async def test_a_walk_that_ends_in_an_error_proves_nothing(clients: Clients, served: Served) -> None:
    served.behaviour = answering(lambda oids: [(oid, None) for oid in oids], error=5)
    client = await opened(clients, served)
    assert await outcome(client.walk(mib.IF_NAME, 100)) in (Walk([], is_complete=False), Trouble.AGENT_ERROR)


async def test_a_port_without_agent_is_no_answer(clients: Clients, served: Served) -> None:
    client = await opened(clients, served, FAST)
    served.close()
    await asyncio.sleep(0)
    assert await outcome(client.get([mib.UPTIME])) in (Trouble.REFUSED, Trouble.TIMED_OUT)


async def test_an_answer_changed_anywhere_is_an_answer_or_an_error(clients: Clients, served: Served) -> None:
    rng = random.Random(SEED)
    print("STATETRACE_SEED", SEED)

    def mutated(agent: Agent, datagram: bytes) -> list[bytes]:
        raw = bytearray(agent.answer(datagram) or b"")
        for _ in range(rng.randint(1, 4)):
            what, place = rng.random(), rng.randrange(len(raw))
            if what < 0.7:
                raw[place] = rng.randrange(256)
            elif what < 0.85:
                del raw[max(1, place) :]
            else:
                raw[place:place] = rng.randbytes(3)
        return [bytes(raw)]

    served.behaviour = mutated
    client = await opened(clients, served, Profile(version="2c", timeout_ms=10, retries=0))
    for _ in range(100):
        for request in (client.get([mib.UPTIME, NAME]), client.walk(mib.IF_NAME, 200)):
            found = await outcome(request)
            assert isinstance(found, dict | Walk | Trouble)
