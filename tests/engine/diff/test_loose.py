"""Rows of a fallback's template: what passes in them is known by its column's name, or by how it reads."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import ntc_templates
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ntc_templates.parse import parse_output

from statetrace_engine.diff import loose, runs
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


# Columns of every template -------------------------------------------------------------------------------------------

_VALUE = re.compile(r"^Value\s+(?:[A-Za-z,]+\s+)?(\S+)\s+\(", re.MULTILINE)


@cache
def columns() -> frozenset[str]:
    templates = Path(ntc_templates.__file__).parent / "templates"
    texts = (each.read_text(encoding="utf-8") for each in templates.glob("*.textfsm"))
    return frozenset(name.lower() for text in texts for name in _VALUE.findall(text))


PASSING = [
    "age", "bandwidth_input_rate", "clock_offset", "counter", "cpu_usage_5_sec", "crc", "current_time",
    "current_value", "dead_time", "dhcp_drop_invalid_dhcp_message_type", "dropped_packet_acl", "fivemin_in_rate",
    "hold_time", "idle", "in_bytes", "in_errors", "in_pause", "input_packets", "last_flap", "last_input",
    "late_collisions", "loss_pct", "lsa_seq_number", "memory_used", "next_xmit_serial", "out_packets", "packets_in",
    "power_supply_watts", "prefixes_in_best", "process_invoked", "process_runtime", "rate_limit_drops", "rx_power",
    "rx_power_dbm", "seq_num", "state_pfxrcd", "state_prefix_received", "success_rate", "tcp_seq_past_win",
    "temperature", "temperature_value", "total_err_secs", "tx_count", "underruns", "uptime_days", "use_percent",
]  # fmt: skip
STAYING = [
    "access_group_in", "access_group_out", "acl_in", "bios_release_date", "bios_runtime_size", "build_date",
    "certificate_usage", "clock_source", "clock_status", "compile_date", "country", "country_code",
    "cpu_serial_number", "cpu_type", "current_firmware", "current_ha_mode", "current_master", "current_peer",
    "date_code", "egress_rate_limit", "flowcontrol_in", "hello_time", "hotspot_temperature_state", "in_acl",
    "in_interface", "in_label", "input_policy", "input_status", "key_in_use", "last_down_cause", "last_reset_reason",
    "load_interval", "mtu_byte", "out_interface", "out_label", "output_queue_strategy", "port_mtu_bytes",
    "power_class", "power_supply_status", "redundant_power_status", "runtime_software_suite", "rx_power_high_alarm",
    "seq", "sequence", "server_template", "service_policy_out_child", "system_caps_available", "temperature_status",
    "temp_high_alarm_threshold", "template", "time_range", "vlan_multicast",
]  # fmt: skip


@pytest.mark.parametrize("column", PASSING)
def test_a_column_that_is_other_whenever_one_looks_passes(column: str) -> None:
    assert loose.passes(column)
    assert loose.passes(column.upper())


@pytest.mark.parametrize("column", STAYING)
def test_a_column_that_says_what_something_is_stays(column: str) -> None:
    assert not loose.passes(column)
    assert not loose.passes(column.upper())


def test_the_columns_looked_at_are_those_of_templates() -> None:
    assert not {*PASSING, *STAYING} - columns()


STATES = re.compile(r"(?:^|_)(?:status|state|mode|reason|serial_number|vlan|vrf|ip|mac|description|address)$")
AGES = re.compile(r"(?:^|_)(?:uptime|age|packets|bytes|octets|errors|drops|timestamp|ttl|runtime)$")
SAID = {"tx_pkt_vlan", "rx_pkt_vlan", "last_src_mac_addr_vlan", "sent_packet_address"}
"""Counters of frames with a tag, and what was seen last."""
SETTINGS = {"max_age", "port_mtu_bytes"}


def test_of_all_columns_none_that_ends_in_a_state_passes_and_every_age_and_counter_does() -> None:
    assert not [each for each in columns() if STATES.search(each) and loose.passes(each) and each not in SAID]
    assert not [each for each in columns() if AGES.search(each) and not loose.passes(each) and each not in SETTINGS]


PROCESSES = """\
CPU utilization for five seconds: {cpu}%/0%; one minute: {cpu}%; five minutes: {cpu}%
 PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process
   1          {n}          {n}          0  0.0{d}%  0.0{d}%  0.0{d}%   0 Chunk Manager
   2        1{n}         4{n}          {d}  0.1{d}%  0.1{d}%  0.0{d}%   0 Load Meter
"""


def processes(n: int, cpu: int) -> Table:
    text = PROCESSES.format(n=n, d=n % 10, cpu=cpu)
    rows = parse_output(platform="cisco_ios", command="show processes cpu", data=text)
    assert len(rows) == 2
    return Table(Kind.TABLE, "show processes cpu", rows)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=10)
def test_processes_that_ran_on_are_no_change(old: int, new: int, before: int, after: int) -> None:
    assert not runs.diff([processes(old, before)], [processes(new, after)]).changes


def test_a_process_that_is_gone_is_a_change() -> None:
    whole = processes(3, 4)
    assert len(runs.diff([whole], [whole._replace(rows=whole.rows[:1])]).changes) == 1
