"""The timeline: laws of its scale, and what an operator reads off its lanes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import CauseKind, EvidenceItem, OutageEvent, Timeline, TimelineMark
from statetrace_tui.present import lanes, outage_row, timeline
from statetrace_tui.present.axis import Axis
from statetrace_tui.present.clocks import offset, read
from statetrace_tui.present.text import Line, cells, plain, size
from statetrace_tui.present.timeline import View

T0 = 1_763_906_276.204
"""13:57:56.204Z"""


def mark(t: float, lane: str, verdict: str = "", text: str = "") -> TimelineMark:
    return TimelineMark(at=T0 + t, lane=lane, verdict=verdict, text=text)


def outage(**changes: object) -> OutageEvent:
    fields: dict[str, object] = {
        "outage_id": "OUT-1123-4MXD", "route_id": "rt-1", "site": "BOYO", "hostname": "BOYO-A03-AR-01",
        "vrf": "default", "prefix": "0.0.0.0/0", "route_class": "critical", "owner": "Edge team", "contact": "",
        "state": HealthState.DOWN,
        "severity": Severity.CRITICAL, "worst": Severity.CRITICAL, "cause": CauseKind.LINK_FAILURE,
        "occurred_at": T0, "first_signal_at": T0, "detected_at": T0 + 0.04,
    }  # fmt: skip
    return OutageEvent(**{**fields, **changes})  # type: ignore[arg-type]  # the fields of one Struct, by name


MARKS = (
    mark(0, "link", "down", "GigabitEthernet0/1 down"),
    mark(0.04, "session", "down", "10.2.1.2 lost"),
    mark(0.04, "state", "DEGRADED"),
    mark(0.31, "route", "down", "withdrawn"),
    mark(0.9, "data", "down", "0/20"),
    mark(1.04, "notice", "major"),
    mark(1.1, "shown", "", "jsm@wlls"),
    mark(1.1, "shown", "", "EXAMPLE\\mko"),
    mark(5.04, "state", "DOWN"),
    mark(5.2, "notice", "critical"),
    mark(44.6, "ack", "", "jsm@wlls"),
    mark(302.1, "link", "up", "GigabitEthernet0/1 up"),
    mark(304.8, "session", "up", "established"),
    mark(310.4, "route", "up", "installed"),
    mark(310.9, "data", "up", "2 good"),
    mark(310.9, "state", "RECOVERED"),
)
CLOSED = outage(
    state=HealthState.RECOVERED,
    notified_at=T0 + 1.04,
    shown_at=T0 + 1.1,
    acked_at=T0 + 44.6,
    acknowledged_by="jsm@wlls",
    resolved_at=T0 + 310.9,
    survival="nothing carries: both paths are lost",
)
WHOLE = Timeline(outage=CLOSED, marks=MARKS)
LIVE = Timeline(outage=outage(), marks=tuple(m for m in MARKS if m.at < T0 + 20))


def lane_of(lines: list[Line], name: str) -> Line:
    return next(line for line in lines if plain(line)[2:].split(" ")[0] == name)


def text_of(lines: list[Line], name: str) -> str:
    return plain(lane_of(lines, name))


def filled(line: Line) -> list[tuple[int, int, str]]:
    """(start, end, role) of the filled parts."""
    out, x = [], 0
    for text, role in line:
        if role.endswith("*"):
            out.append((x, x + cells(text), role))
        x += cells(text)
    return out


seconds = st.floats(-400, 100_000, allow_nan=False)
anything = st.floats(-1e12, 1e12, allow_nan=False)
some_marks = st.lists(
    st.builds(
        mark,
        seconds,
        st.sampled_from([*lanes.LANES, "elsewhere"]),
        st.sampled_from(["down", "up", "impaired", "", "DOWN", "DEGRADED", "RECOVERED", "HEALTHY", "lapsed", "x"]),
        st.text(max_size=40),
    ),
    max_size=60,
)


@given(st.lists(anything, max_size=80), st.integers(-3, 300), st.integers(0, 20), st.integers(0, 20))
def test_the_order_of_cells_follows_the_order_of_time(times: list[float], width: int, lead: int, tail: int) -> None:
    axis = Axis(times, width, lead, tail)
    at = [axis.x(t) for t in sorted(times)]
    assert at == sorted(at)
    assert all(0 <= x < axis.width for x in at)


@given(st.lists(anything, min_size=1, max_size=80), st.integers(1, 300))
def test_no_mark_lies_within_a_fold(times: list[float], width: int) -> None:
    axis = Axis(times, width)
    for fold in axis.folds:
        assert not any(fold.x <= axis.x(t) < fold.x + fold.cells for t in times)


@given(st.lists(anything, max_size=80), st.integers(1, 300))
def test_labels_of_the_axis_never_touch_and_never_leave_it(times: list[float], width: int) -> None:
    axis = Axis(times, width, 4, 4)
    ticks = axis.ticks()
    assert all(x + len(text) < after for (x, text), (after, _) in pairwise(ticks))
    assert all(x >= 0 and x + len(text) <= axis.width for x, text in ticks)


@given(some_marks, st.integers(-1, 220), st.integers(-1, 50), st.booleans(), st.integers(-2, 9))
@example([mark(3600.0, "ack", "", "0\x1f")], 31, 4, False, 0)
@settings(max_examples=150, deadline=None)
def test_every_line_fits_exactly_whatever_happened(
    marks: list[TimelineMark], width: int, height: int, is_open: bool, zoom: int
) -> None:
    shown = Timeline(outage=outage() if is_open else CLOSED, marks=tuple(marks))
    cursor = marks[0].at if marks else None
    lines = timeline.lines(shown, width, height, T0 + 500, View(zoom, cursor))
    assert len(lines) == max(height, 0)
    if width > 0:
        assert all(size(line) == width for line in lines)


def test_ten_thousand_flaps_stay_readable_and_cost_little() -> None:
    flaps = [mark(i * 0.7, "link", "up" if i % 2 else "down", "Gi0/1") for i in range(5000)]
    flaps += [mark(i * 0.7, "state", "HEALTHY" if i % 2 else "DOWN") for i in range(5000)]
    lines = timeline.lines(Timeline(outage=outage(flaps=2500), marks=tuple(flaps)), 140, 24, T0 + 3600)
    assert "link-failure x2500" in plain(lines[1])
    assert len(filled(lane_of(lines, "state"))) < 140
    assert text_of(lines, "link").count("X") > 20


def test_a_lost_plane_is_a_line_from_its_loss_to_its_return() -> None:
    link = text_of(timeline.lines(WHOLE, 140, 24, T0 + 330), "link")
    assert link.index("X Gi0/1 down ─") < link.index("//") < link.index("─o Gi0/1 up")


def test_quiet_time_is_folded_and_says_how_long_it_was() -> None:
    axis = plain(next(line for line in timeline.lines(WHOLE, 140, 24, T0 + 330) if "/39s/" in plain(line)))
    assert axis.index("0") < axis.index("/39s/") < axis.index("/4m17s/")


def test_the_state_lane_is_filled_until_somebody_has_it() -> None:
    lines = timeline.lines(WHOLE, 140, 24, T0 + 330)
    parts = filled(lane_of(lines, "state"))
    acked = text_of(lines, "ack").index("^")
    assert [role for _, _, role in parts][:2] == ["major*", "crit*"]
    assert parts[-1][1] == acked


def test_the_state_lane_is_filled_again_when_the_acknowledgement_lapses() -> None:
    marks = (mark(0.04, "state", "DOWN"), mark(4, "ack", "", "jsm"), mark(8, "ack", "lapsed"))
    parts = filled(lane_of(timeline.lines(Timeline(outage=outage(), marks=marks), 140, 24, T0 + 12), "state"))
    assert len(parts) == 2
    assert parts[-1][1] == 138


def test_the_state_lane_is_filled_again_when_the_acknowledgement_is_undone() -> None:
    marks = (
        mark(0.04, "state", "DOWN"),
        mark(4, "ack", "", "jsm@wlls ticket 7"),
        mark(8, "ack", "", "jsm@wlls undid it"),
    )
    lines = timeline.lines(Timeline(outage=outage(), marks=marks), 140, 24, T0 + 12)
    assert len(filled(lane_of(lines, "state"))) == 2
    assert "^ jsm ticket 7" in text_of(lines, "ack")


def test_history_changes_nothing_on_its_lane() -> None:
    marks = (mark(0, "link", "down", "Gi0/1 down"), mark(5, "link", "up", "Gi0/1 up, history"))
    link = text_of(timeline.lines(Timeline(outage=outage(), marks=marks), 140, 24, T0 + 9), "link")
    assert "history" in link
    assert link.rstrip().endswith("─")


def test_an_open_outage_runs_to_now() -> None:
    lines = timeline.lines(LIVE, 140, 24, T0 + 60)
    assert text_of(lines, "link").rstrip().endswith("─")
    assert filled(lane_of(lines, "state"))[-1][1] == 138
    assert "still open" in "".join(map(plain, lines))


def test_names_of_people_are_short_and_each_is_said_once() -> None:
    assert "^ jsm, mko" in text_of(timeline.lines(WHOLE, 140, 24, T0 + 330), "shown")


def test_a_plane_that_said_nothing_says_so() -> None:
    silent = Timeline(outage=outage(), marks=(mark(0, "link", "down", "Gi0/1 down"),))
    assert "no signal" in text_of(timeline.lines(silent, 140, 24, T0 + 9), "data")


def test_a_short_pane_keeps_title_state_and_axis() -> None:
    lines = [plain(line) for line in timeline.lines(WHOLE, 80, 3, T0 + 330)]
    assert "OUT-1123-4MXD" in lines[0]
    assert "/39s/" in lines[1]
    assert lines[2].startswith("  state")


def test_history_before_the_first_signal_has_its_place_on_the_scale() -> None:
    late = Timeline(outage=outage(), marks=(mark(-90, "link", "down", "Gi0/1 late"), *LIVE.marks))
    lines = timeline.lines(late, 140, 24, T0 + 9)
    assert text_of(lines, "link").index("late") < text_of(lines, "session").index("10.2.1.2")
    assert any("-1m30s" in plain(line) for line in lines)


def test_zoom_keeps_the_cursor_in_view_and_names_what_began_before() -> None:
    lines = timeline.lines(WHOLE, 80, 20, T0 + 330, View(3, T0 + 5.04))
    assert text_of(lines, "link").split()[1:3] == ["<", "Gi0/1"]
    assert any("> +5.04 s" in plain(line) and "state DOWN" in plain(line) for line in lines)


def test_the_cursor_steps_from_mark_to_mark_and_stops_at_the_ends() -> None:
    first = timeline.step(WHOLE, None, 1)
    assert first == T0
    assert timeline.step(WHOLE, first, 1) == T0 + 0.04
    assert timeline.step(WHOLE, first, -5) == T0
    assert timeline.step(WHOLE, first, 9999) == T0 + 310.9


def test_the_clocks_are_offsets_from_the_first_signal() -> None:
    values = [clock.value for clock in read(WHOLE)]
    assert values == ["13:57:56.20", "+0.00 s", "+0.04 s", "+1.04 s", "+1.10 s", "+44.60 s", "+310.90 s"]


def test_a_probe_says_how_uncertain_the_occurrence_is() -> None:
    unsure = outage(occurred_at=T0 - 0.25, occurred_uncertainty_s=0.25)
    assert read(Timeline(outage=unsure, marks=()))[0].note == "-0.25 s +-0.25"


def test_detection_names_how_many_planes_agreed_by_then() -> None:
    def item(t: float, plane: Plane) -> EvidenceItem:
        return EvidenceItem(
            source="syslog_udp", plane=plane, verdict=Verdict.DOWN, at=T0 + t, text="down", witness="W", seq=1
        )

    seen = outage(evidence=(item(0, Plane.LINK), item(0.04, Plane.SESSION), item(0.9, Plane.DATA)))
    assert read(Timeline(outage=seen, marks=()))[2].note == "2 planes"


def test_offsets_have_two_units_from_a_thousand_seconds_on() -> None:
    assert [offset(t) for t in (-0.001, 0.04, 999.99, 11_100)] == ["+0.00 s", "+0.04 s", "+999.99 s", "+3h05m"]


def test_text_of_a_device_cannot_break_the_line() -> None:
    evil = Timeline(outage=outage(), marks=(mark(0, "link", "down", "\x1b[2J全角 Gi0/1\n\u202e"),))
    lines = timeline.lines(evil, 100, 20, T0 + 9)
    assert all(plain(line).isprintable() and size(line) == 100 for line in lines)


def test_an_outage_whose_evidence_was_taken_back_claims_no_recovery() -> None:
    marks = (mark(-1, "state", "UNKNOWN", "before"), mark(0.04, "state", "DOWN"), mark(60, "state", "UNKNOWN"))
    ended = outage(state=HealthState.UNKNOWN, resolved_at=T0 + 60, closed_at=T0 + 90)
    states = [m.verdict for m in lanes.complete(Timeline(outage=ended, marks=marks)) if m.lane == "state"]
    assert states == ["UNKNOWN", "DOWN", "UNKNOWN"]
    assert outage_row.face(ended).word == "ended"
    assert outage_row.face(outage(state=HealthState.UNKNOWN, resolved_at=T0 + 60)).word == "UNKNOWN"
