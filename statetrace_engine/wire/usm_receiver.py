"""Pure. Receives notifications of SNMPv3 (RFC 3412, RFC 3414): who signed one, whether in time, and what it carries.

    trap:    the sender's engine is the authoritative one; its clock is learnt from what it signs
    inform:  ours is; its sender learns our engine and our clock from our Reports, and waits for a Response

What anybody can send costs a hash of itself and keeps nothing: the keys and clocks kept are those of engines that have
signed.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from statetrace_engine.wire import aes, ber, snmp, usm
from statetrace_engine.wire.ber import BerError
from statetrace_engine.wire.snmp import Message, PduKind, Scoped, V3Flags, V3Message
from statetrace_engine.wire.usm import Complaint

WINDOW_S = 150
ENGINES = 10_000
"""Whose keys and clocks are kept; then those heard of longest ago are made anew."""
MAX_BOOTS = 2**31 - 1
_MAX_SIZE = 65_507
_NOTIFICATIONS = (PduKind.TRAP, PduKind.INFORM)
_K = TypeVar("_K")
_V = TypeVar("_V")


class Refusal(StrEnum):
    """Why a message is not taken, as an operator reads it."""

    UNKNOWN_USER = "unknown user"
    UNKNOWN_ENGINE = "unknown engine"
    WRONG_LEVEL = "not as signed and encrypted as its user's profile demands"
    WRONG_KEY = "wrong key"
    NOT_IN_TIME = "not in time"
    DECRYPTION = "cannot be decrypted"
    MODEL = "another security model than USM"
    NO_NOTIFICATION = "no trap"


_COMPLAINTS = {
    Refusal.UNKNOWN_USER: Complaint.UNKNOWN_USER,
    Refusal.UNKNOWN_ENGINE: Complaint.UNKNOWN_ENGINE,
    Refusal.WRONG_LEVEL: Complaint.UNSUPPORTED_LEVEL,
    Refusal.WRONG_KEY: Complaint.WRONG_DIGEST,
    Refusal.NOT_IN_TIME: Complaint.NOT_IN_TIME,
    Refusal.DECRYPTION: Complaint.DECRYPTION,
}
"""What its sender is told by a Report, when it can be."""


class Identity(Struct, frozen=True):
    """Our own engine."""

    engine_id: bytes
    boots: int
    """How often it has begun to count its time; at least 1, and never the same again."""


class User(Struct, frozen=True):
    """Who may send, with master keys; what has no key is not signed, or not encrypted."""

    name: bytes
    auth_protocol: str = "sha"
    auth: bytes = b""
    priv_protocol: str = "aes128"
    priv: bytes = b""

    def __repr__(self) -> str:
        return f"User({self.name!r}, …)"

    @property
    def level(self) -> V3Flags:
        signed = V3Flags.AUTHENTICATED if self.auth else V3Flags(0)
        return signed | V3Flags.ENCRYPTED if self.priv else signed


class Taken(Struct, frozen=True):
    """What comes of one message."""

    bare: bytes = b""
    """The notification, as `snmp.Envelope.bare`; empty when there is none."""
    answer: bytes = b""
    """What its sender waits for; empty: nothing."""
    refusal: Refusal | None = None
    context: bytes = b""
    """Which part of the device it is about; most often none."""


class _Keys(Struct, frozen=True):
    """Of one user in one engine."""

    auth: bytes
    """Empty when nothing is signed."""
    cipher: aes.Cfb | None
    protocol: str


class _Clock(Struct):
    """What an engine said last of its boots and its time, and when that was."""

    boots: int
    time: int
    steady: float


class Receiver:
    """For one listener; `salt` is any number, another one each time."""

    def __init__(self, identity: Identity, users: Iterable[User], began: float, salt: int) -> None:
        self.identity = identity
        self.refused: Counter[Refusal] = Counter()
        self._began = began
        self._salt = salt
        self._reports: Counter[Complaint] = Counter()
        self._users: dict[bytes, list[User]] = {}
        self._keys: OrderedDict[tuple[User, bytes], _Keys] = OrderedDict()
        self._clocks: OrderedDict[bytes, _Clock] = OrderedDict()
        self.replace(users)

    def replace(self, users: Iterable[User]) -> None:
        """Other users, or other keys of theirs; what is known of clocks stays."""
        self._users.clear()
        self._keys.clear()
        for user in users:
            self._users.setdefault(user.name, []).append(user)

    def take(self, raw: bytes, message: V3Message, steady: float) -> Taken:
        """`raw`, which decodes to the message, received then. Never raises."""
        if message.security_model != snmp.USM:
            return self._refuse(Refusal.MODEL)
        is_ours = message.engine_id == self.identity.engine_id
        if not is_ours and (V3Flags.REPORTABLE in message.flags or not message.engine_id):
            return self._introduced(message, steady)
        users = self._users.get(message.user_name)
        if not users:
            return self._refuse(Refusal.UNKNOWN_USER, message, steady)
        level = message.flags & (V3Flags.AUTHENTICATED | V3Flags.ENCRYPTED)
        able = [user for user in users if user.level == level]
        if not able:
            return self._refuse(Refusal.WRONG_LEVEL, message, steady)
        keys = self._signer(raw, message, able)
        if keys is None:
            return self._refuse(Refusal.WRONG_KEY, message, steady)
        if keys.auth and not (self._is_in_our_time if is_ours else self._is_in_its_time)(message, steady):
            return self._untimely(message, steady, keys)
        return self._opened(message, keys, steady, is_ours)

    def _introduced(self, message: V3Message, steady: float) -> Taken:
        """To a sender who waits for an answer we say who we are; one who did not ask for that took us for another."""
        if message.engine_id:
            return self._refuse(Refusal.UNKNOWN_ENGINE, message, steady)
        return Taken(answer=self._report(Complaint.UNKNOWN_ENGINE, message, steady))

    def _untimely(self, message: V3Message, steady: float, keys: _Keys) -> Taken:
        """One who tells no time at all asks for ours, and will send again (RFC 3414 section 4)."""
        if not message.engine_boots and not message.engine_time and message.engine_id == self.identity.engine_id:
            return Taken(answer=self._report(Complaint.NOT_IN_TIME, message, steady, keys))
        return self._refuse(Refusal.NOT_IN_TIME, message, steady, keys)

    def _opened(self, message: V3Message, keys: _Keys, steady: float, is_ours: bool) -> Taken:
        try:
            scoped = _decrypted(message, keys)
            opened = snmp.opened_scoped(scoped)
            if opened.tag not in _NOTIFICATIONS or (opened.tag == PduKind.INFORM and not is_ours):
                return self._refuse(Refusal.NO_NOTIFICATION)
            answer = self._answer(message, opened, scoped, steady, keys) if opened.tag == PduKind.INFORM else b""
        except BerError:
            return self._refuse(Refusal.DECRYPTION, message, steady)
        return Taken(opened.bare, answer, context=opened.context)

    def _signer(self, raw: bytes, message: V3Message, users: Iterable[User]) -> _Keys | None:
        """The keys of him of these users who has signed it, or need not; they are kept, once they have proven right."""
        for user in users:
            if not user.auth:
                return _Keys(b"", None, user.auth_protocol)
            place = user, message.engine_id
            kept = self._keys.get(place)
            key = usm.localized_key(user.auth_protocol, user.auth, message.engine_id) if kept is None else kept.auth
            if usm.is_authentic(raw, message, user.auth_protocol, key):
                _keep(self._keys, place, kept or _Keys(key, _cipher(user, message.engine_id), user.auth_protocol))
                return self._keys[place]
        return None

    def _is_in_our_time(self, message: V3Message, steady: float) -> bool:
        boots, apart_s = self.identity.boots, abs(message.engine_time - self._now(steady))
        return message.engine_boots == boots < MAX_BOOTS and apart_s <= WINDOW_S

    def _is_in_its_time(self, message: V3Message, steady: float) -> bool:
        """By what the sender's engine has signed before (RFC 3414 section 3.2, 7b): old messages come to nothing."""
        boots, time = message.engine_boots, message.engine_time
        if not 0 <= boots < MAX_BOOTS or not 0 <= time <= MAX_BOOTS:
            return False
        known = self._clocks.get(message.engine_id)
        if known is None or (boots, time) > (known.boots, known.time):
            _keep(self._clocks, message.engine_id, _Clock(boots, time, steady))
            return True
        return boots == known.boots and time >= known.time + (steady - known.steady) - WINDOW_S

    def _now(self, steady: float) -> int:
        return int(steady - self._began)

    def _refuse(
        self, why: Refusal, message: V3Message | None = None, steady: float = 0.0, keys: _Keys | None = None
    ) -> Taken:
        """With the Report that says so to a sender who waits for an answer."""
        self.refused[why] += 1
        if message is None or V3Flags.REPORTABLE not in message.flags:
            return Taken(refusal=why)
        return Taken(answer=self._report(_COMPLAINTS[why], message, steady, keys), refusal=why)

    def _report(self, about: Complaint, message: V3Message, steady: float, keys: _Keys | None = None) -> bytes:
        if V3Flags.REPORTABLE not in message.flags:
            return b""
        self._reports[about] += 1
        told = usm.complaining(about, self._reports[about], _request_id(message))
        level = V3Flags.AUTHENTICATED if keys is not None else V3Flags(0)
        return self._sealed(message, self.identity.engine_id, b"", told, steady, keys, level)

    def _answer(self, message: V3Message, opened: Scoped, scoped: bytes, steady: float, keys: _Keys) -> bytes:
        """The Response that an inform waits for, as secret as it was itself."""
        told, level = snmp.answer(snmp.scoped_pdu(scoped)), message.flags & ~V3Flags.REPORTABLE
        return self._sealed(message, opened.engine_id, opened.context, told, steady, keys, level)

    def _sealed(
        self,
        asked: V3Message,
        about: bytes,
        context: bytes,
        told: Message,
        steady: float,
        keys: _Keys | None,
        level: V3Flags,
    ) -> bytes:
        """A message of our engine, signed and encrypted as the level says."""
        identity, now = self.identity, self._now(steady)
        scoped, salt = ber.sequence(ber.octets(about), ber.octets(context), snmp.encode_pdu(told)), b""
        if V3Flags.ENCRYPTED in level and keys is not None and keys.cipher is not None:
            self._salt = (self._salt + 1) % 2 ** (8 * aes.SALT)
            salt = self._salt.to_bytes(aes.SALT, "big")
            scoped = ber.octets(keys.cipher.encrypted(aes.vector(identity.boots, now, salt), scoped))
        clear = V3Message(
            message_id=asked.message_id,
            max_size=_MAX_SIZE,
            flags=level,
            security_model=snmp.USM,
            engine_id=identity.engine_id,
            engine_boots=identity.boots,
            engine_time=now,
            user_name=asked.user_name,
            salt=salt,
            scoped=scoped,
        )
        if V3Flags.AUTHENTICATED not in level or keys is None:
            return snmp.encode_v3(clear)
        return usm.signed(clear, keys.protocol, keys.auth)


def _decrypted(message: V3Message, keys: _Keys) -> bytes:
    """Raises BerError when it cannot be."""
    if keys.cipher is None:
        return message.scoped
    if len(message.salt) != aes.SALT:
        raise BerError(f"a salt of {len(message.salt)} octets")
    vector = aes.vector(message.engine_boots, message.engine_time, message.salt)
    return keys.cipher.decrypted(vector, message.scoped)


def _cipher(user: User, engine_id: bytes) -> aes.Cfb | None:
    if not user.priv:
        return None
    return aes.Cfb(usm.privacy_key(user.auth_protocol, user.priv_protocol, user.priv, engine_id))


def _request_id(message: V3Message) -> int:
    """Of what is asked, where that can be read."""
    if V3Flags.ENCRYPTED in message.flags:
        return 0
    try:
        return snmp.scoped_pdu(message.scoped).request_id
    except BerError:
        return 0


def _keep(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    """So many, and then not those used longest ago."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > ENGINES:
        kept.popitem(last=False)
