"""Pure. What stands above the changes and below: whose, what they mean, what was not compared, the chosen one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import ChangeMark, ChangeType, DiffChange, DiffMetadata, KindCount, Span
from statetrace_engine.model.marked import ALL_IN_KEY, Covered
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import diff_rows
from statetrace_tui.present.diff_changes import KINDS, SIGNS, TYPES, Entry, Part
from statetrace_tui.present.diff_filter import Query
from statetrace_tui.present.diff_target import Target
from statetrace_tui.present.hours import Zone, moment
from statetrace_tui.present.text import Line, cells, count, cut, dur, fit, flow, rule, size, spread, wrap

LEGEND: list[Line] = [
    [
        ("-", "crit"), (" gone   ", ""), ("~", "major"), (" changed   ", ""), ("+", "ok"), (" new   ", ""),
        ("=", "accent"), (" said to be expected   ", ""), ("x", "accent"), (" false positive", ""),
    ],
    [("filter  ", "accent!"), ("kind: type: vrf: prefix: vlan: if: device: text !not, all together", "")],
]  # fmt: skip
_PAD = "   "
_AUTHORS = 2


# Above ---------------------------------------------------------------------------------------------------------------


def title(parts: Sequence[Part], words: str, position: str, now: Epoch, zone: Zone, width: int) -> Line:
    """Whose changes, between when and when; at the right, where among them the cursor is."""
    if not parts:
        return spread([(words, "strong")], [], width, 3)
    newest, oldest = parts[0], parts[-1]
    if len(parts) == 1:
        left = _between(newest, now, zone)
    else:
        since = oldest.before_at if oldest.before_at is not None else oldest.after_at
        left = [
            (f"{words}  ", "strong"), (f"{len(parts)} runs  ", ""), (f"{moment(since, now, zone)} to ", "dim"),
            (moment(newest.after_at, now, zone), ""),
        ]  # fmt: skip
    return spread(left, [(position, "dim")], width, 3)


def counted(part: Part) -> Iterable[KindCount]:
    return (KindCount(piece.kind, piece.change_type, piece.count) for piece in part.packed)


def _between(part: Part, now: Epoch, zone: Zone) -> Line:
    if part.other:
        return [
            (part.name, "strong"), (f" {moment(part.before_at or 0.0, now, zone)}", ""), ("  and  ", "dim"),
            (part.later_name, "strong"), (f" {moment(part.after_at, now, zone)}", ""),
        ]  # fmt: skip
    out: Line = [(f"{part.name}  ", "strong")]
    if part.before_at is not None:
        out += [(moment(part.before_at, now, zone), ""), (" to ", "dim")]
    out.append((moment(part.after_at, now, zone), ""))
    if part.before_at is not None:
        out.append((f"  {dur(abs(part.after_at - part.before_at))}", "dim"))
    return out


def counts(found: Iterable[KindCount], width: int, limit: int = 2) -> list[Line]:
    """`configuration -3 +4   routes -120 ~2`, kinds in the order in which they are listed."""
    by_kind: dict[object, dict[ChangeType, int]] = {}
    for each in found:
        kinds = by_kind.setdefault(each.kind, {})
        kinds[each.change_type] = kinds.get(each.change_type, 0) + each.count
    groups: list[Line] = []
    for kind in sorted(by_kind, key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS)):
        group: Line = [(diff_rows.title_of(kind).lower() if kind in KINDS else str(kind), "dim")]  # type: ignore[arg-type]
        group += [sign(each, by_kind[kind][each]) for each in TYPES if each in by_kind[kind]]
        groups.append([*group, ("   ", "")])
    lines = flow(groups, max(width - 9, 1))
    if len(lines) > limit:
        lines[limit - 1].append(("..", "dim"))
    return [[(_PAD, ""), *line] for line in lines[:limit]]


def sign(change_type: ChangeType, number: int) -> tuple[str, str]:
    """` -3`."""
    roles = {ChangeType.REMOVED: "crit", ChangeType.CHANGED: "major", ChangeType.ADDED: "ok"}
    return f" {SIGNS[change_type]}{number:,}", roles[change_type]


def chips(query: Query, shown: str, hidden: int, key: str, width: int, *, is_flat: bool, is_read: bool) -> list[Line]:
    """What is filtered, a chip a word, and how to be rid of it; `shown`: how many, empty where none are; `is_read`:
    nothing is left to look through."""
    if not query.text:
        return []
    groups: list[Line] = [
        [(f"[{word}]" if is_flat else f" {word} ", "@over accent!"), (" ", "")] for word in map(sanitise, query.chips)
    ]
    tail: Line = [(f" {shown or 0} shown" if is_read else " looking ..", "strong" if shown else "unk")]
    tail += [(f", {hidden:,} expected hidden", "dim")] if hidden else []
    tail += [(f"   {key}", "key"), (" clears", "dim")]
    lines = flow([*groups, tail], max(width - 6, 1))[:2]
    if query.problem:
        lines.append([(sanitise(query.problem, 200), "major")])
    return [[(_PAD, ""), *cut(line, width - 6)] for line in lines]


def meaning(sentences: Sequence[str], width: int, limit: int) -> list[Line]:
    """The sentences one after another, as many as `limit` lines hold."""
    if not sentences:
        return []
    line: Line = []
    room = (width - 6) * limit - 20
    kept = 0
    for sentence in sentences:
        room -= cells(sentence) + 2
        if kept and room < 0:
            break
        kept += 1
        line += [("; ", "dim")] if line else []
        line.append((sentence if line else sentence[:1].upper() + sentence[1:], "" if line else "strong"))
    line.append((f"; and {len(sentences) - kept} more" if kept < len(sentences) else "", "dim"))
    return [[(_PAD, ""), *part] for part in diff_rows.fold(line, max(width - 6, 1))[:limit]]


def authors(parts: Sequence[Part], now: Epoch, zone: Zone, width: int) -> list[Line]:
    """Who changed the configuration in between, as the device says; the last of them."""
    found = [author for part in parts for author in part.metadata.authors]
    if not found:
        return []
    said = []
    for each in found[-_AUTHORS:]:
        when = moment(each.at, now, zone) if each.at is not None else each.printed_at
        where = f" from {each.origin}" if each.origin else ""
        said.append(f"{each.how.value} by {each.who or 'somebody'}{where} {when}".strip())
    more = f"{len(found) - _AUTHORS} more; " if len(found) > _AUTHORS else ""
    return [[(_PAD, ""), ("author  ", "dim"), (fit(sanitise(more + "; ".join(said), 500), width - 14), "")]]


def nothing(parts: Sequence[Part], target: Target, is_loading: bool, key: str) -> Line:
    """What is said where there is no change; `key` shows the warnings."""
    if is_loading:
        return [(_PAD, ""), ("reading ..", "dim")]
    if not parts and target.has_window:
        return [(_PAD, ""), (f"no capture of {sanitise(target.words, 60)} tells of that time", "unk")]
    if not parts:
        return [(_PAD, ""), ("no captures to compare: statetrace ingest PATH", "dim")]
    part = parts[0]
    if part.before_id is None and part.metadata.warnings:
        return [(_PAD, ""), ("compared with no capture: ", "unk"), (key, "key"), (" says why", "dim")]
    if part.before_id is None:
        return [(_PAD, ""), ("the first capture of it: nothing before it to compare with", "unk")]
    if not part.metadata.compared:
        return [(_PAD, ""), ("nothing to compare: no command that is understood is in both", "unk")]
    commands = count(len(part.metadata.compared), "command")
    return [(_PAD, ""), (f"nothing changed in {commands}", "ok"), (f", {part.metadata.objects:,} objects", "dim")]


def drift(parts: Sequence[Part], width: int) -> list[Line]:
    """A difference that may be the reading's and not the device's is said so, before anything else."""
    others = [part for part in parts if part.run is not None and part.before_id is not None and not part.run.is_drift]
    if not others:
        return []
    which = "these captures" if len(parts) == 1 else f"{len(others)} of {len(parts)} runs"
    text = f"? not drift: {which} were read by different parsers; a difference may be the reading's"
    return [[(_PAD, ""), (fit(text, width - 6), "unk")]]


def warnings_of(metadata: DiffMetadata) -> list[str]:
    """What could not be compared: no change of the device."""
    sides = (("before", metadata.only_after), ("after", metadata.only_before))
    absent = [f"not captured {side}: {', '.join(commands)}" for side, commands in sides if commands]
    return [sanitise(each, 500) for each in (*metadata.warnings, *absent)]


def warnings(parts: Sequence[Part], unreadable: int, width: int, limit: int, key: str) -> list[Line]:
    found = [
        (f"{part.name}: " if len(parts) > 1 else "") + text for part in parts for text in warnings_of(part.metadata)
    ]
    if unreadable:
        found.insert(0, f"{count(unreadable, 'change')} can no longer be read")
    lines: list[Line] = [[(_PAD, ""), ("! ", "warn"), (fit(text, width - 8), "")] for text in found[:limit]]
    if len(found) > limit and lines:
        tail: Line = [(f"  and {len(found) - limit} more  ", "dim"), (key, "key")]
        text = found[limit - 1]
        room = width - 8 - size(tail)
        lines[-1] = [(_PAD, ""), ("! ", "warn"), (fit(text, min(room, cells(text))), ""), *tail]
    return lines


def remarks_of(metadata: DiffMetadata) -> list[str]:
    """The warnings, and what is no reason for one: commands that were compared with an older capture."""
    older = (
        f"{each.command}: compared with capture {each.capture_id}" + (f", {each.file}" if each.file else "")
        for each in metadata.elsewhere
    )
    return [*warnings_of(metadata), *(sanitise(each, 500) for each in older)]


def all_warnings(parts: Sequence[Part], width: int) -> list[Line]:
    """Every one of them, whole, and remarks."""
    out: list[Line] = []
    for part in parts:
        found = remarks_of(part.metadata)
        if found and len(parts) > 1:
            out += [[], [(_PAD, ""), (part.name, "strong")]]
        for text in found:
            lines = wrap(text, max(width - 8, 1), 20)
            out += [
                [(_PAD, ""), ("! " if not number else "  ", "warn"), (line, "")] for number, line in enumerate(lines)
            ]
    return out


# Below ---------------------------------------------------------------------------------------------------------------


def evidence(
    entry: Entry, part: Part, said: Covered, after: Sequence[OutageEvent], keys: dict[str, str],
    now: Epoch, zone: Zone, width: int,
) -> list[Line]:  # fmt: skip
    """Where both sides stand, what was said of it, and which outages came after it."""
    lines = [rule(width, "EVIDENCE", 3)]
    for word, capture_id, at, spans in _sides(entry, part):
        label: Line = [(f"{word:<8}", "dim"), (f"capture {capture_id}", "")]
        label += [(f"  {moment(at, now, zone)}", "")] if at is not None else []
        where = f"characters {spans[0][0]:,} to {spans[-1][1]:,}" if spans else ""
        hint = keys["after"] if word == "after" else keys["before"]
        right: Line = [(where, "dim"), (f"  {hint}", "key"), (" raw log", "dim")]
        lines.append(spread(label, right, width, 3))
    lines.append(spread(_judged(entry, said, now, zone), _following(after, keys["outage"]), width, 3))
    return lines


def _sides(entry: Entry, part: Part) -> list[tuple[str, int, Epoch | None, tuple[Span, ...]]]:
    out: list[tuple[str, int, Epoch | None, tuple[Span, ...]]] = []
    before = next((change.before for change in entry.changes if change.before is not None), None)
    after = next((change.after for change in entry.changes if change.after is not None), None)
    before_id, before_at = part.earlier(entry.changes[0].command if entry.changes else "")
    if before is not None and before_id is not None:
        out.append(("before", before_id, before_at, before.spans))
    if after is not None:
        out.append(("after", part.after_id, part.after_at, after.spans))
    return out


def said_of(said: Covered) -> str:
    """`expected, says ana@jump: floor 2 moves`, `mtu expected, says …`; empty where nobody said anything."""
    return sanitise("; ".join(_saying(mark, said, "") for mark in said.marks), 300)


def _saying(mark: ChangeMark, said: Covered, when: str) -> str:
    """Of what where it is not all of the change; a mark without steps is of whatever there is."""
    is_some = bool(said.rest) or len(said.marks) > 1
    which = f"{', '.join(diff_rows.spoken(each.field) for each in mark.steps)} " if is_some else ""
    changes = "changes" if mark.change_type is ChangeType.CHANGED else "its values"
    is_any = not mark.steps and mark.kind not in ALL_IN_KEY
    word = mark.verdict.value.replace("_", " ") + (f" whatever {changes}" if is_any else "")
    return f"{which}{word}, says {mark.operator}{when}" + (f": {mark.note}" if mark.note else "")


def _judged(entry: Entry, said: Covered, now: Epoch, zone: Zone) -> Line:
    if said.marks:
        told = (_saying(mark, said, f" {moment(mark.at, now, zone)}") for mark in said.marks)
        return [(sanitise("; ".join(told), 300), "accent"), ("  the rest is new" if said.rest else "", "dim")]
    confidence = min((change.confidence for change in entry.changes), default=1.0)
    command = entry.changes[0].command if entry.changes else ""
    out: Line = [(f"{'by':<8}", "dim"), (sanitise(command, 60), "")]
    if confidence < 1.0:
        out.append((f"  confidence {confidence:.2f}: lines of the table were not understood", "warn"))
    return out


def _following(after: Sequence[OutageEvent], key: str) -> Line:
    if not after:
        return []
    first = after[0]
    more = f" and {len(after) - 1} more" if len(after) > 1 else ""
    return [("then ", "dim"), (f"{first.outage_id}{more}", "crit"), (f"  {key}", "key")]


def detail(entry: Entry, part: Part, now: Epoch, zone: Zone, width: int) -> list[Line]:
    """All of a change: every field of both sides."""
    out: list[Line] = []
    for change in entry.changes:
        out += _detail_of(change, width)
    out += [[], [("   ", ""), (f"{part.later_name} ", "strong"), (moment(part.after_at, now, zone), "")]]
    for word, capture_id, at, spans in _sides(entry, part):
        places = ", ".join(f"{start:,}-{end:,}" for start, end in spans[:8])
        more = f" and {len(spans) - 8} more" if len(spans) > 8 else ""
        when = f"  {moment(at, now, zone)}" if at is not None else ""
        text = f"capture {capture_id}{when}  {places + more if places else ''}"
        out.append([("   ", ""), (f"{word:<8}", "dim"), (fit(text, width - 12), "")])
    return out


def _detail_of(change: DiffChange, width: int) -> list[Line]:
    out: list[Line] = [
        [("   ", ""), diff_rows.sign_of(change), (" ", ""), *line]
        for line in diff_rows.fold([(diff_rows.name(change), "strong")], width - 8)
    ]
    for depth, head in enumerate(change.key[:-1] if change.kind.value == "config" else ()):
        out.insert(depth, [("   ", ""), (fit("  " * depth + sanitise(head.strip(), 500), width - 4), "dim")])
    changed = {each.field for each in change.fields}
    old, new = (dict(side.fields) if side is not None else {} for side in (change.before, change.after))
    for field in old | new:
        room = max((width - 26) // 2, 8)
        pair = [
            diff_rows.fold(
                [(diff_rows.said(field, side.get(field)) if side else "-", _role(field in changed, tone))], room
            )
            for side, tone in ((old, "removed"), (new, "added"))
        ]
        for number in range(max(map(len, pair))):
            left, right = (each[number] if number < len(each) else [] for each in pair)
            label = diff_rows.spoken(field) if not number else ""
            out.append([("   ", ""), (fit(label, 18), "dim"), *left, (" " * (room - size(left) + 2), ""), *right])
    return out


def _role(is_changed: bool, tone: str) -> str:
    return f"@{tone} strong" if is_changed else ""
