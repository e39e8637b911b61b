"""What operators type, on its way to the engine."""

from __future__ import annotations

import pytest

from statetrace_engine.model.action import Acknowledge, Action, HandOver, Maintain, MarkDrill
from statetrace_engine.model.inventory import Maintenance
from statetrace_tui.widgets.acts import Acts
from tests.tui.fake_engine import FakeEngine

TYPED, KEPT = "on\udc9b it\x1b[2J\nnow", "on. it.[2J.now"


def _all_with(text: str) -> tuple[Action, ...]:
    window = Maintenance(maintenance_id="m", starts_at=0, ends_at=1, reason=text, site="WLLS")
    return (
        Acknowledge("a", "ana", ("OUT-1",), text),
        HandOver("a", "ana", ("OUT-1",), text),
        Maintain("a", "ana", window),
        MarkDrill("a", "ana", text, text),
    )


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "after it waited"])
async def test_what_was_typed_reaches_the_engine_fit_for_any_file(is_late: bool) -> None:
    engine = FakeEngine()
    acts = Acts(engine, "ana", lambda text, role: None, lambda: 0.0)
    for action in _all_with(TYPED):
        if is_late:
            acts.wait(action, "done", "it is silent")
        else:
            await acts.send(action, "done")
    await acts.send_waiting()
    assert tuple(engine.acts) == _all_with(KEPT)
