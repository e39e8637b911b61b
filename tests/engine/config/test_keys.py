"""`[keys]`: every mistake is a problem with its line, the action and, where there is one, the nearest name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from msgspec import structs

from statetrace_engine import config
from statetrace_engine.config.keys import COMMON, SCREENS, KeySettings
from statetrace_engine.errors import ConfigError
from statetrace_tui.present import keys


def problems(home: Path, text: str) -> str:
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / "statetrace.toml").write_text(f"[keys]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as found:
        config.load(home)
    return str(found.value)


def test_the_defaults_are_the_tables_of_the_screens() -> None:
    default = structs.asdict(KeySettings())
    common = {key.action: key.press for key in keys.COMMON}
    assert tuple(common) == COMMON
    used = dict(common)
    for place, actions in SCREENS.items():
        screen = getattr(import_module(f"statetrace_tui.screens.{place}"), f"{place.capitalize()}Screen")
        own = {key.action: key.press for key in screen.keys}
        assert {*own, *COMMON} == {*actions}
        used |= own
    assert used == default


def test_another_key_is_taken_and_several_are(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    text = '[keys]\nacknowledge = "v f5"\nbell = ""\n'
    (tmp_path / "config" / "statetrace.toml").write_text(text, encoding="utf-8")
    found = config.load(tmp_path).keys
    assert found.acknowledge == "v f5"
    assert found.bell == ""
    assert found.undo == "u"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('acknowlege = "x"', "statetrace.toml:2: keys.acknowlege: unknown key; did you mean 'acknowledge'?"),
        ('acknowledge = "ctrl+c"', "keys.acknowledge: 'ctrl+c' is no key"),
        ('acknowledge = "ctrl+i"', "keys.acknowledge: 'ctrl+i' is no key"),
        ('page_down = "pagedwn"', "did you mean 'pagedown'?"),
        ('acknowledge = "\\u0007"', "is no key"),
        ('acknowledge = "u"', "keys.acknowledge: 'u' is undo's on Routes"),
        ('help = "g"', "keys.help: 'g' is first's on Routes"),
        ('bell = "a"', "keys.bell: 'a' is acknowledge's on Watch"),
        ('quit = ""', "keys.quit: the console needs a key that leaves it"),
        ("acknowledge = 3", "expected text in quotes"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems(tmp_path, text)


def test_a_clash_on_three_screens_is_said_once(tmp_path: Path) -> None:
    assert problems(tmp_path, 'acknowledge = "q"').count("keys.acknowledge") == 1


def test_two_actions_may_swap_their_keys(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "statetrace.toml").write_text('[keys]\nundo = "a"\nacknowledge = "u"\n', encoding="utf-8")
    assert config.load(tmp_path).keys.undo == "a"
