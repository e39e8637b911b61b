"""Cells of a row, the detail pane, evidence and loss, header and banners."""

from __future__ import annotations

from itertools import product

import pytest
from afternoon import detail, engine, evidence, rows
from fake_engine import NOW, failing, healthy
from msgspec.structs import replace

from statetrace_engine.model.health import Freshness, HealthState, Severity, WhyNot
from statetrace_engine.model.outage import RouteDetail
from statetrace_engine.model.status import Banner
from statetrace_tui.present import evidence as matrix
from statetrace_tui.present import loss, outage_row, route_detail, route_row
from statetrace_tui.present.book import Book
from statetrace_tui.present.header import TAIL, Facts, banner_lines, header_line
from statetrace_tui.present.route_detail import When
from statetrace_tui.present.route_row import Flags
from statetrace_tui.present.text import plain, size

ROWS = rows()


def test_columns_never_pass_the_edge_of_the_table() -> None:
    for width, row in product(range(80, 210, 3), ROWS[:20]):
        columns, texts = route_row.columns(width), route_row.moving(row, NOW)
        assert size(route_row.line(row, texts, columns, Flags(is_cursor=True, is_marked=True))) <= width


def test_at_eighty_columns_the_six_that_matter_are_there() -> None:
    assert [column.key for column in route_row.columns(80)] == ["state", "age", "device", "prefix", "cause", "ack"]


def test_width_brings_the_next_hop_and_the_owner() -> None:
    assert {"via", "owner"} <= {column.key for column in route_row.columns(140)}


def test_a_hidden_column_gives_its_room_away() -> None:
    assert "cause" not in {column.key for column in route_row.columns(100, frozenset({"cause"}))}


def test_filled_means_nobody_has_it() -> None:
    row = failing(healthy("A-1"))
    assert route_row.role(row) == "crit*"
    assert route_row.role(replace(row, acknowledged_by="jsm")) == "crit"


def test_an_impairment_is_a_warning_of_its_own() -> None:
    row = failing(healthy("A-1"), state=HealthState.DEGRADED, severity=Severity.WARNING)
    assert (route_row.glyph(row), route_row.role(row)) == ("%", "warn*")


def test_healthy_has_no_colour() -> None:
    assert route_row.role(healthy("A-1")) == "dim"


def test_a_quiet_row_does_not_move_for_an_hour() -> None:
    row = healthy("A-1", for_s=7210)
    assert {route_row.moving(row, NOW + second) for second in range(0, 3500, 7)} == {("2h", "", "")}


def test_an_unseen_recovery_moves_once_a_minute() -> None:
    row = replace(healthy("A-1", for_s=2958), is_latched=True, outage_id="OUT-1")
    assert {route_row.age(row, NOW + second) for second in range(40)} == {"49m"}


def test_a_failing_row_counts_seconds() -> None:
    row = failing(healthy("A-1"), NOW - 72)
    assert route_row.age(row, NOW) == "1m12s"
    assert route_row.age(row, NOW + 1) == "1m13s"


def test_a_route_never_heard_of_has_no_age() -> None:
    assert route_row.age(replace(healthy("A-1"), since_at=0.0, state=HealthState.UNKNOWN), NOW) == "-"


def test_who_has_it_is_short() -> None:
    row = replace(failing(healthy("A-1")), acknowledged_by="CORP\\wolfgang", acknowledged_at=NOW - 1500)
    assert route_row.ack(row, NOW) == "wolfgang 25m"
    line = route_row.line(row, route_row.moving(row, NOW), route_row.columns(80), Flags())
    assert plain(line).rstrip().endswith("wol 25m")


def test_while_nothing_is_measured_the_state_is_what_it_was() -> None:
    row = failing(healthy("A-1"))
    line = route_row.line(row, route_row.moving(row, NOW), route_row.columns(80), Flags(is_was=True))
    assert "? DOWN" in plain(line)
    assert "WAS" in plain(route_row.heading(route_row.columns(80), is_was=True))


# Evidence and loss.


def test_evidence_is_a_matrix_of_source_and_plane() -> None:
    texts = [plain(line) for line in matrix.lines(evidence(), NOW - 72, 48)]
    assert texts[0].split() == ["EVIDENCE", "link", "session", "route", "data"]
    assert texts[1].split() == ["syslog", "X", "+0.00", "X", "+0.03", ".", "."]
    assert texts[-1].split() == ["snmp", "X", "+1.30", ".", "?", "stale", "."]


