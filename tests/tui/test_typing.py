"""What operators type: a line, a command, a maintenance window."""

from __future__ import annotations

import pytest
from fake_engine import NOW, healthy
from hypothesis import given
from hypothesis import strategies as st

from statetrace_tui.present import maintenance, palette
from statetrace_tui.present.edit import LIMIT, Edit
from statetrace_tui.present.palette import Command
from statetrace_tui.present.text import size
from statetrace_tui.widgets import clipboard

KEYS = ["left", "right", "home", "end", "backspace", "delete", "ctrl+w", "ctrl+u", "ctrl+k", "ctrl+a", "ctrl+e"]
COMMANDS = (
    Command("break DEVICE INTERFACE", "cut a link"),
    Command("heal", "mend all"),
    Command("sort age", ""),
    Command("sort device", ""),
)


@given(st.lists(st.sampled_from(KEYS) | st.text(max_size=8), max_size=40), st.integers(4, 60))
def test_typing_never_leaves_the_line(strokes: list[str], width: int) -> None:
    edit = Edit()
    for stroke in strokes:
        edit = edit.press(stroke) or edit.insert(stroke)
        assert 0 <= edit.at <= len(edit.text) <= LIMIT
        assert edit.text.isprintable()
    line = edit.line(width)
    assert size(line) <= width
    assert "@caret" in [role for _, role in line]


def test_a_line_with_a_wide_character_at_its_end_is_cut() -> None:
    assert size(Edit(text="⺀00000000000⺀", at=11).line(14)) <= 14


def test_ctrl_w_takes_a_word() -> None:
    edit = Edit.of("carrier works").press("ctrl+w")
    assert edit is not None
    assert edit.text == "carrier"


def test_a_command_is_found_by_its_letters() -> None:
    assert [c.name for c in palette.matching(COMMANDS, "sd")] == ["sort device"]
    assert palette.matching(COMMANDS, "so")[0].name == "sort age"
    assert palette.matching(COMMANDS, "zz") == []


def test_arguments_go_through_as_typed() -> None:
    assert palette.chosen(COMMANDS, "break WLLS-A01 Gi0/1", 0) == "break WLLS-A01 Gi0/1"


def test_enter_runs_the_chosen_one() -> None:
    assert palette.chosen(COMMANDS, "he", 0) == "heal"


def test_tab_completes_up_to_the_arguments() -> None:
    assert palette.completed(COMMANDS, "br", 0) == "break "


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("1d", 86400)])
def test_an_end_is_a_length(text: str, seconds: int) -> None:
    assert maintenance.seconds(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "route", "route 2h", "house 2h why", "route 0m why", "route 30d why", "route -2h x"]
)
def test_a_window_without_scope_end_or_reason_is_refused_with_a_word(text: str) -> None:
    assert isinstance(maintenance.read(text, [healthy("A-1")], NOW, "me"), str)


def test_marked_routes_of_one_site_make_one_site_window() -> None:
    made = maintenance.read("site 2h carrier works", [healthy("A-1"), healthy("A-2")], NOW, "me")
    assert not isinstance(made, str)
    assert [(w.site, w.reason, w.ends_at - w.starts_at) for w in made] == [("A", "carrier works", 7200)]


def test_copying_passes_through_tmux() -> None:
    assert clipboard.sequence("hi", {}) == "\x1b]52;c;aGk=\x07"
    assert clipboard.sequence("hi", {"TMUX": "x"}).startswith("\x1bPtmux;\x1b\x1b]52;")
    assert clipboard.sequence("hi", {"TERM": "screen-256color"}).startswith("\x1bP\x1b]52;")
