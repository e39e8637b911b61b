"""The agent's side of the User-based Security Model (RFC 3414, 3826, 7860): SHA with AES-128, SHA-256 with AES-256."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from statetrace_engine.wire import ber, snmp, usm
from statetrace_engine.wire.ber import BerError, Counter32
from statetrace_engine.wire.snmp import Message, PduKind, V3Message, Version

_NOT_IN_TIME, _UNKNOWN_USER, _UNKNOWN_ENGINE, _WRONG_DIGEST, _DECRYPTION = 2, 3, 4, 5, 6
_TIME_WINDOW_S = 150
_master_key = lru_cache(maxsize=64)(usm.master_key)


class Usm:
    """One user of one engine; `protocol` is `sha` (with AES-128) or `sha256` (with AES-256)."""

    def __init__(self, user: str, auth: str, priv: str, protocol: str, engine_id: bytes, boots: int = 1) -> None:
        self.user = user.encode()
        self.engine_id = engine_id
        self.boots = boots
        self.protocol = protocol
        self._auth_key = usm.localized_key(protocol, _master_key(protocol, auth), engine_id)
        priv_key = usm.localized_key(protocol, _master_key(protocol, priv), engine_id)
        self._priv_key = priv_key[: 16 if protocol == "sha" else 32]
        self._started = time.monotonic()
        self._refused = 0
        self.reports: list[int] = []
        self.seal_as: tuple[bool, bool] | None = None
        """Answers private and signed like this, whatever was asked."""

    def answer(self, datagram: bytes, request: V3Message, respond: Callable[[Message], Message]) -> bytes | None:
        ident = request.message_id
        if request.engine_id != self.engine_id:
            return self.report(ident, _UNKNOWN_ENGINE)
        if request.user_name != self.user or request.flags & 3 != 3:
            return self.report(ident, _UNKNOWN_USER)
        if not usm.is_authentic(datagram, request, self.protocol, self._auth_key):
            return self.report(ident, _WRONG_DIGEST)
        if request.engine_boots != self.boots or abs(request.engine_time - self._now()) > _TIME_WINDOW_S:
            return self.report(ident, _NOT_IN_TIME, is_signed=True)
        plain = self._crypt(request.scoped, request.engine_boots, request.engine_time, request.salt, is_sealing=False)
        try:
            asked = snmp.scoped_pdu(plain)
        except BerError:
            return self.report(ident, _DECRYPTION)
        is_private, is_signed = self.seal_as or (True, True)
        return self.sealed(ident, respond(asked), is_private=is_private, is_signed=is_signed)

    def advance(self, seconds: float) -> None:
        """Its clock jumps."""
        self._started -= seconds

    def _now(self) -> int:
        return int(time.monotonic() - self._started) + 10

    def _crypt(self, data: bytes, boots: int, engine_time: int, salt: bytes, *, is_sealing: bool) -> bytes:
        vector = boots.to_bytes(4, "big") + engine_time.to_bytes(4, "big") + salt
        cipher = Cipher(AES(self._priv_key), CFB(vector))
        context = cipher.encryptor() if is_sealing else cipher.decryptor()
        return context.update(data) + context.finalize()

    def report(self, message_id: int, which: int, *, is_signed: bool = False) -> bytes:
        self._refused += 1
        self.reports.append(which)
        counter = (f"1.3.6.1.6.3.15.1.1.{which}.0", Counter32(self._refused))
        told = Message(version=Version.V2C, community=b"", kind=PduKind.REPORT, request_id=0, varbinds=(counter,))
        return self.sealed(message_id, told, is_private=False, is_signed=is_signed)

    def sealed(
        self,
        message_id: int,
        told: Message,
        *,
        is_private: bool,
        is_signed: bool = True,
        is_reportable: bool = False,
        context: bytes = b"",
    ) -> bytes:
        salt, now = (os.urandom(8) if is_private else b""), self._now()
        scoped = ber.sequence(ber.octets(self.engine_id), ber.octets(context), snmp.encode_pdu(told))
        body = ber.octets(self._crypt(scoped, self.boots, now, salt, is_sealing=True)) if is_private else scoped
        flags = bytes(((1 if is_signed else 0) | (2 if is_private else 0) | (4 if is_reportable else 0),))
        header = ber.sequence(ber.integer(message_id), ber.integer(65507), ber.octets(flags), ber.integer(3))
        security = ber.sequence(
            ber.octets(self.engine_id),
            ber.integer(self.boots),
            ber.integer(now),
            ber.octets(self.user if is_signed else b""),
            ber.octets(bytes(usm.SIGNATURE_BYTES[self.protocol]) if is_signed else b""),
            ber.octets(salt),
        )
        raw = ber.sequence(ber.integer(3), header, ber.octets(security), body)
        return self._signed(raw) if is_signed else raw

    def _signed(self, raw: bytes) -> bytes:
        unsigned = snmp.decode(raw)
        assert isinstance(unsigned, V3Message)
        at = unsigned.signature_at
        signature = usm.signature(raw, at, self.protocol, self._auth_key)
        return raw[:at] + signature + raw[at + len(signature) :]
