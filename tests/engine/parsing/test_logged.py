"""A captured log as signals: what tells of something, with its own time, and never as if it happened now."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from statetrace_engine.model.captured import LogRow
from statetrace_engine.model.observation import LogMessage, Verdict
from statetrace_engine.parsing import logged, syslog_text

AT = datetime(2026, 11, 23, 14, 0, 0, tzinfo=UTC).timestamp()
DOWN = ("LINEPROTO", 5, "UPDOWN", "Line protocol on Interface GigabitEthernet0/1, changed state to down")


def row(at: str | None, *body: object) -> LogRow:
    return LogRow(at, *body)  # type: ignore[arg-type]


def test_a_link_message_keeps_its_time_and_its_host() -> None:
    [line] = logged.lines([row("Nov 23 13:10:00.123", *DOWN)], "R1", AT, AT, "cisco_ios")
    read = syslog_text.read(line.raw, AT, "cisco_ios")
    assert isinstance(read, LogMessage)
    assert (read.hostname, read.device_time, read.facts[0].verdict) == ("R1", AT - 3000 + 0.123, Verdict.DOWN)
    assert line.is_backlog


@pytest.mark.parametrize(
    ("at", "is_backlog"),
    [
        ("Nov 23 13:59:30.000 UTC", False),
        ("2026-11-23T13:59:30.000Z", False),
        ("2026-11-23T14:59:30+01:00", False),
        ("Nov 23 13:58:30.000 UTC", True),
        ("Nov 23 13:59:30.000", True),
        (None, True),
        ("1w2d", True),
        ("00:00:12", True),
    ],
)
def test_only_what_is_known_to_be_recent_is_no_history(at: str | None, is_backlog: bool) -> None:
    [line] = logged.lines([row(at, *DOWN)], "R1", AT, AT, "cisco_ios")
    assert line.is_backlog is is_backlog
    assert isinstance(syslog_text.read(line.raw, AT), LogMessage)


def test_a_capture_read_an_hour_later_is_history() -> None:
    [line] = logged.lines([row("Nov 23 13:59:59.000 UTC", *DOWN)], "R1", AT, AT + 3600, "cisco_ios")
    assert line.is_backlog


def test_the_year_is_that_of_the_capture() -> None:
    january = datetime(2026, 1, 2, tzinfo=UTC).timestamp()
    [line] = logged.lines([row("Dec 31 23:00:00.000", *DOWN)], "R1", january, january, "cisco_ios")
    read = syslog_text.read(line.raw, january)
    assert isinstance(read, LogMessage)
    assert read.device_time == datetime(2025, 12, 31, 23, tzinfo=UTC).timestamp()


def test_what_tells_of_nothing_is_left_out() -> None:
    noise = row("Nov 23 13:10:00.123", "SYS", 6, "LOGOUT", "User ana has exited tty session 1")
    assert logged.lines([noise], "R1", AT, AT, "cisco_ios") == ()


def test_a_message_of_a_daemon_is_told_by_its_words() -> None:
    # fmt: off
    said = row("Nov 23 13:10:00", "rpd", None, "RPD_BGP_NEIGHBOR_STATE_CHANGED",
               "BGP peer 10.1.1.2 (External AS 65001) changed state from Established to Idle (event HoldTime)")
    # fmt: on
    [line] = logged.lines([said], "MX1", AT, AT, "juniper_junos")
    read = syslog_text.read(line.raw, AT, "juniper_junos")
    assert isinstance(read, LogMessage)
    assert read.facts[0].name == "10.1.1.2"


def test_of_a_long_log_the_newest_messages_are_told() -> None:
    rows = [row(f"Nov 23 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}.000", *DOWN) for n in range(2 * logged.MOST)]
    found = logged.lines(rows, "R1", AT, AT, "cisco_ios")
    assert len(found) == logged.MOST
    assert b"T00:08:20.000Z" in found[0].raw
