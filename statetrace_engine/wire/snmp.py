"""Pure. SNMP messages, v1 (RFC 1157) and v2c (RFC 1901, RFC 3416): out of a datagram and into one.

    SEQUENCE { 1, "public", [7] { 4711, 0, 0, SEQUENCE { SEQUENCE { 1.3.6.1.2.1.1.3.0, TimeTicks 4200 }, … } } }

A Trap of v1 becomes the notification that RFC 3584 section 3.1 makes of it. A message of v3 is recognised (RFC 3412
section 6, RFC 3414 section 2.4), not decrypted: see usm_receiver.py.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.wire import ber
from statetrace_engine.wire.ber import BerError, IpAddress, Reader, TimeTicks, Value

MAX_VARBINDS = 2048
"""More than fit into a datagram of sensible names; bounds the time that one takes."""

SYS_UP_TIME = "1.3.6.1.2.1.1.3.0"
TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
TRAP_ENTERPRISE = "1.3.6.1.6.3.1.1.4.3.0"
TRAP_ADDRESS = "1.3.6.1.6.3.18.1.3.0"
_GENERIC_TRAPS = "1.3.6.1.6.3.1.1.5"
_ENTERPRISE_SPECIFIC = 6
V1_TRAP_TAG = 0xA4
USM = 3
"""The User-based Security Model (RFC 3414), among the security models."""

VarBind = tuple[str, Value]
"""The variable's name with dots, and what it is bound to."""


class Version(IntEnum):
    """As messages number them."""

    V1 = 0
    V2C = 1


class PduKind(IntEnum):
    """By its tag (RFC 3416 section 3)."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    GET_BULK = 0xA5
    INFORM = 0xA6
    TRAP = 0xA7
    REPORT = 0xA8


_KINDS: dict[int, PduKind] = {kind.value: kind for kind in PduKind}
_KINDS_OF_V1 = frozenset((PduKind.GET, PduKind.GET_NEXT, PduKind.RESPONSE, PduKind.SET))
_NOTIFICATIONS = (PduKind.TRAP, PduKind.INFORM)


class Message(Struct, frozen=True, kw_only=True):
    version: Version
    community: bytes
    """A secret."""
    kind: PduKind
    request_id: int
    """0 of a Trap of v1, which has none."""
    error_status: int = 0
    """Of a GetBulkRequest the non-repeaters."""
    error_index: int = 0
    """Of a GetBulkRequest the max-repetitions."""
    varbinds: tuple[VarBind, ...] = ()


class Envelope(Struct, frozen=True):
    """What is known of a message before its PDU is read."""

    version: Version
    community: bytes
    """A secret."""
    tag: int
    """Of the PDU: a `PduKind`, or `V1_TRAP_TAG`."""
    bare: bytes
    """The message with an empty community: `decode` reads it."""


class Scoped(Struct, frozen=True):
    """What a message of v3 carries, before its PDU is read."""

    engine_id: bytes
    context: bytes
    """The engine and the context that it is about."""
    tag: int
    """Of the PDU."""
    bare: bytes
    """The PDU in a message of v2c with an empty community: `decode` reads it."""


class V1Trap(Struct, frozen=True, kw_only=True):
    """A Trap as v1 puts it (RFC 1157 section 4.1.6)."""

    enterprise: str
    agent_address: IpAddress
    generic: int
    """0 coldStart, 1 warmStart, 2 linkDown, 3 linkUp, 4 authenticationFailure, 5 egpNeighborLoss, 6 see `specific`."""
    specific: int = 0
    uptime: TimeTicks
    varbinds: tuple[VarBind, ...] = ()


class V3Flags(IntFlag):
    AUTHENTICATED = 1
    ENCRYPTED = 2
    REPORTABLE = 4


class V3Message(Struct, frozen=True, kw_only=True):
    """What stands in clear in a message of v3."""

    message_id: int
    max_size: int
    flags: V3Flags
    security_model: int
    """3 is USM; of others only this header is known."""
    engine_id: bytes = b""
    engine_boots: int = 0
    engine_time: int = 0
    """Seconds."""
    user_name: bytes = b""
    signature: bytes = b""
    """Empty when it is not signed."""
    signature_at: int = 0
    """Where it stands in the datagram."""
    salt: bytes = b""
    scoped: bytes = b""
    """For `scoped_pdu`; encrypted when the flags say so."""


class Notification(Struct, frozen=True, kw_only=True):
    """What a Trap or InformRequest tells."""

    trap_oid: str
    uptime: TimeTicks | None
    """sysUpTime; None when the agent left it out."""
    agent_address: IpAddress | None
    """Who sent it in v1 or to a proxy, when the datagram's sender is a relay; 0.0.0.0 is nobody."""
    values: tuple[VarBind, ...]
    """Without the time and the notification's name."""


