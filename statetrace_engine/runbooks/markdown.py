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

## Expected results
- {interface} is up

## Escalation
Bring the circuit id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from statetrace_engine.model.health import Severity
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook, RunbookStep

VENDORS = (
    "cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "brocade_fastiron", "ruckus_fastiron", "juniper_junos",
    "aruba_aoscx", "hp_procurve", "paloalto_panos", "frr", "any",
)  # fmt: skip
PLACEHOLDERS = ("hostname", "interface", "port", "neighbour", "next_hop", "prefix", "network", "mask", "vrf")
"""`port` is the interface without its unit, `network` and `mask` are the prefix as IOS takes it."""
_CAUSES = tuple(kind.value for kind in CauseKind)
_SEVERITIES = tuple(severity.value.lower() for severity in Severity)
_HEADER = re.compile(r"([a-z][a-z ]*):[ \t]*(.*)")
_ITEM = re.compile(r"[-*][ \t]+([a-z_]+(?:[ \t]*,[ \t]*[a-z_]+)*):[ \t]*(.*)")
_BULLET = re.compile(r"[-*][ \t]+(.*)")
_COMMAND = re.compile(r"`([^`]+)`")
_PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
_ESCALATION = re.compile(r"after (\d{1,4}) (min|h) to (.+)")
_MINUTES = {"min": 60.0, "h": 3600.0}


class Problem(Struct, frozen=True):
    """What is wrong with a runbook, and on which line (from 1)."""

    line: int
    what: str


def parse(name: str, text: str) -> tuple[Runbook, list[Problem]]:
    """The runbook as far as it can be read, and everything that is wrong with it."""
    reader = _Reader(name)
    for number, line in enumerate(text.splitlines(), start=1):
        reader.line(number, line.rstrip())
    reader.end()
    return reader.runbook(text), sorted(reader.problems, key=lambda problem: problem.line)


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
        self._said: dict[str, list[str]] = {name: [] for name in _SECTIONS}
        self._steps = _Steps(self._bad)

    def line(self, number: int, line: str) -> None:
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
            vendors=tuple(vendor for vendor in self._lists.get("vendors", ()) if vendor != "all"),
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
        self._bad = bad
        self._step: tuple[int, str] | None = None
        self._commands: dict[str, str] = {}
        self._words = {"expect": "", "so": ""}
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
        item = _ITEM.fullmatch(line)
        if item and item[1] in self._words:
            self._continues = item[1]
            self._words[item[1]] = item[2].strip()
            _check_placeholders(number, line, self._bad)
        elif item:
            self._continues = ""
            self._command(number, [vendor.strip() for vendor in item[1].split(",")], item[2])
        elif self._continues and line.startswith("  ") and line.strip():
            self._words[self._continues] += f" {line.strip()}"
            _check_placeholders(number, line, self._bad)

    def end(self) -> None:
        if self._step is None:
            return
        number, title = self._step
        if not self._commands and not self._words["so"]:
            self._bad(number, "a step has a command, or says what to do after `- so:`")
        if self._commands and not self._words["expect"]:
            self._bad(number, "a step with a command says what to see: `- expect: up/up`")
        self.done.append(
            RunbookStep(title=title, commands=self._commands, expect=self._words["expect"], so=self._words["so"])
        )
        self._step, self._commands, self._continues = None, {}, ""
        self._words = {"expect": "", "so": ""}

    def _command(self, number: int, vendors: list[str], value: str) -> None:
        command = _COMMAND.fullmatch(value.strip())
        if not command:
            self._bad(number, "a command stands alone between backticks")
            return
        _check_placeholders(number, command[1], self._bad)
        for vendor in vendors:
            if vendor not in VENDORS:
                self._bad(number, f"no vendor {vendor!r}")
            self._commands[vendor] = command[1].strip()


def _check_placeholders(number: int, text: str, bad: Callable[[int, str], None]) -> None:
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            bad(number, f"no placeholder {{{name}}}; there are {', '.join(PLACEHOLDERS)}")
