"""Bytes of terminal logs become what the terminal showed, and every character leads back to its byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.parsing.transcript.decoding import decode
from statetrace_engine.parsing.transcript.encoding import is_binary

PAGERS = (
    b" --More-- ",
    b"--More--",
    b"<--- More --->",
    b"---(more 45%)---",
    b"---(more)---",
    b"-- MORE --, next page: Space, next line: Enter, quit: q",
    b"--More--, next page: Space, next line: Return key, quit: Control-c",
)
ERASURES = (b"", b"\r" + b" " * 70 + b"\r", b"\x1b[2K\r", b"\r\x1b[K")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbfR1#\n", "R1#\n"),
        ("R1# Zürich\n".encode("utf-16"), "R1# Zürich\n"),
        ("R1# abcdef\n".encode("utf-16-le"), "R1# abcdef\n"),
        ("R1# abcdef\n".encode("utf-16-be"), "R1# abcdef\n"),
        ("Zürich\n".encode("latin-1"), "Zürich\n"),
        ("Zürich €\n".encode(), "Zürich €\n"),
        (b"a\x00b\r\nc\r\r\n", "ab\nc\n"),
        (b"12345\rab\n", "ab345\n"),
        (b"sgow\b\b\bhow\n", "show\n"),
        (b"\x1b[1;32mR1#\x1b[0m show\x1b[K\n", "R1# show\n"),
        (b"\x1b]0;admin@R1: ~\x07admin@R1\n", "admin@R1\n"),
        (b"abcdef\x1b[3D\x1b[K!\n", "abc!\n"),
        (b"one\rtwo\rsix\rten", "one\ntwo\nsix\nten"),
    ],
)
def test_the_text_is_what_the_terminal_showed(raw: bytes, text: str) -> None:
    assert decode(raw).text == text


@pytest.mark.parametrize("marker", PAGERS)
@pytest.mark.parametrize("erasure", [*ERASURES, None])
def test_a_pager_leaves_no_trace(marker: bytes, erasure: bytes | None) -> None:
    if erasure is None:
        erasure = b"\b" * len(marker) + b" " * len(marker) + b"\b" * len(marker)
    raw = b"10.0.0.0/8\r\n" + marker + erasure + b"10.1.0.0/16 via 10.0.0.1\r\n"
    assert decode(raw).text == "10.0.0.0/8\n10.1.0.0/16 via 10.0.0.1\n"


@pytest.mark.parametrize("marker", ["lines 1-23", ":", "(END)", "lines 1-23 (END)", " --More-- "])
def test_a_pager_on_a_line_of_its_own_takes_the_line_with_it(marker: str) -> None:
    assert decode(f"a\n{marker}\nb\n".encode()).text == "a\nb\n"


def test_a_command_echoed_over_the_edge_of_the_terminal_is_one_command() -> None:
    command = "R1#show ip route vrf " + "V" * 80
    wrapped = command[:80] + " \r" + command[80:]
    assert decode(wrapped.encode() + b"\r\nx\n").text == command + "\nx\n"


def test_times_before_every_line_go_when_a_prompt_stands_behind_one() -> None:
    raw = b"[2026-11-23 14:03:27.104] R1#show clock\n[2026-11-23 14:03:27.110] 14:03\n[2026-11-23 14:03:28.000] R1#\n"
    assert decode(raw).text == "R1#show clock\n14:03\nR1#\n"


def test_a_log_of_the_device_keeps_its_times() -> None:
    raw = b"Nov 23 14:03:27 %LINK-3-UPDOWN: a\nNov 23 14:03:28 %LINK-3-UPDOWN: b\n"
    assert decode(raw).text == raw.decode()


PIECES = st.sampled_from(
    [b"R1#show ip route\n", b"10.0.0.0/8 via\r\n", b" --More-- \b\b\b\b", b"\x1b[K", b"\r", b"\x00", "ü€𝄞".encode(),
     b"\xe9", b"\b \b", b"\n", b"abc", b":\n", b"lines 1-2\n", b"\x1b]0;", b"\x1b"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_every_visible_ascii_character_leads_back_to_its_own_byte(raw: bytes) -> None:
    decoded = decode(raw)
    places = [decoded.offsets.original(place) for place in range(len(decoded.text) + 1)]
    assert all(0 <= place <= len(raw) for place in places)
    if b"\r" not in raw and b"\b" not in raw:  # nothing was written over
        assert places == sorted(places)
        for place, character in enumerate(decoded.text):
            if character.isascii():
                assert raw[places[place]] == ord(character)


@pytest.mark.parametrize("run", [b"\r", b"\r ", b"\b", b" \r", b"\x1b[", b"\x1b[1m", b"\0"])
@pytest.mark.parametrize("around", [(b"a\n", b"b\n"), (b"a\n", b"\n"), (b"", b"")])
def test_time_is_linear_in_a_run_of_controls(run: bytes, around: tuple[bytes, bytes]) -> None:
    """Its square would be minutes here."""
    decode(around[0] + run * (400_000 // len(run)) + around[1])


@given(st.binary(max_size=300))
def test_any_bytes_become_text_without_controls(raw: bytes) -> None:
    assert not set(decode(raw).text) & set(map(chr, [*range(9), *range(11, 32), 127]))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf_16_leads_back_to_its_bytes(encoding: str) -> None:
    raw = "R1#show\r\n𝄞 x\r\n".encode(encoding)
    decoded = decode(raw)
    assert decoded.text == "R1#show\n𝄞 x\n"
    start, end = decoded.offsets.span(decoded.text.index("x"), decoded.text.index("x") + 1)
    assert raw[start:end] == "x".encode("utf-16-be" if encoding == "utf-16-be" else "utf-16-le")


def test_the_way_back_is_stored_as_breakpoints_only() -> None:
    decoded = decode(b"a\r\nb\r\nc\r\n")
    assert list(decoded.offsets.numbers(0, 6)) == [0, 0, 1, 2, 3, 5, 5, 8]
    assert list(decoded.offsets.numbers(2, 6)) == [0, 3, 1, 5, 3, 8]


def test_stored_breakpoints_of_utf_16_stay_near_the_byte() -> None:
    decoded = decode(("\ufeff" + "0123456789\n" * 9).encode("utf-16-le"))
    numbers = list(decoded.offsets.numbers(11, 55))
    assert numbers[:4] == [0, 24, 8, 40]
    assert all(raw == 2 + 2 * (11 + place) for place, raw in zip(numbers[::2], numbers[1::2], strict=True))


def test_binary_is_told_from_text() -> None:
    assert is_binary(bytes(range(256)) * 16)
    assert not is_binary("Zürich".encode("utf-16") + b"\x00" * 3)
    assert not is_binary(b"\x1b[K--More--\b\b\b\b\b")
    assert not is_binary(b"")


@pytest.mark.parametrize(
    ("raw", "places"),
    [
        (b"\x1b[Kabc\x1b[K", (3, 4, 5)),
        (b"abc\x1b[Kd", (0, 1, 2, 6)),
        (b" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bO 1", (40, 41, 42)),
        (b"ab\rx", (3, 1)),
    ],
)
def test_what_is_left_on_the_screen_leads_back_to_where_it_was_printed(raw: bytes, places: tuple[int, ...]) -> None:
    decoded = decode(raw)
    assert "".join(chr(raw[place]) for place in places) == decoded.text
    if list(places) == sorted(places):
        assert tuple(decoded.offsets.original(place) for place in range(len(decoded.text))) == places
