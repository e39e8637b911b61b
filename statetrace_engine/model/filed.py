"""Pure. What a file of captures became, as it crosses from a worker to the store: msgspec bytes, rows never as objects.

A file holds captures, one a device; a capture holds sections, one a command.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.identity import Identity


class FiledSection(Struct, frozen=True, array_like=True):
    """One command and its output. Offsets are bytes of the raw blob unless they say characters."""

    command: str
    kind: str
    start: int
    end: int
    text_start: int
    """Characters of the capture's redacted text."""
    text_end: int
    is_truncated: bool
    rows: int
    unparsed: int
    digest: str
    """Of `body`: `packed.Packed.digest`."""
    body: bytes
    """The rows, packed."""
    beside: bytes
    """Their places and what passes of them, packed."""
    missed: bytes
    """Starts and ends of the unparsed lines, in characters of the text, packed as numbers in turn."""


class FiledCapture(Struct, frozen=True, array_like=True):
    """One device in one blob of a file (the file itself, or a member of an archive)."""

    member: str
    """The member's name; empty for a plain file."""
    site: str
    hostname: str
    """Canonical; empty where nothing named the device."""
    vendor: str
    model: str
    version: str
    captured_at: Epoch
    is_device_time: bool
    """By the device's own words; else the file's time."""
    is_truncated: bool
    start: int
    end: int
    text: bytes
    """The redacted text, packed."""
    offsets: bytes
    """The way back: characters of the text and the raw bytes they came from, packed as numbers in turn."""
    sections: tuple[FiledSection, ...]
    identity: Identity = Identity()
    """By which the device is told from another of its name."""


class FiledFile(Struct, frozen=True, array_like=True, tag="filed"):
    file_key: str
    """Keyed BLAKE2b-256 of the raw bytes, in hex: the same file is read once."""
    reading: str
    """What the reading depended on beside the bytes: the parser's version, a forced site or vendor."""
    name: str
    """The file's path as it was found."""
    size_bytes: int
    modified_at: Epoch
    parse_ms: float
    captures: tuple[FiledCapture, ...]
    remarks: tuple[str, ...] = ()
    """What was left out and why: a member too big, a vendor unknown."""


class Moved(Struct, frozen=True, array_like=True):
    """A file of the store that lies elsewhere since."""

    file_key: str
    before: str
    """Its path until then."""
    name: str


class CaptureSummary(Struct, frozen=True, kw_only=True):
    """One capture as the store has it."""

    capture_id: int
    """Grows in the order of storing."""
    file_key: str
    name: str
    """The file's path as it was found."""
    member: str
    site: str
    hostname: str
    vendor: str
    model: str
    version: str
    captured_at: Epoch
    is_device_time: bool
    ingested_at: Epoch
    start: int
    end: int
    is_truncated: bool
    sections: int
    rows: int
    unparsed: int

    @property
    def file(self) -> str:
        """With its member, where it is an archive."""
        return f"{self.name} {self.member}".strip()

    @property
    def file_name(self) -> str:
        """The last part of it, by which people know it."""
        return (self.member or self.name).replace("\\", "/").rpartition("/")[2]


class SectionSummary(Struct, frozen=True, kw_only=True):
    """One section as the store has it; offsets as in `FiledSection`."""

    capture_id: int
    position: int
    command: str
    kind: str
    start: int
    end: int
    text_start: int
    text_end: int
    is_truncated: bool
    rows: int
    unparsed: int
    digest: str
    """Equal digests: equal rows but for their ages."""


class CapturedRows(Struct, frozen=True, kw_only=True):
    """What a section's bytes say; `capture_delta.rows` and `packed.unpack_numbers` read them."""

    body: bytes
    beside: bytes
    missed: bytes
    digest: str = ""
    """Of the rows; where there are deltas, not of `body`."""
    deltas: tuple[bytes, ...] = ()
    """What makes `body` and `beside`, which are another section's, this one's: in the order of their use. They may be
    empty where no other capture has such a section."""
    path: tuple[int, ...] = ()
    """Of each delta, which of its sections it is."""


class CapturedText(Struct, frozen=True, kw_only=True):
    """The redacted text of one capture and the way back to the raw bytes, packed: for `capture_delta.text_of`."""

    text: bytes
    offsets: bytes
    deltas: tuple[bytes, ...] = ()
    """As in `CapturedRows`."""


class FiledDelta(Struct, frozen=True, array_like=True):
    """A capture as what makes a later one of its device it, on its way into the store: `capture_delta.encode`."""

    capture_id: int
    base_id: int
    bases: tuple[int, ...]
    body: bytes


class Stored(Struct, frozen=True, kw_only=True):
    """What a batch of files changed in the store."""

    captures: tuple[CaptureSummary, ...] = ()
    """The new ones."""
    file_keys: tuple[str, ...] = ()
    """Of the batch, those that were new; the others were there already."""
    rows: int = 0
    write_ms: float = 0.0


_files = msgspec.msgpack.Decoder(tuple[FiledFile, ...])


def encode(files: Sequence[FiledFile]) -> bytes:
    return msgspec.msgpack.encode(files)


def decode(raw: bytes) -> tuple[FiledFile, ...]:
    """Raises ValueError for bytes that `encode` did not make."""
    try:
        return _files.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"these are no captures: {error}") from error
