"""The explanation as lines: what it says, and where its cursor goes."""

from __future__ import annotations

import pytest
from explain_pages import STORY, Page, cell, made, source
from fake_engine import NOW
from msgspec.structs import replace

from statetrace_engine.explain import sentence
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.health import HealthState, WhyNot
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, BetweenCaptures, EvidenceItem
from statetrace_tui.present import blocks, explain_page, explain_reach, explain_signals, outage_row
from statetrace_tui.present.explain_page import Look
from statetrace_tui.present.text import plain

BETWEEN = BetweenCaptures(
    run_id=9, previous_id=8, from_at=STORY.outage.first_signal_at - 93_600.0, to_at=STORY.outage.first_signal_at + 60.0,
    kind=Kind.CONFIG, key=("interface GigabitEthernet0/1", "shutdown"), change_type=ChangeType.ADDED,
)  # fmt: skip


def test_an_outage_that_nobody_sees_says_so_before_all_else() -> None:
    blind = replace(STORY.outage, state=HealthState.DOWN, unseen_since=NOW - 125, unseen_why="device silent")
    page = Page(made(outage=blind, sentence=sentence.of(blind)), 120, 40)
    assert " ? UNKNOWN " in plain(page.head[0])
    assert "unseen 2m05s" in plain(page.head[0])
    assert "nobody sees it now: device silent; last seen DOWN" in page.text


@pytest.mark.parametrize("width", [120, 140, 200])
def test_the_four_blocks_stand_on_one_screen_and_the_sentence_comes_first(width: int) -> None:
    page = Page(STORY, width, 40)
    assert STORY.sentence in plain(page.lines[1])
    for words in ("SIGNALS", "CAUSES", "BLAST RADIUS", "NEXT STEP  2 of 6", "WHY NOT YET", "link-failure", "0.97",
                  "0.41", "2 routes", "INC-1123-04A7", "show interfaces Gi0/1", "the fibre", "RM-"):  # fmt: skip
        assert words in page.text
    assert " more" not in page.text


def test_who_agrees_is_read_without_colour() -> None:
    story = made(
        signals=(
            source("syslog_udp", cell(Plane.LINK), cell(Plane.SESSION)),
            source("trap", cell(Plane.LINK)),
            source("snmp", cell(Plane.SESSION, Verdict.UP, agreement=Agreement.OPPOSES)),
        )
    )
    matrix = [plain(line).split() for line in Page(story, 120, 40).left_lines[2:6]]
    assert matrix[2][:5] == ["snmp", ".", "o", "+72.0", "no"]
    assert " ".join(matrix[3]) == "together 2 agree 1 of 2 blind blind"


def test_a_source_that_says_nothing_keeps_its_row() -> None:
    story = made(signals=(source("bmp", freshness="never", last_at=None), source("syslog_udp", cell(Plane.LINK))))
    row = next(plain(line) for line in Page(story, 120, 40).left_lines if "bmp" in plain(line))
    assert row.split() == ["bmp", ".", ".", ".", ".", "never"]


@pytest.mark.parametrize(
    ("freshness", "interval_s", "said"),
    [
        ("fresh", 0.25, "fresh"),
        ("late", 30.0, "late 45s of 30s"),
        ("stale", None, "stale 45s"),
        ("event", None, "event 45s"),
    ],
)
def test_how_recent_its_word_is_stands_beside_each_source(freshness: str, interval_s: float | None, said: str) -> None:
    row = source("snmp", cell(Plane.LINK), freshness=freshness, last_at=NOW - 45, interval_s=interval_s)
    line = plain(explain_signals.block(made(signals=(row,)), "", NOW, lambda _: 0, 120).rows[0].lines[0])
    assert line.rstrip().endswith(said)


def test_a_fresh_source_does_not_move() -> None:
    rows_at = [explain_signals.block(STORY, "", NOW + second, lambda _: 0, 80).rows[4] for second in range(5)]
    assert all(row == rows_at[0] for row in rows_at)


def test_what_was_said_often_is_counted() -> None:
    said = cell(Plane.LINK, at=STORY.outage.first_signal_at, count=3)
    assert "X +0.00 x3" in Page(made(signals=(source("syslog_udp", said),)), 120, 40).text


def test_what_surrounds_the_route_has_a_column_only_when_something_does() -> None:
    assert "beside" not in Page(STORY, 120, 40).text
    story = made(signals=(source("syslog_udp", cell(Plane.CONTEXT, agreement=Agreement.CONTEXT)),))
    assert "beside" in Page(story, 120, 40).text


