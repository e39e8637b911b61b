"""Pure. What to do: a runbook and its steps."""

from __future__ import annotations

from msgspec import Struct


class RunbookStep(Struct, frozen=True, kw_only=True):
    title: str
    commands: dict[str, str] = {}
    """By vendor; `any` for all. Placeholders: {interface}, {neighbour}, {next_hop}, {prefix}, {vrf}."""
    expect: str = ""
    so: str = ""
    """What it means when the expectation is not met."""


class Runbook(Struct, frozen=True, kw_only=True):
    name: str
    title: str
    causes: tuple[str, ...] = ()
    summary: str = ""
    steps: tuple[RunbookStep, ...] = ()
    escalation: str = ""
    text: str = ""
    """The whole file, as written."""
