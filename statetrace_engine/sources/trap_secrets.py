"""What traps are held against: the communities that are taken, and the users of SNMPv3 with their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from statetrace_engine.errors import StateTraceError
from statetrace_engine.sources.snmp.target import Credentials
from statetrace_engine.wire import usm
from statetrace_engine.wire.usm_receiver import User

Reveal = Callable[[], str]
"""A secret; raises StateTraceError, naming its reference. One that compares equal reveals the same."""
_master_key = lru_cache(maxsize=256)(usm.master_key)


class TrapUser(Struct, frozen=True, kw_only=True):
    """A profile of [snmp] under version 3."""

    profile: str
    """Its name."""
    name: str
    auth_protocol: str
    priv_protocol: str
    reveal: Callable[[], Credentials]


class TrapSecrets(Struct, frozen=True):
    """As far as they could be had; never printed."""

    communities: frozenset[bytes] = frozenset()
    users: tuple[User, ...] = ()
    missing: tuple[str, ...] = ()
    """What could not, in words."""

    def __repr__(self) -> str:
        return "TrapSecrets(…)"


def revealed(communities: Iterable[Reveal], users: Iterable[TrapUser]) -> TrapSecrets:
    """May block, and takes a millisecond for each new password."""
    found: set[bytes] = set()
    able: list[User] = []
    missing: list[str] = []
    for reveal in communities:
        try:
            found.add(reveal().encode())
        except StateTraceError as error:
            missing.append(f"communities: {error}")
    for user in users:
        try:
            able.append(_keyed(user, user.reveal()))
        except StateTraceError as error:
            missing.append(f"snmp.{user.profile}: {error}")
    return TrapSecrets(frozenset(found), tuple(able), tuple(missing))


def _keyed(user: TrapUser, secrets: Credentials) -> User:
    protocol = user.auth_protocol
    return User(
        user.name.encode(),
        protocol,
        _master_key(protocol, secrets.auth) if secrets.auth else b"",
        user.priv_protocol,
        _master_key(protocol, secrets.priv) if secrets.priv else b"",
    )
