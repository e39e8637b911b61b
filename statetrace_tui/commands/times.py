"""Moments and spans as they are typed: `30m`, `2h`, `7d` (ago), or ISO 8601."""

from __future__ import annotations

import re
from datetime import datetime

from statetrace_engine.model import Epoch

_AGO = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([smhdw])", re.IGNORECASE)
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}


def span_s(text: str) -> float | None:
    """`30m`, `2h`, `7d` in seconds; None for text that is none."""
    found = _AGO.fullmatch(text.strip())
    return float(found[1]) * _UNIT_S[found[2].lower()] if found is not None else None


def moment(text: str, now: Epoch) -> Epoch | None:
    """Wall time; an ISO time without an offset is this machine's. None for text that is neither."""
    ago_s = span_s(text)
    if ago_s is not None:
        return now - ago_s
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
