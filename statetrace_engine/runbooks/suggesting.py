"""Pure. What to run next: the first command of a runbook that no capture since the outage began shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, Suggestion
from statetrace_engine.parsing import shows

_READS = ("show ", "display ")
"""A command that only looks; what a ping finds no capture need hold."""


class Section(Struct, frozen=True):
    """A command that a capture of the device shows."""

    command: str
    kind: str
    captured_at: Epoch


class Known(Struct, frozen=True, kw_only=True):
    """What is known of the captures of an outage's device."""

    hostname: str
    vendor: str
    since_at: Epoch
    """When the outage began: what was captured before shows nothing of it."""
    sections: tuple[Section, ...] = ()
    """Of its last captures."""


def suggest(guide: GuidedRunbook, known: Known) -> Suggestion | None:
    """The command of the step at hand, else of the next one that has any; None: captures show all of them."""
    fresh = [section for section in known.sections if section.captured_at >= known.since_at]
    for step in _ahead(guide):
        is_whole = step.command.startswith(_READS) and not step.missing and not step.foreign
        if is_whole and not _is_shown(step.command, known.vendor, fresh):
            return Suggestion(command=step.command, why=_why(step.command, known, fresh), step=step.step)
    return None


def _ahead(guide: GuidedRunbook) -> Iterable[GuidedStep]:
    """Steps that are not done, from the operator's own on."""
    names = [step.step for step in guide.steps]
    start = names.index(guide.current) if guide.current in names else 0
    ordered = (*guide.steps[start:], *guide.steps[:start])
    return (step for step in ordered if step.task is None or step.task.is_open)


def _is_shown(command: str, vendor: str, fresh: Sequence[Section]) -> bool:
    """By that very command, or by one that the same parser reads and that is not narrower."""
    plain = _plain(command)
    show = shows.find(vendor, plain) if fresh else None  # its parsers are imported for it, and an operator waits
    for section in fresh:
        other = _plain(section.command)
        is_wider = show is not None and other == show.command and " vrf " not in plain
        if other == plain or is_wider:
            return True
    return False


def _plain(command: str) -> str:
    """Without what filters it."""
    return " ".join(command.partition("|")[0].lower().split())


def _why(command: str, known: Known, fresh: list[Section]) -> str:
    if not known.sections:
        return f"no capture of {known.hostname} is in the store"
    if not fresh:
        return f"no capture of {known.hostname} is newer than the outage"
    show = shows.find(known.vendor, _plain(command))
    what = show.kind.value.replace("_", " ") if show is not None else f"`{_plain(command)}`"
    return f"no capture of {known.hostname} since the outage began shows its {what}"
