"""Probes against real loopback sockets: reflectors that fall silent, closed ports, ICMP as far as we may."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.clock import Clock
from statetrace_engine.model.inventory import Probe, ProbeKind, ProbeTests
from statetrace_engine.model.signal import ProbeResult, Signal
from statetrace_engine.sources import probe_icmp, probe_ping
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.probe_icmp import IcmpMode
from statetrace_engine.sources.probe_schedule import ProbeSettings
from statetrace_engine.sources.probes import Probing
from statetrace_engine.wire import stamp

if TYPE_CHECKING:
    from tests.engine.sources.conftest import Desk

DEFAULTS = ProbeSettings(report_s=0.25)
PATIENT = ProbeSettings(timeout_min_ms=30_000, timeout_max_ms=30_000, report_s=0.1)
"""No probe times out: a miss has another reason."""


def a_probe(
    kind: ProbeKind, port: int = 0, target: str = "127.0.0.1", name: str = "p", interval_ms: int = 100
) -> Probe:
    return Probe(
        probe_id=name,
        hostname="R1",
        kind=kind,
        tests=ProbeTests.NEXT_HOP,
        target=target,
        port=port,
        interval_ms=interval_ms,
    )


class Reflector(asyncio.DatagramProtocol):
    """A session reflector that can fall silent, and worse."""

    def __init__(self) -> None:
        self.is_silent = False
        self.junk: bytes | None = None
        self.heard = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard += 1
        answer = stamp.reflect(data, 1000.0, 64) if self.junk is None else self.junk
        if answer is not None and not self.is_silent:
            self.transport.sendto(answer, addr)

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port


async def a_reflector(host: str = "127.0.0.1") -> Reflector:
    loop = asyncio.get_running_loop()
    _, reflector = await loop.create_datagram_endpoint(Reflector, local_addr=(host, 0))
    return reflector


def start(desk: Desk, *probes: Probe, settings: ProbeSettings = DEFAULTS) -> Probing:
    probing = Probing(probes, settings, desk.inbox, desk.report)
    desk.start(probing.run())
    return probing


def results(signals: list[Signal]) -> list[ProbeResult]:
    return [signal.payload for signal in signals if isinstance(signal.payload, ProbeResult)]


def is_good(result: ProbeResult) -> bool:
    return result.sent == result.received > 0


@contextlib.contextmanager
def a_closed_port(kind: socket.SocketKind) -> Iterator[int]:
    """A port nobody listens on; held by a bound UDP socket's TCP twin, or found and freed."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        if kind == socket.SOCK_STREAM:
            yield port  # bound but not listening: resets
            return
    yield port


async def test_a_reflector_that_falls_silent_and_answers_again(desk: Desk) -> None:
    reflector = await a_reflector()
    start(desk, a_probe(ProbeKind.STAMP, reflector.port))
    first, *_ = await desk.count(2)
    assert (first.source, first.peer) == ("probe_stamp", "127.0.0.1")
    assert is_good(results([first])[0])
    assert 0 < results([first])[0].rtt_ms < 400

    reflector.is_silent = True
    signals = await desk.until(lambda seen: any(result.is_burst for result in results(seen)))
    before, burst = results(signals)[-2:]
    assert (before.sent, before.received, before.is_burst) == (1, 0, False)
    assert (burst.sent, burst.received) == (20, 0)

    told = len(signals)
    signals = await desk.count(told + 2)
    assert {(result.sent, result.received, result.is_burst) for result in results(signals[told:])} == {(1, 0, False)}

    reflector.is_silent = False
    signals = await desk.until(lambda seen: results(seen)[-1].sent > 1)
    good = [result for result in results(signals[told:]) if result.received]
    assert [(result.sent, result.received) for result in good[:2]] == [(1, 1), (1, 1)]
    assert is_good(good[-1])


