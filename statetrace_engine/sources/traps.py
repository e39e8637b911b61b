"""SNMP traps and informs over UDP, v1, v2c and v3: opened, their community cut out, their signature proven.

What they say is read later, by whoever has the journal; an inform is answered at once (RFC 3416 section 4.2.7).
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.model.signal import Malformed, Source, Trap
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.model.text import decode as decode_text
from statetrace_engine.sources import address, snmp_identity
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.status import Report, keep_reporting
from statetrace_engine.sources.trap_secrets import Reveal, TrapSecrets, TrapUser, revealed
from statetrace_engine.sources.udp import Sender, UdpListener
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import BerError
from statetrace_engine.wire.snmp import Envelope, PduKind, V3Message
from statetrace_engine.wire.usm_receiver import Receiver, Refusal

WRONG_COMMUNITY = "wrong community"
LOOK_AGAIN_S = 30.0
"""How soon secrets are revealed anew after one was missing, or a key or a community was wrong."""
_TAGS = frozenset((PduKind.TRAP, PduKind.INFORM, snmp.V1_TRAP_TAG))
_LONGEST_NAME = 32
"""Octets (RFC 3414 section 5, usmUserName)."""
_STALE = (WRONG_COMMUNITY, Refusal.WRONG_KEY, Refusal.DECRYPTION)


class TrapSettings(Struct, frozen=True, kw_only=True):
    """`[traps]` of statetrace.toml. A trap of v1 and v2c is believed as a log line is, by who sends it."""

    udp: str = "0.0.0.0:1162"
    """`ADDRESS:PORT`, port 0 for any; empty: no listener."""
    communities: tuple[str, ...] = ()
    """References to those that are taken; empty: any."""


class Listening(Struct, frozen=True, kw_only=True):
    """What the listener needs of the settings."""

    udp: str
    communities: tuple[Reveal, ...] = ()
    users: tuple[TrapUser, ...] = ()
    """Of SNMPv3; without any its messages are refused."""
    data: Path
    """Where our engine's ID is kept."""


async def run(listening: Listening, inbox: Inbox, report: Report) -> NoReturn:
    """Listens until cancelled. Raises PortTaken, ValueError or OSError as `UdpListener` does."""
    found = await asyncio.to_thread(revealed, listening.communities, listening.users)
    receiver = None
    if listening.users:
        identity = await asyncio.to_thread(snmp_identity.begin, listening.data)
        receiver = Receiver(identity, found.users, inbox.clock.steady(), secrets.randbits(64))
    taker = Taker(inbox, found, receiver, is_open=not listening.communities)
    listener = listen(listening.udp, taker, asyncio.get_running_loop())
    with contextlib.closing(listener):
        async with asyncio.TaskGroup() as group:
            group.create_task(taker.keep_secrets(lambda: revealed(listening.communities, listening.users)))
            await keep_reporting(report, lambda: (taker.told(listener.status()),))


def listen(where: str, taker: Taker, loop: asyncio.AbstractEventLoop) -> UdpListener:
    """Listens at once."""

    def take(raw: bytes, sender: Sender, steady: float) -> bool:
        is_sound, answer = taker.take(raw, address.peer(sender[0]), steady)
        if answer:
            with contextlib.suppress(OSError):  # its sender asks again
                listener.answer(answer, sender)
        return is_sound

    listener = UdpListener(Source.TRAP, "[traps] udp", where, taker.inbox, loop, take)
    return listener


class Taker:
    """What becomes of a datagram."""

    def __init__(self, inbox: Inbox, found: TrapSecrets, receiver: Receiver | None, *, is_open: bool) -> None:
        self.inbox = inbox
        self._is_open = is_open
        """Any community is taken."""
        self._found = found
        self._receiver = receiver
        self._refused: Counter[str] = Counter()

    def take(self, raw: bytes, peer: str, steady: float) -> tuple[bool, bytes]:
        """Whether it was sound, and the answer that its sender waits for; what it says goes into the inbox."""
        try:
            opened = snmp.opened(raw)
            taken = self._v3(raw, opened, steady) if isinstance(opened, V3Message) else self._v2c(raw, opened)
        except BerError as error:
            taken = _Taken(why=str(error))
        if taken.why:
            self.inbox.put(Source.TRAP, peer, Malformed(taken.why), steady)
        elif taken.bare:
            self.inbox.put(Source.TRAP, peer, Trap(taken.bare, _text(taken.context)), steady)
        return not taken.why, taken.answer

    def told(self, status: SourceStatus) -> SourceStatus:
        """With what was refused, and which secrets are missing."""
        return replace(status, refused=dict(self._refused), error="; ".join(self._found.missing))

    async def keep_secrets(self, reveal: Callable[[], TrapSecrets]) -> NoReturn:
        """Reveals them anew while something is wrong that another secret would put right."""
        seen = 0
        while True:
            await asyncio.sleep(LOOK_AGAIN_S)
            stale = sum(self._refused[why] for why in _STALE)
            if stale == seen and not self._found.missing:
                continue
            seen = stale
            self.use(await asyncio.to_thread(reveal))

    def use(self, found: TrapSecrets) -> None:
        if found == self._found:
            return
        self._found = found
        if self._receiver is not None:
            self._receiver.replace(found.users)

    def _v2c(self, raw: bytes, envelope: Envelope) -> _Taken:
        """Of v1 too. Raises BerError."""
        if envelope.tag not in _TAGS:
            raise BerError(f"SNMP, and no trap: tag {envelope.tag:#04x}")
        known, community, context = self._found.communities, envelope.community, b""
        if not self._is_open and community not in known:
            community, _, context = community.rpartition(b"@")  # else it might be a piece of the secret itself
            if community not in known:
                return self._refuse(WRONG_COMMUNITY, WRONG_COMMUNITY)
        return _Taken(envelope.bare, _answer(raw) if envelope.tag == PduKind.INFORM else b"", context=context)

    def _v3(self, raw: bytes, message: V3Message, steady: float) -> _Taken:
        who = f"SNMPv3, of the user {decode_text(message.user_name[:_LONGEST_NAME])!r}"
        if self._receiver is None:
            return self._refuse(Refusal.UNKNOWN_USER, f"{who}: no [snmp] profile names a user")
        taken = self._receiver.take(raw, message, steady)
        if taken.refusal is not None:
            return self._refuse(taken.refusal, f"{who}: {taken.refusal}", taken.answer)
        return _Taken(taken.bare, taken.answer, context=taken.context)

    def _refuse(self, why: str, words: str, answer: bytes = b"") -> _Taken:
        self._refused[why] += 1
        return _Taken(answer=answer, why=words)


class _Taken(Struct, frozen=True):
    bare: bytes = b""
    answer: bytes = b""
    why: str = ""
    """It is not taken."""
    context: bytes = b""


def _text(context: bytes) -> str:
    return decode_text(context[:_LONGEST_NAME])


def _answer(raw: bytes) -> bytes:
    """What the sender of an inform waits for."""
    message = snmp.decode(raw)
    assert isinstance(message, snmp.Message), "an inform of v2c"
    return snmp.encode(snmp.answer(message))
