"""What is compared while other files are still read is what would be compared behind them, whatever comes when."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import drift
from statetrace_engine.model.diff import DiffChange, DiffRun
from statetrace_engine.model.filed import FiledFile
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing

HOSTS, EACH = 2, 3


@cache
def files() -> tuple[FiledFile, ...]:
    devices = [drift.Device(8, seed=seed, hours=5.0 + seed) for seed in range(1, HOSTS + 1)]
    return tuple(drift.filed(raw, at) for device in devices for at, raw in device.captures(EACH))


@dataclass(frozen=True)
class Known:
    """Of a capture, by what does not depend on when it was stored."""

    before: float | None
    changes: tuple[DiffChange, ...]
    is_whole: bool


class Place:
    """A store in a folder."""

    def __init__(self, folder: str) -> None:
        self.path = Path(folder) / "statetrace.db"
        self.session = Session(self.path, lambda: drift.START)
        self.metrics = DiffMetrics(self.path.parent, self.path)

    def store(self, chosen: Sequence[FiledFile]) -> None:
        self.session.write_captures(chosen)

    def some(self, until: float) -> list[DiffRun]:
        return list(
            comparison.some(
                self.path, self.session.write_runs, _silent, lambda: drift.START, metrics=self.metrics, until=until
            )
        )

    def rest(self) -> list[DiffRun]:
        made = comparison.run(self.path, self.session.write_runs, _silent, lambda: drift.START, metrics=self.metrics)
        return list(made)

    def known(self) -> dict[tuple[str, float], Known]:
        captures, runs = Captures(self.path, keeps_open=True), Runs(self.path, keeps_open=True)
        found = {
            (run.hostname, run.captured_at): Known(
                run.previous_at,
                tuple(change for packed in runs.changes(run.run_id) for change in unpack(packed)),
                captures.is_whole(run.run_id),
            )
            for run in runs.recent(limit=100)
        }
        for reader in (captures, runs):
            reader.close()
        return found


def _silent(*_: object, **__: object) -> None:
    """Telemetry that nobody reads."""


@cache
def behind() -> dict[tuple[str, float], Known]:
    """All stored, then compared."""
    with TemporaryDirectory() as folder:
        place = Place(folder)
        place.store(files())
        place.rest()
        place.session.close()
        return place.known()


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[list[int], float | None]]:
    """Files in some order, a few in a transaction, and up to when is compared behind each; None: not at all."""
    order = draw(st.permutations(range(HOSTS * EACH)))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=3)))
    times = st.sampled_from([None, math.inf, *(file.captures[0].captured_at for file in files())])
    bounds = zip([0, *cuts], [*cuts, len(order)], strict=True)
    return [(order[start:end], draw(times)) for start, end in bounds]


@settings(max_examples=8, deadline=None)
@given(batches())
def test_whatever_is_compared_when_it_is_the_same_in_the_end(drawn: list[tuple[list[int], float | None]]) -> None:
    with TemporaryDirectory() as folder:
        place = Place(folder)
        for numbers, until in drawn:
            place.store([files()[number] for number in numbers])
            made = place.some(until) if until is not None else []
            assert all(run.captured_at <= until for run in made if until is not None)
            assert [run.captured_at for run in made] == sorted(run.captured_at for run in made)
        place.rest()
        place.session.close()
        assert place.known() == behind()


def test_what_comes_in_order_is_compared_once_and_no_sooner_than_it_may() -> None:
    with TemporaryDirectory() as folder:
        place = Place(folder)
        inputs = sorted(files(), key=lambda file: file.captures[0].captured_at)
        made: list[DiffRun] = []
        for file, following in pairwise(inputs):
            place.store([file])
            made += place.some(following.captures[0].captured_at - 1)
        place.store(inputs[-1:])
        made += place.rest()
        place.session.close()
        assert [run.captured_at for run in made] == [file.captures[0].captured_at for file in inputs]


def test_nothing_is_compared_meanwhile_where_another_process_does() -> None:
    with TemporaryDirectory() as folder:
        place = Place(folder)
        place.store(files()[:2])
        beside: list[DiffRun] = []

        def meanwhile(job: bytes) -> bytes:
            beside.extend(place.some(math.inf))
            return comparing.answer(job)

        runs = comparison.run(
            place.path, place.session.write_runs, _silent, lambda: drift.START, metrics=place.metrics, answer=meanwhile
        )
        assert (len(list(runs)), beside) == (2, [])
        place.session.close()
