"""Syslog over real loopback sockets: UDP and TCP, junk, limits, and the backlog of a sender that came back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.clock import Clock
from statetrace_engine.errors import PortTaken
from statetrace_engine.model.signal import LogLine, Signal
from statetrace_engine.sources import address, syslog
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.syslog import SyslogSettings
from statetrace_engine.sources.syslog_tcp import TcpLimits

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk

UDP = SyslogSettings(udp="127.0.0.1:0", tcp="")
LINE = b"<187>45: Mar  1 18:46:11.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down"


def tcp(**limits: float) -> SyslogSettings:
    return SyslogSettings(udp="", tcp="127.0.0.1:0", limits=TcpLimits(**limits))  # type: ignore[arg-type] # counts


class ManualClock:
    """Engine time moves when the test says so."""

    def __init__(self, desk: Desk) -> None:
        self.now = 0.0
        desk.inbox = Inbox(1000, Clock(wall=lambda: 1000.0, monotonic=lambda: self.now))


async def udp_sender(desk: Desk) -> socket.socket:
    status = await desk.status("syslog_udp")
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.connect(address.split(status.detail))
    return sender


async def connect(desk: Desk, origin: str = "") -> socket.socket:
    status = await desk.status("syslog_tcp")
    loop = asyncio.get_running_loop()
    sender = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sender.setblocking(False)
    if origin:
        sender.bind((origin, 0))
    await loop.sock_connect(sender, address.split(status.detail))
    return sender


async def hang_up(desk: Desk, sender: socket.socket) -> None:
    """Closes a connection and returns when the listener knows: the unfinished line is delivered at the end."""
    before = len(desk.signals)
    sender.sendall(b"<1>the end")
    sender.close()
    await desk.count(before + 1)
    await asyncio.sleep(0)


def raws(signals: list[Signal]) -> list[bytes]:
    return [signal.payload.raw for signal in signals if isinstance(signal.payload, LogLine)]


def backlogs(signals: list[Signal]) -> list[bool]:
    return [signal.payload.is_backlog for signal in signals if isinstance(signal.payload, LogLine)]


async def test_a_datagram_is_a_signal(desk: Desk) -> None:
    desk.start(syslog.run(UDP, desk.inbox, desk.report))
    with await udp_sender(desk) as sender:
        sender.send(LINE)

        (signal,) = await desk.count(1)

    assert (signal.source, signal.peer, signal.payload) == ("syslog_udp", "127.0.0.1", LogLine(LINE))
    assert (await desk.status("syslog_udp", lambda status: status.received == 1)).last_at == pytest.approx(
        signal.received_at, abs=5
    )


async def test_a_burst_arrives_whole_and_in_order(desk: Desk) -> None:
    desk.start(syslog.run(UDP, desk.inbox, desk.report))
    with await udp_sender(desk) as sender:
        for number in range(2000):
            sender.send(b"<189>%d" % number)

        signals = await desk.count(2000)

    assert raws(signals) == [b"<189>%d" % number for number in range(2000)]


async def test_an_empty_datagram_is_an_error_and_a_long_one_is_cut(desk: Desk) -> None:
    desk.start(syslog.run(UDP, desk.inbox, desk.report))
    with await udp_sender(desk) as sender:
        for raw in (b"", b"x" * 60_000, b"y" * syslog.LONGEST):
            sender.send(raw)

        signals = await desk.count(2)

    assert raws(signals) == [b"x" * syslog.LONGEST, b"y" * syslog.LONGEST]
    await desk.status("syslog_udp", lambda status: (status.received, status.errors) == (3, 2))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what its buffer had no room for")
async def test_what_the_system_lost_is_counted() -> None:
    inbox = Inbox(200_000, Clock())
    loop = asyncio.get_running_loop()
    listener = syslog.over_udp("127.0.0.1:0", inbox, loop)
    sent = listener.buffer_bytes // 512
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, contextlib.closing(listener):
        sender.connect(address.split(listener.where))
        for _ in range(sent):  # the loop does not run meanwhile, as if it were busy
            sender.send(LINE)
        lost = listener.status().dropped
        async with asyncio.timeout(20):
            while listener.status().received + lost < sent:  # noqa: ASYNC110 - it waits for turns of the loop
                await asyncio.sleep(0)

    assert lost > 0
    assert inbox.depth == sent - lost
    assert inbox.received["syslog_udp"] == sent
    assert inbox.dropped["syslog_udp"] == lost, "one number, for the banner and for `engine --json`"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no socket for both families here")
async def test_ipv4_senders_keep_their_address_on_an_ipv6_socket(desk: Desk) -> None:
    desk.start(syslog.run(SyslogSettings(udp="[::]:0", tcp="[::]:0"), desk.inbox, desk.report))
    _, udp_port = address.split((await desk.status("syslog_udp")).detail)
    _, tcp_port = address.split((await desk.status("syslog_tcp")).detail)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(LINE, ("127.0.0.1", udp_port))
    with socket.create_connection(("127.0.0.1", tcp_port)) as sender:
        sender.sendall(LINE + b"\n")

    assert {signal.peer for signal in await desk.count(2)} == {"127.0.0.1"}


@pytest.mark.parametrize("kind", ["udp", "tcp"])
async def test_a_taken_port_says_what_and_what_to_do(desk: Desk, kind: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        if kind == "tcp":
            other.listen()
        where = address.join(*other.getsockname())
        wanted = SyslogSettings(udp=where if kind == "udp" else "", tcp=where if kind == "tcp" else "")

        with pytest.raises(PortTaken) as failure:
            await syslog.run(wanted, desk.inbox, desk.report)

    message = str(failure.value)
    assert where in message
    assert f"[syslog] {kind}" in message
    assert "\n" not in message


@pytest.mark.parametrize("kind", ["udp", "tcp"])
async def test_an_address_of_another_machine_says_what_and_what_to_do(desk: Desk, kind: str) -> None:
    where = "192.0.2.1:0"
    with pytest.raises(OSError, match=rf"cannot listen on {where}.+; change \[syslog\] {kind}"):
        await syslog.run(
            SyslogSettings(udp=where if kind == "udp" else "", tcp=where if kind == "tcp" else ""),
            desk.inbox,
            desk.report,
        )


async def test_a_stopped_source_frees_its_ports(desk: Desk) -> None:
    task = desk.start(syslog.run(SyslogSettings(udp="127.0.0.1:0", tcp="127.0.0.1:0"), desk.inbox, desk.report))
    udp_at = (await desk.status("syslog_udp")).detail
    tcp_at = (await desk.status("syslog_tcp")).detail
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    again = Inbox(10, Clock())
    restarted = asyncio.ensure_future(syslog.run(SyslogSettings(udp=udp_at, tcp=tcp_at), again, desk.report))
    await asyncio.wait([restarted], timeout=0.1)

    assert not restarted.done()
    restarted.cancel()
    await asyncio.gather(restarted, return_exceptions=True)


async def test_tcp_takes_both_framings_however_they_are_cut(desk: Desk) -> None:
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    counted, newline = await connect(desk), await connect(desk)
    for byte in b"%d %s" % (len(LINE), LINE) * 2:
        counted.send(bytes([byte]))
    newline.send(LINE + b"\n" + LINE[:10])
    await desk.count(3)
    newline.send(LINE[10:] + b"\n")

    assert raws(await desk.count(4)) == [LINE] * 4
    counted.close()
    newline.close()


async def test_the_unfinished_line_of_a_closed_connection_is_kept(desk: Desk) -> None:
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    sender = await connect(desk)
    sender.send(LINE)
    sender.close()

    assert raws(await desk.count(1)) == [LINE]


async def test_a_reset_connection_harms_nobody(desk: Desk) -> None:
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    other = await connect(desk)
    sender = await connect(desk)
    sender.send(LINE + b"\n")
    await desk.count(1)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sender.close()

    other.send(LINE + b"\n")

    assert len(await desk.count(2)) == 2
    other.close()


async def test_a_loud_connection_does_not_starve_a_quiet_one(desk: Desk) -> None:
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    loud, quiet = await connect(desk), await connect(desk)
    line = b"<1>loud".ljust(255, b".") + b"\n"
    loud.send(line)
    quiet.send(b"<1>quiet\n")
    await desk.count(2)
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while sent < 8 << 20:
            sent += loud.send(line * 100)
    quiet.send(b"<1>now\n")

    signals = await desk.count(2 + sent // len(line))

    assert sent > 1 << 20
    assert raws(signals).index(b"<1>now") < 2 + 3 * 16384 // len(line)
    loud.close()
    quiet.close()


async def test_the_backlog_of_a_reconnecting_sender_is_marked_until_it_pauses(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    first = await connect(desk)
    first.send(b"<1>live\n")
    await desk.count(1)
    clock.now += 600
    await hang_up(desk, first)
    clock.now += 60

    again = await connect(desk)
    again.send(b"<1>old\n" * 3)
    await desk.count(5)
    clock.now += 0.05
    again.send(b"<1>old\n")
    await desk.count(6)
    clock.now += 0.2
    again.send(b"<1>new\n")
    await desk.count(7)
    clock.now += 0.01
    again.send(b"<1>new\n")

    signals = await desk.count(8)
    assert backlogs(signals) == [raw == b"<1>old" for raw in raws(signals)]
    again.close()


async def test_a_backlog_lasts_a_second_at_most(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    first = await connect(desk)
    clock.now += 10
    await hang_up(desk, first)

    again = await connect(desk)
    for number in range(15):
        again.send(b"<1>line\n")
        await desk.count(2 + number)
        clock.now += 0.09

    marked = backlogs(desk.signals)[1:]
    assert marked == [True] * 12 + [False] * 3
    again.close()


@pytest.mark.parametrize(("held", "away"), [(1.0, 1.0), (10.0, 7200.0)], ids=["a connection a message", "long ago"])
async def test_other_connections_bring_news(desk: Desk, held: float, away: float) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    first = await connect(desk)
    clock.now += held
    await hang_up(desk, first)
    clock.now += away

    again = await connect(desk)
    again.send(b"<1>news\n")

    assert backlogs(await desk.count(2)) == [False, False]
    again.close()


async def test_one_of_many_devices_behind_one_address_does_not_reconnect_for_all(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    devices = [await connect(desk) for _ in range(3)]
    for device in devices:
        device.send(b"<1>live\n")
    await desk.count(3)
    clock.now += 60
    await hang_up(desk, devices.pop())

    another = await connect(desk)
    another.send(b"<1>news\n")

    assert backlogs(await desk.count(5)) == [False] * 5
    for device in [*devices, another]:
        device.close()


async def test_a_sender_whose_old_connection_died_unnoticed_reconnects_too(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(), desk.inbox, desk.report))
    dead = await connect(desk)
    dead.send(b"<1>live\n")
    await desk.count(1)
    clock.now += 30

    again = await connect(desk)
    again.send(b"<1>old\n")

    assert backlogs(await desk.count(2)) == [False, True]
    dead.close()
    again.close()


async def test_connections_beyond_the_limit_are_refused_and_counted(desk: Desk) -> None:
    desk.start(syslog.run(tcp(connections=2), desk.inbox, desk.report))
    kept = [await connect(desk), await connect(desk)]
    for sender in kept:
        sender.send(LINE + b"\n")
    await desk.count(2)

    refused = await connect(desk)
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            assert await asyncio.get_running_loop().sock_recv(refused, 1) == b""

    await desk.status("syslog_tcp", lambda status: status.errors == 1)
    for sender in [*kept, refused]:
        sender.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="only 127.0.0.1 is an address of its own there")
async def test_one_sender_with_many_connections_keeps_no_other_out(desk: Desk) -> None:
    desk.start(syslog.run(tcp(connections=3), desk.inbox, desk.report))
    hoard = [await connect(desk) for _ in range(3)]
    for sender in hoard:
        sender.send(LINE + b"\n")
    await desk.count(3)

    other = await connect(desk, "127.0.0.2")
    other.send(LINE + b"\n")

    assert (await desk.count(4))[-1].peer == "127.0.0.2"
    await desk.status("syslog_tcp", lambda status: status.errors == 1)
    for sender in [*hoard, other]:
        sender.close()


async def test_a_newcomer_takes_the_place_of_one_long_idle(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(connections=1), desk.inbox, desk.report))
    idle = await connect(desk)
    idle.send(LINE + b"\n")
    await desk.count(1)
    clock.now += 61

    newcomer = await connect(desk)
    newcomer.send(LINE + b"\n")

    assert len(await desk.count(2)) == 2
    idle.close()
    newcomer.close()


async def test_an_idle_connection_is_closed(desk: Desk) -> None:
    clock = ManualClock(desk)
    desk.start(syslog.run(tcp(idle_s=100), desk.inbox, desk.report))
    idle = await connect(desk)
    idle.send(LINE + b"\n")
    await desk.count(1)
    clock.now += 101

    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            assert await asyncio.get_running_loop().sock_recv(idle, 1) == b""
    idle.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=30), st.booleans())
def test_hostile_bytes_are_carried_or_counted(chunks: list[bytes], is_udp: bool) -> None:
    async def story() -> None:
        inbox, statuses = Inbox(1000, Clock()), asyncio.Queue[str]()
        both = SyslogSettings(udp="127.0.0.1:0" if is_udp else "", tcp="" if is_udp else "127.0.0.1:0")
        source = asyncio.ensure_future(syslog.run(both, inbox, lambda status: statuses.put_nowait(status.detail)))
        where = address.split(await statuses.get())
        kind = socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as sender:
            sender.connect(where)
            for chunk in [*chunks, b"\n<1>last\n"]:
                sender.send(chunk)
        heard: list[Signal] = []
        async with asyncio.timeout(20):
            while not any(b"<1>last" in raw for raw in raws(heard)):
                await inbox.wait()
                heard += inbox.drain(1000)
                assert not source.done()
        if is_udp:
            assert raws(heard)[:-1] == [chunk for chunk in chunks if chunk]
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.parametrize("text", ["", "5514", "host:5514", "1.2.3.4:", "1.2.3.4:99999", "1.2.3.4:-1", "[::1]"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        address.split(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("0.0.0.0:514", ("0.0.0.0", 514)), ("[::1]:0", ("::1", 0)), ("[::]:5514", ("::", 5514))]
)
def test_addresses_are_split_and_joined(text: str, expected: tuple[str, int]) -> None:
    assert address.split(text) == expected
    assert address.join(*expected) == text
