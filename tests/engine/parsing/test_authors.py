"""Who changed a configuration and when, in the words of every system that says so."""

# ruff: noqa: E501 - messages stand as devices print them
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import How
from statetrace_engine.model.packed import pack, unpack
from statetrace_engine.parsing import capture_time, shows
from statetrace_engine.parsing.authors import Said, authors
from statetrace_engine.parsing.shown import Ask

TAKEN = datetime(2026, 11, 28, 9, tzinfo=UTC).timestamp()
AT = datetime(2026, 11, 27, 10, 21, 14, tzinfo=UTC).timestamp()


def said(vendor: str, command: str, text: str, start: int = 0) -> Said:
    """A section as a capture has it."""
    show = shows.find(vendor, command)
    if show is None or show.parse is None:
        return Said(Kind.TABLE, command, vendor, text, start)
    shown = show.parse(text, Ask(command, vendor))
    places = ([place + start for place in each] for each in (shown.starts, shown.ends))
    return Said(show.kind, command, vendor, text, start, shown.rows, *places)


def told(*sections: Said, taken_at: Epoch | None = TAKEN) -> list[tuple[str, str, str, Epoch | None]]:
    return [(each.who, each.origin, each.how.value, each.at) for each in authors(sections, taken_at)]


UTC_CLOCK = said("cisco_ios", "show clock", "09:00:00.000 UTC Sat Nov 28 2026\n")
HEADERS = [
    ("cisco_ios", "show running-config", "! Last configuration change at 10:21:14 UTC Fri Nov 27 2026 by admin", "admin", "changed"),
    ("cisco_ios", "show running-config", "! Last configuration change at 11:21:14 CET Fri Nov 27 2026", "", "changed"),
    ("cisco_ios", "show running-config", "! NVRAM config last updated at 10:21:14 UTC Fri Nov 27 2026 by admin", "admin", "saved"),
    ("cisco_xr", "show running-config", "!! Last configuration change at Fri Nov 27 10:21:14 2026 by ops", "ops", "changed"),
    ("cisco_nxos", "show running-config", "!Running configuration last done at: Fri Nov 27 10:21:14 2026", "", "changed"),
    ("cisco_nxos", "show startup-config", "!Startup config saved at: Fri Nov 27 10:21:14 2026", "", "saved"),
    ("arista_eos", "show startup-config", "! Startup-config last modified at  Fri Nov 27 10:21:14 2026 by admin", "admin", "saved"),
    ("juniper_junos", "show configuration", "## Last commit: 2026-11-27 10:21:14 UTC by alice", "alice", "committed"),
    ("juniper_junos", "show configuration", "## Last changed: 2026-11-27 12:21:14 CEST", "", "changed"),
]  # fmt: skip
LOGS = [
    ("cisco_ios", "*Nov 27 10:21:14.100 UTC: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.1.1)", "admin", "10.1.1.1", "changed"),
    ("cisco_ios", "Nov 27 10:21:14 UTC: %SYS-5-CONFIG_I: Configured from console by console", "console", "console", "changed"),
    ("cisco_ios", "Nov 27 10:21:14 UTC: %SYS-5-CONFIG_I: Configured from 10.1.1.1 by snmp", "snmp", "10.1.1.1", "changed"),
    ("cisco_ios", "Nov 27 10:21:14 UTC: %SYS-5-CONFIG_P: Configured programmatically by process iosp_dmi from console as NETCONF on vty63", "NETCONF", "vty63", "changed"),
    ("cisco_nxos", "2026 Nov 27 10:21:14 sw1 %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin on 10.1.1.1@pts/0", "admin", "10.1.1.1", "changed"),
    ("cisco_xr", "RP/0/RSP0/CPU0:Nov 27 10:21:14.100 : config[65751]: %MGBL-CONFIG-6-DB_COMMIT : Configuration committed by user 'ops'. Use 'show configuration commit changes 1000000123' to view the changes.", "ops", "", "committed"),
    ("arista_eos", "Nov 27 10:21:14 leaf1 ConfigAgent: %SYS-5-CONFIG_I: Configured from console by admin on vty3 (10.1.1.1)", "admin", "10.1.1.1", "changed"),
    ("arista_eos", "Nov 27 10:21:14 leaf1 ConfigAgent: %SYS-5-CONFIG_SESSION_COMMIT_SUCCESS: User ops committed configuration session s1 successfully on GNMI (10.1.1.1:57388)", "ops", "10.1.1.1", "committed"),
    ("juniper_junos", "Nov 27 10:21:14  r1 mgd[7729]: UI_COMMIT: User 'luke' requested 'commit' operation (comment: hello)", "luke", "", "committed"),
    ("ruckus_fastiron", "Nov 27 10:21:14:I:running-config was changed by admin from ssh client 10.1.1.1", "admin", "10.1.1.1", "changed"),
]  # fmt: skip
LOG_COMMANDS = {"juniper_junos": "show log messages"}
COMMITS = [
    ("cisco_xr", "show configuration commit list", "SNo. Label/ID              User      Line                Client      Time Stamp\n~~~~ ~~~~~~~~              ~~~~      ~~~~                ~~~~~~      ~~~~~~~~~~\n1    1000000004            ops       vty0:node0_RSP0_CPU0  CLI         Fri Nov 27 10:21:14 2026\n", "ops", "vty0:node0_RSP0_CPU0", "committed"),
    ("juniper_junos", "show system commit", "0   2026-11-27 10:21:14 UTC by luke via cli\n    a comment\n", "luke", "cli", "committed"),
    ("cisco_nxos", "show accounting log", "Fri Nov 27 10:21:14 2026:type=update:id=10.1.1.1@pts/3:user=ethan:cmd=configure terminal ; interface Ethernet1/10 ; shutdown (SUCCESS)\n", "ethan", "10.1.1.1", "changed"),
    ("paloalto_panos", "show log config", "Time                Host            Command         Admin           Client  Result\n============================\n2026/11/27 10:21:14 10.1.1.1        commit          admin           Web     Submitted\n2026/11/26 10:21:14 10.1.1.1        set             admin           Web     Failed\n", "admin", "10.1.1.1", "committed"),
]  # fmt: skip


