"""Whatever connects as a router: bounded, one kind of error, never another.

STATETRACE_CASES sets the number of cases (the nightly run: 1,000,000).
"""

from __future__ import annotations

import os
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statetrace_engine.wire import bgp, bgp_update, bmp, bmp_encode
from statetrace_engine.wire.bgp import BgpError, Dialect
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import BmpError, Frame, Kind
from statetrace_engine.wire.bmp_feed import OWN, Feed, Watched
from statetrace_engine.wire.bmp_messages import PeerUp, RouteMonitoring, View
from tests.engine.wire.drawn_bgp import dialects, messages, updates

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
hostile = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
WATCHED = {OWN: frozenset(map(packed, ("0.0.0.0/0", "10.0.0.0/8", "::/0"))), "65010:7": frozenset((packed("::/0"),))}
NUMBERS = (b"\0", b"\xff", b"\x80", b"\0\0", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\x13", b"\x10\0")
"""What lengths and counts are put in the place of."""
PUT = st.sampled_from(NUMBERS) | st.binary(max_size=4)


@st.composite
def mutations(draw: st.DrawFn, raw: bytes) -> bytes:
    """`raw` with octets replaced, put in, taken out, and cut."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        put = draw(PUT)
        raw = raw[:at] + put + raw[at + draw(st.sampled_from((0, len(put), 1, 30))) :]
    return raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw


def read(frames: list[Frame]) -> None:
    """Everything that can be asked of what a router sent."""
    for frame in frames:
        with suppress(BmpError):
            message = bmp.decode(frame)
            if isinstance(message, PeerUp):
                assert all(message.dialect(view) for view in View)
            if isinstance(message, RouteMonitoring):
                take(message.update, bgp.negotiated(None, None))


def take(update: bytes, dialect: Dialect) -> None:
    feed = Feed(dialect, Watched(WATCHED))
    for has_as4 in (True, False):
        with suppress(BgpError):
            feed.read(update, has_as4=has_as4)
    with suppress(BgpError):
        bgp_update.decode(update, dialect)
    assert feed.updates + feed.errors == 2
    assert feed.announced + feed.withdrawn <= 2 * len(update)


@hostile
@given(st.lists(st.binary(max_size=400), max_size=6))
def test_noise_never_breaks_the_decoder_or_grows_it(chunks: list[bytes]) -> None:
    decoder = bmp.Decoder()
    found = [frame for chunk in chunks for frame in decoder.feed(chunk)]

    assert sum(len(frame.body) + bmp.COMMON_LENGTH for frame in found) <= sum(map(len, chunks))
    read(found)
    assert decoder.finish() == decoder.error


@hostile
@given(st.integers(0, 7), st.binary(max_size=400))
def test_noise_in_a_frame_is_one_kind_of_error(kind: int, body: bytes) -> None:
    read([Frame(kind, body)])


@hostile
@given(st.data(), st.lists(messages, min_size=1, max_size=3))
def test_a_stream_with_wrong_octets_in_it_is_one_kind_of_error(
    data: st.DataObject, sent: list[bmp_encode.Sendable]
) -> None:
    stream = data.draw(mutations(b"".join(map(bmp_encode.encode, sent))))
    whole, pieces = bmp.Decoder(), bmp.Decoder()
    cut = data.draw(st.integers(0, len(stream)))

    found = whole.feed(stream)
    assert pieces.feed(stream[:cut]) + pieces.feed(stream[cut:]) == found
    assert pieces.finish() == whole.finish()
    read(found)


@hostile
@given(st.data(), messages)
def test_a_message_with_wrong_octets_in_it_is_one_kind_of_error(data: st.DataObject, sent: bmp_encode.Sendable) -> None:
    raw = bmp_encode.encode(sent)

    read([Frame(raw[5], data.draw(mutations(raw[bmp.COMMON_LENGTH :])))])


@hostile
@given(st.data(), dialects)
def test_an_update_with_wrong_octets_in_it_is_one_kind_of_error(data: st.DataObject, dialect: Dialect) -> None:
    raw = data.draw(mutations(bgp_update.encode(data.draw(updates(dialect)), dialect)[bgp.HEADER_LENGTH :]))

    take(bgp.envelope(bgp.MessageKind.UPDATE, raw[:60000]), dialect)


def test_a_frame_full_of_the_shortest_parts_is_read_in_bounded_time() -> None:
    """The most work that one frame can ask for; a quadratic reader would not come back within the test's time."""
    head = bytes(42)
    read([Frame(Kind.INITIATION, bytes(bmp.MESSAGE_LIMIT - 6 & ~3))])
    read([Frame(Kind.ROUTE_MIRRORING, head + bytes(bmp.MESSAGE_LIMIT - 48 & ~3))])
    for code in (b"\x80\x01\x00", b"\x40\x01\x00", b"\xc0\x63\x00"):
        attributes = code * 21000
        body = b"\0\0" + len(attributes).to_bytes(2, "big") + attributes + bytes(2000)
        take(bgp.envelope(bgp.MessageKind.UPDATE, body), bgp.negotiated(None, None))
    take(bgp.envelope(bgp.MessageKind.UPDATE, b"\0\0\0\0" + bytes(65000)), bgp.negotiated(None, None))
