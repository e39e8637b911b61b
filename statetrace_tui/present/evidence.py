"""Pure. Evidence as a matrix, source × plane: two columns filled, two planes agree, at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from statetrace_engine.model import Epoch
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem
from statetrace_tui.present.text import Line, brief_dur, cut, fit, size

PLANES = (Plane.LINK, Plane.SESSION, Plane.ROUTE, Plane.DATA)
_NAME = 10
_MARKS = {Verdict.DOWN: ("X", "crit"), Verdict.IMPAIRED: ("%", "warn"), Verdict.UP: ("o", "")}
_WORDS = {
    Agreement.SUPPORTS: "for",
    Agreement.OPPOSES: "against",
    Agreement.STALE: "stale",
    Agreement.CONTEXT: "beside",
}


def mark(verdict: Verdict, agreement: Agreement) -> tuple[str, str]:
    """A glyph and its role: what was said as long as it counts, `?` when it is stale, `-` when it decides nothing."""
    if agreement is Agreement.STALE:
        return "?", "unk"
    return ("-", "dim") if agreement is Agreement.CONTEXT else _MARKS[verdict]


def side(agreement: Agreement) -> str:
    """On whose side it is, in a word of seven cells."""
    return _WORDS[agreement]


def short_source(source: str) -> str:
    """`probe_stamp` is `stamp`, `syslog_udp` is `syslog`: a source's name in nine cells."""
    head, _, tail = source.partition("_")
    return tail if head == "probe" else head


def offset(seconds: float) -> str:
    """From the first signal: `+0.03`, `+12.4`, `+302s`, `+24m`."""
    sign = "-" if seconds <= -0.005 else "+"
    size = abs(seconds)
    if size < 10:
        return f"{sign}{size:.2f}"
    if size < 100:
        return f"{sign}{size:.1f}"
    return f"{sign}{int(size)}s" if size < 600 else f"{sign}{brief_dur(size)}"


def table(items: Iterable[EvidenceItem]) -> dict[str, dict[Plane, EvidenceItem]]:
    """The item of each cell: what a source said first of its latest verdict."""
    found: dict[str, dict[Plane, EvidenceItem]] = {}
    for item in sorted(items, key=lambda item: (item.agreement is Agreement.STALE, item.at)):
        if item.plane not in PLANES:
            continue
        row = found.setdefault(short_source(item.source), {})
        old = row.get(item.plane)
        if old is None or (old.verdict is not item.verdict and item.agreement is not Agreement.STALE):
            row[item.plane] = item
    return found


def lines(items: Iterable[EvidenceItem], zero: Epoch, width: int) -> list[Line]:
    """A heading and a line a source; no line without evidence. Times are seconds from `zero`, the first signal."""
    rows = table(items)
    if not rows:
        return []
    cell = max((width - _NAME) // len(PLANES), 8)
    heading: Line = [(fit("EVIDENCE", _NAME), "dim"), *[(fit(plane, cell), "dim") for plane in PLANES]]
    out = [heading]
    for source, found in rows.items():
        line: Line = [(fit(source, _NAME), "")]
        for plane in PLANES:
            line += _cell(found.get(plane), zero, cell)
        out.append(line)
    return out


def _cell(item: EvidenceItem | None, zero: Epoch, width: int) -> Line:
    if item is None:
        return [(fit(".", width), "quiet")]
    glyph, role = mark(item.verdict, item.agreement)
    said = "stale" if item.agreement is Agreement.STALE else offset(item.at - zero)
    return [(fit(f"{glyph} {said}", width), role)]


def _is_stale(item: EvidenceItem) -> bool:
    return item.agreement is Agreement.STALE


def proof(items: Iterable[EvidenceItem], width: int) -> Line:
    """The same in one line, as many sources as fit: `X syslog link session  X stamp data`."""
    line: Line = []
    for spans in _proofs(items):
        if size(line) + size(spans) > width:
            return [*cut(line, width - 2), ("..", "dim")]
        line += spans
    return line


def _proofs(items: Iterable[EvidenceItem]) -> Iterator[Line]:
    for source, found in table(items).items():
        live = {plane: found[plane] for plane in PLANES if plane in found and not _is_stale(found[plane])}
        if not live:
            yield [("?", "unk"), (f" {source} stale  ", "")]
            continue
        worst = max(live.values(), key=lambda item: item.verdict is not Verdict.UP)
        glyph, role = mark(worst.verdict, worst.agreement)
        yield [(glyph, role), (f" {source} {' '.join(live)}  ", "")]
