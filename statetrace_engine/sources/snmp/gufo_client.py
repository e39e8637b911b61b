"""By gufo_snmp, which is fast, and believes what it reads: it writes and reads messages here, and we send and receive.

Version 0.13 does not check who signed an answer, and panics on lengths that lead beyond the datagram. Its socket is
therefore connected to one of ours on the loopback; what comes from the agent is handed on when it is sound and, in
version 3, signed with the key and as secret as the profile demands.

    request: gufo_snmp → loopback → exchange → agent          answer: agent → exchange → checks → loopback → gufo_snmp
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from gufo.snmp import user as users
from gufo.snmp._fast import GetIter, SnmpAuthError, SnmpV2cClientSocket, SnmpV3ClientSocket
from gufo.snmp._fast import SnmpError as GufoError

from statetrace_engine.sources import address
from statetrace_engine.sources.snmp.client import (
    REPETITIONS,
    Client,
    Rows,
    SnmpError,
    Trouble,
    Value,
    Walk,
    check,
    with_retries,
)
from statetrace_engine.sources.snmp.exchange import Agent, exchange, translated
from statetrace_engine.sources.snmp.mib import UPTIME
from statetrace_engine.sources.snmp.target import Credentials, Profile
from statetrace_engine.wire import ber, snmp, usm
from statetrace_engine.wire.ber import BerError
from statetrace_engine.wire.snmp import V3Flags, V3Message
from statetrace_engine.wire.usm import Complaint

_AUTH: dict[str, type[users.BaseAuthKey]] = {
    "sha": users.Sha1Key,
    "sha224": users.Sha224Key,
    "sha256": users.Sha256Key,
    "sha384": users.Sha384Key,
    "sha512": users.Sha512Key,
}
_PRIV: dict[str, type[users.BasePrivKey]] = {
    "aes128": users.Aes128Key,
    "aes192": users.Aes192Key,
    "aes256": users.Aes256Key,
}
_LARGEST = 4000
"""Bytes of an answer that gufo_snmp has room for."""
_TROUBLES = {
    Complaint.UNSUPPORTED_LEVEL: Trouble.WRONG_LEVEL,
    Complaint.UNKNOWN_USER: Trouble.UNKNOWN_USER,
    Complaint.UNKNOWN_ENGINE: Trouble.ENGINE_CHANGED,
    Complaint.WRONG_DIGEST: Trouble.WRONG_KEY,
    Complaint.DECRYPTION: Trouble.WRONG_KEY,
}
_T = TypeVar("_T")


class GufoClients:
    name = "gufo_snmp"

    def __init__(self) -> None:
        self._relay = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._relay.bind(("127.0.0.1", 0))
        self._relay.setblocking(False)
        self._masters: dict[tuple[str, str], bytes] = {}

    async def open(
        self, address: str, profile: Profile, secrets: Credentials, others: frozenset[str] = frozenset()
    ) -> Client:
        check(profile, secrets)
        try:
            codec = _Codec(self._relay, secrets.community if profile.version == "2c" else None)
        except OSError as error:
            raise translated(error) from None
        agent = Agent(address, profile.port, others)
        if profile.version == "2c":
            return GufoClient(codec, agent, profile)
        client = _V3Client(codec, agent, profile)
        await client.discover(self._master(profile, secrets.auth), self._master(profile, secrets.priv))
        return client

    def close(self) -> None:
        self._relay.close()
        self._masters.clear()

    def _master(self, profile: Profile, password: str) -> bytes:
        """Empty for none; each made once, as it takes a millisecond and serves every device."""
        key = (profile.auth_protocol, password)
        if password and key not in self._masters:
            self._masters[key] = usm.master_key(*key)
        return self._masters.get(key, b"")


class _Codec:
    """A socket of gufo_snmp, and the way there and back."""

    def __init__(self, relay: socket.socket, community: str | None) -> None:
        """For version 2c with a community, for version 3 without. Raises OSError."""
        self._relay = relay
        where = address.join(*relay.getsockname()[:2])
        self.socket = (
            SnmpV3ClientSocket(where, b"", "", 0, b"", 0, b"", 0, 0, 0, 0)
            if community is None
            else SnmpV2cClientSocket(where, community, 0, 0, 0, 0)
        )
        with socket.socket(fileno=os.dup(self.socket.get_fd())) as theirs:
            self._where = theirs.getsockname()

    def written(self, send: Callable[[], None]) -> bytes:
        """The message that `send` writes. Raises SnmpError."""
        try:
            send()
            while True:
                request, sender = self._relay.recvfrom(65535)
                if sender == self._where:
                    return request
        except OSError as error:
            raise translated(error) from None

    def read(self, raw: bytes, receive: Callable[[], _T]) -> _T | None:
        """What `receive` makes of a message; None when it is no answer to the last request, or cannot be read.

        Raises SnmpError when it is a report, which ends a request as well.
        """
        self._relay.sendto(raw, self._where)
        try:
            return receive()
        except SnmpAuthError:
            if isinstance(self.socket, SnmpV2cClientSocket):  # version 2c has no reports
                return None
            raise _Reported(Trouble.WRONG_KEY) from None
        except (BlockingIOError, GufoError):
            return None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # a Rust panic: it has no other name, and is no Exception
                raise
            return None


class GufoClient:
    """Version 2c, and what version 3 does in the same way."""

    def __init__(self, codec: _Codec, agent: Agent, profile: Profile) -> None:
        self._codec = codec
        self._agent = agent
        self._profile = profile
        self._hears_others = False
        """The last request had no answer from where it went; a socket that hears others hears no refusal."""

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        # Of an error gufo_snmp tells nothing, and of values that are not there neither: every agent has its uptime.
        asked = list(oids) if len(oids) == 1 else list(dict.fromkeys((*oids, UPTIME)))
        theirs = self._codec.socket
        found = await self._ask(partial(theirs.send_get_many, asked), theirs.recv_get_many)
        if not found and len(asked) > 1:
            raise SnmpError(Trouble.TOO_BIG)
        if found and not any(oid in found for oid in asked):
            raise SnmpError(Trouble.MALFORMED, "it answers what was not asked")
        return {oid: _value(found[oid]) for oid in oids if oid in found}

    async def walk(self, oid: str, at_most: int) -> Walk:
        repetitions = min(REPETITIONS, at_most + 1)
        while True:
            try:
                return await self._walk(oid, at_most, repetitions)
            except SnmpError as error:
                if error.trouble is not Trouble.TOO_BIG or repetitions == 1:
                    raise
                repetitions //= 2

    def close(self) -> None:
        """Its socket closes with the last reference."""
        del self._codec

    async def _walk(self, oid: str, at_most: int, repetitions: int) -> Walk:
        rows, place, theirs = Rows(oid, at_most), GetIter(oid, repetitions), self._codec.socket
        send, receive = partial(theirs.send_get_bulk, place), partial(_batch, theirs, place)
        while not rows.is_over:
            try:
                batch = await self._ask(send, receive)
            except SnmpError as error:
                if not rows.found or error.trouble is Trouble.TOO_BIG:
                    raise
                return Walk(rows.found, is_complete=False)
            if not batch:
                return Walk(rows.found, is_complete=False)
            for row in batch:
                if row is None:
                    rows.is_over = True
                elif not rows.is_over:
                    rows.take(row[0], _value(row[1]))
        return Walk(rows.found, is_complete=not rows.is_cut)

    async def _ask(self, send: Callable[[], None], receive: Callable[[], _T]) -> _T:
        return await with_retries(self._profile, partial(self._once, send, receive))

    async def _once(self, send: Callable[[], None], receive: Callable[[], _T], timeout_s: float) -> _T:
        request, take = self._codec.written(send), partial(self._taken, receive)
        try:
            return await exchange(self._agent, request, timeout_s, take, hears_others=self._hears_others)
        except SnmpError as error:
            if error.trouble is Trouble.TIMED_OUT:
                self._hears_others = not self._hears_others
            raise

    def _taken(self, receive: Callable[[], _T], raw: bytes) -> _T | None:
        """What is asked for, out of a datagram; None when it is of no use."""
        if not ber.is_sound(raw):
            return None
        if len(raw) > _LARGEST:
            raise SnmpError(Trouble.TOO_BIG)
        return self._codec.read(raw, receive)


class _V3Client(GufoClient):
    """Checks what version 3 promises: who answers, and that nobody else could read it."""

    def __init__(self, codec: _Codec, agent: Agent, profile: Profile) -> None:
        super().__init__(codec, agent, profile)
        self._engine_id: bytes | None = None
        """None: being discovered."""
        self._key = b""
        """Empty: nothing is signed."""
        self._is_private = False
        self._has_answered = False
        """Something but reports."""

    async def discover(self, auth: bytes, priv: bytes) -> None:
        """Learns the agent's engine, and its clock; the keys are master keys, or empty. Raises SnmpError."""
        theirs, protocol = self._codec.socket, self._profile.auth_protocol
        assert isinstance(theirs, SnmpV3ClientSocket), "engines are of version 3"
        await self._ask(theirs.send_refresh, partial(_refreshed, theirs))
        self._engine_id = theirs.get_engine_id()
        user = _user(self._profile, auth, priv)
        theirs.set_keys(user.name, user.get_auth_alg(), user.get_auth_key(), user.get_priv_alg(), user.get_priv_key())
        if auth:
            self._key = usm.localized_key(protocol, auth, self._engine_id)
            self._is_private = bool(priv)
            await self._ask(theirs.send_refresh, partial(_refreshed, theirs))

    async def _ask(self, send: Callable[[], None], receive: Callable[[], _T]) -> _T:
        try:
            return await super()._ask(send, receive)
        except SnmpError as error:
            if error.trouble is Trouble.TIMED_OUT and self._engine_id is not None and not self._has_answered:
                raise SnmpError(Trouble.WRONG_KEY, "there is an agent, and it answers nothing") from None
            raise

    async def _once(self, send: Callable[[], None], receive: Callable[[], _T], timeout_s: float) -> _T:
        try:
            return await super()._once(send, receive, timeout_s)
        except _Reported:  # mostly of its clock: the report says what time it is, and gufo_snmp has read it
            return await super()._once(send, receive, timeout_s)

    def _taken(self, receive: Callable[[], _T], raw: bytes) -> _T | None:
        message = _message(raw)
        if message is None:
            return None
        complaint = usm.complaint(message)
        if self._engine_id is None:
            return super()._taken(receive, raw) if complaint is Complaint.UNKNOWN_ENGINE else None
        if complaint in _TROUBLES:
            raise SnmpError(_TROUBLES[complaint])
        is_encrypted = V3Flags.ENCRYPTED in message.flags
        is_secret = is_encrypted or complaint is Complaint.NOT_IN_TIME or not self._is_private
        is_authentic = not self._key or usm.is_authentic(raw, message, self._profile.auth_protocol, self._key)
        is_wanted = message.engine_id == self._engine_id and is_secret and is_authentic
        self._has_answered |= is_wanted and complaint is None
        return super()._taken(receive, raw) if is_wanted else None


