"""Labelled faults: is the cause right, are the doubts named, is the reach exact?

    python benchmarks/labelled_faults.py [--scenarios 200] [--seed S] [--processes 2] [--largest 500]
    python benchmarks/labelled_faults.py --seed S --only 17 [--degraded]

Draws so many scenarios of complete evidence and so many of degraded evidence (`tests/labelled`): networks of 12 to 500
devices in virtual time, one to three faults each, told through the parsers of every vendor, by traps, polls, BMP and
the real probe schedule. The seed is a fresh one unless it is given. The truth is what was broken, or the set of causes
that the remaining evidence cannot tell apart.

Prints one JSON object: by cause and by kind of fault how many were named first (`top1`) and among the first three
(`top3`), `injected_in_top3` without the benefit of the set, what was wrong with a weight of 0.8 or more, and whether
the incident holds exactly the routes that were lost. `--only` plays one scenario again and prints its signals, its
truth and what was made of it.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.labelled import degrading, scenario
from tests.labelled.account import Fault
from tests.labelled.scenario import Scenario, Verdict

LEAST_TOP1, LEAST_TOP1_OF_A_CAUSE = 0.98, 0.90
LEAST_TOP3, MOST_CONFIDENTLY_WRONG = 0.95, 0.01
_BEFORE_S = 11.0
"""Signals are printed from so long before the first fault."""
_COUNTS = ("is_found", "is_top1", "is_top3", "is_injected_in_top3", "is_confidently_wrong", "is_radius_exact")


def play(number: int, seed: int, is_degraded: bool, largest: int) -> tuple[int, list[Verdict], list[str]]:
    verdicts, false = scenario.run(seed, number, is_degraded, largest)
    return number, verdicts, false


def _table(verdicts: Iterable[Verdict], by: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for verdict in verdicts:
        row = found.setdefault(getattr(verdict, by), {"faults": 0, **{name.removeprefix("is_"): 0 for name in _COUNTS}})
        row["faults"] += 1
        for name in _COUNTS:
            row[name.removeprefix("is_")] += getattr(verdict, name)
    return dict(sorted(found.items()))


def measure(seed: int, count: int, is_degraded: bool, processes: int, largest: int) -> dict[str, Any]:
    """Everything about so many scenarios of one kind."""
    work = partial(play, seed=seed, is_degraded=is_degraded, largest=largest)
    with ProcessPoolExecutor(processes) as pool:
        played = list(pool.map(work, range(count), chunksize=4))
    verdicts = [verdict for _, of, _ in played for verdict in of]
    total = len(verdicts)
    shares = {name.removeprefix("is_"): round(sum(getattr(v, name) for v in verdicts) / total, 4) for name in _COUNTS}
    wrong = [
        {"number": number, "kind": v.kind, "truth": v.truth, "said": v.said, "radius": v.radius}
        for number, of, _ in played
        for v in of
        if not v.is_top1 or v.is_confidently_wrong or not v.is_detail_right or (not is_degraded and v.radius)
    ]
    return {
        "scenarios": count,
        "faults": total,
        "shares": shares,
        "false_outages": sum(len(false) for _, _, false in played),
        "details_wrong": sum(not v.is_detail_right for v in verdicts),
        "confidently_wrong": [number for number, of, _ in played if any(v.is_confidently_wrong for v in of)],
        "by_cause": _table(verdicts, "cause"),
        "by_kind": _table(verdicts, "kind"),
        "wrong": wrong[:30],
    }


def is_met(complete: dict[str, Any], degraded: dict[str, Any]) -> bool:
    """Whether the promised figures hold."""
    by_cause = complete["by_cause"].values()
    return (
        complete["shares"]["top1"] >= LEAST_TOP1
        and all(row["top1"] >= LEAST_TOP1_OF_A_CAUSE * row["faults"] for row in by_cause)
        and complete["shares"]["radius_exact"] == 1.0
        and degraded["shares"]["top3"] >= LEAST_TOP3
        and degraded["shares"]["confidently_wrong"] <= MOST_CONFIDENTLY_WRONG
        and not complete["false_outages"]
        and not degraded["false_outages"]
    )


# One scenario again ------------------------------------------------------------------------------------------------


def replay(seed: int, number: int, is_degraded: bool, largest: int) -> None:
    """Prints the signals, the truth and the ranking of one scenario."""
    drawn = scenario.draw(seed, number, is_degraded, largest)
    for fault in drawn.faults:
        print(f"{fault.at:9.3f} s  {fault.kind}: {fault.cause or 'no outage'}, {len(fault.routes)} routes")
        _print_ends(drawn, fault)
    since = min(fault.at for fault in drawn.faults) - _BEFORE_S
    network = scenario.live(drawn, partial(_print_signal, since))
    start = network.virtual.start
    for outage in network.virtual.outages():
        print(f"{outage.detected_at - start:9.3f} s  {outage.hostname} {outage.prefix} {outage.worst} {outage.element}")
        for cause in outage.causes:
            print(f"{'':14}{cause.weight:.2f} row {cause.rule:<2} {cause.cause} {cause.detail}")
        for item in outage.evidence:
            print(f"{'':14}{item.at - start:9.3f} {item.source} {item.witness}: {item.text} ({item.agreement})")
    verdicts, false = scenario.judge(drawn, network)
    print(json.dumps({"verdicts": [asdict(v) for v in verdicts], "false_outages": false}, indent=2))


def _print_ends(drawn: Scenario, fault: Fault) -> None:
    for end in fault.ends[:2] if fault.cause is not None else ():
        causes = ", ".join(sorted(degrading.truth(drawn.ground, fault, end)))
        heard = ", ".join(sorted(degrading.clues(drawn.ground, fault, end)))
        print(f"{'':14}{end.here.hostname} {end.here.interface}: {heard}; could be {causes}")
        print(f"{'':16}{drawn.ground.voice(end.here.hostname)}")


def _print_signal(since: float, at: float, source: str, host: str, payload: object) -> None:
    if at >= since:
        print(f"{at:9.3f} s  {source} {host} {str(payload)[:300]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", type=int, default=200, help="of complete evidence, and as many of degraded")
    parser.add_argument("--seed", type=int, default=None, help="a fresh one without it")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--largest", type=int, default=500, help="devices of the largest network")
    parser.add_argument("--only", type=int, default=None, help="plays this scenario alone and tells it")
    parser.add_argument("--degraded", action="store_true", help="with --only: the one of degraded evidence")
    arguments = parser.parse_args()
    seed = secrets.randbelow(10**9) if arguments.seed is None else arguments.seed
    if arguments.only is not None:
        replay(seed, arguments.only, arguments.degraded, arguments.largest)
        return
    before = time.perf_counter()
    rest = (arguments.processes, arguments.largest)
    complete = measure(seed, arguments.scenarios, False, *rest)
    degraded = measure(seed, arguments.scenarios, True, *rest)
    found = {"seed": seed, "is_met": is_met(complete, degraded), "complete": complete, "degraded": degraded}
    found["seconds"] = round(time.perf_counter() - before, 1)
    print(json.dumps(found, indent=2))
    sys.exit(0 if found["is_met"] else 1)


if __name__ == "__main__":
    main()
