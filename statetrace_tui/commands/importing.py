"""`statetrace import FILE…`: interchange of schema version 1.0 (SPEC 7) into the store, as captures."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any  # JSON

from statetrace_engine import config
from statetrace_engine.config import local_key
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.text import sanitise
from statetrace_engine.reports import interchange
from statetrace_engine.reports.interchange import RouteRecords
from statetrace_engine.runtime import interchanging
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import comparing, homes, output
from statetrace_tui.commands.comparing import Comparing
from statetrace_tui.commands.filing import Filing

MOST_BYTES = 512 << 20


def run(options: argparse.Namespace) -> int:
    """0; 1 when a file has a problem: nothing of that file is taken."""
    home = homes.of(options).path
    config.create(home)
    telemetry = Telemetry(home / "logs", time.time)
    with Filing(home) as file:
        found = [_one(Path(path), file, local_key.load(home)) for path in options.files]
        runs = Comparing(home, file, telemetry.emit).rest()
    telemetry.write()
    if options.json:
        output.document({"files": found, **comparing.document(runs)})
    else:
        for each in found:
            print(
                f"{sanitise(each['path'])}: {each['records']} records, {each['snapshots']} snapshots, {_became(each)}"
            )
            for problem in each["problems"]:
                print(sanitise(f"{each['path']}: {problem}", 300), file=sys.stderr)
        if changed := comparing.sentence(runs):
            print(sanitise(changed, 300))
    return 1 if any(each["problems"] for each in found) else 0


def _one(path: Path, file: Filing, key: bytes) -> dict[str, Any]:
    if path.stat().st_size > MOST_BYTES:
        raise StateTraceError(f"{path} is larger than {MOST_BYTES >> 20} MB: export and import site by site")
    raw = path.read_bytes()
    document, problems = interchange.decode(raw)
    records = document.route_records if isinstance(document, RouteRecords) else ()
    snapshots = 0 if document is None or isinstance(document, RouteRecords) else len(document.route_health_snapshots)
    stored = 0
    if records and not problems:
        made = interchanging.filed(raw, str(path.absolute()), records, key, time.time())
        stored = len(file([made]).captures)
    return {
        "path": str(path),
        "records": len(records),
        "snapshots": snapshots,
        "captures": stored,
        "problems": problems,
    }


def _became(of: dict[str, Any]) -> str:
    if of["problems"]:
        return "rejected"
    if of["snapshots"]:
        return "checked: health follows from records and is not taken from elsewhere"
    return f"{of['captures']} captures stored" if of["captures"] else "known already"