def opened(datagram: bytes) -> Envelope | V3Message:
    """The message without its community; the PDU is not looked into. Raises BerError when it is none."""
    outer = Reader(datagram)
    message = outer.enter(ber.SEQUENCE)
    outer.finish()
    version = message.integer()
    if version == 3:
        return _v3(message)
    if version not in (Version.V1, Version.V2C):
        raise BerError(f"version {version} is none of SNMP's")
    community, tag = message.octets(), message.next_tag
    bare = ber.sequence(ber.integer(version), ber.octets(b""), message.rest())
    return Envelope(Version(version), community, tag, bare)


def decode(datagram: bytes) -> Message | V3Message:
    """One message. Raises BerError when it is none."""
    outer = Reader(datagram)
    message = outer.enter(ber.SEQUENCE)
    outer.finish()
    version = message.integer()
    if version == 3:
        return _v3(message)
    if version not in (Version.V1, Version.V2C):
        raise BerError(f"version {version} is none of SNMP's")
    community = message.octets()
    return _with_pdu(Version(version), community, message)


def number(datagram: bytes) -> int:
    """By which an answer is known: request-id of v1 and v2c, msgID of v3 (RFC 3412 section 6.2).

    What follows it is not looked into. Raises BerError when it is no message.
    """
    message = Reader(datagram).enter(ber.SEQUENCE)
    version = message.integer()
    if version == 3:
        return message.enter(ber.SEQUENCE).integer()
    if version not in (Version.V1, Version.V2C):
        raise BerError(f"version {version} is none of SNMP's")
    message.octets()
    return message.enter(message.next_tag).integer()


def scoped_pdu(scoped: bytes) -> Message:
    """What a message of v3 carries (RFC 3412 section 6), in the form of v2c; padding may follow it.

    Raises BerError when it is none.
    """
    inner = Reader(scoped).enter(ber.SEQUENCE)
    inner.octets()  # the engine and the context that it is about
    inner.octets()
    return _with_pdu(Version.V2C, b"", inner)


def opened_scoped(scoped: bytes) -> Scoped:
    """What a message of v3 carries, its PDU not looked into; padding may follow it. Raises BerError when it is none."""
    inner = Reader(scoped).enter(ber.SEQUENCE)
    engine_id, context, tag = inner.octets(), inner.octets(), inner.next_tag
    pdu = inner.item(tag)
    inner.finish()
    return Scoped(engine_id, context, tag, ber.sequence(ber.integer(Version.V2C), ber.octets(b""), pdu))


def _with_pdu(version: Version, community: bytes, message: Reader) -> Message:
    tag = message.next_tag
    pdu = message.enter(tag)
    message.finish()
    if tag == V1_TRAP_TAG and version is Version.V1:
        return _message_of_trap(community, _v1_trap(pdu))
    kind = _KINDS.get(tag)
    if kind is None or (version is Version.V1 and kind not in _KINDS_OF_V1):
        raise BerError(f"tag {tag:#04x} is that of no PDU of v{version + 1}")
    decoded = Message(
        version=version,
        community=community,
        kind=kind,
        request_id=pdu.integer(),
        error_status=pdu.integer(),
        error_index=pdu.integer(),
        varbinds=_varbinds(pdu),
    )
    pdu.finish()
    return decoded


