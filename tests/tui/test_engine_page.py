"""The engine's page: everything that was not understood, not known or not kept has a place on the screen."""

from __future__ import annotations

import pytest
from driving import console
from fake_engine import FakeEngine
from msgspec.structs import replace

from statetrace_engine.model.status import Counters, EngineStatus, SourceStatus
from statetrace_tui.present import engine_page


def _text(status: EngineStatus | None, width: int = 100) -> str:
    return "\n".join("".join(text for text, _ in line) for line in engine_page.lines(status, 1000.0, width))


def _status(**counted: object) -> EngineStatus:
    source = SourceStatus(
        name="syslog_udp", detail="0.0.0.0:5514", state="running", received=7, dropped=3, last_at=990.0
    )
    return EngineStatus(
        version="1", pid=1, started_at=0.0, at=1000.0, home="/h", sources=(source,), counters=Counters(**counted)
    )  # type: ignore[arg-type]  # fields by name


def test_unknown_senders_unparsed_messages_and_drops_are_named_with_their_numbers() -> None:
    page = _text(
        _status(unparsed=2, dropped=3, unknown_senders={"10.9.9.9": 41}, last_unparsed=("10.0.0.1: no header",))
    )
    for wanted in ("10.9.9.9", "41 messages", "10.0.0.1: no header", "3 dropped", "unparsed", "heard 10s ago"):
        assert wanted in page


def test_the_page_says_nothing_of_what_did_not_happen() -> None:
    page = _text(_status())
    assert "UNKNOWN SENDERS" not in page
    assert "NOT UNDERSTOOD" not in page


def test_a_hostile_name_is_safe_on_the_page() -> None:
    page = _text(_status(unknown_senders={"\x1b[31mevil": 1}, last_unparsed=("\x1b]0;x\x07: junk",)))
    assert "\x1b" not in page
    assert "\x07" not in page


def test_before_the_first_word_of_the_engine_the_page_says_so() -> None:
    assert "has not spoken" in _text(None)


def test_routers_that_tell_of_their_bgp_are_counted_and_what_went_wrong_is_said() -> None:
    words = "10.0.0.9: closed: A message of BMP version 71 came"
    bmp = SourceStatus(
        name="bmp", detail="0.0.0.0:5000", state="running", received=9, connections=3, silent=2, errors=1, error=words
    )
    page = _text(replace(_status(), sources=(bmp,)))
    assert all(wanted in page for wanted in ("3 connected", "2 silent", "1 errors", words))


@pytest.mark.parametrize("width", [78, 108])
def test_what_a_source_lost_is_never_cut_off(width: int) -> None:
    source = SourceStatus(
        name="syslog_udp",
        detail="127.0.0.1:5514",
        state="running",
        received=321_556,
        dropped=470_060,
        errors=3,
        last_at=955.0,
    )
    rows = _text(replace(_status(), sources=(source,)), width).splitlines()
    assert any("470060 dropped   3 errors" in row for row in rows)
    assert all(len(row) <= width for row in rows)


@pytest.mark.parametrize("width", [78, 108])
def test_what_a_source_refused_is_told_apart_by_why(width: int) -> None:
    refused = {"wrong key": 7, "unknown user": 2, "not as signed and encrypted as its user's profile demands": 12}
    trap = SourceStatus(name="trap", detail="0.0.0.0:1162", state="running", received=30, errors=21, refused=refused)
    page = _text(replace(_status(), sources=(trap,)), width)
    assert "2 unknown user, 7 wrong key" in " ".join(page.split())
    assert all(len(row) <= width for row in page.splitlines())


async def test_an_open_page_follows_the_engine() -> None:
    async with console(FakeEngine()) as c:
        await c.press("i")
        await c.shows("COUNTED SINCE THE START")
        c.engine.say(counters=Counters(unparsed=71))
        await c.until(lambda: any(row.split() == ["unparsed", "71"] for row in c.text.splitlines()), "the new number")
