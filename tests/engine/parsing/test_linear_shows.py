"""Whatever stands in an answer, its parser's time grows with the text and no faster.

Each vendor's parsers read the lines of its own captures, spoilt as a hostile or broken device would spoil them, at two
sizes. Four times the text may take four times the time, and some: what backtracks, or sorts anew with every line,
takes sixteen times.

A sample of the spoilt texts is tried; with a large STATETRACE_CASES every one of them (the nightly run: 100,000).
"""

from __future__ import annotations

import gc
import json
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from statetrace_engine.parsing import capture, shows
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.parsing.shown import Ask, Show

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
CAPTURES = Path(__file__).parents[2] / "captures"
TIMES, GROWTH = 4, 9.0
"""The larger text is so many times the smaller; so many times its time is beyond what is linear."""
RUN, REPEATED = 2_000, 40_000
"""Characters of a run, and of lines repeated, in the smaller text."""
UNITS = (
    " ", "\t", "\n", " \n", "\f", "0", "a", "A", ":", "%", '"', "*", "-", ",", ".", "/", "(", "[", "{", "|", "a ", "1.",
    "0 ", "A,", ", ", "- ", "a:", "aa\n",
)  # fmt: skip
PROMPTS = {"juniper_junos": "admin@r1> ", "paloalto_panos": "admin@fw1(active)> ", "cisco_xr": "RP/0/RSP0/CPU0:r1#"}
SHAPE = (re.compile("[a-z]+"), re.compile("[A-Z]+"), re.compile("[0-9]+"))
BORDER = re.compile(r"(?<=\w)(?=\W)|(?<=\W)(?=\w)|(?<=\s)(?=\S)|(?<=\S)(?=\s)|^|$")
SEPARATOR = re.compile(r"(?<=\S)[ \t]+(?=\S)")
PARSERS = [
    pytest.param(vendor, show, id=f"{vendor}-{show.command}")
    for vendor, table in shows.SHOWS.items()
    for show in {(show.parse, show.command.endswith("detail")): show for show in reversed(table) if show.parse}.values()
]


Read = Callable[[str], None]


class Spoilt(NamedTuple):
    """A text that grows: `make(4)` is four times as large as `make(1)`."""

    what: str
    make: Callable[[int], str]


@cache
def captures(vendor: str) -> tuple[tuple[Show, str], ...]:
    """Each capture of the vendor's, with the row of the table that reads it."""
    found = []
    for path in sorted((CAPTURES / vendor).glob("*.txt")):
        show = shows.find(vendor, path.name.partition(".")[0].replace("_", " "))
        if show is not None:
            found.append((show, path.read_text("utf-8")))
    return tuple(found)


def texts(vendor: str, show: Show) -> list[str]:
    """Captures of the command; where there is none, of its parser; else of its kind, or of another vendor's."""
    own = captures(vendor)
    others = [each for other in shows.SHOWS for each in captures(other)]
    for found in (
        [text for each, text in own if each.command == show.command],
        [text for each, text in own if each.parse is show.parse],
        [text for each, text in own if each.kind == show.kind],
        [text for each, text in others if each.kind == show.kind],
    ):
        if found:
            return found
    return ["\n".join(text for _, text in own)]


def shape(line: str) -> str:
    for pattern, letter in zip(SHAPE, "aA0", strict=True):
        line = pattern.sub(letter, line)
    return line


def distinct(text: str) -> list[str]:
    """One line of every shape: a hundred routes alike are tried once."""
    return list({shape(line): line for line in reversed(text.splitlines()) if line.strip()}.values())[::-1]


