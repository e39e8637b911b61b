"""BMP as routers speak it: through real sockets, in pieces, with garbage, in floods, over and over again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from statetrace_engine.errors import PortTaken
from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpPeer,
    BmpRouter,
    BmpSession,
    BmpStatistics,
    BmpTableComplete,
    Payload,
    Signal,
    Source,
)
from statetrace_engine.sources import address, bmp
from statetrace_engine.sources.bmp import BmpLimits, BmpSettings, Watch
from statetrace_engine.wire import bgp_update, bmp_encode
from statetrace_engine.wire.bgp import IPV4, Dialect, Notification, Open, shutdown_data
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import Route, packed
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_messages import (
    DownReason,
    Information,
    Peer,
    PeerDown,
    PeerKind,
    PeerUp,
    RouteMonitoring,
    Statistic,
    StatisticsReport,
    Termination,
    View,
)
from tests.engine.sources.conftest import Desk

FRR = Path(__file__).parents[2] / "captures" / "frr"
DEFAULT = "0.0.0.0/0"
CORE = Peer(kind=PeerKind.GLOBAL, view=View.IN_POST_POLICY, address="10.1.1.2", asn=65010, bgp_id="10.255.1.2")
OPEN = Open(asn=65010, hold_time_s=9, bgp_id="10.255.1.2", families=(IPV4,), has_as4=True)
OWN = Peer(kind=PeerKind.LOC_RIB, view=View.LOC_RIB, address="", asn=65001, bgp_id="10.255.1.1")
HELLO = bmp_encode.initiation("r1")
UP = bmp_encode.encode(PeerUp(CORE, "10.1.1.1", 179, 40000, OPEN, OPEN))
OWN_UP = bmp_encode.encode(PeerUp(OWN, "", 0, 0, OPEN, OPEN, (Information(3, "global"),)))
BYE = bmp_encode.encode(Termination(1))


def announce(*prefixes: str, peer: Peer = CORE, next_hop: str = "10.1.1.2") -> bytes:
    routes = tuple(Route(IPV4, packed(prefix)) for prefix in prefixes)
    path = (Segment(SegmentKind.SEQUENCE, (65010,)),)
    update = Update(
        reaches=(Reach(IPV4, next_hop, "", routes),), attributes=Attributes(origin=Origin.IGP, as_path=path)
    )
    return bmp_encode.encode(RouteMonitoring(peer, bgp_update.encode(update, Dialect())))


def withdraw(*prefixes: str, peer: Peer = CORE) -> bytes:
    update = Update(withdrawn=tuple(Route(IPV4, packed(prefix)) for prefix in prefixes))
    return bmp_encode.encode(RouteMonitoring(peer, bgp_update.encode(update, Dialect())))


def complete(peer: Peer = CORE) -> bytes:
    return bmp_encode.encode(RouteMonitoring(peer, bgp_update.encode_end_of_rib(IPV4)))


def down(reason: DownReason = DownReason.REMOTE_NOTIFICATION, said: Notification | None = None) -> bytes:
    return bmp_encode.encode(PeerDown(CORE, reason, notification=said))


def watching(*prefixes: str) -> Watch:
    watch = Watch()
    watch.watch(lambda _address, _name: frozenset(prefixes))
    return watch


class Routers:
    """Connections to one listener."""

    def __init__(self, desk: Desk, where: str, stack: ExitStack) -> None:
        self.desk, self._where, self._stack = desk, where, stack

    def connect(self, *messages: bytes) -> socket.socket:
        found = self._stack.enter_context(socket.create_connection(address.split(self._where), timeout=20.0))
        found.sendall(b"".join(messages))
        return found


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


async def listening(
    desk: Desk,
    stack: ExitStack,
    watch: Watch | None = None,
    limits: BmpLimits | None = None,
    relays: tuple[str, ...] = (),
) -> Routers:
    watch = watch or watching(DEFAULT)
    desk.start(bmp.run(BmpSettings(tcp="127.0.0.1:0", relays=relays), watch, desk.inbox, desk.report, limits))
    return Routers(desk, (await desk.status("bmp")).detail, stack)


def told(signals: list[Signal]) -> list[Payload]:
    return [signal.payload for signal in signals]


def is_over(signals: list[Signal]) -> bool:
    return any(isinstance(s.payload, BmpRouter) and not s.payload.is_connected for s in signals)


PEER = BmpPeer("10.1.1.2")
OFFERED = BmpPaths("r1", PEER, "post", announced=(BmpPath(DEFAULT, next_hop="10.1.1.2"),))
WITHDRAWN = BmpPaths("r1", PEER, "post", withdrawn=(BmpPath(DEFAULT),))


async def test_a_router_tells_of_its_sessions_and_of_watched_prefixes_alone(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    shut = Notification(6, 2, shutdown_data("works till 5"))
    with routers.connect(
        HELLO, UP, announce("10.0.0.0/8", "172.16.0.0/12"), announce(DEFAULT, "10.64.0.0/10"), complete(),
        withdraw("10.0.0.0/8"), withdraw(DEFAULT), down(said=shut), BYE,
    ):  # fmt: skip
        pass
    signals = await desk.until(is_over)
    words = "closed by the peer: Cease: Administrative Shutdown: works till 5"
    assert told(signals) == [
        BmpRouter("r1", True, ""),
        BmpSession("r1", PEER, True),
        OFFERED,
        BmpTableComplete("r1", PEER, "post", False, 4, 0),
        WITHDRAWN,
        BmpSession("r1", PEER, False, 3, 6, 2, 0, words),
        BmpRouter("r1", False, "unspecified reason"),
    ]
    assert {(s.source, s.peer) for s in signals} == {(Source.BMP, "127.0.0.1")}
    status = await desk.status("bmp", lambda s: s.received == 9)
    assert (status.errors, status.connections, status.error) == (0, 0, "")


async def test_a_stream_in_single_octets_says_the_same(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    whole = b"".join((HELLO, UP, announce(DEFAULT), withdraw(DEFAULT)))
    with routers.connect() as router:
        router.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in whole:
            router.send(bytes((octet,)))
    assert told(await desk.until(is_over))[2:4] == [OFFERED, WITHDRAWN]


async def test_many_routers_at_once_each_tell_all(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(of_one=100))
    for number in range(50):
        name = bmp_encode.initiation(f"r{number}")
        feed = [announce(*(f"10.{high}.{low + n}.0/24" for n in range(10))) for high, low in tens()]
        routers.connect(name, UP, *feed, announce(DEFAULT), complete())
    signals = await desk.until(lambda found: sum(isinstance(s.payload, BmpTableComplete) for s in found) == 50)
    assert sum(isinstance(s.payload, BmpPaths) for s in signals) == 50
    assert {s.payload.announced for s in signals if isinstance(s.payload, BmpTableComplete)} == {2001}
    assert (await desk.status("bmp", lambda s: s.connections == 50)).errors == 0


def tens() -> Iterator[tuple[int, int]]:
    return ((high, low) for high in range(8) for low in range(0, 250, 10))


async def test_a_feed_leaves_the_loop_to_others_and_waits_for_the_pump(desk: Desk, stack: ExitStack) -> None:
    """While nobody evaluates, not more than a buffer's signals join those that wait; then all come, in order."""
    routers = await listening(desk, stack)
    flaps = 20_000
    with routers.connect(HELLO, UP) as router:
        router.setblocking(False)
        octets = memoryview((announce(DEFAULT) + withdraw(DEFAULT)) * flaps)
        sent = 0
        while sent < len(octets):
            try:
                sent += router.send(octets[sent : sent + 65536])
            except BlockingIOError:
                await desk.inbox.wait()
                assert desk.inbox.depth < bmp.WAITING + bmp.BUFFER // 60
                desk.signals += desk.inbox.drain(1000)
                await desk.status("bmp")
    for number in range(0, 2 * flaps, 2000):
        await desk.count(number)  # as patient with each part as with a short feed
    signals = told(await desk.until(is_over))
    paths = [one for one in signals if isinstance(one, BmpPaths)]
    assert paths == [OFFERED, WITHDRAWN] * flaps


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "version 71"),
        (HELLO + b"\x03\x00\x00\x00\x02\x00", "2 octets"),
        (HELLO + b"\x03\x7f\xff\xff\xff\x00", "the most"),
        (UP, "no Initiation"),
    ],
)
async def test_garbage_is_said_counted_and_closed(desk: Desk, stack: ExitStack, octets: bytes, why: str) -> None:
    routers = await listening(desk, stack)
    with routers.connect(octets) as router:
        status = await desk.status("bmp", lambda s: s.errors)
        assert why in status.error
        assert status.error.startswith("127.0.0.1: closed")
        assert await is_closed(router)


