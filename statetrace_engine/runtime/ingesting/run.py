"""One run over some files: what is known is skipped, the rest is read beside us and stored in batches, site by site.

A run may be killed at any moment: a file is in the store as a whole or not at all, and the next run reads what is
missing. Whoever follows it reads `Planned` and then one `Settled` a file, and a `Parsed` before it where it was read;
`Waiting` whenever nothing is to be done here, but by the readers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from math import inf
from time import perf_counter

from msgspec import Struct, field, structs

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.filed import CaptureSummary, FiledFile, Stored
from statetrace_engine.runtime.ingesting.files import File, key_of, unpacked_bytes
from statetrace_engine.store.captures import Captures
from statetrace_engine.workers import profile, reading
from statetrace_engine.workers.pool import Outcome, Pool, Work
from statetrace_engine.workers.profile import IngestSettings, Profile
from statetrace_engine.workers.turns import BURST, Turns

BATCH_FILES = BURST
BATCH_BYTES = 1 << 20
BATCH_S = 1.0
"""A site's files wait so long for others of their site, at most."""
Emit = Callable[..., None]
"""`Telemetry.emit`."""


class Settlement(StrEnum):
    """What became of a file."""

    STORED = "stored"
    SKIPPED = "skipped"
    """It is in the store already."""
    REJECTED = "rejected"
    GONE = "gone"
    """It disappeared before it was read."""


class Planned(Struct, frozen=True):
    files: int
    size_bytes: int
    profile: Profile | None = None
    """None: there is nothing to read."""


class Settled(Struct, frozen=True):
    file: File
    settlement: Settlement
    reason: str = ""
    """Why it was rejected."""
    remarks: tuple[str, ...] = ()
    captures: tuple[CaptureSummary, ...] = ()
    file_key: str = ""
    """By which the store knows it; empty where it does not."""


class Parsed(Struct, frozen=True):
    """Read, and waiting for its batch: for whoever shows progress."""

    file: File


class Waiting(Struct, frozen=True):
    """The readers are at work: whoever follows may do something else for a moment."""

    settled_until: Epoch
    """Every file is settled that was written before."""


Event = Planned | Parsed | Settled


class Place(Struct, frozen=True, kw_only=True):
    """What a run works on and with."""

    captures: Captures
    file: Callable[[Sequence[FiledFile]], Stored]
    """Writes a batch; raises StoreError, which ends the run."""
    key: bytes
    """The home's own, for hashes and redaction."""
    settings: IngestSettings
    emit: Emit
    sites: Mapping[str, str] = {}
    """Of the inventory, by hostname."""


def run(
    place: Place,
    files: Iterable[File],
    *,
    site: str = "",
    vendor: str = "",
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Event | Waiting]:
    """Reads and stores the files; `site` and `vendor` overrule what is found in them.

    Raises StoreError when the store cannot be written, StateTraceError when no process can be started; what was
    settled before is stored.
    """
    return _Run(place, tuple(files), site.upper(), vendor, should_stop).events()


class _FileWork(Work, frozen=True):
    file: File


class _Batch(Struct):
    works: list[tuple[_FileWork, FiledFile]] = field(default_factory=list)
    size_bytes: int = 0
    since: float = 0.0


