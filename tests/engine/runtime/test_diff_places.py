"""Changes lead to the bytes of the files that were captured, whichever capture is told by another."""

from __future__ import annotations

from pathlib import Path

from benchmarks import drift
from statetrace_engine.model.captured import Kind
from statetrace_engine.runtime import diff_places
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing


def test_bytes_of_an_older_capture_are_its_own(tmp_path: Path) -> None:
    store = tmp_path / "statetrace.db"
    session = Session(store, lambda: drift.START)
    shown = list(drift.Device(200, drift=0.3).captures(2))
    before, after = (session.write_captures([drift.filed(raw, at)]).captures[0].capture_id for at, raw in shown)
    run = comparing.with_previous(store, after, drift.START)
    assert run is not None
    session.write_runs([run])
    session.close()
    assert not Captures(store).is_whole(before)

    diff = comparing.between(store, before, after)
    assert diff is not None
    found = diff_places.in_files(Captures(store), diff, before, after)
    routes = [change for change in found.changes if change.kind is Kind.ROUTES]
    assert routes
    for change in routes:
        for side, (_, raw) in zip((change.before, change.after), shown, strict=True):
            if side is not None:
                [(start, end)] = side.spans
                assert change.key[1].encode() in raw[start:end]
                assert raw[start:end].startswith(b"O E2")
