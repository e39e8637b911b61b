"""By pysnmp, which is everywhere, and ten times slower: for where gufo_snmp is not to be had, such as Windows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any  # what an untyped library returns

from pyasn1.error import PyAsn1Error
from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import IpAddress

from statetrace_engine.sources.snmp.answering import Destination, bare, destination, from_elsewhere, number
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
from statetrace_engine.sources.snmp.exchange import translated
from statetrace_engine.sources.snmp.target import Credentials, Profile
from statetrace_engine.wire import ber

_AUTH = {
    "sha": hlapi.USM_AUTH_HMAC96_SHA,
    "sha224": hlapi.USM_AUTH_HMAC128_SHA224,
    "sha256": hlapi.USM_AUTH_HMAC192_SHA256,
    "sha384": hlapi.USM_AUTH_HMAC256_SHA384,
    "sha512": hlapi.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    "aes128": hlapi.USM_PRIV_CFB128_AES,
    "aes192": hlapi.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": hlapi.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192-cisco": hlapi.USM_PRIV_CFB192_AES,
    "aes256-cisco": hlapi.USM_PRIV_CFB256_AES,
}
_TROUBLES: tuple[tuple[type[Exception], Trouble], ...] = (
    (errind.RequestTimedOut, Trouble.TIMED_OUT),
    (errind.UnknownUserName, Trouble.UNKNOWN_USER),
    (errind.WrongDigest, Trouble.WRONG_KEY),
    (errind.AuthenticationError, Trouble.WRONG_KEY),
    (errind.AuthenticationFailure, Trouble.WRONG_KEY),
    (errind.DecryptionError, Trouble.WRONG_KEY),
    (errind.UnsupportedSecurityLevel, Trouble.WRONG_LEVEL),
    (errind.UnknownEngineID, Trouble.ENGINE_CHANGED),
    (errind.EngineIDMismatch, Trouble.ENGINE_CHANGED),
    (errind.UnsupportedAuthProtocol, Trouble.UNSUPPORTED),
    (errind.UnsupportedPrivProtocol, Trouble.UNSUPPORTED),
    (errind.EncryptionError, Trouble.UNSUPPORTED),
)
_TOO_BIG = 1
"""RFC 3416 section 3, error-status."""
_Answer = tuple[Any, Any, Any, Sequence[Any]]


_REMEMBERED = 10_000
"""Requests of one transport whose answers may still come."""
_asking: dict[tuple[str, int], list[PysnmpClient]] = {}
"""By the address and the port that they ask."""


class _Requests:
    """What a transport has sent, by number: the library would take an answer from anybody."""

    def __init__(self) -> None:
        self._sent: dict[int, tuple[Any, ...]] = {}

    def send(self, message: bytes, where: tuple[Any, ...]) -> None:
        sent = number(message)
        if sent is not None:
            self._sent[sent] = where
        if len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def asked(self, datagram: bytes, sender: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Whom it answers; None for nobody, for strangers, and for what is not sound, of which the library dies."""
        answered = number(datagram)
        where = self._sent.get(answered) if answered is not None and ber.is_sound(datagram) else None
        if where is None or answered is None:
            return None
        clients = _asking.get((bare(where[0]), where[1]), ())
        host = bare(sender[0])
        if sender[1] == where[1] and (host == bare(where[0]) or any(host in client.others for client in clients)):
            return where
        for client in clients:
            client.stranger = host
        return None


class _Udp(udp.UdpAsyncioTransport):  # type: ignore[misc]  # the library has no types
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._requests = _Requests()

    def send_message(self, outgoingMessage: bytes, transportAddress: tuple[Any, ...]) -> None:  # noqa: N803 - its names
        self._requests.send(outgoingMessage, transportAddress)
        super().send_message(outgoingMessage, transportAddress)

    def datagram_received(self, datagram: bytes, transportAddress: tuple[Any, ...]) -> None:  # noqa: N803 - its name
        asked = self._requests.asked(datagram, transportAddress)
        if asked is not None:  # as whom the library knows the engine
            super().datagram_received(datagram, asked)


class _Udp6(_Udp, udp6.Udp6AsyncioTransport):  # type: ignore[misc]  # the library has no types
    SOCK_FAMILY = udp6.Udp6AsyncioTransport.SOCK_FAMILY
    ADDRESS_TYPE = udp6.Udp6AsyncioTransport.ADDRESS_TYPE


class _V4(hlapi.UdpTransportTarget):  # type: ignore[misc]  # the library has no types
    PROTO_TRANSPORT = _Udp

    async def _resolve_address(self, transportAddr: tuple[str, int]) -> tuple[str, int]:  # noqa: N803 - its name
        return transportAddr  # numeric: nothing to look up, in a thread


class _V6(hlapi.Udp6TransportTarget):  # type: ignore[misc]  # the library has no types
    PROTO_TRANSPORT = _Udp6

    async def _resolve_address(self, transportAddr: tuple[str, int]) -> Destination:  # noqa: N803
        return destination(*transportAddr)


class _Shared:
    """An engine for all devices with the same secrets: it takes long to make."""

    def __init__(self, engine: hlapi.SnmpEngine) -> None:
        self.engine = engine
        self.clients = 0
        self.is_outdated = False
        """A device has another engine ID than this engine remembers, and it never forgets."""

    def release(self) -> None:
        self.clients -= 1
        if self.is_outdated and not self.clients:
            self.engine.close_dispatcher()


