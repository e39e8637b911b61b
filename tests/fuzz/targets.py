"""What is fuzzed: each decoder by itself, and the whole way from a datagram or a stream to the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import Payload, SettingsChanged, Signal, Source
from statetrace_engine.parsing import traps as trap_tables
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.sources.bmp_router import Router
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.trap_secrets import TrapSecrets
from statetrace_engine.sources.traps import Taker
from statetrace_engine.wire import aes, ber, bgp, bgp_update, bmp, snmp, usm
from statetrace_engine.wire.ber import BerError, Counter64, Gauge32, IpAddress, Opaque, Reader, TimeTicks
from statetrace_engine.wire.bgp import BgpError, Dialect
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import BmpError, Decoder, Frame, Kind
from statetrace_engine.wire.bmp_feed import OWN, Feed, Watched
from statetrace_engine.wire.bmp_messages import PeerUp, RouteMonitoring, View
from statetrace_engine.wire.snmp import Message, PduKind, V3Flags, V3Message, Version
from statetrace_engine.wire.usm_receiver import Identity, Receiver, User
from tests.engine.parsing.test_traps import SAME
from tests.engine.wire.test_snmp import INFORM, LINK_DOWN, V1_BGP, V1_LINK_DOWN
from tests.fuzz.mutating import Mutator
from tests.journey import SCENARIOS, inventory

Take = Callable[[bytes], None]
"""Takes one case, and raises nothing."""
Draw = Callable[[Mutator], bytes]

AUTH, PRIV = "sha256", "aes256"
OURS, THEIRS = Identity(b"\x80\0\x1f\x88\x80oursours", 1), b"\x80\0\x1f\x88\x80theirs"
PEER = "10.255.1.1"
START = 1_764_000_000.0
FRR = Path(__file__).parents[1] / "captures" / "frr"
WATCHED = Watched({OWN: frozenset(map(packed, ("0.0.0.0/0", "192.168.51.0/24", "10.30.0.0/17", "::/0")))})
_CONNECTION = 60
"""Cases until a router connects anew."""
_VALUES = ber.sequence(
    *map(ber.value, (0, -1, 2**63 - 1, b"octets", None, "1.3.6.1.2.1.1.3.0", IpAddress(b"\x0a\0\0\1"), Gauge32(7),
                     TimeTicks(2**32 - 1), Counter64(2**64 - 1), Opaque(b"\x9f\x78\4\0\0\0\0"))),
    b"\x80\0\x81\0\x82\0",
)  # fmt: skip


# SNMP -----------------------------------------------------------------------------------------------------------------


@cache
def pdus() -> tuple[bytes, ...]:
    """Notifications of every kind that we understand, and some other PDUs."""
    told = [(PduKind.TRAP, snmp.notifying(TimeTicks(4200), oid, *varbinds)) for _, oid, varbinds in SAME]
    told += [(PduKind.INFORM, told[0][1]), (PduKind.REPORT, usm.complaining(usm.Complaint.NOT_IN_TIME, 3, 1).varbinds)]
    told += [(kind, (("1.3.6.1.2.1.1.3.0", None),)) for kind in (PduKind.GET, PduKind.GET_BULK, PduKind.SET)]
    return tuple(
        snmp.encode_pdu(Message(version=Version.V2C, community=b"", kind=kind, request_id=7, varbinds=varbinds))
        for kind, varbinds in told
    )


@cache
def user() -> User:
    return User(b"oper", AUTH, usm.master_key(AUTH, "auth-pass"), PRIV, usm.master_key(AUTH, "priv-pass"))


@cache
def _keys(engine_id: bytes) -> tuple[bytes, aes.Cfb]:
    one = user()
    return (
        usm.localized_key(AUTH, one.auth, engine_id),
        aes.Cfb(usm.privacy_key(AUTH, PRIV, one.priv, engine_id)),
    )


def sealed(scoped: bytes, engine_id: bytes = THEIRS) -> bytes:
    """As one who knows the keys sends it, whatever it is."""
    key, cipher = _keys(engine_id)
    flags = V3Flags.AUTHENTICATED | V3Flags.ENCRYPTED
    clear = V3Message(
        message_id=1,
        max_size=65507,
        flags=flags | V3Flags.REPORTABLE if engine_id == OURS.engine_id else flags,
        security_model=snmp.USM,
        engine_id=engine_id,
        engine_boots=1,
        engine_time=0,
        user_name=b"oper",
        salt=b"saltsalt",
        scoped=ber.octets(cipher.encrypted(aes.vector(1, 0, b"saltsalt"), scoped)),
    )
    return usm.signed(clear, AUTH, key)


def _scoped(pdu: bytes) -> bytes:
    return ber.sequence(ber.octets(THEIRS), ber.octets(b""), pdu)


def _v2c(pdu: bytes) -> bytes:
    return ber.sequence(ber.integer(1), ber.octets(b"public"), pdu)


@cache
def datagrams() -> tuple[bytes, ...]:
    clear = (LINK_DOWN, INFORM, V1_LINK_DOWN, V1_BGP, *map(_v2c, pdus()))
    secret = (sealed(_scoped(pdu), engine) for pdu in pdus()[:3] for engine in (THEIRS, OURS.engine_id))
    discovery = V3Message(
        message_id=1, max_size=65507, flags=V3Flags.REPORTABLE, security_model=snmp.USM, scoped=_scoped(pdus()[-1])
    )
    return (*clear, *secret, snmp.encode_v3(discovery))


def draw_value(mutator: Mutator) -> bytes:
    return mutator.mutated((_VALUES, *pdus()))


def draw_datagram(mutator: Mutator) -> bytes:
    """Wrong as a whole, or within a frame that is right: of v2c, or of v3 under signature."""
    kind = mutator.below(4)
    if kind <= 1:
        return mutator.mutated(datagrams())
    pdu = mutator.mutated(pdus())
    if kind == 2:
        return _v2c(pdu)
    engine = THEIRS if mutator.below(2) else OURS.engine_id
    return sealed(_scoped(pdu) if mutator.below(2) else mutator.mutated((_scoped(pdu),)), engine)


def ber_reader() -> Take:
    def take(raw: bytes) -> None:
        with suppress(BerError):
            items = Reader(raw).enter(raw[0] if raw else 0)
            while not items.is_done:
                ber.value(items.value())
        ber.is_sound(raw)

    return take


def snmp_messages() -> Take:
    def take(raw: bytes) -> None:
        with suppress(BerError):
            message = snmp.decode(raw)
            if isinstance(message, V3Message):
                usm.complaint(message)
                message = snmp.scoped_pdu(message.scoped)
            told = snmp.notification(message)
            trap_tables.read(told.trap_oid, told.values, {7: "GigabitEthernet0/7"})

    return take


def a_receiver() -> Receiver:
    return Receiver(OURS, [user(), User(b"clear")], 0.0, salt=1)


def usm_receiver() -> Take:
    receiver = a_receiver()

    def take(raw: bytes) -> None:
        with suppress(BerError):
            opened = snmp.opened(raw)
            if isinstance(opened, V3Message):
                taken = receiver.take(raw, opened, 0.0)
                assert len(taken.answer) <= len(raw) + 300, "an answer is hardly longer than what it answers"
                assert not taken.answer or isinstance(snmp.decode(taken.answer), V3Message)

    return take


def from_a_datagram_to_the_pipeline() -> Take:
    inbox = Inbox(1000, Clock())
    secrets = TrapSecrets(frozenset((b"public",)), (user(),))
    taker = Taker(inbox, secrets, a_receiver(), is_open=False)
    feed = _pipeline(Source.TRAP)

    def take(raw: bytes) -> None:
        taker.take(raw, PEER, 0.0)
        for signal in inbox.drain(10):
            feed(signal.payload)

    return take


# BMP and BGP ----------------------------------------------------------------------------------------------------------


@cache
def frames() -> tuple[Frame, ...]:
    return tuple(
        f for name in ("bmp.session.bin", "bmp.reconnect.bin") for f in Decoder().feed((FRR / name).read_bytes())
    )


def framed(frame: Frame) -> bytes:
    return b"\3" + (len(frame.body) + bmp.COMMON_LENGTH).to_bytes(4, "big") + bytes((frame.kind,)) + frame.body


@cache
def bodies(kind: Kind | None) -> tuple[bytes, ...]:
    return tuple(frame.body for frame in frames() if kind in (None, frame.kind))


@cache
def whole_frames() -> tuple[bytes, ...]:
    return tuple(map(framed, frames()))


@cache
def updates() -> tuple[bytes, ...]:
    """With their BGP header."""
    found = (bmp.decode(frame) for frame in frames() if frame.kind == Kind.ROUTE_MONITORING)
    return tuple(message.update for message in found if isinstance(message, RouteMonitoring))


def draw_frame(mutator: Mutator) -> bytes:
    """Wrong as a whole, or within a header that is right."""
    if mutator.below(4) == 0:
        return mutator.mutated(whole_frames())
    kind = mutator.below(8)
    known = bodies(Kind(kind)) if kind in frozenset(Kind) else ()
    return framed(Frame(kind, mutator.mutated(known or bodies(None))))


@cache
def parts(which: int) -> tuple[bytes, ...]:
    """The withdrawn prefixes, the attributes, or the announced prefixes of each UPDATE, without their length."""
    found = []
    for raw in updates():
        at, pieces = bgp.HEADER_LENGTH, []
        for _ in range(2):
            size = int.from_bytes(raw[at : at + 2], "big")
            pieces.append(raw[at + 2 : at + 2 + size])
            at += 2 + size
        found.append((*pieces, raw[at:])[which])
    return tuple(found)


def draw_update(mutator: Mutator) -> bytes:
    """Wrong as a whole, or within the lengths of its three parts."""
    if mutator.below(4) == 0:
        return mutator.mutated(updates())
    pieces = [mutator.choice(parts(which)) for which in range(3)]
    which = mutator.below(3)
    pieces[which] = mutator.mutated(parts(which))
    withdrawn, attributes, announced = (piece[:20_000] for piece in pieces)
    body = len(withdrawn).to_bytes(2, "big") + withdrawn + len(attributes).to_bytes(2, "big") + attributes + announced
    return bgp.envelope(bgp.MessageKind.UPDATE, body)


def bmp_messages() -> Take:
    decoder = Decoder()

    def take(raw: bytes) -> None:
        nonlocal decoder
        for frame in decoder.feed(raw):
            with suppress(BmpError):
                message = bmp.decode(frame)
                if isinstance(message, PeerUp):
                    for view in View:
                        message.dialect(view)
        if decoder.error or len(raw) % 7 == 0:
            decoder = Decoder()

    return take


def bgp_updates() -> Take:
    dialects = (Dialect(), bgp.negotiated(None, None))
    feeds = [Feed(dialect, WATCHED) for dialect in dialects]

    def take(raw: bytes) -> None:
        for dialect, feed in zip(dialects, feeds, strict=True):
            with suppress(BgpError):
                feed.read(raw, has_as4=True)
            with suppress(BgpError):
                bgp_update.decode(raw, dialect)

    return take


def from_a_stream_to_the_pipeline() -> Take:
    feed = _pipeline(Source.BMP)
    told: list[Payload] = []
    left, decoder, router = 0, Decoder(), Router(told.append, lambda _name: WATCHED)

    def take(raw: bytes) -> None:
        nonlocal left, decoder, router
        if left == 0 or decoder.error or router.fatal:
            left, decoder, router = _CONNECTION, Decoder(), Router(told.append, lambda _name: WATCHED)
            for frame in frames()[:8]:
                router.take(frame)
        left -= 1
        for frame in decoder.feed(raw):
            router.take(frame)
        for payload in told:
            feed(payload)
        told.clear()

    return take


def _pipeline(source: Source) -> Callable[[Payload], None]:
    """Evaluates what a device says, a millisecond after the other; also as the journal keeps it."""
    watching = Pipeline()
    watched = inventory((SCENARIOS / "networks" / "two-paths.toml").read_text(encoding="utf-8"))
    policy = msgspec.Raw(msgspec.msgpack.encode(watching.policy))
    watching.feed(Signal(1, START, START, Source.ENGINE, "", SettingsChanged(watched, policy)))
    seq = 1
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(Signal).decode

    def feed(payload: Payload) -> None:
        nonlocal seq
        seq += 1
        at = START + seq / 1000
        signal = Signal(seq, at, at, source, PEER, payload)
        journaled = decode(encode(signal))
        assert journaled == signal
        watching.feed(journaled)

    return feed


TARGETS: dict[str, tuple[Draw, Callable[[], Take]]] = {
    "ber": (draw_value, ber_reader),
    "snmp": (draw_datagram, snmp_messages),
    "usm": (draw_datagram, usm_receiver),
    "traps": (draw_datagram, from_a_datagram_to_the_pipeline),
    "bmp": (draw_frame, bmp_messages),
    "bgp": (draw_update, bgp_updates),
    "routers": (draw_frame, from_a_stream_to_the_pipeline),
}
