"""What is asked of a reader of captures, and what it answers: bytes both ways. The reading itself is in `captures`."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from statetrace_engine.model.filed import FiledFile

FUNCTION = "statetrace_engine.workers.captures:read"
VERSION = "3"
"""Of what is made of a file: with another one, files that are in the store are read again."""


class Job(Struct, frozen=True, array_like=True, kw_only=True):
    path: bytes
    """As the system has it (`os.fsencode`): a name need not be text. Or `-`: standard input, whose bytes are in
    `content`."""
    modified_at: float
    site: str
    """Overrules what the hostname says; empty: it does not."""
    site_hint: str
    """Where no hostname says anything."""
    vendor: str
    """Overrules the vote; empty: it does not."""
    key: bytes
    """The home's own."""
    content: bytes = b""


class Refused(Struct, frozen=True, array_like=True, tag="refused"):
    reason: str
    is_gone: bool = False
    """The file has disappeared: nothing is wrong with it."""


_job = msgspec.msgpack.Decoder(Job)
_answer: msgspec.msgpack.Decoder[FiledFile | Refused] = msgspec.msgpack.Decoder(FiledFile | Refused)


def name(site: str, vendor: str) -> str:
    """What a reading depends on beside the bytes of the file."""
    return "|".join((VERSION, site, vendor))


def encode(message: Job | FiledFile | Refused) -> bytes:
    return msgspec.msgpack.encode(message)


def decode_job(raw: bytes) -> Job:
    return _job.decode(raw)


def decode(raw: bytes) -> FiledFile | Refused:
    return _answer.decode(raw)
