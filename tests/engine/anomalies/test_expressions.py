"""What an expression of a user's costs is bounded, whatever it is and whatever line it looks at."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.anomalies import expressions
from statetrace_engine.anomalies.matching import Matcher
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import Count, Event, On, Rule
from statetrace_engine.model.health import Severity

T0 = 1_795_442_400.0
MOST_S = 1.0
"""Of this thread's own CPU: fifty times the timeout, which counts what all threads take."""


def rule(name: str, on: On) -> Rule:
    return Rule(id=name, title="r", severity=Severity.INFO, on=on, find=Count(1, 60.0))


def event(text: str) -> Event:
    return Event(1.0, T0, "R1", "", text)


def bomb(repeat: str, depth: int, kernel: str = "a") -> str:
    return "(?:" * depth + kernel + f"){repeat}" * depth


@pytest.mark.parametrize(
    "pattern",
    [bomb("{2}", 60), bomb("{2}", 20, "a|b"), bomb("{3,9}", 16, "a+"), bomb("{9,}?", 9), "(((a{50}){50}){50}){50}",
     r"(?x) (?: (?: a b ) {999} ) {999}", "a{99999999999999999999}", "[ab]{20000}"],
)  # fmt: skip
def test_an_expression_that_repeats_itself_without_measure_is_refused_before_it_takes_the_memory(pattern: str) -> None:
    with pytest.raises(ValueError, match="it repeats too much"):
        expressions.compiled(pattern)


@pytest.mark.parametrize("depth", [400, 2000])
def test_an_expression_that_is_nested_too_deep_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        expressions.compiled("(" * depth + "a" + ")" * depth)


@pytest.mark.parametrize(
    ("pattern", "weight"),
    [
        ("abc", 3), ("a{5}", 5), ("a{2,9}b", 3), ("a{,9}", 1), ("(?:ab){3}", 3 * 4), (r"\d{4}[^]({]x", 6),
        ("a{e<=2}", 7), (r"\{5}\({3}", 3 + 3), ("a)b", 3), ("(a", 2), ("", 0),
    ],
)  # fmt: skip
def test_what_an_expression_weighs(pattern: str, weight: int) -> None:
    """Roughly: what stands there, each part as often as it has to be repeated."""
    assert expressions.weight(pattern) == weight


def test_an_expression_that_was_switched_off_is_tried_no_more_in_company_either() -> None:
    """Those that look at every message are searched for by one search: what made it take too long leaves it."""
    endless, quick = rule("E", On(pattern=r"(x+x+)+[yz]")), rule("Q", On(pattern=r"q\d"))
    matcher, text = Matcher([endless, quick]), "x" * 200
    assert matcher.may_concern(text.encode())
    assert matcher.of(event(text)) == []
    assert set(matcher.slow) == {"E"}
    assert not matcher.may_concern(text.encode())
    assert matcher.may_concern(b"xxxxq1")
    assert [match.trigger.rule.id for match in matcher.of(event(f"{text}q1"))] == ["Q"]


def test_a_rule_that_was_switched_off_elsewhere_leaves_the_company_too() -> None:
    """By its mean, or in an earlier life of the engine."""
    watch = Watch(
        [rule("A", On(pattern="aa")), rule("B", On(pattern="bb"))], lambda at: datetime.fromtimestamp(at, UTC)
    )
    assert watch.matcher.may_concern(b"aa")
    watch.mute("A", "it takes 3.0 ms a message")
    assert not watch.matcher.may_concern(b"aa")
    assert watch.matcher.may_concern(b"bb")


def test_more_than_fits_in_one_search_is_searched_for_apart() -> None:
    heavy = "(?:[ab][cd]){700}"
    rules = [rule(f"R{n}", On(pattern=f"{heavy}|only{n}")) for n in range(8)]
    matcher = Matcher(rules)
    for n in range(8):
        assert matcher.may_concern(f"only{n}".encode())
        assert [match.trigger.rule.id for match in matcher.of(event(f"only{n}"))] == [f"R{n}"]


ATOMS = st.sampled_from(
    ["a", "b", "x", ".", r"\w", r"\d", "[ab]", "[^b]", r"\b", r"\X", "é", "(?<=a)", "(?!b)", "^", "$", r"\1", "(?1)"]
)
REPEATS = st.sampled_from(["", "", "*", "+", "?", "*?", "+?", "*+", "{0,9}", "{2,}", "{1,300}", "{50}", "{e<=3}"])
OPENED = st.sampled_from(["(", "(?:", "(?=", "(?<!", "(?>", "(?i:"])


def joined(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    one = st.builds(lambda opened, inner, repeat: f"{opened}{inner}){repeat}", OPENED, part, REPEATS)
    row = st.lists(one | part, min_size=1, max_size=3).map("".join)
    return row | st.lists(row, min_size=2, max_size=3).map("|".join)


EXPRESSIONS = st.recursive(st.builds(lambda atom, repeat: atom + repeat, ATOMS, REPEATS), joined, max_leaves=14)
LINES = st.builds(
    lambda part, times, end: part * times + end,
    st.sampled_from(["a", "x", "ab", "a ", "é", "aß", "1.", "interface ", "aab x"]) | st.text(max_size=5),
    st.integers(0, 5000),
    st.sampled_from(["", "b", "!", "\n"]),
)


def cost(matcher: Matcher, text: str) -> float:
    began = time.thread_time()
    matcher.may_concern(text.encode("utf-8", "replace"))
    matcher.of(event(text))
    return time.thread_time() - began


@settings(deadline=None)
@given(EXPRESSIONS, EXPRESSIONS, st.booleans(), LINES)
def test_a_message_costs_no_more_than_a_bound_whatever_the_expression_and_the_line(
    pattern: str, unless: str, is_always: bool, text: str
) -> None:
    """And one that took too long is not tried a second time: the message then concerns nobody."""
    on = On(words=() if is_always else ("a", "x", "1"), pattern=pattern, unless=unless)
    try:
        began = time.thread_time()
        matcher = Matcher([rule("R", on)])
    except ValueError:
        assert time.thread_time() - began < MOST_S
        return
    assert time.thread_time() - began < MOST_S
    assert cost(matcher, text) < MOST_S
    if matcher.slow and is_always:
        assert not matcher.may_concern(text.encode("utf-8", "replace"))
    if matcher.slow:
        assert matcher.of(event(text)) == []
