"""One capture of the store as what can be compared: its tables, whose rows are read when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from time import perf_counter
from typing import Any, overload  # rows of any kind

from statetrace_engine.diff.compare import Table, UnreadableError
from statetrace_engine.model import capture_delta
from statetrace_engine.model.aged_text import AgedText
from statetrace_engine.model.capture_delta import Way, Whole
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ConfigAuthor, EarlierShowing, Span
from statetrace_engine.model.edits import Alignment
from statetrace_engine.model.filed import CaptureSummary, SectionSummary
from statetrace_engine.model.packed import PASSING, Shown
from statetrace_engine.store.captures import Captures
from statetrace_engine.workers import authorship


class Side:
    """One capture's tables, whose rows are read when somebody looks at them; and what older captures show of commands
    that it lacks."""

    def __init__(
        self,
        captures: Captures,
        summary: CaptureSummary,
        elsewhere: Iterable[EarlierShowing] = (),
        *,
        beside: Side | None = None,
    ) -> None:
        """`beside`: one that is read as well; where this one is told by it, or by what tells it, its way is not gone
        twice."""
        self._captures = captures
        self._loader: _Loader = _Loader(captures, beside._loader if beside is not None else None)
        self.summary = summary
        self.capture_id = summary.capture_id
        self._own = [_Rows(self._loader, section) for section in captures.sections(summary.capture_id)]
        older = [
            (_Rows(self._loader, section), each.captured_at)
            for each in elsewhere
            for section in captures.sections(each.capture_id)
            if section.command == each.command
        ]
        shown = [*((rows, summary.captured_at) for rows in self._own), *older]
        self._rows = [rows for rows, _ in shown]
        self.tables = [
            Table(
                Kind(rows.section.kind),
                rows.section.command,
                rows,
                rows.place,
                is_whole=not rows.section.is_truncated,
                is_read=not rows.section.unparsed,
                digest=rows.section.digest,
                vendor=summary.vendor,
                shown_at=at,
            )
            for rows, at in shown
        ]

    @property
    def load_s(self) -> float:
        """How long it took to read what was looked at."""
        return self._loader.took_s

    @property
    def configurations(self) -> dict[str, tuple[str, ...]]:
        """The last whole one that each command of its own shows. Raises UnreadableError."""
        whole = (t for t in self.tables[: len(self._own)] if t.kind is Kind.CONFIG and t.is_whole and len(t.rows))
        return {table.command: table.rows[-1].lines for table in whole}

    def authors_since(self, command: str, later: Side) -> tuple[ConfigAuthor, ...]:
        """Who changed the configuration since the capture whose showing by this command it has."""
        ident = next((rows.section.capture_id for rows in self._rows if rows.section.command == command), None)
        before: Side | None = self
        if ident not in (None, self.capture_id):
            summary = self._captures.capture(ident or 0)
            before = Side(self._captures, summary) if summary is not None else None
        if before is None:
            return ()
        try:
            old, new = ((side.summary, side._text) for side in (before, later))
            return authorship.between(self._captures, old, new)
        except UnreadableError:
            return ()

    def whole(self, beside: Whole | None = None) -> Whole:
        """`beside`: one that is read already; what shows the same is not read again. Raises UnreadableError."""
        known = {summary.digest: shown for summary, shown in beside.sections} if beside is not None else {}
        shown = [(rows.section, rows.with_passing(known.get(rows.section.digest))) for rows in self._own]
        return Whole(self._text, shown)

    def aligned_with(self, base: Side) -> dict[tuple[int, int], Alignment]:
        """What a comparison with it has aligned: by the places of its section and of ours."""
        places = {id(rows): at for at, rows in enumerate(base._own)}
        known = ((at, rows.alignment) for at, rows in enumerate(self._own))
        return {
            (places[id(found[0])], at): found[1] for at, found in known if found is not None and id(found[0]) in places
        }

    @cached_property
    def _text(self) -> AgedText:
        found = self._captures.text(self.capture_id)
        if found is None:
            raise UnreadableError(f"the text of capture {self.capture_id} is gone")
        try:
            return capture_delta.aged_text_of(found)
        except ValueError as error:
            raise UnreadableError(f"the text of capture {self.capture_id} can no longer be read") from error


class _Loader:
    """Reads what sections show. Sections know it, and not the side that they are of: that would be a circle, and all
    that was read would stay until somebody looks for circles."""

    def __init__(self, captures: Captures, beside: _Loader | None) -> None:
        self._captures = captures
        self._ways: list[Way] = []
        self._known = beside._ways if beside is not None else []
        self.took_s = 0.0

    def load(self, section: SectionSummary, *, with_passing: bool, like: Shown | None = None) -> Shown:
        """Raises UnreadableError."""
        began = perf_counter()
        packed = self._captures.rows(section.capture_id, section.position)
        if packed is None:
            raise UnreadableError(f"what capture {section.capture_id} showed of it is gone")
        try:
            way = capture_delta.way_to(packed, self._known, with_passing=with_passing)
            self._ways.append(way)
            return way.shown(like)
        except ValueError as error:
            raise UnreadableError(f"what capture {section.capture_id} showed of it can no longer be read") from error
        finally:
            self.took_s += perf_counter() - began


class _Rows(Sequence[Any]):
    """The rows of one section; whoever looks at them when they can no longer be read gets UnreadableError."""

    def __init__(self, loader: _Loader, section: SectionSummary) -> None:
        self._loader, self.section = loader, section
        self.alignment: tuple[_Rows, Alignment] | None = None

    def __len__(self) -> int:
        return self.section.rows

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self._table[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._table)

    def column(self, name: str) -> list[Any]:
        """One field of all rows."""
        return self._loaded.column(name)

    def place(self, at: int) -> Span:
        """Characters of the capture's text."""
        start = self._starts[at]
        return start, start + self._loaded.lengths[at]

    def aligned(self, base: Sequence[Any], name: str) -> Alignment:
        """Kept for whoever tells these by those."""
        assert isinstance(base, _Rows)
        _, found = self.alignment = base, Alignment(base._loaded.column, self._loaded.column, name)
        return found

    def with_passing(self, like: Shown | None = None) -> Shown:
        """`like`: something with the same digest."""
        if like is not None and "_loaded" not in vars(self):
            return self._loader.load(self.section, with_passing=True, like=like)
        found = self._loaded
        is_all = bool(found.passing) or found.kind not in PASSING
        return found if is_all else self._loader.load(self.section, with_passing=True)

    @cached_property
    def _loaded(self) -> Shown:
        return self._loader.load(self.section, with_passing=False)

    @cached_property
    def _table(self) -> Sequence[Any]:
        return self._loaded.table()

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(self._loaded.steps))
