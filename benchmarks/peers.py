"""How soon StateTrace, Prometheus with Alertmanager, and Icinga 2 tell of the same faults, side by side.

    python -m benchmarks.peers [--runs 10] [--faults linkdown,blackhole,noise] [--bfd | --no-bfd] [--pace 1s|defaults]
                               [--install] [--prefix pe]

Workload: the network of tests/testbed, root only. On its jump host all of them watch at once: StateTrace as shipped,
the peers as fast as their settings go (1 s), or as their documentation proposes. Each fault is injected `--runs` times,
with BFD and without. A peer's time is that of the arrival of its first notice, whatever it says; StateTrace's that of
the open outage, and of its first notice, which it holds back for its grace period. Of `noise`, which is no fault (1 %
of lost packets, and words about nothing), it counts the runs with an alert. Prints one JSON document; exit 1 when
StateTrace missed a fault, took longer (p95) than the testbed allows, or told of an outage in noise; 3 when nothing can
be compared here. Who was sooner is for the reader to judge: a monitor that alerts on one lost echo is soon, and wrong.

Peers that are not installed are named and left out; `--install` has apt-get install them, and keeps their services off.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, NamedTuple, NoReturn

from benchmarks.peer_alerts import Alerts
from benchmarks.peer_monitors import MONITORS, PACES, Monitor, Pace
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.reports.ingestion import spread
from tests.testbed import home, shell
from tests.testbed.engine import Watching
from tests.testbed.faults import FAULTS, Stage
from tests.testbed.network import Network, NotConvergedError

SETTLED_S = 5.0
"""The cause that counts is the one so long after the outage opened."""
CALM_S = 30.0
"""What is no outage goes on so long."""
LIMIT_S = {"1s": 12.0, "defaults": 540.0}
"""For a notice, and once more for the word that all is well again."""
READY_S = 120.0
_LOOK_S = 0.2


class Run(NamedTuple):
    """One fault, seen by everybody; seconds from its injection, None where it was missed."""

    opened_s: float | None
    """The outage of the fault's own route, as in tests/testbed."""
    noticed_s: float | None
    cause: str
    peers_s: dict[str, float | None]
    said: dict[str, list[str]]
    """What each peer alerted of, by its own names."""


class Bench(NamedTuple):
    network: Network
    peers: list[Monitor]
    alerts: Alerts
    pace: Pace


def main() -> int:
    options = _options()
    if why := shell.missing():
        print(f"no testbed: {why}", file=sys.stderr)
        return 3
    signal.signal(signal.SIGTERM, _stop)
    if options.install:
        _install()
    kinds, absent = _kinds()
    for name, packages in absent.items():
        print(f"{name} is left out, not installed: apt-get install {' '.join(packages)}", file=sys.stderr)
    if not kinds:
        return 3
    pace = PACES[options.pace]
    found = [one for with_bfd in options.with_bfd for one in _series(options, kinds, pace, with_bfd)]
    peers = {kind.name: {"version": kind.version(), "settings": kind.settings(pace)} for kind in kinds}
    print(
        json.dumps(
            {"pace": pace.name, "runs": options.runs, "peers": peers, "absent": absent, "faults": found}, indent=1
        )
    )
    return 0 if all(one["holds"] for one in found) else 1


def _series(
    options: argparse.Namespace, kinds: list[type[Monitor]], pace: Pace, with_bfd: bool
) -> list[dict[str, Any]]:
    """Every fault in turn on one network, each as often as asked for."""
    found = []
    with ExitStack() as until_done:
        network = until_done.enter_context(Network(options.prefix, with_bfd=with_bfd))
        network.until_converged()
        path = network.folder / "alerts.jsonl"
        alerts = Alerts(path)
        peers = [kind(network, pace, path) for kind in kinds]
        for peer in peers:
            until_done.callback(peer.end)
            peer.start()
        _wait(lambda: ", ".join(f"{peer.name} is not ready" for peer in peers if not peer.is_ready()), READY_S)
        bench = Bench(network, peers, alerts, pace)
        for at, name in enumerate(options.faults):
            tried = [_tried(bench, name, at * options.runs + number) for number in range(options.runs)]
            runs = [run for run in tried if run is not None]
            of = figures if FAULTS[name].key else calm
            found.append(of(name, with_bfd, [peer.name for peer in peers], runs))
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)
    return found


def _tried(bench: Bench, name: str, number: int) -> Run | None:
    """None, said on standard error, where the network was not well before or after it: nothing was measured."""
    try:
        return _run(bench, name, number)
    except (NotConvergedError, StateTraceError) as error:
        print(f"{name}: not measured: {error}", file=sys.stderr, flush=True)
        return None


def _run(bench: Bench, name: str, number: int) -> Run:
    """Leaves the network mended, converged, and every peer at rest."""
    with Watching(bench.network, bench.network.folder / f"home-{number}") as engine:
        engine.until_healthy()
        stage = Stage(bench.network, engine, SETTLED_S if FAULTS[name].key else CALM_S)
        before = time.time()
        FAULTS[name].make(stage)
        try:
            run = _seen(bench, engine, before, FAULTS[name].key)
        finally:
            FAULTS[name].mend(stage)
    bench.network.until_converged()
    _wait(lambda: ", ".join(bench.alerts.open()), 60.0 + LIMIT_S[bench.pace.name])
    return run


