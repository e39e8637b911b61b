"""Pure. What the changes between captures make of the causes of an outage.

link-failure 0.78 + `interface GigabitEthernet0/1: shutdown added`   → admin-shutdown 0.86, link-failure 0.35
neighbour-loss 0.70 + `bgp 10.1.1.2: state idle -> idle (pfxct)`     → neighbour-loss 0.86 (max-prefix)
unknown 0.30 + `ip route 0.0.0.0 0.0.0.0 10.1.1.2 removed`           → config-change 0.86
next-hop-unreachable 0.90 + `interface GigabitEthernet0/1: mtu 1400` → as it was, config-change behind it

A cause is revised where this evidence is surer than all that it was ranked by, whenever the captures come: they are
taken after the outage began, to see what changed. It is applied to the ranking as it stands without captures, so that
it does not matter which came first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from statetrace_engine.explain.causes import LATER, MAX_PREFIX
from statetrace_engine.explain.compared import Weighed
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import becomes
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.outage import CauseKind, Hypothesis
from statetrace_engine.model.peer_states import SHUT

_SHUT = re.compile(r"(?:: |\s)(?:shutdown|disable|disabled)$")
_WEIGHTS: dict[bool, dict[bool | None, float]] = {
    True: {True: 0.95, False: 0.90, None: 0.86},
    False: {True: 0.85, False: 0.65, None: 0.50},
}
"""How often such a change means it: by whether it alone takes the path away, and how well its time is known
(`Weighed.width`). What a log tells of, the table of causes has counted already."""
_EARLIER = 0.40
"""It was done more than the 120 s of SPEC 4 before: never the first cause, whatever it is."""
_MOST = 4


def causes(ranked: tuple[Hypothesis, ...], found: Iterable[Weighed], policy: ExplainPolicy) -> tuple[Hypothesis, ...]:
    """The hypotheses with those that the changes back, likeliest first."""
    best: dict[CauseKind, Hypothesis] = {}
    for weighed in found:
        if not weighed.backs:
            continue
        new = _hypothesis(weighed, ranked[0], policy)
        if new.cause not in best or best[new.cause].weight < new.weight:
            best[new.cause] = new
    result = list(ranked)
    for new in sorted(best.values(), key=lambda each: (each.weight, each.cause)):
        _put(result, new)
    return tuple(result[:_MOST])


def _hypothesis(weighed: Weighed, first: Hypothesis, policy: ExplainPolicy) -> Hypothesis:
    """Its element is that of the outage: what captures show later must not move it to another incident."""
    change = weighed.between.change
    is_shut, is_fatal = _is_shut(weighed), _is_fatal(weighed)
    weight = _WEIGHTS[is_fatal][weighed.width(policy)] if weighed.may_be_near(policy) else _EARLIER
    is_here = weighed.between.hostname == weighed.hostname
    if is_shut:
        cause, detail, rule = CauseKind.ADMIN_SHUTDOWN, "local" if is_here else "remote", 3
    elif weighed.is_of_a_limit:
        cause, detail, rule = CauseKind.NEIGHBOUR_LOSS, MAX_PREFIX, 8
    else:
        cause, detail, rule = CauseKind.CONFIG_CHANGE, change.text, 4
    return Hypothesis(
        cause=cause, detail=detail, element=first.element, weight=round(weight * change.confidence, 2), rule=rule
    )


def _is_shut(weighed: Weighed) -> bool:
    """An interface or a neighbour of the path was shut down."""
    change = weighed.between.change
    if change.kind is Kind.INTERFACES:
        return "admin up -> down" in change.text
    if change.kind is Kind.BGP_NEIGHBORS:
        return change.change_type is not ChangeType.REMOVED and becomes(change.kind, change.steps, SHUT)
    if change.kind is not Kind.CONFIG or not _SHUT.search(f" {change.key[-1]}"):
        return False
    is_there = change.change_type is not ChangeType.REMOVED
    return is_there != change.key[-1].startswith("no ")


def _is_fatal(weighed: Weighed) -> bool:
    """It takes the path away by itself: shut, held down for its prefixes, or what the path needs is gone from the
    configuration. A `shutdown` that is gone took nothing away."""
    change = weighed.between.change
    is_gone = change.change_type is ChangeType.REMOVED and change.kind in (Kind.CONFIG, Kind.BGP_NEIGHBORS)
    is_needed = not change.reach and not change.key[-1].startswith("no ") and not _SHUT.search(f" {change.key[-1]}")
    return _is_shut(weighed) or weighed.is_of_a_limit or (is_gone and is_needed)


def _put(result: list[Hypothesis], new: Hypothesis) -> None:
    """In its place: first when it is surer than the first."""
    known = next((each for each in result if each.cause is new.cause), None)
    if known is not None and result[0] is known:
        result[0] = replace(
            known,
            detail=known.detail or new.detail,
            weight=max(known.weight, new.weight),
            rule=min(known.rule, new.rule) if new.weight > known.weight else known.rule,
        )
        return
    if known is not None and known.weight >= new.weight:
        return
    if new.weight > result[0].weight:
        others = [each for each in result if each.cause not in (new.cause, CauseKind.UNKNOWN)]
        result[:] = [new, *_lowered(others, new.weight)]
        return
    lowered = round(min(new.weight * LATER, result[0].weight - 0.01), 2)
    if known is None or known.weight < lowered:
        others = [each for each in result if each is not known]
        at = next((i for i, each in enumerate(others) if i and each.weight < lowered), len(others))
        result[:] = [*others[:at], replace(new, weight=lowered), *others[at:]]


def _lowered(others: list[Hypothesis], most: float) -> Iterator[Hypothesis]:
    """Those behind a new first: the old one keeps as much as another row would have left it."""
    for at, known in enumerate(others):
        most = round(min(known.weight if at else known.weight * LATER, most - 0.01), 2)
        yield replace(known, weight=most)
