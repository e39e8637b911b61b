"""Pure. The next step of an outage in a line, for where the outage is shown beside others."""

from __future__ import annotations

from statetrace_engine.model import Epoch
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep
from statetrace_tui.present import guide_look, guide_page
from statetrace_tui.present.text import Line, cells, fit


def line(guide: GuidedRunbook | None, key: str, now: Epoch, width: int) -> Line:
    """`next  link-failure 2 of 5  show interfaces Gi0/1 transceiver   started 31s   b`; empty: there is none."""
    step = guide_page.chosen(guide, guide_look.key_of(guide.current)) if guide is not None else None
    if guide is None or guide.is_over or step is None:
        return []
    said = guide_look.status(step, guide, now)
    head: Line = [("next  ", "dim"), (f"{guide.runbook} {step.number} of {len(guide.steps)}  ", "")]
    word = f"  {said.word}" if step.task is not None else ""
    tail: Line = [(word, said.role), (f"  {key} opens it" if key else "", "dim")]
    room = width - sum(cells(text) for text, _ in (*head, *tail))
    text = _said(step, room)
    return [*head, (fit(text, min(cells(text), room)), "strong"), *tail] if room > 8 else head


def _said(step: GuidedStep, room: int) -> str:
    """Its command; one in another vendor's words with a word of that, and where both have no room its title."""
    if not step.foreign:
        return step.command or step.title
    said = f"{step.foreign}: {step.command}"
    return said if cells(said) <= room else step.title
