"""Pure. Bytes → clean text: only newlines, tabs and what can be seen, and the way back to every original byte."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from statetrace_engine.parsing.transcript import encoding, pagers, stamps, terminal
from statetrace_engine.parsing.transcript.offsets import Edit, Offsets, applied

_STAGES: tuple[Callable[[str], list[Edit]], ...] = (terminal.shown, pagers.markers, stamps.prefixes)


class Decoded(Struct, frozen=True):
    text: str
    offsets: Offsets


def decode(raw: bytes) -> Decoded:
    """The text of a capture. Never raises; time and memory are linear in its size."""
    text, offsets = encoding.characters(raw)
    if "\n" not in text and text.count("\r") > 2:
        text = text.replace("\r", "\n")
    plain, ends = terminal.line_ends(text)
    if plain is not text:
        offsets = offsets.edited(ends)
        text = plain
    del plain, ends  # a large text is not held twice
    for stage in _STAGES:
        if edits := stage(text):
            text = applied(text, edits)
            offsets = offsets.edited((start, end, len(new)) for start, end, new in edits)
    return Decoded(text, offsets)
