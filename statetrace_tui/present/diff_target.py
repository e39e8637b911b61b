"""Pure. What the diff explorer is to show: a device, `R1/at/WLLS` where two sites have one of that name,
of it a window `@FROM..TO!OUTAGE` or a run `#17`; a site."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.model.outage import OutageEvent

BEFORE_OUTAGE_S = 1800.0
"""SPEC 4: changes of the preceding 30 min are looked at."""
ALL = "*"
"""Every device."""
_SITE, _AT = "site/", "/at/"


class Target(NamedTuple):
    hostname: str = ""
    """Empty: all devices, of the site where there is one."""
    site: str = ""
    """With a hostname: the device of that name at this site."""
    from_at: Epoch = 0.0
    to_at: Epoch = math.inf
    run_id: int = 0
    outage_id: str = ""
    """Before which the changes were made; the operator came from there."""

    @property
    def has_window(self) -> bool:
        return self.to_at < math.inf

    @property
    def words(self) -> str:
        if self.hostname and self.site:
            return f"{self.hostname} at {self.site}"
        return self.hostname or (f"site {self.site}" if self.site else "all devices")

    def __str__(self) -> str:
        at = f"{_AT}{self.site}" if self.site else ""
        name = f"{self.hostname}{at}" if self.hostname else f"{_SITE}{self.site}" if self.site else ALL
        window = f"@{self.from_at!r}..{self.to_at!r}" if self.has_window else ""
        run = f"#{self.run_id}" if self.run_id else ""
        return f"{name}{window}{run}{f'!{self.outage_id}' if self.outage_id else ''}"


def parse(text: str) -> Target:
    """What is no number in it counts as not said."""
    rest, _, outage_id = text.partition("!")
    rest, _, run = rest.partition("#")
    name, _, window = rest.partition("@")
    first, _, last = window.partition("..")
    from_at, to_at = _number(first, 0.0), _number(last, math.inf)
    run_id = int(run) if run.isdecimal() else 0
    if name.startswith(_SITE):
        return Target("", name.removeprefix(_SITE), from_at, to_at, run_id, outage_id)
    hostname, _, site = name.partition(_AT)
    return Target("" if hostname == ALL else hostname, site, from_at, to_at, run_id, outage_id)


def before(outage: OutageEvent) -> Target:
    """Its device in the half hour before it."""
    at = outage.occurred_at or outage.detected_at
    return Target(outage.hostname, "", at - BEFORE_OUTAGE_S, max(at, outage.detected_at), outage_id=outage.outage_id)


def within(runs: Iterable[DiffRun], target: Target) -> tuple[DiffRun, ...]:
    """Those whose changes may have been made in the window: a capture shows what changed since the one before it. One
    that is dated behind its comparison is of a clock that is ahead."""
    return tuple(
        run
        for run in runs
        if min(run.captured_at, run.compared_at) >= target.from_at and (run.previous_at or 0.0) <= target.to_at
    )


def _number(text: str, otherwise: float) -> float:
    try:
        return float(text) if text else otherwise
    except ValueError:
        return otherwise
