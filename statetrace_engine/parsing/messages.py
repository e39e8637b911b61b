"""Pure. Any message of a device as rules see it: whose, its tag where it has one, and its text without the header."""

from __future__ import annotations

import math
import re

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.anomaly import Event
from statetrace_engine.model.captured import LogRow
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import logged
from statetrace_engine.wire.syslog import Header, split_header, text_of

TAG = r"(?:%|(?<!\w))([A-Za-z]\w{0,63}(?:-\w{1,63}){0,4}-[0-7]-\w{1,95}) ?:"
"""`%LINK-3-UPDOWN:`, also without its `%`. Bounded: a word without end costs no more than another."""
_TAG = re.compile(TAG)
_LIMIT = 4096
"""Bytes of a message that are read."""


def of_line(
    raw: bytes,
    steady: float,
    received_at: Epoch,
    hostname: str = "",
    seq: int = 0,
    *,
    peer: str = "",
    history_s: float = math.inf,
) -> Event | None:
    """One syslog message; `hostname` is the device that its sender is known to be, `peer` its sender. None: it is none,
    or older than `history_s` by its own time.

    Its time is that of its receipt: windows must not follow a device's clock.
    """
    header = split_header(raw[:_LIMIT], received_at)
    if not isinstance(header, Header):
        return None
    if header.is_time_trustworthy and received_at - (header.device_time or received_at) > history_s:
        return None
    hostname = hostname or names.hostname(header.hostname) or peer
    text = sanitise(text_of(raw[:_LIMIT]).decode("utf-8", "replace"), _LIMIT)
    return _event(text, steady, received_at, hostname, seq)


def of_row(row: LogRow, hostname: str, captured_at: Epoch) -> Event | None:
    """One line of a device's own log in a capture, at its own time; None where it has none."""
    at = logged.time_of(row, hostname, captured_at)
    if at is None:
        return None
    tag = f"{row.facility}-{row.severity}-{row.mnemonic}" if row.severity is not None else row.mnemonic or ""
    head = f"%{tag}: " if tag else ""
    return Event(at, at, hostname, tag.upper(), sanitise(f"{head}{row.text}", _LIMIT))


def of_archived(raw: bytes, year_at: Epoch) -> Event | None:
    """One line of a log file that nobody received just now: at the time that it says; None where it says none."""
    header = split_header(raw[:_LIMIT], year_at)
    if not isinstance(header, Header) or header.device_time is None:
        return None
    return of_line(raw, header.device_time, header.device_time)


def _event(text: str, steady: float, at: Epoch, hostname: str, seq: int) -> Event:
    found = _TAG.search(text)
    return Event(steady, at, hostname, found[1].upper() if found else "", text, seq)
