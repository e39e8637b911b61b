"""Pure. Who changed a device's configuration and when, as its own words say: headers, log, commit logs.

! Last configuration change at 10:21:14 UTC Fri Nov 27 2026 by admin                IOS
!! Last configuration change at Fri Nov 27 10:21:14 2026 by admin                   IOS XR
!Running configuration last done at: Fri Nov 27 10:21:14 2026                       NX-OS
! Startup-config last modified at  Fri Nov 27 10:21:14 2026 by admin                EOS
## Last commit: 2026-11-27 10:21:14 UTC by admin                                    JunOS
Nov 27 10:21:14: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.1.1)

A header differs whenever the time does, so it is no line of the configuration (`config_lines`); what it says stands here.
"""

# ruff: noqa: E501 - a pattern stands as the device prints the line
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind, LogRow
from statetrace_engine.model.diff import ConfigAuthor, How, Span
from statetrace_engine.model.observation import DeviceEventKind, LogMessage
from statetrace_engine.parsing import capture_time, scan
from statetrace_engine.parsing.patterns import late


class Said(NamedTuple):
    """One command's answer, of a capture just read or out of the store."""

    kind: Kind
    command: str
    """In full words."""
    vendor: str
    text: str
    """The answer's own text, redacted."""
    start: int = 0
    """Where that begins, in the places that spans count."""
    rows: Sequence[object] = ()
    """Of a log: its LogRows …"""
    starts: Sequence[int] = ()
    """… and where each begins …"""
    ends: Sequence[int] = ()
    """… and ends."""


def may_tell(kind: str, command: str) -> bool:
    """Whether `authors` looks at what a command answers."""
    return kind in (Kind.CONFIG, Kind.LOG) or command.startswith((*_COMMIT_LOGS, *capture_time.COMMANDS))


def authors(sections: Iterable[Said], taken_at: Epoch | None = None) -> tuple[ConfigAuthor, ...]:
    """Everyone whom the sections of one device name, by time, and after them whose time is not known; each change once,
    though a header and the log tell of it.

    `taken_at` is when the capture was taken at the latest: most logs print no year. Where the device prints no zone, its
    own clock (`show clock`) tells it, or the header of its configuration, if the capture shows one of them.
    """
    known = list(sections)
    hours = next(_zones(known), None)
    found = [author for each in known for author in _of(each, _log_hours(each, known, hours), taken_at)]
    return _once(sorted(found, key=lambda each: (each.at is None, each.at or 0.0, each.span)))


def _zones(sections: Sequence[Said]) -> Iterator[float]:
    """Offsets from UTC that the device names, its clock's first."""
    clocks = [each.text for each in sections if each.command.startswith(capture_time.COMMANDS)]
    configurations = [each.text[:_HEAD] for each in sections if each.kind is Kind.CONFIG]
    lines = [line for text in configurations for line, _, _ in _header_lines(text)]
    headers = [found["at"] for line in lines for _, form in _HEADERS if (found := form.match(line)) is not None]
    for text in (*clocks, *headers):
        if (hours := capture_time.zone_hours(text)) is not None:
            yield hours


_STAMPS = late(r"^service timestamps log datetime(?P<words>[^\n]*)", re.MULTILINE)


def _log_hours(said: Said, sections: Sequence[Said], hours: float | None) -> float | None:
    """IOS logs in UTC whatever its clock shows, but where the configuration says `localtime`."""
    if said.kind is not Kind.LOG or said.vendor != "cisco_ios" or not hours:
        return hours
    stamps = (_STAMPS.search(each.text) for each in sections if each.kind is Kind.CONFIG)
    found = next((each for each in stamps if each is not None), None)
    if found is None:
        return None
    return hours if "localtime" in found["words"] else 0.0


def is_same(one: ConfigAuthor, other: ConfigAuthor) -> bool:
    """Whether both tell of one change: the same person at about the same time; who is not named may be anybody."""
    if one.at is None or other.at is None:
        return one.who == other.who and one.printed_at == other.printed_at
    if How.SAVED in (one.how, other.how) and one.how is not other.how:
        return False
    near = _NEAR_S if one.who and other.who else NAMELESS_S
    return (one.who == other.who or not (one.who and other.who)) and abs(one.at - other.at) <= near


