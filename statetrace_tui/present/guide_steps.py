"""Pure. The steps of a guided runbook, one open under the cursor, in so many words as there is room for; above them
what to have at hand, below what is so when it has helped and what was done by other runbooks."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, RemediationTask, TaskState
from statetrace_tui.present import guide_look, guide_step
from statetrace_tui.present.blocks import Block, Item, Row, toned
from statetrace_tui.present.guide_look import AFTER, BEFORE, PAD, PAST, Look
from statetrace_tui.present.guide_step import Words, indent
from statetrace_tui.present.outage_row import person
from statetrace_tui.present.text import Line, count, cut, fit, size, spread, wrap

_LEVELS = (
    Words(True, True, 9, has_whys=True), Words(False, True, 9, has_whys=True), Words(False, False, 9),
    Words(False, False, 4), Words(False, False, 3), Words(False, False, 2),
)  # fmt: skip
"""From the most that is said to the least."""
_LIST_MOST = 6
"""Lines of each paragraph in a row that is no step."""


def block(guide: GuidedRunbook, look: Look, width: int, words: Words, hostname: str) -> Block:
    """All rows, in order, each with its item."""
    before = [("about", guide.summary), *(("before", each) for each in guide.preconditions)]
    after = [*(("goal", each) for each in guide.results), ("bring", guide.escalation)]
    rows = [
        _end(BEFORE, before, guide, look, width, words),
        *(_step(step, guide, look, width, words, hostname) for step in guide.steps),
        _end(AFTER, after, guide, look, width, words),
        *([_past(guide, look, width)] if guide.earlier else []),
    ]
    return Block("steps", "", [], [], [], [row for row in rows if row.lines], [])


def start(guide: GuidedRunbook) -> str:
    """Where the cursor stands at first: on the operator's step; when all are done, on what is so in the end."""
    return guide_look.key_of(guide.current) if guide.current else AFTER


def lines(guide: GuidedRunbook, look: Look, width: int, height: int, hostname: str) -> list[Line]:
    """On at most `height` lines; the open row among them, from its beginning."""
    rows: list[Row] = []
    for words in _LEVELS:
        rows = block(guide, look, width, words, hostname).rows
        taken = sum(len(row.lines) for row in rows)
        opened = len(rows[_at(rows, look.cursor)].lines) if rows else 0
        if taken <= height or (not words.has_closed and opened <= height):
            break
    return _window(rows, _at(rows, look.cursor), height)


def _at(rows: Sequence[Row], cursor: str) -> int:
    return next((at for at, row in enumerate(rows) if any(item.key == cursor for item in row.items)), 0)


def _window(rows: Sequence[Row], at: int, height: int) -> list[Line]:
    """The open row, the one before it, those behind it as far as there is room, then more of those before."""
    if not rows:
        return []
    first, last, left = at, at, height - len(rows[at].lines)
    for near in (at - 1, *range(at + 1, len(rows)), *range(at - 2, -1, -1)):
        needed = len(rows[near].lines) if near >= 0 else height
        if needed <= left and near in (first - 1, last + 1):
            first, last, left = min(first, near), max(last, near), left - needed
    return [line for row in rows[first : last + 1] for line in row.lines][:height]


def _step(step: GuidedStep, guide: GuidedRunbook, look: Look, width: int, words: Words, hostname: str) -> Row:
    found = guide_step.lines(step, guide, look, width, words, hostname)
    return Row(found, (Item(guide_look.key_of(step.step)),))


