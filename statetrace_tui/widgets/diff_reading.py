"""What is opened from a change: the raw log where either side stands, its roll-back, its file, the outages after it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import DiffChange, DiffObject
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import diff_page, diff_rows
from statetrace_tui.present.diff_changes import Changes, Entry, Part
from statetrace_tui.present.diff_export import WRITERS, Section, text_of
from statetrace_tui.present.diff_list import DiffList, Marked
from statetrace_tui.present.hours import moment
from statetrace_tui.present.picking import Choice
from statetrace_tui.present.text import Line, count, fit
from statetrace_tui.widgets import exports
from statetrace_tui.widgets.frame import Frame
from statetrace_tui.widgets.modal import Picker
from statetrace_tui.widgets.reader import Reader

CANDIDATES = "CANDIDATES: read every line before you type it. Nothing is sent to the device."
_COMMENTS = ("! ", "# ", "; ")
"""What begins a line that cannot be typed as it stands, in the devices' own form: a copy of it does no harm."""


# The raw log ---------------------------------------------------------------------------------------------------------


def open_log(frame: Frame, entry: Entry, part: Part, *, is_after: bool) -> None:
    """At the later side of the change, or at the earlier; at the other where it has only that."""
    found = _side(entry, is_after) or _side(entry, not is_after)
    if found is None:
        frame.stage.say("this change can no longer be read", "dim")
        return
    change, side, after = found
    capture_id, at = (part.after_id, part.after_at) if after else part.earlier(change.command)
    if capture_id is None:
        frame.stage.say("there is no capture of that side", "dim")
        return
    host = part.later_name if after else part.name
    when = moment(at, frame.stage.wall(), frame.stage.zone) if at is not None else ""
    what = f"{change.command}\t{'after' if after else 'before'}: {host} {when}, capture {capture_id}"
    if side.spans:
        frame.stage.go("rawlog", f"capture {capture_id} {side.spans[0][0]} {side.spans[-1][1]}\t{what}")
    else:
        frame.stage.start(_open_line(frame, capture_id, change, what), "raw log of a change")


def _side(entry: Entry, is_after: bool) -> tuple[DiffChange, DiffObject, bool] | None:
    for change in entry.changes:
        side = change.after if is_after else change.before
        if side is not None:
            return change, side, is_after
    return None


async def _open_line(frame: Frame, capture_id: int, change: DiffChange, what: str) -> None:
    """A line of a configuration is found by what it says, below its heads."""
    try:
        line = await _line_of(frame, capture_id, change)
    except StateTraceError as error:
        frame.stage.say(str(error), "unk")
        return
    frame.stage.go("rawlog", f"capture {capture_id} line {line}\t{what}" if line else f"capture {capture_id}\t{what}")


async def _line_of(frame: Frame, capture_id: int, change: DiffChange) -> int:
    engine = frame.stage.engine
    sections = await engine.capture_sections(capture_id)
    shown = [each for each in sections if each.kind == Kind.CONFIG and each.command == change.command]
    line = 0
    if shown:
        mark = (shown[-1].text_start, shown[-1].text_end)
        page = await engine.capture_page(capture_id, 1, 1, mark)
        line = max(page.marked - 1, 0) if page is not None else 0
    for words in change.key:
        found = await engine.capture_find(capture_id, line, words, False)
        if found <= line:  # it is not below what holds it
            break
        line = found
    return line


def read_detail(frame: Frame, entry: Entry, part: Part) -> None:
    """All of it, on a sheet."""
    stage = frame.stage

    def build(width: int) -> list[Line]:
        return diff_page.detail(entry, part, stage.wall(), stage.zone, width)

    frame.ask(Reader(diff_rows.title_of(entry.kind), build, lambda: copy(frame, entry)))


def copy(frame: Frame, entry: Entry) -> None:
    frame.stage.copy_text("\n".join(text_of(change) for change in entry.changes))


def read_warnings(frame: Frame, parts: Sequence[Part]) -> None:
    if any(diff_page.remarks_of(part.metadata) for part in parts):
        frame.ask(Reader("Warnings", lambda width: diff_page.all_warnings(parts, width)))
    else:
        frame.stage.say("everything was compared", "dim")


# Roll-back -----------------------------------------------------------------------------------------------------------


