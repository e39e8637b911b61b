"""By pysnmp, which is everywhere, and ten times slower: for where gufo_snmp is not to be had, such as Windows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import ip_address
from typing import Any  # what an untyped library returns

from pyasn1.error import PyAsn1Error
from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as hlapi
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import IpAddress

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


_asked: Counter[str] = Counter()
"""Addresses of agents → clients that ask them."""


def _is_wanted(datagram: bytes, sender: tuple[str, int]) -> bool:
    """The library would take an answer from anybody, and what is not sound it dies of in a callback."""
    return _asked[_bare(sender[0])] > 0 and ber.is_sound(datagram)


def _bare(host: str) -> str:
    """One spelling for one address, without the interface that it may name."""
    return str(ip_address(host.partition("%")[0]))


class _Udp(udp.UdpAsyncioTransport):  # type: ignore[misc]  # the library has no types
    def datagram_received(self, datagram: bytes, transportAddress: tuple[str, int]) -> None:  # noqa: N803 - its name
        if _is_wanted(datagram, transportAddress):
            super().datagram_received(datagram, transportAddress)


class _Udp6(udp6.Udp6AsyncioTransport):  # type: ignore[misc]  # the library has no types
    def datagram_received(self, datagram: bytes, transportAddress: tuple[str, int]) -> None:  # noqa: N803 - its name
        if _is_wanted(datagram, transportAddress):
            super().datagram_received(datagram, transportAddress)


class _V4(hlapi.UdpTransportTarget):  # type: ignore[misc]  # the library has no types
    PROTO_TRANSPORT = _Udp

    async def _resolve_address(self, transportAddr: tuple[str, int]) -> tuple[str, int]:  # noqa: N803 - its name
        return transportAddr  # numeric: nothing to look up, in a thread


class _V6(hlapi.Udp6TransportTarget):  # type: ignore[misc]  # the library has no types
    PROTO_TRANSPORT = _Udp6

    async def _resolve_address(self, transportAddr: tuple[str, int]) -> tuple[str, int, int, int]:  # noqa: N803
        return (*transportAddr, 0, 0)


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

    async def open(self, address: str, profile: Profile, secrets: Credentials) -> Client:
        check(profile, secrets)
        key = (profile, secrets)
        shared = self._shared.get(key)
        if shared is None or shared.is_outdated:
            made = await asyncio.to_thread(hlapi.SnmpEngine)  # reads files for a tenth of a second
            shared = self._shared[key] = _Shared(made)
        longest_s = profile.timeout_ms / 1000 * 2**profile.retries
        target = await (_V6 if ":" in address else _V4).create((address, profile.port), longest_s, 0)
        return PysnmpClient(shared, _who(profile, secrets), target, address, profile)

    def close(self) -> None:
        for shared in self._shared.values():
            shared.engine.close_dispatcher()
        self._shared.clear()


class PysnmpClient:
    def __init__(self, shared: _Shared, who: Any, target: Any, address: str, profile: Profile) -> None:
        shared.clients += 1
        self._address = _bare(address)
        _asked[self._address] += 1
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
        _asked[self._address] -= 1
        if not _asked[self._address]:
            del _asked[self._address]

    def _bulk(self, place: str, repetitions: int) -> Awaitable[_Answer]:
        asked = hlapi.ObjectType(hlapi.ObjectIdentity(place))
        answer: Awaitable[_Answer] = hlapi.bulk_cmd(*self._context, 0, repetitions, asked, lookupMib=False)
        return answer

    async def _ask(self, request: Callable[[], Awaitable[_Answer]]) -> Sequence[Any]:
        try:
            return await with_retries(self._profile, partial(_once, request))
        except SnmpError as error:
            self._shared.is_outdated |= error.trouble is Trouble.ENGINE_CHANGED
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