def _end(key: str, said: Sequence[tuple[str, str]], guide: GuidedRunbook, look: Look, width: int, words: Words) -> Row:
    """What is to be said of the whole: in full where it is open or there is room, else in a line."""
    left, is_open = indent(guide), look.cursor == key
    told = [(label, text) for label, text in said if text]
    if not told:
        return Row([])
    if not is_open and not words.has_closed:
        label, text = next((pair for pair in told if pair[0] == "before"), told[0])
        told = [(label, "; ".join(each for name, each in told if name == label) or text)]
    most = _LIST_MOST if is_open or words.has_closed else 1
    out: list[Line] = []
    for label, text in told:
        for at, line in enumerate(wrap(text, max(width - left - PAD, 1), most)):
            out.append([(fit("  " + ("" if at else label), left), "dim"), (line, "" if is_open else "dim")])
    if is_open:
        out[0] = [("  " if look.is_reading else "> ", "accent!"), (fit(told[0][0], left - 2), "strong"), *out[0][1:]]
        out[0] = out[0] if look.is_reading else toned(out[0], width)
    return Row([*out, *([[]] if words.is_airy else [])], (Item(key),))


def _past(guide: GuidedRunbook, look: Look, width: int) -> Row:
    """What was done by runbooks that serve no more, and at steps that are gone."""
    left, is_open = indent(guide), look.cursor == PAST
    names = ", ".join(dict.fromkeys(task.runbook for task in guide.earlier))
    said = f"{count(len(guide.earlier), 'step')} of {names}"
    head: Line = [
        ("> " if is_open and not look.is_reading else "  ", "accent!"),
        (fit("past", left - 2), "strong" if is_open else "dim"),
        (fit(said, width - left - PAD).rstrip(), "" if is_open else "dim"),
    ]
    if not is_open:
        return Row([head], (Item(PAST),))
    tasks = [_task(task, guide, look, width) for task in guide.earlier[-_LIST_MOST:]]
    return Row([head if look.is_reading else toned(head, width), *tasks], (Item(PAST),))


def _task(task: RemediationTask, guide: GuidedRunbook, look: Look, width: int) -> Line:
    said = task.outcome.value or task.state.value
    if task.state is TaskState.SKIPPED and task.reason:
        said = f"skipped: {task.reason}"
    right = "  ".join(filter(None, (said, guide_look.ended(task, guide, look))))
    left = indent(guide)
    title = f"{task.title or task.step.replace('-', ' ')}"
    right = fit(right, min(len(right), (width - left) // 2)).rstrip()
    return spread([(" " * left, ""), (title, "")], [("  " + right, "dim")], width - PAD, 0)


def progress(guide: GuidedRunbook, width: int) -> Line:
    """A rule that is full when all is done."""
    room = max(width - 2 * PAD, 0)
    done = min(room * guide.done // max(guide.of, 1), room)
    here = min(room // max(guide.of, 1), room - done) if guide.current else 0
    return [(" " * PAD, ""), ("─" * done, "ok"), ("─" * here, "accent"), ("─" * (room - done - here), "faint")]


def title(guide: GuidedRunbook, width: int) -> Line:
    """`Link failure   step 2 of 5   mko at step 4`, and how many are done."""
    number = next((step.number for step in guide.steps if step.step == guide.current), 0)
    where = f"step {number} of {guide.of}" if number else "all steps are done" if guide.steps else "no steps"
    right: Line = [(f"{guide.done} of {guide.of} done" if guide.of else "", "dim")]
    left: Line = [(guide.title or guide.runbook, "strong"), (f"   {where}", ""), *_workers(guide)]
    name: Line = [(f"{guide.runbook}   ", "dim")]
    room = width - 2 * PAD - size(right) - 3
    if size(left) > room:
        left = [*cut(left, room - 2), ("..", "dim")]
    has_room = size(left) + size(name) + size(right) + 3 <= width - 2 * PAD
    return spread(left, [*name, *right] if has_room else right, width, PAD)


def _workers(guide: GuidedRunbook) -> Line:
    """Where the others are: `mko at step 4`."""
    out: Line = []
    for worker in guide.workers:
        number = next((step.number for step in guide.steps if step.step == worker.place.step), 0)
        at = f"at step {number}" if number and worker.place.runbook == guide.runbook else "elsewhere"
        if worker.place.runbook == guide.runbook and not worker.place.step:
            at = "is through"
        out += [(f"   {person(worker.operator)} ", "accent"), (at, "dim")]
    return out
