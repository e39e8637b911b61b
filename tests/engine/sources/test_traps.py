"""Traps as they come in: opened, their community gone, informs answered, what is none of ours counted."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.errors import PortTaken, StateTraceError
from statetrace_engine.model.signal import Malformed, Source, Trap
from statetrace_engine.sources import address, traps
from statetrace_engine.sources.traps import WRONG_COMMUNITY, Listening
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import IpAddress, TimeTicks
from tests.engine.sources.conftest import Desk

SECRET = b"hunter2-community"
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
VALUES = (("1.3.6.1.2.1.2.2.1.1.7", 7), ("1.3.6.1.2.1.2.2.1.2.7", b"GigabitEthernet0/7"))


class Known(Struct, frozen=True):
    """A secret that is at hand, or a reference that leads nowhere."""

    secret: str

    def __call__(self) -> str:
        if self.secret.startswith("env:"):
            raise StateTraceError(f"no secret at {self.secret}")
        return self.secret


def message(kind: snmp.PduKind = snmp.PduKind.TRAP, request_id: int = 4711) -> snmp.Message:
    varbinds = snmp.notifying(TimeTicks(4200), LINK_DOWN, *VALUES)
    return snmp.Message(version=snmp.Version.V2C, community=SECRET, kind=kind, request_id=request_id, varbinds=varbinds)


def v1_trap() -> bytes:
    trap = snmp.V1Trap(
        enterprise="1.3.6.1.4.1.9.1.1",
        agent_address=IpAddress(bytes((10, 255, 1, 1))),
        generic=2,
        uptime=TimeTicks(4200),
        varbinds=VALUES,
    )
    return snmp.encode_v1_trap(SECRET, trap)


async def sender(desk: Desk, *communities: str) -> socket.socket:
    listening = Listening(
        udp="127.0.0.1:0", communities=tuple(map(Known, communities)), data=Path("nowhere, for there are no users")
    )
    desk.start(traps.run(listening, desk.inbox, desk.report))
    where = (await desk.status("trap")).detail
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.settimeout(20.0)
    found.connect(address.split(where))
    return found


@pytest.mark.parametrize("raw", [snmp.encode(message()), v1_trap()], ids=["v2c", "v1"])
async def test_a_trap_becomes_a_signal_without_its_community(desk: Desk, raw: bytes) -> None:
    with await sender(desk) as device:
        device.send(raw)
        (signal,) = await desk.count(1)
    assert (signal.source, signal.peer) == (Source.TRAP, "127.0.0.1")
    assert isinstance(signal.payload, Trap)
    assert SECRET not in signal.payload.message
    decoded = snmp.decode(signal.payload.message)
    assert isinstance(decoded, snmp.Message)
    told = snmp.notification(decoded)
    assert (told.trap_oid, told.values[:2]) == (LINK_DOWN, VALUES)


async def test_an_inform_is_answered(desk: Desk) -> None:
    with await sender(desk) as device:
        device.send(snmp.encode(message(snmp.PduKind.INFORM, request_id=99)))
        await desk.count(1)
        answer = snmp.decode(device.recv(65535))
    assert isinstance(answer, snmp.Message)
    assert (answer.kind, answer.request_id, answer.community) == (snmp.PduKind.RESPONSE, 99, SECRET)


@pytest.mark.parametrize("raw", [snmp.encode(message()), v1_trap()], ids=["v2c", "v1"])
async def test_a_community_that_is_listed_is_taken(desk: Desk, raw: bytes) -> None:
    with await sender(desk, "another", SECRET.decode()) as device:
        device.send(raw)
        (signal,) = await desk.count(1)
    assert isinstance(signal.payload, Trap)


async def test_a_listed_community_may_name_a_context_behind_it(desk: Desk) -> None:
    asked = replace(message(), community=SECRET + b"@RED")
    with await sender(desk, SECRET.decode()) as device:
        device.send(snmp.encode(asked))
        (signal,) = await desk.count(1)
    assert isinstance(signal.payload, Trap)
    assert signal.payload.context == "RED"


async def test_what_follows_an_at_sign_may_be_a_piece_of_the_secret(desk: Desk) -> None:
    asked = snmp.encode(replace(message(), community=b"p@ssword"))
    with await sender(desk) as anybody, await sender(desk, "p@ssword") as listed:
        anybody.send(asked)
        listed.send(asked)
        signals = await desk.count(2)
    assert [signal.payload.context for signal in signals] == ["", ""]


@pytest.mark.parametrize("listed", ["another", "env:NOWHERE"])
async def test_another_community_than_those_listed_is_counted_named_as_such_and_not_answered(
    desk: Desk, listed: str
) -> None:
    with await sender(desk, listed) as device:
        for raw in (snmp.encode(message()), v1_trap(), snmp.encode(message(snmp.PduKind.INFORM))):
            device.send(raw)
        signals = await desk.count(3)
        status = await desk.status("trap", lambda status: status.errors == 3)
        device.settimeout(0.0)
        with pytest.raises(BlockingIOError):
            device.recv(65535)
    assert {signal.payload for signal in signals} == {Malformed(WRONG_COMMUNITY)}
    assert status.refused == {WRONG_COMMUNITY: 3}
    assert status.error == ("communities: no secret at env:NOWHERE" if listed.startswith("env:") else "")


async def test_what_is_no_trap_is_counted_and_kept_as_a_word_without_its_bytes(desk: Desk) -> None:
    get = snmp.encode(
        snmp.Message(version=snmp.Version.V2C, community=SECRET, kind=snmp.PduKind.GET, request_id=1, varbinds=())
    )
    whole = snmp.encode(message())
    with await sender(desk) as device:
        for raw in (b"", b"\x00" * 60, SECRET, get, whole[:-3], whole + b"\x00"):
            device.send(raw)
        device.send(whole)
        signals = await desk.count(7)
        await desk.status("trap", lambda status: (status.received, status.errors) == (7, 6))
    words = [signal.payload.why for signal in signals[:6] if isinstance(signal.payload, Malformed)]
    assert len(words) == 6
    assert all(words)
    assert not any("hunter2" in word for word in words)
    assert isinstance(signals[6].payload, Trap)


async def test_a_taken_port_says_which_setting_to_change(desk: Desk) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        where = address.join(*other.getsockname())
        with pytest.raises(PortTaken, match=r"\[traps\] udp"):
            await traps.run(Listening(udp=where, data=Path()), desk.inbox, desk.report)