@pytest.mark.parametrize(("vendor", "command", "line", "who", "how"), HEADERS)
def test_a_header_says_who_and_when_and_is_no_line(vendor: str, command: str, line: str, who: str, how: str) -> None:
    text = f"Building configuration...\n{line}\n!\nhostname r1\ninterface Gi1\n"
    config = said(vendor, command, text, 100)
    assert told(UTC_CLOCK, config) == [(who, "", how, AT)]
    ((start, end),) = [each.span for each in authors([UTC_CLOCK, config], TAKEN)]
    assert text[start - 100 : end - 100] == line
    (row,) = config.rows
    assert line not in row.lines  # type: ignore[attr-defined]  # a ConfigRow


@pytest.mark.parametrize(("vendor", "line", "who", "origin", "how"), LOGS)
def test_a_log_says_who_and_from_where(vendor: str, line: str, who: str, origin: str, how: str) -> None:
    log = said(vendor, LOG_COMMANDS.get(vendor, "show logging"), f"{line}\n")
    (found,) = told(UTC_CLOCK, log)
    assert (*found[:3], int(found[3] or 0)) == (who, origin, how, int(AT))


@pytest.mark.parametrize(("by", "origin"), [("vty1 (10.1.1.1)", "10.1.1.1"), ("vty1", "vty1")])
def test_a_line_is_where_somebody_came_from_and_not_who(by: str, origin: str) -> None:
    line = f"Nov 27 10:21:14 UTC: %SYS-5-CONFIG_I: Configured from console by {by}\n"
    (found,) = told(UTC_CLOCK, said("cisco_ios", "show logging", line))
    assert found[:3] == ("", origin, "changed")


@pytest.mark.parametrize(("vendor", "command", "text", "who", "origin", "how"), COMMITS)
def test_a_commit_log_says_who(vendor: str, command: str, text: str, who: str, origin: str, how: str) -> None:
    assert told(UTC_CLOCK, said(vendor, command, text)) == [(who, origin, how, AT)]


def test_one_change_that_a_header_and_the_log_tell_is_one() -> None:
    header, log = HEADERS[0][2], LOGS[0][1]
    config = said("cisco_ios", "show running-config", f"{header}\nhostname r1\n")
    shown = said("cisco_ios", "show logging", f"{log}\n")
    assert [each[:3] for each in told(config, shown)] == [("admin", "10.1.1.1", "changed")]
    assert told(config, shown) == told(shown, config)


def test_who_asked_for_a_commit_stands_for_its_completion_too() -> None:
    done = "Nov 27 10:21:34  r1 mgd[7729]: UI_COMMIT_COMPLETED: commit complete"
    log = said("juniper_junos", "show log messages", f"{LOGS[8][1]}\n{done}\n")
    assert told(UTC_CLOCK, log) == [("luke", "", "committed", AT)]


