"""Whose changes: a device, a site or all; and with which other device one is compared."""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.filed import CaptureSummary
from statetrace_tui.present import diff_runs, diff_target
from statetrace_tui.present.diff_target import Target
from statetrace_tui.widgets.diff_feed import DiffFeed
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Picker


async def pick_device(frame: Frame, feed: DiffFeed, on_done: Callable[[str], None]) -> None:
    """`on_done` hears the target."""
    captures = await _captures(frame, feed)
    if captures:
        choices = diff_runs.devices(captures, frame.stage.wall())
        frame.ask(Picker("device or site", choices, lambda value: on_done(value or diff_target.ALL)))


async def pick_counterpart(
    frame: Frame, feed: DiffFeed, whose: Target, on_done: Callable[[CaptureSummary, CaptureSummary], None]
) -> None:
    """`on_done` hears the newest captures of both; devices of the same role come first in the list."""
    captures = await _captures(frame, feed)
    mine = (each for each in captures if each.hostname == whose.hostname and whose.site in ("", each.site))
    own = next(mine, None) if whose.hostname else None
    if own is None:
        frame.stage.say(f"{whose.words} has no capture" if whose.hostname else "choose a device first", "dim")
        return
    alike = feed.namesakes
    by_name = {str(diff_runs.target_of(each, alike)): each for each in captures}
    choices = diff_runs.counterparts(captures, own, frame.stage.wall())
    title = f"{diff_runs.target_of(own, alike).words} with"
    frame.ask(Picker(title, choices, lambda name: on_done(own, by_name[name])))


async def _captures(frame: Frame, feed: DiffFeed) -> tuple[CaptureSummary, ...]:
    """Empty, with a word to the operator, where there are none or they cannot be had."""
    try:
        captures = await feed.look_at_captures()
    except StateTraceError as error:
        frame.stage.say(str(error), "unk")
        return ()
    if not captures:
        frame.stage.say("no captures yet", "dim")
    return captures if frame.asked is None and frame.is_current else ()
