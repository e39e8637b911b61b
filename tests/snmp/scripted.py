"""Clients that answer from a dict: a device for tests of its rounds, without a socket and without time."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.sources.snmp.client import Client, SnmpError, Trouble, Value, Walk, arcs
from statetrace_engine.sources.snmp.target import Credentials, Profile


class ScriptedAgent:
    """Both the library and the client."""

    name = "scripted"

    def __init__(self, values: dict[str, Value]) -> None:
        self.values = values
        self.trouble: Trouble | None = None
        """What every request ends in."""
        self.trouble_below: dict[str, Trouble] = {}
        """What a walk below an OID ends in."""
        self.largest_walk = 10_000
        self.asked: list[list[str]] = []
        self.walked: list[str] = []
        self.opened = 0
        self.closed = 0

    async def open(
        self, address: str, profile: Profile, secrets: Credentials, others: frozenset[str] = frozenset()
    ) -> Client:
        self.opened += 1
        return self

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        if self.trouble:
            raise SnmpError(self.trouble)
        self.asked.append(list(oids))
        return {oid: self.values[oid] for oid in oids if oid in self.values}

    async def walk(self, oid: str, at_most: int) -> Walk:
        self.walked.append(oid)
        if trouble := self.trouble or self.trouble_below.get(oid):
            raise SnmpError(trouble)
        rows = [(name, self.values[name]) for name in sorted(self.values, key=arcs) if name.startswith(f"{oid}.")]
        most = min(at_most, self.largest_walk)
        return Walk(rows[:most], is_complete=len(rows) <= most)

    def close(self) -> None:
        self.closed += 1
