"""Every error that StateTrace raises on purpose."""

from __future__ import annotations


class StateTraceError(Exception):
    """An expected failure whose message says what happened and what to do; exit code 3."""

    exit_code = 3


class NotKnown(StateTraceError):
    """What was asked for does not exist: the answer is no; exit code 1."""

    exit_code = 1


class ConfigError(StateTraceError):
    """Configuration that cannot be used: all problems found in one pass; exit code 2."""

    exit_code = 2

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        """One line each: `file:line: key: what is wrong; nearest valid key`."""


class WrongUsage(StateTraceError):
    """What was typed is no command; exit code 2."""

    exit_code = 2

    def __init__(self, why: str, told: str = "") -> None:
        super().__init__(why)
        self.told = told or f"statetrace: {why}"
        """For people: how it is used, and what is wrong."""


class PortTaken(StateTraceError):
    """A listener's address is in use."""


class HomeBusy(StateTraceError):
    """Another engine owns this home and cannot be reached."""


class StoreError(StateTraceError):
    """The store or journal cannot be opened, read or written."""
