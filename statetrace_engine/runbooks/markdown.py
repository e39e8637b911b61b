"""Pure. A runbook's Markdown → Runbook.

# Link failure
id: link-failure
causes: link-failure
vendors: all
severities: critical, major
owner: network operations
escalation: after 15 min to the carrier

## Summary
The interface is down and nobody shut it.

## Preconditions
- the circuit id is at hand

## Steps

### Is the light there?
- cisco_ios, cisco_xr: `show interfaces {interface}`
- any: `show interface {interface}`
- expect: up, receive power above the optic's floor
- so: no light means fibre or far end; ask the carrier
- check: interface {interface}
- if not: go to "Call the carrier"
- if somebody shut it: runbook admin-shutdown

## Expected results
- {interface} is up

## Escalation
Bring the circuit id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Branch, Check, Runbook, RunbookStep
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import vendors

VENDORS = (*vendors.NAMES, vendors.ANY)
PLACEHOLDERS = ("hostname", "interface", "port", "neighbour", "next_hop", "prefix", "network", "mask", "vrf")
"""`port` is the interface without its unit, `network` and `mask` are the prefix as IOS takes it."""
CHECKS: Mapping[str, tuple[str, ...]] = {
    "interface": ("{interface}", "{port}"),
    "session": ("{neighbour}",),
    "bfd": ("{neighbour}",),
    "route": ("{prefix}",),
    "carried": ("{prefix}",),
    "arp": ("{next_hop}",),
    "stp": ("{port}",),
    "probe": ("next-hop", "destination"),
    "device": ("{hostname}",),
    "capture": (
        "routes", "bgp_neighbors", "ospf_neighbors", "interfaces", "arp", "mac_addresses", "neighbors", "vlans",
        "spanning_tree", "vitals", "version", "log", "config",
    ),
    "change": ("reverted",),
}  # fmt: skip
"""What the engine verifies: the kinds of a check, and the subjects of each."""
_CAUSES = tuple(kind.value for kind in CauseKind)
_SEVERITIES = tuple(severity.value.lower() for severity in Severity)
_HEADER = re.compile(r"([a-z][a-z ]*):[ \t]*(.*)")
_ITEM = re.compile(r"[-*][ \t]+([a-z_]+(?:[ \t]*,[ \t]*[a-z_]+)*):[ \t]*(.*)")
_BULLET = re.compile(r"[-*][ \t]+(.*)")
_COMMAND = re.compile(r"`([^`]+)`")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_GAP = re.compile(r"[\s-]+")
_BRANCH = re.compile(r"[-*][ \t]+if[ \t]+([^:`]{1,60}?):[ \t]*(.*)")
_GO_TO = re.compile(r'go to "([^"]+)"')
_RUNBOOK = re.compile(r"runbook ([A-Za-z0-9_.-]+)")
END = "end"
_SLUG = re.compile(r"[^a-z0-9]+")
_ESCALATION = re.compile(r"after (\d{1,4}) (min|h) to (.+)")
_MINUTES = {"min": 60.0, "h": 3600.0}


class Problem(Struct, frozen=True):
    """What is wrong with a runbook, and on which line (from 1)."""

    line: int
    what: str


def parse(name: str, text: str) -> tuple[Runbook, list[Problem]]:
    """The runbook as far as it can be read, and everything that is wrong with it."""
    reader = _Reader(name)
    for number, line in enumerate(text.split("\n"), start=1):
        reader.line(number, line.replace("\t", " ").rstrip())
    reader.end()
    return reader.runbook(text), sorted(reader.problems, key=lambda problem: problem.line)


def headed(text: str) -> dict[str, int]:
    """Which headers a runbook has, each with its line (from 1)."""
    lines = enumerate(text.split("\n## ", 1)[0].split("\n"), start=1)
    found = ((number, _HEADER.fullmatch(line.rstrip())) for number, line in lines)
    return {match[1]: number for number, match in reversed(list(found)) if match is not None}


def _vendors(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(vendors.NAMES) if "all" in words else words


def slug(title: str) -> str:
    """A step's title as tasks and branches name it: `is-the-light-there`."""
    return _SLUG.sub("-", title.lower()).strip("-")[:60].strip("-") or "step"


