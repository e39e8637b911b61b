"""Rows of a fallback's template: what passes in them is known by its column's name, or by how it reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.diff import runs
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind


def changes(column: str, before: object, after: object) -> int:
    one, other = (Table(Kind.TABLE, "show it", [{"port": "1", column: value}]) for value in (before, after))
    return len(runs.diff([one], [other]).changes)


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("global_timestamp", "18:53:50", "11:21:11"),
        ("curr_interval_elapsed_seconds", "190", "230"),
        ("day", "28", "29"),
        ("dayweek", "Sat", "Sun"),
        ("weekday", "Sat", "Sun"),
        ("last_config_month", "Nov", "Dec"),
        ("year", "2026", "2027"),
        ("timezone", "CET", "CEST"),
        ("accounting_update_remaining_seconds", "190", "230"),
        ("matches", "12", "340"),
        ("srtt", "10", "30"),
        ("rto", "100", "300"),
        ("q_cnt", "0", "1"),
        ("num_state_changes", "4", "5"),
        ("lease", "86000", "85000"),
        ("next_xmit_serial", "<none>", "nnn"),
        ("lsa_checksum", "0x1b1a", "0x191b"),
        ("downtime", "37 weeks, 3 days, 5 hours, 52 minutes 18 secs", "38 weeks, 1 day, 2 minutes 1 sec"),
        ("state_duration", "37", "38"),
        ("signal", "00:00:51 (4d16h ago)", "00:00:52 (5d02h ago)"),
        ("signal", "3 days ago", "4 days ago"),
        ("link_up", "941735 usecs after Sun Oct 27 06:14:48 2019", "941735 usecs after Mon Oct 28 07:00:01 2019"),
        ("next_push", "Jan 02 08:34:58 2022 UTC", "Feb 12 08:34:59 2022 UTC"),
        ("seen", "2026-11-27T10:21:14.000Z", "2026-11-28T09:00:00.125Z"),
        ("flags", "43w5d", "44w1d"),
        ("flags", ["ok", "1d02h"], ["ok", "1d03h"]),
    ],
)
def test_what_passes_is_no_change(column: str, before: object, after: object) -> None:
    assert changes(column, before, after) == 0


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        ("idle_timeout", "180 seconds", "230 seconds"),
        ("keepalive", "30", "60"),
        ("accounting_update_seconds", "30", "60"),
        ("src_port_match", "eq 22", "eq 23"),
        ("serial", "FOC1", "FOC2"),
        ("next_hop", "10.1.1.1", "10.1.1.2"),
        ("state", "up 1d02h", "down 1d02h"),
        ("version", "1.1.6 (Mar 23 2011 - 11:27:42)", "1.1.7 (Mar 23 2011 - 11:27:42)"),
        ("mac", "00:11:22:33:44:55", "00:11:22:33:44:56"),
        ("address", "2001:db8:10::1", "2001:db8:11::1"),
        ("vlan", "10", "20"),
        ("neighbor", "10.1.1.1", "10.1.1.2"),
    ],
)
def test_what_stands_is_a_change(column: str, before: object, after: object) -> None:
    assert changes(column, before, after) == 2


clock = st.builds("{:02}:{:02}:{:02}".format, st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
compound = st.builds("{}{}{}{}".format, st.integers(1, 99), st.just("d"), st.integers(0, 23), st.just("h"))


@given(st.one_of(clock, compound), st.one_of(clock, compound), st.sampled_from(["{}", "up {}", "({})", "since {}, ok"]))
def test_no_age_is_a_change_whatever_stands_around_it(before: str, after: str, around: str) -> None:
    assert changes("anything", around.format(before), around.format(after)) == 0
