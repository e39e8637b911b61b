"""Claim: a router's feed of 1,000,000 routes over BMP costs at most 20 s of CPU, and 20 MB of memory.

    python -m benchmarks.bmp [--routes 1000000] [--watched 1000]

Frames as a router sends them: 1 to 10 prefixes an UPDATE behind 60 to 90 octets of attributes, in chunks as a socket
gives them; the watched prefixes are spread over the feed. Three feeds: IPv4, IPv4 with path ids, IPv6 in attributes.
Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from itertools import islice

from statetrace_engine.wire import bgp_update, bmp, bmp_encode
from statetrace_engine.wire.bgp import IPV4, IPV6, AddPath, Family, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import Prefix, Route
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_feed import OWN, Announced, Feed, Watched
from statetrace_engine.wire.bmp_messages import Peer, PeerKind, PeerUp, RouteMonitoring, View

LIMIT_S = 20.0
LIMIT_MB = 20.0
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
    print(json.dumps(found, indent=2))
    return int(not all(holds(one, arguments.routes) for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
