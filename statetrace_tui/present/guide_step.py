"""Pure. One step of a guided runbook as lines: closed in one, or open with its command, what to expect, what is seen.

> [>] 2  Is there light?                                  started 31s
          WLLS-A01-AR-01# show interfaces Gi0/1 transceiver    y copies
         expect   receive power inside the optic's range
         now      X GigabitEthernet0/1 down   snmp 14:03:25
         if not   no light: the fibre or the far transmitter
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from statetrace_engine.model.remediation import GuidedBranch, GuidedRunbook, GuidedStep, StepEvidence
from statetrace_tui.present import guide_look
from statetrace_tui.present.blocks import toned
from statetrace_tui.present.evidence import short_source
from statetrace_tui.present.guide_look import PAD, Look
from statetrace_tui.present.hours import moment
from statetrace_tui.present.outage_row import brief, person
from statetrace_tui.present.text import Line, cells, dur, fit, size, spread, wrap

LABEL = 9
"""Cells of `expect`, `now`, … with the gap behind."""
FAILED, MET = "not", "so"
"""Labels of the branches that a step's outcome takes by itself."""
MARKS = {True: ("o", "ok"), False: ("X", "crit")}
"""Of evidence: it is as the step expects, or it is not."""
_MISSING = re.compile(r"<[a-z ]+\?>")


class Words(NamedTuple):
    """How much is said."""

    is_airy: bool
    has_closed: bool
    """A closed step shows its command and what to expect too."""
    most: int
    """Lines of each paragraph of the open one."""
    has_whys: bool = False
    """Why another command is suggested."""


def indent(guide: GuidedRunbook) -> int:
    """Where a step's title begins, and all that stands below it."""
    return 2 + 3 + 1 + len(str(len(guide.steps))) + 2


def lines(step: GuidedStep, guide: GuidedRunbook, look: Look, width: int, words: Words, hostname: str) -> list[Line]:
    is_open = look.cursor == guide_look.key_of(step.step)
    head = _head(step, guide, look, width, is_open=is_open)
    if is_open:
        air: list[Line] = [[]] if words.is_airy else []
        return [*head, *air, *_body(step, guide, look, width, words, hostname), *air]
    if not words.has_closed:
        return head
    left, room = indent(guide), width - indent(guide) - PAD
    more = [[(" " * left, ""), (fit(text, room).rstrip(), "dim")] for text in _closed(step)]
    return [*head, *more, *([[]] if words.is_airy else [])]


def _closed(step: GuidedStep) -> list[str]:
    """What is said of a step that is not open: what to run and to expect, of one that is done what was seen."""
    if step.task is None or step.task.is_open:
        run = f"{step.foreign}: {step.command}" if step.foreign else step.command
        return [run, f"{fit('expect', LABEL)}{step.expect}"] if step.expect else [run or step.so]
    seen = step.task.against or step.task.proof
    said = "; ".join(filter(None, (step.task.reason, brief(seen.text) if seen is not None else "")))
    return [text for text in ("   ".join(filter(None, (step.command, said))),) if text]


def _head(step: GuidedStep, guide: GuidedRunbook, look: Look, width: int, *, is_open: bool) -> list[Line]:
    """Mark, number and title; at the right end what has become of it."""
    said = guide_look.status(step, guide, look.now)
    at_it = step.task.operator if step.task is not None and step.task.is_open else ""
    done = f"done by {person(step.done_by)}  " if step.done_by else ""
    here = ", ".join(person(name) for name in step.others if name not in (at_it, step.done_by))
    right: Line = [
        (done, "ok"),
        (f"{here} here  " if here else "", "accent"),
        (said.word, said.role),
        (f"  {ended}" if (ended := guide_look.ended(step.task, guide, look)) else "", "dim"),
    ]
    number = str(step.number).rjust(indent(guide) - 8)
    is_past = step.task is not None and not step.task.is_open
    role = "strong" if is_open else "dim" if is_past else ""
    room = width - indent(guide) - PAD - (size(right) + 2 if size(right) else 0)
    titles = wrap(step.title, max(room, 12), 2) if is_open else [fit(step.title, max(room, 12)).rstrip()]
    lead: Line = [("> " if is_open and not look.is_reading else "  ", "accent!"), (said.mark, said.role)]
    number_role = "strong" if is_open or step.is_current else "dim"
    first: Line = [*lead, (f" {number}  ", number_role), (next(iter(titles), ""), role)]
    out = [spread(first, right, width - PAD, 0), *[[(" " * indent(guide), ""), (title, role)] for title in titles[1:]]]
    return [toned(line, width) for line in out] if is_open and not look.is_reading else out


