"""The runs of one device in the store, newest first: a run is a capture, compared with the one before it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from time import perf_counter

from statetrace_engine.errors import StateTraceError, WrongUsage
from statetrace_engine.model import capture_delta, names
from statetrace_engine.model.captured import ConfigRow, Kind
from statetrace_engine.model.diff import ChangeType, Diff, DiffChange, DiffRun, KindCount, PackedChanges
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.marked import Whose
from statetrace_engine.model.packed_changes import unpack as unpack_changes
from statetrace_engine.model.text import sanitise
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.workers import comparing
from statetrace_tui.commands import times
from statetrace_tui.present.diff_changes import name_of, namesakes

_NEAR = 3
_LAST_ID = (1 << 63) - 1
"""Of any store."""
_PLACES = {"newest": 0, "previous": 1, "oldest": -1}
"""What a run is called by its place among those of its device."""


@dataclass(frozen=True)
class Told:
    """One comparison."""

    run: DiffRun
    diff: Diff
    before: CaptureSummary | None
    after: CaptureSummary
    is_run: bool
    """With the run before it, and not with any other."""


class DeviceRuns:
    """Every method raises StateTraceError where there is no answer."""

    def __init__(self, store: Path, name: str, site: str) -> None:
        if not store.exists():
            raise StateTraceError(f"nothing is stored in {store.parent.parent}: `statetrace ingest` stores captures")
        self._store = store
        self._stored = Captures(store)
        self._runs = Runs(store)
        self.hostname = names.hostname(sanitise(name, 300))
        everywhere = self._stored.of_device(self.hostname)
        if not everywhere:
            raise StateTraceError(_unknown(self._stored, name, self.hostname))
        self.captures = _of_one_site(everywhere, self.hostname, sanitise(site.upper(), 300))
        """Never empty."""
        self.whose = Whose(self.hostname, self.captures[0].site)
        self.name = name_of(*self.whose, namesakes((each.hostname, each.site) for each in everywhere))
        """`R1`; `R1 at WLLS` where another site has one of that hostname."""

    @property
    def site(self) -> str:
        return self.whose.site

    def meant(self, text: str, option: str) -> CaptureSummary:
        """A run by its id, its place, or a time: the newest of then."""
        words = text.strip().lower()
        if words.isascii() and words.isdigit():
            return self._by_id(int(words), option)
        if words in _PLACES:
            self.need_two(words == "previous")
            return self.captures[_PLACES[words]]
        at = times.moment(text, time.time())
        if at is None:
            places = ", ".join(_PLACES)
            raise WrongUsage(f"{option} {sanitise(text, 100)}: no run; it is an id, {places}, or a time (2h, ISO)")
        found = next((capture for capture in self.captures if capture.captured_at <= at), None)
        if found is None:
            raise StateTraceError(f"{option} {sanitise(text, 100)}: no run of {self.hostname} is as old as that")
        return found

    def file_of(self, run_id: int) -> str | None:
        """None: it is no longer in the store."""
        return next((capture.file for capture in self.captures if capture.capture_id == run_id), None)

    def _by_id(self, run_id: int, option: str) -> CaptureSummary:
        found = next((capture for capture in self.captures if capture.capture_id == run_id), None)
        if found is not None:
            return found
        other = self._stored.capture(run_id) if run_id <= _LAST_ID else None
        if other is None:
            raise _gone(f"{option} {run_id}", self.hostname)
        whose = f"{other.hostname or 'an unnamed device'} at {other.site or 'no site'}"
        raise StateTraceError(f"{option} {run_id}: that run is of {whose}, and not of {self.hostname} at {self.site}")

    def need_two(self, is_needed: bool = True) -> None:
        if is_needed and len(self.captures) == 1:
            raise StateTraceError(
                f"{self.hostname} has one run only, {self.captures[0].capture_id}: there is nothing to compare it with"
            )

    def before(self, capture: CaptureSummary) -> CaptureSummary:
        """The run before it, of the same device; raises StateTraceError for the first."""
        at = self.captures.index(capture) + 1
        if at == len(self.captures):
            raise StateTraceError(f"run {capture.capture_id} is the first of {self.hostname}: none is before it")
        run = self._runs.run(capture.capture_id)
        if run is not None and run.previous_id is None and run.metadata.warnings:
            raise StateTraceError(
                f"run {capture.capture_id} is {run.metadata.warnings[0]}; --from compares it all the same"
            )
        previous_id = run.previous_id if run is not None else None
        return next((each for each in self.captures if each.capture_id == previous_id), self.captures[at])

    def since(self, at: float) -> tuple[CaptureSummary, ...]:
        """Taken since then; before they were stored, whatever their clock says."""
        return tuple(each for each in self.captures if min(each.captured_at, each.ingested_at) >= at)

    def known(self, captures: Sequence[CaptureSummary]) -> dict[int, DiffRun]:
        """Of these, the runs that were compared, by id."""
        if not captures:
            return {}
        first, last = captures[-1].captured_at, captures[0].captured_at
        limit = len(self.captures)
        found = self._runs.recent(self.hostname, site=self.site, from_at=first, to_at=last, limit=limit)
        return {run.run_id: run for run in found}

    def told(self, capture: CaptureSummary) -> Told:
        """What it changed since the run before it: as it was found when it was stored, else compared now."""
        ident = capture.capture_id
        run, changes = self._runs.run(ident), _readable(self._runs.changes(ident))
        if run is None or changes is None:
            filed = comparing.with_previous(self._store, ident, time.time())
            if filed is None:
                raise _gone(f"run {ident}", self.hostname)
            run, changes = filed.run, _readable(filed.changes) or ()
        before = self._stored.capture(run.previous_id) if run.previous_id is not None else None
        return Told(run, Diff(changes, run.metadata), before, capture, is_run=True)

    def between(self, before: CaptureSummary, after: CaptureSummary) -> Told:
        """Any two, compared now."""
        began = perf_counter()
        diff = comparing.between(self._store, before.capture_id, after.capture_id)
        if diff is None:
            raise _gone(f"run {before.capture_id} or {after.capture_id}", self.hostname)
        run = DiffRun(
            run_id=after.capture_id,
            previous_id=before.capture_id,
            site=self.site,
            hostname=self.hostname,
            captured_at=after.captured_at,
            previous_at=before.captured_at,
            compared_at=time.time(),
            counts=_counted(diff.changes),
            metadata=diff.metadata,
            parser=self._runs.reading(after.capture_id),
            previous_parser=self._runs.reading(before.capture_id),
            compare_ms=round((perf_counter() - began) * 1e3, 2),
        )
        stored = self._runs.run(after.capture_id)
        is_run = stored is not None and stored.previous_id == before.capture_id
        return Told(run, diff, before, after, is_run)

    def configurations(self, capture_id: int) -> dict[str, tuple[str, ...]]:
        """The lines of the last whole one that each command shows."""
        shown = [each for each in self._stored.sections(capture_id) if each.kind == Kind.CONFIG]
        found: dict[str, tuple[str, ...]] = {}
        for section in (each for each in shown if each.rows and not each.is_truncated):
            packed = self._stored.rows(section.capture_id, section.position)
            rows = capture_delta.rows(packed)[0] if packed is not None else []
            found.update((section.command, row.lines) for row in rows if isinstance(row, ConfigRow))
        return found


def _readable(changes: Iterable[PackedChanges]) -> tuple[DiffChange, ...] | None:
    """None: they were written by another version."""
    try:
        return tuple(change for packed in changes for change in unpack_changes(packed))
    except ValueError:
        return None


def _counted(changes: Iterable[DiffChange]) -> tuple[KindCount, ...]:
    counts: dict[tuple[Kind, ChangeType], int] = {}
    for change in changes:
        counts[change.kind, change.change_type] = counts.get((change.kind, change.change_type), 0) + 1
    return tuple(KindCount(kind, change_type, count) for (kind, change_type), count in sorted(counts.items()))


def _gone(what: str, hostname: str) -> StateTraceError:
    return StateTraceError(f"{what}: it is gone, or never was; `statetrace diff {hostname} --runs` lists what is there")


def _of_one_site(everywhere: Sequence[CaptureSummary], hostname: str, site: str) -> tuple[CaptureSummary, ...]:
    sites = sorted({capture.site for capture in everywhere})
    if site and site not in sites:
        raise StateTraceError(f"{hostname} was captured at {', '.join(sites) or 'no site'}, and not at {site}")
    if not site and len(sites) > 1:
        raise WrongUsage(f"{hostname} is at {' and at '.join(sites)}: say which with --site")
    return tuple(capture for capture in everywhere if not site or capture.site == site)


def _unknown(stored: Captures, name: str, hostname: str) -> str:
    shown = sanitise(name, 200) or "an empty name"
    if is_file(name):
        return f"{shown} is a file, and no device of that name was captured: name the file to compare it with as well"
    known = sorted({capture.hostname for capture in stored.newest() if capture.hostname})
    near = [host for host in known if hostname and hostname in host] or get_close_matches(hostname, known, _NEAR)
    if not known:
        return f"{shown}: no device was captured yet; `statetrace ingest` stores captures"
    return f"{shown}: no such device was captured" + (f"; near: {', '.join(near[:_NEAR])}" if near else "")


def is_file(name: str) -> bool:
    """There is one, or a folder, of what may be a device's name."""
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):  # no system would take it for a path
        return False
