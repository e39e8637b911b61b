"""Captures of the store, compared: a capture with the one before it, and any two that somebody asks for.

What has the same hash on both sides is not even read. Jobs and answers cross as bytes, so that an engine may have a
process of its own do it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from pathlib import Path
from threading import get_ident
from time import perf_counter
from typing import Concatenate, ParamSpec, TypeVar

import msgspec
from msgspec import Struct, structs

from statetrace_engine.diff import rollback as taking_back
from statetrace_engine.diff import runs as comparing
from statetrace_engine.diff import whose
from statetrace_engine.diff.compare import UnreadableError
from statetrace_engine.model import Epoch, capture_delta
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import (
    ChangeType,
    ConfigAuthor,
    Diff,
    DiffChange,
    DiffMetadata,
    DiffRun,
    EarlierShowing,
    FiledRun,
    KindCount,
    PackedChanges,
    Rollback,
)
from statetrace_engine.model.filed import CaptureSummary, FiledDelta
from statetrace_engine.model.identity import Identity
from statetrace_engine.model.packed_changes import pack
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers.side import Side

FUNCTION = "statetrace_engine.workers.comparing:answer"


class Job(Struct, frozen=True, array_like=True):
    store: str
    """Its path."""
    capture_id: int
    at: Epoch = 0.0
    """Wall time: when it is compared."""
    is_retelling: bool = False
    """It is not compared, but told by another capture than it is."""


_job = msgspec.msgpack.Decoder(Job)
_answer = msgspec.msgpack.Decoder(FiledRun | None)
_retold = msgspec.msgpack.Decoder(FiledDelta | None)


def encode(job: Job) -> bytes:
    return msgspec.msgpack.encode(job)


def decode(answer: bytes) -> FiledRun | None:
    """None: the capture is gone."""
    found: FiledRun | None = _answer.decode(answer)
    return found


def decode_retold(answer: bytes) -> FiledDelta | None:
    """None: the capture is gone, or the newest of its device, or cannot be read."""
    found: FiledDelta | None = _retold.decode(answer)
    return found


def answer(raw: bytes) -> bytes:
    """One job, answered. Raises StoreError."""
    job = _job.decode(raw)
    store = Path(job.store)
    if job.is_retelling:
        return msgspec.msgpack.encode(retold(store, job.capture_id))
    return msgspec.msgpack.encode(with_previous(store, job.capture_id, job.at))


_AHEAD_S = 86400.0
"""Zones differ by so much."""
_RUNS = 1000
"""Between two captures that are compared, of which their authors are taken."""
_Given = ParamSpec("_Given")
_Told = TypeVar("_Told")


_open: dict[tuple[Path, int], tuple[Captures, Runs]] = {}


@lru_cache(maxsize=1)
def _readers(store: Path, _thread: int) -> tuple[Captures, Runs]:
    """Kept, because what a question is in SQL is worked out once."""
    return Captures(store, keeps_open=True), Runs(store, keeps_open=True)


def _reading(ask: Callable[Concatenate[Captures, Runs, _Given], _Told]) -> Callable[Concatenate[Path, _Given], _Told]:
    """Asks of the store at a path, whose file is open meanwhile and let go behind it."""

    @wraps(ask)
    def asked(store: Path, /, *given: _Given.args, **named: _Given.kwargs) -> _Told:
        with open_store(store) as (captures, runs), _collecting_nothing():
            return ask(captures, runs, *given, **named)

    return asked


@contextmanager
def open_store(store: Path) -> Iterator[tuple[Captures, Runs]]:
    """Its file is open for all that is asked within, by this thread, and let go behind the outermost."""
    place = store, get_ident()
    if (known := _open.get(place)) is not None:
        yield known
        return
    readers = _open[place] = _readers(*place)
    try:
        yield readers
    finally:
        del _open[place]
        for reader in readers:
            reader.close()


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """None of the many objects of a comparison is in a circle: to look for such again and again took a sixth of it."""
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_collecting:
            gc.enable()


@_reading
def with_previous(captures: Captures, runs: Runs, capture_id: int, at: Epoch) -> FiledRun | None:
    """The capture, compared with the one before it of the same device; None when it is gone. Raises StoreError."""
    after = captures.capture(capture_id)
    if after is None:
        return None
    new = Side(captures, after)
    showings = runs.earlier_showings(capture_id)
    file_of = partial(_file_of, captures)
    if not showings:
        warnings = whose.remarks(capture_id, (), *runs.namesakes(capture_id), file_of)
        run = _run(runs, after, (), at, DiffMetadata(compared=(), warnings=tuple(warnings)))
        return FiledRun(run, (), _told_by(captures, runs.previous(capture_id), new, None))
    elsewhere = tuple(
        EarlierShowing(each.command, each.capture_id, each.captured_at, file_of(each.capture_id))
        for each in showings
        if each.capture_id != showings[0].capture_id
    )
    before = captures.capture(showings[0].capture_id)
    if before is None:
        return None  # it has gone this very moment
    old = Side(captures, before, elsewhere)
    bases = tuple(dict.fromkeys((before.capture_id, *(each.capture_id for each in elsewhere))))
    run = _run(runs, after, bases, at, DiffMetadata(compared=()))
    remarks = whose.remarks(capture_id, bases, *runs.namesakes(capture_id, bases), file_of)
    run, changes = _compared(old, new, structs.replace(run, previous_at=before.captured_at), elsewhere, remarks)
    return FiledRun(run, changes, _told_by(captures, runs.previous(capture_id), new, old))


def _file_of(captures: Captures, capture_id: int) -> str:
    """Empty: it has gone this very moment."""
    summary = captures.capture(capture_id)
    return summary.file_name if summary is not None else ""


@_reading
def retold(captures: Captures, runs: Runs, capture_id: int) -> FiledDelta | None:
    """The capture, told by the one after it. Raises StoreError."""
    after_id = runs.next(capture_id)
    capture, after = captures.capture(capture_id), captures.capture(after_id or 0)
    if capture is None or after is None:
        return None
    return _told(Side(captures, capture), Side(captures, after))


@_reading
def failed(captures: Captures, runs: Runs, capture_id: int, at: Epoch, why: str) -> FiledRun | None:
    """A run that says that its comparison could not be made, so that it is not tried for ever. Raises StoreError."""
    capture = captures.capture(capture_id)
    if capture is None:
        return None
    metadata = DiffMetadata(compared=(), warnings=(f"not compared: {why}",))
    return FiledRun(_run(runs, capture, (), at, metadata), ())


@_reading
def between(captures: Captures, runs: Runs, before_id: int, after_id: int) -> Diff | None:
    """Any two captures, whichever came first, and of whichever devices; None when one is gone. Raises StoreError."""
    before, after = captures.capture(before_id), captures.capture(after_id)
    if before is None or after is None:
        return None
    new = Side(captures, after)
    old = Side(captures, before, beside=new)
    diff = comparing.diff(old.tables, new.tables)
    parsers = runs.reading(before_id), runs.reading(after_id)
    namesakes = _between_namesakes(runs, before, after)
    warnings = (*_remarks(before, after, *parsers), *namesakes, *diff.metadata.warnings)
    by = _known_authors(runs, before, after) if any(each.kind is Kind.CONFIG for each in diff.changes) else ()
    return structs.replace(diff, metadata=structs.replace(diff.metadata, warnings=warnings, authors=by))


def _between_namesakes(runs: Runs, before: CaptureSummary, after: CaptureSummary) -> list[str]:
    """Whether two captures of one hostname are of two devices."""
    if (before.site, before.hostname) != (after.site, after.hostname):
        return []
    _, known = runs.namesakes(after.capture_id, [before.capture_id])
    return whose.between(known.get(before.capture_id, Identity()), known.get(after.capture_id, Identity()))


def _known_authors(runs: Runs, before: CaptureSummary, after: CaptureSummary) -> tuple[ConfigAuthor, ...]:
    """Who changed one device's configuration from the older to the newer, as the runs between them found it: the text
    of an old capture is far away. Places are in the newer capture only."""
    if (before.site, before.hostname) != (after.site, after.hostname) or before.captured_at > after.captured_at:
        return ()
    found = runs.recent(
        after.hostname, site=after.site, from_at=before.captured_at, to_at=after.captured_at, limit=_RUNS
    )
    told = (
        author if run.run_id == after.capture_id else structs.replace(author, span=(0, 0))
        for run in reversed(found)
        if run.run_id != before.capture_id
        for author in run.metadata.authors
    )
    return tuple(dict.fromkeys(told))


def _authors(old: Side, new: Side, changes: Iterable[DiffChange]) -> tuple[ConfigAuthor, ...]:
    """Who changed the configuration, where it did change."""
    changed = next((change for change in changes if change.kind is Kind.CONFIG), None)
    if changed is None:
        return ()
    return old.authors_since(changed.command, new)


def rollback(store: Path, before_id: int, after_id: int) -> Rollback | None:
    """Candidate lines that take the configuration of the later capture back to that of the earlier; None when one is
    gone. The first question takes a third of a second. Raises StoreError."""
    captures = Captures(store)
    before, after = captures.capture(before_id), captures.capture(after_id)
    if before is None or after is None:
        return None
    if (before.site, before.hostname) != (after.site, after.hostname):
        return Rollback(reason=taking_back.TWO_DEVICES)
    try:
        shown = (Side(captures, side).configurations for side in (before, after))
        old, new = taking_back.shown_by_one_command(*shown)
        if not old or not new:
            return Rollback(reason=taking_back.NONE_IN_BOTH)
        return Rollback(lines=taking_back.candidates(after.vendor, old, new, was=before.vendor))
    except ValueError as error:
        return Rollback(reason=str(error))


def _run(runs: Runs, capture: CaptureSummary, bases: Sequence[int], at: Epoch, metadata: DiffMetadata) -> DiffRun:
    """`bases`: with which captures it is compared, the newest first."""
    parser = runs.reading(capture.capture_id)
    parsers = [runs.reading(base) for base in bases]
    return DiffRun(
        run_id=capture.capture_id,
        previous_id=next(iter(bases), None),
        site=capture.site,
        hostname=capture.hostname,
        captured_at=capture.captured_at,
        previous_at=None,
        compared_at=at,
        counts=(),
        metadata=metadata,
        parser=parser,
        previous_parser=next((each for each in parsers if each != parser), next(iter(parsers), "")),
    )


def _compared(
    old: Side, new: Side, run: DiffRun, elsewhere: tuple[EarlierShowing, ...], remarks: Iterable[str]
) -> tuple[DiffRun, tuple[PackedChanges, ...]]:
    began = perf_counter()
    diff = comparing.diff(old.tables, new.tables)
    took_ms = (perf_counter() - began) * 1e3
    load_ms = (old.load_s + new.load_s) * 1e3
    warnings = (
        *_remarks(old.summary, new.summary, run.previous_parser, run.parser),
        *remarks,
        *diff.metadata.warnings,
    )
    counted = Counter((change.kind, change.change_type) for change in diff.changes)
    done = structs.replace(
        run,
        counts=tuple(KindCount(kind, ChangeType(which), n) for (kind, which), n in sorted(counted.items())),
        metadata=structs.replace(
            diff.metadata, warnings=warnings, elsewhere=elsewhere, authors=_authors(old, new, diff.changes)
        ),
        load_ms=round(load_ms, 2),
        compare_ms=round(took_ms - load_ms, 2),
    )
    return done, pack(diff.changes)


def _told_by(captures: Captures, previous_id: int | None, base: Side, known: Side | None) -> FiledDelta | None:
    """The capture before, told by this one; `known`: one that is loaded already, and may be it."""
    if previous_id is None or not captures.is_whole(previous_id):
        return None
    if known is not None and known.capture_id == previous_id:
        return _told(known, base)
    summary = captures.capture(previous_id)
    return _told(Side(captures, summary), base) if summary is not None else None


def _told(capture: Side, base: Side) -> FiledDelta | None:
    """None: one of them can no longer be read."""
    try:
        newer = base.whole()
        made = capture_delta.encode(newer, capture.whole(newer), capture.aligned_with(base))
    except UnreadableError:
        return None
    return FiledDelta(capture.capture_id, base.capture_id, tuple(made.bases), made.body)


def _remarks(before: CaptureSummary, after: CaptureSummary, old_parser: str, new_parser: str) -> Iterator[str]:
    """What makes a comparison less sure than it looks."""
    if old_parser != new_parser:
        versions = f"{old_parser or '?'} before and {new_parser or '?'} after"
        yield f"read by parser {versions}: a difference may be the parser's"
    for capture, which in ((before, " before"), (after, "")):
        ahead_s = capture.captured_at - capture.ingested_at
        if ahead_s > _AHEAD_S:
            dated = f"capture {capture.capture_id}{which} is dated {ahead_s / 86400:,.0f} days after it was stored"
            yield f"{dated}: a clock is ahead, of the device or of its file"
    if before.vendor != after.vendor:
        yield f"{before.vendor or 'an unknown system'} before, {after.vendor or 'an unknown system'} after"
