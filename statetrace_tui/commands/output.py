"""What commands print: one JSON document and nothing else, or plain lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any  # any JSON

import msgspec

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise

_CELL, _LAST_CELL = 60, 1000


def document(value: dict[str, Any]) -> None:
    """One object on stdout, UTF-8 escaped to ASCII, so that it survives any locale."""
    # Indented by msgspec: json's own way of it is all Python, and takes 20 s for 100,000 changes.
    sys.stdout.write(msgspec.json.format(json.dumps(value), indent=2) + "\n")
    sys.stdout.flush()


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, two blanks between; every cell safe for a terminal. The last, where files
    are named, is not cut."""
    limits = (*(_CELL for _ in header[1:]), _LAST_CELL)
    lines = [tuple(header), *(tuple(map(sanitise, row, limits)) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def state(outage: OutageEvent) -> str:
    """`DOWN`; while nobody sees it, `UNKNOWN since 2026-11-23 14:05:10+08:00 (device silent), was DOWN`."""
    if outage.unseen_since is None:
        return str(outage.state)
    why = f" ({outage.unseen_why})" if outage.unseen_why else ""
    return f"{HealthState.UNKNOWN} since {local(outage.unseen_since)}{why}, was {outage.state}"


def local(at: Epoch | None) -> str:
    """`2026-11-23 14:03:27+08:00`; `-` for never."""
    if not at:
        return "-"
    return datetime.fromtimestamp(at, UTC).astimezone().isoformat(sep=" ", timespec="seconds")
