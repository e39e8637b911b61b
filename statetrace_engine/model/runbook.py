"""Pure. What to do: a runbook and its steps."""

from __future__ import annotations

from msgspec import Struct


class Branch(Struct, frozen=True, kw_only=True):
    """Where a step leads otherwise than to the next one."""

    label: str
    """`not`: when it is not as expected; `so`: when it is; else the operator's choice, in words."""
    runbook: str = ""
    """Empty: the same one."""
    step: str = ""
    """The slug of a step; empty with a runbook: its first step; empty without: the end."""
    line: int = 0


class Check(Struct, frozen=True, kw_only=True):
    """Something that the engine can see for itself."""

    kind: str
    """As `markdown.CHECKS` has them."""
    subject: str
    """With placeholders."""
    line: int = 0


class RunbookStep(Struct, frozen=True, kw_only=True):
    title: str
    commands: dict[str, str] = {}
    """By vendor; `any` for all. Placeholders: {interface}, {neighbour}, {next_hop}, {prefix}, {vrf}, …"""
    expect: str = ""
    so: str = ""
    """What it means when the expectation is not met."""
    slug: str = ""
    """Of its title: how tasks and branches name it."""
    branches: tuple[Branch, ...] = ()
    checks: tuple[Check, ...] = ()
    """All of them are so: the step is done."""
    line: int = 0


class Runbook(Struct, frozen=True, kw_only=True):
    name: str
    """Its file's, and its `id`."""
    title: str
    causes: tuple[str, ...] = ()
    """That it serves; of all runbooks of a home, one a cause."""
    variant_of: tuple[str, ...] = ()
    """Causes of which it serves a special case, which the engine knows, or a route names it."""
    vendors: tuple[str, ...] = ()
    """That it has commands for; empty: it does not say."""
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
