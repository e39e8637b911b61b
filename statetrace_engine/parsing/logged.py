"""Pure. A device's own log, as a capture shows it, as the messages that it would have sent: with their own time.

Most devices print neither year nor zone: both are taken from the moment of the capture, as from a receipt (RFC 3164).
Only what says something of links, sessions, routes or the device itself is worth a signal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import LogRow
from statetrace_engine.model.observation import LogMessage
from statetrace_engine.model.signal import LogLine
from statetrace_engine.parsing import syslog_text
from statetrace_engine.wire.syslog import Header, split_header

MOST = 500
"""Messages of one capture, the newest."""
HISTORY_S = 60.0
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d| [A-Z]{2,5})$")


def lines(
    rows: Sequence[LogRow], host: str, captured_at: Epoch, received_at: Epoch, vendor: str
) -> tuple[LogLine, ...]:
    """The telling messages among the rows, in their order. History (SPEC 3) are those that are older by their own
    time, and all whose time does not say its zone: an hour ago in one zone is now in the next."""
    telling = list(_telling(rows, host, captured_at, vendor))[-MOST:]
    return tuple(LogLine(raw, time is None or abs(received_at - time) > HISTORY_S) for raw, time in telling)


def _telling(
    rows: Sequence[LogRow], host: str, captured_at: Epoch, vendor: str
) -> Iterator[tuple[bytes, Epoch | None]]:
    """Each with its time where that is certain."""
    for row in rows:
        time = time_of(row, host, captured_at)
        raw = message(row, host, time)
        if isinstance(syslog_text.read(raw, captured_at, vendor), LogMessage):
            yield raw, time if row.at and _ZONE.search(row.at) else None


def message(row: LogRow, host: str, at: Epoch | None) -> bytes:
    """The row as the device would have sent it, at that time."""
    stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") if at is not None else "-"
    return f"<189>1 {stamp.replace('+00:00', 'Z')} {host} - - - - {_body(row)}".encode()


def time_of(row: LogRow, host: str, captured_at: Epoch) -> Epoch | None:
    """The year is that of the capture; a time without a zone is taken for UTC. None: it has no time."""
    at = row.at
    if not at:
        return None
    zoned = at if _ZONE.search(at) else f"{at} UTC"
    header = split_header(f"<189>{host}: {zoned}: %X-5-X: ".encode(), captured_at)
    return header.device_time if isinstance(header, Header) else None


def _body(row: LogRow) -> str:
    if row.severity is not None and row.facility and row.mnemonic:
        return f"%{row.facility}-{row.severity}-{row.mnemonic}: {row.text}"
    return ": ".join(filter(None, (row.facility, row.mnemonic, row.text)))
