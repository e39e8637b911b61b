"""A file becomes a runbook, or all that is wrong with it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.runbooks import next_step, parse, read
from tests.engine.runbooks.shipped import FILLS, VENDORS

TEXT = """# Link failure
id: link
causes: link-failure
vendors: cisco_ios, frr
severities: critical, major
owner: network operations
escalation: after 15 min to the carrier

## Summary
The interface is down.
Nobody shut it.

## Preconditions
- the circuit id is at hand
- you may log in to {hostname},
  also by console

## Steps

### See {interface}
- cisco_ios, cisco_xr: `show interfaces {interface}`
- any: `show interface {interface}`
- expect: up/up,
  no errors
- so: no light
  means fibre

### Call somebody
- so: with the circuit id

## Expected results
- {interface} is up

## Escalation
Bring the circuit id.
"""
BRANCHED = """# T
## Steps
### See {interface}
- any: `show interface {interface}`
- expect: up
- check: interface {interface}
- if not: go to "Call somebody"
- if it is busy: runbook control-plane-cpu
- if so: end
### Call somebody
- so: now
"""


def test_a_file_becomes_a_runbook() -> None:
    book, problems = parse("link", TEXT)
    assert problems == []
    assert (book.name, book.title, book.causes) == ("link", "Link failure", ("link-failure",))
    assert (book.vendors, book.severities) == (("cisco_ios", "frr"), ("critical", "major"))
    assert (book.owner, book.escalate_to, book.escalate_after_s) == ("network operations", "the carrier", 900.0)
    assert (book.summary, book.escalation) == ("The interface is down. Nobody shut it.", "Bring the circuit id.")
    assert book.preconditions == ("the circuit id is at hand", "you may log in to {hostname}, also by console")
    assert book.results == ("{interface} is up",)
    first, second = book.steps
    assert first.commands == {
        "cisco_ios": "show interfaces {interface}",
        "cisco_xr": "show interfaces {interface}",
        "any": "show interface {interface}",
    }
    assert (first.expect, first.so) == ("up/up, no errors", "no light means fibre")
    assert (second.title, second.commands, second.so) == ("Call somebody", {}, "with the circuit id")
    assert book.text == TEXT


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("no heading", 1, "no title"),
        ("# T\nwords", 2, "they stand under `## Summary`"),
        ("# T\n## Summary\n## Summary", 3, "a second section 'Summary'; the first is on line 2"),
        ("# T\n## Look", 2, "no section 'Look'; there are summary,"),
        ("# T", 1, "no steps"),
        ("# T\n## Steps\n", 2, "no steps"),
        ("# T\ncolour: red", 2, "no header 'colour'"),
        ("# T\nid: y", 2, "id 'y' is not the file's name 'x'"),
        ("# T\ncauses: link-falure", 2, "no cause 'link-falure'"),
        ("# T\nvariant of: link-falure", 2, "no cause 'link-falure'"),
        ("# T\nvendors: cisco", 2, "no vendor 'cisco'"),
        ("# T\nseverities: terrible", 2, "no severity 'terrible'"),
        ("# T\nescalation: the boss", 2, "escalation says when and to whom"),
        ("# T\n## Summary\nsee {target}", 3, "no placeholder {target}"),
        ("# T\n## Steps\nwords\n### S", 3, "words before the first step"),
        ("# T\n## Steps\n### See {x}", 3, "no placeholder {x}"),
        ("# T\n## Steps\n### S\n- cisco: `x`", 4, "no vendor 'cisco'"),
        ("# T\n## Steps\n### S\n- any: x", 4, "a command stands alone between backticks"),
        ("# T\n## Steps\n### S\n- any: `sh\x1b]0;x\x07ow`\n- expect: x", 4, "a control or invisible character"),
        ("# T\n## Steps\n### S\n- any: `sh\u200bow`\n- expect: x", 4, "a control or invisible character"),
        ("# T\n## Steps\n### S\n- any: `ping {target}`", 4, "no placeholder {target}"),
        ("# T\n## Steps\n### S\n- any: `ping`", 3, "a step with a command says what to see"),
        ("# T\n## Steps\n### S\n- so: {target}", 4, "no placeholder {target}"),
        ("# T\n## Steps\n### S\n- any: `ping { next hop }`\n- expect: x", 4, "no placeholder { next hop }"),
        ("# T\n## Steps\n### S\nwords", 3, "a step has a command"),
        ("# T\n## Steps\n### S\n- so: s\nwords", 5, "indent what goes on"),
        ("# T\n## Steps\n### S\n- so: s\n### R\n  words\n- so: t", 6, "indent what goes on"),
        ('# T\n## Steps\n### S\n- so: s\n- if not: go to "X"', 5, "no step 'x'; there are s"),
        ("# T\n## Steps\n### S\n- so: s\n- if not: leave", 5, "a branch leads somewhere"),
        ("# T\n## Steps\n### S\n- so: s\n- if a: end\n- if a: end", 6, "a second branch 'a'"),
        ("# T\n## Steps\n### S\n- so: s\n- check: weather {prefix}", 5, "no check 'weather'; there are interface,"),
        ("# T\n## Steps\n### S\n- so: s\n- check: bfd {prefix}", 5, "a check of bfd is of {neighbour}, not of"),
        ("# T\n## Steps\n### S\n- so: s\n### S\n- so: s", 5, "a second step 'S'"),
        (
            "# T\n## Steps\n### A\n- so: s\n- if so: end\n- if not: end\n### B\n- so: s",
            7,
            "no step leads here: the one before it always leads elsewhere",
        ),
    ],
)
def test_every_mistake_names_its_line(text: str, line: int, what: str) -> None:
    _, problems = parse("x", text)
    assert any(problem.line == line and what in problem.what for problem in problems)


def test_a_branch_and_a_check_are_typed() -> None:
    book, problems = parse("x", BRANCHED)
    assert problems == []
    first, second = book.steps
    assert [(branch.label, branch.step, branch.runbook) for branch in first.branches] == [
        ("not", "call-somebody", ""),
        ("it is busy", "", "control-plane-cpu"),
        ("so", "", ""),
    ]
    assert [(check.kind, check.subject) for check in first.checks] == [("interface", "{interface}")]
    assert (first.slug, second.slug) == ("see-interface", "call-somebody")


def test_a_branch_to_a_runbook_that_is_not_there_is_a_problem() -> None:
    assert read({"config/x.md": BRANCHED})[1] == ["config/x.md:8: x: no runbook 'control-plane-cpu'"]
    assert read({"config/x.md": BRANCHED}, ["control-plane-cpu"])[1] == []


@given(st.text(max_size=300), st.sampled_from(VENDORS))
def test_any_text_is_a_runbook_and_never_a_crash(text: str, vendor: str) -> None:
    book, _ = parse("x", text)
    next_step(book, vendor, FILLS)


def test_two_runbooks_for_one_cause_are_a_problem() -> None:
    _, problems = read({"config/a.md": TEXT, "config/b.md": TEXT})
    assert [p for p in problems if "id" not in p] == [
        "config/b.md:3: b: cause link-failure is already served by a; remove it from one"
    ]


def test_braces_of_a_program_are_no_placeholder() -> None:
    text = "# T\n## Steps\n### S\n- frr: `ip route | awk '{print $1}'`\n- expect: x"
    assert parse("x", text)[1] == []


def test_many_steps_of_one_title_are_told_apart_in_no_time() -> None:
    text = "# T\n## Steps\n### A-3\n- so: x\n" + "### A\n- so: x\n" * 3000
    began = time.process_time()
    slugs = [step.slug for step in parse("x", text)[0].steps]
    assert slugs[:5] == ["a-3", "a", "a-2", "a-4", "a-5"]
    assert len(set(slugs)) == 3001
    assert time.process_time() - began < 5.0  # half a second; each against all before it, it was a minute


def test_past_the_last_step_the_last_one_stays() -> None:
    book, _ = parse("x", TEXT)
    assert next_step(book, "frr", FILLS, 99).step == "Call somebody"


CIRCLE = "no way on from here leads to an end: these steps go round in a circle"
A_TO_B = '### A\n- so: a\n- if so: go to "B"\n- if not: go to "B"\n'
B_TO_A = '### B\n- so: b\n- if so: go to "A"\n- if not: go to "A"\n'
TWICE = "id: x\ncauses: unknown\ncauses: link-failure\n"
COMMANDS = "- frr: `a`\n- frr, cisco_ios: `b`\n- expect: b\n"


@pytest.mark.parametrize(
    ("header", "steps", "wrong"),
    [
        (TWICE, "### A\n- so: a\n", {4: "a second header 'causes'; the first is on line 3"}),
        ("", "### A\n- so: a\n- so: b\n", {5: "a second `so` in this step; indent what goes on"}),
        ("", f"### A\n{COMMANDS}", {5: "a second command for frr in this step"}),
        ("", A_TO_B + B_TO_A, {3: CIRCLE, 7: CIRCLE}),
        ("", A_TO_B + B_TO_A + "- if tired: end\n", {}),
        ("", A_TO_B + B_TO_A + "- if tired: runbook y\n", {}),
        ("", '### A\n- so: a\n### B\n- so: b\n- if not: go to "A"\n', {}),
    ],
)
def test_what_would_be_lost_or_never_end_is_named_with_its_line(header: str, steps: str, wrong: dict[int, str]) -> None:
    _, problems = parse("x", f"# T\n{header}## Steps\n{steps}")
    assert {problem.line: problem.what for problem in problems} == wrong
