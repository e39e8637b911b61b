"""Pure. The bytes of a file as characters: UTF-8, UTF-16 in both orders with and without a mark, else Latin-1.

What is no UTF-8 is Latin-1 byte by byte, so that the beginning of a file never depends on its end.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from statetrace_engine.parsing.transcript.offsets import Offsets

_SAMPLE = 4096
_MARKS = ((b"\xef\xbb\xbf", ""), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_LATIN = re.compile("[\udc80-\udcff]+")
_WIDE = re.compile("[^\x00-\x7f\udc80-\udcff]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_NEVER_TYPED = bytes(range(1, 7)) + bytes(range(14, 27)) + bytes(range(28, 32))


class Characters(NamedTuple):
    text: str
    offsets: Offsets


def characters(raw: bytes) -> Characters:
    """All characters of a file, without its byte order mark."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _utf16(raw, len(mark), encoding) if encoding else _utf8(raw, len(mark))
    encoding = _guessed(raw[:_SAMPLE])
    return _utf16(raw, 0, encoding) if encoding else _utf8(raw, 0)


def is_binary(raw: bytes) -> bool:
    """Whether its first 4 kB are no text: one byte in sixteen is a control that no terminal log has."""
    sample = raw[:_SAMPLE]
    if _guessed(sample) or sample[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    odd = len(sample) - len(sample.translate(None, _NEVER_TYPED))
    return odd * 16 > len(sample) or (odd > 0 and sample.count(0) * 4 > len(sample))


def _guessed(sample: bytes) -> str:
    """UTF-16 without a mark: every second byte of Latin text is zero."""
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if half >= 4 and odd * 5 > half * 3 and even * 10 < half:
        return "utf-16-le"
    return "utf-16-be" if half >= 4 and even * 5 > half * 3 and odd * 10 < half else ""


def _utf16(raw: bytes, skip: int, encoding: str) -> Characters:
    end = len(raw) - (len(raw) - skip) % 2
    text = raw[skip:end].decode(encoding, "replace")
    places, raws = [0], [skip]
    if len(text) * 2 != end - skip:
        for number, found in enumerate(_ASTRAL.finditer(text), 1):
            places.append(found.end())
            raws.append(skip + 2 * (found.end() + number))
    return Characters(text, Offsets(places, raws, 2))


def _utf8(raw: bytes, skip: int) -> Characters:
    if raw.isascii():
        return Characters(raw[skip:].decode("ascii"), Offsets((0,), (skip,)))
    text = raw[skip:].decode("utf-8", "surrogateescape")
    places, raws, extra = [0], [skip], skip
    for found in _WIDE.finditer(text):
        code = ord(found[0])
        extra += 1 if code < 0x800 else 2 if code < 0x10000 else 3
        places.append(found.end())
        raws.append(found.end() + extra)
    return Characters(_LATIN.sub(_latin, text), Offsets(places, raws))


def _latin(found: re.Match[str]) -> str:
    return found[0].encode("utf-8", "surrogateescape").decode("latin-1")
