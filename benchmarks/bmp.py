"""Claim: a router's feed of 1,000,000 routes over BMP costs at most 20 s of CPU, and 20 MB of memory to decode; through
the socket of the source it takes at most 30 s, holds its loop for 60 ms at most, and memory grows by 200 MB at most.

    python -m benchmarks.bmp [--routes 1000000] [--watched 1000]

Frames as a router sends them: 1 to 10 prefixes an UPDATE behind 60 to 90 octets of attributes, in chunks as a socket
gives them; the watched prefixes are spread over the feed. Three feeds: IPv4, IPv4 with path ids, IPv6 in attributes.
Through the socket the same IPv4 feed comes from one router, and in ten parts from ten at once; a task that wants to run
each millisecond says how long it had to wait, and all signals are taken from the inbox as the pump does.
Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import mmap
import random
import socket
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import BmpPaths, BmpRouter, Source
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.sources import bmp as source
from statetrace_engine.sources.bmp import BmpLimits, BmpSettings, Watch
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.wire import bgp_update, bmp, bmp_encode
from statetrace_engine.wire.bgp import IPV4, IPV6, AddPath, Family, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import Prefix, Route
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_feed import OWN, Announced, Feed, Watched
from statetrace_engine.wire.bmp_messages import (
    Peer,
    PeerKind,
    PeerUp,
    RouteMonitoring,
    View,
)

LIMIT_S = 20.0
LIMIT_MB = 20.0
SOCKET_S = 30.0
PAUSE_MS = 60.0
GROWTH_MB = 200.0
CHUNK = 65536
SEED = 7854
PEER = Peer(kind=PeerKind.GLOBAL, view=View.IN_POST_POLICY, address="10.9.0.2", asn=65010, bgp_id="10.255.0.2", at=1e9)


def prefixes(family: Family, count: int) -> Iterator[Prefix]:
    """Different ones: seven of eight of the longest length that the Internet's tables hold, the others shorter."""
    for number in range(count):
        is_long = number % 8 > 0
        if family == IPV4:
            yield Prefix(1, 24 if is_long else 21, (0x010000 + number).to_bytes(3, "big"))
        else:
            yield Prefix(2, 48 if is_long else 44, (0x2A0000000000 + (number << 4)).to_bytes(6, "big"))


def updates(family: Family, count: int, path_id: int | None) -> Iterator[Update]:
    """The feed, drawn with a seed, so that each run decodes the same octets."""
    drawn = random.Random(SEED)
    rest = prefixes(family, count)
    next_hop = "10.9.0.2" if family == IPV4 else "2001:db8::2"
    while routes := tuple(Route(family, one, path_id=path_id) for one in islice(rest, drawn.randint(1, 10))):
        hops = tuple(drawn.randrange(1, 2**32) for _ in range(drawn.randint(5, 7)))
        attributes = Attributes(
            origin=Origin.IGP,
            as_path=(Segment(SegmentKind.SEQUENCE, hops),),
            next_hop=next_hop if family == IPV4 else "",
            med=drawn.randrange(1000),
            local_pref=100,
            communities=tuple(drawn.randrange(2**32) for _ in range(drawn.randint(2, 6))),
        )
        yield Update(reaches=(Reach(family, next_hop, "", routes),), attributes=attributes)


def peer_up(family: Family, has_path_ids: bool) -> PeerUp:
    def said(mode: AddPath) -> Open:
        add_path = ((family, mode),) if has_path_ids else ()
        return Open(asn=65010, hold_time_s=9, bgp_id="10.9.0.2", families=(family,), has_as4=True, add_path=add_path)

    return PeerUp(PEER, "10.9.0.1", 179, 40000, said(AddPath.RECEIVE), said(AddPath.SEND))


def stream(up: PeerUp, family: Family, count: int, path_id: int | None) -> bytes:
    dialect = up.dialect(PEER.view)
    sent = [bmp_encode.encode(up)]
    sent += (
        bmp_encode.encode(RouteMonitoring(PEER, bgp_update.encode(update, dialect)))
        for update in updates(family, count, path_id)
    )
    return b"".join(sent)


def listen(octets: bytes, watched: frozenset[Prefix]) -> tuple[Feed, int]:
    """As a source does it: frames, the peer's own feed by the peer's key, and what is told of watched prefixes."""
    decoder = bmp.Decoder()
    feeds: dict[bytes, Feed] = {}
    told = 0
    for at in range(0, len(octets), CHUNK):
        for frame in decoder.feed(octets[at : at + CHUNK]):
            if frame.kind == bmp.Kind.ROUTE_MONITORING:
                told += sum(isinstance(one, Announced) for one in feeds[frame.peer].read(frame.update))
            else:
                message = bmp.decode(frame)
                assert isinstance(message, PeerUp)
                feeds[frame.peer] = Feed(message.dialect(PEER.view), Watched({OWN: watched}))
    (feed,) = feeds.values()
    return feed, told