def _seen(bench: Bench, engine: Watching, before: float, key: str) -> Run:
    """The route of that key is what is asked for; without one there is nothing to be seen, and nobody waits."""
    until = before + LIMIT_S[bench.pace.name] if key else 0.0
    while True:
        outages = [outage for outage in engine.outages() if outage.detected_at >= before]
        told = [bench.alerts.first(peer.name, before) for peer in bench.peers]
        has_settled = bool(outages) and time.time() > min(o.detected_at for o in outages) + SETTLED_S
        if time.time() > until or (all(told) and has_settled and _noticed(outages) is not None):
            break
        time.sleep(_LOOK_S)
    mine = [outage for outage in outages if not key or f"{outage.hostname} {outage.prefix}" == home.ROUTES[key].name]
    first = min(mine, key=lambda outage: outage.detected_at, default=None)
    return Run(
        opened_s=first.detected_at - before if first else None,
        noticed_s=at - before if (at := _noticed(outages)) is not None else None,
        cause=f"{first.cause} {first.cause_detail}".strip() if first else "",
        peers_s={p.name: alert.at - before if alert else None for p, alert in zip(bench.peers, told, strict=True)},
        said={peer.name: bench.alerts.named(peer.name, before) for peer in bench.peers},
    )


def _noticed(outages: Sequence[OutageEvent]) -> float | None:
    return min((outage.notified_at for outage in outages if outage.notified_at is not None), default=None)


def figures(name: str, with_bfd: bool, peers: Sequence[str], runs: Sequence[Run]) -> dict[str, Any]:
    """Of one fault: injection to alert by monitor, how many times StateTrace's time that is, and what was named."""
    ours = _spread([run.opened_s for run in runs])
    notice = _spread([run.noticed_s for run in runs])
    theirs = {peer: _spread([run.peers_s[peer] for run in runs]) for peer in peers}
    fault = FAULTS[name]
    true = fault.causes if with_bfd or not fault.without_bfd else fault.without_bfd
    found: dict[str, Any] = {
        "fault": name,
        "bfd": with_bfd,
        "runs": len(runs),
        "true_causes": list(true),
        "statetrace": {
            "outage": ours,
            "notice": notice,
            "cause_right": sum(bool({run.cause, run.cause.partition(" ")[0]} & set(true)) for run in runs),
            "causes": sorted({run.cause for run in runs if run.cause}),
        },
    }
    for peer, times in theirs.items():
        said = sorted({what for run in runs for what in run.said[peer]})
        found[peer] = {
            **times,
            "times_the_outage": _ratio(times["p50_s"], ours["p50_s"]),
            "times_the_notice": _ratio(times["p50_s"], notice["p50_s"]),
            "causes": [],
            "alerts": said,
        }
    is_soon = fault.target_s is None or (ours["p95_s"] is not None and ours["p95_s"] <= fault.target_s)
    found["holds"] = bool(runs) and not ours["missed"] and is_soon
    return found


def calm(name: str, with_bfd: bool, peers: Sequence[str], runs: Sequence[Run]) -> dict[str, Any]:
    """Of what is no outage: in how many runs a monitor told of one nevertheless."""
    false = {peer: sum(run.peers_s[peer] is not None for run in runs) for peer in peers}
    ours = sum(run.opened_s is not None for run in runs)
    told = {"statetrace": ours, **false}
    return {
        "fault": name,
        "bfd": with_bfd,
        "runs": len(runs),
        "runs_with_false_alerts": told,
        "holds": bool(runs) and ours == 0,
    }


def _spread(seconds: Sequence[float | None]) -> dict[str, Any]:
    known = [value for value in seconds if value is not None]
    of = spread(known)
    rounded = {f"{name}_s": round(getattr(of, name), 3) if of else None for name in ("p50", "p95", "max")}
    return {**rounded, "missed": len(seconds) - len(known)}


def _ratio(theirs: float | None, ours: float | None) -> float | None:
    return round(theirs / ours, 1) if theirs is not None and ours else None


def _wait(problem: Callable[[], str], seconds: float) -> None:
    """Until there is none. Raises NotConvergedError, naming it."""
    until = time.monotonic() + seconds
    while words := problem():
        if time.monotonic() > until:
            raise NotConvergedError(words)
        time.sleep(_LOOK_S)


def _kinds() -> tuple[list[type[Monitor]], dict[str, list[str]]]:
    """The peers that are here, and of the others the packages."""
    absent = {kind.name: sorted(set(packages)) for kind in MONITORS if (packages := kind.missing())}
    return [kind for kind in MONITORS if kind.name not in absent], absent


def _install() -> None:
    """What is missing; nothing of it runs on this machine by itself afterwards."""
    lacking = [kind for kind in MONITORS if kind.missing()]
    packages = sorted({package for kind in lacking for package in kind.missing()})
    if not packages:
        return
    environ = {**shell.environ(), "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(command, env=environ, stdout=sys.stderr, check=True)
    services = [service for kind in lacking for service in kind.services]
    if shutil.which("systemctl", path=shell.PATH):
        subprocess.run(["systemctl", "disable", "--now", *services], env=environ, stdout=sys.stderr, check=False)


def _stop(number: int, frame: object) -> NoReturn:  # noqa: ARG001  # the signal module's call
    raise SystemExit(128 + number)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--faults", type=_faults, default=("linkdown", "blackhole", "noise"))
    parser.add_argument("--bfd", dest="with_bfd", action="store_const", const=(True,), default=(True, False))
    parser.add_argument("--no-bfd", dest="with_bfd", action="store_const", const=(False,))
    parser.add_argument("--pace", choices=PACES, default="1s")
    parser.add_argument("--prefix", default="pe", help="of the namespaces: two testbeds can be there at once")
    parser.add_argument("--install", action="store_true", help="apt-get install what is missing")
    return parser.parse_args()


def _faults(text: str) -> tuple[str, ...]:
    unknown = [name for name in text.split(",") if name not in FAULTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not of {', '.join(FAULTS)}")
    return tuple(text.split(","))


if __name__ == "__main__":
    sys.exit(main())
