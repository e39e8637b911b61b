"""The agent's side of the User-based Security Model (RFC 3414, 3826, 7860): SHA with AES-128, SHA-256 with AES-256."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from tests.snmp import ber

_TAG_BYTES = {"sha1": 12, "sha256": 24}
_NOT_IN_TIME, _UNKNOWN_USER, _UNKNOWN_ENGINE, _WRONG_DIGEST, _DECRYPTION = 2, 3, 4, 5, 6
_TIME_WINDOW_S = 150


@lru_cache(maxsize=64)
def _stretched(digest: str, password: str) -> bytes:
    raw = password.encode()
    return hashlib.new(digest, (raw * (1048576 // len(raw) + 1))[:1048576]).digest()


def localized(digest: str, password: str, engine_id: bytes) -> bytes:
    """RFC 3414 A.2: the password stretched to a mebibyte, hashed, and bound to the engine."""
    key = _stretched(digest, password)
    return hashlib.new(digest, key + engine_id + key).digest()


class Usm:
    """One user of one engine; `digest` is `sha1` (with AES-128) or `sha256` (with AES-256)."""

    def __init__(self, user: str, auth: str, priv: str, digest: str, engine_id: bytes, boots: int = 1) -> None:
        self.user = user.encode()
        self.engine_id = engine_id
        self.boots = boots
        self.digest = digest
        self._auth_key = localized(digest, auth, engine_id)
        self._priv_key = localized(digest, priv, engine_id)[: 16 if digest == "sha1" else 32]
        self._started = time.monotonic()
        self._refused = 0
        self.reports: list[int] = []
        self.seal_as: tuple[bool, bool] | None = None
        """Answers private and signed like this, whatever was asked."""

    def answer(self, datagram: bytes, message: bytes, at: int, pdu: Callable[[bytes], bytes]) -> bytes | None:
        _, header, at = ber.read(message, at)
        (_, message_id), _, (_, flags), _ = ber.parts(header)
        _, security, at = ber.read(message, at)
        (_, engine_id), (_, boots), (_, engine_time), (_, user), (_, tag), (_, salt) = ber.parts(ber.read(security)[1])
        _, scoped, _ = ber.read(message, at)
        if engine_id != self.engine_id:
            return self._report(message_id, _UNKNOWN_ENGINE)
        if user != self.user or flags[0] & 3 != 3:
            return self._report(message_id, _UNKNOWN_USER)
        if not hmac.compare_digest(self._sign(datagram.replace(tag, bytes(len(tag)), 1)), tag):
            return self._report(message_id, _WRONG_DIGEST)
        late = abs(ber.number(engine_time) - self._now())
        if ber.number(boots) != self.boots or late > _TIME_WINDOW_S:
            return self._report(message_id, _NOT_IN_TIME, is_signed=True)
        plain = self._crypt(scoped, ber.number(boots), ber.number(engine_time), salt, is_sealing=False)
        try:
            tag_of, inner, _ = ber.read(plain)
            _, context, at = ber.read(inner)
            _, name, at = ber.read(inner, at)
            answered = pdu(inner[at:])
        except (ValueError, IndexError):
            return self._report(message_id, _DECRYPTION)
        if tag_of != ber.SEQUENCE:
            return self._report(message_id, _DECRYPTION)
        is_private, is_signed = self.seal_as or (True, True)
        scoped = ber.sequence(ber.octets(context), ber.octets(name), answered)
        return self._sealed(message_id, scoped, is_private=is_private, is_signed=is_signed)

    def advance(self, seconds: float) -> None:
        """Its clock jumps."""
        self._started -= seconds

    def _now(self) -> int:
        return int(time.monotonic() - self._started) + 10

    def _sign(self, datagram: bytes) -> bytes:
        return hmac.digest(self._auth_key, datagram, self.digest)[: _TAG_BYTES[self.digest]]

    def _crypt(self, data: bytes, boots: int, engine_time: int, salt: bytes, *, is_sealing: bool) -> bytes:
        vector = boots.to_bytes(4, "big") + engine_time.to_bytes(4, "big") + salt
        cipher = Cipher(AES(self._priv_key), CFB(vector))
        context = cipher.encryptor() if is_sealing else cipher.decryptor()
        return context.update(data) + context.finalize()

    def _report(self, message_id: bytes, which: int, *, is_signed: bool = False) -> bytes:
        self._refused += 1
        self.reports.append(which)
        counter = ber.sequence(ber.oid((1, 3, 6, 1, 6, 3, 15, 1, 1, which, 0)), ber.integer(self._refused, ber.COUNTER))
        pdu = ber.sequence(ber.integer(0), ber.integer(0), ber.integer(0), ber.sequence(counter), tag=ber.REPORT)
        scoped = ber.sequence(ber.octets(self.engine_id), ber.octets(b""), pdu)
        return self._sealed(message_id, scoped, is_private=False, is_signed=is_signed)

    def _sealed(self, message_id: bytes, scoped: bytes, *, is_private: bool, is_signed: bool = True) -> bytes:
        salt, now = (os.urandom(8) if is_private else b""), self._now()
        empty = bytes(_TAG_BYTES[self.digest]) if is_signed else b""
        body = ber.octets(self._crypt(scoped, self.boots, now, salt, is_sealing=True)) if is_private else scoped
        flags = bytes(((1 if is_signed else 0) | (2 if is_private else 0),))
        header = ber.sequence(ber.tlv(ber.INTEGER, message_id), ber.integer(65507), ber.octets(flags), ber.integer(3))

        def message(tag: bytes) -> bytes:
            security = ber.sequence(
                ber.octets(self.engine_id),
                ber.integer(self.boots),
                ber.integer(now),
                ber.octets(self.user if is_signed else b""),
                ber.octets(tag),
                ber.octets(salt),
            )
            return ber.sequence(ber.integer(3), header, ber.octets(security), body)

        return message(self._sign(message(empty))) if is_signed else message(empty)
