"""SNMP messages: what net-snmp sends, round trips, the way of a v1 Trap into v2, and hostile senders.

STATETRACE_CASES sets the number of cases (as for the hostile senders of syslog).
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statetrace_engine.wire import ber, snmp
from statetrace_engine.wire.ber import BerError, Counter32, Counter64, Gauge32, IpAddress, Opaque, TimeTicks
from statetrace_engine.wire.snmp import Message, PduKind, V1Trap, V3Flags, V3Message, Version
from tests.engine.wire.test_ber import oids, values

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
HOSTILE = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)

LINK_DOWN = bytes.fromhex(
    "30819a02010104067075626c6963a7818c02044f1bf786020100020100307e300e06082b06010201010300430210683017060a2b06010603"
    "010104010006092b0601060301010503300f060a2b060102010202010107020107300f060a2b060102010202010707020101300f060a2b06"
    "01020102020108070201023020060a2b06010201020201020704124769676162697445746865726e6574302f37"
)
V1_BGP = bytes.fromhex(
    "305102010004067075626c6963a44406072b060102010f074004c00002010201060201024302106830293013060d2b060102010f03010e0a"
    "010102040204003012060d2b060102010f0301020a010102020101"
)
V1_LINK_DOWN = bytes.fromhex(
    "303a02010004067075626c6963a42d06082b060104010901014004c0000201020102020100430210683011300f060a2b0601020102020101"
    "07020107"
)
INFORM = bytes.fromhex(
    "306b02010104067075626c6963a65e020412ba5e890201000201003050300e06082b06010201010300430210683017060a2b060106030101"
    "04010006092b0601060301010504300f060a2b0601020102020101074201073014060b2b060102011f01010106074605012a05f200"
)
EVERY_TYPE = bytes.fromhex(
    "3081c502010104067075626c6963a781b702044c77a7690201000201003081a8300e06082b06010201010300430210683017060a2b060106"
    "03010104010006092b06010401ce0f0001301106082b06010401ce0f01410500ffffffff300d06082b06010401ce0f0243017b3010060"
    "82b06010401ce0f034004c0000207301606082b06010401ce0f04060a2b060104018fffffff7f300c06082b06010401ce0f050500300e06"
    "082b06010401ce0f060202ff7f301306082b06010401ce0f0744079f78043fc00000"
)
V3 = bytes.fromhex(
    "30819f02010330110204237da157020300ffe3040103020103043530330408800000000102030402010102"
    "0303fa3f040777617463686572040cc1a7f88ca41a54567de7840d0408ff32d5b59a5bf00904508db0781b6017dd6ac10f79c23f101cbd34a0"
    "113d3534d0f06583164035137409a28fb67a314e19a60b37690b331e1a9d05c8da28c28e81384db8ef52db7761826f8642a139f9191903771a"
    "6bbd75975a"
)
"""As net-snmp 5.9 sends them."""
SENT = (LINK_DOWN, V1_BGP, V1_LINK_DOWN, INFORM, EVERY_TYPE, V3)

IF_INDEX = "1.3.6.1.2.1.2.2.1.1.7"


def decoded(datagram: bytes) -> Message:
    message = snmp.decode(datagram)
    assert isinstance(message, Message)
    return message


def test_a_trap_of_v2c_is_read_in_full() -> None:
    assert decoded(LINK_DOWN) == Message(
        version=Version.V2C,
        community=b"public",
        kind=PduKind.TRAP,
        request_id=1327232902,
        varbinds=(
            ("1.3.6.1.2.1.1.3.0", TimeTicks(4200)),
            ("1.3.6.1.6.3.1.1.4.1.0", "1.3.6.1.6.3.1.1.5.3"),
            (IF_INDEX, 7),
            ("1.3.6.1.2.1.2.2.1.7.7", 1),
            ("1.3.6.1.2.1.2.2.1.8.7", 2),
            ("1.3.6.1.2.1.2.2.1.2.7", b"GigabitEthernet0/7"),
        ),
    )


def test_every_type_of_a_value_is_read() -> None:
    told = snmp.notification(decoded(EVERY_TYPE))

    assert [value for _, value in told.values] == [
        Counter32(4294967295),
        TimeTicks(123),
        IpAddress(b"\xc0\x00\x02\x07"),
        "1.3.6.1.4.1.4294967295",
        None,
        -129,
        Opaque(b"\x9f\x78\x04\x3f\xc0\x00\x00"),
    ]
    assert str(told.values[2][1]) == "192.0.2.7"


@pytest.mark.parametrize("sent", [LINK_DOWN, INFORM, EVERY_TYPE])
def test_we_encode_as_net_snmp_does(sent: bytes) -> None:
    assert snmp.encode(decoded(sent)) == sent


def test_an_enterprises_trap_of_v1_takes_its_name_from_enterprise_and_number() -> None:
    told = snmp.notification(decoded(V1_BGP))

    assert told.trap_oid == "1.3.6.1.2.1.15.7.0.2"
    assert told.uptime == TimeTicks(4200)
    assert str(told.agent_address) == "192.0.2.1"
    assert told.values[:2] == (("1.3.6.1.2.1.15.3.1.14.10.1.1.2", b"\x04\x00"), ("1.3.6.1.2.1.15.3.1.2.10.1.1.2", 1))
    assert (snmp.TRAP_ENTERPRISE, "1.3.6.1.2.1.15.7") in told.values
    assert decoded(V1_BGP).version is Version.V1


@pytest.mark.parametrize("generic", range(6))
def test_a_generic_trap_of_v1_becomes_its_namesake(generic: int) -> None:
    trap = V1Trap(
        enterprise="1.3.6.1.4.1.9.1.1", agent_address=IpAddress(b"\xc0\x00\x02\x01"), generic=generic, specific=99,
        uptime=TimeTicks(4200), varbinds=((IF_INDEX, 7),),
    )  # fmt: skip

    told = snmp.notification(decoded(snmp.encode_v1_trap(b"public", trap)))

    assert told.trap_oid == f"1.3.6.1.6.3.1.1.5.{generic + 1}"
    assert told.values[0] == (IF_INDEX, 7)


def test_we_encode_a_trap_of_v1_as_net_snmp_does() -> None:
    trap = V1Trap(
        enterprise="1.3.6.1.4.1.9.1.1", agent_address=IpAddress(b"\xc0\x00\x02\x01"), generic=2, uptime=TimeTicks(4200),
        varbinds=((IF_INDEX, 7),),
    )  # fmt: skip

    assert snmp.encode_v1_trap(b"public", trap) == V1_LINK_DOWN


def test_what_a_proxy_has_told_of_a_v1_trap_stays() -> None:
    told = (snmp.TRAP_ADDRESS, IpAddress(b"\xc0\x00\x02\x09"))
    trap = V1Trap(
        enterprise="1.3.6.1.4.1.9", agent_address=IpAddress(bytes(4)), generic=3, uptime=TimeTicks(1), varbinds=(told,)
    )

    found = snmp.notification(decoded(snmp.encode_v1_trap(b"public", trap)))

    assert str(found.agent_address) == "192.0.2.9"
    assert [name for name, _ in found.values].count(snmp.TRAP_ADDRESS) == 1


def test_the_community_of_a_v1_trap_does_not_stand_among_its_variables() -> None:
    assert all(value != b"public" for _, value in decoded(V1_BGP).varbinds)


def test_an_inform_is_answered_with_all_it_said() -> None:
    inform = decoded(INFORM)
    answer = decoded(snmp.encode(snmp.answer(inform)))

    assert inform.kind is PduKind.INFORM
    assert snmp.notification(inform).values[0] == (IF_INDEX, Gauge32(7))
    assert snmp.notification(inform).values[1][1] == Counter64(5_000_000_000)
    assert (answer.kind, answer.error_status, answer.error_index) == (PduKind.RESPONSE, 0, 0)
    assert (answer.version, answer.community, answer.request_id) == (Version.V2C, b"public", 314203785)
    assert answer.varbinds == inform.varbinds


def test_a_message_of_v3_tells_its_engine_and_user() -> None:
    found = snmp.decode(V3)

    assert isinstance(found, V3Message)
    assert (found.message_id, found.max_size, found.security_model) == (595435863, 65507, 3)
    assert found.flags == V3Flags.AUTHENTICATED | V3Flags.ENCRYPTED
    assert (found.engine_id.hex(), found.engine_boots, found.engine_time) == ("8000000001020304", 1, 260671)
    assert (found.user_name, len(found.signature), len(found.salt)) == (b"watcher", 12, 8)
    assert V3[found.signature_at :].startswith(found.signature)
    assert V3.endswith(found.scoped)


def test_what_a_message_of_v3_carries_is_a_message_and_padding_may_follow() -> None:
    asked = Message(version=Version.V2C, community=b"", kind=PduKind.GET, request_id=7, varbinds=((IF_INDEX, None),))
    scoped = ber.sequence(ber.octets(b"engine"), ber.octets(b""), snmp.encode_pdu(asked))

    assert snmp.scoped_pdu(scoped) == snmp.scoped_pdu(scoped + b"\x03\x03\x03") == asked
    with pytest.raises(BerError):
        snmp.scoped_pdu(scoped[:-1])


def v3(flags: bytes = b"\x04", model: int = 3, security: bytes = b"", data: bytes = ber.sequence()) -> bytes:
    header = ber.sequence(ber.integer(7), ber.integer(1500), ber.octets(flags), ber.integer(model))
    return ber.sequence(ber.integer(3), header, ber.octets(security), data)


def test_a_discovery_of_v3_has_neither_engine_nor_user() -> None:
    usm = ber.sequence(ber.octets(b""), ber.integer(0), ber.integer(0), *[ber.octets(b"")] * 3)

    assert snmp.decode(v3(security=usm)) == V3Message(
        message_id=7, max_size=1500, flags=V3Flags.REPORTABLE, security_model=3, signature_at=36, scoped=ber.sequence()
    )


def test_another_security_model_is_told_by_its_number_alone() -> None:
    found = snmp.decode(v3(model=4, security=b"whatever"))

    assert isinstance(found, V3Message)
    assert (found.security_model, found.user_name) == (4, b"")


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "ends where an item should be"),
        (LINK_DOWN[:-1], "octets where"),
        (LINK_DOWN + b"\0", "1 octets more"),
        (ber.sequence(ber.integer(2), ber.octets(b"")), "version 2 is none"),
        (ber.sequence(ber.integer(1), ber.octets(b"")), "ends where an item should be"),
        (ber.sequence(ber.integer(1), ber.octets(b""), ber.item(0xA4)), "0xa4 is that of no PDU of v2"),
        (ber.sequence(ber.integer(0), ber.octets(b""), ber.item(0xA7)), "0xa7 is that of no PDU of v1"),
        (ber.sequence(ber.integer(1), ber.octets(b""), ber.item(0xBF)), "0xbf is that of no PDU of v2"),
        (v3(flags=b""), "flags of 0 octets"),
        (v3(security=b""), "ends where an item should be"),
        (v3(model=1, data=ber.integer(1)), "no data"),
    ],
)
def test_what_is_no_message_is_told_in_a_sentence(datagram: bytes, why: str) -> None:
    with pytest.raises(BerError) as caught:
        snmp.decode(datagram)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"generic": 7}, "generic trap 7"),
        ({"generic": -1}, "generic trap -1"),
        ({"specific": -5}, "specific trap -5"),
        ({"enterprise": "1.3" + ".1" * 126}, "too many arcs"),
    ],
)
def test_a_trap_of_v1_without_a_name_is_malformed(changed: dict[str, object], why: str) -> None:
    fields = {"enterprise": "1.3.6", "agent_address": IpAddress(bytes(4)), "generic": 6, "uptime": TimeTicks(1)}

    with pytest.raises(BerError, match=why):
        snmp.decode(snmp.encode_v1_trap(b"", V1Trap(**{**fields, **changed})))  # type: ignore[arg-type]


def test_the_number_of_variables_is_bounded() -> None:
    def sized(count: int) -> bytes:
        varbinds = (("1.3.6", 1),) * count
        return snmp.encode(
            Message(version=Version.V2C, community=b"", kind=PduKind.TRAP, request_id=1, varbinds=varbinds)
        )

    assert len(decoded(sized(snmp.MAX_VARBINDS)).varbinds) == snmp.MAX_VARBINDS
    with pytest.raises(BerError, match="more than 2048 variables"):
        snmp.decode(sized(snmp.MAX_VARBINDS + 1))


def test_v1_has_no_bulk_and_no_notification_of_v2() -> None:
    for kind in (PduKind.GET_BULK, PduKind.INFORM, PduKind.TRAP):
        with pytest.raises(BerError, match=f"v1 has no {kind.name}"):
            snmp.encode(Message(version=Version.V1, community=b"", kind=kind, request_id=1))


def test_a_notification_says_what_it_is() -> None:
    nameless = Message(version=Version.V2C, community=b"", kind=PduKind.TRAP, request_id=1)

    with pytest.raises(BerError, match="without its name"):
        snmp.notification(nameless)
    with pytest.raises(BerError, match="a GET is no notification"):
        snmp.notification(Message(version=Version.V2C, community=b"", kind=PduKind.GET, request_id=1))


varbinds = st.lists(st.tuples(oids, values), max_size=6).map(tuple)
ids = st.integers(-(2**31), 2**31 - 1)
messages = st.builds(
    Message,
    version=st.just(Version.V2C),
    community=st.binary(max_size=40),
    kind=st.sampled_from(PduKind),
    request_id=ids,
    error_status=ids,
    error_index=ids,
    varbinds=varbinds,
)
v1_messages = st.builds(
    Message,
    version=st.just(Version.V1),
    community=st.binary(max_size=40),
    kind=st.sampled_from((PduKind.GET, PduKind.GET_NEXT, PduKind.RESPONSE, PduKind.SET)),
    request_id=ids,
    error_status=ids,
    error_index=ids,
    varbinds=varbinds,
)
v1_traps = st.builds(
    V1Trap,
    enterprise=st.lists(st.integers(0, ber.MAX_ARC), max_size=10).map(lambda arcs: ".".join(map(str, (1, 3, *arcs)))),
    agent_address=st.binary(min_size=4, max_size=4).map(IpAddress),
    generic=st.integers(0, 6),
    specific=st.integers(0, 2**31 - 1),
    uptime=st.integers(0, 2**32 - 1).map(TimeTicks),
    varbinds=varbinds,
)


@LAW
@given(st.one_of(messages, v1_messages))
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert snmp.decode(snmp.encode(message)) == message


@LAW
@given(st.binary(max_size=40), v1_traps)
def test_a_trap_of_v1_comes_back_with_its_name_time_agent_and_variables(community: bytes, trap: V1Trap) -> None:
    message = decoded(snmp.encode_v1_trap(community, trap))
    told = snmp.notification(message)
    generic = f"1.3.6.1.6.3.1.1.5.{trap.generic + 1}"

    assert (message.version, message.community, message.kind) == (Version.V1, community, PduKind.TRAP)
    assert told.trap_oid == (generic if trap.generic < 6 else f"{trap.enterprise}.0.{trap.specific}")
    assert (told.uptime, told.agent_address) == (trap.uptime, trap.agent_address)
    assert told.values[: len(trap.varbinds)] == trap.varbinds


@LAW
@given(st.integers(0, 2**32 - 1).map(TimeTicks), oids, varbinds)
def test_a_notification_tells_what_it_was_made_of(
    uptime: TimeTicks, trap_oid: str, told: tuple[snmp.VarBind, ...]
) -> None:
    own = (snmp.SYS_UP_TIME, snmp.TRAP_OID, snmp.TRAP_ADDRESS)
    told = tuple(pair for pair in told if pair[0] not in own)
    message = Message(
        version=Version.V2C, community=b"", kind=PduKind.INFORM, request_id=1,
        varbinds=snmp.notifying(uptime, trap_oid, *told),
    )  # fmt: skip

    assert snmp.notification(decoded(snmp.encode(message))) == snmp.Notification(
        trap_oid=trap_oid, uptime=uptime, agent_address=None, values=told
    )


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real message, octets of which are changed, put in, left out, repeated or cut off."""
    raw = bytearray(draw(st.sampled_from(SENT)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        size = draw(st.integers(0, 3))
        raw[at : at + size] = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from((b"\x80", b"\x84\xff\xff\xff\xff", b"\x82\x00\x10", b"\xff", b"\x30\x00", b"\x1f\x81")),
            )
        )
    if draw(st.booleans()):
        at = draw(st.integers(0, len(raw)))
        raw += raw[at:]
    return bytes(raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw)


@pytest.mark.timeout(max(120, CASES / 50))
@HOSTILE
@given(st.one_of(damaged(), st.binary(max_size=300)))
def test_any_datagram_is_a_message_or_one_kind_of_error(datagram: bytes) -> None:
    try:
        message = snmp.decode(datagram)
    except BerError:
        return
    if isinstance(message, Message):
        assert len(message.varbinds) <= snmp.MAX_VARBINDS
        try:
            told = snmp.notification(message)
        except BerError:
            return
        assert len(told.values) <= len(message.varbinds)
