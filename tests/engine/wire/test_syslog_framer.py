"""Messages out of a TCP stream, however it is cut and however wrong its counts are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.wire.syslog import MESSAGE_LIMIT, Framer

LAW = settings(max_examples=max(300, settings.default.max_examples), deadline=None)


def counted(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


def test_counted_and_lined_messages_may_be_mixed() -> None:
    framer = Framer()

    assert framer.feed(b"<1>a\n" + counted(b"<2>b\nc") + b"\n<3>d\r\n\n" + counted(b"<4>e") + b"<5>f\0<6>g\n") == [
        b"<1>a", b"<2>b\nc", b"<3>d", b"<4>e", b"<5>f", b"<6>g",
    ]  # fmt: skip
    assert (framer.malformed, framer.oversize) == (0, 0)


def test_a_last_line_without_newline_comes_at_the_end_of_the_stream() -> None:
    framer = Framer()

    assert framer.feed(b"<1>a\n<2>b") == [b"<1>a"]
    assert framer.finish() == [b"<2>b"]
    assert framer.finish() == []


def test_a_counted_message_cut_short_by_the_end_is_delivered_and_counted() -> None:
    framer = Framer()

    assert framer.feed(b"100 <1>abc") == []
    assert framer.finish() == [b"<1>abc"]
    assert framer.malformed == 1


def test_a_count_too_small_costs_one_strange_line() -> None:
    framer = Framer()

    assert framer.feed(b"5 <1>abcdef8 <2>ghijk8 <3>lmnop") == [b"<1>ab", b"cdef", b"<2>ghijk", b"<3>lmnop"]
    assert framer.malformed == 1


def test_a_count_beyond_reason_is_read_as_a_line() -> None:
    framer = Framer()

    assert framer.feed(b"9999999 <1>abc\n<2>d\n99999999999999999 <3>e\n") == [
        b"9999999 <1>abc", b"<2>d", b"99999999999999999 <3>e",
    ]  # fmt: skip
    assert framer.malformed == 2


def test_a_line_without_priority_is_delivered_and_counted() -> None:
    framer = Framer()

    assert framer.feed(b"2026 Nov 23 hello\n<1>a\n") == [b"2026 Nov 23 hello", b"<1>a"]
    assert framer.malformed == 1


def test_a_message_too_long_is_cut_and_the_next_one_is_whole() -> None:
    framer = Framer()
    long = b"<1>" + b"x" * (3 * MESSAGE_LIMIT)

    messages = framer.feed(long + b"\n<2>a\n" + counted(long) + counted(b"<3>b"))

    assert messages == [long[:MESSAGE_LIMIT], b"<2>a", long[:MESSAGE_LIMIT], b"<3>b"]
    assert (framer.oversize, framer.malformed) == (2, 0)


def test_memory_stays_bounded_on_a_stream_without_any_end() -> None:
    framer = Framer()

    messages = [message for _ in range(100) for message in framer.feed(b"<1>" + b"x" * 16384)]

    assert len(messages) == 1
    assert len(framer._buffer) <= MESSAGE_LIMIT + 16384
    assert framer.feed(b"\n<2>a\n") == [b"<2>a"]
    assert framer.oversize == 1


TEXT = st.binary(max_size=30).map(lambda body: b"<13>" + body.translate(None, b"\r\n\0 "))


@LAW
@given(st.lists(st.tuples(TEXT, st.booleans()), max_size=20), st.lists(st.integers(1, 40), min_size=1, max_size=200))
def test_however_the_stream_is_cut_the_same_messages_come_out(sent: list[tuple[bytes, bool]], sizes: list[int]) -> None:
    stream = b"".join(counted(message) if is_counted else message + b"\n" for message, is_counted in sent)
    framer, received = Framer(), []

    at = 0
    for size in sizes:
        received += framer.feed(stream[at : at + size])
        at += size
    received += framer.feed(stream[at:]) + framer.finish()

    assert received == [message for message, _ in sent]
    assert (framer.malformed, framer.oversize) == (0, 0)


@LAW
@given(
    st.lists(
        st.one_of(st.binary(max_size=60), st.sampled_from([b"12 <", b"7 <1>", b"<1>", b"\n", b"1048576 <"])),
        max_size=40,
    )
)
def test_any_stream_is_read_without_raising_and_read_again_after_a_newline(pieces: list[bytes]) -> None:
    whole, parts = Framer(), Framer()

    for piece in pieces:
        assert all(parts.feed(piece))
    assert all(parts.finish())
    assert all(whole.feed(b"".join(pieces)) + whole.finish())

    assert (whole.malformed, whole.oversize) == (parts.malformed, parts.oversize)
    assert parts.feed(b"<5>again\n") == [b"<5>again"]