class _Reader:
    """Takes a runbook line by line."""

    def __init__(self, name: str) -> None:
        self.problems: list[Problem] = []
        self._name = name
        self._title = ""
        self._lists: dict[str, tuple[str, ...]] = {}
        self._words: dict[str, str] = {}
        self._escalate: tuple[float | None, str] = (None, "")
        self._section = ""
        self._seen: dict[str, int] = {}
        """Sections and headers, each with its first line."""
        self._said: dict[str, list[str]] = {name: [] for name in _SECTIONS}
        self._steps = _Steps(self._bad)

    def line(self, number: int, printed: str) -> None:
        line = sanitise(printed, len(printed))
        if line != printed:
            self._bad(number, "a control or invisible character: a command with it cannot be pasted")
        if line.startswith("### ") and self._section == "steps":
            self._steps.begin(number, line[4:].strip())
        elif line.startswith("## "):
            self._open(number, line[3:].strip())
        elif line.startswith("# ") and not self._title:
            self._title = line[2:].strip()
        elif self._section == "steps":
            self._steps.line(number, line)
        elif self._section:
            self._say(number, line)
        elif line.strip():
            self._header(number, line)

    def end(self) -> None:
        self._steps.end()
        self._steps.check()
        if not self._title:
            self._bad(1, "no title; begin with `# Title`")
        if not self._steps.done:
            self._bad(
                self._seen.get("steps", 1), "no steps; each stands under `## Steps` and begins with `### What to do`"
            )

    def runbook(self, text: str) -> Runbook:
        after_s, to = self._escalate
        return Runbook(
            name=self._name,
            title=self._title or self._name,
            causes=self._lists.get("causes", ()),
            variant_of=self._lists.get("variant of", ()),
            vendors=_vendors(self._lists.get("vendors", ())),
            severities=self._lists.get("severities", ()),
            owner=self._words.get("owner", ""),
            summary=" ".join(self._said["summary"]),
            preconditions=tuple(self._said["preconditions"]),
            steps=tuple(self._steps.done),
            results=tuple(self._said["expected results"]),
            escalate_to=to,
            escalate_after_s=after_s,
            escalation=" ".join(self._said["escalation"]),
            text=text,
        )

    def _open(self, number: int, title: str) -> None:
        self._steps.end()
        section = title.lower()
        if section not in _SECTIONS:
            self._bad(number, f"no section {title!r}; there are {', '.join(_SECTIONS)}")
        if section in self._seen:
            self._bad(number, f"a second section {title!r}; the first is on line {self._seen[section]}")
        self._section = section if section in _SECTIONS else "unknown"
        self._seen.setdefault(section, number)

    def _say(self, number: int, line: str) -> None:
        said = self._said.get(self._section)
        if said is None or not line.strip():
            return
        _check_placeholders(number, line, self._bad)
        bullet = _BULLET.fullmatch(line)
        if bullet:
            said.append(bullet[1].strip())
        elif said and self._section in _LISTS:
            said[-1] += f" {line.strip()}"
        else:
            said.append(line.strip())

    def _header(self, number: int, line: str) -> None:
        match = _HEADER.fullmatch(line)
        if match is None:
            self._bad(number, "words before the first section: they stand under `## Summary`")
            return
        key, value = match[1], match[2].strip()
        if key in _HEADERS and self._seen.setdefault(f"{key}:", number) != number:
            self._bad(number, f"a second header {key!r}; the first is on line {self._seen[f'{key}:']}")
        if key in _CHOICES:
            self._lists[key] = tuple(word.strip().lower() for word in value.split(",") if word.strip())
            for word in self._lists[key]:
                if word not in _CHOICES[key]:
                    self._bad(number, f"no {_NOUNS[key]} {word!r}; there are {', '.join(_CHOICES[key])}")
        elif key == "id" and value != self._name:
            self._bad(number, f"id {value!r} is not the file's name {self._name!r}")
        elif key == "escalation":
            self._escalation(number, value)
        elif key in ("owner", "id"):
            self._words[key] = value
        else:
            self._bad(number, f"no header {key!r}; there are {', '.join(_HEADERS)}")

    def _escalation(self, number: int, value: str) -> None:
        match = _ESCALATION.fullmatch(value)
        if match is None:
            self._bad(number, "escalation says when and to whom: `after 15 min to the carrier`")
            return
        self._escalate = (float(match[1]) * _MINUTES[match[2]], match[3].strip())

    def _bad(self, number: int, what: str) -> None:
        self.problems.append(Problem(number, what))


