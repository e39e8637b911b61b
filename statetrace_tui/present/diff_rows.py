"""Pure. One change as lines: side by side or one below the other, its changed part brought out and never cut.

A configuration's line stands below the heads that hold it; other kinds are rows: a name, and each field that changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import chop_cells

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import BEHIND, PLACE, ChangeType, DiffChange, DiffObject, Value
from statetrace_engine.model.text import sanitise
from statetrace_tui.present.diff_changes import SIGNS, Entry, Group, common
from statetrace_tui.present.text import Line, Span, cells, fit, flow, merge, on_tone, size

SIDE_FROM = 60
"""Columns of the pane below which before and after never stand side by side."""
GUTTER = 3
_INDENT = 2
_MARGIN = 2
"""Cells that stay free at the right edge."""
_LONGEST = 8000
"""Characters of a value that are shown."""
_TONES = {ChangeType.REMOVED: "rem", ChangeType.ADDED: "add"}
_ROLES = {ChangeType.REMOVED: "crit", ChangeType.CHANGED: "major", ChangeType.ADDED: "ok"}
_STATES = {"admin_up": ("up", "down"), "oper_up": ("up", "down"), "active": ("installed", "not installed")}
_WORDS = {"admin_up": "admin", "oper_up": "link", "active": "route", "prefix_length": "length", "mac_addresses": "MAC"}
_KINDS = {
    Kind.CONFIG: "CONFIGURATION", Kind.BGP_NEIGHBORS: "BGP NEIGHBOURS", Kind.OSPF_NEIGHBORS: "OSPF NEIGHBOURS",
    Kind.NEIGHBORS: "LLDP, CDP", Kind.MAC_ADDRESSES: "MAC ADDRESSES", Kind.TABLE: "OTHER TABLES",
}  # fmt: skip
_NAMELESS = (Kind.VERSION,)
GONE: Line = [("this change can no longer be read", "unk")]


class Look(NamedTuple):
    width: int
    is_side: bool = False
    is_flat: bool = False
    """Without tones: a bar stands between the sides."""
    is_airy: bool = False
    """A blank line stands between groups."""
    said: str = ""
    """What an operator said of it: `expected`."""
    parts: tuple[str, ...] = ()
    """Its fields of which that was said, where of others nothing was."""


def title_of(kind: Kind) -> str:
    return _KINDS.get(kind, kind.value.upper().replace("_", " "))


def heading(group: Group, width: int) -> Line:
    """`ROUTES removed 3 ─────`; `CONFIGURATION 14 in 10 rows, 4 replaced`: a line and what took its place are one."""
    word = group.change_type.value.lower() if group.change_type is not None else ""
    head: Line = [("   ", ""), (title_of(group.kind), "accent!")]
    head += [(f" {word}", "dim")] if word else []
    head.append((_count(group, width - size(head) - _MARGIN), "dim"))
    return [*head, ("─" * max(width - size(head) - _MARGIN, 0), "faint")]


def _count(group: Group, room: int) -> str:
    """How many it has, and in how many rows where a line and its successor share one, as far as there is room."""
    changes = f" {group.length + group.pairs:,} "
    if not group.pairs:
        return changes
    in_rows = f"{changes}in {group.length:,} row{'s' if group.length > 1 else ''}"
    said = (f"{in_rows}, {group.pairs:,} replaced ", f"{in_rows} ", changes)
    return next((text for text in said if cells(text) <= room), changes)


def lines(entry: Entry, before: Entry | None, look: Look, *, is_here: bool) -> list[Line]:
    """What it takes; `before` is the entry above it, whose heads are not said again."""
    out: list[Line] = []
    if entry.kind is Kind.CONFIG and entry.changes:
        out += _heads(entry, before, look)
        body = _config_side(entry, look) if look.is_side else _config(entry, look)
    elif entry.changes:
        body = _row_side(entry, look) if look.is_side else _row(entry, look)
    else:
        body = [GONE]
    for number, line in enumerate(body):
        mark = ">" if is_here and number == 0 else "│" if is_here else " "
        said = number == 0 and look.said
        shown = [(text, "dim") for text, _ in line] if look.said else line
        gutter: Line = [(f" {mark}", "accent!"), (_MARKS.get(look.said, "?") if said else " ", "accent")]
        whole = [*gutter, *shown]
        out.append(_chosen(whole, look) if is_here else whole)
    return out


def _chosen(line: Line, look: Look) -> Line:
    """On the cursor's ground; the grounds of the sides are seen beside it where the theme has such."""
    if look.is_flat:
        plain = ("@add", "@rem", "@well")
        line = [(text, role.partition(" ")[2] if role.partition(" ")[0] in plain else role) for text, role in line]
    return on_tone(line, "sel", look.width)


