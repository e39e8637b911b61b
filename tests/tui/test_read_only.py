"""A console for looking only: each key of each screen, and what it asks and tells."""

from __future__ import annotations

import anomalous
import guided
import pytest
from driving import Console, console

from statetrace_engine.model.action import Action, MarkShown
from statetrace_tui.present.keys import COMMON, DEEDS, Key
from statetrace_tui.screens import load
from statetrace_tui.widgets.modal import Chooser, Prompt

PLACES = ("routes", "outages", "watch", "captures", "monitors", "changes", "cards", "launch", "explain", "runbook")
LEADS_AWAY = {"quit"}
REFUSED = "read-only: nothing was done"


def told(c: Console) -> list[Action]:
    return [action for action in c.engine.acts if not isinstance(action, MarkShown)]


@pytest.mark.parametrize("place", PLACES)
async def test_no_key_does_anything_and_none_asks_for_a_word_before_it_says_so(place: str) -> None:
    keys = [key for key in (*load(place).keys, *COMMON) if key.action not in LEADS_AWAY]
    async with console(anomalous.fill(guided.engine()), is_read_only=True) as c:
        for key in keys:
            c.app.go(place, guided.OUTAGE if place in ("explain", "runbook") else "")
            await c.until(lambda: c.app.front is not None and c.app.front.place == place, place)
            await _press(c, key)
        assert told(c) == []


async def _press(c: Console, key: Key) -> None:
    frame = c.app.front
    assert frame is not None
    c.app.say("")
    await c.press(key.press.split()[0])
    if key.action in DEEDS:
        await c.shows(REFUSED)
        assert frame.asked is None, key
    asked = frame.asked
    if isinstance(asked, Prompt):
        assert key.action in ("filter", "palette"), key
    elif isinstance(asked, Chooser):
        await c.press("1")
        assert not isinstance(frame.asked, Prompt), key
    while frame.asked is not None:
        await c.press("escape")
