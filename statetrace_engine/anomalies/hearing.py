"""Pure. What rules are told: each message once, whichever ways it came, and the engine's own facts as messages.

Nine of ten messages concern no rule: they cost a look at their words, and their header is not read.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from statetrace_engine.anomalies.matching import Matcher
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import Event, Spot
from statetrace_engine.model.reading import PART_OF, Reading
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import messages
from statetrace_engine.wire.syslog import text_of

AGAIN_S = 2.0
"""What comes by another way so soon is the same message."""
_REMEMBERED = 4096
MOST_S, MOST_OF_ONE_S = 5000, 500
"""Messages that concern a rule, of all and of one device: of a flood no more are looked at in a second."""
_ALL = "\0"
CAPTURED = "STATETRACE-6-CAPTURED"
CONFIG_IN_WINDOW = "STATETRACE-6-CONFIG_IN_WINDOW"
CONFIG_NO_WINDOW = "STATETRACE-5-CONFIG_NO_WINDOW"


class Line(NamedTuple):
    """A syslog message as it was heard."""

    raw: bytes
    steady: float
    at: Epoch
    hostname: str
    """Of the device that is known to have sent it; else empty."""
    peer: str
    seq: int
    source: str
    history_s: float = math.inf
    """What is older by its own time is history; inf: its clock cannot be trusted."""


class Ear:
    def __init__(self) -> None:
        self.again = 0
        """Messages that had come before by another way."""
        self.skipped = 0
        """Messages of floods."""
        self._second = -1
        self._heard: Counter[str] = Counter()
        """Of this second, by device."""
        self._known: dict[tuple[str, str], tuple[str, float]] = {}
        """The last of (hostname, text): from which source, and when."""

    def read(self, line: Line, matcher: Matcher) -> Event | None:
        """None: it concerns no rule, is history, came before, or is of a flood."""
        if not matcher.may_concern(text_of(line.raw)) or self._is_too_much(line):
            return None
        event = messages.of_line(
            line.raw, line.steady, line.at, line.hostname, line.seq, peer=line.peer, history_s=line.history_s
        )
        return event if event is not None and not self._is_again(event, line.source) else None

    def _is_too_much(self, line: Line) -> bool:
        """By the second in which it came: a replay leaves out the same ones."""
        second, name = int(line.steady), line.hostname or line.peer
        if second > self._second:
            self._second = second
            self._heard.clear()
        if self._heard[name] >= MOST_OF_ONE_S or self._heard[_ALL] >= MOST_S:
            self.skipped += 1
            return True
        self._heard[name] += 1
        self._heard[_ALL] += 1
        return False

    def _is_again(self, event: Event, source: str) -> bool:
        key = (event.hostname, event.text)
        before = self._known.pop(key, None)
        if before is not None and before[0] != source and event.steady - before[1] <= AGAIN_S:
            self._known[key] = before
            self.again += 1
            return True
        self._known[key] = (source, event.steady)
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
        return False


def told(tag: str, hostname: str, text: str, steady: float, at: Epoch, seq: int) -> Event:
    """A fact of the engine's own, as a message of the device that it is about."""
    return Event(steady, at, hostname, tag, sanitise(f"%{tag}: {text}", 1000), seq)


def fact(reading: Reading, hostname: str, steady: float, at: Epoch, seq: int = 0, capture_id: int = 0) -> Event:
    """What a capture or a poll shows: no message, but one can read what it says."""
    tag, value = f"STATETRACE-6-{reading.fact.upper()}", "" if reading.value is None else f"{reading.value:.12g}"
    words = " ".join(filter(None, (value, reading.state)))
    text = sanitise(f"%{tag}: {reading.part}: {words}{f', capture {capture_id}' if capture_id else ''}", 1000)
    said = {"component": reading.part, PART_OF[reading.fact]: reading.part, "value": value, "state": reading.state}
    spot = Spot(capture_id, *reading.span) if capture_id else None
    return Event(steady, at, hostname, tag, text, seq, reading.fact, tuple(said.items()), spot)


def trap(name: str, words: Sequence[str], hostname: str, steady: float, at: Epoch, seq: int) -> Event:
    """A notification, with what it says in words."""
    tag = f"SNMP-5-{name.upper()}"
    return Event(steady, at, hostname, tag, sanitise(f"%{tag}: {', '.join(words)}", 1000), seq)