def test_each_cause_says_what_speaks_for_and_against_it() -> None:
    page = Page(STORY, 120, 40).text
    assert "1  link-failure  Gi0/1 to WLLS-B01-CR-01" in page
    assert "against  +1.90  icmp     o 10.1.1.2 20 of 20" in page


def test_a_cause_with_much_evidence_leaves_the_others_in_sight() -> None:
    first, second = STORY.causes
    many = tuple(replace(first.evidence[0], seq=seq) for seq in range(100, 160))
    page = Page(made(causes=(replace(first, evidence=many), second)), 120, 40)
    assert "2  config-change" in page.text
    assert "more pieces of evidence" in page.text


def test_evidence_without_room_is_behind_the_line_that_counts_it() -> None:
    first = STORY.causes[0]
    many = tuple(replace(first.evidence[0], seq=seq) for seq in range(100, 160))
    story = made(causes=(replace(first, evidence=many),))
    page = Page(story, 120, 40)
    item = next(item for block in page.blocks for item in block.items if item.key.startswith("more"))
    assert isinstance(item.target, EvidenceItem)
    assert {piece.seq for piece in explain_page.pieces(story)} >= {piece.seq for piece in many}


def test_no_change_is_said_too() -> None:
    assert "no change was seen in the 30 min before" in Page(made(changes=()), 120, 40).text


def test_one_without_an_incident_stands_alone() -> None:
    assert "this route alone" in Page(made(radius=None), 120, 40).text


def test_counts_are_exact_however_few_routes_are_listed() -> None:
    assert STORY.radius is not None
    page = Page(made(radius=replace(STORY.radius, route_count=1234, open_count=1200)), 140, 40).text
    assert "1,234 routes" in page
    assert "1,200 open" in page
    assert "and 1,232 routes more" in page


def test_a_heading_keeps_its_title_whatever_stands_at_its_right() -> None:
    assert STORY.radius is not None
    assert "BLAST RADIUS" in Page(made(radius=replace(STORY.radius, incident_id="INC-" + "9" * 60)), 120, 40).text


def test_many_devices_are_named_as_far_as_they_fit_and_the_rest_is_counted() -> None:
    assert STORY.radius is not None
    devices = tuple(f"BOYO-A{n:02}-AR-01" for n in range(400))
    block = explain_reach.radius(made(radius=replace(STORY.radius, devices=devices)), "", 50)
    lines = [plain(line) for line in block.rows[1].lines]
    assert len(lines) == 2
    assert lines[-1].endswith(" more")


def test_without_a_runbook_that_is_said() -> None:
    assert "no runbook says what to do next" in Page(made(next_step=None), 120, 40).text


def test_a_pending_change_counts_down_and_names_its_rule() -> None:
    why = WhyNot(what="DOWN", rule="unproven for 3 s", missing="proof that it carries", fires_at=NOW + 2.4)
    page = Page(made(why_not_yet=(why,), why_not_down=(replace(why, fires_at=None),)), 120, 40).text
    for words in ("WHY NOT YET", "WHY NOT DOWN", "in 2s", "needs evidence", "unproven for 3 s"):
        assert words in page


@pytest.mark.parametrize(
    "cursor", ["cell syslog_udp link", "piece link-failure 1 link", "change 77", "route rt-2", "step"]
)
def test_at_eighty_columns_the_block_with_the_cursor_is_open_and_the_others_say_what_they_come_to(cursor: str) -> None:
    page = Page(STORY, 80, 24, cursor)
    assert any("@sel" in role for line in page.left_lines for _, role in line)
    for words in ("SIGNALS", "CAUSES", "BLAST RADIUS", "NEXT STEP"):
        assert words in page.text
    assert "link-failure" in page.text


def test_the_copy_for_a_ticket_holds_all_of_it() -> None:
    text = explain_page.as_text(STORY, Look("", NOW))
    assert STORY.sentence in " ".join(text.split())
    for words in ("OUT-1123-7KQ2", "together", "against", "WHY NOT YET", "call the site", "10.20.0.0/16"):
        assert words in text
    assert ">" not in text


