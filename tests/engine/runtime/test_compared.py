"""From comparisons in a real store to signals: changes that may matter, once each, also those of an earlier engine."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from statetrace_engine.model import packed
from statetrace_engine.model.captured import ConfigRow, Kind
from statetrace_engine.model.compared import Compared, ComparedChange
from statetrace_engine.model.diff import ChangeType, DiffRun, FieldStep
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.model.outage import BetweenCaptures
from statetrace_engine.model.signal import Signal, Source
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.capture_reader import CaptureReader
from statetrace_engine.runtime.compared import RunFeed
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session

NOW = 1_764_240_000.0
BEFORE = (
    "interface GigabitEthernet0/1",
    " mtu 1500",
    "router bgp 65000",
    " neighbor 10.1.1.2 prefix-list OUT out",
    "ip prefix-list OUT seq 5 permit 10.0.0.0/8",
)
AFTER = (BEFORE[0], BEFORE[1], " shutdown", *BEFORE[2:4])


def filed(
    captured_at: float,
    lines: tuple[str, ...],
    reading: str = "1",
    header: str = "",
    command: str = "show running-config",
) -> FiledFile:
    text = header + "".join(f"{line}\n" for line in lines)
    rows = packed.pack(Kind.CONFIG, (ConfigRow(lines),), [0], [len(text)])
    section = FiledSection(
        command=command, kind=Kind.CONFIG.value, start=0, end=len(text), text_start=0,
        text_end=len(text), is_truncated=False, rows=1, unparsed=0, digest=rows.digest, body=rows.body,
        beside=rows.beside, missed=packed.pack_numbers([]),
    )  # fmt: skip
    capture = FiledCapture(
        member="", site="WLLS", hostname="R1", vendor="cisco_ios", model="", version="", captured_at=captured_at,
        is_device_time=False, is_truncated=False, start=0, end=len(text), text=packed.pack_text(text),
        offsets=packed.pack_numbers([0, 0]), sections=(section,),
    )  # fmt: skip
    return FiledFile(
        file_key=f"R1 {captured_at}", reading=reading, name=f"/in/{captured_at}.log", size_bytes=len(text),
        modified_at=captured_at, parse_ms=1.0, captures=(capture,),
    )  # fmt: skip


class Told:
    """A feed over a store, with a pipeline that takes what it says."""

    def __init__(self, path: Path) -> None:
        self.path, self.store = path, Session(path, time.time)
        self.said: list[Compared] = []
        self.pipeline = Pipeline()
        self.feed = RunFeed(path, lambda: self.pipeline, self._say, lambda: NOW)

    def compare(self, *captures: FiledFile) -> list[DiffRun]:
        self.store.write_captures(list(captures))
        metrics = DiffMetrics(self.path.parent, self.path)
        told = comparison.run(self.path, self.store.write_runs, lambda *_, **__: None, lambda: NOW, metrics=metrics)
        return list(told)

    def _say(self, told: Compared, hostname: str) -> None:
        self.said.append(told)
        self.pipeline.feed(Signal(len(self.said), NOW, NOW, Source.CAPTURE, hostname, told))


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path / "statetrace.db")


async def test_a_comparison_is_told_with_whom_its_lists_are_applied_to(told: Told) -> None:
    await told.feed.tell()
    for run in told.compare(filed(NOW - 900, BEFORE), filed(NOW - 300, AFTER)):
        told.feed.note(run)
    await told.feed.tell()
    [compared] = told.said
    assert (compared.run_id, compared.previous_id, compared.previous_at) == (2, 1, NOW - 900)
    assert {(each.text, each.reach) for each in compared.changes} == {
        ("interface GigabitEthernet0/1: shutdown added", ()),
        ("ip prefix-list OUT seq 5 permit 10.0.0.0/8 removed", ("10.1.1.2",)),
    }
    assert compared.is_drift


async def test_the_header_of_a_configuration_says_who_did_it_and_by_when(told: Told) -> None:
    def header(at: float, who: str) -> str:
        return f"! Last configuration change at {datetime.fromtimestamp(at, UTC):%H:%M:%S UTC %a %b %d %Y} by {who}\n"

    before = filed(NOW - 900, BEFORE, header=header(NOW - 90_000, "ana"))
    told.compare(before, filed(NOW - 300, AFTER, header=header(NOW - 600, "jsm")))
    await told.feed.tell()
    [compared] = told.said
    assert {(each.by, each.at, each.is_by_then) for each in compared.changes} == {("jsm", NOW - 600, True)}


async def test_a_command_that_the_previous_capture_lacks_changed_since_the_one_that_shows_it(told: Told) -> None:
    other = filed(NOW - 600, ("hostname R1",), command="show startup-config")
    told.compare(filed(NOW - 900, BEFORE), other, filed(NOW - 300, AFTER))
    await told.feed.tell()
    last = told.said[-1]
    bases = {(each.previous_id or last.previous_id, each.previous_at or last.previous_at) for each in last.changes}
    assert (last.run_id, bases) == (3, {(1, NOW - 900)})


async def test_what_was_compared_without_an_engine_is_told_at_the_start_once(told: Told) -> None:
    told.compare(filed(NOW - 90_000, BEFORE), filed(NOW - 80_000, BEFORE[:1]), filed(NOW - 300, AFTER))
    await told.feed.tell()
    assert [each.run_id for each in told.said] == [3], "a run of yesterday is behind nothing that opens now"
    again = RunFeed(told.path, lambda: told.pipeline, told._say, lambda: NOW)
    await again.tell()
    assert len(told.said) == 1


async def test_what_a_version_whose_changes_had_no_values_told_is_told_again(told: Told) -> None:
    (run,) = (each for each in told.compare(filed(NOW - 900, BEFORE), filed(NOW - 300, AFTER)) if each.previous_id)
    await told.feed.tell()
    (state,) = (device.state for device in told.pipeline.topology.devices.values() if device.state.runs)
    for steps, count in ((FieldStep("mtu", 1500, 9000),), 1), ((), 2):
        old = ComparedChange(Kind.INTERFACES, ChangeType.CHANGED, ("Gi0/1",), "interface Gi0/1: mtu", steps=steps)
        known = state.runs[0]
        state.runs[0] = replace(known, compared=replace(known.compared, changes=(old,)))
        await RunFeed(told.path, lambda: told.pipeline, told._say, lambda: NOW).tell()
        assert [each.run_id for each in told.said] == [run.run_id] * count


async def test_captures_that_two_parsers_read_are_no_drift(told: Told) -> None:
    told.compare(filed(NOW - 900, BEFORE), filed(NOW - 300, AFTER, reading="2"))
    await told.feed.tell()
    assert [each.is_drift for each in told.said] == [False]


async def test_a_comparison_that_cannot_be_read_is_counted_and_stops_nothing(told: Told) -> None:
    told.compare(filed(NOW - 900, BEFORE), filed(NOW - 300, AFTER))
    with sqlite3.connect(told.path) as connection:
        connection.execute("UPDATE diff_change SET body = x'00'")
    connection.close()
    await told.feed.tell()
    assert (told.said, told.feed.unreadable) == ([], 1)


def test_a_line_of_a_configuration_is_found_in_the_capture_that_shows_it(told: Told) -> None:
    told.compare(filed(NOW - 900, BEFORE), filed(NOW - 300, AFTER))
    reader = CaptureReader(Captures(told.path))

    def shown(change_type: ChangeType, *key: str) -> str:
        spot = reader.change_spot(
            BetweenCaptures(
                run_id=2, previous_id=1, from_at=NOW - 900, to_at=NOW - 300, kind=Kind.CONFIG, key=key,
                change_type=change_type, command="show running-config",
            )
        )  # fmt: skip
        if spot is None:
            return ""
        lines = AFTER if spot.capture_id == 2 else BEFORE
        return "".join(f"{line}\n" for line in lines)[spot.text_start : spot.text_end]

    assert shown(ChangeType.ADDED, "interface GigabitEthernet0/1", "shutdown") == " shutdown"
    assert shown(ChangeType.REMOVED, BEFORE[-1]) == BEFORE[-1]
    assert shown(ChangeType.ADDED, "interface GigabitEthernet0/9", "shutdown") == ""
