"""Pure. Runs as lines: each capture with what changed since the one before it; and the devices to choose from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import diff_page
from statetrace_tui.present.capture_age import cell as age_cell
from statetrace_tui.present.diff_changes import KINDS, TYPES, name_of, namesakes
from statetrace_tui.present.diff_rows import title_of
from statetrace_tui.present.diff_target import Target
from statetrace_tui.present.hours import Zone, moment
from statetrace_tui.present.picking import Choice
from statetrace_tui.present.text import Line, cells, count, fit, on_tone, size, spread

TALL = 2
"""Lines of a run in the pane beside the changes."""
_TIME = 12
_SITE = 8
"""Cells of a site, where two have a hostname."""
_BAR = "│"


class Flags(NamedTuple):
    is_here: bool = False
    is_shown: bool = False
    """Its changes are on the screen."""
    is_base: bool = False
    """What another is to be compared with."""
    has_keys: bool = False


def lines(
    run: DiffRun, width: int, now: Epoch, zone: Zone, flags: Flags, *, is_tall: bool,
    namesakes: frozenset[str] = frozenset(),
) -> list[Line]:  # fmt: skip
    """One line where they stand above the changes, two where beside them; with the site of `namesakes`, hostnames that
    are at more than one."""
    time: Line = [(f"{moment(run.captured_at, now, zone):<{_TIME}}", "strong" if flags.is_shown else "")]
    room = width - size(time) - 4
    host = run.hostname or "(no name)"
    what, warned, is_namesake = _what(run), _warned(run), host in namesakes
    if is_tall:
        first: Line = [*_gutter(flags), *time, (fit(host, room, "m").rstrip(), "strong" if flags.is_shown else "")]
        site: Line = [(f"at {fit(sanitise(run.site), min(_SITE, cells(run.site)))}  ", "")] if is_namesake else []
        what_room = width - 4 - size(site)
        second: Line = [(f" {_BAR if flags.is_shown else ' '} ", "accent!"), *site, *_spread(what, warned, what_room)]
        return [_toned(line, flags, width) for line in (first, second)]
    column = min(room, 20 + (_SITE if namesakes else 0))
    at = f" at {fit(sanitise(run.site), min(_SITE, cells(run.site)))}" if is_namesake else ""
    name = fit(fit(host, min(column - cells(at), cells(host)), "m") + at, column)
    left: Line = [*_gutter(flags), *time, (f"{name}  ", "strong" if flags.is_shown else "")]
    return [_toned([*left, *_spread(what, warned, width - size(left) - 1)], flags, width)]


def _spread(what: Line, warned: Line, width: int) -> Line:
    """The last of the left, its kinds, is cut where there is no room for it."""
    *numbers, (kinds, role) = what
    room = width - size(numbers) - size(warned) - 1
    return spread([*numbers, (fit(kinds, room), role)], [(" ", ""), *warned], width, 0)


def _gutter(flags: Flags) -> Line:
    mark = ">" if flags.is_here and flags.has_keys else _BAR if flags.is_shown else " "
    return [(f" {mark}", "accent!"), ("*" if flags.is_base else " ", "accent!")]


def _toned(line: Line, flags: Flags, width: int) -> Line:
    if not (flags.is_here and flags.has_keys):
        return line
    return on_tone(line, "sel", width)


def _what(run: DiffRun) -> Line:
    if run.previous_id is None:
        return [("not compared", "unk") if run.metadata.warnings else ("first capture", "dim")]
    if not run.total:
        return [("no change", "dim")]
    out: Line = []
    for change_type in TYPES:
        number = run.count(change_type)
        if number:
            text, role = diff_page.sign(change_type, number)
            out.append((text if out else text.lstrip(), role if run.is_drift else "unk"))
    kinds = [kind for kind in KINDS if any(each.kind is kind for each in run.counts)]
    return [*out, ("  " + ", ".join(title_of(kind).lower() for kind in kinds), "dim")]


def _warned(run: DiffRun) -> Line:
    number = len(diff_page.warnings_of(run.metadata))
    out: Line = [("? other parser", "unk")] if run.previous_id is not None and not run.is_drift else []
    return [*out, (" " if out else "", ""), (f"! {number}", "warn")] if number else out


def heading(target: Target, runs: int, last: int, now: Epoch, zone: Zone, width: int, *, is_tall: bool) -> list[Line]:
    """`WLLS-A01-AR-01  14 runs`, how many of them are shown together, and the window that was asked for."""
    right: Line = [(f"last {last}", "accent!")] if last > 1 and not target.has_window else []
    times: Line = []
    if target.has_window:
        times = [(f"{moment(target.from_at, now, zone)} to {moment(target.to_at, now, zone)}", "accent!")]
    outage: Line = [(f"before {target.outage_id}", "dim")] if target.outage_id else []
    name, runs_of = sanitise(target.words, 60), count(runs, "run")
    if not is_tall and times:
        return [spread([(f"{name}  ", "strong"), *times, ("  ", ""), *outage], [(runs_of, "dim")], width, 3)]
    room = max(width - 8 - cells(runs_of) - size(right), 4)
    head = spread([(fit(name, min(room, cells(name)), "m"), "strong"), (f"  {runs_of}", "dim")], right, width, 3)
    window = [spread(line, [], width, 3) for line in (times, outage) if line]
    return [head, *window, *([[]] if is_tall else [])]


# Whom to choose -------------------------------------------------------------------------------------------------------


def devices(captures: Sequence[CaptureSummary], now: Epoch) -> list[Choice]:
    """All, each site, each device with the age of its newest capture."""
    sites: dict[str, int] = {}
    for capture in captures:
        if capture.hostname:
            sites[capture.site] = sites.get(capture.site, 0) + 1
    out = [_choice("", "all devices", count(sum(sites.values()), "device"), "dim")]
    out += [
        _choice(f"site/{site}", f"site {site}", count(number, "device"), "dim")
        for site, number in sorted(sites.items()) if site
    ]  # fmt: skip
    alike = namesakes((each.hostname, each.site) for each in captures)
    return [*out, *(_device(capture, now, alike) for capture in captures if capture.hostname)]


def counterparts(captures: Sequence[CaptureSummary], own: CaptureSummary, now: Epoch) -> list[Choice]:
    """Other devices to compare one with: those of its role first."""
    role = role_of(own.hostname)
    others = [each for each in captures if each.hostname and (each.hostname, each.site) != (own.hostname, own.site)]
    others.sort(key=lambda each: (role_of(each.hostname) != role, each.site, each.hostname))
    alike = namesakes((each.hostname, each.site) for each in captures)
    same = {True: "same role", False: ""}
    return [_device(each, now, alike, same[bool(role) and role_of(each.hostname) == role]) for each in others]


def target_of(capture: CaptureSummary, alike: frozenset[str]) -> Target:
    """Its device; with the site where the hostname does not say which."""
    return Target(capture.hostname, capture.site if capture.hostname in alike else "")


def role_of(hostname: str) -> str:
    """The letters before the last number: `AR` of `WLLS-A01-AR-01`; empty where the name does not say."""
    found = re.search(r"([A-Za-z]+)-?\d+$", hostname)
    return found[1].upper() if found else ""


def _device(capture: CaptureSummary, now: Epoch, alike: frozenset[str], remark: str = "") -> Choice:
    age, role = age_cell(capture.captured_at, now)
    name = name_of(capture.hostname, capture.site, alike)
    value = str(target_of(capture, alike))
    return _choice(value, name, age, role, remark or capture.vendor or "unknown vendor")


def _choice(value: str, name: str, beside: str, role: str, remark: str = "") -> Choice:
    line: Line = [(fit(name, 26, "m"), "strong"), ("  ", ""), (fit(beside, max(14, cells(beside))), role)]
    line += [(f"  {sanitise(remark)}", "dim")] if remark else []
    return Choice(value, f"{name} {remark}".lower(), line)