async def test_the_means_in_use_and_the_answers_are_reported(desk: Desk) -> None:
    reflector = await a_reflector()
    start(desk, a_probe(ProbeKind.STAMP, reflector.port))

    status = await desk.status("probe_stamp", lambda status: status.received > 3)

    assert (status.detail, status.state, status.errors) == ("stamp (UDP)", "running", 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_stamp_over_ipv6(desk: Desk) -> None:
    try:
        reflector = await a_reflector("::1")
    except OSError as error:
        pytest.skip(f"no IPv6 loopback: {error}")
    start(desk, a_probe(ProbeKind.STAMP, reflector.port, "::1"))

    assert is_good(results(await desk.count(1))[0])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a timeout tells")
async def test_a_refusal_is_a_miss_without_a_timeout(desk: Desk) -> None:
    with a_closed_port(socket.SOCK_DGRAM) as port:
        start(desk, a_probe(ProbeKind.STAMP, port), settings=PATIENT)

        signals = await desk.until(lambda seen: any(result.is_burst for result in results(seen)))

    assert [(result.sent, result.received) for result in results(signals)] == [(1, 0), (20, 0)]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a timeout tells")
async def test_a_refused_target_does_not_harm_its_neighbours(desk: Desk) -> None:
    reflector = await a_reflector()
    with a_closed_port(socket.SOCK_DGRAM) as port:
        start(desk, a_probe(ProbeKind.STAMP, port, name="bad"), a_probe(ProbeKind.STAMP, reflector.port, name="good"))

        signals = await desk.until(lambda seen: sum(result.probe_id == "bad" for result in results(seen)) > 12)

    assert not any(result.received for result in results(signals) if result.probe_id == "bad")
    assert all(is_good(result) for result in results(signals) if result.probe_id == "good")


@pytest.mark.parametrize("junk", [b"", b"x", b"\xff" * 44, bytes(44), b"\x00" * 2000], ids=len)
async def test_junk_is_no_answer(desk: Desk, junk: bytes) -> None:
    reflector = await a_reflector()
    reflector.junk = junk
    start(desk, a_probe(ProbeKind.STAMP, reflector.port))

    first = results(await desk.count(1))[0]

    assert (first.sent, first.received) == (1, 0)
    assert reflector.heard > 0


async def test_an_answer_from_another_port_does_not_count(desk: Desk) -> None:
    reflector, liar = await a_reflector(), await a_reflector()
    reflector.is_silent = True

    def forge(data: bytes, addr: tuple[str, int]) -> None:
        liar.transport.sendto(stamp.reflect(data, 1.0, 64) or b"", addr)

    reflector.datagram_received = forge  # type: ignore[method-assign] # this one lets the other answer
    start(desk, a_probe(ProbeKind.STAMP, reflector.port))

    first = results(await desk.count(1))[0]

    assert (first.sent, first.received) == (1, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 has to be set up")
async def test_an_answer_from_another_address_does_not_count(desk: Desk) -> None:
    reflector = await a_reflector()
    reflector.is_silent = True
    loop = asyncio.get_running_loop()
    _, liar = await loop.create_datagram_endpoint(Reflector, local_addr=("127.0.0.2", reflector.port))

    def forge(data: bytes, addr: tuple[str, int]) -> None:
        liar.transport.sendto(stamp.reflect(data, 1.0, 64) or b"", addr)

    reflector.datagram_received = forge  # type: ignore[method-assign] # this one lets the other answer
    start(desk, a_probe(ProbeKind.STAMP, reflector.port))

    first = results(await desk.count(1))[0]

    assert (first.sent, first.received) == (1, 0)


async def test_two_hundred_targets_on_one_socket_lose_nothing(desk: Desk) -> None:
    reflector = await a_reflector()
    probes = [a_probe(ProbeKind.STAMP, reflector.port, name=f"p{number}", interval_ms=500) for number in range(200)]
    start(desk, *probes)

    signals = await desk.count(600)

    assert {result.probe_id for result in results(signals)} == {probe.probe_id for probe in probes}
    assert all(is_good(result) for result in results(signals))


@pytest.mark.parametrize("kind", [ProbeKind.TCP, ProbeKind.STAMP, ProbeKind.ICMP])
async def test_a_target_that_is_no_address_is_said_once(desk: Desk, kind: ProbeKind) -> None:
    reflector = await a_reflector()
    clock = a_probe(ProbeKind.STAMP, reflector.port, name="clock")
    start(desk, a_probe(kind, 1, "no-such-host", name="bad", interval_ms=50), clock)

    signals = await desk.until(lambda seen: sum(result.probe_id == "clock" for result in results(seen)) >= 3)

    (bad,) = [result for result in results(signals) if result.probe_id == "bad"]
    assert (bad.sent, bad.received, bad.error) == (0, 0, "'no-such-host' is not an address")


async def test_what_the_system_does_not_let_us_send_is_no_loss(desk: Desk) -> None:
    start(desk, a_probe(ProbeKind.STAMP, 862, "255.255.255.255"))  # needs SO_BROADCAST

    first = results(await desk.count(1))[0]

    assert (first.sent, first.received) == (0, 0)
    assert "permi" in first.error or "denied" in first.error
    assert (await desk.status("probe_stamp", lambda status: status.errors > 0)).received == 0


async def test_a_listening_port_is_alive(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        start(desk, a_probe(ProbeKind.TCP, server.getsockname()[1], interval_ms=1000))

        signals = await desk.count(2)

    assert all(is_good(result) for result in results(signals))
    assert signals[0].source == "probe_tcp"


async def test_a_reset_is_an_answer(desk: Desk) -> None:
    with a_closed_port(socket.SOCK_STREAM) as port:
        start(desk, a_probe(ProbeKind.TCP, port))

        assert is_good(results(await desk.count(1))[0])


@pytest.mark.skipif(sys.platform != "linux", reason="a full accept queue is silent on Linux only")
async def test_a_silent_port_is_a_miss(desk: Desk) -> None:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        start(desk, a_probe(ProbeKind.TCP, server.getsockname()[1]))

        signals = await desk.until(lambda seen: any(result.is_burst for result in results(seen)))

    assert [(result.sent, result.received) for result in results(signals)][-2:] == [(1, 0), (20, 0)]


@pytest.mark.parametrize("mode", list(IcmpMode))
@pytest.mark.parametrize("target", ["127.0.0.1", "::1"])
async def test_icmp_on_loopback_by_every_means(
    desk: Desk, mode: IcmpMode, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mode in (IcmpMode.DATAGRAM, IcmpMode.RAW):
        try:
            probe_icmp.open_socket(mode, ":" in target).close()
        except OSError as error:
            pytest.skip(f"no ICMP {mode} for {target}: {error}")
    if mode is IcmpMode.PING and shutil.which("ping") is None:
        pytest.skip("no ping command here")
    if ":" in target:
        try:
            socket.create_server((target, 0), family=socket.AF_INET6).close()
        except OSError as error:
            pytest.skip(f"no IPv6 loopback: {error}")
    monkeypatch.setattr(probe_icmp, "icmp_mode", lambda: mode)
    start(desk, a_probe(ProbeKind.ICMP, 0, target, interval_ms=500), settings=PATIENT)

    signals = await desk.count(2)

    assert all(is_good(result) for result in results(signals))
    assert (signals[0].source, signals[0].peer) == ("probe_icmp", target)
    assert (await desk.status("probe_icmp")).detail == f"icmp ({mode})"


def test_the_best_means_that_works_is_chosen() -> None:
    mode = probe_icmp.icmp_mode()

    if mode in (IcmpMode.DATAGRAM, IcmpMode.RAW):
        probe_icmp.open_socket(mode, is_v6=False).close()
    else:
        with pytest.raises(OSError):
            probe_icmp.open_socket(IcmpMode.DATAGRAM, is_v6=False)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (b"64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.045 ms\n", 0.045),
        (b"rtt min/avg/max/mdev = 0.012/0.034/0.056/0.000 ms\n", 0.034),
        (b"Antwort von 10.0.0.1: Bytes=32 Zeit=12ms TTL=255\r\n", 12.0),
        (b"Reply from 10.0.0.1: bytes=32 time<1ms TTL=128\r\n", 1.0),
        (b"Reply from 10.0.0.9: Destination host unreachable.\r\n", None),
        (b"", None),
    ],
)
def test_the_round_trip_is_read_from_every_ping(output: bytes, expected: float | None) -> None:
    assert probe_ping.round_trip_ms(output) == expected


@given(st.binary(max_size=300))
def test_whatever_ping_prints_is_a_value(output: bytes) -> None:
    assert probe_ping.round_trip_ms(output) is None or probe_ping.round_trip_ms(output) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize(("script", "received"), [("echo time=2.5 ms", 1), ("echo no answer; exit 1", 0)])
async def test_the_systems_ping_is_asked(
    desk: Desk, script: str, received: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for `ping`, because this machine may have none."""
    stand_in = tmp_path / "ping"
    stand_in.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(probe_icmp, "icmp_mode", lambda: IcmpMode.PING)
    start(desk, a_probe(ProbeKind.ICMP, interval_ms=500), settings=PATIENT)

    first = results(await desk.count(1))[0]

    assert (first.sent, first.received, first.rtt_ms) == (1, received, 2.5 * received)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
def test_macos_asks_another_program_for_ipv6(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = tmp_path / "ping6"
    stand_in.write_text('#!/bin/sh\n[ "$*" = "-n -c 1 ::1" ] && echo time=2.5 ms\n', encoding="utf-8")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(sys, "platform", "darwin")

    assert probe_ping.ping("::1") == 2.5


async def test_a_reload_replaces_the_probes(desk: Desk) -> None:
    old, new = await a_reflector(), await a_reflector()
    probing = start(desk, a_probe(ProbeKind.STAMP, old.port, name="old"))
    await desk.count(1)

    probing.replace((a_probe(ProbeKind.STAMP, new.port, name="new"),))
    await desk.until(lambda seen: sum(result.probe_id == "new" for result in results(seen)) >= 3)

    heard = old.heard
    await desk.until(lambda seen: sum(result.probe_id == "new" for result in results(seen)) >= 4)
    assert old.heard == heard


async def test_a_source_that_is_run_again_goes_on(desk: Desk) -> None:
    reflector = await a_reflector()
    probing = Probing((a_probe(ProbeKind.STAMP, reflector.port),), DEFAULTS, desk.inbox, desk.report)
    first = asyncio.ensure_future(probing.run())
    await desk.count(2)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    desk.start(probing.run())

    told = len(desk.signals)
    assert any(is_good(result) for result in results((await desk.count(told + 2))[told:]))


async def test_a_pause_of_the_machine_is_told_and_fails_no_target(desk: Desk) -> None:
    paused = [0.0]
    real = Clock()
    desk.inbox = Inbox(1000, Clock(monotonic=lambda: real.steady() + paused[0]))
    gaps: list[float] = []
    reflector = await a_reflector()
    probing = Probing((a_probe(ProbeKind.STAMP, reflector.port),), DEFAULTS, desk.inbox, desk.report, gaps.append)
    desk.start(probing.run())
    await desk.count(2)

    paused[0] = 30.0

    signals = await desk.count(5)
    assert len(gaps) == 1
    assert 28 < gaps[0] < 31
    assert all(is_good(result) for result in results(signals))
