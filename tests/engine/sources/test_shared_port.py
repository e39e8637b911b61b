"""One UDP port, several sockets: each sender keeps to one, a flood fills its own, and nobody else gets in."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

from statetrace_engine.clock import Clock
from statetrace_engine.errors import PortTaken
from statetrace_engine.model.signal import LogLine
from statetrace_engine.sources import address, shared_port, syslog, udp
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.udp import UdpListener

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux deals senders out, and has 127.0.0.2")
OTHERS = [f"127.0.1.{number}" for number in range(1, 61)]


@contextlib.contextmanager
def from_address(host: str, port: int) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        sender.connect(("127.0.0.1", port))
        yield sender


@contextlib.contextmanager
def listening(inbox: Inbox, where: str = "127.0.0.1:0") -> Iterator[UdpListener]:
    listener = syslog.over_udp(where, inbox, asyncio.get_running_loop())
    with contextlib.closing(listener):
        yield listener


async def read_all(listener: UdpListener, inbox: Inbox) -> dict[str, list[int]]:
    """The numbers that came, by their sender, in the order in which they came out."""
    found: dict[str, list[int]] = defaultdict(list)
    before = -1
    while before < listener.status().received:
        before = listener.status().received
        for _ in range(20):
            await asyncio.sleep(0)
    for signal in inbox.drain(1_000_000):
        assert isinstance(signal.payload, LogLine)
        found[signal.peer].append(int(signal.payload.raw))
    return found


@linux
@pytest.mark.parametrize("where", ["127.0.0.1:0", "0.0.0.0:0", "[::]:0"])
async def test_a_flood_takes_nothing_from_those_on_other_sockets(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    if where.startswith("[") and not socket.has_dualstack_ipv6():
        pytest.skip("no socket for both families here")
    monkeypatch.setattr(udp, "_BUFFERS", (65_536,))
    inbox = Inbox(1_000_000, Clock())
    with listening(inbox, where) as listener:
        if len(listener.sockets) == 1:
            pytest.skip("this system deals no senders out")
        port = address.split(listener.where)[1]
        with from_address("127.0.0.1", port) as flooding:
            for _ in range(5000):  # the loop does not run meanwhile, as if it were busy
                flooding.send(b"0")
        for host in OTHERS:
            with from_address(host, port) as sender:
                for number in range(3):
                    sender.send(b"%d" % number)
        found = await read_all(listener, inbox)
        lost = listener.status().dropped
    assert lost > 1000
    robbed = [host for host in OTHERS if found[host] != [0, 1, 2]]
    assert len(robbed) <= len(OTHERS) // 5
    assert sum(map(len, found.values())) + lost == 5000 + 3 * len(OTHERS), "what is lost is counted, of every socket"


@linux
async def test_messages_of_one_address_keep_their_order_whatever_port_they_come_from() -> None:
    inbox = Inbox(1_000_000, Clock())
    with listening(inbox) as listener:
        port = address.split(listener.where)[1]
        for number in range(100):
            for host in OTHERS[:5]:
                with from_address(host, port) as sender:
                    sender.send(b"%d" % number)
        found = await read_all(listener, inbox)
    assert found == {host: list(range(100)) for host in OTHERS[:5]}


async def test_a_second_engine_of_the_same_user_is_refused() -> None:
    inbox = Inbox(1000, Clock())
    with listening(inbox) as listener:
        with pytest.raises(PortTaken):
            syslog.over_udp(listener.where, inbox, asyncio.get_running_loop())
        assert len(listener.sockets) in (1, udp.SOCKETS)


@linux
async def test_where_there_is_no_second_socket_there_is_one_and_it_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_first: socket.socket) -> socket.socket:
        raise OSError("too many open files")

    monkeypatch.setattr(shared_port, "_beside", none_left)
    inbox = Inbox(1000, Clock())
    with listening(inbox) as listener:
        assert len(listener.sockets) == 1
        with from_address("127.0.0.2", address.split(listener.where)[1]) as sender:
            sender.send(b"7")
        assert await read_all(listener, inbox) == {"127.0.0.2": [7]}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", address.split(listener.where)[1]))
