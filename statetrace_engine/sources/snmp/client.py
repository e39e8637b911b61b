"""One agent to ask, whichever library speaks to it, and what can go wrong with that."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from importlib.util import find_spec
from typing import Protocol, TypeVar

from msgspec import Struct

from statetrace_engine.sources.snmp.target import Credentials, Profile

Value = int | bytes | str | None
"""Numbers; octets; OIDs and addresses with dots; None where the agent says null."""
REPETITIONS = 30
"""Rows of one answer of a walk: about 1 kB, which no path fragments."""
_T = TypeVar("_T")


class Trouble(StrEnum):
    """Why there is no answer, as an operator reads it."""

    TIMED_OUT = "no answer"
    REFUSED = "refused: no agent at this port"
    UNREACHABLE = "unreachable from here"
    WRONG_KEY = "wrong key"
    UNKNOWN_USER = "unknown user"
    WRONG_LEVEL = "the agent does not allow this user this security level"
    ENGINE_CHANGED = "the agent's engine ID has changed"
    MALFORMED = "malformed answer"
    ELSEWHERE = "answers from another address"
    TOO_BIG = "the answer would be too big"
    AGENT_ERROR = "the agent could not answer"
    NO_SECRET = "no secret"
    UNSUPPORTED = "not supported by the SNMP library in use"


class SnmpError(Exception):
    """A request without a usable answer; the text holds no secret."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble = trouble
        self.is_silence = trouble is Trouble.TIMED_OUT


class Walk(Struct, frozen=True):
    rows: list[tuple[str, Value]]
    """OID and value, in order, all of them below the one that was asked for."""
    is_complete: bool
    """False when there may be more: cut off at the limit, or interrupted after the first rows."""


class Client(Protocol):
    """Asks one agent, one request at a time; tries again as its profile says. Raises SnmpError and nothing else."""

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """What is there; OIDs that the agent does not have are missing. Raises TOO_BIG when fewer would do."""

    async def walk(self, oid: str, at_most: int) -> Walk:
        """The rows below an OID."""

    def close(self) -> None: ...


class Clients(Protocol):
    """Makes clients by one library."""

    name: str

    async def open(
        self, address: str, profile: Profile, secrets: Credentials, others: frozenset[str] = frozenset()
    ) -> Client:
        """`others` are those addresses of the device from which it may answer as well. Raises SnmpError."""

    def close(self) -> None:
        """Those that were opened are of no use any more."""


def best_clients() -> Clients:
    """By gufo_snmp where it is installed, else by pysnmp; either is imported here and not before."""
    if sys.platform != "win32" and find_spec("gufo") and find_spec("gufo.snmp"):
        from statetrace_engine.sources.snmp.gufo_client import GufoClients

        return GufoClients()
    from statetrace_engine.sources.snmp.pysnmp_client import PysnmpClients

    return PysnmpClients()


async def with_retries(profile: Profile, once: Callable[[float], Awaitable[_T]]) -> _T:
    """`once(timeout_s)`, again after each time-out as often as the profile says, with twice the patience."""
    timeout_s = profile.timeout_ms / 1000
    for _ in range(profile.retries):
        try:
            return await once(timeout_s)
        except SnmpError as error:
            if error.trouble is not Trouble.TIMED_OUT:
                raise
            timeout_s *= 2
    return await once(timeout_s)


class Rows:
    """The rows of a walk as they come, checked: a hostile agent never comes to an end, or goes back."""

    def __init__(self, oid: str, at_most: int) -> None:
        self._below = f"{oid}."
        self._last: tuple[int, ...] = ()
        self._at_most = at_most
        self.found: list[tuple[str, Value]] = []
        self.is_over = False
        self.is_cut = False

    def take(self, oid: str, value: Value) -> None:
        """Raises SnmpError when the agent does not move forward."""
        if not oid.startswith(self._below):
            self.is_over = True
            return
        here = arcs(oid[len(self._below) :])
        if here <= self._last:
            raise SnmpError(Trouble.MALFORMED, "a walk that does not go forward")
        if len(self.found) >= self._at_most:
            self.is_over = self.is_cut = True
        else:
            self._last = here
            self.found.append((oid, value))


def arcs(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))


def check(profile: Profile, secrets: Credentials) -> None:
    """Raises SnmpError when something to ask with is missing."""
    if profile.version == "2c" and not secrets.community:
        raise SnmpError(Trouble.NO_SECRET, "version 2c needs a community")
    if profile.version == "3" and not profile.user:
        raise SnmpError(Trouble.NO_SECRET, "version 3 needs a user")
    if secrets.priv and not secrets.auth:
        raise SnmpError(Trouble.NO_SECRET, "priv needs auth")