def test_proof_fits_one_line() -> None:
    assert size(matrix.proof(evidence(), 40)) <= 40


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.031, "+0.03"), (-0.004, "+0.00"), (-2.2, "-2.20"), (44.6, "+44.6"), (302, "+302s"), (7200, "+2h")],
)
def test_offsets_keep_to_eight_cells(seconds: float, text: str) -> None:
    assert matrix.offset(seconds) == text


def test_loss_shows_the_worst_of_each_cell() -> None:
    minutes = bytes([0] * 55 + [3, 40, 254, 100, 101])
    assert plain(loss.strip(minutes, 60, is_new=False))[-5:] == ".%?XX"
    assert plain(loss.strip(minutes, 30, is_new=False))[-1] == "X"
    assert loss.strip(minutes, 60, is_new=True)[-1] == ("XX", "crit*")


def test_nothing_measured_is_blank_and_not_good() -> None:
    assert plain(loss.strip(bytes([255] * 60), 48, is_new=False)).strip() == ""


# Detail.


def test_the_detail_answers_what_why_how_far_and_what_next() -> None:
    text = "\n".join(plain(line) for line in route_detail.lines(detail(ROWS[0]), When(NOW), 52, 60))
    for word in ("nothing carries", "link-failure", "0.97", "Gi0/1", "X lost", "LOSS, LAST HOUR", "2 routes",
                 "Rx power", "WHY NOT YET", "needs evidence", "Edge team", "netcore@example.net", "stale"):  # fmt: skip
        assert word in text


def test_a_command_of_another_vendor_says_so_in_the_detail_and_in_six_lines() -> None:
    told = replace(detail(ROWS[0]), runbook_foreign="no command for PAN-OS; as on Cisco IOS")
    for lines in (route_detail.lines(told, When(NOW), 52, 60), route_detail.brief(told, When(NOW), 80)):
        text = "\n".join(plain(line) for line in lines)
        assert "no command for PAN-OS; as on Cisco IOS" in text
        assert told.runbook_step in text


@pytest.mark.parametrize("width", [52, 60])
def test_the_detail_keeps_to_its_pane(width: int) -> None:
    for height in range(1, 70):
        lines = route_detail.lines(detail(ROWS[0]), When(NOW), width, height)
        assert len(lines) <= height
        assert all(size(line) <= width for line in lines)


def test_a_low_pane_keeps_the_state_and_drops_the_last_signals() -> None:
    text = "\n".join(plain(line) for line in route_detail.lines(detail(ROWS[0]), When(NOW), 52, 14))
    assert "nothing carries" in text
    assert "link-failure" in text
    assert "LAST SIGNALS" not in text


@pytest.mark.parametrize("width", [80, 100, 109])
def test_six_lines_below_the_table(width: int) -> None:
    lines = route_detail.brief(detail(ROWS[0]), When(NOW), width)
    assert len(lines) == 6
    assert all(size(line) <= width for line in lines)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.state)
def test_every_row_has_a_detail_before_the_engine_answers(row: object) -> None:
    bare: RouteDetail = route_detail.with_row(None, row)  # type: ignore[arg-type]
    assert route_detail.lines(bare, When(NOW), 52, 40)
    assert route_detail.brief(bare, When(NOW), 80)


# Header and banners.


def book() -> Book:
    made = Book()
    frame = engine().subscribe().pull()
    assert frame is not None
    made.merge(frame)
    return made


@pytest.mark.parametrize("width", range(60, 150))
def test_the_label_of_the_header_keeps_its_distance_or_is_not_there(width: int) -> None:
    facts = Facts(now=NOW, label="attached to /tmp/hostile/with/a/long/name", silent_s=16.0)
    line = plain(header_line(book(), facts, "routes", width))
    head, _, _ = line.partition("engine silent")
    assert len(line) == width
    assert head.endswith("   ")
    assert "attach" in head or "att" not in head


