"""Pure. What to do: a runbook and its steps."""

from __future__ import annotations

from msgspec import Struct


class RunbookStep(Struct, frozen=True, kw_only=True):
    title: str
    commands: dict[str, str] = {}
    """By vendor; `any` for all. Placeholders: {interface}, {neighbour}, {next_hop}, {prefix}, {vrf}, …"""
    expect: str = ""
    so: str = ""
    """What it means when the expectation is not met."""


class Runbook(Struct, frozen=True, kw_only=True):
    name: str
    """Its file's, and its `id`."""
    title: str
    causes: tuple[str, ...] = ()
    """That it serves; of all runbooks of a home, one a cause."""
    variant_of: tuple[str, ...] = ()
    """Causes of which it serves a special case, which the engine knows, or a route names it."""
    vendors: tuple[str, ...] = ()
    """Empty: all."""
    severities: tuple[str, ...] = ()
    owner: str = ""
    summary: str = ""
    preconditions: tuple[str, ...] = ()
    steps: tuple[RunbookStep, ...] = ()
    results: tuple[str, ...] = ()
    """What is so when it has helped."""
    escalate_to: str = ""
    escalate_after_s: float | None = None
    """From the outage's detection; None: it does not say."""
    escalation: str = ""
    """What to bring along."""
    text: str = ""
    """The whole file, as written."""