_NEAR_S = 5.0
NAMELESS_S = 120.0
"""Between who asked for a commit and that it is complete."""


def _once(found: Iterable[ConfigAuthor]) -> tuple[ConfigAuthor, ...]:
    """Of several tellings of one change, the first that names somebody, with where they came from."""
    told: list[ConfigAuthor] = []
    for each in found:
        last = told[-1] if told else None
        if last is None or not is_same(last, each):
            told.append(each)
            continue
        kept, other = (each, last) if each.who and not last.who else (last, each)
        told[-1] = msgspec.structs.replace(kept, origin=kept.origin or other.origin)
    return tuple(told)


def _of(said: Said, hours: float | None, taken_at: Epoch | None) -> Iterator[ConfigAuthor]:
    if said.kind is Kind.CONFIG:
        yield from _lines(said, _header_lines(said.text), _HEADERS, hours, taken_at)
    elif said.kind is Kind.LOG:
        yield from _log(said, hours, taken_at)
    else:
        for command, forms in _COMMIT_LOGS.items():
            if said.command.startswith(command):
                yield from _lines(said, _short_lines(said.text), forms, hours, taken_at)


# Headers and commit logs: a line each ---------------------------------------------------------------------------------

_HEAD = 4096
"""Characters within which a configuration's header stands."""
_HEADERS = (
    (
        How.CHANGED,
        late(r"!+ ?Last configuration change at (?P<at>[^\n]*?\d)(?: by (?P<who>\S+))?\s*$"),
    ),
    (How.SAVED, late(r"!+ ?NVRAM config last updated at (?P<at>[^\n]*?\d)(?: by (?P<who>\S+))?\s*$")),
    (How.CHANGED, late(r"!Running configuration last done at: *(?P<at>[^\n]*\d)(?P<who>)\s*$")),
    (How.SAVED, late(r"!Startup config saved at: *(?P<at>[^\n]*\d)(?P<who>)\s*$")),
    (How.SAVED, late(r"!+ ?Startup-config last modified at +(?P<at>[^\n]*?\d)(?: by (?P<who>\S+))?\s*$")),
    (How.COMMITTED, late(r"## Last commit: (?P<at>[^\n]*?)(?: by (?P<who>\S+))?\s*$")),
    (How.CHANGED, late(r"## Last changed: (?P<at>[^\n]*?)(?: by (?P<who>\S+))?\s*$")),
)
_Form = tuple[How, "re.Pattern[str]"]
_COMMIT_LOGS: dict[str, tuple[_Form, ...]] = {
    "show configuration commit list": (
        (
            How.COMMITTED,
            late(
                r"\s*\d+ +\S+ +(?P<who>\S+) +(?P<origin>\S+) +\S[^\n]*? "
                r"(?P<at>[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:.]+ \d{4})\s*$"
            ),
        ),
    ),
    "show system commit": (
        (How.COMMITTED, late(r"\s*\d+ +(?P<at>\d{4}-\d\d-\d\d \S+ \S+) by (?P<who>\S+)(?: via (?P<origin>\S+))?")),
    ),
    "show accounting log": (
        (
            How.CHANGED,
            late(
                r"(?P<at>\w{3} \w{3} +\d+ [\d:.]+ \d{4}):type=update:id=(?P<origin>[^:\s]*)[^\n]*?:user=(?P<who>[^:\s]*)"
                r":cmd=configure [^\n]*\(SUCCESS\)"
            ),
        ),
    ),
    "show log config": (
        (
            How.COMMITTED,
            late(
                r"(?P<at>\d{4}/\d\d/\d\d [\d:]+) +(?P<origin>\S+) +commit\S* +(?P<who>\S+) +\S+ +(?:Succeeded|Submitted)\b"
            ),
        ),
        (
            How.CHANGED,
            late(
                r"(?P<at>\d{4}/\d\d/\d\d [\d:]+) +(?P<origin>\S+) +(?!commit|validate|lock|unlock)[a-z]\S* +(?P<who>\S+)"
                r" +\S+ +(?:Succeeded|Submitted)\b"
            ),
        ),
    ),
}
"""What each command prints a line of."""
_NOBODY = ("-", "unknown", "N/A")
_LONGEST = 1024