async def read_rollback(frame: Frame, part: Part) -> None:
    stage = frame.stage
    before_id = part.earlier(configured_by(part))[0]
    if before_id is None:
        stage.say("nothing before it to go back to", "dim")
        return
    stage.say("asking for lines that take it back ..", "dim")
    try:
        found = await stage.engine.diff_rollback(before_id, part.after_id)
    except StateTraceError as error:
        stage.say(str(error), "unk")
        return
    if found is None or not found.lines:
        why = "one of the captures is no longer kept" if found is None else found.reason
        stage.say(sanitise(why, 200) or "the configurations do not differ", "dim")
    elif frame.asked is None and frame.is_current:
        stage.say("")
        text = "\n".join(found.lines)
        title = f"Roll-back of {part.later_name}"
        frame.ask(Reader(title, lambda width: _candidates(found.lines, width), lambda: stage.copy_text(text)))


def configured_by(part: Part) -> str:
    """The command that shows what changed of its configuration; empty where nothing did."""
    changes = Changes([part])
    found = (changes.entry(group.first).changes for group in changes.groups if group.kind is Kind.CONFIG)
    return next((each[0].command for each in found if each), "")


def _candidates(lines: Sequence[str], width: int) -> list[Line]:
    out: list[Line] = [[("   ", ""), (fit(CANDIDATES, width - 6), "major")], []]
    for line in lines:
        text = sanitise(line)
        role = "unk" if text.lstrip().startswith(_COMMENTS) else ""
        for number, part in enumerate(diff_rows.fold([(text, role)], width - 8)):
            out.append([("   " if not number else "     ", ""), *part])
    return out


# Outages -------------------------------------------------------------------------------------------------------------


def outages_after(outages: Sequence[OutageEvent], entry: Entry | None, part: Part) -> list[OutageEvent]:
    """Those of its device, or of one that the change names, detected since the capture before; the first first. Not
    those of a device at another site that has the hostname, too."""
    since = part.before_at if part.before_at is not None else part.after_at
    names = _words(entry)
    names |= {part.hostname.lower(), part.other.lower()}
    sites = {part.site, part.other_site if part.other else part.site}
    found = (each for each in outages if each.detected_at >= since and each.hostname.lower() in names)
    ours = (each for each in found if each.hostname not in part.namesakes or each.site in sites)
    return sorted(ours, key=lambda each: each.detected_at)


def _words(entry: Entry | None) -> set[str]:
    out: set[str] = set()
    for change in entry.changes if entry is not None else ():
        for side in (change.before, change.after):
            values = (value for _, value in side.fields if isinstance(value, str)) if side is not None else ()
            for text in (*change.key, *values):
                for word in text.lower().replace(",", " ").split():
                    out |= {word, word.partition(".")[0]}
    return out


def choose_outage(frame: Frame, found: Sequence[OutageEvent]) -> None:
    """To the only one, else a list to choose from."""
    stage = frame.stage
    if not found:
        stage.say("no outage here or at a neighbour since", "dim")
    elif len(found) == 1:
        stage.go("outages", found[0].outage_id)
    else:
        now, zone = stage.wall(), stage.zone
        choices = [
            Choice(
                each.outage_id,
                f"{each.outage_id} {each.hostname} {each.prefix}".lower(),
                [
                    (f"{moment(each.detected_at, now, zone):<12}", ""),
                    (f"{each.outage_id}  ", "crit"),
                    (f"{each.hostname} {each.prefix}  ", "strong"),
                    (each.cause.value, "dim"),
                ],
            )
            for each in found
        ]
        frame.ask(Picker("outages after it", choices, lambda outage_id: stage.go("outages", outage_id)))


# Files ---------------------------------------------------------------------------------------------------------------


async def export(
    frame: Frame, letter: str, shown: DiffList, marked: Marked, sentences: Sequence[str], stem: str
) -> None:
    """Writes what is shown, as it is now, and says where it went."""
    stage = frame.stage
    suffix, writer = WRITERS[letter]
    home, changes, numbers = stage.options.home, shown.changes, tuple(shown.shown)

    def write() -> tuple[int, Path]:
        sections = _sections(Changes(changes.parts), numbers, marked)  # its own: the one on the screen is being read
        text = writer(sections, sentences)
        path = exports.write(text, f"changes-{stem}", suffix, stage.wall(), home)
        return sum(len(section.changes) for section in sections), path

    try:
        number, path = await asyncio.to_thread(write)
    except OSError as error:
        stage.say(f"not written: {error.strerror or error}", "crit", 8.0)
        return
    where = path.relative_to(home).as_posix() if home is not None else str(path)
    stage.say(f"{count(number, 'change')} in {where}", for_s=10.0)


def _sections(changes: Changes, numbers: Sequence[int], marked: Marked) -> list[Section]:
    found: dict[int, list[DiffChange]] = {}
    for number in numbers:
        entry = changes.entry(number)
        found.setdefault(entry.part, []).extend(entry.changes)
    return [Section(changes.parts[part], kept, marked) for part, kept in found.items()]
