"""Pure. Where a device asks for a command: `RP/0/RSP0/CPU0:core1#show ip route`, `admin@PA-3220(active)> `.

A line is a prompt when it has the shape of one and after it comes nothing or a verb that devices know.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from msgspec import Struct

from statetrace_engine.parsing.patterns import late

_VERBS = (
    "show|sho|sh|display|disp|dis|get|do|run|configure|config|conf|terminal|term|exit|quit|logout|end|enable|ena|en|disable|"
    "ping|traceroute|trace|telnet|ssh|copy|write|wr|clear|debug|undebug|no|set|edit|commit|request|dir|more|cat|ls|sudo|"
    "vtysh|cd|top|up|monitor|mon|test|reload|skip-page-display|page|screen-length|admin|bash|start|rollback|"
    "interface|ip|less|head|tail|grep|ifconfig|netstat|uname|uptime|watch|tcpdump|environment|paging|su|attach|resume|"
    "disconnect|session|connect|delete|rename|verify|system|router|vrf|hostname|reset|diagnose|diag|execute|menu|restart"
)
_HOST = r"[A-Za-z0-9_][\w.+\-]{0,80}"
_SHAPE = (
    r"(?P<lead>RP/\d+/\w{1,8}/CPU\d+:"
    r"|(?:[Ss][Ss][Hh]|[Tt]elnet|TELNET|console)@|[\w.+\-]{1,40}@|\[[\w.\-]{1,40}@|<|\*?[AB]:)?"
    rf"(?P<host>{_HOST}(?:/[\w.\-]{{1,40}})?(?: (?:Router|Switch))?)"
    r"(?P<mode>:RE:\d{1,2}|(?: ?\([\w .:/,\-]{1,60}\)){0,2}|(?::[\w\-]{1,32})?:[~/][\w./~\-]{0,80}"
    r"| [~/][\w./~\-]{0,80}\]|\] ?)"
    r"(?P<sign> ?[#>]|[$%])"
)
_NOTHING = r"(?=[ \t]*(?:\n|\Z))"
_TYPED = rf"(?=[ \t]*(?:{_VERBS})(?:[ \t|?]|\n|\Z))"
_FULL = rf"{_SHAPE}(?:{_NOTHING}|{_TYPED}|(?<=\)#)(?=[ \t]*\S))"
_FIRST = late(_FULL)
_NEXT = late(r"\n(?:" + _FULL + ")")
_MODE_LINE = late(r"(?:\n(?:\{(?:master|backup|linecard|primary|secondary)[:\w]*\}|\[edit[^\]\n]*\])?[ \t]*)+\Z")
_BOUNDARY = late(
    r"^(?:=~=~[^\n]*PuTTY log[^\n]*|Script (?:started|done) on[^\n]*|[#*=\- ]{0,20}(?:\[[^\]\n]{1,40}\] ?)?"
    r"(?:SecureCRT[^\n]{0,80}|(?:Session|Log)(?: file)?(?: log)? (?:opened|closed|started|ended)[^\n]{0,80}))$",
    re.MULTILINE,
)
_BANNER = late(
    r"^(?:banner \w+|aaa authentication (?:banner|fail-message)) (?P<delimiter>\^C|[^\sA-Za-z0-9])", re.MULTILINE
)
_LONGEST_BANNER = 8000
_BOUNDARY_SIGNS = ("PuTTY log", "Script ", "SecureCRT", "Session", "Log ")


class Prompt(Struct, frozen=True):
    """One prompt line, or (hostname empty) the header of a new log."""

    start: int
    hostname: str
    lead: str
    """What stands before the name: `RP/0/RSP0/CPU0:`, `admin@`."""
    mode: str
    sign: str
    command: str
    command_start: int
    end: int
    """Of the line, without its newline."""


def is_prompt(line: str) -> bool:
    found = _FIRST.match(line)
    return found is not None and _is_plausible(found, _rest(line, found.end()))


def find(text: str) -> list[Prompt]:
    """Every prompt and log header, in order."""
    sure = [made for found in _candidates(text) if (made := _made(text, found)) is not None]
    named = {text[each.start : each.command_start].rstrip() for each in sure if each.command or each.mode}
    more = list(_again(text, named, {each.start for each in sure})) if named else []
    everything = [*sure, *more, *_boundaries(text)]
    everything.sort(key=lambda each: each.start)
    return _without_cut_end(text, _outside_banners(text, everything) if "banner" in text else everything)


def before(text: str, start: int, end: int) -> int:
    """Where the output that a prompt at `end` closes ends: mode lines and blanks above the prompt are the prompt's."""
    found = _MODE_LINE.search(text, max(start, end - 300), end)
    return found.start() + 1 if found else end


