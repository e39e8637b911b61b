"""Whatever an explanation says keeps to its screen, and nothing that a device wrote reaches the terminal raw."""

from __future__ import annotations

import string

from explain_pages import STORY, Page, made
from fake_engine import NOW, failing, healthy, outage_of
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.explanation import (
    BlastRadius,
    Explanation,
    NextStep,
    RelatedChange,
    SignalCell,
    SignalRow,
    TouchedRoute,
)
from statetrace_engine.model.health import HealthState, Severity, WhyNot
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, BetweenCaptures, CauseKind, EvidenceItem, Hypothesis
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import blocks, explain_page
from statetrace_tui.present.explain_page import Look
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.line import segments
from statetrace_tui.present.text import plain

AGREED = (Agreement.SUPPORTS, Agreement.OPPOSES)


_letters = st.sampled_from(string.ascii_letters + string.digits + "  ./:-é漢")
names = st.text(_letters, max_size=24)
prose = st.text(_letters, max_size=120)
wild = st.text(max_size=40)
ago = st.floats(-1e6, 1e6)
weight = st.floats(0, 1)
few = 6


def stories(text: st.SearchStrategy[str]) -> st.SearchStrategy[Explanation]:
    """Any Explanation; device text from `text`."""
    whys = st.lists(
        st.builds(WhyNot, what=text, rule=text, missing=text, fires_at=st.none() | ago.map(lambda s: NOW + s)),
        max_size=few,
    ).map(tuple)
    agreements, planes = st.sampled_from(Agreement), st.sampled_from(Plane)
    cells = st.builds(
        SignalCell, plane=planes, verdict=st.sampled_from(Verdict), at=ago.map(lambda s: NOW + s), text=text,
        seq=st.integers(0, 10**9), agreement=agreements, count=st.integers(1, 10**6),
    )  # fmt: skip
    signals = st.builds(
        SignalRow, source=st.sampled_from(("syslog_udp", "trap", "snmp", "bmp", "probe_stamp", "capture", "remote")),
        freshness=st.sampled_from(("fresh", "late", "stale", "never", "event", "old")),
        last_at=st.none() | ago.map(lambda s: NOW + s), interval_s=st.none() | st.floats(0, 1e5),
        cells=st.lists(cells, max_size=5).map(tuple),
    )  # fmt: skip
    pieces = st.builds(
        EvidenceItem, source=st.sampled_from(("syslog_udp", "probe_icmp", "operator")), plane=planes,
        verdict=st.sampled_from(Verdict), at=ago.map(lambda s: NOW + s), text=text, witness=text,
        seq=st.integers(0, 50), agreement=agreements,
    )  # fmt: skip
    causes = st.builds(
        Hypothesis, cause=st.sampled_from(CauseKind), detail=text, element=text, weight=weight, rule=st.integers(1, 13),
        evidence=st.lists(pieces, max_size=12).map(tuple),
    )  # fmt: skip
    between = st.builds(
        BetweenCaptures, run_id=st.integers(1, 9), previous_id=st.integers(1, 9), from_at=ago.map(lambda s: NOW + s),
        to_at=ago.map(lambda s: NOW + s), kind=st.sampled_from(Kind), key=st.lists(text, max_size=3).map(tuple),
        change_type=st.sampled_from(ChangeType),
    )  # fmt: skip
    changes = st.builds(
        RelatedChange, hostname=text, at=ago.map(lambda s: NOW + s), before_s=ago, text=text, by=text,
        touches=st.lists(text, max_size=3).map(tuple), likelihood=weight, seq=st.integers(0, 9),
        between=st.none() | between,
    )  # fmt: skip
    touched = st.builds(
        TouchedRoute, route_id=text, hostname=text, vrf=text, prefix=text, owner=text,
        outage_id=st.just("") | text, severity=st.none() | st.sampled_from(Severity), is_open=st.booleans(),
    )  # fmt: skip
    many = st.lists(text, max_size=40).map(tuple)
    radius = st.builds(
        BlastRadius, incident_id=text, element=text, cause=st.sampled_from(CauseKind),
        route_count=st.integers(0, 10**6), open_count=st.integers(0, 10**6), devices=many, sites=many, owners=many,
        routes=st.lists(touched, max_size=30).map(tuple), linked=st.lists(text, max_size=3).map(tuple),
    )  # fmt: skip
    step = st.builds(
        NextStep, runbook=text, title=text, step=text, command=text, foreign=st.just("") | text, expect=text, so=text,
        number=st.integers(1, 99), of=st.integers(1, 99),
    )  # fmt: skip
    outages = st.builds(_outage, text, st.sampled_from(HealthState), st.booleans())
    return st.builds(
        Explanation, at=st.just(NOW), outage=outages, sentence=text,
        signals=st.lists(signals, max_size=12).map(tuple), causes=st.lists(causes, max_size=11).map(tuple),
        changes=st.lists(changes, max_size=10).map(tuple), radius=st.none() | radius, next_step=st.none() | step,
        why_not_yet=whys, why_not_down=whys,
    )  # fmt: skip