def _body(step: GuidedStep, guide: GuidedRunbook, look: Look, width: int, words: Words, hostname: str) -> list[Line]:
    left, room = indent(guide), width - indent(guide) - PAD - LABEL
    out = [*_command(step, look, width - left - PAD, hostname), *_missing(step, room)]
    out += _told("expect", step.expect, room, words.most)
    out += _checks(step, look, room, words)
    out += _outcome(step, look, room)
    if not guide_look.is_met(step):
        out += _so(step, room, words.most)
        out += [line for branch in step.branches for line in _branch(branch, guide, look, room)]
    if step.is_current and guide.suggestion is not None and guide.suggestion.command != step.command:
        out += _suggestion(guide, look, room, words)
    return [[(" " * left, ""), *line] for line in out]


def _command(step: GuidedStep, look: Look, room: int, hostname: str) -> list[Line]:
    """In a well, behind the device's prompt; what has no value stands out."""
    if not step.command:
        return []
    prompt, hint = f" {hostname}{step.prompt} ", f"  {look.hints.copy} copies " if look.hints.copy else ""
    if step.foreign or not hostname:
        prompt = " "  # it is no command of that device
    if cells(step.command) > room - cells(prompt) - cells(hint):
        prompt = " "  # whose device it is stands above; a command on one line is read at once
    inner = max(room - cells(prompt) - cells(hint), 16)
    out: list[Line] = [[(line, "warn")] for line in wrap(f"{step.foreign}:", room, 2)] if step.foreign else []
    for at, piece in enumerate(wrap(step.command, inner, 4)):
        spans = [(text, role) for text, role in _marked(piece)]
        lead = prompt if not at else " " * cells(prompt)
        tail = hint if not at else " " * cells(hint)
        filled = room - cells(lead) - size(spans) - cells(tail)
        out.append([(lead, "@well dim"), *spans, (" " * max(filled, 0), "@well"), (tail, "@well dim")])
    return out


def _marked(piece: str) -> Iterable[tuple[str, str]]:
    at = 0
    for match in _MISSING.finditer(piece):
        yield piece[at : match.start()], "@well strong"
        yield match[0], "@well warn"
        at = match.end()
    yield piece[at:], "@well strong"


def _missing(step: GuidedStep, room: int) -> list[Line]:
    if not step.missing:
        return []
    names = ", ".join(name.replace("_", " ") for name in step.missing)
    said = f"nothing that was seen tells {names}: put it in before you run this"
    return _told("missing", said, room, 2, "warn")


def _told(label: str, text: str, room: int, most: int, role: str = "") -> list[Line]:
    """A paragraph with its label before the first line."""
    return [
        [(fit("" if at else label, LABEL), role or "dim"), (line, role)]
        for at, line in enumerate(wrap(text, room, most))
    ]


def _checks(step: GuidedStep, look: Look, room: int, words: Words) -> list[Line]:
    """What the engine verifies by itself, and what it sees of that now."""
    if step.unverifiable:
        return _told("by hand", step.unverifiable, room, min(words.most, 2))
    if not step.checks:
        return []
    out = _told("checks", "; ".join(map(brief, step.checks)), room, 2)
    if not step.evidence:
        waits = "nothing seen of it yet"
        return [*out, [(fit("now", LABEL), "dim"), ("? ", "unk"), (fit(waits, room - 2).rstrip(), "")]]
    newest = step.evidence[0]
    if step.task is not None and step.task.proof == newest:
        return out  # it stands there as what made it green
    return [*out, *_seen("now", newest, _age(step, newest), look, room)]


def _age(step: GuidedStep, seen: StepEvidence) -> str:
    task = step.task
    return "before it began" if task is not None and not guide_look.is_newer(seen, task) else ""


