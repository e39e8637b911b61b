"""From a session log in the inbox to a route in the console, the way back to its bytes, and an outage that lasts."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from statetrace_engine import config
from statetrace_engine.api import Engine
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.health import HealthState, RouteHealth
from statetrace_engine.runtime import LiveEngine
from tests.e2e.engines import until

HOST = "BOYO-A01-AR-01"
SECRET = "Wint3r-is-c0ming"
SESSION = """BOYO-A01-AR-01#sh ip ro
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area

Gateway of last resort is {hop} to network 0.0.0.0

{default}
      10.0.0.0/8 is variably subnetted, 2 subnets, 2 masks
C        10.5.1.0/30 is directly connected, GigabitEthernet0/0/1
BOYO-A01-AR-01#sh run
Building configuration...

hostname BOYO-A01-AR-01
snmp-server community {secret} RO
ip route 0.0.0.0 0.0.0.0 10.5.2.2 250
end

BOYO-A01-AR-01#exit
"""
PRIMARY = "B*    0.0.0.0/0 [20/0] via 10.5.1.2, 2d04h"
LATER = "B*    0.0.0.0/0 [20/0] via 10.5.1.2, 00:11:12"
BACKUP = "S*    0.0.0.0/0 [250/0] via 10.5.2.2"
_Found = TypeVar("_Found")


@contextmanager
def running(home: Path) -> Iterator[LiveEngine]:
    (home / "config").mkdir(parents=True, exist_ok=True)
    settings = '[syslog]\nudp = "127.0.0.1:0"\ntcp = ""\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'
    (home / "config" / "statetrace.toml").write_text(settings, encoding="utf-8")
    engine = LiveEngine.start(config.load(home), home)
    try:
        yield engine
    finally:
        engine.stop()
        assert engine.failure is None


def drop(home: Path, name: str, default: str, hop: str, age_s: float = 0.0) -> bytes:
    """A session log in the inbox, as old as that."""
    raw = SESSION.format(default=default, hop=hop, secret=SECRET).replace("\n", "\r\n").encode()
    path = home / "data" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    at = path.stat().st_mtime - age_s
    os.utime(path, (at, at))
    return raw


def ask(engine: LiveEngine, question: Callable[[Engine], Awaitable[_Found]]) -> _Found:
    async def asked() -> _Found:
        return await question(engine)

    return asyncio.run(asked())


def default_route(engine: LiveEngine) -> RouteHealth | None:
    return next((row for row in ask(engine, lambda e: e.routes()) if row.route.hostname == HOST), None)


def in_state(engine: LiveEngine, state: HealthState) -> RouteHealth:
    def found() -> RouteHealth | None:
        row = default_route(engine)
        return row if row is not None and row.state is state else None

    return until(found)


def test_a_log_in_the_inbox_becomes_a_route_with_the_way_back_to_its_bytes(tmp_path: Path) -> None:
    with running(tmp_path) as engine:
        raw = drop(tmp_path, "boyo.log", PRIMARY, "10.5.1.2", age_s=7200)
        row = in_state(engine, HealthState.HEALTHY)
        assert row.via == "10.5.1.2"
        assert row.captured_at is not None
        paths = ask(engine, lambda e: e.route_detail(row.route.route_id))
        assert paths is not None
        assert [(p.role, p.next_hop, p.word) for p in paths.paths] == [
            ("primary", "10.5.1.2", "carries"), ("secondary", "10.5.2.2", "standby"),
        ]  # fmt: skip
        spot = ask(engine, lambda e: e.capture_spot(row.route.route_id))
        assert spot is not None
        assert raw[spot.start : spot.end].decode().strip() == PRIMARY
        page = ask(engine, lambda e: e.capture_page(spot.capture_id, 1, 100, (spot.text_start, spot.text_end)))
        assert page is not None
        assert [line.text for line in page.lines if line.is_marked] == [PRIMARY]
        assert not any(SECRET in line.text for line in page.lines)
    ours = (*tmp_path.glob("data/*"), *tmp_path.glob("data/journal/*"), *tmp_path.glob("logs/*"))
    assert [path.name for path in ours if path.is_file() and SECRET.encode() in path.read_bytes()] == []


def test_an_outage_that_a_capture_shows_survives_a_restart_and_ends_with_the_next_capture(tmp_path: Path) -> None:
    with running(tmp_path) as engine:
        drop(tmp_path, "monday.log", PRIMARY, "10.5.1.2", age_s=7200)
        in_state(engine, HealthState.HEALTHY)
        tuesday = drop(tmp_path, "tuesday.log", BACKUP, "10.5.2.2", age_s=3600)
        row = in_state(engine, HealthState.DEGRADED)
        assert row.via == "10.5.2.2"
    with running(tmp_path) as engine:
        again = in_state(engine, HealthState.DEGRADED)
        assert (again.outage_id, again.captured_at) == (row.outage_id, row.captured_at)
        assert len(ask(engine, lambda e: e.outages())) == 1
        explained = ask(engine, lambda e: e.explain(row.outage_id))
        assert explained is not None
        (item,) = [i for i in explained.causes[0].evidence if i.source == "capture"]
        assert item.spot is not None
        assert item.spot.name.endswith("tuesday.log")
        assert tuesday[item.spot.start : item.spot.end].decode().strip() == BACKUP
        drop(tmp_path, "wednesday.log", LATER, "10.5.1.2")
        in_state(engine, HealthState.RECOVERED)


def test_a_power_supply_that_a_capture_shows_failed_is_one_card_that_opens_at_its_line(tmp_path: Path) -> None:
    fine = "1A  PWR-C1-715WAC       LIT10000001  OK              Good     Good     715"
    failed = "1A  PWR-C1-715WAC       LIT10000001  No Input Power  Bad      Bad      715"

    def show(name: str, supply: str, age_s: float) -> None:
        path = tmp_path / "data" / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HOST}#sh env power all\r\n{supply}\r\n{HOST}#\r\n", encoding="utf-8")
        at = path.stat().st_mtime - age_s
        os.utime(path, (at, at))

    def cards(engine: LiveEngine) -> list[AnomalyCard]:
        return [card for card in ask(engine, lambda e: e.cards()) if card.rule == "PowerSupply"]

    with running(tmp_path) as engine:
        show("first.log", fine, 7200)
        until(lambda: ask(engine, lambda e: e.captures()))
        assert cards(engine) == []
        show("second.log", failed, 3600)
        (card,) = until(lambda: cards(engine))
        assert (card.subject, card.hostname) == (f"{HOST} power supply 1A", HOST)
        (spot,) = card.spots
        page = ask(engine, lambda e: e.capture_page(spot.capture_id, 1, 100, (spot.start, spot.end)))
        assert page is not None
        assert [line.text for line in page.lines if line.is_marked] == [failed]
    with running(tmp_path) as engine:
        assert [(again.card_id, again.spots) for again in until(lambda: cards(engine))] == [(card.card_id, card.spots)]
        show("third.log", f"{failed} ", 60)
        until(lambda: [made for made in ask(engine, lambda e: e.captures()) if made.name.endswith("third.log")])
        assert [again.card_id for again in cards(engine)] == [card.card_id]