_SECTIONS = ("summary", "preconditions", "steps", "expected results", "escalation")
_LISTS = ("preconditions", "expected results")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "causes": _CAUSES, "variant of": _CAUSES, "vendors": (*VENDORS, "all"), "severities": _SEVERITIES,
}  # fmt: skip
_NOUNS = {"causes": "cause", "variant of": "cause", "vendors": "vendor", "severities": "severity"}
_HEADERS = ("id", *_CHOICES, "owner", "escalation")


class _Steps:
    """The steps of one runbook, line by line."""

    def __init__(self, bad: Callable[[int, str], None]) -> None:
        self.done: list[RunbookStep] = []
        self._named: dict[str, int] = {}
        """Slugs that are taken, each with the last number that was put behind it."""
        self._bad = bad
        self._step: tuple[int, str] | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._commands: dict[str, str] = {}
        self._words = {"expect": "", "so": ""}
        self._branches: list[Branch] = []
        self._checks: list[Check] = []
        self._continues = ""
        """The word that an indented line goes on with."""

    def begin(self, number: int, title: str) -> None:
        self.end()
        _check_placeholders(number, title, self._bad)
        self._step = (number, title)

    def line(self, number: int, line: str) -> None:
        if self._step is None:
            if line.strip():
                self._bad(number, "words before the first step; a step begins with `### What to do`")
            return
        item, branch = _ITEM.fullmatch(line), _BRANCH.fullmatch(line)
        if self._continues and line.startswith("  ") and line.strip() and not item:
            self._words[self._continues] += f" {line.strip()}"
            _check_placeholders(number, line, self._bad)
            return
        self._continues = ""
        if item and item[1] in self._words:
            if self._words[item[1]]:
                self._bad(number, f"a second `{item[1]}` in this step; indent what goes on")
            self._continues = item[1]
            self._words[item[1]] = item[2].strip()
            _check_placeholders(number, line, self._bad)
        elif item and item[1] == "check":
            self._check(number, item[2].strip())
        elif item:
            self._command(number, [word.strip() for word in item[1].split(",")], item[2])
        elif branch:
            self._branch(number, branch[1].strip(), branch[2].strip())
        elif line.strip():
            self._bad(number, "a step has commands by vendor, `expect`, `so`, `check` and `if`; indent what goes on")

    def end(self) -> None:
        if self._step is None:
            return
        number, title = self._step
        if not self._commands and not self._words["so"]:
            self._bad(number, "a step has a command, or says what to do after `- so:`")
        if self._commands and not self._words["expect"]:
            self._bad(number, "a step with a command says what to see: `- expect: up/up`")
        self.done.append(
            RunbookStep(
                title=title, commands=self._commands, expect=self._words["expect"], so=self._words["so"],
                slug=self._name(number, title), branches=tuple(self._branches), checks=tuple(self._checks), line=number,
            )
        )  # fmt: skip
        self._step = None
        self._begin_anew()

    def check(self) -> None:
        """What only all steps together show: branches that lead nowhere, steps to which nothing leads."""
        slugs = [step.slug for step in self.done]
        for step in self.done:
            for branch in step.branches:
                if branch.step and branch.step not in slugs:
                    self._bad(branch.line, f"no step {branch.step!r}; there are {', '.join(slugs)}")
        reached, leaving = _reached(self.done), _leaving(self.done)
        for number in sorted(set(range(len(slugs))) - reached):
            self._bad(self.done[number].line, "no step leads here: the one before it always leads elsewhere")
        for number in sorted(reached - leaving):
            self._bad(self.done[number].line, "no way on from here leads to an end: these steps go round in a circle")

    def _name(self, number: int, title: str) -> str:
        """Its slug; of the second step with one title another."""
        name = slug(title)
        if name not in self._named:
            self._named[name] = 1
            return name
        self._bad(number, f"a second step {title!r}; branches could not tell them apart")
        count = self._named[name] + 1
        while (other := f"{name}-{count}") in self._named:
            count += 1
        self._named[name], self._named[other] = count, 1
        return other

    def _branch(self, number: int, label: str, target: str) -> None:
        step, book = _GO_TO.fullmatch(target), _RUNBOOK.fullmatch(target)
        if any(branch.label == label for branch in self._branches):
            self._bad(number, f"a second branch {label!r}")
        if step:
            self._branches.append(Branch(label=label, step=slug(step[1]), line=number))
        elif book:
            self._branches.append(Branch(label=label, runbook=book[1], line=number))
        elif target == END:
            self._branches.append(Branch(label=label, line=number))
        else:
            self._bad(number, 'a branch leads somewhere: `go to "Step title"`, `runbook NAME` or `end`')

    def _check(self, number: int, value: str) -> None:
        kind, _, subject = value.partition(" ")
        subject = subject.strip()
        if kind not in CHECKS:
            self._bad(number, f"no check {kind!r}; there are {', '.join(CHECKS)}")
        elif subject not in CHECKS[kind]:
            self._bad(number, f"a check of {kind} is of {' or '.join(CHECKS[kind])}, not of {subject!r}")
        else:
            self._checks.append(Check(kind=kind, subject=subject, line=number))

    def _command(self, number: int, whose: list[str], value: str) -> None:
        command = _COMMAND.fullmatch(value.strip())
        if not command:
            self._bad(number, "a command stands alone between backticks")
            return
        _check_placeholders(number, command[1], self._bad)
        for vendor in whose:
            if vendor not in VENDORS:
                self._bad(number, f"no vendor {vendor!r}")
            if vendor in self._commands:
                self._bad(number, f"a second command for {vendor} in this step")
            self._commands[vendor] = command[1].strip()


