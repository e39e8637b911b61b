"""Pure. A maintenance window typed on one line: `site 2h carrier works`, `device 30m`, `route 1h30m optics`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.inventory import Maintenance
from statetrace_tui.present.text import count

HINT = "route|device|site  30m|2h  reason"
LONGEST_S = 7 * 86400
_LENGTH = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m)?")


def subject(rows: Sequence[RouteHealth]) -> str:
    """What the prompt is about."""
    return rows[0].route.hostname if len(rows) == 1 else count(len(rows), "route")


def seconds(text: str) -> int | None:
    """`30m`, `2h`, `1h30m`, `1d`; None when it is none of these or nothing."""
    match = _LENGTH.fullmatch(text)
    if not match or not text:
        return None
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 or None


def read(text: str, rows: Sequence[RouteHealth], now: Epoch, operator: str) -> list[Maintenance] | str:
    """The windows, one for each thing in scope, starting now; or what is wrong with the text."""
    scope, length, *reason = [*text.split(), "", ""]
    lasts = seconds(length)
    if scope not in ("route", "device", "site"):
        return f"not understood: {HINT}"
    if lasts is None or lasts > LONGEST_S:
        return "an end like 30m, 2h or 1d, at most 7d"
    said = " ".join(word for word in reason if word)
    if not said:
        return "a reason, please: it is kept in the audit"
    return [
        Maintenance(
            maintenance_id=uuid4().hex,
            starts_at=now,
            ends_at=now + lasts,
            reason=said,
            declared_by=operator,
            site=name if scope == "site" else "",
            hostname=name if scope == "device" else "",
            route_id=name if scope == "route" else "",
        )
        for name in sorted({_name(row, scope) for row in rows})
    ]


def _name(row: RouteHealth, scope: str) -> str:
    return {"site": row.route.site, "device": row.route.hostname}.get(scope, row.route.route_id)
