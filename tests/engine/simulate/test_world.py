"""The network on real sockets: reflectors answer and fall silent, devices talk, and the record is true."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from random import Random

import pytest
import pytest_asyncio

from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.model.signal import BmpSession, BmpTableComplete, Payload
from statetrace_engine.simulate import faults, network
from statetrace_engine.simulate.bmp_voices import BmpVoices
from statetrace_engine.simulate.faults import Fault
from statetrace_engine.simulate.network import Reflector
from statetrace_engine.simulate.truth import Record
from statetrace_engine.simulate.voices import Framing, Voices
from statetrace_engine.simulate.world import RefusedError, World
from statetrace_engine.sources.bmp_router import Router
from statetrace_engine.wire import snmp, stamp
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import Decoder
from statetrace_engine.wire.bmp_feed import OWN, Watched
from statetrace_engine.wire.snmp import Message, PduKind, Version

DEVICE = "WLLS-A01-AR-01"
PATIENCE_S = 20.0


class Jump:
    """The jump host's side: a syslog listener, a prober, and what the world reported."""

    def __init__(self) -> None:
        self.reports: list[tuple[Fault, Record]] = []
        self.world = World(network.build(60), lambda *report: self.reports.append(report), Random(1), rest_s=20.0)
        self.ports = self.world.reflectors.open(r.key for r in self.world.network.reflectors)
        self.log = _udp()
        self._prober = _udp()
        self._seq = 0

    def reflector(self, tests: ProbeTests, hostname: str = DEVICE) -> Reflector:
        return next(r for r in self.world.network.reflectors if (r.tests, r.hostname) == (tests, hostname))

    async def answers(self, tests: ProbeTests, hostname: str = DEVICE) -> bool:
        """Whether a probe of this reflector comes back, without waiting for what will not come.

        The port of another reader on the same loop tells when the reflector has had its turn.
        """
        loop = asyncio.get_running_loop()
        self._seq += 1
        packet = stamp.encode(stamp.SenderPacket(self._seq, 1.0))
        self._prober.sendto(packet, ("127.0.0.1", self.ports[self.reflector(tests, hostname).key]))
        for _ in range(2):
            with _udp() as turn, _udp() as sender:
                sender.sendto(b"turn", turn.getsockname())
                is_turn = asyncio.Event()
                loop.add_reader(turn, is_turn.set)  # and not sock_recv, which reads at once what is there already
                await asyncio.wait_for(is_turn.wait(), PATIENCE_S)
                loop.remove_reader(turn)
        with suppress(BlockingIOError):
            while True:
                reflected = stamp.decode_reflected(self._prober.recv(2048))
                if reflected is not None and reflected.sender_seq == self._seq:
                    return True
        return False

    async def hears(self, pattern: str) -> str:
        """The first message from now on that has the pattern."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                text = (await loop.sock_recv(self.log, 4096)).decode()
                if re.search(pattern, text):
                    return text

    def heard(self) -> list[str]:
        """What has arrived already."""
        texts = []
        with suppress(BlockingIOError):
            while True:
                texts.append(self.log.recv(4096).decode())
        return texts


def _udp() -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    bound.bind(("127.0.0.1", 0))
    return bound


@pytest_asyncio.fixture
async def jump() -> AsyncIterator[Jump]:
    jump = Jump()
    syslog = Voices(jump.log.getsockname(), ("127.0.0.1", 9))
    jump.world.speak_by(syslog)
    yield jump
    jump.world.reflectors.close()
    syslog.close()
    jump.log.close()
    jump._prober.close()


async def test_every_reflector_answers_while_nothing_is_broken(jump: Jump) -> None:
    for tests in (ProbeTests.CONTROL, ProbeTests.NEXT_HOP, ProbeTests.DESTINATION):
        assert await jump.answers(tests)


async def test_a_blackhole_stops_the_answers_but_the_control_probe_s_and_healing_brings_them_back(jump: Jump) -> None:
    opened = jump.world.inject(faults.blackhole(jump.world.network, DEVICE))

    assert not await jump.answers(ProbeTests.NEXT_HOP)
    assert not await jump.answers(ProbeTests.DESTINATION)
    assert await jump.answers(ProbeTests.CONTROL)
    assert jump.heard() == []

    jump.world.heal(opened)

    assert await jump.answers(ProbeTests.NEXT_HOP)
    assert await jump.answers(ProbeTests.DESTINATION)


async def test_a_cut_is_heard_from_the_device_and_its_neighbour_and_so_is_its_repair(jump: Jump) -> None:
    opened = jump.world.inject(jump.world.cut_at(DEVICE, "Gi0/1"))

    await jump.hears(rf"{DEVICE}: .*%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down")
    await jump.hears(r"WLLS-C01-CR-01 .*%PKT_INFRA-LINK-3-UPDOWN : Interface .* changed state to Down")
    await jump.hears(rf"{DEVICE}: .*%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down Interface flap")
    await jump.hears(rf"{DEVICE}: .*ROUTEWATCH: route modify 0.0.0.0/0 via 10.1.2.2 GigabitEthernet0/2 protocol bgp")
    assert not await jump.answers(ProbeTests.NEXT_HOP)
    assert await jump.answers(ProbeTests.DESTINATION)

    jump.world.heal(opened)

    await jump.hears(rf"{DEVICE}: .*%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to up")
    await jump.hears(rf"{DEVICE}: .*%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Up")
    await jump.hears(rf"{DEVICE}: .*ROUTEWATCH: route modify 0.0.0.0/0 via 10.1.1.2 GigabitEthernet0/1 protocol bgp")
    assert await jump.answers(ProbeTests.NEXT_HOP)


async def test_a_lost_site_is_silent_and_the_hubs_say_so(jump: Jump) -> None:
    jump.world.inject(faults.site_lost(jump.world.network, "BOYO"))

    assert not await jump.answers(ProbeTests.CONTROL, "BOYO-A01-AR-01")
    assert await jump.answers(ProbeTests.CONTROL, DEVICE)
    text = await jump.hears(r"ADJCHANGE.*10\.240\.2\.\d+ Down")
    assert text.startswith("<189>")
    assert "WLLS-H01-HR-01" in text
    assert not any("BOYO" in text for text in jump.heard())


async def test_in_isolation_nothing_is_heard_and_what_was_silent_stays_so(jump: Jump) -> None:
    jump.world.inject(faults.blackhole(jump.world.network, DEVICE))
    isolation = jump.world.inject(faults.isolation())

    for _ in range(50):
        jump.world.chatter()
    assert not await jump.answers(ProbeTests.CONTROL, "LAB-A01-AR-01")
    assert jump.heard() == []

    jump.world.heal(isolation)

    assert await jump.answers(ProbeTests.CONTROL, "LAB-A01-AR-01")
    assert not await jump.answers(ProbeTests.NEXT_HOP)


async def test_the_record_names_only_routes_that_were_whole_before(jump: Jump) -> None:
    first = jump.world.inject(faults.blackhole(jump.world.network, DEVICE))
    second = jump.world.inject(faults.null0(jump.world.network, DEVICE))

    assert set(first.record.routes) == {route.route_id for route in jump.world.network.routes_of(DEVICE)}
    assert second.record.routes == ()
    assert [record.healed_at for _, record in jump.reports] == [None, None]
    assert first.record.injected_at <= second.record.injected_at


async def test_a_healed_fault_is_reported_once_with_both_times(jump: Jump) -> None:
    opened = jump.world.inject(faults.isolation())

    healed = jump.world.heal(opened)

    assert healed is not None
    assert healed.healed_at is not None
    assert healed.injected_at <= healed.healed_at
    assert jump.world.heal(opened) is None
    assert [record for _, record in jump.reports] == [opened.record, healed]


@pytest.mark.parametrize(
    ("device", "interface", "why"),
    [
        ("WLLS-X99-AR-01", "Gi0/1", "no device WLLS-X99-AR-01"),
        (DEVICE, "Gi9/9", "no interface GigabitEthernet9/9; it has GigabitEthernet0/1"),
        ("BOYO-A01-AR-01", "Gi0/1", "unreachable"),
        ("WLLS-A03-AR-01", "Gi0/1", "cut already"),
        ("WLLS-A02-AR-01", "Ethernet1/1", "only just recovered"),
    ],
)
async def test_an_impossible_break_is_refused_with_its_reason(
    jump: Jump, device: str, interface: str, why: str
) -> None:
    jump.world.inject(faults.site_lost(jump.world.network, "BOYO"))
    jump.world.inject(jump.world.cut_at("WLLS-A03-AR-01", "Gi0/1"))
    jump.world.heal(jump.world.inject(jump.world.cut_at("wlls-a02-ar-01", "Eth1/1")))

    with pytest.raises(RefusedError, match=why):
        jump.world.cut_at(device, interface)


async def test_what_is_repeated_is_never_of_a_broken_device(jump: Jump) -> None:
    jump.world.inject(jump.world.cut_at(DEVICE, "Gi0/1"))
    await jump.hears("ROUTEWATCH")
    jump.heard()

    for _ in range(400):
        jump.world.repeat()

    texts = jump.heard()
    assert texts
    assert not any(DEVICE in text for text in texts)


async def test_a_malformed_probe_gets_no_answer_and_the_next_one_does(jump: Jump) -> None:
    port = jump.ports[jump.reflector(ProbeTests.CONTROL).key]
    with _udp() as hostile:
        for packet in (b"", b"short", b"\xff" * 43):
            hostile.sendto(packet, ("127.0.0.1", port))

        assert await jump.answers(ProbeTests.CONTROL)
        with pytest.raises(BlockingIOError):
            hostile.recv(2048)


class Collector:
    """A BMP listener: what each router has told, by its sysName."""

    def __init__(self) -> None:
        self.told: dict[str, list[Payload]] = {}
        self._heard = asyncio.Event()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder, said = Decoder(), list[Payload]()
        router = Router(said.append, lambda _name: Watched({OWN: frozenset((packed("0.0.0.0/0"),))}))
        while raw := await reader.read(4096):
            for frame in decoder.feed(raw):
                router.take(frame)
            self.told[router.name] = said
            self._heard.set()
        writer.close()

    async def until(self, hostname: str, last: Payload | type[Payload]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not (said := self.told.get(hostname)) or not (said[-1] == last or type(said[-1]) is last):
                self._heard.clear()
                await self._heard.wait()


async def test_routers_tell_by_bmp_what_breaks_and_what_they_could_not_tell_in_isolation(jump: Jump) -> None:
    collector = Collector()
    server = await asyncio.start_server(collector.listen, "127.0.0.1", 0)
    voices = BmpVoices(jump.world.network, server.sockets[0].getsockname(), jump.world.reaches)
    jump.world.speak_bmp_by(voices)
    keeping = [asyncio.create_task(voices.keep(hostname)) for hostname in voices.hostnames]
    await collector.until(DEVICE, BmpTableComplete)

    cut = jump.world.inject(jump.world.cut_at(DEVICE, "Gi0/1"))
    await collector.until(DEVICE, BmpSession)

    isolation = jump.world.inject(faults.isolation())
    jump.world.heal(cut)
    jump.world._settle()
    said = len(collector.told[DEVICE])
    jump.world.heal(isolation)
    await collector.until(DEVICE, BmpTableComplete)
    up = collector.told[DEVICE][said]
    assert isinstance(up, BmpSession)
    assert (up.is_up, up.peer.address) == (True, "10.1.1.2")

    for task in keeping:
        task.cancel()
    await asyncio.gather(*keeping, return_exceptions=True)
    server.close()


async def test_who_is_asked_by_snmp_in_isolation_does_not_answer(jump: Jump) -> None:
    request = snmp.encode(
        Message(version=Version.V2C, community=b"demo", kind=PduKind.GET_NEXT, request_id=1, varbinds=(("1.3", None),))
    )
    assert jump.world._asked(DEVICE, request)
    jump.world.inject(faults.isolation())
    assert jump.world._asked(DEVICE, request) is None


@pytest.mark.parametrize(("framing", "wire"), [(Framing.OCTET_COUNTING, b"6 <13>hi"), (Framing.NEWLINE, b"<13>hi\n")])
async def test_a_streaming_device_is_framed_and_reconnects(framing: Framing, wire: bytes) -> None:
    accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    server = await asyncio.start_server(lambda *streams: accepted.put_nowait(streams), "127.0.0.1", 0)
    syslog = Voices(("127.0.0.1", 9), server.sockets[0].getsockname())
    keeping: list[asyncio.Task[None]] = []

    def spawn(hostname: str, kind: Framing) -> None:
        keeping.append(asyncio.create_task(syslog.keep(hostname, kind)))

    async with asyncio.timeout(PATIENCE_S):
        await syslog.connect({"H-1": framing}, spawn)
        reader, writer = await accepted.get()
        syslog.send("H-1", b"<13>hi")
        assert await reader.readexactly(len(wire)) == wire

        writer.close()
        _, again = await accepted.get()

    keeping[0].cancel()
    again.close()
    syslog.close()
    server.close()