class _Run:
    def __init__(
        self, place: Place, files: Sequence[File], site: str, vendor: str, should_stop: Callable[[], bool]
    ) -> None:
        self._place, self._files, self._should_stop = place, files, should_stop
        self._site, self._vendor = site, vendor
        self._reading = reading.name(site, vendor)
        self._batches: dict[str, _Batch] = {}

    def events(self) -> Iterator[Event | Waiting]:
        known, fresh = self._sort()
        resolved = self._profile(fresh) if fresh else None
        yield Planned(len(self._files), sum(file.size_bytes for file in self._files), resolved)
        yield from (Settled(file, Settlement.SKIPPED, file_key=key) for file, key in known)
        if resolved is not None and not self._should_stop():
            yield from self._read(fresh, resolved)

    def _sort(self) -> tuple[list[tuple[File, str]], list[File]]:
        """Files that are in the store already, with their keys, and the others."""
        sizes = self._place.captures.sizes()
        keys = {
            file.path: key
            for file in self._files
            if file.size_bytes in sizes and not self._should_stop() and (key := key_of(file, self._place.key))
        }
        stored = self._place.captures.known(tuple(keys.values()), self._reading)
        known = [(file, key) for file in self._files if (key := keys.get(file.path, "")) in stored]
        for site, count in _counted(file for file, _ in known).items():
            self._tell_skipped(site, count, sum(file.site == site for file in self._files))
        return known, [file for file in self._files if keys.get(file.path) not in stored]

    def _profile(self, fresh: Sequence[File]) -> Profile:
        found = profile.resolve(
            self._place.settings, cores=os.cpu_count() or 1, files=len(fresh), sites=len(_counted(fresh))
        )
        self._place.emit(
            "ConcurrencyProfileResolved",
            WorkersCount=found.workers,
            WorkersPerSiteCount=found.workers_per_site,
            ActiveSitesCount=found.active_sites,
            JobsPerWorkerCount=found.jobs_per_worker,
            MinWorkersCount=found.min_workers,
            FilesCount=len(fresh),
            ResolvedFrom=found.source,
        )
        return found

    def _read(self, fresh: Sequence[File], resolved: Profile) -> Iterator[Event | Waiting]:
        """The oldest first, so that what was captured earlier is mostly there when it is asked for."""
        fresh = sorted(fresh, key=lambda file: file.modified_at)
        turns = Turns[_FileWork](
            active_sites=resolved.active_sites, out_per_site=resolved.workers_per_site * resolved.jobs_per_worker
        )
        for file in fresh:
            turns.add(file.site, _FileWork(file.site, unpacked_bytes(file), self._job(file), file))
        pool = Pool[_FileWork](
            reading.FUNCTION,
            workers=resolved.workers,
            min_workers=resolved.min_workers,
            ahead=resolved.jobs_per_worker,
            file_limit_s=self._place.settings.file_limit_s,
            memory_limit_mb=self._place.settings.memory_limit_mb,
        )
        progress = _Progress(fresh)
        for outcome in pool.run(turns, self._should_stop):
            found: Iterable[Event] = self._take(outcome) if outcome is not None else ()
            for event in chain(found, self._write_due()):
                progress.note(event)
                yield event
            if outcome is None:
                yield Waiting(progress.settled_until)
        for batch in tuple(self._batches):
            yield from self._write(batch)

    def _job(self, file: File) -> bytes:
        return reading.encode(
            reading.Job(
                path=os.fsencode(file.path),
                modified_at=file.modified_at,
                site=self._site,
                site_hint=file.site,
                vendor=self._vendor,
                key=self._place.key,
                content=file.content,
            )
        )

    def _take(self, outcome: Outcome[_FileWork]) -> Iterator[Event]:
        work = outcome.work
        found = reading.decode(outcome.answer) if outcome.answer else reading.Refused(outcome.refusal)
        if isinstance(found, reading.Refused):
            settlement = Settlement.GONE if found.is_gone else Settlement.REJECTED
            yield Settled(work.file, settlement, found.reason)
            return
        self._tell_parsed(found)
        batch = self._batches.setdefault(work.site, _Batch(since=perf_counter()))
        batch.works.append((work, self._placed(found)))
        batch.size_bytes += len(outcome.answer)
        yield Parsed(work.file)

    def _placed(self, found: FiledFile) -> FiledFile:
        """With the sites that the inventory knows better."""
        if self._site:
            return found
        placed = (
            structs.replace(capture, site=self._place.sites.get(capture.hostname, capture.site))
            for capture in found.captures
        )
        return structs.replace(found, captures=tuple(placed))

    def _write_due(self) -> Iterator[Settled]:
        now = perf_counter()
        for site, batch in tuple(self._batches.items()):
            is_full = len(batch.works) >= BATCH_FILES or batch.size_bytes >= BATCH_BYTES
            if is_full or now - batch.since >= BATCH_S:
                yield from self._write(site)

    def _write(self, site: str) -> Iterator[Settled]:
        batch = self._batches.pop(site)
        stored = self._place.file([filed for _, filed in batch.works])
        self._tell_written(site, stored, len(batch.works))
        new = set(stored.file_keys)
        for work, filed in batch.works:
            if filed.file_key in new:
                new.remove(filed.file_key)  # the same bytes by another name are skipped
                captures = tuple(capture for capture in stored.captures if capture.file_key == filed.file_key)
                yield Settled(work.file, Settlement.STORED, "", filed.remarks, captures, filed.file_key)
            else:
                yield Settled(work.file, Settlement.SKIPPED, file_key=filed.file_key)

    def _tell_parsed(self, found: FiledFile) -> None:
        for capture in found.captures:
            self._place.emit(
                "ParseDuration",
                Site=capture.site,
                Hostname=capture.hostname,
                DurationMs=round(found.parse_ms / len(found.captures), 2),
                SizeBytes=capture.end - capture.start,
                RowsCount=sum(section.rows for section in capture.sections),
                UnparsedCount=sum(section.unparsed for section in capture.sections),
            )

    def _tell_written(self, site: str, stored: Stored, files: int) -> None:
        self._place.emit("RowsWritten", Site=site, RowsCount=stored.rows, FilesCount=len(stored.file_keys))
        self._place.emit("DatabaseWriteLatency", Site=site, LatencyMs=round(stored.write_ms, 2), FilesCount=files)
        if files > len(stored.file_keys):
            self._tell_skipped(site, files - len(stored.file_keys), files)

    def _tell_skipped(self, site: str, skipped: int, files: int) -> None:
        ratio = round(skipped / files, 4) if files else 0.0
        self._place.emit("SkippedDuplicate", Site=site, SkippedCount=skipped, FilesCount=files, SkippedRatio=ratio)


class _Progress:
    """How far files are settled, which are in the order of their times."""

    def __init__(self, files: Sequence[File]) -> None:
        self._files = files
        self._at = 0
        self._settled: set[str] = set()

    def note(self, event: Event) -> None:
        if isinstance(event, Settled):
            self._settled.add(event.file.path)

    @property
    def settled_until(self) -> Epoch:
        while self._at < len(self._files) and self._files[self._at].path in self._settled:
            self._at += 1
        return self._files[self._at].modified_at if self._at < len(self._files) else inf


def _counted(files: Iterable[File]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for file in files:
        counts[file.site] = counts.get(file.site, 0) + 1
    return counts


def sites_of(devices: Iterable[tuple[str, str]]) -> dict[str, str]:
    """(hostname, site) of an inventory as `Place.sites` wants them."""
    return {names.hostname(hostname): site for hostname, site in devices}