def _outage(text: str, state: HealthState, is_taken: bool) -> object:
    row = failing(healthy("WLLS-A01-AR-01"), NOW - 72, state=state, acknowledged_by=text if is_taken else "")
    return replace(outage_of(row), survival=text, owner=text, prefix=text)


@example(made(radius=replace(STORY.radius, incident_id="0" * 31 + "漢漢")))
@given(stories(prose))
@settings(max_examples=60, deadline=None)
def test_at_120x40_every_block_shows_its_heading_and_its_first_rows(story: Explanation) -> None:
    page = Page(story, 120, 40)
    assert page.keeps_to_its_columns()
    text = [plain(line) for line in (*page.left_lines, *page.right_lines)]
    for block in page.blocks:
        at = next(i for i, line in enumerate(text) if line.strip().startswith(block.title))
        below = [*block.top, *(line for row in block.rows for line in row.lines)]
        first = [plain(line) for line in below[:2]]
        assert text[at + 1 : at + 1 + len(first)] == first, block.name


@given(stories(prose), st.integers(80, 210), st.integers(24, 60), st.randoms())
@settings(max_examples=80, deadline=None)
def test_it_keeps_to_any_screen_and_the_cursor_is_in_sight_wherever_it_goes(
    story: Explanation, width: int, height: int, chance: object
) -> None:
    page = Page(story, width, height)
    items = [item for block in page.blocks for item in block.items]
    assert len({item.key for item in items}) == len(items)
    cursor = chance.choice(items).key  # type: ignore[attr-defined]
    page = Page(story, width, height, cursor)
    assert page.keeps_to_its_columns()
    if not cursor.startswith("block"):
        assert any("@sel" in role for line in (*page.left_lines, *page.right_lines) for _, role in line), cursor


@given(stories(prose), st.sampled_from([(80, 24), (120, 40)]))
@settings(max_examples=40, deadline=None)
def test_going_down_comes_by_every_row_and_ends_at_the_last(story: Explanation, where: tuple[int, int]) -> None:
    page = Page(story, *where)
    wanted = [row.items for block in page.blocks for row in block.rows if row.items]
    cursor, seen = blocks.moved(page.blocks, page.cursor, -100_000), []
    for _ in wanted:
        seen.append(cursor)
        cursor = blocks.moved(page.blocks, cursor, 1)
    assert all(any(item.key in seen for item in row) for row in wanted)
    assert blocks.moved(page.blocks, cursor, 1) == cursor


@given(stories(wild), st.sampled_from(["dark", "mono"]))
@settings(max_examples=60, deadline=None)
def test_nothing_of_what_a_device_wrote_reaches_the_terminal_raw(story: Explanation, theme: str) -> None:
    page = Page(story, 120, 40)
    for line in page.lines:
        text = "".join(part.text for part in segments(line, 120, Theme(theme, theme == "mono")))
        assert text == sanitise(text)
    assert explain_page.as_text(story, Look("", NOW)).count("\x1b") == 0
