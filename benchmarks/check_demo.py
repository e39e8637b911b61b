"""Is the document of `statetrace demo --headless --json` right: its form, and its outages against the injected faults.

python -m benchmarks.check_demo demo.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any  # JSON

from statetrace_engine.simulate import truth

FIELDS = {
    "routes": int, "signals": dict, "unparsed": int, "dropped": int, "faults": list, "outages": list,
}  # fmt: skip


def main() -> int:
    """0 when all is right; else 1, and a line for everything that is not."""
    document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    problems = [
        f"{name} is no {kind.__name__}" for name, kind in FIELDS.items() if type(document.get(name)) is not kind
    ]
    if not problems:
        found = measured(document)
        print(json.dumps(found, indent=2))
        problems = list(judged(found))
    for problem in problems:
        print(f"demo: {problem}", file=sys.stderr)
    return 1 if problems else 0


def measured(document: dict[str, Any]) -> dict[str, Any]:
    """Missed, false and repeated outages, and detected - injected by kind of fault."""
    faults, outages = document["faults"], document["outages"]
    moments = [fault["injected_at"] for fault in faults] + [outage["detected_at"] for outage in outages]
    score = truth.score(faults, outages, max(map(truth.epoch, moments), default=0.0) + truth.SETTLE_S)
    return {
        "expected": score.expected,
        "missed": [f"{miss.kind} {miss.route_id}" for miss in score.missed],
        "false": list(score.false),
        "repeated": list(score.repeated),
        "p95_ms": {kind: round(score.percentile_ms(kind) or 0.0, 1) for kind in score.latencies_ms},
        "signals": document["signals"],
        "unparsed": document["unparsed"],
        "dropped": document["dropped"],
    }


def judged(found: dict[str, Any]) -> Iterator[str]:
    for name in ("missed", "false", "repeated", "unparsed", "dropped"):
        if found[name]:
            yield f"{name}: {found[name]}"
    if not found["expected"]:
        yield "no fault was injected"


if __name__ == "__main__":
    sys.exit(main())