def test_a_time_without_a_zone_is_said_as_printed() -> None:
    (found,) = authors([said("cisco_nxos", "show running-config", f"{HEADERS[4][2]}\n")], TAKEN)
    assert (found.at, found.printed_at) == (None, "Fri Nov 27 10:21:14 2026")


def test_the_clock_of_the_capture_tells_the_zone() -> None:
    clock = said("cisco_nxos", "show clock", "10:00:00.000 CET Sat Nov 28 2026\n")
    assert told(clock, said("cisco_nxos", "show running-config", f"{HEADERS[4][2]}\n")) == [
        ("", "", "changed", AT - 3600)
    ]


@pytest.mark.parametrize(
    ("stamps", "at"),
    [
        ("service timestamps log datetime msec localtime\n", AT - 3600),
        ("service timestamps log datetime msec\n", AT),
        ("", None),
    ],
)
def test_ios_logs_in_utc_but_where_it_says_localtime(stamps: str, at: Epoch | None) -> None:
    clock = said("cisco_ios", "show clock", "10:00:00.000 CET Sat Nov 28 2026\n")
    config = said("cisco_ios", "show running-config", f"hostname r1\n{stamps}")
    log = said(
        "cisco_ios", "show logging", "Nov 27 10:21:14: %SYS-5-CONFIG_I: Configured from console by admin on vty0\n"
    )
    assert told(clock, config, log) == [("admin", "vty0", "changed", at)]


def test_the_year_is_the_last_in_which_the_day_has_been() -> None:
    new_year = datetime(2027, 1, 2, tzinfo=UTC).timestamp()
    assert capture_time.moment("Nov 27 10:21:14", 0.0, new_year) == AT
    assert capture_time.moment("Jan  1 00:00:00", 0.0, new_year) == new_year - 86400
    assert capture_time.moment("Nov 27 10:21:14", 0.0, None) is None


def test_what_only_checks_or_speaks_of_a_configuration_is_nobodys_change() -> None:
    lines = (
        "Nov 27 10:21:14  r1 mgd[7729]: UI_COMMIT: User 'luke' requested 'commit check' operation (comment: none)\n"
        "Nov 27 10:21:14  r1 mgd[7729]: UI_COMMIT_PROGRESS: Commit operation in progress: running\n"
    )
    assert not told(UTC_CLOCK, said("juniper_junos", "show log messages", lines))
    assert not told(
        said("cisco_ios", "show running-config", "! No configuration change since last restart\nhostname r1\n")
    )


def test_rows_out_of_the_store_tell_the_same() -> None:
    text = "".join(f"{line}\n" for vendor, line, *_ in LOGS if vendor == "cisco_ios")
    fresh = said("cisco_ios", "show logging", text)
    packed = pack(fresh.kind, fresh.rows, fresh.starts, fresh.ends)  # type: ignore[arg-type]  # rows of any kind
    rows, starts, ends = unpack(packed.body, packed.beside)
    assert authors([fresh._replace(rows=rows, starts=starts, ends=ends)], TAKEN) == authors([fresh], TAKEN) != ()


words = st.sampled_from(
    ["!", " Last configuration change at ", "10:21:14", " UTC", " Nov 27 ", "2026", " by admin", "\n", "## Last commit: ", "29",
     "%SYS-5-CONFIG_I: Configured from console by ", "(10.1.1.1)", ":", "configure", "Feb 30 ", "99/99/99 25:61:61"]
)  # fmt: skip
texts = st.lists(words, max_size=30).map("".join) | st.text(max_size=80)


@given(
    texts,
    st.sampled_from([("cisco_ios", "show running-config"), ("cisco_ios", "show logging"), ("juniper_junos", "show system commit"),
                     ("cisco_xr", "show configuration commit list"), ("paloalto_panos", "show log config")]),
    st.none() | st.floats(0, 4e9),
)  # fmt: skip
def test_whatever_the_text_they_come_by_time_and_once(
    text: str, asked: tuple[str, str], taken_at: Epoch | None
) -> None:
    section = said(*asked, text)
    found = authors([UTC_CLOCK, section], taken_at)
    times = [each.at for each in found if each.at is not None]
    assert times == sorted(times)
    assert all(isinstance(each.how, How) for each in found)
    assert all(0 <= start <= end <= len(text) for start, end in (each.span for each in found))
    assert len(authors([section, section], taken_at)) <= 2 * len(found) + 2
