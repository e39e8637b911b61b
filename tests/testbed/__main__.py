"""Measures the engine on a real network against the clock of injection; prints JSON, exit 1 when a target is missed.

python -m tests.testbed [--runs 10] [--seconds 30] [--bfd | --no-bfd] [--faults a,b] [--prefix st]
                        [--keep DIR] [--verbose]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from tests.testbed import measure, shell
from tests.testbed.faults import FAULTS, LONG
from tests.testbed.network import Network, NotConvergedError


def main() -> int:
    options = _options()
    if why := shell.missing():
        print(f"no testbed: {why}", file=sys.stderr)
        return 3
    signal.signal(signal.SIGTERM, _stop)
    found = [one for with_bfd in options.with_bfd for one in _series(options, with_bfd)]
    print(json.dumps({"runs": options.runs, "seconds": options.seconds, "faults": found}, indent=1))
    return 0 if all(one["holds"] for one in found) else 1


def _stop(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _series(options: argparse.Namespace, with_bfd: bool) -> list[dict[str, Any]]:
    """Every fault in turn on one network, each as often as asked for."""
    found: list[dict[str, Any]] = []
    with Network(options.prefix, with_bfd=with_bfd) as network:
        for at, name in enumerate(options.faults):
            fault = FAULTS[name]
            if fault.is_loss and with_bfd:
                continue  # BFD drops the session, and that is a loss
            runs = [_one(options, network, name, at * options.runs + n) for n in range(options.runs)]
            found.append(measure.figures(fault, runs))
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def _one(options: argparse.Namespace, network: Network, name: str, number: int) -> measure.Run:
    try:
        run = measure.run(FAULTS[name], network, number, options.seconds)
    except NotConvergedError as error:
        run = measure.Run(name, network.with_bfd, remark=f"not converged: {error}")
    if options.verbose or run.problems:
        print(json.dumps({**run._asdict(), "run": number, "load": os.getloadavg()[0]}), file=sys.stderr, flush=True)
    home = measure.home_of(network, number)
    if options.keep and run.problems and home.exists():
        kept = f"{name}-{'bfd' if network.with_bfd else 'plain'}-{number}"
        shutil.copytree(home, options.keep / kept, dirs_exist_ok=True)
    return run


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=measure.FINAL_S, help="watched after an outage has opened")
    parser.add_argument("--bfd", dest="with_bfd", action="store_const", const=(True,), default=(True, False))
    parser.add_argument("--no-bfd", dest="with_bfd", action="store_const", const=(False,))
    parser.add_argument(
        "--faults", type=_faults, default=tuple(FAULTS), help=f"all: {','.join(FAULTS)}; short: less long ones"
    )
    parser.add_argument("--prefix", default="st", help="of the namespaces: two testbeds can be there at once")
    parser.add_argument("--keep", type=Path, help="where the engine's home of a run that went wrong is copied to")
    parser.add_argument("--verbose", action="store_true", help="every run on standard error, not only what went wrong")
    return parser.parse_args()


def _faults(text: str) -> tuple[str, ...]:
    if text == "short":
        return tuple(name for name in FAULTS if name not in LONG)
    unknown = [name for name in text.split(",") if name not in FAULTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return tuple(text.split(","))


if __name__ == "__main__":
    sys.exit(main())
