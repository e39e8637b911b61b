"""Pure. Which runbooks serve the outages of a day, and how far operators went by them; counted where it changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec import Struct

from statetrace_engine.model.monitors import RunbooksUsed
from statetrace_engine.model.outage import CauseKind, OutageEvent

GENERIC = "generic"
"""As `runbooks.library` has it: it serves cause `unknown`, and what no runbook of the home serves."""


class _Said(Struct, frozen=True):
    """What counts of one outage."""

    runbook: str
    is_unknown: bool
    is_opened: bool
    done: int
    """Steps that were done or skipped."""


class Guidance:
    def __init__(self, outages: Iterable[OutageEvent] = ()) -> None:
        self._known: dict[str, _Said] = {}
        self._counted: Counter[_Said] = Counter()
        for outage in outages:
            self.take(outage)

    def take(self, outage: OutageEvent) -> None:
        """It is new, or something of it changed."""
        self.drop(outage.outage_id)
        said = self._known[outage.outage_id] = _said(outage)
        self._counted[said] += 1

    def drop(self, outage_id: str) -> None:
        before = self._known.pop(outage_id, None)
        if before is not None:
            self._counted[before] -= 1
            if not self._counted[before]:
                del self._counted[before]

    def told(self, names: Collection[str] | None = None) -> RunbooksUsed:
        """`names` are the runbooks that there are; None: nobody knows, and each that is named counts as there."""
        used = [(said, count) for said, count in self._counted.items() if count]
        return RunbooksUsed(
            outages=sum(count for _, count in used),
            by_generic=sum(count for said, count in used if _is_generic(said, names)),
            unknown=sum(count for said, count in used if said.is_unknown),
            opened=sum(count for said, count in used if said.is_opened),
            worked=sum(count for said, count in used if said.done),
        )


def _is_generic(said: _Said, names: Collection[str] | None) -> bool:
    return said.runbook == GENERIC or (names is not None and said.runbook not in names)


def _said(outage: OutageEvent) -> _Said:
    done = {(task.runbook, task.step) for task in outage.work.tasks if not task.is_open}
    is_unknown = outage.cause is CauseKind.UNKNOWN
    return _Said(outage.runbook or GENERIC, is_unknown, bool(outage.work.workers or outage.work.tasks), len(done))
