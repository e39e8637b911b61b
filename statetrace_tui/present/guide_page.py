"""Pure. A runbook at work on one screen: the outage, the steps with one open, what is seen of it, when to escalate.

From `SIDE_FROM` columns on the outage is a card on the left with the evidence below it; else two lines above the steps
and three below them.
"""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, TaskState
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import explain_page, guide_look, guide_side, guide_steps, outage_row
from statetrace_tui.present.blocks import Block
from statetrace_tui.present.guide_look import Look
from statetrace_tui.present.guide_step import Words
from statetrace_tui.present.outage_row import lasted
from statetrace_tui.present.text import Line, dur

LEGEND: list[Line] = [
    [("[ ]", "dim"), (" to do   ", ""), ("[>]", "accent!"), (" begun   ", ""), ("[x]", "ok"),
     (" as expected, or verified", "")],
    [("[!]", "major"), (" not as expected   ", ""), ("[-]", "dim"), (" skipped   ", ""), ("[?]", "unk"),
     (" no longer so", "")],
]  # fmt: skip
FEED_LEAST, FEED_TALL = 3, 8
"""Lines of evidence below the steps: on a screen of 24 rows, and from `TALL_FROM` on, its heading included."""
TALL_FROM = 32


def side_width(width: int) -> int:
    """Columns of the card; 0: there is none."""
    return guide_side.width_of(width)


def feed_height(height: int, *, is_flat: bool) -> int:
    """Lines below the steps; without tones a rule stands above them."""
    return FEED_TALL if height >= TALL_FROM else FEED_LEAST + is_flat


def head(outage: OutageEvent, guide: GuidedRunbook | None, now: Epoch, width: int) -> list[Line]:
    """Two lines: which outage, and why; when to escalate and to whom."""
    return [explain_page.identity(outage, now, width), guide_side.cause(outage, guide, now, width)]


def steps(guide: GuidedRunbook, look: Look, width: int, height: int, hostname: str, *, is_airy: bool) -> list[Line]:
    """The runbook's title and how far it is, what is not as it was, and its steps."""
    air: list[Line] = [[]] if is_airy else []
    top = [
        *air,
        guide_steps.title(guide, width),
        guide_steps.progress(guide, width),
        *guide_side.notices(guide, look, width),
    ]
    return [*top, *guide_steps.lines(guide, look, width, height - len(top), hostname)][:height]


def chosen(guide: GuidedRunbook | None, cursor: str) -> GuidedStep | None:
    """The step under the cursor; None: it stands on something else."""
    found = guide.steps if guide is not None else ()
    return next((step for step in found if guide_look.key_of(step.step) == cursor), None)


def shortest(guide: GuidedRunbook, look: Look) -> Block:
    """The rows that there are, to move the cursor on."""
    return guide_steps.block(guide, look, 80, Words(False, False, 1), "")


def escalation(guide: GuidedRunbook, outage: OutageEvent, look: Look) -> str:
    """What to say to whom, with what was done so far: for a ticket or a call."""
    name = f"{outage.outage_id}  {outage.hostname} {outage.prefix}"
    head = f"{name}  {outage.state.value} for {dur(lasted(outage, look.now))}"
    to = f"to {guide.escalate_to}" if guide.escalate_to else ""
    cause = outage_row.cause(outage) + (f"  {outage_row.brief(outage.element)}" if outage.element else "")
    done = [_done(step) for step in guide.steps if step.task is not None and not step.task.is_open]
    lines = [head, cause, outage_row.said(outage), f"escalation {to}", guide.escalation, *done]
    return "\n".join(sanitise(line) for line in lines if line)


def _done(step: GuidedStep) -> str:
    """`2 Is there light?: not as expected (Gi0/1 oper down)`"""
    task = step.task
    assert task is not None
    said = "skipped" if task.state is TaskState.SKIPPED else task.outcome.value
    seen = task.against or task.proof or (step.evidence[0] if step.evidence else None)
    why = "; ".join(filter(None, (task.reason, seen.text if seen is not None else "")))
    return f"{step.number} {step.title}: {said}" + (f" ({why})" if why else "")
