"""`python -m statetrace_engine.simulate --inventory-out FILE`: the simulated network as a child process.

Once its sockets are bound it writes the inventory and prints `{"ready": true, "inventory": FILE}`. Then it obeys
JSON lines on stdin: `{"start": {"syslog_udp": "127.0.0.1:5514", "syslog_tcp": "127.0.0.1:5514"}}`, with `"trap"` and
`"bmp"` where somebody hears those, and `"inbox": FOLDER` where captures are read; `{"break": [DEVICE, INTERFACE]}`,
`{"heal": true}`, `{"stop": true}`. On stdout come `{"caption", "at"}`, `{"fault"}` (see `truth`) and `{"error"}`. With
stdin the network ends: the parent is gone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random
from typing import Any, TextIO

from statetrace_engine import descriptors
from statetrace_engine.simulate import director, inventory_toml, network, script
from statetrace_engine.simulate.director import Director, Emit, Listeners
from statetrace_engine.simulate.streams import Address
from statetrace_engine.simulate.world import World

_SOCKETS = 1500
_OTHER_FILES = 60 + 2 * network.MONITORED
_LONGEST_COMMAND = 65536


def main() -> int:
    """Runs until told to stop; exit code 0, 2 for wrong usage, 3 when files or sockets cannot be had."""
    options = _parser().parse_args()
    if not sys.stdin.isatty():  # Ctrl-C is for the parent, which then closes this process's stdin
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(_run(options))
    except OSError as error:
        print(f"simulated network: {error}", file=sys.stderr)  # noqa: T201
        return 3
    except KeyboardInterrupt:
        pass
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m statetrace_engine.simulate", description=__doc__)
    parser.add_argument("--inventory-out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="append each fault, at injection and at healing")
    parser.add_argument("--routes", type=int, default=120, metavar="N")
    parser.add_argument("--updates", type=float, default=4.0, metavar="R", help="unrelated and repeated lines a second")
    parser.add_argument("--faults", type=director.kinds, default="script", help="script, none, or kinds: cut,blackhole")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pace", type=float, default=1.0, help="play the script so many times as fast")
    return parser


async def _run(options: argparse.Namespace) -> None:
    sockets = descriptors.allowed(_SOCKETS + _OTHER_FILES) - _OTHER_FILES
    built = network.build(options.routes, options.seed, sockets)
    with ExitStack() as stack:
        truth = None
        if options.truth:
            truth = stack.enter_context(options.truth.open("a", encoding="utf-8"))
        emit = _emitter(truth)
        world = World(built, director.reporter(emit), Random(options.seed), script.REST_S / options.pace)
        ports = world.reflectors.open(reflector.key for reflector in built.reflectors)
        stack.callback(world.reflectors.close)
        agents = world.agents.open(built.monitored)
        stack.callback(world.agents.close)
        options.inventory_out.write_text(inventory_toml.text(built, ports, agents), encoding="utf-8")
        show = Director(
            world, emit, kinds=options.faults, updates=options.updates, seed=options.seed, pace=options.pace
        )
        emit({"ready": True, "inventory": str(options.inventory_out)})
        await _obey(show, emit)


async def _obey(show: Director, emit: Emit) -> None:
    """Carries out commands until one says stop or there will be no more."""
    commands: asyncio.Queue[bytes | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    reading = threading.Thread(target=_read_lines, args=(loop, commands), name="stdin", daemon=True)
    reading.start()
    is_started = False
    async with asyncio.TaskGroup() as tasks:
        while (line := await commands.get()) is not None:
            match _command(line):
                case {"stop": _}:
                    break
                case {"start": {"syslog_udp": str(), "syslog_tcp": str()} as to} if not is_started:
                    try:
                        await show.start(tasks, _listeners(to))
                        is_started = True
                    except ValueError as error:
                        emit({"error": f"{to['syslog_udp']} {to['syslog_tcp']}: {error}"})
                case {"break": [str() as device, str() as interface]}:
                    show.break_(device, interface)
                case {"heal": _}:
                    show.heal()
                case _:
                    emit({"error": f"no such command: {line[:200].decode('utf-8', 'replace')}"})
        for task in asyncio.all_tasks():
            if task is not asyncio.current_task():
                task.cancel()


def _command(line: bytes) -> Any:
    """The decoded line; None when it is no JSON."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _read_lines(loop: asyncio.AbstractEventLoop, commands: asyncio.Queue[bytes | None]) -> None:
    """Every line of stdin, then None. Reads the descriptor itself: a buffered reader would hold a lock at exit."""
    with suppress(RuntimeError):  # the loop has ended before stdin did
        for line in _lines(sys.stdin.fileno()):
            loop.call_soon_threadsafe(commands.put_nowait, line)
        loop.call_soon_threadsafe(commands.put_nowait, None)


def _lines(descriptor: int) -> Iterator[bytes]:
    rest = b""
    while data := _read(descriptor):
        *lines, rest = (rest + data).split(b"\n")
        yield from (line for line in lines if line.strip())
        rest = rest[-_LONGEST_COMMAND:]


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def _emitter(truth: TextIO | None) -> Emit:
    """Prints a JSON line for the parent; faults go to the truth log as well, at once."""

    def emit(message: dict[str, Any]) -> None:
        if truth is not None and "fault" in message:
            truth.write(json.dumps(message["fault"]) + "\n")
            truth.flush()
        with suppress(OSError):  # the parent is gone: stdin ends too, and that is the end
            sys.stdout.write(json.dumps(message) + "\n")
            sys.stdout.flush()

    return emit


def _listeners(to: dict[str, Any]) -> Listeners:
    """Raises ValueError when one is no address."""
    more = {name: _address(str(to[name])) for name in ("trap", "bmp") if to.get(name)}
    inbox = Path(str(to["inbox"])) if to.get("inbox") else None
    return Listeners(_address(to["syslog_udp"]), _address(to["syslog_tcp"]), inbox=inbox, **more)


def _address(text: str) -> Address:
    """`127.0.0.1:5514`; raises ValueError when there is no port."""
    host, _, port = text.rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