_MARKS = {"expected": "=", "false positive": "x"}
"""What an operator said, before the sign."""


def name(change: DiffChange) -> str:
    """What changed, for people: the prefix of a route, the line of a configuration."""
    if change.kind is Kind.TABLE:  # its key is the whole row, which stands beside it field by field
        return sanitise(change.command, _LONGEST)
    key = [sanitise(part, _LONGEST) for part in change.key if part]
    if change.kind is Kind.CONFIG:
        return key[-1].strip() if key else ""
    if change.kind in (Kind.ROUTES, Kind.BGP_NEIGHBORS, Kind.ARP, Kind.OSPF_NEIGHBORS) and len(change.key) > 1:
        vrf, *rest = (sanitise(part, _LONGEST) for part in change.key)
        vrf = "" if vrf == "default" else vrf
        order = (*rest, vrf)
        return " ".join(filter(None, order))
    if change.kind is Kind.MAC_ADDRESSES and len(key) > 1:
        return f"{key[1]} vlan {key[0]}"
    return " ".join(key) or change.kind.value


def said(field: str, value: Value) -> str:
    """A field's value in words."""
    if isinstance(value, tuple):
        return ", ".join(dict.fromkeys(said(field, each) for each in value)) or "none"
    if isinstance(value, bool):
        return _STATES.get(field, ("yes", "no"))[not value]
    return "none" if value is None else sanitise(str(value), _LONGEST)


def spoken(field: str) -> str:
    return _WORDS.get(field, sanitise(field, 60).replace("_", " ").lower())


# A configuration ---------------------------------------------------------------------------------------------------


def _heads(entry: Entry, before: Entry | None, look: Look) -> list[Line]:
    """The lines that hold this one, where the entry above did not say them; dim, for they did not change."""
    heads = entry.key[:-1]
    above = before.key if before is not None and before.kind is Kind.CONFIG and before.part == entry.part else ()
    shared = next((i for i, (one, other) in enumerate(zip(heads, above, strict=False)) if one != other), None)
    first = min(len(heads), len(above)) if shared is None else shared
    room = (_half(look) if look.is_side else look.width - GUTTER - _MARGIN) - 2
    out: list[Line] = []
    for depth in range(first, len(heads)):
        text = sanitise("  " * depth + heads[depth].strip(), _LONGEST)
        left: Line = [("  ", ""), (fit(text, room), "dim")]
        out.append([(" " * GUTTER, ""), *(_beside(left, left, look) if look.is_side else left)])
    return out


def _config(entry: Entry, look: Look) -> list[Line]:
    out: list[Line] = []
    for change, spans in zip(entry.changes, _config_words(entry), strict=True):
        how: Line = [("  ", ""), *moved(change)] if change.change_type is ChangeType.CHANGED else []
        out += _toned(change.change_type, [*spans, *how], look.width - GUTTER - _MARGIN, len(change.key) - 1)
    return out