class PysnmpClients:
    name = "pysnmp"

    def __init__(self) -> None:
        self._shared: dict[tuple[Profile, Credentials], _Shared] = {}

    async def open(
        self, address: str, profile: Profile, secrets: Credentials, others: frozenset[str] = frozenset()
    ) -> Client:
        check(profile, secrets)
        key = (profile, secrets)
        shared = self._shared.get(key)
        if shared is None or shared.is_outdated:
            made = await asyncio.to_thread(hlapi.SnmpEngine)  # reads files for a tenth of a second
            shared = self._shared[key] = _Shared(made)
        longest_s = profile.timeout_ms / 1000 * 2**profile.retries
        try:
            target = await (_V6 if ":" in address else _V4).create((address, profile.port), longest_s, 0)
        except OSError as error:
            raise translated(error) from None
        return PysnmpClient(shared, _who(profile, secrets), target, address, profile, others)

    def close(self) -> None:
        for shared in self._shared.values():
            shared.engine.close_dispatcher()
        self._shared.clear()


class PysnmpClient:
    def __init__(
        self, shared: _Shared, who: Any, target: Any, address: str, profile: Profile, others: frozenset[str]
    ) -> None:
        shared.clients += 1
        self.others = others
        self.stranger = ""
        """Who else has answered the last request."""
        self._place = (bare(address), profile.port)
        _asking.setdefault(self._place, []).append(self)
        self._shared = shared
        self._context = (shared.engine, who, target, hlapi.ContextData())
        self._profile = profile

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        asked = [hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in oids]
        bindings = await self._ask(lambda: hlapi.get_cmd(*self._context, *asked, lookupMib=False))
        answered = {str(name): _value(value) for name, value in bindings if _is_there(value)}
        found = {oid: answered[oid] for oid in oids if oid in answered}
        if answered and not found:
            raise SnmpError(Trouble.MALFORMED, "it answers what was not asked")
        return found

    async def walk(self, oid: str, at_most: int) -> Walk:
        rows = Rows(oid, at_most)
        place, repetitions = oid, min(REPETITIONS, at_most + 1)
        while not rows.is_over:
            try:
                batch = await self._ask(partial(self._bulk, place, repetitions))
            except SnmpError:
                if not rows.found:
                    raise
                return Walk(rows.found, is_complete=False)
            for name, value in batch:
                if rows.is_over:
                    break
                if _is_there(value):
                    rows.take(place := str(name), _value(value))
                else:
                    rows.is_over = True
            if not batch:
                return Walk(rows.found, is_complete=False)
        return Walk(rows.found, is_complete=not rows.is_cut)

    def close(self) -> None:
        self._shared.release()
        _asking[self._place].remove(self)
        if not _asking[self._place]:
            del _asking[self._place]

    def _bulk(self, place: str, repetitions: int) -> Awaitable[_Answer]:
        asked = hlapi.ObjectType(hlapi.ObjectIdentity(place))
        answer: Awaitable[_Answer] = hlapi.bulk_cmd(*self._context, 0, repetitions, asked, lookupMib=False)
        return answer

    async def _ask(self, request: Callable[[], Awaitable[_Answer]]) -> Sequence[Any]:
        self.stranger = ""
        try:
            return await with_retries(self._profile, partial(_once, request))
        except SnmpError as error:
            self._shared.is_outdated |= error.trouble is Trouble.ENGINE_CHANGED
            if error.trouble is Trouble.TIMED_OUT and self.stranger:
                raise from_elsewhere(self.stranger) from None
            raise


async def _once(request: Callable[[], Awaitable[_Answer]], timeout_s: float) -> Sequence[Any]:
    try:
        async with asyncio.timeout(timeout_s):
            error, status, _, bindings = await request()
    except TimeoutError:
        raise SnmpError(Trouble.TIMED_OUT) from None
    except (PySnmpError, PyAsn1Error):  # its text may hold what was sent
        raise SnmpError(Trouble.MALFORMED) from None
    if error:
        raise SnmpError(next((trouble for kind, trouble in _TROUBLES if isinstance(error, kind)), Trouble.MALFORMED))
    if int(status) == _TOO_BIG:
        raise SnmpError(Trouble.TOO_BIG)
    if int(status):
        raise SnmpError(Trouble.AGENT_ERROR, status.prettyPrint())
    return bindings


def _who(profile: Profile, secrets: Credentials) -> Any:
    if profile.version == "2c":
        return hlapi.CommunityData(secrets.community, mpModel=1)
    keys: dict[str, object] = {}
    if secrets.auth:
        keys |= {"authKey": secrets.auth, "authProtocol": _AUTH[profile.auth_protocol]}
    if secrets.priv:
        keys |= {"privKey": secrets.priv, "privProtocol": _PRIV[profile.priv_protocol]}
    return hlapi.UsmUserData(profile.user, **keys)


def _is_there(value: object) -> bool:
    """noSuchObject, noSuchInstance and endOfMibView are kinds of null there."""
    return not isinstance(value, Null)


def _value(value: object) -> Value:
    if isinstance(value, IpAddress):
        return ".".join(map(str, bytes(value)))
    if isinstance(value, OctetString):
        return bytes(value)
    if isinstance(value, Integer):
        return int(value)
    return str(value) if isinstance(value, ObjectIdentifier) else None