def measure(family: Family, count: int, watching: int, path_id: int | None) -> dict[str, float]:
    octets = stream(peer_up(family, path_id is not None), family, count, path_id)
    watched = frozenset(list(prefixes(family, count))[:: max(1, count // watching)])
    gc.collect()
    start = time.process_time()
    feed, told = listen(octets, watched)
    cpu_s = time.process_time() - start
    # Memory is measured on the first part only, and apart: the tracing makes everything ten times slower.
    part = octets[: len(octets) // 20]
    tracemalloc.start()
    listen(part[: part.rindex(b"\xff" * 16)], watched)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "routes": feed.announced,
        "updates": feed.updates,
        "octets": len(octets),
        "watched": len(watched),
        "told": told,
        "cpu_s": round(cpu_s, 2),
        "us_per_update": round(cpu_s / feed.updates * 1e6, 2),
        "peak_mb": round(peak / 1e6, 1),
    }


def through_socket(count: int, watching: int, routers: int) -> dict[str, float]:
    """`count` routes of each router, from all of them at once."""
    hello = bmp_encode.initiation("r1")
    octets = hello + stream(peer_up(IPV4, has_path_ids=False), IPV4, count, None)
    watched = frozenset(str(one) for one in list(prefixes(IPV4, count))[:: max(1, count // watching)])
    gc.collect()
    before_mb = _resident_mb()
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        told, wall_s, pauses, most_mb = runner.run(_receive(octets, watched, routers))
    pauses.sort()
    return {
        "routers": routers,
        "routes": count * routers,
        "told": told,
        "watched": len(watched) * routers,
        "wall_s": round(wall_s, 2),
        "pause_p99_ms": round(pauses[len(pauses) * 99 // 100] * 1e3, 1),
        "pause_max_ms": round(pauses[-1] * 1e3, 1),
        "grown_mb": round(most_mb - before_mb, 1),
    }


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE / 1e6


async def _receive(octets: bytes, watched: frozenset[str], routers: int) -> tuple[int, float, list[float], float]:
    """How many watched prefixes were told, in how many seconds, how late the loop was, and the most memory."""
    inbox, watch, where = Inbox(100_000, Clock()), Watch(), asyncio.Future[str]()

    def report(status: SourceStatus) -> None:
        if not where.done():
            where.set_result(status.detail)

    watch.watch(lambda _address, _name: watched)
    limits = BmpLimits(of_one=routers)
    listening = asyncio.create_task(source.run(BmpSettings(tcp="127.0.0.1:0"), watch, inbox, report, limits))
    to = address.split(await where)
    pauses: list[float] = []
    waking = asyncio.create_task(_wake(pauses))
    start = time.perf_counter()
    for _ in range(routers):
        threading.Thread(target=_send, args=(to, octets), daemon=True).start()
    told, most_mb = 0, _resident_mb()
    while True:
        await inbox.wait()
        most_mb = max(most_mb, _resident_mb())
        for signal in inbox.drain(32):
            assert signal.source is Source.BMP
            if isinstance(signal.payload, BmpPaths):
                told += len(signal.payload.announced)
            elif isinstance(signal.payload, BmpRouter) and not signal.payload.is_connected:
                wall_s = time.perf_counter() - start
                waking.cancel()
                listening.cancel()
                return told, wall_s, pauses, most_mb
        await asyncio.sleep(0)


def _send(to: tuple[str, int], octets: bytes) -> None:
    with socket.create_connection(to) as router:
        router.sendall(octets)


async def _wake(pauses: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(0.001)
        pauses.append(max(time.perf_counter() - start - 0.001, 0.0))


def goes_through(found: dict[str, float], count: int) -> bool:
    is_quick = found["wall_s"] <= SOCKET_S * max(count / 1_000_000, 0.1) and found["pause_max_ms"] <= PAUSE_MS
    return found["told"] == found["watched"] and is_quick and found["grown_mb"] <= GROWTH_MB


def holds(found: dict[str, float], count: int) -> bool:
    is_right = found["routes"] == count and found["told"] == found["watched"]
    return is_right and found["cpu_s"] <= LIMIT_S * count / 1_000_000 and found["peak_mb"] <= LIMIT_MB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--routes", type=int, default=1_000_000)
    parser.add_argument("--watched", type=int, default=1000)
    arguments = parser.parse_args()
    found = {
        name: measure(family, arguments.routes, arguments.watched, path_id)
        for name, family, path_id in (("ipv4", IPV4, None), ("ipv4_path_ids", IPV4, 5), ("ipv6", IPV6, None))
    }
    received = {
        f"socket_{routers}": through_socket(arguments.routes // routers, arguments.watched, routers)
        for routers in (1, 10)
    }
    print(json.dumps(found | received, indent=2))
    is_well = all(holds(one, arguments.routes) for one in found.values())
    return int(not (is_well and all(goes_through(one, arguments.routes) for one in received.values())))


if __name__ == "__main__":
    sys.exit(main())