def _seen(label: str, seen: StepEvidence, more: str, look: Look, room: int) -> list[Line]:
    """`now  X Gi0/1 down   snmp 14:03:25  before it began`"""
    glyph, role = MARKS[seen.is_so]
    tail = f"   {short_source(seen.source)} {moment(seen.at, look.now, look.zone)}" + (f"  {more}" if more else "")
    said = brief(seen.text)
    inner = room - 2 - cells(tail)
    if inner < min(cells(said), 24):
        return [
            [(fit(label, LABEL), "dim"), (f"{glyph} ", role), (fit(said, room - 2).rstrip(), "strong")],
            [(" " * (LABEL + 2), ""), (fit(tail.strip(), room - 2).rstrip(), "dim")],
        ]
    return [[(fit(label, LABEL), "dim"), (f"{glyph} ", role), (fit(said, inner).rstrip(), "strong"), (tail, "dim")]]


def _outcome(step: GuidedStep, look: Look, room: int) -> list[Line]:
    """What made it green, what speaks against it since, why it was skipped."""
    task = step.task
    if task is None:
        return []
    out: list[Line] = []
    if task.proof is not None:
        out += _seen("proof", task.proof, f"{dur(task.proof.at - task.started_at)} after it began", look, room)
    if task.against is not None and (task.proof is not None or not task.is_open):
        out += _seen("but", task.against, "since then", look, room)
    return [*out, *_told("why", task.reason, room, 2)]


def _so(step: GuidedStep, room: int, most: int) -> list[Line]:
    """What it means when the expectation is not met; where it is not, in so many words."""
    if not guide_look.differs(step):
        return _told("if not", step.so, room, most)
    word = "X differs  "
    lines = wrap(f"{'.' * cells(word)} {step.so}", max(room, cells(word)), most)
    out: list[Line] = [[(fit("so", LABEL), "dim"), (word, "crit"), (lines[0][cells(word) :], "")]]
    return [*out, *[[(" " * LABEL, ""), (line, "")] for line in lines[1:]]]


def _branch(branch: GuidedBranch, guide: GuidedRunbook, look: Look, room: int) -> list[Line]:
    """`x        leads to step 4, Hand it over`, `x        big ones vanish: runbook mtu-blackhole`"""
    key = look.hints.work if branch.label == MET else look.hints.fail
    lead = "leads to " if branch.label in (MET, FAILED) else f"{branch.label}: "
    said = f"{lead}{where(branch, guide)}"
    return [[(fit("" if at else key, LABEL), "key"), (line, "")] for at, line in enumerate(wrap(said, room, 2))]


def ways(step: GuidedStep) -> list[GuidedBranch]:
    """In which it may not be as expected, beside the plain one: `big ones vanish`."""
    return [branch for branch in step.branches if branch.label not in (FAILED, MET)]


def plain_way(step: GuidedStep, guide: GuidedRunbook) -> str:
    """Where the plain one leads: `step 4, Hand it over`, or just on."""
    found = next((branch for branch in step.branches if branch.label == FAILED), None)
    return where(found, guide) if found is not None else "go on"


def where(branch: GuidedBranch, guide: GuidedRunbook) -> str:
    """`step 4, Hand it over`, `runbook mtu-blackhole`, `the end`."""
    if branch.runbook and branch.runbook != guide.runbook:
        return f"runbook {branch.runbook}"
    number = next((step.number for step in guide.steps if step.step == branch.step), 0)
    return f"step {number}, {branch.title or branch.step}" if number else branch.title or branch.step or "the end"


def _suggestion(guide: GuidedRunbook, look: Look, room: int, words: Words) -> list[Line]:
    """What no capture shows, and how to get it; why, where there is room."""
    found = guide.suggestion
    assert found is not None
    hint = f"   {look.hints.suggestion} copies" if look.hints.suggestion else ""
    command: Line = [
        (fit("or run", LABEL), "dim"),
        (fit(found.command, min(room - cells(hint), cells(found.command))), "strong"),
    ]
    whys = wrap(found.why, room, 2) if words.has_whys else []
    return [[*command, (hint, "dim")], *[[(" " * LABEL, ""), (line, "dim")] for line in whys]]
