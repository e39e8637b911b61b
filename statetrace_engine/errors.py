"""Every error that StateTrace raises on purpose."""

from __future__ import annotations

import errno
import os

_NO_RIGHT = (errno.EACCES, errno.EPERM)


def refused(error: OSError) -> str:
    """What the system says, and where a right is missing what to do."""
    why = error.strerror or str(error)
    return f"{why}; do it as the user whose it is, or give yours the right" if error.errno in _NO_RIGHT else why


def no_right() -> str:
    """The same, of what was found out without trying."""
    return refused(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))


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
