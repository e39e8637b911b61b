"""BER: what X.690 says of SNMP's types, round trips, and whatever else comes is one kind of error."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statetrace_engine.wire import ber
from statetrace_engine.wire.ber import (
    Absent,
    BerError,
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    Opaque,
    Reader,
    TimeTicks,
    Value,
)

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)

oids = st.builds(
    lambda first, rest: ".".join(map(str, (*first, *rest))),
    st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, ber.MAX_ARC))),
    st.lists(st.integers(0, ber.MAX_ARC), max_size=ber.MAX_ARCS - 2),
)
numbers32 = st.integers(0, 2**32 - 1)
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=300),
    oids,
    st.binary(min_size=4, max_size=4).map(IpAddress),
    numbers32.map(Counter32),
    numbers32.map(Gauge32),
    numbers32.map(TimeTicks),
    st.integers(0, 2**64 - 1).map(Counter64),
    st.binary(max_size=20).map(Opaque),
    st.sampled_from(Absent),
)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "020100"),
        (127, "02017f"),
        (128, "02020080"),
        (-1, "0201ff"),
        (-128, "020180"),
        (-129, "0202ff7f"),
        (2**63 - 1, "02087fffffffffffffff"),
        (-(2**63), "02088000000000000000"),
        (b"public", "04067075626c6963"),
        (b"", "0400"),
        (b"x" * 200, "0481c8" + "78" * 200),
        (None, "0500"),
        ("1.3.6.1.2.1", "06052b06010201"),
        ("2.999.3", "0603883703"),
        ("0.0", "060100"),
        ("1.3.4294967295", "06062b8fffffff7f"),
        (IpAddress(b"\xc0\x00\x02\x01"), "4004c0000201"),
        (Counter32(2**32 - 1), "410500ffffffff"),
        (Gauge32(255), "420200ff"),
        (TimeTicks(0), "430100"),
        (Opaque(b"\x9f\x78\x04"), "44039f7804"),
        (Counter64(2**64 - 1), "460900ffffffffffffffff"),
        (Absent.NO_SUCH_OBJECT, "8000"),
        (Absent.NO_SUCH_INSTANCE, "8100"),
        (Absent.END_OF_MIB_VIEW, "8200"),
    ],
)
def test_a_value_is_laid_out_as_in_x690(value: Value, encoded: str) -> None:
    assert ber.value(value).hex() == encoded
    assert Reader(bytes.fromhex(encoded)).value() == value


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("02840000000105", 5),
        ("0203000005", 5),
        ("0203ffff85", -123),
        ("4204ffffffff", Gauge32(2**32 - 1)),
        ("4104fffffffe", Counter32(2**32 - 2)),
        ("4608ffffffffffffffff", Counter64(2**64 - 1)),
    ],
)
def test_agents_that_write_longer_numbers_or_forget_a_sign_are_understood(encoded: str, value: Value) -> None:
    assert Reader(bytes.fromhex(encoded)).value() == value


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        ("", "ends where an item should be"),
        ("02", "ends where an item should be"),
        ("0202", "2 octets where 0 are left"),
        ("3080", "a length that is not told"),
        ("0485ffffffffff", "a length of 5 octets"),
        ("0484ffff", "ends within a length"),
        ("0484ffffffff", "4294967295 octets where 0 are left"),
        ("0200", "an INTEGER of 0 octets"),
        ("0209010000000000000000", "an INTEGER of 9 octets"),
        ("050100", "1 octets in an item that holds none"),
        ("0600", "without arcs"),
        ("06022b80", "ends within an arc"),
        ("06032b8001", "begins with an empty octet"),
        ("06062b9080808000", "above 2**32 - 1"),
        ("4003c00002", "an IpAddress of 3 octets"),
        ("410501ffffffff", "more than 32 bits"),
        ("4106000000000001", "a number of 6 octets"),
        ("4100", "a number of 0 octets"),
        ("460901ffffffffffffffff", "more than 64 bits"),
        ("800100", "1 octets in an item that holds none"),
        ("300101", "is that of no value"),
        ("1f0101", "is that of no value"),
    ],
)
def test_what_is_malformed_is_told_in_a_sentence(encoded: str, why: str) -> None:
    with pytest.raises(BerError) as caught:
        Reader(bytes.fromhex(encoded)).value()
    assert why in str(caught.value)


def test_an_oid_has_at_most_128_arcs() -> None:
    longest = "1.3" + ".1" * 126

    assert Reader(ber.value(longest)).value() == longest
    with pytest.raises(BerError, match="129 arcs"):
        Reader(ber.item(ber.OBJECT_IDENTIFIER, b"\x2b" + b"\x01" * 127)).value()
    with pytest.raises(BerError, match="octets"):
        Reader(ber.item(ber.OBJECT_IDENTIFIER, b"\x01" * 60_000)).value()


@pytest.mark.parametrize("dotted", ["", "1", "1.40", "3.1", "1.3.", ".1.3", "1.3.x", "1.3.-1", "1.3.4294967296", "1.٣"])
def test_what_is_no_oid_is_not_encoded(dotted: str) -> None:
    with pytest.raises(BerError):
        ber.oid(dotted)


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, Counter32(2**32), Gauge32(-1), Counter64(2**64), IpAddress(b"123")]
)
def test_what_a_type_cannot_hold_is_not_encoded(value: Value) -> None:
    with pytest.raises(BerError):
        ber.value(value)


def test_nesting_and_size_are_bounded() -> None:
    raw = b""
    for _ in range(ber.MAX_DEPTH + 1):
        raw = ber.sequence(raw)
    reader = Reader(raw)
    for _ in range(ber.MAX_DEPTH):
        reader = reader.enter(ber.SEQUENCE)
    with pytest.raises(BerError, match="nested deeper"):
        reader.enter(ber.SEQUENCE)
    with pytest.raises(BerError, match="more than the 65535"):
        Reader(bytes(ber.MAX_SIZE + 1))


def test_an_item_ends_where_its_sequence_ends() -> None:
    inner = Reader(bytes.fromhex("3003020205" + "02020007")).enter(ber.SEQUENCE)

    with pytest.raises(BerError, match="2 octets where 1 are left"):
        inner.integer()


def test_what_is_left_over_is_told() -> None:
    reader = Reader(ber.integer(1) + ber.integer(2))

    assert (reader.integer(), reader.is_done, reader.next_tag) == (1, False, ber.INTEGER)
    with pytest.raises(BerError, match="3 octets more"):
        reader.finish()
    assert (reader.integer(), reader.is_done, reader.next_tag) == (2, True, -1)
    reader.finish()


@LAW
@given(values)
def test_a_value_comes_back_as_it_was_with_its_type(value: Value) -> None:
    found = Reader(ber.value(value)).value()

    assert (type(found), found) == (type(value), value)


@LAW
@given(st.lists(values, max_size=20))
def test_values_in_a_sequence_come_back_in_their_order(many: list[Value]) -> None:
    inner = Reader(ber.sequence(*map(ber.value, many))).enter(ber.SEQUENCE)
    found = []
    while not inner.is_done:
        found.append(inner.value())

    assert found == many


@LAW
@given(st.binary(max_size=200))
def test_any_octets_are_a_value_or_one_kind_of_error(raw: bytes) -> None:
    reader = Reader(raw)
    while not reader.is_done:
        try:
            value = reader.value()
        except BerError:
            return
        assert Reader(ber.value(value)).value() == value


_NESTED = st.recursive(
    values.map(ber.value),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda parts: ber.sequence(*parts)),
    max_leaves=20,
)


@LAW
@given(_NESTED)
def test_what_is_encoded_is_sound_and_what_is_cut_off_or_longer_is_not(raw: bytes) -> None:
    assert ber.is_sound(raw)
    assert not ber.is_sound(raw[:-1])
    assert not ber.is_sound(raw + b"\0")


@LAW
@given(st.binary(max_size=600))
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30\x80\x00\x00")
@example(b"\x1f\xff\xff\xff")
@example(b"\x30\xff" + bytes(127))
def test_any_octets_are_sound_or_not(raw: bytes) -> None:
    assert ber.is_sound(raw) in (True, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x30",
        bytes(70_000),
        b"\x30\x05\x02\x01\x01\x05\x01",
        b"\x30\x80\x00\x00",
        b"\x30\x02\x02\x00",
        b"\x30\x02\x03\x00",
        b"\x30\x04\x30\x02\x30\x00",
    ],
)
def test_what_is_no_whole_item_is_unsound(raw: bytes) -> None:
    assert not ber.is_sound(raw)


def test_items_nested_without_end_are_unsound() -> None:
    raw = ber.integer(1)
    for _ in range(ber.MAX_DEPTH + 1):
        raw = ber.sequence(raw)
    assert not ber.is_sound(raw)


def test_an_item_is_taken_as_it_stands_and_passed_over() -> None:
    reader = Reader(ber.octets(b"public") + ber.sequence(ber.integer(1)) + ber.integer(2))

    assert (reader.skip(ber.OCTET_STRING), reader.position) == (6, 8)
    assert reader.item(ber.SEQUENCE) == ber.sequence(ber.integer(1))
    assert reader.integer() == 2