_Line = tuple[str, int, int]
"""A line, and where it starts and ends."""
_HEADER_LINE = late(rf"^[!#][^\n]{{8,{_LONGEST}}}$", re.MULTILINE)


def _header_lines(text: str) -> Iterator[_Line]:
    return ((found[0], *found.span()) for found in _HEADER_LINE.finditer(text, 0, _HEAD))


def _short_lines(text: str) -> Iterator[_Line]:
    return (each for each in scan.lines(text) if len(each[0]) <= _LONGEST)


def _lines(
    said: Said, lines: Iterable[_Line], forms: Sequence[_Form], hours: float | None, taken_at: Epoch | None
) -> Iterator[ConfigAuthor]:
    for line, start, end in lines:
        for how, form in forms:
            if (found := form.match(line)) is not None:
                span = said.start + start, said.start + end
                groups = found.groupdict()
                yield _author(said, how, groups["at"], groups["who"], groups.get("origin"), span, hours, taken_at)
                break


# The log --------------------------------------------------------------------------------------------------------------

_TELLING = ("onfig", "ommit", "CONFIG", "COMMIT")
_BEFORE = ("on", "from", "client")
_ADDRESS = late(r"(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{2,45})(?::\d{1,5})?")
_IN_BRACKETS = late(r"\([^()\s]+\)[.,;]?$")
_A_LINE = late(r"(?:vty|tty)\d{1,3}")
"""Who came in by a line without a name: `Configured from console by vty1 (10.0.0.9)`."""
_VAGUE = ("vty", "console", "terminal", "ssh", "telnet")
_READ = 400
"""Characters of a message in which it says from where."""


def _log(said: Said, hours: float | None, taken_at: Epoch | None) -> Iterator[ConfigAuthor]:
    from statetrace_engine.parsing import logged, syslog_text  # every vendor's expressions: only where there is a log

    for row, start, end in zip(said.rows, said.starts, said.ends, strict=True):
        if not isinstance(row, LogRow) or not any(word in f"{row.mnemonic} {row.text}" for word in _TELLING):
            continue
        message = syslog_text.read(logged.message(row, "-", None), taken_at or 0.0, said.vendor)
        for event in message.events if isinstance(message, LogMessage) else ():
            if event.kind is DeviceEventKind.CONFIG_CHANGE:
                how = _how(row)
                yield _author(said, how, row.at or "", event.who, _origin(row.text), (start, end), hours, taken_at)


def _how(row: LogRow) -> How:
    words = f"{row.mnemonic} {row.text}".lower()
    if "startup" in words:
        return How.SAVED
    return How.COMMITTED if "commit" in words else How.CHANGED


def _origin(text: str) -> str:
    """The most exact that the message says: an address, else a line."""
    words = text[:_READ].split()
    said = [after for before, after in pairwise(("", *words)) if before in _BEFORE or _IN_BRACKETS.match(after)]
    plain = [word.strip("().,;").partition("@")[0] for word in said]
    addresses = [found[1] for word in plain if (found := _ADDRESS.fullmatch(word)) is not None]
    exact = [word for word in plain if word not in _VAGUE]
    return next(iter((*addresses, *exact, *plain)), "")


def _author(
    said: Said,
    how: How,
    printed_at: str,
    who: str | None,
    origin: str | None,
    span: Span,
    hours: float | None,
    taken_at: Epoch | None,
) -> ConfigAuthor:
    name = who or ""
    is_line = _A_LINE.fullmatch(name) is not None
    return ConfigAuthor(
        who="" if name in _NOBODY or is_line else name,
        how=how,
        at=capture_time.moment(printed_at, hours, taken_at),
        printed_at=printed_at.strip(),
        origin=(name if is_line and (origin or "") in ("", *_VAGUE) else origin or "").partition("@")[0],
        command=said.command,
        span=span,
    )
