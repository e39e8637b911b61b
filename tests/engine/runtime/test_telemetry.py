"""Telemetry: whole lines or none, nothing twice, and never an error for whoever emits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine import telemetry
from statetrace_engine.telemetry import Telemetry

DAY = 1_795_442_400.0


def _lines(folder: Path) -> list[dict[str, Any]]:
    files = sorted(folder.glob("telemetry-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_events_are_lines_with_name_time_and_fields(tmp_path: Path) -> None:
    told = Telemetry(tmp_path, lambda: DAY)
    told.emit("OutageOpened", OutageId="OUT-1", DetectionLatencyMs=12.5)
    told.write()
    assert _lines(tmp_path) == [
        {
            "EventName": "OutageOpened",
            "Timestamp": "2026-11-23T14:00:00.000+00:00",
            "OutageId": "OUT-1",
            "DetectionLatencyMs": 12.5,
        }
    ]


def test_an_event_has_the_time_at_which_it_was_told_however_late_it_is_written(tmp_path: Path) -> None:
    now = [DAY]
    told = Telemetry(tmp_path, lambda: now[0])
    told.emit("A")
    now[0] += 5
    told.write()
    assert [line["Timestamp"] for line in _lines(tmp_path)] == ["2026-11-23T14:00:00.000+00:00"]


def test_each_day_has_its_file(tmp_path: Path) -> None:
    now = [DAY]
    told = Telemetry(tmp_path, lambda: now[0])
    told.emit("A")
    now[0] += 86400
    told.emit("B")
    told.write()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "telemetry-2026-11-23.jsonl", "telemetry-2026-11-24.jsonl",
    ]  # fmt: skip


def test_what_cannot_be_written_waits_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    told = Telemetry(folder, lambda: DAY)
    told.emit("A")
    told.write()
    told.emit("B")
    folder.mkdir()
    told.write()
    told.write()
    assert [line["EventName"] for line in _lines(folder)] == ["A", "B"]
    assert told.lost == 0


def test_a_disk_that_fills_up_within_a_write_leaves_no_half_and_no_double_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Telemetry(tmp_path, lambda: DAY)
    told.emit("A")
    told.write()
    told.emit("B")

    def half(file: Any, content: bytes) -> bool:
        file.write(content[:10])
        return False

    with monkeypatch.context() as full:
        full.setattr(telemetry, "_all_written", half)
        told.write()
    assert [line["EventName"] for line in _lines(tmp_path)] == ["A"]
    told.write()
    assert [line["EventName"] for line in _lines(tmp_path)] == ["A", "B"]


def test_beyond_the_bound_the_oldest_are_lost_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "BOUND", 3)
    told = Telemetry(tmp_path, lambda: DAY)
    for number in range(5):
        told.emit("A", Number=number)
    assert told.lost == 2
    told.write()
    found = _lines(tmp_path)
    assert found[-1]["EventName"] == "TelemetryLost"
    assert found[-1]["LostCount"] >= 2


def test_recent_events_are_found_at_the_end_of_the_newest_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "RECENT_BYTES", 200)
    told = Telemetry(tmp_path, lambda: DAY)
    assert told.recent("AlertSent") == []
    for number in range(20):
        told.emit("AlertSent", Number=number)
        told.emit("Other", Kind="AlertSent")
    told.write()
    found = [event["Number"] for event in told.recent("AlertSent")]
    assert found
    assert found == list(range(20))[-len(found) :]
