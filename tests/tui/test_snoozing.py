"""Until when a card is snoozed, as people say it."""

from __future__ import annotations

import pytest
from fake_engine import NOW

from statetrace_tui.present import snoozing
from statetrace_tui.present.hours import utc


@pytest.mark.parametrize(
    ("text", "after_s", "reason"),
    [
        ("30m", 1800.0, ""), ("2h30m carrier works", 9000.0, "carrier works"), ("15:30", 5193.0, ""),
        ("14:03 at once", 86400.0 - 27.0, "at once"), ("1d", 86400.0, ""),
    ],
)  # fmt: skip
def test_a_time_is_typed_as_people_say_it(text: str, after_s: float, reason: str) -> None:
    until = snoozing.read(text, NOW, utc)
    assert isinstance(until, snoozing.Until)
    assert (until.at - NOW, until.reason) == (after_s, reason)


@pytest.mark.parametrize("text", ["", "tomorrow", "25:00", "-3h", "32d", "0m"])
def test_what_is_no_time_is_refused_with_a_word(text: str) -> None:
    assert isinstance(snoozing.read(text, NOW, utc), str)


def test_the_choices_end_when_they_say() -> None:
    ends = {letter: snoozing.chosen(letter, NOW, lambda _: 3600) for letter, _ in snoozing.CHOICES}
    assert (ends["1"].at - NOW, ends["4"].at - NOW) == (3600.0, 14400.0)  # type: ignore[union-attr]
    assert (ends["m"].at + 3600) % 86400 == 8 * 3600.0  # type: ignore[union-attr]
    assert 0 < ends["m"].at - NOW <= 32 * 3600  # type: ignore[union-attr]
    assert ends["t"] is None
