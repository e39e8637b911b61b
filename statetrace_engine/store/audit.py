"""The audit chain: each entry's digest covers the entry and the digest before it, and its end is anchored twice.

`meta` in the store and the file `audit.head` beside it both name the last entry, so that cutting off the end shows
as well as editing, deleting or reordering. What this cannot show: the digest has no secret, so whoever can write
both the store and `audit.head` can compute a new, consistent chain. Against that, keep `audit.head` (one line, one
entry's sequence and digest) somewhere else now and then: an old copy proves every entry up to it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from statetrace_engine.model.people import AuditEntry
from statetrace_engine.store import readonly

HEAD_FILE = "audit.head"
BROKEN = "audit-broken"
"""The action of the entry that the store itself writes when it finds the end of the chain changed at start."""
_MAX_PROBLEMS = 100


class Head(Struct, frozen=True):
    """The end of the chain; sequence 0 and an empty digest when there is no entry yet."""

    seq: int = 0
    digest: str = ""


class AuditReport(Struct, frozen=True, kw_only=True):
    """`problems` names each entry that is not as it was written; at most 100 of them."""

    ok: bool
    entries: int
    head: Head
    problems: tuple[str, ...]


def digest(entry: AuditEntry, previous: str) -> str:
    """BLAKE2b-256 in hex, over canonical msgpack of every field but the digest, and the digest before it."""
    fields = (entry.seq, float(entry.at), entry.operator, entry.action, entry.subject, entry.detail, previous)
    return blake2b(msgspec.msgpack.encode(fields), digest_size=32).hexdigest()


def chain(entries: Iterable[AuditEntry], head: Head) -> tuple[AuditEntry, ...]:
    """The entries numbered and linked behind `head`."""
    linked: list[AuditEntry] = []
    for entry in entries:
        numbered = structs.replace(entry, seq=head.seq + 1)
        head = Head(numbered.seq, digest(numbered, head.digest))
        linked.append(structs.replace(numbered, digest=head.digest))
    return tuple(linked)


def problems_of(entries: Iterable[AuditEntry], anchors: Sequence[tuple[str, Head]]) -> Iterator[str]:
    """What is wrong with a chain, given in order of sequence, and the places that name its end."""
    expected, previous = 1, ""
    digests = {0: ""}
    wanted = {head.seq for _, head in anchors}
    for entry in entries:
        if entry.seq > expected:
            yield f"{_range(expected, entry.seq - 1)} missing; entry {entry.seq} cannot be checked without it"
        elif entry.digest != digest(entry, previous):
            yield f"entry {entry.seq} was edited, or moved here from another place"
        if entry.action == BROKEN:
            yield f"entry {entry.seq} records that the end of the audit was changed before it: {entry.detail}"
        if entry.seq in wanted:
            digests[entry.seq] = entry.digest
        expected, previous = entry.seq + 1, entry.digest
    for place, head in anchors:
        if head.seq >= expected:
            yield f"{_range(expected, head.seq)} missing at the end: {place} names entry {head.seq} as the last"
        elif digests.get(head.seq) != head.digest:
            yield f"entry {head.seq} is not the one that {place} names"


def read_head(folder: Path) -> Head | None:
    """What `audit.head` says; None when it is missing or unreadable."""
    try:
        return msgspec.json.decode((folder / HEAD_FILE).read_bytes(), type=Head)
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError):
        return None


def write_head(folder: Path, head: Head) -> None:
    """Replaces `audit.head` in one step, on disk when it returns. Raises OSError."""
    draft = folder / f"{HEAD_FILE}.new"
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / HEAD_FILE)


def verify(path: Path) -> AuditReport:
    """Checks the chain of the store at `path` against itself, `meta` and `audit.head`; never raises for what is in it.

    A store that does not exist yet is in order, unless `audit.head` names an entry. Raises StoreError for a file that
    SQLite cannot read: that is no answer about the chain.
    """
    outside = read_head(path.parent)  # before the store: an engine may append meanwhile, and the file follows the store
    tape = _Tape()
    problems = list(islice(_problems(path, outside, tape), _MAX_PROBLEMS))
    if outside is None and tape.entries:
        problems.append(f"{HEAD_FILE} is missing or unreadable: it would name entry {tape.head.seq} as the last")
    return AuditReport(ok=not problems, entries=tape.entries, head=tape.head, problems=tuple(problems))


class _Tape:
    """Counts the entries that pass."""

    def __init__(self) -> None:
        self.entries = 0
        self.head = Head()

    def run(self, entries: Iterable[AuditEntry]) -> Iterator[AuditEntry]:
        for entry in entries:
            self.entries += 1
            self.head = Head(entry.seq, entry.digest)
            yield entry


def _problems(path: Path, outside: Head | None, tape: _Tape) -> Iterator[str]:
    from sqlalchemy.exc import DBAPIError  # off the start-up path, as whatever imports it

    from statetrace_engine.store import audit_rows, database

    anchors = [(HEAD_FILE, outside)] if outside else []
    if not path.exists():
        yield from problems_of((), anchors)
        return
    try:
        with database.open_reader(path).begin() as connection:
            inside = audit_rows.head(connection)
            yield from problems_of(tape.run(audit_rows.entries(connection)), [("meta", inside), *anchors])
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise readonly.unreadable(path, error.orig) from error
        yield f"the audit's tables are not as they were made: {error.orig}"
        return
    if tape.head.seq > inside.seq:
        yield f"{_range(inside.seq + 1, tape.head.seq)} behind the end that meta names: added by another hand"


def _range(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"