async def is_closed(router: socket.socket) -> bool:
    router.setblocking(False)
    try:
        async with asyncio.timeout(20.0):
            return await asyncio.get_running_loop().sock_recv(router, 1) == b""
    except ConnectionResetError:
        return True


async def test_a_message_that_cannot_be_read_is_counted_and_the_next_is_read(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    broken = RouteMonitoring(CORE, b"\xff" * 16 + b"\x00\x17\x02\x00\xff\x00\x00")
    routers.connect(HELLO, UP, bmp_encode.encode(broken), HELLO[:5] + b"\x63" + HELLO[6:], announce(DEFAULT))
    assert told(await desk.count(3))[2] == OFFERED
    assert (await desk.status("bmp", lambda s: s.errors == 2)).error.startswith("127.0.0.1: ")


async def test_a_peer_is_down_for_a_reason_that_cannot_be_read(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    short = down(DownReason.LOCAL_EVENT)[:-1]
    routers.connect(HELLO, UP, short[:1] + len(short).to_bytes(4, "big") + short[5:])
    session = told(await desk.count(3))[2]
    assert isinstance(session, BmpSession)
    assert not session.is_up
    assert "not two octets" in (await desk.status("bmp", lambda s: s.errors == 1)).error


async def test_one_that_sends_nothing_is_closed(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(silent_s=0.0))
    with routers.connect() as silent:
        await desk.status("bmp", lambda s: "no message" in s.error)
        assert await is_closed(silent)


@pytest.mark.parametrize("before", [b"", HELLO, HELLO + UP], ids=["first", "second", "later"])
async def test_one_that_never_ends_a_message_is_closed_however_often_it_adds_to_it(
    desk: Desk, stack: ExitStack, before: bytes
) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(silent_s=0.3))
    with routers.connect(before, HELLO[:-4]) as endless:
        for octet in HELLO[-4:-1]:
            endless.sendall(bytes((octet,)))
        status = await desk.status("bmp", lambda s: "closed: " in s.error)
        assert await is_closed(endless)
        words = "it has not ended a message for 0 s" if before else "it has sent no message for 0 s"
        assert status.error == f"127.0.0.1: closed: {words}"
        assert status.errors == 1


async def test_one_that_says_nothing_between_its_messages_stays(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(silent_s=0.0))
    router = routers.connect(HELLO, UP)
    await desk.count(2)
    with routers.connect() as silent:  # once this one is closed, both have been looked at
        assert await is_closed(silent)
    router.sendall(announce(DEFAULT))
    assert told(await desk.until(lambda signals: OFFERED in told(signals)))


async def test_those_that_have_not_begun_are_counted_apart(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    for _ in range(2):
        routers.connect()
    routers.connect(HELLO)
    status = await desk.status("bmp", lambda s: s.connections == 1 and s.silent == 2)
    assert status.errors == 0


async def test_of_too_many_from_one_address_the_oldest_goes(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(of_one=2))
    first = routers.connect(HELLO)
    await desk.count(1)
    routers.connect(HELLO)
    await desk.status("bmp", lambda s: s.connections == 2)
    routers.connect(HELLO)
    assert await is_closed(first)
    assert told(desk.signals) == [BmpRouter("r1", True, "")]  # it never stopped telling


def hello(name: str) -> bytes:
    return bmp_encode.initiation(name)


async def test_routers_behind_a_relay_come_and_go_by_their_names(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(of_one=1), relays=("127.0.0.1",))
    routers.connect(hello("r1"), UP)
    await desk.count(2)
    with routers.connect(hello("r2"), UP):
        await desk.count(4)
    signals = await desk.until(is_over)
    assert [signal.peer for signal in signals] == ["r1", "r1", "r2", "r2", "r2"]
    assert (await desk.status("bmp", lambda s: s.connections == 1)).received == 4


async def test_of_one_router_behind_a_relay_the_oldest_connection_goes(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(of_one=1), relays=("127.0.0.1",))
    first = routers.connect(hello("r1"))
    await desk.count(1)
    other = routers.connect(hello("r2"))
    await desk.count(2)
    routers.connect(hello("r1"))
    assert await is_closed(first)
    other.sendall(UP)
    assert told(await desk.count(4))[2:] == [BmpRouter("r1", True, ""), BmpSession("r2", BmpPeer("10.1.1.2"), True)]


async def test_a_newcomer_is_refused_at_the_limit(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack, limits=BmpLimits(connections=1))
    routers.connect(HELLO)
    await desk.count(1)
    with routers.connect(HELLO) as other:
        assert "too many" in (await desk.status("bmp", lambda s: s.errors)).error
        assert await is_closed(other)


async def test_when_one_of_two_connections_ends_what_it_alone_told_is_told_anew(desk: Desk, stack: ExitStack) -> None:
    """Some routers open one for each table: the other's statistics would keep a lost one's best paths fresh."""
    routers = await listening(desk, stack)
    first = routers.connect(HELLO, OWN_UP, announce(DEFAULT, peer=OWN))
    await desk.until(lambda signals: any(isinstance(s.payload, BmpPaths) for s in signals))
    second = routers.connect(HELLO, UP, announce(DEFAULT))
    await desk.until(lambda signals: sum(isinstance(s.payload, BmpPaths) for s in signals) == 2)
    first.close()
    signals = await desk.until(is_over)
    assert sum(isinstance(s.payload, BmpRouter) for s in signals) == 2
    assert await asyncio.to_thread(second.recv, 1) == b""


async def test_when_another_connection_tells_the_same_or_that_it_is_down_it_goes_on(
    desk: Desk, stack: ExitStack
) -> None:
    routers = await listening(desk, stack)
    first = routers.connect(HELLO, UP, announce(DEFAULT), OWN_UP)
    await desk.until(lambda signals: any(isinstance(s.payload, BmpPaths) for s in signals))
    second = routers.connect(HELLO, OWN_UP, down())
    await desk.until(lambda signals: any(isinstance(s.payload, BmpSession) and not s.payload.is_up for s in signals))
    first.close()
    second.sendall(UP + announce(DEFAULT) + withdraw(DEFAULT))
    signals = await desk.until(lambda signals: WITHDRAWN in told(signals))
    assert not is_over(signals)


async def test_what_a_peer_that_is_down_still_sends_is_not_told(desk: Desk, stack: ExitStack) -> None:
    """And its Peer Down, which comes with each attempt to connect, is told once."""
    routers = await listening(desk, stack)
    again = down(DownReason.LOCAL_EVENT)
    with routers.connect(HELLO, again, announce(DEFAULT), again, withdraw(DEFAULT), again, UP, announce(DEFAULT)):
        pass
    signals = told(await desk.until(is_over))
    assert [type(one) for one in signals] == [BmpRouter, BmpSession, BmpSession, BmpPaths, BmpRouter]
    assert [one.is_up for one in signals if isinstance(one, BmpSession)] == [False, True]


async def test_a_router_that_comes_back_tells_all_anew(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    for times in (1, 2):
        with routers.connect(HELLO, UP, announce(DEFAULT)):
            await desk.count(3 * times + times - 1)
        await desk.count(4 * times)
    kinds = [type(one) for one in told(desk.signals)]
    assert kinds == [BmpRouter, BmpSession, BmpPaths, BmpRouter] * 2


async def test_nobody_is_read_before_it_is_known_what_is_watched(desk: Desk, stack: ExitStack) -> None:
    watch = Watch()
    routers = await listening(desk, stack, watch)
    with routers.connect(HELLO, UP, announce(DEFAULT)):
        await desk.status("bmp", lambda s: s.received == 0)
        watch.watch(lambda _address, name: frozenset((DEFAULT,) if name == "r1" else ()))
        assert told(await desk.count(3))[2] == OFFERED


async def test_when_more_is_watched_the_router_is_made_to_begin_anew(desk: Desk, stack: ExitStack) -> None:
    watch = watching(DEFAULT)
    routers = await listening(desk, stack, watch, BmpLimits(anew_s=0.0))
    with routers.connect(HELLO, UP, announce(DEFAULT, "10.0.0.0/8")) as router:
        await desk.count(3)
        watch.watch(lambda _address, _name: frozenset((DEFAULT, "10.0.0.0/8")))
        signals = await desk.until(is_over)
        assert await is_closed(router)
    assert "more is watched" in str(signals[-1].payload)


async def test_when_less_is_watched_it_is_told_no_longer(desk: Desk, stack: ExitStack) -> None:
    watch = watching(DEFAULT, "10.0.0.0/8")
    routers = await listening(desk, stack, watch, BmpLimits(anew_s=0.0))
    with routers.connect(HELLO, UP, announce(DEFAULT)) as router:
        await desk.count(3)
        watch.watch(lambda _address, _name: frozenset(("10.0.0.0/8",)))
        desk.statuses.clear()
        router.sendall(HELLO)
        await desk.status("bmp", lambda s: s.received == 4)
        router.sendall(withdraw(DEFAULT) + withdraw("10.0.0.0/8"))
        last = told(await desk.count(4))[-1]
    assert isinstance(last, BmpPaths)
    assert last.withdrawn == (BmpPath("10.0.0.0/8"),)


async def test_statistics_of_one_peer_stand_for_all(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    other = Peer(kind=PeerKind.GLOBAL, address="10.1.2.2", asn=65011, bgp_id="10.255.1.3")
    reports = [bmp_encode.encode(StatisticsReport(peer, (Statistic(7, 5),))) for peer in (CORE, other)]
    with routers.connect(HELLO, UP, *reports, *reports):
        pass
    assert sum(isinstance(one, BmpStatistics) for one in told(await desk.until(is_over))) == 2


async def test_the_best_paths_of_a_router_are_told_as_such(desk: Desk, stack: ExitStack) -> None:
    routers = await listening(desk, stack)
    table = Peer(
        kind=PeerKind.LOC_RIB, view=View.LOC_RIB, address="", asn=65001, bgp_id="10.255.1.1", rd=b"\0\0\xfd\xf2\0\0\0\7"
    )
    up = PeerUp(table, "", 0, 0, OPEN, OPEN, (Information(3, "red"),))
    routers.connect(HELLO, bmp_encode.encode(up), announce(DEFAULT, peer=table))
    peer = BmpPeer("", "65010:7", "red")
    assert told(await desk.count(3))[1:] == [
        BmpSession("r1", peer, True),
        BmpPaths("r1", peer, "best", announced=(BmpPath(DEFAULT, next_hop="10.1.1.2"),)),
    ]


@pytest.mark.parametrize("name", ["bmp.session.bin", "bmp.reconnect.bin"])
async def test_what_frr_sent_is_told_in_any_pieces(desk: Desk, stack: ExitStack, name: str) -> None:
    routers = await listening(desk, stack, watching(DEFAULT, "192.168.51.0/24", "10.30.0.0/17"))
    octets = (FRR / name).read_bytes()
    found = []
    for size in (len(octets), 997, 61):
        desk.signals.clear()
        with routers.connect() as router:
            for at in range(0, len(octets), size):
                router.sendall(octets[at : at + size])
        found.append(told(await desk.until(is_over)))
    assert found[0] == found[1] == found[2]
    assert (await desk.status("bmp")).errors == 0
    tables = {one.table for one in found[0] if isinstance(one, BmpPaths)}
    assert tables == ({"pre", "post"} if name == "bmp.session.bin" else tables)


async def test_a_taken_port_says_which_setting_to_change(desk: Desk) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match=r"\[bmp\] tcp"):
            await bmp.run(BmpSettings(tcp=address.join(*other.getsockname())), Watch(), desk.inbox, desk.report)
