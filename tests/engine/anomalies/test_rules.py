"""What is wrong with a rule is said with its line; a rule that takes too long is switched off; subjects are bounded."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.anomalies import json_lines, mistakes, rules
from statetrace_engine.anomalies.matching import Matcher
from statetrace_engine.anomalies.watch import TELL_S, Watch
from statetrace_engine.model.anomaly import CardStep, Count, Event, On, Rule
from statetrace_engine.model.health import Severity
from statetrace_engine.model.reading import FactName

T0 = 1_795_442_400.0
GOOD = """{
  "id": "X",
  "title": "t",
  "severity": "warning",
  "on": {
    "tags": ["A-1-B"],
    "pattern": "(?P<interface>Gi\\\\d)"
  },
  "subject": "{hostname} {interface}",
  "find": {"kind": "count", "at_least": 2,
           "within_s": 5}
}
"""


def test_a_good_rule() -> None:
    (rule,), problems = rules.read({"x.json": GOOD})
    assert problems == []
    assert (rule.id, rule.find, rule.on.tags) == ("X", Count(2, 5.0), ("A-1-B",))


def test_a_rule_of_facts_alone_knows_their_parts() -> None:
    """It needs no pattern, and is tried on no message."""
    text = GOOD.replace(
        '"tags": ["A-1-B"],\n    "pattern": "(?P<interface>Gi\\\\d)"', '"facts": ["input_errors_per_minute"]'
    )
    (rule,), problems = rules.read({"x.json": text})
    assert (problems, rule.on.facts) == ([], (FactName.INPUT_ERRORS,))
    watch = Watch([rule], lambda at: datetime.fromtimestamp(at, UTC))
    assert watch.take(Event(1.0, T0, "R1", "A-1-B", "Gi1")) == []
    assert watch.matched["X"] == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('"id": "X"', '"id": "X Y"', 2, "Expected `str` matching regex"),
        ('"warning"', '"bad"', 4, "Invalid enum value 'bad'"),
        ('"tags": ["A-1-B"]', '"tags": [7]', 6, "Expected `str`, got `int`"),
        ('"tags"', '"tag"', 6, "Object contains unknown field `tag`"),
        ('"warning"', '"warning",\n"bogus": []', 5, "Object contains unknown field `bogus`"),
        ('"tags": ["A-1-B"]', '"words": [", -"]', 6, "a word has a letter"),
        ('"tags": ["A-1-B"]', '"facts": ["cpu"]', 6, "Invalid enum value 'cpu'"),
        ('"tags": ["A-1-B"]', '"facts": ["fan_failed"]', 9, "no group {slot} in its patterns"),
        ("(?P<interface>", "(?P<interface", 7, "no regular expression"),
        ("(?P<interface>", "(?P<port>", 9, "no group {interface} in its patterns; there are hostname, port, tag"),
        ('"at_least": 2', '"at_least": 0', 10, "Expected `int` >= 1"),
        ('"within_s": 5', '"within_s": -5', 11, "Expected `float` > 0.0"),
        ('"count"', '"often"', 10, "Invalid value 'often'"),
        ('"within_s": 5}', '"within_s": 5', 12, "no JSON"),
        ('"find"', '"runbook": "none",\n"find"', 10, "no runbook 'none'"),
    ],
)
def test_every_mistake_names_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in GOOD
    text = GOOD.replace("{interface}", "{slot}") if "{slot}" in what else GOOD
    _, problems = rules.read({"x.json": text.replace(old, new)}, ["generic"])
    assert any(p.startswith(f"x.json:{line}: ") and what in p for p in problems), problems


def test_all_mistakes_of_a_file_are_named_at_once() -> None:
    text = """{
  "id": "X Y",
  "severity": "bad",
  "on": {"tag": ["A-1-B"],
    "words": [7, "port",
      8]},
  "find": {"kind": "sequence",
    "then": [{"tags": ["B-1-C"]}, {"words": "x",
      "unles": ""}],
    "within_s": -1},
  "quiet_s": "long",
  "colour": 1
}
"""
    made, problems = rules.read({"x.json": text})
    assert made == []
    assert problems == [
        "x.json:1: Object missing required field `title`",
        "x.json:2: Expected `str` matching regex '^[A-Za-z][A-Za-z0-9-]{0,63}$'",
        "x.json:3: Invalid enum value 'bad'",
        "x.json:4: Object contains unknown field `tag`; did you mean 'tags'?",
        "x.json:5: Expected `str`, got `int`",
        "x.json:6: Expected `str`, got `int`",
        "x.json:8: Expected `array`, got `str`",
        "x.json:9: Object contains unknown field `unles`; did you mean 'unless'?",
        "x.json:10: Expected `float` > 0.0",
        "x.json:11: Expected `float`, got `str`",
        "x.json:12: Object contains unknown field `colour`",
    ]


def test_a_key_that_stands_twice_is_refused_with_both_lines() -> None:
    """A decoder takes the last one, and whoever reads the file may believe the first."""
    text = GOOD.replace('"subject"', '"severity": "info",\n  "title": "u",\n  "subject"')
    text = text.replace('"within_s": 5', '"within_s": 5, "at_lea\\u0073t": 9')
    made, problems = rules.read({"x.json": text})
    assert made == []
    assert problems == [
        "x.json:9: `severity` stands twice, first in line 4",
        "x.json:10: `title` stands twice, first in line 3",
        "x.json:13: `at_least` stands twice, first in line 12",
    ]


@pytest.mark.parametrize(
    ("find", "what"),
    [
        ('"threshold", "value": "interface", "above": 1, "below": 5', "every number is above 1 or below 5"),
        ('"threshold", "value": "interface", "above": 5, "below": 1', ""),
        ('"frequency", "bucket_s": 300, "baseline_s": 100', "a baseline is of 2 to 1000 buckets, and this one of 0.33"),
        ('"frequency", "bucket_s": 0.001', "a baseline is of 2 to 1000 buckets, and this one of 3.6e+06"),
        ('"frequency"', ""),
        ('"off_hours", "start": 6, "end": 6, "weekends": false', "nothing is off hours from an hour to itself"),
        ('"off_hours", "start": 6, "end": 6', ""),
    ],
)
def test_what_would_be_found_always_or_never_is_a_mistake(find: str, what: str) -> None:
    text = GOOD[: GOOD.index('"find"')] + f'"find": {{"kind": {find}}}}}'
    made, problems = rules.read({"x.json": text})
    assert ([problem for problem in problems if what not in problem], bool(made)) == ([], not what)
    assert all(problem.startswith("x.json:10: ") for problem in problems)


def test_one_key_in_two_objects_stands_once_in_each() -> None:
    then = '"find": {"kind": "sequence", "within_s": 5, "then": [{"tags": ["A-1-B"]}, {"tags": ["A-1-B"]}]}'
    text = GOOD[: GOOD.index('"find"')] + then + "}"
    _, problems = rules.read({"x.json": text})
    assert problems == []


@pytest.mark.parametrize("word", ["- loop", " rejected, ", "über"])
def test_a_word_may_begin_with_what_no_index_holds(word: str) -> None:
    (rule,), problems = rules.read({"x.json": GOOD.replace('"tags": ["A-1-B"]', f'"words": ["{word}"]')})
    assert problems == []
    assert [m.trigger.rule for m in Matcher([rule]).of(Event(1.0, T0, "R1", "", f"Port Gi1 {word} loop Gi1 x"))] == [
        rule
    ]


@pytest.mark.parametrize("word", ["", " - ", "…"])
def test_a_word_that_no_index_finds_is_refused(word: str) -> None:
    _, problems = rules.read({"x.json": GOOD.replace('"tags": ["A-1-B"]', f'"words": ["{word}"]')})
    assert problems == ["x.json:6: a word has a letter of a to z, a digit or `_`"]


def test_what_has_a_problem_does_not_run() -> None:
    others = {"all.json": GOOD.replace('"tags": ["A-1-B"],', "").replace("(?P<interface>Gi\\\\d)", "(?P<interface>.*)")}
    others["bad.json"] = GOOD.replace("(?P<interface>", "(?P<interface")
    made, problems = rules.read({"good.json": GOOD.replace('"X"', '"Y"'), **others})
    assert ([rule.id for rule in made], len(problems)) == (["Y"], 4)


def test_two_rules_of_one_name() -> None:
    made, problems = rules.read({"a.json": GOOD, "b.json": GOOD})
    assert problems == ["b.json:2: X is already the rule of a.json"]
    assert len(made) == 1


@pytest.mark.parametrize("on", ["{}", '{"pattern": ""}', '{"pattern": ".*"}'])
def test_a_rule_that_would_look_at_everything_is_refused(on: str) -> None:
    text = f'{{"id": "X", "title": "t", "severity": "info", "on": {on}, "find": {{"kind": "new"}}}}'
    _, problems = rules.read({"x.json": text})
    assert len(problems) == 1
    assert "every message" in problems[0]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"on":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_a_file_of_brackets_is_no_rule(text: str) -> None:
    made, problems = rules.read({"x.json": text})
    assert (made, len(problems)) == ([], 1)


@given(st.text(max_size=200))
def test_any_text_is_a_rule_or_a_problem(text: str) -> None:
    made, problems = rules.read({"x.json": text})
    assert bool(made) != bool(problems)


PARTS = st.sampled_from(
    [
        "id",
        "title",
        "severity",
        "on",
        "find",
        "tags",
        "facts",
        "then",
        "kind",
        "count",
        "sequence",
        "X",
        "info",
        "within_s",
    ]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | PARTS,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(PARTS, each, max_size=6),
    max_leaves=12,
)


@given(ANY | st.fixed_dictionaries({}, optional=dict.fromkeys(Rule.__struct_fields__, ANY)))
def test_whatever_a_decoder_refuses_has_a_mistake_and_nothing_else_has(value: object) -> None:
    encoded = msgspec.json.encode(value)
    try:
        msgspec.json.decode(encoded, type=Rule)
        is_refused = False
    except msgspec.ValidationError:
        is_refused = True
    assert bool(list(mistakes.of(msgspec.json.decode(encoded), Rule))) == is_refused


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_lines_are_found_in_any_json(value: object) -> None:

    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    assert 1 <= json_lines.locate(text, "$.a[0].b") <= text.count("\n") + 1


def utc(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def rule(on: On, **more: object) -> Rule:
    fields = {"find": Count(1, 60.0), **more}
    return Rule(id="R", title="r", severity=Severity.INFO, on=on, **fields)  # type: ignore[arg-type]


def say(text: str, steady: float = 1.0, host: str = "h") -> Event:
    return Event(steady, T0 + steady, host, "", text)


def test_an_expression_without_end_costs_its_rule_and_no_more() -> None:
    watch = Watch([rule(On(words=("x",), pattern=r"(x+x+)+[yz]"))], utc)
    assert watch.take(say("x" * 200)) == []
    assert watch.slow == {"R": "its expression took longer than 20 ms on one message"}
    assert watch.take(say("xxxy", 2.0)) == []


@pytest.mark.parametrize(
    ("word", "text", "is_met"),
    [
        ("x", "xyz", True), ("psu", "the psus fail", True), ("power supp", "Power Supply 2", True),
        ("power supp", "powersupply", False), ("down", "shutdown", False), ("err-dis", "in err-disable state", True),
        ("snmp_trap", "[2]:SNMP_TRAP_LINK", True), ("longest word", "longest", False),
    ],
)  # fmt: skip
def test_a_word_is_met_from_its_beginning_in_any_case(word: str, text: str, is_met: bool) -> None:
    assert bool(Watch([rule(On(words=(word,)))], utc).take(say(text))) == is_met


@pytest.mark.parametrize(
    ("tag", "said", "is_met"),
    [
        ("A-1-B", "A-1-B", True), ("a-1-b", "A-1-B", True), ("A-1-B", "A-1-BC", False), ("A-1-*", "A-1-BC", True),
        ("A-*", "A-1-B", True), ("A-*", "AB-1-B", False), ("A-SUB-*", "A-SUB-1-B", True), ("A-1-B", "", False),
    ],
)  # fmt: skip
def test_a_tag_is_met_whole_or_from_its_beginning(tag: str, said: str, is_met: bool) -> None:
    event = Event(1.0, T0, "h", said, "text")
    assert bool(Watch([rule(On(tags=(tag,)))], utc).take(event)) == is_met


def test_expressions_that_are_always_tried_find_the_same_together_as_alone() -> None:
    patterns = (r"(?P<a>a+)b", r"(c)\1", r"(?i:D)e", r"(?P<a>f)g", r"(x+x+)+[yz]")
    made = [msgspec.structs.replace(rule(On(pattern=p)), id=f"R{n}") for n, p in enumerate(patterns)]
    endless = "x" * 200
    said = {"aab": ["R0"], "cc": ["R1"], "de fg": ["R2", "R3"], "none": [], f"{endless}cc": ["R1"]}
    for text, names in said.items():
        together = Watch(made, utc)
        assert sorted(c.card.rule for c in together.take(say(text))) == names, text
        assert set(together.slow) == ({"R4"} if text.startswith(endless) else set())


def test_what_a_device_says_cannot_hide_in_a_subject() -> None:
    watch = Watch(
        [rule(On(words=("port",), pattern=r"port (?P<p>.+)"), subject="{hostname} {p}")],
        utc,
    )
    (change,) = watch.take(say("port \x1b[2J\x07" + "z" * 500))
    assert "\x1b" not in change.card.subject
    assert "\x07" not in change.card.subject
    assert len(change.card.subject) <= 200


def test_a_card_is_counted_while_it_is_open_and_over_when_it_is_quiet() -> None:
    watch = Watch([rule(On(words=("x",)), quiet_s=10.0)], utc)
    steps = [watch.take(say("x", at)) for at in (1.0, 5.0, 14.0)]
    assert [(c.step, c.card.count) for s in steps for c in s] == [
        (CardStep.RAISED, 1),
        (CardStep.MORE, 2),
        (CardStep.MORE, 3),
    ]
    assert watch.pass_time(23.9, T0 + 23.9) == []
    (over,) = watch.pass_time(24.0, T0 + 24.0)
    assert (over.step, over.card.is_over, over.card.count) == (CardStep.OVER, True, 3)
    (again,) = watch.take(say("x", 30.0))
    assert (again.step, again.card.count) == (CardStep.RAISED, 1)
    assert again.card.card_id != over.card.card_id


def test_a_card_that_grew_is_told_of_soon_though_nothing_more_is_said() -> None:
    """Not with each message of a flood, and not only when it is over."""
    watch = Watch([rule(On(words=("x",)), quiet_s=900.0)], utc)
    watch.take(say("x", 1.0))
    assert watch.take(say("x", 1.5)) == watch.take(say("x", 2.0)) == []
    due = watch.next_due()
    assert due is not None
    assert 2.0 < due <= 1.0 + TELL_S
    (told,) = watch.pass_time(due, T0 + due)
    assert (told.step, told.card.count) == (CardStep.MORE, 3)


def test_a_file_of_brackets_costs_no_more_memory_than_it_is_long() -> None:
    tracemalloc.start()
    assert json_lines.locate("\n" + "[" * 3000, "$.find") == 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20
