"""Pure. A file of `config/anomalies` → a rule, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter
from typing import Any  # a JSON schema

import msgspec

from statetrace_engine.anomalies import json_lines, mistakes
from statetrace_engine.anomalies.expressions import compiled
from statetrace_engine.anomalies.matching import is_indexed
from statetrace_engine.model.anomaly import Count, Finding, Frequency, OffHours, Rule, Sequence, Threshold
from statetrace_engine.model.reading import PART_OF

_decoder = msgspec.json.Decoder(Rule)
_MALFORMED = re.compile(r"\(byte (\d+)\)")
_PLACE = re.compile(r"\{(\w+)\}")
_KNOWN = ("hostname", "tag")
_BUCKETS = 1000


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a rule's file."""
    return msgspec.json.schema(Rule)


def read(texts: Mapping[str, str], runbooks: Collection[str] = ()) -> tuple[list[Rule], list[str]]:
    """Sound rules by the paths of their files, in the order given, and every problem as `file:line: what`."""
    rules: list[Rule] = []
    problems: list[str] = []
    named: dict[str, str] = {}
    for path, text in texts.items():
        rule, wrong = _one(text)
        if rule is not None:
            wrong += [(json_lines.locate(text, where), what) for where, what in _unsound(rule, runbooks)]
            if rule.id in named:
                wrong.append((json_lines.locate(text, "$.id"), f"{rule.id} is already the rule of {named[rule.id]}"))
            named.setdefault(rule.id, path)
            if not wrong:
                rules.append(rule)
        problems += [f"{path}:{line}: {what}" for line, what in sorted(wrong, key=itemgetter(0))]
    return rules, problems


def _one(text: str) -> tuple[Rule | None, list[tuple[int, str]]]:
    """The rule, where it is one, and what is wrong by its line."""
    encoded = text.encode("utf-8", "surrogatepass")
    try:
        document = msgspec.json.decode(encoded)
    except msgspec.DecodeError as error:
        byte = _MALFORMED.search(str(error))
        end = int(byte[1]) if byte else len(text.rstrip().encode("utf-8", "surrogatepass"))
        return None, [(encoded.count(b"\n", 0, end) + 1, f"no JSON: {error}")]
    except RecursionError:
        return None, [(1, "no JSON that anybody reads: it is nested too deep")]
    twice = [
        (each.line, f"`{each.key}` stands twice, first in line {each.first}") for each in json_lines.repeated(text)
    ]
    wrong = [(json_lines.locate(text, where), what) for where, what in mistakes.of(document, Rule)]
    return (None if wrong else _decoder.decode(encoded)), twice + wrong


def _unsound(rule: Rule, runbooks: Collection[str]) -> Iterator[tuple[str, str]]:
    """What no schema can tell."""
    steps = [("$.on", rule.on)]
    if isinstance(rule.find, Sequence):
        steps += [(f"$.find.then[{at}]", on) for at, on in enumerate(rule.find.then)]
    groups: set[str] = set(_KNOWN)
    for where, on in steps:
        for at, tag in enumerate(on.tags):
            if "*" in tag.rstrip("*") or (tag.endswith("*") and "-" not in tag):
                yield f"{where}.tags[{at}]", "`*` stands at the end, behind a facility: `PORT_SECURITY-*`"
        for at, word in enumerate(on.words):
            if not is_indexed(word):
                yield f"{where}.words[{at}]", "a word has a letter of a to z, a digit or `_`"
        if not (on.tags or on.words or on.pattern or on.facts):
            yield where, "it would look at every message: give tags, words, a pattern or facts"
        if on.facts:
            groups |= {"value", "state", "component", *(PART_OF[fact] for fact in on.facts)}
        for name in ("pattern", "unless"):
            try:
                made = compiled(getattr(on, name))
            except ValueError as error:
                yield f"{where}.{name}", str(error)
                continue
            if made is not None and name == "pattern":
                groups |= set(made.groupindex)
                if made.search("") is not None and not (on.tags or on.words):
                    yield f"{where}.pattern", "it finds the empty text, and so every message"
    for name in _PLACE.findall(rule.subject):
        if name not in groups:
            yield "$.subject", f"no group {{{name}}} in its patterns; there are {', '.join(sorted(groups))}"
    if isinstance(rule.find, Count) and rule.find.each and rule.find.each not in groups:
        yield "$.find.each", f"no group {rule.find.each!r} in its pattern"
    if isinstance(rule.find, Threshold):
        if rule.find.value not in groups and not rule.find.is_said_in_words:
            yield "$.find.value", f"no group {rule.find.value!r} in its pattern"
        if rule.find.above is None and rule.find.below is None:
            yield "$.find", "a threshold is above or below something"
    yield from _senseless(rule.find)
    if rule.runbook and runbooks and rule.runbook not in runbooks:
        yield "$.runbook", f"no runbook {rule.runbook!r}"


def _senseless(find: Finding) -> Iterator[tuple[str, str]]:
    """What would be found always, or never."""
    if isinstance(find, Threshold) and find.above is not None and find.below is not None and find.above < find.below:
        yield "$.find.above", f"every number is above {find.above:g} or below {find.below:g}"
    if isinstance(find, Frequency):
        count = find.baseline_s / find.bucket_s
        if not 2 <= count <= _BUCKETS:
            yield "$.find.baseline_s", f"a baseline is of 2 to {_BUCKETS} buckets, and this one of {count:g}"
    if isinstance(find, OffHours) and find.start == find.end and not find.weekends:
        yield "$.find.end", "nothing is off hours from an hour to itself, without weekends"
