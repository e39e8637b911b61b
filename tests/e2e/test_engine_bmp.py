"""A router that tells a running engine of its BGP: from its stream to an outage, over a restart, and what is shown."""

from __future__ import annotations

import socket
from pathlib import Path

from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address
from statetrace_engine.wire import bgp_update, bmp_encode
from statetrace_engine.wire.bgp import IPV4, Dialect, Open
from statetrace_engine.wire.bgp_attributes import Attributes, Origin, Segment, SegmentKind
from statetrace_engine.wire.bgp_nlri import Route, packed
from statetrace_engine.wire.bgp_update import Reach, Update
from statetrace_engine.wire.bmp_messages import (
    Peer,
    PeerKind,
    PeerUp,
    RouteMonitoring,
    View,
)
from tests.e2e.engines import Network, Running, until, write

HOST, PREFIX = "AAAA-A01-AR-01", "10.20.0.0/24"
CORE = Peer(kind=PeerKind.GLOBAL, view=View.IN_POST_POLICY, address="10.1.1.2", asn=65010, bgp_id="10.255.1.2")
OPEN = Open(asn=65010, hold_time_s=9, bgp_id="10.255.1.2", families=(IPV4,), has_as4=True)
HELLO = bmp_encode.initiation(HOST)
UP = bmp_encode.encode(PeerUp(CORE, "10.1.1.1", 179, 40000, OPEN, OPEN))


def monitoring(update: Update) -> bytes:
    return bmp_encode.encode(RouteMonitoring(CORE, bgp_update.encode(update, Dialect())))


_ROUTE = (Route(IPV4, packed(PREFIX)),)
_PATH = Attributes(origin=Origin.IGP, as_path=(Segment(SegmentKind.SEQUENCE, (65010,)),))
OFFER = monitoring(Update(reaches=(Reach(IPV4, "10.1.1.2", "", _ROUTE),), attributes=_PATH))
WITHDRAW = monitoring(Update(withdrawn=_ROUTE))
COMPLETE = bmp_encode.encode(RouteMonitoring(CORE, bgp_update.encode_end_of_rib(IPV4)))


def status(engine: Running) -> SourceStatus | None:
    return next((s for s in engine.status().sources if s.name == "bmp"), None)


def connect(engine: Running, *messages: bytes) -> socket.socket:
    """As the router does, which sends again once it is heard."""
    where = until(lambda: status(engine)).detail
    router = socket.create_connection(address.split(where), timeout=20.0)
    router.sendall(b"".join(messages))
    until(lambda: (found := status(engine)) is not None and found.received >= len(messages))
    return router


def test_a_withdrawal_opens_an_outage_that_a_restart_keeps_and_the_next_table_does_not_end(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        settings = home / "config" / "statetrace.toml"
        write(settings, settings.read_text().replace('[bmp]\ntcp = ""', '[bmp]\ntcp = "127.0.0.1:0"'))
        with Running(home) as engine:
            engine.until_healthy()
            with connect(engine, HELLO, UP, OFFER, COMPLETE) as router:
                assert until(lambda: status(engine)).connections == 1
                assert not engine.open_outages()
                router.sendall(WITHDRAW)
                (outage,) = until(engine.open_outages)
            assert (outage.cause.value, outage.occurred_at < outage.detected_at) == ("upstream-failure", True)
            assert [item.text for item in outage.evidence] == [f"{PREFIX} withdrawn by 10.1.1.2"]
            assert outage.detected_at - outage.first_signal_at < 0.3
            engine.kill()
        with Running(home) as engine:
            assert [found.outage_id for found in engine.open_outages()] == [outage.outage_id]
            with connect(engine, HELLO, UP, COMPLETE) as router:
                assert engine.open_outages()[0].resolved_at is None
                router.sendall(OFFER)
                until(lambda: engine.open_outages()[0].resolved_at)
            assert engine.stop()[0] == 0