def spoilt(texts: list[str]) -> Iterator[Spoilt]:
    """Every way in which captures of one command are spoilt."""
    text = "".join(text if text.endswith("\n") else text + "\n" for text in texts)
    lines = distinct(text)
    head = texts[0].rstrip("\n") + "\n"
    for unit in UNITS:
        yield Spoilt(f"{unit!r} below", lambda times, u=unit: head + repeated(u, times) + "\n" + head)
    for line in lines:
        borders = [found.start() for found in BORDER.finditer(line)][:24]
        for unit in UNITS:
            yield Spoilt(
                f"{unit!r} in {line!r}", lambda times, u=unit, a=line, b=borders: head + filled(a, b, u, times)
            )
        for unit in (" ", "\t"):
            yield Spoilt(f"wide {unit!r} in {line!r}", lambda times, u=unit, a=line: head + widened(a, u, times))
    halves = distinct("\n".join(line[: found.start()] for line in lines for found in BORDER.finditer(line)))
    for line in halves:
        yield Spoilt(f"{line!r} again", lambda times, a=line: head + repeated(a + "\n", times))
        yield Spoilt(f"{line!r} on one line", lambda times, a=line: head + repeated(a, times) + "\n")
    for above, below in pairwise(lines):
        yield Spoilt(f"{above!r}, {below!r}", lambda times, a=above, b=below: head + repeated(f"{a}\n{b}\n", times))
    short = "".join(f"{line.rstrip().rpartition(' ')[0]}\n" for line in text.splitlines())
    yield Spoilt("the last field missing", lambda times: repeated(short, times))
    yield Spoilt("the whole again", lambda times: repeated(text, times))


