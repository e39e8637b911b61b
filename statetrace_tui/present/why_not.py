"""Pure. What a pending change waits for: `DOWN  proof that the secondary carries prevents it   in 3s`."""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import WhyNot
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, cells, dur, spread, wrap

PAD = 2


def lines(why: WhyNot, now: Epoch, width: int, *, has_rule: bool = False) -> list[Line]:
    """On one line where it fits, else what is missing stands below; `has_rule`: and by which rule."""
    when = f"in {dur(why.fires_at - now)}" if why.fires_at is not None else "needs evidence"
    missing = brief(why.missing or why.rule)
    room = width - 2 * PAD
    if cells(why.what) + cells(missing) + cells(when) + 4 <= room:
        out = [spread([(why.what, "strong"), (f"  {missing}", "")], [(when, "dim")], width, PAD)]
    else:
        out = [spread([(why.what, "strong")], [(when, "dim")], width, PAD), *_below(missing, "", room)]
    return [*out, *_below(brief(why.rule), "dim", room)] if has_rule and why.missing else out


def _below(text: str, role: str, room: int) -> list[Line]:
    return [[(" " * PAD, ""), (f"  {line}", role)] for line in wrap(text, room - 2, 2)]
