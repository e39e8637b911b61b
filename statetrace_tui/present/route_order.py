"""Pure. In which order routes stand, and which of them a filter lets through.

Groups explain the order: what nobody has comes first. Within a group rows stand by severity, class and name, or
by the column that was chosen; a row's key ends in its name, so equal keys never swap places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from statetrace_engine.model.health import HealthState, Overlay, RouteHealth, Severity
from statetrace_engine.model.route import RouteClass, RouteRecord
from statetrace_tui.present.book import is_new

GROUPS = ("NOT ACKNOWLEDGED", "IN HAND", "RECOVERED, NOT SEEN", "NOT MEASURED", "HEALTHY")
NEW, IN_HAND, RECOVERED, UNMEASURED, HEALTHY = range(len(GROUPS))

SORTS = (
    ("d", "device"),
    ("p", "prefix"),
    ("s", "state"),
    ("t", "age"),
    ("c", "cause"),
    ("o", "owner"),
    ("k", "who has it"),
    ("x", "default"),
)
"""The letter after `s`, and what it sorts by."""

_SEVERITY = {Severity.CRITICAL: "0", Severity.MAJOR: "1", Severity.WARNING: "2", Severity.INFO: "3", None: "4"}
_STATE = {state: str(i) for i, state in enumerate(("DOWN", "DEGRADED", "UNKNOWN", "RECOVERED", "HEALTHY"))}
_CLASS = {RouteClass.CRITICAL: "0", RouteClass.STANDARD: "1", RouteClass.BEST_EFFORT: "2"}
_FAR_FUTURE = 1e11
PATTERN_LIMIT = 80
"""Characters of a regular expression: longer ones are looked for as plain text."""
REPEAT_LIMIT = 2
_DANGEROUS = re.compile(r"[*+}?]\)*[*+{]|\\\d|\([^)]*[*+{|][^)]*\)[*+{]")
"""Nested repetition and back references: what makes Python's matcher take for ever."""


def group_of(row: RouteHealth) -> int:
    """The group a row stands in, as an index of `GROUPS`."""
    if row.state is HealthState.HEALTHY and not row.is_latched:
        return HEALTHY
    if is_new(row):
        return NEW
    if row.is_latched or row.state is HealthState.RECOVERED:
        return RECOVERED
    if row.state is HealthState.UNKNOWN:
        return IN_HAND if row.outage_id else UNMEASURED
    return IN_HAND


def name_key(route: RouteRecord) -> str:
    """Device, vrf, prefix (by number), id: unique, and in the order people expect."""
    return f"{route.hostname}\0{route.vrf}\0{_prefix_key(route.prefix)}\0{route.route_id}"


def _prefix_key(prefix: str) -> str:
    """IPv4 in the order of its numbers: each stands behind its length."""
    parts = prefix.replace("/", ".").split(".")
    if len(parts) != 5:
        return f"6{prefix}"
    a, b, c, d, e = parts
    return f"4{len(a)}{a}{len(b)}{b}{len(c)}{c}{len(d)}{d}{len(e)}{e}"


def _default(row: RouteHealth) -> str:
    if row.state is HealthState.HEALTHY and not row.is_latched:
        return ""
    return _SEVERITY[row.severity] + _STATE[row.state] + _CLASS[row.route.route_class]


_BY: dict[str, Callable[[RouteHealth], str]] = {
    "x": _default,
    "d": lambda _: "",
    "p": lambda row: _prefix_key(row.route.prefix),
    "s": lambda row: _STATE[row.state],
    "t": lambda row: f"{_FAR_FUTURE - row.since_at:018.3f}",
    "c": lambda row: row.remark or row.cause or "\x7f",
    "o": lambda row: row.route.owner or "\x7f",
    "k": lambda row: row.acknowledged_by or "\x7f",
}


def sorter(by: str) -> Callable[[RouteHealth], str]:
    """What a row's place in its group depends on, before its name; `by` is a letter of `SORTS`."""
    return _BY[by]


class Filter(NamedTuple):
    """What an operator typed after `/`, ready to match."""

    text: str = ""
    matches: Callable[[RouteHealth], bool] | None = None
    """None: everything."""
    problem: str = ""
    """Why it is not what was meant: a bad regular expression."""