def repeated(unit: str, times: int) -> str:
    return unit * (REPEATED * times // len(unit) + 1)


def widened(line: str, unit: str, times: int) -> str:
    """The line once for each separator, with a long one there."""
    return (
        "".join(
            f"{line[: found.start()]}{unit * RUN * times}{line[found.end() :]}\n" for found in SEPARATOR.finditer(line)
        )
        + SEPARATOR.sub(unit * RUN * times, line)
        + "\n"
    )


def filled(line: str, borders: list[int], unit: str, times: int) -> str:
    """The line twice for each border between its words, with a long run there; once it ends behind the run."""
    run = unit * (RUN * times // len(unit))
    return "".join(f"{line[:at]}{run}{line[at:]}\n{line[:at]}{run}%\n" for at in borders)


def parsed(vendor: str, show: Show, text: str) -> None:
    assert show.parse is not None
    show.parse(text, Ask(show.command.replace("*", "RED"), vendor))


def captured(vendor: str, show: Show, text: str) -> None:
    """The whole way: from bytes to rows, secrets out."""
    session = f"{PROMPTS.get(vendor, 'r1#')}{show.command.replace('*', 'RED')}\n{text}{PROMPTS.get(vendor, 'r1#')}\n"
    capture.read(session.encode(), redactor=Redactor(b"k" * 32))


def seconds(read: Read, text: str) -> float:
    """CPU seconds of this thread."""
    begun = time.thread_time()
    read(text)
    return time.thread_time() - begun


def growth(read: Read, each: Spoilt) -> float:
    """How many times longer the larger text takes; a first doubt is looked at more closely."""
    small, large = each.make(1), each.make(TIMES)
    times = seconds(read, large) / max(seconds(read, small), 1e-6)
    for _ in range(3):
        if times <= GROWTH:
            break
        least = min(seconds(read, small) for _ in range(3))
        times = min(times, seconds(read, large) / max(least, 1e-6))
    return times


def slow(vendor: str, show: Show, read: Read, tried: int) -> list[str]:
    """The first texts that take too long, of so many of all that there are."""
    every = list(spoilt(texts(vendor, show)))
    chosen = random.Random(f"{vendor} {show.command}").sample(every, min(tried, len(every)))
    gc.disable()
    try:
        found = (
            f"{times:.0f} times the time for {TIMES} times {each.what}"
            for each in chosen
            if (times := growth(read, each)) > GROWTH
        )
        return list(islice(found, 3))
    finally:
        gc.enable()


@pytest.mark.parametrize(("vendor", "show"), PARSERS)
def test_a_parser_takes_time_in_proportion_to_its_text(vendor: str, show: Show) -> None:
    assert not slow(vendor, show, partial(parsed, vendor, show), CASES // 16)


@pytest.mark.parametrize(("vendor", "show"), PARSERS)
def test_a_capture_takes_time_in_proportion_to_its_bytes(vendor: str, show: Show) -> None:
    assert not slow(vendor, show, partial(captured, vendor, show), CASES // 100)


MAC_ENTRY = "   1    0019.ab11.1111    DYNAMIC     Gi1/1\n"
EVENT = "I 03/01/26 09:12:00 00076 ports: port 1 is on\n"
FOUND: tuple[tuple[str, str, Callable[[int], str]], ...] = (
    ("aruba_aoscx", "show ip route", lambda n: "10.0.0.0/8, vrf default\n" + "\n" * (5_000 * n)),
    ("arista_eos", "show ip ospf neighbor", lambda n: f"10.0.0.1 default 1 {'A' * (2_000 * n)}\n"),
    ("cisco_ios", "show cdp neighbors", lambda n: f"sw1 Gi0/1 120{' ' * (500 * n)}\n"),
    ("cisco_ios", "show ip route", lambda n: "B    10.1.0.0/16 [20/0]\n" * (2_000 * n)),
    ("cisco_ios", "show mac address-table", lambda n: MAC_ENTRY + f"{' ' * 40}Gi1/2,Gi1/3,Gi1/4\n" * (2_000 * n)),
    ("cisco_ios", "show version", lambda n: f"cisco x ({') processor ' * (200 * n)}\n"),
    ("cisco_xr", "show cdp neighbors", lambda n: f"pe2 Gi0/0/0/1 155 R {'N' * (2_000 * n)}\n"),
    ("frr", "show ip route json", lambda n: escaped_keys(2_000 * n)),
    ("hp_procurve", "show ip route", lambda n: f"  To\n  {'-- ' * (500 * n)}\n" + "  10.0.0.0/8\n" * (500 * n)),
    ("hp_procurve", "show ip route", lambda n: f"  To\n{' ' * (20_000 * n)}---\n" + "  10.0.0.0/8\n" * (500 * n)),
    ("hp_procurve", "show logging", lambda n: EVENT + f"{' ' * 40}and more of the same\n" * (4_000 * n)),
    ("juniper_junos", "show bgp summary", lambda n: f"{'a.1' * (300 * n)}x\n"),
)  # fmt: skip
"""What took the square of its time, and is short."""


def escaped_keys(count: int) -> str:
    """Routes whose keys stand nowhere in the text as they are read."""
    table = {f"10.{at >> 8}.{at & 255}.0/24": [{"nexthops": [{"ip": "10.0.0.1"}]}] for at in range(count)}
    return json.dumps(table, indent=1).replace('"10.', '"\\u0031\\u0030.')


@pytest.mark.parametrize(("vendor", "command", "make"), FOUND)
def test_what_took_the_square_of_its_time(vendor: str, command: str, make: Callable[[int], str]) -> None:
    show = shows.find(vendor, command)
    assert show is not None
    read = partial(parsed, vendor, show)
    read(make(1))
    assert growth(read, Spoilt(command, make)) <= GROWTH


@pytest.mark.parametrize(("vendor", "show"), PARSERS)
def test_a_number_of_any_length_makes_no_parser_raise(vendor: str, show: Show) -> None:
    assert show.parse is not None
    for line in distinct("\n".join(texts(vendor, show))):
        for found in SHAPE[-1].finditer(line):
            for digits in ("9" * 25, "9" * 5_000, "\N{SUPERSCRIPT TWO}", "\N{ARABIC-INDIC DIGIT THREE}"):
                changed = f"{line[: found.start()]}{digits}{line[found.end() :]}\n"
                shown = show.parse(texts(vendor, show)[0] + "\n" + changed, Ask(show.command, vendor))
                msgspec.msgpack.encode(shown.rows)
