"""Pure. A runbook's Markdown → Runbook.

# Link failure
causes: link-failure
escalation: the carrier, with the circuit id

The interface is down and nobody shut it.

## Is the light there?
- cisco_ios, cisco_xr: `show interfaces {interface}`
- any: `show interface {interface}`
- expect: up, receive power above the optic's floor
- so: no light means fibre or far end; ask the carrier
"""

from __future__ import annotations

import re

from msgspec import Struct

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.model.runbook import Runbook, RunbookStep

VENDORS = (
    "cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "brocade_fastiron", "ruckus_fastiron", "juniper_junos",
    "aruba_aoscx", "hp_procurve", "paloalto_panos", "frr", "any",
)  # fmt: skip
PLACEHOLDERS = ("interface", "port", "neighbour", "next_hop", "prefix", "network", "mask", "vrf")
"""`port` is the interface without its unit, `network` and `mask` are the prefix as IOS takes it."""
_HEADER = re.compile(r"(causes|escalation):[ \t]*(.*)")
_ITEM = re.compile(r"[-*][ \t]+([a-z_]+(?:[ \t]*,[ \t]*[a-z_]+)*):[ \t]*(.*)")
_COMMAND = re.compile(r"`([^`]+)`")
_PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")


class Problem(Struct, frozen=True):
    """What is wrong with a runbook, and on which line (from 1)."""

    line: int
    what: str


def parse(name: str, text: str) -> tuple[Runbook, list[Problem]]:
    """The runbook as far as it can be read, and everything that is wrong with it."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), start=1):
        reader.line(number, line.rstrip())
    reader.end()
    runbook = Runbook(
        name=name,
        title=reader.title or name,
        causes=reader.causes,
        summary=" ".join(reader.summary),
        steps=tuple(reader.steps),
        escalation=reader.escalation,
        text=text,
    )
    return runbook, reader.problems


class _Reader:
    """Takes a runbook line by line."""

    def __init__(self) -> None:
        self.title = ""
        self.causes: tuple[str, ...] = ()
        self.escalation = ""
        self.summary: list[str] = []
        self.steps: list[RunbookStep] = []
        self.problems: list[Problem] = []
        self._step: tuple[int, str] | None = None
        self._commands: dict[str, str] = {}
        self._words = {"expect": "", "so": ""}
        self._continues = ""
        """The word that an indented line goes on with."""

    def line(self, number: int, line: str) -> None:
        if line.startswith("## "):
            self._close_step()
            self._step = (number, line[3:].strip())
        elif line.startswith("# ") and not self.title:
            self.title = line[2:].strip()
        elif self._step:
            self._step_line(number, line)
        elif match := _HEADER.fullmatch(line):
            self._header(number, match[1], match[2].strip())
        elif line.strip():
            self.summary.append(line.strip())

    def end(self) -> None:
        self._close_step()
        if not self.title:
            self._bad(1, "no title; begin with `# Title`")
        if not self.steps:
            self._bad(1, "no steps; each begins with `## What to look at`")

    def _header(self, number: int, name: str, value: str) -> None:
        if name == "escalation":
            self.escalation = value
            return
        self.causes = tuple(cause.strip() for cause in value.split(",") if cause.strip())
        for cause in self.causes:
            if cause not in {str(kind) for kind in CauseKind}:
                self._bad(number, f"no cause {cause!r}")

    def _step_line(self, number: int, line: str) -> None:
        item = _ITEM.fullmatch(line)
        if item and item[1] in self._words:
            self._continues = item[1]
            self._words[item[1]] = item[2].strip()
        elif item:
            self._continues = ""
            self._command(number, [vendor.strip() for vendor in item[1].split(",")], item[2])
        elif self._continues and line.startswith("  ") and line.strip():
            self._words[self._continues] += f" {line.strip()}"

    def _command(self, number: int, vendors: list[str], value: str) -> None:
        command = _COMMAND.fullmatch(value.strip())
        if not command:
            self._bad(number, "a command stands alone between backticks")
            return
        for name in _PLACEHOLDER.findall(command[1]):
            if name not in PLACEHOLDERS:
                self._bad(number, f"no placeholder {{{name}}}; there are {', '.join(PLACEHOLDERS)}")
        for vendor in vendors:
            if vendor not in VENDORS:
                self._bad(number, f"no vendor {vendor!r}")
            self._commands[vendor] = command[1].strip()

    def _close_step(self) -> None:
        if not self._step:
            return
        number, title = self._step
        if not self._commands and not self._words["so"]:
            self._bad(number, "a step has a command, or says what to do after `- so:`")
        self.steps.append(
            RunbookStep(title=title, commands=self._commands, expect=self._words["expect"], so=self._words["so"])
        )
        self._step, self._commands, self._continues = None, {}, ""
        self._words = {"expect": "", "so": ""}

    def _bad(self, number: int, what: str) -> None:
        self.problems.append(Problem(number, what))
