"""How a source says how it is doing: at most once a second, and only what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import NoReturn

from statetrace_engine.model.status import SourceStatus

Report = Callable[[SourceStatus], None]
"""Takes the newest status of one (name, detail); the one before it is void."""

EVERY_S = 1.0


class Reporter:
    """Passes a status on when it differs from the last one of its (name, detail)."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._said: dict[tuple[str, str], SourceStatus] = {}

    def say(self, statuses: Iterable[SourceStatus]) -> None:
        for status in statuses:
            key = (status.name, status.detail)
            if self._said.get(key) != status:
                self._said[key] = status
                self._report(status)


async def keep_reporting(report: Report, statuses: Callable[[], Iterable[SourceStatus]]) -> NoReturn:
    """Reports every status at once, and then once a second those that changed, until cancelled."""
    reporter = Reporter(report)
    while True:
        reporter.say(statuses())
        await asyncio.sleep(EVERY_S)