def _varbinds(pdu: Reader) -> tuple[VarBind, ...]:
    found: list[VarBind] = []
    items = pdu.enter(ber.SEQUENCE)
    while not items.is_done:
        if len(found) == MAX_VARBINDS:
            raise BerError(f"more than {MAX_VARBINDS} variables")
        pair = items.enter(ber.SEQUENCE)
        found.append((pair.oid(), pair.value()))
        pair.finish()
    return tuple(found)


def _v1_trap(pdu: Reader) -> V1Trap:
    enterprise, address = pdu.oid(), pdu.value()
    generic, specific, uptime = pdu.integer(), pdu.integer(), pdu.value()
    if not isinstance(address, IpAddress):
        raise BerError("a Trap whose agent has no IpAddress")
    if not isinstance(uptime, TimeTicks):
        raise BerError("a Trap whose time is no TimeTicks")
    trap = V1Trap(
        enterprise=enterprise,
        agent_address=address,
        generic=generic,
        specific=specific,
        uptime=uptime,
        varbinds=_varbinds(pdu),
    )
    pdu.finish()
    return trap


def _message_of_trap(community: bytes, trap: V1Trap) -> Message:
    """The names that a proxy adds come last, unless a proxy did (RFC 3584 section 3.1); not the community, a secret."""
    told = notifying(trap.uptime, _trap_oid(trap), *trap.varbinds)
    known = {name for name, _ in trap.varbinds}
    added: tuple[VarBind, ...] = ((TRAP_ADDRESS, trap.agent_address), (TRAP_ENTERPRISE, trap.enterprise))
    return Message(
        version=Version.V1,
        community=community,
        kind=PduKind.TRAP,
        request_id=0,
        varbinds=(*told, *(pair for pair in added if pair[0] not in known)),
    )


def _trap_oid(trap: V1Trap) -> str:
    if 0 <= trap.generic < _ENTERPRISE_SPECIFIC:
        return f"{_GENERIC_TRAPS}.{trap.generic + 1}"
    if trap.generic != _ENTERPRISE_SPECIFIC:
        raise BerError(f"generic trap {trap.generic}")
    if not 0 <= trap.specific <= ber.MAX_ARC:
        raise BerError(f"specific trap {trap.specific}")
    if trap.enterprise.count(".") + 3 > ber.MAX_ARCS:
        raise BerError("an enterprise of too many arcs")
    return f"{trap.enterprise}.0.{trap.specific}"


def _v3(message: Reader) -> V3Message:
    header = message.enter(ber.SEQUENCE)
    message_id, max_size = header.integer(), header.integer()
    flags, model = header.octets(), header.integer()
    header.finish()
    if len(flags) != 1:
        raise BerError(f"flags of {len(flags)} octets")
    security = message.enter(ber.OCTET_STRING)
    if message.next_tag not in (ber.SEQUENCE, ber.OCTET_STRING):
        raise BerError("no data where a message of v3 has them")
    scoped = message.octets() if message.next_tag == ber.OCTET_STRING else message.item(ber.SEQUENCE)
    message.finish()
    clear = V3Message(
        message_id=message_id, max_size=max_size, flags=V3Flags(flags[0] & 7), security_model=model, scoped=scoped
    )
    return _with_user(clear, security) if model == USM else clear


def _with_user(clear: V3Message, security: Reader) -> V3Message:
    """With what the User-based Security Model tells (RFC 3414 section 2.4)."""
    usm = security.enter(ber.SEQUENCE)
    security.finish()
    engine_id, boots, time, user = usm.octets(), usm.integer(), usm.integer(), usm.octets()
    signature = usm.octets()
    signature_at, salt = usm.position - len(signature), usm.octets()
    usm.finish()
    return replace(
        clear,
        engine_id=engine_id,
        engine_boots=boots,
        engine_time=time,
        user_name=user,
        signature=signature,
        signature_at=signature_at,
        salt=salt,
    )


