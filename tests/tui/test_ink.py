"""Severities can be read and told apart, on real colours, on sixteen, and on none."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import ColorSystem

from statetrace_tui.present.ink import NAMES, SEVERITIES, Theme, contrast
from statetrace_tui.present.terminal import theme_for

READ_ON = ("bg", "raised", "sel", "over")
TEXTS = ("text", "strong", "dim", "accent", *SEVERITIES)


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("tone", READ_ON)
@pytest.mark.parametrize("role", TEXTS)
def test_every_text_reads_on_every_tone(name: str, tone: str, role: str) -> None:
    theme = Theme(name)
    assert contrast(theme.hex(role), theme.hex(tone)) >= 4.5


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("role", SEVERITIES)
def test_a_filled_chip_reads(name: str, role: str) -> None:
    style = Theme(name).style("bg", f"{role}*")
    assert style.color
    assert style.bgcolor
    assert contrast(style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex) >= 4.5


@pytest.mark.parametrize("fill", ["", "*"])
def test_sixteen_colours_tell_severities_apart(fill: str) -> None:
    theme = Theme("16")
    looks = {role: theme.style("bg", role + fill) for role in SEVERITIES}
    for one, other in combinations(SEVERITIES, 2):
        assert looks[one] != looks[other]
        assert (looks[one].color, looks[one].bgcolor) != (looks[other].color, looks[other].bgcolor)


def test_sixteen_colours_are_sent_as_the_terminal_s_own() -> None:
    for role in (*TEXTS, *(f"{role}*" for role in SEVERITIES)):
        codes = Theme("16").style("sel", role)._make_ansi_codes(ColorSystem.TRUECOLOR)
        assert "38;" not in codes
        assert "48;" not in codes


def test_on_the_blue_cursor_row_of_sixteen_colours_a_state_turns_white() -> None:
    theme = Theme("16")
    assert theme.style("sel", "crit").color == theme.style("bg", "strong").color


@pytest.mark.parametrize("role", ["", "dim", "crit", "crit*", "accent!", "@well strong", "faint"])
@pytest.mark.parametrize("tone", READ_ON)
def test_mono_sends_no_colour_at_all(tone: str, role: str) -> None:
    style = Theme("mono").style(tone, role)
    assert style.color is None
    assert style.bgcolor is None


def test_without_colour_filled_is_reverse_and_in_hand_is_not() -> None:
    theme = Theme("mono")
    assert theme.style("bg", "major*").reverse
    assert not theme.style("bg", "major").reverse


def test_256_colours_tell_severities_of_the_dark_theme_apart() -> None:
    theme = Theme("dark")
    colours = [theme.style("bg", role).color for role in SEVERITIES]
    assert len({c.downgrade(ColorSystem.EIGHT_BIT).number for c in colours if c}) == len(SEVERITIES)


@pytest.mark.parametrize("name", NAMES)
def test_a_veil_leaves_no_severity_in_colour(name: str) -> None:
    theme = Theme(name)
    assert {theme.style("bg", role, veil=True) for role in ("crit*", "major", "ok", "")} == {theme.style("bg", "dim")}


UTF8 = {"LANG": "en_GB.UTF-8"}


@pytest.mark.parametrize(
    ("environ", "colours", "expected"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 256, Theme("dark")),
        ({"TERM": "xterm-256color"}, 256, Theme("dark")),
        ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, 256, Theme("light")),
        ({"TERM": "linux"}, 8, Theme("16")),
        ({"TERM": "xterm"}, 8, Theme("16")),
        ({"TERM": "vt100"}, 0, Theme("mono", is_ascii=True)),
        ({"TERM": "dumb"}, None, Theme("mono", is_ascii=True)),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 256, Theme("mono")),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 256, Theme("dark")),
    ],
)
def test_the_theme_is_what_the_terminal_can_show(environ: dict[str, str], colours: int | None, expected: Theme) -> None:
    assert theme_for(UTF8 | environ, colours) == expected


def test_a_theme_that_was_asked_for_beats_no_color() -> None:
    assert theme_for(UTF8 | {"TERM": "xterm-256color", "NO_COLOR": "1"}, 256, wanted="light").name == "light"


def test_light_on_sixteen_colours_is_the_sixteen_colour_theme() -> None:
    assert theme_for(UTF8 | {"TERM": "linux"}, 8, wanted="light").name == "16"


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LANG": "POSIX"}, {"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, {}])
def test_a_locale_without_utf8_gets_ascii(locale: dict[str, str]) -> None:
    assert theme_for({"TERM": "xterm-256color"} | locale, 256).is_ascii


def test_windows_without_a_locale_keeps_its_glyphs() -> None:
    assert theme_for({}, None, is_windows=True) == Theme("dark")
