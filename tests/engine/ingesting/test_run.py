"""A run over files: each once, whatever becomes of its neighbours, and whenever the run ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import ingest_child
import pytest
from msgspec import structs

from statetrace_engine.errors import StoreError
from statetrace_engine.runtime.ingesting import files
from statetrace_engine.runtime.ingesting import run as ingesting
from statetrace_engine.runtime.ingesting.run import Parsed, Place, Planned, Settled, Settlement, Waiting
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session
from statetrace_engine.workers.profile import IngestSettings


class Told:
    """Telemetry that is remembered."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, event: str, **fields: object) -> None:
        self.events.append((event, fields))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.events if name == event]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


@pytest.fixture
def place(store: Path, told: Told) -> Iterator[Place]:
    session = Session(store, lambda: 1_795_442_400.0)
    yield ingest_child.place(store, session, told)
    session.close()


def captures_in(folder: Path, contents: dict[str, str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in contents]


def ingest(place: Place, paths: list[Path], **how: Any) -> list[Settled]:
    return [event for event in ingesting.run(place, files.found(paths), **how) if isinstance(event, Settled)]


def by_name(events: list[Settled]) -> dict[str, Settlement]:
    return {Path(event.file.path).name: event.settlement for event in events}


def hosts(store: Path) -> list[str]:
    return sorted(one.hostname for one in Captures(store).since(0))


def test_every_file_is_settled_once_and_a_broken_one_stops_nothing(place: Place, store: Path, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {
        "a.log": "WLLS-A 10.1.1.2", "b.log": "BOYO-B 10.1.1.2", "dies.log": "die", "empty.log": "", "bug.log": "bug",
        "c.log": "WLLS-C",
    })  # fmt: skip
    found = files.found([*paths, tmp_path / "in" / "never.log"])
    gone = captures_in(tmp_path / "in", {"gone.log": "WLLS-G"})
    found += files.found(gone)
    gone[0].unlink()

    events = [event for event in ingesting.run(place, found) if isinstance(event, Settled)]

    assert by_name(events) == {
        "a.log": Settlement.STORED, "b.log": Settlement.STORED, "c.log": Settlement.STORED,
        "dies.log": Settlement.REJECTED, "empty.log": Settlement.REJECTED, "bug.log": Settlement.REJECTED,
        "gone.log": Settlement.GONE,
    }  # fmt: skip
    assert len(events) == 7
    assert all(event.reason for event in events if event.settlement is Settlement.REJECTED)
    assert hosts(store) == ["BOYO-B", "WLLS-A", "WLLS-C"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_that_is_no_text_stops_nothing(place: Place, store: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    paths = captures_in(folder, {os.fsdecode(b"M\xfcnchen.log"): "WLLS-M", "a.log": "WLLS-A"})

    assert [event.settlement for event in ingest(place, paths)] == [Settlement.STORED] * 2
    assert [event.settlement for event in ingest(place, paths)] == [Settlement.SKIPPED] * 2
    assert sorted(Path(one.name).name for one in Captures(store).since(0)) == ["M?nchen.log", "a.log"]


def test_what_is_in_the_store_is_skipped_before_it_is_read(place: Place, told: Told, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {f"WLLS-{n}.log": f"WLLS-{n} 10.1.1.2" for n in range(5)})
    ingest(place, paths)
    told.events.clear()
    (tmp_path / "in" / "WLLS-0.log").rename(tmp_path / "in" / "WLLS-renamed.log")
    again = [tmp_path / "in" / "WLLS-renamed.log", *paths[1:]]

    [planned, *events] = ingesting.run(place, files.found(again))

    assert isinstance(planned, Planned)
    assert (planned.files, planned.profile) == (5, None)
    assert Counter(event.settlement for event in events if isinstance(event, Settled)) == {Settlement.SKIPPED: 5}
    assert told.events == [
        ("SkippedDuplicate", {"Site": "WLLS", "SkippedCount": 5, "FilesCount": 5, "SkippedRatio": 1.0})
    ]


def test_the_same_bytes_by_two_names_are_stored_once(place: Place, store: Path, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {"a.log": "WLLS-A 10.1.1.2", "b.log": "WLLS-A 10.1.1.2"})

    events = ingest(place, paths)

    assert Counter(event.settlement for event in events) == {Settlement.STORED: 1, Settlement.SKIPPED: 1}
    assert hosts(store) == ["WLLS-A"]


def test_a_forced_site_reads_a_known_file_again(place: Place, store: Path, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {"a.log": "WLLS-A 10.1.1.2"})
    ingest(place, paths)

    [event] = ingest(place, paths, site="boyo")

    assert event.settlement is Settlement.STORED
    assert [(one.site, one.hostname) for one in Captures(store).since(0)] == [("BOYO", "WLLS-A")]


def test_the_inventory_knows_a_devices_site_better(place: Place, store: Path, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {"a.log": "EDGE-7 10.1.1.2"})
    sited = Place(
        captures=place.captures, file=place.file, key=place.key, settings=place.settings, emit=place.emit,
        sites=ingesting.sites_of([("edge-7.example.net", "PERT")]),
    )  # fmt: skip

    ingest(sited, paths)

    assert [one.site for one in Captures(store).since(0)] == ["PERT"]


def test_telemetry_tells_of_the_profile_each_device_and_each_batch(place: Place, told: Told, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {f"WLLS-{n}.log": f"WLLS-{n} 10.1.1.2 10.1.2.2" for n in range(3)})

    ingest(place, paths)

    [profile] = told.of("ConcurrencyProfileResolved")
    assert (profile["FilesCount"], profile["ResolvedFrom"]) == (3, "automatic")
    assert sorted(one["Hostname"] for one in told.of("ParseDuration")) == ["WLLS-0", "WLLS-1", "WLLS-2"]
    assert sum(one["RowsCount"] for one in told.of("RowsWritten")) == 6
    assert all(one["LatencyMs"] > 0 for one in told.of("DatabaseWriteLatency"))


def test_a_run_that_is_stopped_keeps_what_it_has_and_the_next_one_does_the_rest(
    place: Place, store: Path, tmp_path: Path
) -> None:
    paths = captures_in(tmp_path / "in", {f"WLLS-{n}.log": f"WLLS-{n} 10.1.1.2" for n in range(30)})
    settled: list[Settled] = []
    for event in ingesting.run(place, files.found(paths), should_stop=lambda: len(settled) >= 8):  # noqa: B023  # one list
        settled += [event] if isinstance(event, Settled) else []
    assert 8 <= len(settled) < 30
    assert len(hosts(store)) == len(settled)

    ingest(place, paths)

    assert hosts(store) == sorted(f"WLLS-{n}" for n in range(30))


def test_a_run_reads_the_oldest_first_and_says_until_when_all_is_settled(place: Place, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {f"{n}.log": f"WLLS-{n} 10.1.1.{n}" for n in range(12)})
    for number, path in enumerate(paths):
        os.utime(path, (at := 1e9 + number * 7 % 12, at))
    waiting = {file.path: file.modified_at for file in files.found(paths)}
    order: list[float] = []
    place = structs.replace(place, settings=IngestSettings(workers=1))
    for event in ingesting.run(place, files.found(paths)):
        if isinstance(event, Parsed):
            order.append(event.file.modified_at)
        elif isinstance(event, Settled):
            del waiting[event.file.path]
        elif isinstance(event, Waiting):
            assert event.settled_until == min(waiting.values(), default=inf)
    assert order == sorted(order)
    assert len(order) == 12


def test_a_run_that_is_killed_loses_nothing_and_repeats_nothing(place: Place, store: Path, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {f"{'WB'[n % 2]}-{n}.log": f"{'WB'[n % 2]}-{n} 10.1.1.2" for n in range(60)})
    seen = 0
    for stop_after in (1, 12, 25):
        with subprocess.Popen(
            [sys.executable, ingest_child.__file__, str(store), *map(str, paths)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                seen += "STORED" in line
                if "STORED" in line and seen >= stop_after:
                    child.kill()
        whole = Captures(store).since(0)
        assert len(whole) >= seen
        assert all(Captures(store).rows(one.capture_id, 0) is not None for one in whole)

    ingest(place, paths)

    assert sorted(one.hostname for one in Captures(store).since(0)) == sorted(f"{'WB'[n % 2]}-{n}" for n in range(60))


def test_a_store_that_cannot_be_written_ends_the_run(place: Place, tmp_path: Path) -> None:
    paths = captures_in(tmp_path / "in", {"a.log": "WLLS-A 10.1.1.2"})

    def refuse(_files: object) -> Any:
        raise StoreError("the disk is full")

    broken = Place(captures=place.captures, file=refuse, key=place.key, settings=place.settings, emit=place.emit)
    with pytest.raises(StoreError, match="disk is full"):
        ingest(broken, paths)