def notification(message: Message) -> Notification:
    """What a Trap or InformRequest tells. Raises BerError when the message is neither, or does not say what it is."""
    if message.kind not in _NOTIFICATIONS:
        raise BerError(f"a {message.kind.name} is no notification")
    bound = dict(reversed(message.varbinds))
    trap_oid, uptime, address = bound.get(TRAP_OID), bound.get(SYS_UP_TIME), bound.get(TRAP_ADDRESS)
    if not isinstance(trap_oid, str):
        raise BerError("a notification without its name")
    return Notification(
        trap_oid=trap_oid,
        uptime=uptime if isinstance(uptime, TimeTicks) else None,
        agent_address=address if isinstance(address, IpAddress) else None,
        values=tuple(pair for pair in message.varbinds if pair[0] not in (TRAP_OID, SYS_UP_TIME)),
    )


def notifying(uptime: TimeTicks, trap_oid: str, *values: VarBind) -> tuple[VarBind, ...]:
    """The variables of a Trap of v2 or an InformRequest, in their order (RFC 3416 section 4.2.6)."""
    return ((SYS_UP_TIME, uptime), (TRAP_OID, trap_oid), *values)


def answer(inform: Message) -> Message:
    """The Response that an InformRequest waits for (RFC 3416 section 4.2.7)."""
    return Message(
        version=inform.version,
        community=inform.community,
        kind=PduKind.RESPONSE,
        request_id=inform.request_id,
        varbinds=inform.varbinds,
    )


def encode(message: Message) -> bytes:
    """A datagram. Raises BerError when v1 has no such PDU (a Trap of v1: `encode_v1_trap`) or a value cannot be."""
    if message.version is Version.V1 and message.kind not in _KINDS_OF_V1:
        raise BerError(f"v1 has no {message.kind.name}")
    return ber.sequence(ber.integer(message.version), ber.octets(message.community), encode_pdu(message))


def encode_pdu(message: Message) -> bytes:
    """What of a message stands in one of v3 too."""
    return ber.item(
        message.kind,
        ber.integer(message.request_id),
        ber.integer(message.error_status),
        ber.integer(message.error_index),
        _encode_varbinds(message.varbinds),
    )


def encode_v3(message: V3Message) -> bytes:
    """A datagram; what is encrypted stands in `scoped` as an OCTET STRING."""
    header = ber.sequence(
        ber.integer(message.message_id),
        ber.integer(message.max_size),
        ber.octets(bytes((message.flags,))),
        ber.integer(message.security_model),
    )
    security = ber.sequence(
        ber.octets(message.engine_id),
        ber.integer(message.engine_boots),
        ber.integer(message.engine_time),
        ber.octets(message.user_name),
        ber.octets(message.signature),
        ber.octets(message.salt),
    )
    return ber.sequence(ber.integer(3), header, ber.octets(security), message.scoped)


def encode_v1_trap(community: bytes, trap: V1Trap) -> bytes:
    """A datagram. Raises BerError when a value cannot be."""
    pdu = ber.item(
        V1_TRAP_TAG,
        ber.oid(trap.enterprise),
        ber.value(trap.agent_address),
        ber.integer(trap.generic),
        ber.integer(trap.specific),
        ber.value(trap.uptime),
        _encode_varbinds(trap.varbinds),
    )
    return ber.sequence(ber.integer(Version.V1), ber.octets(community), pdu)


def _encode_varbinds(varbinds: tuple[VarBind, ...]) -> bytes:
    return ber.sequence(*(ber.sequence(ber.oid(name), ber.value(value)) for name, value in varbinds))