def _reached(steps: list[RunbookStep]) -> set[int]:
    """Numbers of steps that one can come to from the first one: by a branch, or because the step before goes on."""
    numbers = _numbers(steps)
    found, ahead = set[int](), [0] if steps else []
    while ahead:
        number = ahead.pop()
        if number not in found:
            found.add(number)
            ahead += (after for after in _ways(steps, number, numbers) if after < len(steps))
    return found


def _leaving(steps: list[RunbookStep]) -> set[int]:
    """Numbers of steps from which one comes to an end, or to another runbook, some time."""
    numbers = _numbers(steps)
    before: dict[int, list[int]] = {}
    for number in range(len(steps)):
        for after in _ways(steps, number, numbers):
            before.setdefault(after, []).append(number)
    found, ahead = set[int](), list(before.get(len(steps), ()))
    while ahead:
        number = ahead.pop()
        if number not in found:
            found.add(number)
            ahead += before.get(number, ())
    return found


def _numbers(steps: list[RunbookStep]) -> dict[str, int]:
    return {step.slug: number for number, step in enumerate(steps)}


def _ways(steps: list[RunbookStep], number: int, numbers: Mapping[str, int]) -> Iterator[int]:
    """Where a step leads: numbers of steps, and the number behind the last where the runbook is left."""
    branches = steps[number].branches
    for branch in branches:
        yield numbers.get(branch.step, len(steps))
    if not {"so", "not"} <= {branch.label for branch in branches}:
        yield number + 1


def _check_placeholders(number: int, text: str, bad: Callable[[int, str], None]) -> None:
    for name in _PLACEHOLDER.findall(text):
        is_meant = (
            not _GAP.search(name) or _GAP.sub("_", name.strip().lower()) in PLACEHOLDERS
        )  # else it is a program's
        if is_meant and name not in PLACEHOLDERS:
            bad(number, f"no placeholder {{{name}}}; there are {', '.join(PLACEHOLDERS)}")
