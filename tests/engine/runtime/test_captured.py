"""From a real store to signals and pages: captures that somebody put there, told once and shown in place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from msgspec import structs

from statetrace_engine.health.watched import WatchedOn
from statetrace_engine.model import packed
from statetrace_engine.model.captured import Captured, ConfigRow, InterfaceRow, Kind, LogRow, RouteRow, Row, VitalRow
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.model.reading import FactName, Reading
from statetrace_engine.model.signal import LogLine
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.runtime.captured import CaptureFeed
from statetrace_engine.runtime.compared import RunFeed
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session

TEXT = "Codes: S - static\nS*   0.0.0.0/0 [1/0] via 10.1.1.2, Gi0/1\n              [1/0] via 10.1.2.2\n??\x1b[2J odd\n"
ROUTES = (
    RouteRow("default", "0.0.0.0/0", "10.1.1.2", "Gi0/1", "static", "S*", 1, 0, None, None, True),
    RouteRow("default", "0.0.0.0/0", "10.1.2.2", None, "static", "S*", 1, 0, None, None, True),
)
LOG = (
    LogRow("Nov 23 13:10:00.123", "LINEPROTO", 5, "UPDOWN",
           "Line protocol on Interface GigabitEthernet0/1, changed state to down"),
    LogRow("Nov 23 13:11:00.123", "SYS", 6, "LOGOUT", "User ana has exited tty session 1"),
)  # fmt: skip


def section(kind: Kind, command: str, rows: tuple[Row, ...], spans: list[tuple[int, int]]) -> FiledSection:
    found = packed.pack(kind, rows, [a for a, _ in spans], [b for _, b in spans])
    odd = TEXT.index("??")
    return FiledSection(
        command=command, kind=kind.value, start=0, end=len(TEXT), text_start=0, text_end=len(TEXT), is_truncated=False,
        rows=len(rows), unparsed=1, digest=found.digest, body=found.body, beside=found.beside,
        missed=packed.pack_numbers([odd, len(TEXT) - 1]),
    )  # fmt: skip


def filed(hostname: str, captured_at: float = 1000.0, key: str = "") -> FiledFile:
    first, second = TEXT.index("S*"), TEXT.index("              [")
    spans = [(first, second), (second, TEXT.index("??"))]
    addresses = (InterfaceRow("Gi0/1", ip="10.1.1.1"),)
    backup = ConfigRow(("ip route 0.0.0.0 0.0.0.0 10.1.3.2 250",))
    capture = FiledCapture(
        member="", site="WLLS", hostname=hostname, vendor="cisco_ios", model="", version="", captured_at=captured_at,
        is_device_time=False, is_truncated=False, start=0, end=len(TEXT), text=packed.pack_text(TEXT),
        offsets=packed.pack_numbers([0, 3, first, first + 10]),
        sections=(
            section(Kind.ROUTES, "show ip route", ROUTES, spans),
            section(Kind.INTERFACES, "show ip interface brief", addresses, [(0, 1)]),
            section(Kind.CONFIG, "show running-config", (backup,), [(0, 1)]),
            section(Kind.LOG, "show logging", LOG, [(0, 1), (1, 2)]),
        ),
    )  # fmt: skip
    return FiledFile(
        file_key=key or f"{hostname}{captured_at}", reading="1", name=f"/in/{hostname}.log", size_bytes=len(TEXT),
        modified_at=captured_at, parse_ms=1.0, captures=(capture,),
    )  # fmt: skip


def runs_of(path: Path) -> RunFeed:
    pipeline = Pipeline()
    return RunFeed(path, lambda: pipeline, lambda *_: None, lambda: 5000.0)


class Told:
    """A feed over a store, and what it said; it goes on from the last that was taken."""

    def __init__(self, path: Path) -> None:
        self.store = Session(path, time.time)
        self.said: list[Captured] = []
        self.logged: list[tuple[str, LogLine]] = []
        self.feed = CaptureFeed(
            Captures(path), runs_of(path), self._last_id, lambda _: WatchedOn(), self._say, lambda: 5000.0
        )

    def _last_id(self) -> int:
        return self.said[-1].capture_id if self.said else 0

    def _say(self, told: Captured | LogLine, hostname: str) -> None:
        if isinstance(told, Captured):
            self.said.append(told)
        else:
            self.logged.append((hostname, told))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "statetrace.db")


async def test_a_stored_capture_is_told_once_with_its_routes_and_addresses(told: Told) -> None:
    told.store.write_captures([filed("R1")])
    assert await told.feed.look() == 1
    assert await told.feed.look() == 0
    [captured] = told.said
    assert (captured.hostname, captured.site, captured.captured_at) == ("R1", "WLLS", 1000.0)
    assert captured.addresses == ("10.1.1.1",)
    [route] = captured.routes
    assert [(p.next_hop, p.protocol, p.is_active) for p in route.paths] == [
        ("10.1.1.2", "static", True), ("10.1.2.2", "static", True), ("10.1.3.2", "static", False),
    ]  # fmt: skip


async def test_what_the_device_had_logged_of_its_links_is_told_as_history(told: Told) -> None:
    told.store.write_captures([filed("R1")])
    await told.feed.look()
    [(host, line)] = told.logged
    assert host == "R1"
    assert line.is_backlog
    assert b"LINEPROTO-5-UPDOWN" in line.raw


async def test_what_verifies_a_step_is_told_with_its_place_in_the_capture(told: Told) -> None:
    told.store.write_captures([filed("R1")])
    await told.feed.look()
    [captured] = told.said
    assert [(fact.kind.value, fact.name, fact.text) for fact in captured.facts] == [
        ("routes", "", "show ip route: 2 rows"),
        ("interfaces", "", "show ip interface brief: 1 row"),
        ("config", "", "show running-config: 1 row"),
        ("log", "", "show logging: 2 rows"),
    ]
    spot = CaptureReader(told.feed._captures).place(captured.capture_id, captured.facts[0].span)
    assert spot is not None
    assert (spot.name, spot.start) == ("/in/R1.log", 3)
    assert spot.end > spot.start
    assert CaptureReader(told.feed._captures).place(99, (0, 0)) is None


def with_supply(hostname: str, captured_at: float, status: str, *, is_ok: bool) -> FiledFile:
    file = filed(hostname, captured_at)
    spans = [(TEXT.index("??"), len(TEXT) - 1)]
    row = VitalRow("power_supply", "PS1", None, status, is_ok)
    shown = section(Kind.VITALS, "show environment", (row,), spans)
    captures = tuple(structs.replace(each, sections=(*each.sections, shown)) for each in file.captures)
    return structs.replace(file, captures=captures)


async def test_a_part_that_fails_is_told_once_with_its_place(told: Told) -> None:
    told.store.write_captures(
        [with_supply("R1", 1000.0, "ok", is_ok=True), with_supply("R2", 1000.0, "bad", is_ok=False)]
    )
    told.store.write_captures([filed("R1", 1500.0)])
    told.store.write_captures(
        [with_supply("R1", 2000.0, "bad", is_ok=False), with_supply("R2", 2000.0, "bad", is_ok=False)]
    )
    while await told.feed.look():
        pass
    failed = [(c.hostname, c.captured_at, r) for c in told.said for r in c.readings if r.fact is not FactName.ROUTES]
    span = (TEXT.index("??"), len(TEXT) - 1)
    reading = Reading(FactName.POWER_SUPPLY_FAILED, "PS1", state="bad", span=span)
    assert failed == [("R2", 1000.0, reading), ("R1", 2000.0, reading)]
    assert {r.value for c in told.said for r in c.readings if r.fact is FactName.ROUTES} == {1.0}


async def test_captures_are_told_in_the_order_of_storing(told: Told) -> None:
    told.store.write_captures([filed("R1"), filed("R2", 2000.0)])
    told.store.write_captures([filed("R1", 500.0)])
    while await told.feed.look():
        pass
    assert [(c.hostname, c.captured_at) for c in told.said] == [("R1", 1000.0), ("R2", 2000.0), ("R1", 500.0)]


async def test_rows_that_cannot_be_read_are_counted_and_stop_nothing(told: Told, tmp_path: Path) -> None:
    import sqlite3

    told.store.write_captures([filed("R1"), filed("R2")])
    with sqlite3.connect(tmp_path / "statetrace.db") as connection:
        connection.execute("UPDATE captured_content SET body = x'00'")
    connection.close()
    assert await told.feed.look() == 2
    assert [c.routes for c in told.said] == [(), ()]
    assert told.feed.unreadable == 2


async def test_a_store_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    feed = CaptureFeed(Captures(path), runs_of(path), lambda: 0, lambda _: WatchedOn(), lambda *_: None, lambda: 1000.0)
    assert await feed.look() == 0
    await runs_of(path).tell()


def test_a_page_has_the_marked_lines_and_the_bytes_they_came_from(told: Told, tmp_path: Path) -> None:
    told.store.write_captures([filed("R1")])
    reader = CaptureReader(Captures(tmp_path / "statetrace.db"))
    spot = reader.spot("R1", "default", "0.0.0.0/0")
    assert spot is not None
    assert TEXT[spot.text_start : spot.text_end].count("via") == 2
    first = TEXT.index("S*")
    assert (spot.start, spot.end) == (first + 10, TEXT.index("??") + 10)
    page = reader.page(spot.capture_id, 1, 100, (spot.text_start, spot.text_end))
    assert page is not None
    assert (page.total_lines, page.marked) == (4, 2)
    assert [(line.number, line.is_marked, line.is_missed) for line in page.lines] == [
        (1, False, False), (2, True, False), (3, True, False), (4, False, True),
    ]  # fmt: skip
    assert [line.start for line in page.lines] == [
        3,
        first + 10,
        TEXT.index("              [") + 10,
        TEXT.index("??") + 10,
    ]


def test_nothing_of_a_device_reaches_a_page_raw(told: Told, tmp_path: Path) -> None:
    told.store.write_captures([filed("R1")])
    page = CaptureReader(Captures(tmp_path / "statetrace.db")).page(1, 4, 1, (0, 0))
    assert page is not None
    assert page.lines[0].text == "??.[2J odd"
    assert page.marked == 0


@pytest.mark.parametrize(("first", "count", "numbers"), [(3, 9, [3, 4]), (-5, 2, [1, 2]), (99, 3, [4]), (2, -1, [])])
def test_a_page_beyond_the_text_is_cut(told: Told, tmp_path: Path, first: int, count: int, numbers: list[int]) -> None:
    told.store.write_captures([filed("R1")])
    page = CaptureReader(Captures(tmp_path / "statetrace.db")).page(1, first, count, (0, 0))
    assert page is not None
    assert [line.number for line in page.lines] == numbers


def test_a_search_of_a_stored_text_names_its_line(told: Told, tmp_path: Path) -> None:
    told.store.write_captures([filed("R1")])
    reader = CaptureReader(Captures(tmp_path / "statetrace.db"))
    assert reader.find(1, 1, "VIA 10.1.2", is_back=False) == 3
    assert reader.find(1, 3, "via", is_back=True) == 2
    assert reader.find(1, 1, "", is_back=False) == 4
    assert reader.find(1, 1, "nowhere", is_back=False) == reader.find(77, 1, "via", is_back=False) == 0


def test_a_capture_or_route_that_is_not_there_is_none(told: Told, tmp_path: Path) -> None:
    told.store.write_captures([filed("R1")])
    reader = CaptureReader(Captures(tmp_path / "statetrace.db"))
    assert reader.page(77, 1, 10, (0, 0)) is None
    assert reader.spot("R1", "default", "10.0.0.0/8") is None
    assert reader.spot("R9", "default", "0.0.0.0/0") is None
