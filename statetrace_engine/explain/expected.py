"""Pure. What operators expect, where a device's own log tells of it: it stays in sight, and is behind no outage.

A mark is of a change between captures; the same command in a log is the same change, whoever tells of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from statetrace_engine.explain import commands
from statetrace_engine.explain.commands import Command
from statetrace_engine.health.marks import Marks
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.model.outage import CauseKind, Hypothesis, RelatedChange


def noted(logged: Sequence[RelatedChange], marks: Marks, site_of: Callable[[str], str]) -> tuple[RelatedChange, ...]:
    """The same, what is expected behind the rest and said to be; `site_of` a hostname that logs."""
    wanted = {host: _commands(marks, site_of(host), host) for host in {change.hostname for change in logged}}
    expected = {id(each) for each in logged if commands.of_text(each.text) in wanted[each.hostname]}
    expected |= {id(each) for each in logged if _is_head_of(each, logged, expected)}
    found = [_with(each, is_expected=id(each) in expected) for each in logged]
    return tuple(sorted(found, key=lambda each: each.is_expected))


def ranking(
    ranked: tuple[Hypothesis, ...],
    unlogged: tuple[Hypothesis, ...],
    logged: Iterable[RelatedChange],
    policy: ExplainPolicy,
) -> tuple[Hypothesis, ...]:
    """The hypotheses without what is expected; `unlogged`: those that there are without anything that was logged."""
    expected = [each for each in logged if each.is_expected]
    others = [each for each in logged if not each.is_expected]
    if not expected:
        return ranked
    first = next((each for each in others if each.touches and each.before_s <= policy.change_near_s), None)
    if first is None:
        return unlogged or tuple(each for each in ranked if each.cause is not CauseKind.CONFIG_CHANGE) or ranked
    return tuple(
        replace(each, detail=first.text) if _is_of(each, expected) and not _is_of(each, others) else each
        for each in ranked
    )


def _commands(marks: Marks, site: str, host: str) -> set[Command]:
    return {commands.of_line(key, change_type) for key, change_type in marks.expected_lines(site, host)}


def _is_head_of(head: RelatedChange, logged: Sequence[RelatedChange], expected: set[int]) -> bool:
    """`interface Gi0/1` alone does nothing: it is expected where all is that was typed below it."""
    below = [each for each in logged if each.hostname == head.hostname and each.text.startswith(f"{head.text}: ")]
    return bool(below) and all(id(each) in expected for each in below)


def _with(change: RelatedChange, *, is_expected: bool) -> RelatedChange:
    return change if change.is_expected is is_expected else replace(change, is_expected=is_expected)


def _is_of(found: Hypothesis, changes: Iterable[RelatedChange]) -> bool:
    """A change of these is what it names."""
    is_change = found.cause is CauseKind.CONFIG_CHANGE
    return is_change and any(each.text.rpartition(": ")[2] == found.detail for each in changes)