@pytest.mark.parametrize("width", [80, 119, 120, 140, 200])
def test_the_header_fits_and_says_what_is_new(width: int) -> None:
    line = header_line(book(), Facts(now=NOW, label="demo"), "routes", width)
    assert size(line) == width
    assert "4 new" in plain(line)
    assert "14:03:27Z" in plain(line)


def test_recoveries_that_nobody_saw_are_counted_until_somebody_does() -> None:
    assert "+ 1 unseen" in plain(header_line(book(), Facts(now=NOW), "routes", 160))


def test_where_the_operator_is_stays_readable_on_a_narrow_screen_however_much_there_is_to_say() -> None:
    busy = Facts(now=NOW, quiet_since=NOW, changed=3, away_from=NOW)
    line = plain(header_line(book(), busy, "routes", 88))
    assert line.startswith(" StateTrace  Routes ")
    assert ("quiet since 14:03Z" in line, "4 new" in line, "healthy" in line) == (True, True, False)
    assert "healthy" in plain(header_line(book(), busy, "routes", 160))


def test_all_quiet_the_clock_stands_still() -> None:
    one, other = (header_line(Book(), Facts(now=at, quiet_since=NOW), "routes", 120) for at in (NOW, NOW + 5))
    assert one == other
    assert "quiet since 14:03Z" in plain(one)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_silence_says_for_how_long_and_what_waits(width: int) -> None:
    lines = banner_lines(book(), Facts(now=NOW, silent_s=47, queued=1), "", width)
    text = "\n".join(plain(line) for line in lines)
    assert "ENGINE SILENT  47s" in text
    assert "14:02:40Z" in text
    assert "1" in plain(lines[1])
    assert all(size(line) <= width for line in lines)


@pytest.mark.parametrize("width", [100, 120, 140])
def test_isolation_says_that_nothing_is_measured(width: int) -> None:
    made = book()
    assert made.status is not None
    why = "270 of 270 devices fell silent at once: this machine is cut off"
    banner = Banner(kind="isolated", text=why, since_at=NOW - 9)
    made.status = replace(made.status, is_isolated=True, banners=(banner,))
    text = "\n".join(plain(line) for line in banner_lines(made, Facts(now=NOW), "", width))
    assert "LOCAL ISOLATION  9s" in text
    assert why in text
    assert "nothing is measured" in text
    assert "no outage opened." in text


def test_every_other_matter_and_a_caption_have_a_line() -> None:
    made = book()
    assert made.status is not None
    banner = Banner(kind="store", text="disk full: kept in memory", since_at=NOW)
    made.status = replace(made.status, banners=(banner,))
    texts = [plain(line) for line in banner_lines(made, Facts(now=NOW), "5 s: a cut", 100)]
    assert "disk full" in texts[0]
    assert texts[1].strip() == "5 s: a cut"


def test_what_is_missing_stands_below_when_it_is_long() -> None:
    long = WhyNot(what="notice", rule="", missing="it must become worse than what was already announced", fires_at=None)
    text = [
        plain(line).rstrip()
        for line in route_detail.lines(replace(detail(ROWS[0]), why_not=(long,)), When(NOW), 52, 60)
    ]
    at = next(i for i, line in enumerate(text) if "WHY NOT YET" in line)
    assert text[at + 1].split() == ["notice", "needs", "evidence"]
    assert " ".join(text[at + 2].split() + text[at + 3].split()) == long.missing


def test_interfaces_are_short_wherever_they_stand() -> None:
    assert outage_row.brief("GigabitEthernet0/1 to A, TenGigabitEthernet1/1") == "Gi0/1 to A, Te1/1"


def test_many_sources_take_another_line() -> None:
    many = tuple(Freshness(source=f"probe_x{i}", last_at=NOW, interval_s=1, word="fresh") for i in range(8))
    lines = [plain(line) for line in route_detail.lines(replace(detail(ROWS[0]), freshness=many), When(NOW), 52, 70)]
    assert sum(line.count("fresh") for line in lines) == 8


def test_the_tail_of_a_caption_survives_a_narrow_terminal() -> None:
    caption = f"09:57:09.242  blackhole: {'a long description ' * 5}{TAIL}detected +1.01 s"
    (line,) = [plain(line) for line in banner_lines(book(), Facts(now=NOW), caption, 80)]
    assert len(line) == 80
    assert line.rstrip().endswith("detected +1.01 s")