class _Reported(SnmpError):  # noqa: N818 - what happened
    """The agent sent a report in place of an answer."""


def _message(raw: bytes) -> V3Message | None:
    """None when it is none of version 3 under the User-based Security Model."""
    try:
        message = snmp.decode(raw)
    except BerError:
        return None
    return message if isinstance(message, V3Message) and message.security_model == snmp.USM else None


def _user(profile: Profile, auth: bytes, priv: bytes) -> users.User:
    protocol, _, stretched = profile.priv_protocol.partition("-")
    return users.User(
        profile.user,
        auth_key=_AUTH[profile.auth_protocol](auth, users.KeyType.Master) if auth else None,
        priv_key=_PRIV[protocol](priv, users.KeyType.Master) if priv else None,
        key_expansion=users.KeyExpansion.Cisco if stretched else users.KeyExpansion.Blumenthal,
    )


def _refreshed(theirs: SnmpV3ClientSocket) -> bool:
    theirs.recv_refresh()
    return True


def _batch(theirs: SnmpV2cClientSocket | SnmpV3ClientSocket, place: GetIter) -> list[tuple[str, object] | None]:
    """Empty at the end of all that there is, and for an error, which gufo_snmp does not tell from it."""
    try:
        return list(theirs.recv_get_bulk(place))
    except StopAsyncIteration:
        return []


def _value(value: object) -> Value:
    return value if isinstance(value, int | bytes | str) else None
