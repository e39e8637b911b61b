"""Ages, exact widths, and lines with two ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.text import sanitise
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.line import segments, to_ascii
from statetrace_tui.present.text import brief_dur, cells, cut, dur, fit, merge, plain, rule, size, spread, wrap

TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Mn", "Me", "Cf", "Lm", "Mc")))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (41, "41s"),
        (72, "1m12s"),
        (3600, "1h00m"),
        (11100, "3h05m"),
        (41 * 86400 + 6 * 3600, "41d06h"),
        (142.7 * 86400, "142d"),
    ],
)
def test_an_age_has_two_units_and_at_most_six_cells(seconds: float, text: str) -> None:
    assert dur(seconds) == text
    assert len(text) <= 6


@given(st.floats(0, 1e9))
def test_no_age_is_wider_than_its_column(seconds: float) -> None:
    assert len(dur(seconds)) <= 6
    assert len(brief_dur(seconds)) <= 6


@given(TEXT, st.integers(0, 60), st.sampled_from("lrcm"))
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int, how: str) -> None:
    assert cells(fit(text, width, how)) == width


def test_names_are_cut_in_the_middle_and_prose_at_its_end() -> None:
    assert fit("2001:db8:40:1200::/56", 15, "m") == "2001:..200::/56"
    assert fit("authentication failure", 12) == "authentica.."


@given(st.lists(st.tuples(TEXT, st.just(""))), st.lists(st.tuples(TEXT, st.just(""))), st.integers(2, 90))
def test_a_spread_line_is_exactly_as_wide_as_asked(
    left: list[tuple[str, str]], right: list[tuple[str, str]], w: int
) -> None:
    assert size(spread(left, right, w)) == w


def test_the_left_end_is_cut_first() -> None:
    assert plain(spread([("a long left end", "")], [("right", "")], 14)) == " a long right "


def test_the_left_end_never_touches_the_right() -> None:
    for width in range(8, 16):
        assert " NEW " in plain(spread([("vrf CUST", "")], [("NEW", "")], width))


def test_a_rule_fills_its_line() -> None:
    assert size(rule(40, "IN HAND  5", 2)) == 40


def test_a_cut_line_keeps_roles() -> None:
    assert cut([("abc", "crit"), ("def", "dim")], 4) == [("abc", "crit"), ("d", "dim")]


def test_neighbouring_spans_of_one_role_join() -> None:
    assert merge([("a", "x"), ("b", "x"), ("c", "")]) == [("ab", "x"), ("c", "")]


@given(TEXT, st.integers(1, 40), st.integers(1, 4))
def test_wrapped_prose_keeps_to_its_box(text: str, width: int, limit: int) -> None:
    lines = wrap(text, width, limit)
    assert len(lines) <= limit
    assert all(cells(line) <= max(width, 2) for line in lines)


@given(st.lists(st.tuples(st.text(), st.sampled_from(("", "crit*", "@well strong", "dim")))), st.integers(0, 60))
def test_segments_are_exact_and_carry_no_control_character(line: list[tuple[str, str]], width: int) -> None:
    made = segments(line, width, Theme("dark"))
    assert sum(segment.cell_length for segment in made) == width
    assert all(segment.text.isprintable() or segment.text == sanitise(segment.text) for segment in made)


@given(st.text(), st.integers(0, 60))
def test_an_ascii_theme_leaves_only_ascii(text: str, width: int) -> None:
    made = segments([(text, "")], width, Theme("dark", is_ascii=True))
    assert "".join(segment.text for segment in made).isascii()


def test_an_escape_sequence_does_not_survive() -> None:
    made = segments([("\x1b[2Jowned\x9b31m", "")], 20, Theme("dark"))
    assert "".join(segment.text for segment in made) == ".[2Jowned.31m       "


def test_rules_have_an_ascii_likeness() -> None:
    assert to_ascii("─│█ü漢") == "-|#???"