def _candidates(text: str) -> Iterator[re.Match[str]]:
    if first := _FIRST.match(text):
        yield first
    yield from _NEXT.finditer(text)


def _made(text: str, found: re.Match[str]) -> Prompt | None:
    rest = _rest(text, found.end())
    if not _is_plausible(found, rest):
        return None
    start = found.start("lead") if found["lead"] else found.start("host")
    return Prompt(
        start=start,
        hostname=found["host"],
        lead=found["lead"] or "",
        mode=found["mode"].strip(),
        sign=found["sign"].strip(),
        command=rest.strip(),
        command_start=found.end(),
        end=found.end() + len(rest),
    )


def _rest(text: str, at: int) -> str:
    newline = text.find("\n", at)
    return text[at:] if newline < 0 else text[at:newline]


def _is_plausible(found: re.Match[str], rest: str) -> bool:
    lead, mode, sign = found["lead"] or "", found["mode"], found["sign"]
    if sign in "$%" and not lead.endswith("@"):
        return False
    if lead == "<" and not rest.strip().startswith(("display", "dis", "disp")):
        return False
    if lead.startswith("[") != mode.rstrip().endswith("]"):
        return False
    return any(character.isalpha() for character in found["host"])


def _again(text: str, named: set[str], known: set[int]) -> Iterator[Prompt]:
    """Prompts seen before, with a mistyped or rare command behind them."""
    expression = late(r"\n(?=(" + "|".join(map(re.escape, sorted(named, key=len, reverse=True))) + r")[ \t]*\S)")
    shape = late(_SHAPE)
    for found in expression.finditer(text):
        if found.start(1) in known:
            continue
        if (shaped := shape.match(text, found.start(1), found.end(1))) and (made := _made(text, shaped)):
            yield made


def _boundaries(text: str) -> Iterator[Prompt]:
    if any(sign in text for sign in _BOUNDARY_SIGNS):
        for found in _BOUNDARY.finditer(text):
            yield Prompt(found.start(), "", "", "", "", "", found.end(), found.end())


def _outside_banners(text: str, found: list[Prompt]) -> list[Prompt]:
    """Without what a configured banner shows of a session; the prompt of the device itself ends a banner, whatever."""
    inside: set[int] = set()
    starts = [each.start for each in found]
    for banner in _BANNER.finditer(text):
        first = bisect_left(starts, banner.start())
        stop = text.find(banner["delimiter"], banner.end(), banner.end() + _LONGEST_BANNER)
        last = bisect_left(starts, stop)
        owner = found[first - 1].hostname if first else ""
        if owner and all(each.hostname not in ("", owner) for each in found[first:last]):
            inside.update(range(first, last))
    return [each for at, each in enumerate(found) if at not in inside] if inside else found


def _without_cut_end(text: str, found: list[Prompt]) -> list[Prompt]:
    """`B>` at the very end may be the beginning of `B>* 10.0.0.0/8`: only a prompt seen before counts there."""
    if not found or found[-1].end < len(text) or found[-1].command or not found[-1].hostname:
        return found
    last, others = found[-1], found[:-1]
    if any(each.hostname == last.hostname for each in others) or (not others and len(last.hostname) > 2):
        return found
    return others
