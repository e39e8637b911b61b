"""Pure. The changes that are shown, as a file: Markdown for a ticket, CSV for a sheet, JSON as `diff --json`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace

from statetrace_engine.diff import document
from statetrace_engine.diff.document import Compared
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ConfigAuthor, Diff, DiffChange, DiffObject
from statetrace_engine.model.marked import Covered
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import diff_page, diff_rows
from statetrace_tui.present.diff_changes import SIGNS, Part
from statetrace_tui.present.diff_list import Marked
from statetrace_tui.present.hours import dated
from statetrace_tui.present.text import plain

FORMS = (("m", "Markdown"), ("c", "CSV"), ("j", "JSON"))
"""The letter after the key, and what it writes."""
_LINE = 2000
_FORMULA = ("=", "+", "-", "@")


class Section(NamedTuple):
    """One comparison with those of its changes that are shown."""

    part: Part
    changes: Sequence[DiffChange]
    marked: Marked = Marked()


def markdown(sections: Iterable[Section], sentences: Sequence[str]) -> str:
    """A heading a comparison, a fenced diff a kind, which every forge and ticket system colours."""
    out: list[str] = []
    for section in sections:
        out += [f"# {_title(section.part)}", ""]
        out += [f"- {sentence}" for sentence in sentences] + ([""] if sentences else [])
        warned = [f"> {warning}" for warning in diff_page.warnings_of(section.part.metadata)]
        warned += [f"> {_safe(_did(author))}" for author in section.part.metadata.authors]
        out += [*warned, ""] if warned else []
        for kind, changes in groupby(section.changes, key=lambda change: change.kind):
            out += [f"## {_heading(kind)}", "", "```diff"]
            out += [*texts(changes, partial(section.marked.of, section.part.whose)), "```", ""]
        sentences = ()
    return "\n".join(out)


def texts(changes: Iterable[DiffChange], mark_of: Callable[[DiffChange], Covered]) -> Iterator[str]:
    """A line a change of one kind, with what was said of it; above a line of a configuration what holds it."""
    heads: tuple[str, ...] = ()
    for change in changes:
        if change.kind is Kind.CONFIG and change.key[:-1] != heads:
            heads = change.key[:-1]
            yield from (f"  {'  ' * depth}{_safe(head.strip())}" for depth, head in enumerate(heads))
        said = diff_page.said_of(mark_of(change))
        yield text_of(change) + _safe(f"  ({said})" if said else "")


def text_of(change: DiffChange) -> str:
    """One line: `~ 10.30.0.0/16  next hop 10.1.1.2 -> 10.2.2.2`, in the words of the screen."""
    indent = "  " * (len(change.key) - 1) if change.kind is Kind.CONFIG else ""
    words = [f"{SIGNS[change.change_type]} {indent}{diff_rows.name(change)}"]
    words += map(plain, diff_rows.told(change))
    return _safe("  ".join(words))


_HEADER = ("device", "before", "after", "kind", "change", "command", "key", "field", "was", "is", "confidence", "said")


def table(sections: Iterable[Section], _: Sequence[str] = ()) -> str:
    """A line a field; a cell that a sheet would take for a formula begins with an apostrophe."""
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow(_HEADER)
    for part, changes, marked in sections:
        since = dated(part.before_at) if part.before_at is not None else ""
        lead = (_title_device(part), since, dated(part.after_at))
        for change in changes:
            row = (*lead, change.kind.value, change.change_type.value, change.command, " / ".join(change.key))
            said = diff_page.said_of(marked.of(part.whose, change))
            for field in _fields(change):
                out.writerow(map(_cell, (*row, *field, f"{change.confidence:.2f}", said)))
    return written.getvalue()


def _fields(change: DiffChange) -> list[tuple[str, str, str]]:
    found = [
        (each.field, diff_rows.said(each.field, each.before), diff_rows.said(each.field, each.after))
        for each in change.fields
    ]
    known = change.after or change.before
    if not found and known is not None:
        told = [(name, diff_rows.said(name, value)) for name, value in diff_rows.told_fields(known)]
        found = [(name, "", said) if change.after is not None else (name, said, "") for name, said in told]
    return found or [("", "", "")]


def as_json(sections: Iterable[Section], _: Sequence[str] = ()) -> str:
    """The interchange of route diffs, other kinds under `Objects`; without bytes, which only the files have."""
    compared = [
        Compared(
            hostname=f"{part.hostname} and {part.other}" if part.other else part.hostname,
            diff=_without_places(part, changes),
            site=part.site if not part.other else "",
            mark_of=partial(marked.of, part.whose),
        )
        for part, changes, marked in sections
    ]
    return json.dumps(document.of(compared), indent=2, ensure_ascii=False) + "\n"


def _without_places(part: Part, found: Iterable[DiffChange]) -> Diff:
    """Those of the store are characters of texts without secrets."""
    changes = tuple(replace(each, before=_nowhere(each.before), after=_nowhere(each.after)) for each in found)
    metadata = part.metadata
    authors = tuple(replace(each, span=(0, 0)) for each in metadata.authors)
    return Diff(changes, replace(metadata, authors=authors))


def _nowhere(side: DiffObject | None) -> DiffObject | None:
    return replace(side, spans=()) if side is not None else None


WRITERS: dict[str, tuple[str, Callable[[Iterable[Section], Sequence[str]], str]]] = {
    "m": (".md", markdown),
    "c": (".csv", table),
    "j": (".json", as_json),
}
"""Letter → the end of the file's name, and what writes it."""


def _title_device(part: Part) -> str:
    return f"{part.name} and {part.later_name}" if part.other else part.name


def _title(part: Part) -> str:
    since = f"{dated(part.before_at)} to " if part.before_at is not None else ""
    return _safe(f"{_title_device(part)}: {since}{dated(part.after_at)}")


_SHORT = frozenset(("ARP", "BGP", "CDP", "LLDP", "MAC", "OSPF", "VLANS"))


def _heading(kind: Kind) -> str:
    """`BGP neighbours`."""
    words = [each if each.strip(",") in _SHORT else each.lower() for each in diff_rows.title_of(kind).split(" ")]
    text = " ".join(words).replace("VLANS", "VLANs")
    return text[:1].upper() + text[1:]


def _did(author: ConfigAuthor) -> str:
    """`changed by wolfgang from vty0 (10.0.0.5) 2026-11-23T13:56:47Z`."""
    where = f" from {author.origin}" if author.origin else ""
    when = dated(author.at) if author.at is not None else author.printed_at
    return f"{author.how.value} by {author.who or 'somebody'}{where} {when}".rstrip()


def _safe(text: str) -> str:
    return sanitise(text, _LINE)


def _cell(text: str) -> str:
    text = sanitise(text, _LINE)
    return f"'{text}" if text.startswith(_FORMULA) and len(text) > 1 else text