@pytest.mark.parametrize(
    ("element", "detail", "said"),
    [
        ("link A-1 -- B-1 10.1.1.0/30", "Gi0/1 to B-1", "Gi0/1 to B-1  link to B-1 10.1.1.0/30"),
        ("link 0-1 -- A-1 10.1.1.0/30", "", "link 0-1 10.1.1.0/30"),
        ("device A-1", "reload", "reload  device A-1"),
        ("next hop A-1 10.1.1.2", "10.1.1.2", "next hop 10.1.1.2"),
        ("change A-1", "shutdown", "shutdown"),
        ("", "", ""),
    ],
)
def test_what_failed_is_said_without_the_device_that_the_screen_is_about(element: str, detail: str, said: str) -> None:
    cause = replace(STORY.causes[0], element=element, detail=detail)
    assert outage_row.failed(cause, "A-1") == said


def test_a_next_step_in_another_vendors_words_says_so() -> None:
    assert STORY.next_step is not None
    said = "no command for PAN-OS; as on Cisco IOS"
    page = Page(made(next_step=replace(STORY.next_step, foreign=said)), 120, 40)
    assert f"{said}:" in page.text
    assert STORY.next_step.command in page.text


def test_much_to_say_of_the_next_step_leaves_the_radius_in_sight() -> None:
    assert STORY.next_step is not None
    whys = tuple(WhyNot(what="DOWN", rule="a rule " * 9, missing="a proof " * 9, fires_at=None) for _ in range(3))
    page = Page(made(why_not_down=whys, next_step=replace(STORY.next_step, so="go on " * 50)), 120, 40)
    for words in ("2 routes", "INC-1123-03F1", "10.20.0.0/16", "WHY NOT DOWN", "a proof"):
        assert words in page.text
    assert " more" not in page.text


def test_many_routes_leave_the_next_step_whole() -> None:
    assert STORY.radius is not None
    routes = tuple(replace(STORY.radius.routes[1], route_id=f"rt-{n}") for n in range(200))
    page = Page(made(radius=replace(STORY.radius, routes=routes, route_count=200)), 120, 40)
    for words in ("call the site", "an up in every plane"):
        assert words in page.text


# Moving.


def test_the_cursor_begins_on_the_first_signal_that_says_so() -> None:
    zero = STORY.outage.first_signal_at
    rows = (
        source("probe_icmp", cell(Plane.DATA, Verdict.UP, zero - 1, agreement=Agreement.OPPOSES)),
        source("syslog_udp", cell(Plane.LINK, at=zero + 0.2), cell(Plane.SESSION, at=zero)),
    )
    assert Page(made(signals=rows), 120, 40).cursor == "cell syslog_udp session"


def test_the_cursor_keeps_its_plane_from_source_to_source() -> None:
    page = Page(STORY, 120, 40, "cell syslog_udp session")
    assert blocks.moved(page.blocks, page.cursor, 1) == "cell trap session"
    assert blocks.aside(page.blocks, page.cursor, -1) == "cell syslog_udp link"


def test_tab_goes_round_the_blocks() -> None:
    page, seen = Page(STORY, 120, 40), []
    cursor = page.cursor
    for _ in range(5):
        seen.append(blocks.block_of(page.blocks, cursor))
        cursor = blocks.turned(page.blocks, cursor, 1)
    assert seen == ["signals", "causes", "radius", "step", "signals"]


def test_the_cursor_stays_on_its_item_and_else_goes_to_its_neighbour() -> None:
    page = Page(STORY, 120, 40)
    keys = [item.key for block in page.blocks for item in block.items]
    gone = Page(made(signals=STORY.signals[1:]), 120, 40)
    assert blocks.kept(gone.blocks, "cell trap link", keys) == "cell trap link"
    assert blocks.kept(gone.blocks, "cell syslog_udp session", keys) == "cell trap link"


def test_a_change_between_captures_says_in_which_time_it_was_made() -> None:
    (logged,) = STORY.changes
    at = STORY.outage.first_signal_at
    after = replace(logged, between=BETWEEN, at=BETWEEN.to_at, before_s=-60.0, text="interface Gi0/1: shutdown added")
    before = replace(after, between=replace(BETWEEN, to_at=at - 130.0), at=at - 130.0, before_s=130.0)
    then = replace(BETWEEN, from_at=at - 40.0, to_at=at - 40.0)
    dated = replace(after, at=at - 40.0, before_s=40.0, between=then)
    said = [
        plain(line)
        for change in (after, before, dated)
        for line in Page(replace(STORY, changes=(change,)), 120, 60).left_lines
        if "shutdown added" in plain(line)
    ]
    assert [line.split("wolfgang")[0].strip() for line in said] == ["<1d02h before", "2m10s-1d02h", "40s before"]