def filter_of(text: str) -> Filter:
    """`word`, `!word` (not), `field:word` (site, device, prefix, vrf, state, cause, owner, class, ack, via), `~regex`.

    Words are joined with and. A regular expression is refused when it is long or could take for ever.
    """
    words = text.split()
    if not words:
        _STATIC.clear()  # 25 MB with 100,000 routes
        return Filter()
    tests: list[Callable[[RouteHealth], bool]] = []
    problem = ""
    for word in words:
        test, wrong = _test_of(word)
        problem = problem or wrong
        tests.append(test)
    if len(tests) == 1:
        return Filter(text, tests[0], problem)
    return Filter(text, lambda row: all(test(row) for test in tests), problem)


def _test_of(word: str) -> tuple[Callable[[RouteHealth], bool], str]:
    if word.startswith("!") and len(word) > 1:
        test, problem = _test_of(word[1:])
        return (lambda row: not test(row)), problem
    field, colon, value = word.partition(":")
    get = _FIELDS.get(field.lower()) if colon else None
    if get is not None:
        return _contains(get, value)
    return _contains(_all_text, word)


def _contains(get: Callable[[RouteHealth], str], word: str) -> tuple[Callable[[RouteHealth], bool], str]:
    if word.startswith("~"):
        pattern, problem = _pattern(word[1:])
        if pattern is not None:
            search = pattern.search
            return (lambda row: search(get(row)[:400]) is not None), ""
        return (lambda _: True), problem
    lowered = word.lower()
    return (lambda row: lowered in get(row)), ""


def _pattern(text: str) -> tuple[re.Pattern[str] | None, str]:
    if len(text) > PATTERN_LIMIT:
        return None, f"a pattern has at most {PATTERN_LIMIT} characters"
    if _DANGEROUS.search(text) or sum(text.count(sign) for sign in "*+{") > REPEAT_LIMIT:
        return None, f"more than {REPEAT_LIMIT} repetitions, or one in another, could take for ever"
    try:
        return re.compile(text.lower()), ""
    except (re.error, OverflowError) as error:
        return None, f"no pattern: {error}"


def _all_text(row: RouteHealth) -> str:
    return f"{static_text(row.route)} {row.state} {row.cause} {row.remark} {row.acknowledged_by}".lower()


_STATIC: dict[int, tuple[RouteRecord, str]] = {}
_STATIC_LIMIT = 200_000


def static_text(route: RouteRecord) -> str:
    """What never changes of a route, lower-cased once."""
    found = _STATIC.get(id(route))
    if found is not None and found[0] is route:
        return found[1]
    if len(_STATIC) >= _STATIC_LIMIT:
        _STATIC.clear()
    text = f"{route.site} {route.hostname} {route.prefix} {route.vrf} {route.owner} {route.route_class} {route.circuit}"
    lowered = text.lower()
    _STATIC[id(route)] = (route, lowered)
    return lowered


_FIELDS: dict[str, Callable[[RouteHealth], str]] = {
    "site": lambda row: row.route.site.lower(),
    "device": lambda row: row.route.hostname.lower(),
    "prefix": lambda row: row.route.prefix.lower(),
    "vrf": lambda row: row.route.vrf.lower(),
    "owner": lambda row: (row.route.owner or "unowned").lower(),
    "class": lambda row: row.route.route_class.lower(),
    "circuit": lambda row: f"{row.route.circuit} {row.route.carrier}".lower(),
    "state": lambda row: row.state.lower(),
    "severity": lambda row: (row.severity or "none").lower(),
    "cause": lambda row: f"{row.cause} {row.remark}".lower(),
    "ack": lambda row: row.acknowledged_by.lower() or ("none" if row.outage_id else ""),
    "via": lambda row: row.via.lower(),
    "is": lambda row: _overlay_words(row.overlays),
}
FIELDS = tuple(_FIELDS)
"""Names for `field:value`."""


def _overlay_words(overlays: Overlay) -> str:
    return " ".join((flag.name or "").lower() for flag in Overlay if flag and overlays & flag)


def needs_a_look(row: RouteHealth) -> bool:
    """What `f` keeps: not acknowledged, or recovered and not seen; in hand and healthy go."""
    return group_of(row) in (NEW, RECOVERED)
