"""Pure. What a terminal would have shown of each line: overwriting, backspaces and escape sequences applied.

` --More-- \\b\\b\\b…O 10.0.0.0/8` → `O 10.0.0.0/8`
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import lt

from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.transcript.offsets import Edit, applied

_CONTROL = late("[\x00-\x08\x0b-\x1f\x7f]")
_END_OF_LINE = late("(?<!\r)\r++(?=\n)")
"""From the first CR on and without giving one back: a run of them costs its length, not its square."""
_TOKEN = late(
    r"(?P<text>[^\x00-\x08\x0b-\x1f\x7f]+)|(?P<back>\x08+)|(?P<home>\r+)"
    r"|\x1b\[(?P<count>[0-?]*)[ -/]*(?P<final>[@-~]?)"
    r"|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?"
    r"|\x1b(?P<next_line>E)|\x1b[ -/]*[0-~]?|[\x00-\x1f\x7f]"
)
_MOVES = late(r"[\x08\r]|\x1b\[[0-?]*[CDGKJP@X]|\x1bE")
_LONGEST = 1 << 16
"""A longer line is no terminal's: its controls are taken out and not obeyed."""
_WIDEST = 1 << 12
_PIECE = 1 << 12
_MOST_EDITS = 1 << 19
"""Beyond, a piece of the text is one edit: time and memory stay bounded, and the way back is exact to the piece."""
_SEQUENCE = late(r"\x1b\[[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b-\x1f\x7f]")
_WRAP = late(r" \r(?=[^\r\n])")
_WRAPPED = late(r"[\w.@:()/-]{1,80}[#>] ?[a-z][^\x00-\x1f\x7f]*(?: \r[^\x00-\x1f\x7f]+)+$")
_BLANK, _NEXT_LINE = -1, -2
_NOWHERE = {_BLANK: " ", _NEXT_LINE: "\n"}
_WIDTHS = (80, 132, 120, 100, 160)


def line_ends(text: str) -> tuple[str, Iterator[tuple[int, int, int]]]:
    """The text without CRs before a newline (`\\r\\r\\n` as well), and the edits (start, end, new length) as they are
    asked for: a log has one a line."""
    if "\r\n" not in text:
        return text, iter(())
    plain = _END_OF_LINE.sub("", text) if "\r\r" in text else text.replace("\r\n", "\n")
    return plain, ((found.start(), found.end(), 0) for found in _END_OF_LINE.finditer(text))


def shown(text: str) -> list[Edit]:
    """The edits that leave only tabs, newlines and what can be seen."""
    edits: list[Edit] = []
    for edit in _edits(text, 0):
        edits.append(edit)
        if len(edits) > _MOST_EDITS and text.startswith("\n", edit[1]):
            edits.extend(_coarse(text, edit[1]))
            break
    return edits


def _coarse(text: str, at: int) -> Iterator[Edit]:
    while at < len(text):
        end = text.find("\n", min(at + _LONGEST, len(text))) + 1 or len(text)
        piece = text[at:end]
        if _CONTROL.search(piece):
            yield at, end, applied(piece, list(_edits(piece, 0)))
        at = end


def _edits(text: str, at: int) -> Iterator[Edit]:
    while found := _CONTROL.search(text, at):
        start = text.rfind("\n", at, found.start()) + 1 or at
        end = text.find("\n", found.start())
        end = len(text) if end < 0 else end
        if end - start > _LONGEST:
            yield from _stripped(text, start, end)
        elif not _MOVES.search(text, start, end):
            yield from _removed(text, start, end)
        else:
            yield from _redrawn(text[start:end], start, end)
        at = end


def _stripped(text: str, start: int, end: int) -> Iterator[Edit]:
    """One edit a piece, however many controls there are: the way back is exact to the piece."""
    for at in range(start, end, _PIECE):
        piece = text[at : min(at + _PIECE, end)]
        if _CONTROL.search(piece):
            yield at, at + len(piece), _SEQUENCE.sub("", piece)


def _removed(text: str, start: int, end: int) -> Iterator[Edit]:
    for token in _TOKEN.finditer(text, start, end):
        if token.lastgroup != "text":
            yield token.start(), token.end(), ""


def _redrawn(line: str, start: int, end: int) -> Iterator[Edit]:
    unwrapped = _unwrapped(line)
    if unwrapped:
        yield start, end, unwrapped
        return
    places = _screen(line)
    if all(map(lt, (-1, *places), places)):
        yield from _left_out(places, start, end)
        return
    new = "".join(line[place] if place >= 0 else _NOWHERE[place] for place in places)
    kept = 0
    while kept < len(new) and new[kept] == line[kept]:
        kept += 1
    yield start + kept, end, new[kept:]


def _left_out(places: list[int], start: int, end: int) -> Iterator[Edit]:
    """Nothing was written over: what is not among the places goes."""
    at = start
    for place in (*places, end - start):
        if start + place > at:
            yield at, start + place, ""
        at = start + place + 1


def _unwrapped(line: str) -> str:
    """A command that was echoed over the edge of the terminal: there, shells write a blank and go to column 0."""
    if not _WRAPPED.match(line):
        return ""
    first = line.index(" \r")
    return _WRAP.sub("", line) if first in _WIDTHS else ""


def _screen(line: str) -> list[int]:
    """Where in the line each character stands that is left to see; `_BLANK` and `_NEXT_LINE` stand nowhere."""
    rows: list[int] = []
    cells: list[int] = []
    column = 0
    for token in _TOKEN.finditer(line):
        if token["text"]:
            first, last = token.span()
            if column > len(cells):
                cells += [_BLANK] * (column - len(cells))
            cells[column : column + last - first] = range(first, last)
            column += last - first
        elif token["back"]:
            column = max(0, column - len(token["back"]))
        elif token["home"]:
            column = 0
        elif token["next_line"]:
            rows += [*_without_end(cells, line), _NEXT_LINE]
            cells, column = [], 0
        elif token["final"]:
            column = _obey(token["final"], token["count"], cells, column)
    return rows + _without_end(cells, line)


def _without_end(cells: list[int], line: str) -> list[int]:
    """Without the blanks at its end."""
    count = len(cells)
    while count and (cells[count - 1] == _BLANK or line[cells[count - 1]] == " "):
        count -= 1
    return cells[:count]


def _obey(final: str, parameters: str, cells: list[int], column: int) -> int:
    """The column after a control sequence (ECMA-48: CUB, CUF, CHA, EL, DCH); others change no line."""
    digits = parameters.partition(";")[0]
    count = min(int(digits), _WIDEST) if digits.isdecimal() and len(digits) < 9 else 0
    if final == "D":
        return max(0, column - (count or 1))
    if final == "C":
        return min(column + (count or 1), _WIDEST)
    if final == "G":
        return max(0, (count or 1) - 1)
    if final == "K" and count in (0, 2):
        if count == 2:
            cells[:column] = [_BLANK] * min(column, len(cells))
        del cells[column:]
    elif final == "P":
        del cells[column : column + (count or 1)]
    return column
