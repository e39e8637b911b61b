"""Since you looked: what changed while the operator was away is marked and counted until they have looked."""

from __future__ import annotations

import json
from pathlib import Path

import afternoon
import pytest
from driving import Console, console
from fake_engine import NOW, FakeEngine, failing, healthy, outage_of
from msgspec.structs import replace

from statetrace_engine.model.health import HealthState
from statetrace_tui.present.book import Delta
from statetrace_tui.present.since import AWAY_S, Since
from statetrace_tui.widgets.watermark import Watermark

ROWS = [healthy(f"A-{i:02}") for i in range(9)]


def book(*rows: object) -> dict[str, object]:
    return {row.route.route_id: row for row in rows}  # type: ignore[attr-defined]


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def marked(c: Console) -> list[str]:
    """The devices of the rows that carry the sign."""
    return [line.split()[4] for line in c.text.splitlines() if line[1:2] == "│"]


async def go_away(c: Console) -> None:
    c.clock.pass_(AWAY_S + 1)
    await c.ticks(2)


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Path:
    """As the engine has made it; a console makes none."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_a_data_folder_that_is_away_is_not_made_again(tmp_path: Path, data: Path) -> None:
    data.rmdir()
    Watermark(tmp_path, "jsm@jump").keep(NOW, is_last=True)
    assert not data.exists()


async def test_what_changed_while_nobody_pressed_a_key_is_marked_and_counted() -> None:
    async with console(FakeEngine(ROWS)) as c:
        await c.press("j")
        await go_away(c)
        c.engine.put(failing(ROWS[3], c.clock.at), failing(ROWS[5], c.clock.at))
        await c.shows("2 since 14:03")
        assert sorted(marked(c)) == ["A-03", "A-05"]


async def test_the_five_minutes_before_they_were_missed_count() -> None:
    async with console(FakeEngine(ROWS)) as c:
        await c.press("j")
        c.engine.put(failing(ROWS[3], c.clock.at + 10))
        await c.ticks(3)
        assert not marked(c)
        await go_away(c)
        await c.shows("1 since 14:03")


async def test_what_changes_before_their_eyes_is_not_marked() -> None:
    async with console(FakeEngine(ROWS)) as c:
        await go_away(c)
        await c.press("j")
        c.clock.pass_(1)
        c.engine.put(failing(ROWS[3], c.clock.at))
        await c.shows("NOT ACKNOWLEDGED  1")
        assert not marked(c)


async def test_a_cursor_that_rests_on_it_has_looked() -> None:
    async with console(FakeEngine(ROWS)) as c:
        await c.press("j")
        await go_away(c)
        c.engine.put(failing(ROWS[3], c.clock.at), failing(ROWS[5], c.clock.at))
        await c.shows("2 since")
        await c.press("r", "g")
        await c.shows("1 since")
        assert marked(c) == ["A-05"]


async def test_escape_has_looked_at_everything() -> None:
    async with console(FakeEngine(ROWS)) as c:
        await c.press("j")
        await go_away(c)
        c.engine.put(failing(ROWS[3], c.clock.at))
        await c.shows("1 since")
        await c.press("escape")
        await c.hides("since 14:03")
        assert not marked(c)


def test_a_healthy_route_is_news_only_when_an_outage_of_it_ended() -> None:
    back = replace(ROWS[1], since_at=NOW + 60)
    over = replace(ROWS[2], since_at=NOW + 60)
    ended = replace(outage_of(failing(over)), resolved_at=NOW + 60)
    since = Since(None, NOW)
    since.tick(NOW + AWAY_S, book(back, over), {ended.outage_id: ended})  # type: ignore[arg-type]
    assert since.marks == {over.route.route_id}


def test_a_route_that_was_not_measured_for_a_while_is_no_news_once_it_is() -> None:
    lost = replace(ROWS[1], state=HealthState.UNKNOWN, since_at=NOW + 60)
    since = Since(None, NOW)
    since.tick(NOW + AWAY_S, book(lost), {})  # type: ignore[arg-type]
    assert since.marks == {lost.route.route_id}
    since.follow(Delta(routes=(lost.route.route_id,)), book(ROWS[1]), {})  # type: ignore[arg-type]
    assert since.away_from is None


def test_a_session_that_ended_in_the_future_never_was() -> None:
    assert Since(NOW + 1e9, NOW).looked_at == NOW


async def test_the_next_session_knows_when_the_last_one_ended(tmp_path: Path) -> None:
    async with console(FakeEngine(ROWS), home=tmp_path) as c:
        await c.press("j")
    engine = FakeEngine([*ROWS, failing(healthy("B-01"), NOW + 3600), failing(healthy("B-02"), NOW - 60)])
    async with console(engine, home=tmp_path, starts_at=NOW + 7200) as c:
        await c.shows("1 since 14:03")
        assert marked(c) == ["B-01"]
    async with console(engine, home=tmp_path, operator="CORP\\mko", starts_at=NOW + 7200) as c:
        await c.ticks(3)
        assert not marked(c)


async def test_read_only_writes_nothing(tmp_path: Path) -> None:
    async with console(afternoon.engine(), home=tmp_path, is_read_only=True) as c:
        await c.press("j")
    assert files(tmp_path / "data") == []


async def test_a_file_that_is_damaged_is_as_none(tmp_path: Path) -> None:
    async with console(FakeEngine(ROWS), home=tmp_path) as c:
        await c.press("j")
    (path,) = files(tmp_path / "data" / "looked")
    assert json.loads(path.read_text(encoding="utf-8"))["looked_at"] == NOW
    for text in ("", "{", "[]", '{"looked_at": null}', '{"looked_at": "NaN"}', "\0" * 99):
        path.write_text(text, encoding="utf-8")
        async with console(FakeEngine(ROWS), home=tmp_path) as c:
            await c.ticks(2)
            assert not marked(c)
