"""A line a run in logs/diff-metrics.csv: whole, bounded, from several processes, and never in anybody's way."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from statetrace_engine import telemetry
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffMetadata, DiffRun, KindCount
from statetrace_engine.runtime.ingesting import diff_metrics
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics

ROOT = Path(__file__).parents[3]
T0 = 1_795_442_400.0
RUN = DiffRun(
    run_id=9, previous_id=7, site="WLLS", hostname="R1", captured_at=T0, previous_at=T0 - 60.0, compared_at=T0,
    counts=(KindCount(Kind.ROUTES, ChangeType.ADDED, 2), KindCount(Kind.ARP, ChangeType.CHANGED, 1)),
    metadata=DiffMetadata(compared=("show ip route",), warnings=("cut off",)), load_ms=20.0, compare_ms=11.4,
)  # fmt: skip
_CHILD = """
import sys
from pathlib import Path
from msgspec import structs
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from tests.engine.ingesting.test_diff_metrics import RUN
metrics = DiffMetrics(Path(sys.argv[1]), Path(sys.argv[1]) / "no.db")
for number in range(100):
    metrics.note(structs.replace(RUN, run_id=number, hostname=sys.argv[2]))
    metrics.write()
"""


def _lines(folder: Path, name: str = "diff-metrics.csv") -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        assert tuple(rows.fieldnames or ()) == ("CaptureId", "DeviceCount", "RunTimeSeconds", "DbSizeMB", "Notes")
        return list(rows)


def _written(folder: Path, *runs: DiffRun) -> None:
    metrics = DiffMetrics(folder, folder / "no.db")
    for run in runs:
        metrics.note(run)
    metrics.write()
    metrics.write()


def test_a_run_is_a_line_with_its_time_and_the_stores_size(tmp_path: Path) -> None:
    first = structs.replace(RUN, run_id=7, previous_id=None, counts=(), load_ms=0.0, compare_ms=0.0)
    first = structs.replace(first, metadata=DiffMetadata(compared=()))
    (tmp_path / "no.db-wal").write_bytes(bytes(3 << 19))
    _written(tmp_path, first, RUN)
    _written(tmp_path, structs.replace(RUN, run_id=11, counts=()))
    assert [tuple(line.values()) for line in _lines(tmp_path)] == [
        ("7", "0", "0.000", "1.50", "first run: R1 at WLLS"),
        ("9", "0", "0.031", "1.50", "2 added, 1 changed: R1 at WLLS since 7; 1 warning"),
        ("11", "0", "0.031", "1.50", "no changes: R1 at WLLS since 7; 1 warning"),
    ]


def test_no_hostname_is_a_formula_a_second_line_or_an_escape(tmp_path: Path) -> None:
    _written(tmp_path, structs.replace(RUN, hostname='=cmd|"\x1b[2J\nA1",x'))
    (line,) = _lines(tmp_path)
    assert line["Notes"].startswith("2 added")
    assert "\x1b" not in line["Notes"]
    assert "\n" not in line["Notes"]


def test_two_processes_write_whole_lines_under_one_head(tmp_path: Path) -> None:
    names = ("ONE", "TWO", "THREE")
    children = [subprocess.Popen([sys.executable, "-c", _CHILD, str(tmp_path), name], cwd=ROOT) for name in names]
    assert [child.wait(timeout=60) for child in children] == [0, 0, 0]
    lines = _lines(tmp_path)
    for name in names:
        own = [int(line["CaptureId"]) for line in lines if f"{name} at" in line["Notes"]]
        assert own == list(range(100))


def test_the_file_is_bounded_and_the_one_before_it_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_metrics, "MOST_BYTES", 1000)
    for number in range(60):
        _written(tmp_path, structs.replace(RUN, run_id=number))
    kept = [
        int(line["CaptureId"]) for name in (diff_metrics.OLDER, diff_metrics.NAME) for line in _lines(tmp_path, name)
    ]
    assert kept == list(range(60))[-len(kept) :]
    sizes = [path.stat().st_size for path in tmp_path.glob("*.csv")]
    assert len(sizes) == 2
    assert max(sizes) < 1200


def test_a_full_disk_leaves_whole_lines_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _written(tmp_path, RUN)

    def half(file: Any, content: bytes) -> bool:
        file.write(content[:10])
        return False

    with monkeypatch.context() as full:
        full.setattr(telemetry, "_all_written", half)
        _written(tmp_path, structs.replace(RUN, run_id=10))
    _written(tmp_path, structs.replace(RUN, run_id=11))
    assert [line["CaptureId"] for line in _lines(tmp_path)] == ["9", "11"]
    _written(tmp_path / "nowhere", RUN)