def _config_side(entry: Entry, look: Look) -> list[Line]:
    first = entry.changes[0]
    if first.change_type is ChangeType.CHANGED:
        (words,) = _config_words(entry)
        left, right = (
            _toned(first.change_type, [*words, ("  ", ""), where], _half(look), len(first.key) - 1)
            for where in _stands(first)
        )
        return _sides(left, right, look)
    sides: dict[ChangeType, list[Line]] = {}
    for change, spans in zip(entry.changes, _config_words(entry), strict=True):
        sides[change.change_type] = _toned(change.change_type, spans, _half(look), len(change.key) - 1)
    return _sides(sides.get(ChangeType.REMOVED, []), sides.get(ChangeType.ADDED, []), look)


def _toned(change_type: ChangeType, spans: Line, width: int, depth: int) -> list[Line]:
    """A line of the configuration, folded where it is longer than its side, on its ground."""
    indent = "  " * min(depth, max(width // 8, 0))
    folded = fold(spans, max(width - 2 - len(indent), 8))
    sign = (SIGNS[change_type], _ROLES[change_type])
    shown: list[Line] = [
        [sign if not number else (" ", ""), (f" {indent}", ""), *part] for number, part in enumerate(folded)
    ]
    tone = _TONES.get(change_type)
    return [on_tone(line, tone, width) for line in shown] if tone is not None else shown


def moved(change: DiffChange) -> Line:
    """`moved from line 3, behind deny ip any any, to line 1, before all that stayed`."""
    was, now = _stands(change)
    return [("moved from ", "dim"), was, (", to ", "dim"), now]


def _stands(change: DiffChange) -> tuple[Span, Span]:
    """Where a line that moved stood, and where it stands."""
    return _stand(change.before, "removed"), _stand(change.after, "added")


def _stand(side: DiffObject | None, tone: str) -> Span:
    fields = dict(side.fields) if side is not None else {}
    behind = fields.get(BEHIND)
    where = f"behind {said(BEHIND, behind)}" if behind is not None else "before all that stayed"
    return f"line {said(PLACE, fields.get(PLACE))}, {where}", f"@{tone} strong"


def _config_words(entry: Entry) -> list[Line]:
    """Each of its lines; of two that replace each other, the words that differ brought out."""
    texts = [sanitise(change.key[-1].strip(), _LONGEST) for change in entry.changes]
    if len(texts) < 2:
        return [[(text, "")] for text in texts]
    words = [text.split(" ") for text in texts]
    head, tail = common(*words)
    return [_brought_out(each, head, tail, tone) for each, tone in zip(words, ("removed", "added"), strict=True)]


def _brought_out(words: Sequence[str], head: int, tail: int, tone: str) -> Line:
    last = len(words) - tail
    first, changed, rest = " ".join(words[:head]), " ".join(words[head:last]), " ".join(words[last:])
    out: Line = [(f"{first} " if first and (changed or rest) else first, "")]
    out += [(changed, f"@{tone} strong")] if changed else []
    return [*out, (f" {rest}" if rest and changed else rest, "")]


# Rows --------------------------------------------------------------------------------------------------------------


def _row(entry: Entry, look: Look) -> list[Line]:
    """`~ 10.30.0.0/16  next hop 10.1.1.2 -> 10.2.2.2`."""
    change = entry.changes[0]
    room = look.width - GUTTER - 2 - _MARGIN
    column = min(max(look.width // 3, 18), 34)
    items = told(change)
    if change.fields:
        items = [_known(each.field, item, look) for each, item in zip(change.fields, items, strict=True)]
    label = name(change)
    wide = cells(label) > column
    inside = room if wide else room - column - _INDENT
    body = folded_items(items, inside - (4 if wide else 0))
    head = [(label if wide else fit(label, column), "strong")]
    sign = sign_of(change)
    if wide:
        rows: list[Line] = [*fold(head, room), *([("    ", ""), *line] for line in body)]
    else:
        empty: Span = (" " * (column + _INDENT), "")
        rows = [[*head, (" " * _INDENT, ""), *(body[0] if body else [])], *([empty, *line] for line in body[1:])]
    return [[sign if not number else (" ", ""), (" ", ""), *line] for number, line in enumerate(rows)]


def _row_side(entry: Entry, look: Look) -> list[Line]:
    """The name, then what each side has of it."""
    change = entry.changes[0]
    column, half = _columns(look)
    before = [
        _known(each.field, _value(each.field, each.before, each.after, "removed"), look) for each in change.fields
    ]
    after = [_known(each.field, _value(each.field, each.after, each.before, "added"), look) for each in change.fields]
    if change.change_type is ChangeType.REMOVED:
        before = _all_fields(change)
    elif change.change_type is ChangeType.ADDED:
        after = _all_fields(change)
    left = [on_tone([(" ", ""), *line], "rem", half) for line in folded_items(before, half - 2)]
    right = [on_tone([(" ", ""), *line], "add", half) for line in folded_items(after, half - 2)]
    names = fold([(name(change), "strong")], column)
    rows = _sides(left, right, look, half)
    height = max(len(rows), len(names))
    rows += [_beside([(" " * half, "")], [(" " * half, "")], look, half)] * (height - len(rows))
    out = []
    for number in range(height):
        label = names[number] if number < len(names) else []
        lead: Line = [sign_of(change) if not number else (" ", ""), (" ", ""), *label]
        out.append([*lead, (" " * (column + _INDENT + 2 - size(lead)), ""), *rows[number]])
    return out


def sign_of(change: DiffChange) -> Span:
    """`-`, `~` or `+`, in its colour."""
    return SIGNS[change.change_type], _ROLES[change.change_type]


def _field(field: str, before: Value, after: Value) -> Line:
    """`metric 20 -> 30`."""
    old, new = _value(field, before, after, "removed"), _value(field, after, before, "added")
    return [*old, (" -> ", "dim"), *new[1:]]


def _known(field: str, line: Line, look: Look) -> Line:
    """Dim where something was said of the field: what is left stands out."""
    return [(text, "dim") for text, _ in line] if field in look.parts else line


def _value(field: str, value: Value, other: Value, tone: str) -> Line:
    """A field with its value; of several, those that the other side has not."""
    out: Line = [(f"{spoken(field)} ", "dim")] if field else []
    mine, others = _each(field, value), set(_each(field, other))
    fresh = [each for each in mine if each not in others]
    if not isinstance(value, tuple) or not fresh:
        return [*out, (said(field, value), f"@{tone} strong")]
    for number, each in enumerate(mine):
        out += [(", ", "dim")] if number else []
        out.append((each, f"@{tone} strong" if each in fresh else ""))
    return out


def _each(field: str, value: Value) -> list[str]:
    found = value if isinstance(value, tuple) else (value,)
    return [each for each in dict.fromkeys(said(field, each) for each in found) if each] or ["none"]


def told(change: DiffChange) -> list[Line]:
    """What changed of it; of one that came or went all that it has."""
    if change.kind is Kind.CONFIG:
        return [moved(change)] if change.change_type is ChangeType.CHANGED else []
    return [_field(each.field, each.before, each.after) for each in change.fields] or _all_fields(change)


def _all_fields(change: DiffChange) -> list[Line]:
    """What one side has and the other has not at all."""
    known = change.after or change.before
    if known is None:
        return []
    if change.kind is Kind.ROUTES:
        return _route_fields(dict(known.fields))
    return [field_of(name, value) for name, value in told_fields(known)]


def _route_fields(fields: dict[str, Value]) -> list[Line]:
    """As every router prints it: `via 10.1.1.2  Gi0/1  ospf 110/20`."""
    out: list[Line] = []
    if fields.get("next_hop") is not None:
        out.append([("via ", "dim"), (said("next_hop", fields["next_hop"]), "")])
    if fields.get("interface") is not None:
        out.append([(said("interface", fields["interface"]), "")])
    costs = [said(name, fields[name]) for name in ("admin_distance", "metric") if fields.get(name) is not None]
    words = [said("protocol", fields["protocol"])] if fields.get("protocol") is not None else []
    if words or costs:
        out.append([(" ".join([*words, "/".join(costs)]).strip(), "")])
    rest = [("tag", fields.get("tag"))] if fields.get("tag") is not None else []
    rest += [("active", fields["active"])] if said("active", fields.get("active", True)) != "installed" else []
    return [*out, *(field_of(name, value) for name, value in rest)]


def field_of(field: str, value: Value) -> Line:
    return [(f"{spoken(field)} ", "dim"), (said(field, value), "")]


def told_fields(found: DiffObject) -> Iterable[tuple[str, Value]]:
    """Those that say something."""
    return (
        (name, value)
        for name, value in found.fields
        if value is not None and name != "protocol_code" and not (isinstance(value, tuple) and not any(value))
    )


# Widths ------------------------------------------------------------------------------------------------------------


def _half(look: Look) -> int:
    return max((look.width - GUTTER - 3 - _MARGIN) // 2, 12)


def _columns(look: Look) -> tuple[int, int]:
    """Cells of a row's name, and of each side."""
    column = min(max((look.width - GUTTER) // 4, 16), 32)
    return column, max((look.width - GUTTER - 2 - column - _INDENT - 3 - _MARGIN) // 2, 12)


def _beside(left: Line, right: Line, look: Look, half: int = 0) -> Line:
    half = half or _half(look)
    middle: Line = [(" │ ", "faint")] if look.is_flat else [("   ", "")]
    return [*left, (" " * max(half - size(left), 0), ""), *middle, *right]


def _sides(left: Sequence[Line], right: Sequence[Line], look: Look, half: int = 0) -> list[Line]:
    """Line by line; where a side has nothing, a well."""
    half = half or _half(look)
    well: Line = [(" " * half, "@well")]
    return [
        _beside(left[i] if i < len(left) else well, right[i] if i < len(right) else well, look, half)
        for i in range(max(len(left), len(right)))
    ]


def columns_line(look: Look, kind: Kind) -> Line:
    """What stands above the sides; empty for one column."""
    if not look.is_side:
        return []
    if kind is Kind.CONFIG:
        half, lead = _half(look), 0
    else:
        column, half = _columns(look)
        lead = column + _INDENT + 2
    return [
        (" " * (GUTTER + lead), ""),
        *_beside([(fit("BEFORE", half), "dim")], [(fit("AFTER", half), "dim")], look, half),
    ]


def fold(line: Line, width: int) -> list[Line]:
    """All of a line, on as many as it takes: at blanks where it can, within a word where it must."""
    width = max(width, 1)
    pieces: list[Span] = []
    for text, role in line:
        start = 0
        for at, char in enumerate(text):
            if char == " ":
                pieces.append((text[start : at + 1], role))
                start = at + 1
        pieces.append((text[start:], role))
    out: list[Line] = [[]]
    room = width
    for text, role in pieces:
        if cells(text.rstrip()) > room and out[-1]:
            out.append([])
            room = width
        for part in chop_cells(text, width) if cells(text) > width else [text]:
            if cells(part.rstrip()) > room:
                out.append([])
                room = width
            kept = part if cells(part) <= room else part.rstrip()
            out[-1].append((kept, role))
            room -= cells(kept)
    return [merge(each) for each in out]


def folded_items(items: Sequence[Line], width: int) -> list[Line]:
    """Fields one after another; one that is wider than the line is folded."""
    groups: list[Line] = []
    for item in items:
        parts = fold(item, width) if size(item) > width else [item]
        groups += parts
    spaced = [[*group, ("  ", "")] if size(group) + 2 <= width else group for group in groups]
    return [_trimmed(line) for line in flow(spaced, width)]


def _trimmed(line: Line) -> Line:
    return line[:-1] if line and line[-1] == ("  ", "") else line
