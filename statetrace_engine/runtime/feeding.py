"""One signal into the pipeline, whatever happens there: live and in a replay alike, so that both know the same.

A bug that one message in a million meets must cost that message, and neither the batch around it nor, because the
journal keeps the message, every start after it.
"""

from __future__ import annotations

import logging

from msgspec import structs

from statetrace_engine.model.change import Change
from statetrace_engine.model.signal import Signal, Tick
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.supervisor import spare

log = logging.getLogger("statetrace.engine")
LOGGED = 20
"""Tracebacks written in one run; the rest is counted."""


class Feeder:
    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.failed = 0
        """Signals whose evaluation ended in a bug."""
        self.last = ""
        """The last of them and what was wrong."""

    def feed(self, signal: Signal) -> list[Change]:
        """What `Pipeline.feed` answers; what was evaluated before the bug, counted and logged, when it has one."""
        return spare(self.pipeline.feed, signal, self._failed)

    def warn(self) -> list[Change]:
        """What `Pipeline.warn` answers."""
        return self.pipeline.warn()

    def _failed(self, signal: Signal, error: Exception) -> list[Change]:
        self.failed += 1
        self.last = f"signal {signal.seq} ({signal.source}): {type(error).__name__}: {error}"
        if self.failed <= LOGGED:
            log.error("signal %d from %s could not be evaluated", signal.seq, signal.source, exc_info=error)
        # News from before the bug.
        return spare(self.pipeline.feed, structs.replace(signal, payload=Tick()), self._untellable)

    def _untellable(self, tick: Signal, error: Exception) -> list[Change]:
        """Telling the news is the bug: it would be met at every signal from here on."""
        if self.failed <= LOGGED:
            log.error("what signal %d changed cannot be told", tick.seq, exc_info=error)
        self.pipeline.drop_pending()
        return []
