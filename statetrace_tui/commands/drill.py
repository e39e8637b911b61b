"""`statetrace drill`: breaks a user's own lab with his command, heals it with another, and says what was seen when.

Only a person at a command line starts one: no key, no message and no setting does. Whatever happens between the two
commands, the one that heals is run.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from msgspec import Struct

from statetrace_engine import config
from statetrace_engine.control.remote import RemoteEngine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import MarkDrill, made_safe
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import redact
from statetrace_tui.commands import answers, drill_report, drill_runs, drill_scope, homes, identity, lab
from statetrace_tui.commands.drill_runs import Run, Scope, Verdict
from statetrace_tui.commands.lab import Command
from statetrace_tui.commands.stopping import Stop

INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""
LOCK = "drill.lock"
HEALS = 3
"""How often the command that heals is tried: its own way into the lab may be what was broken."""
HEAL_PAUSE_S = 2.0
TURN_S = 0.05


class Plan(Struct, frozen=True, kw_only=True):
    """What was asked for."""

    breaking: Command
    healing: Command
    words: str
    runs: int
    within_s: float
    keep_s: float
    settle_s: float
    causes: tuple[str, ...]


def run(options: argparse.Namespace) -> int:
    """0 when every run found its outages in time and with a cause that was expected; 1; 130 when it was interrupted."""
    plan = _plan(options)
    home = homes.of(options).path
    if config.load(home).console.read_only:
        raise StateTraceError(f"{home} is for looking only, [console] read_only: no drill is run from it")
    with Stop() as stop:
        drill = asyncio.run(_attach_and_drill(home, plan, options, stop))
    drill_report.show(drill.runs, drill.scope, plan.within_s, drill.operator, options.json)
    if drill.could_not:  # said beside what was found until then
        print(f"statetrace: {drill.could_not}", file=sys.stderr)
        return StateTraceError.exit_code
    if stop.is_asked:
        return INTERRUPTED
    return 0 if all(run.verdict is Verdict.FOUND for run in drill.runs) else 1


def _plan(options: argparse.Namespace) -> Plan:
    def command(option: str, text: str) -> Command:
        return lab.command(option, text, is_shell=options.shell, limit_s=options.timeout)

    return Plan(
        breaking=command("--break", options.breaks),
        healing=command("--heal", options.heals),
        words=_without_secrets(f"{options.breaks} | healed by: {options.heals}"),
        runs=options.runs,
        within_s=options.within,
        keep_s=options.keep,
        settle_s=options.settle,
        causes=tuple(options.expect_cause or ()),
    )


def _without_secrets(words: str) -> str:
    """What the audit keeps, of what can be told for a secret."""
    return redact.line(words.encode("utf-8", "replace"))[0].decode("utf-8", "replace")


async def _attach_and_drill(home: Path, plan: Plan, options: argparse.Namespace, stop: Stop) -> Drill:
    engine = await answers.attached(answers.data_dir(home))
    if engine is None:
        raise StateTraceError(f"no engine runs on {home}: start one with `statetrace engine`, or `statetrace`")
    try:
        with _alone(answers.data_dir(home)):
            scope = drill_scope.of(options.route, options.device, await engine.routes())
            drill = Drill(engine, plan, scope, stop)
            await drill.run()
            return drill
    finally:
        await engine.close()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Two drills at once would heal each other's faults, and neither could tell whose outage it sees."""
    lock = FileLock(data / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StateTraceError("another drill runs on this home: wait for its end") from None
    try:
        yield
    finally:
        lock.release()


class _StoppedError(Exception):
    """Somebody asked for the end."""


class Drill:
    """All the runs on one engine."""

    def __init__(self, engine: RemoteEngine, plan: Plan, scope: Scope, stop: Stop) -> None:
        self.scope = scope
        self.runs: list[Run] = []
        self.operator = identity.spoken(identity.current())
        self.could_not = ""
        self._engine = engine
        self._plan = plan
        self._stop = stop
        self._view = _View(engine)

    async def run(self) -> None:
        """Until its last run, or the first after which the next could show nothing."""
        try:
            if not await self._wait(lambda: self._view.is_complete, answers.TURN_S):
                raise StateTraceError(f"the engine told nothing for {answers.TURN_S:g} s")
            if why := self._view.why_not_ready(self.scope):
                raise StateTraceError(f"not now: {why}")
            await self._mark(f"begins: {self._plan.words}")
            try:
                await self._run_all()
            finally:
                with suppress(StateTraceError):  # an engine that is gone cannot note it
                    await self._mark("ends", [ident for run in self.runs for ident in run.seen])
        except _StoppedError:
            say("interrupted")
        except StateTraceError as error:
            if not self.runs:
                raise
            self.could_not = str(error)
        finally:
            self._view.close()

    async def _run_all(self) -> None:
        for number in range(1, self._plan.runs + 1):
            if self._stop.is_asked:
                raise _StoppedError
            run = Run(number, self.scope)
            self.runs.append(run)
            is_well = await self._once(run)
            say(f"run {run.number}: {run.verdict}")
            if not is_well:
                say(f"{self._plan.settle_s:g} s after the heal {self._view.why_not_ready(self.scope) or 'it goes on'}")
                return

    async def _once(self, run: Run) -> bool:
        """Whether all is as before, so that another may follow."""
        self._view.run = run
        try:
            await self._break(run)
        finally:
            await self._heal(run)
        is_well = await self._wait(
            lambda: run.is_over and not self._view.why_not_ready(self.scope), self._plan.settle_s
        )
        run.verdict = run.judge(self._plan.within_s, self._plan.causes)
        if not is_well and run.verdict is Verdict.FOUND:
            run.verdict = Verdict.NOT_RECOVERED
        return is_well

    async def _break(self, run: Run) -> None:
        """Raises StateTraceError when the command does not end well: what it did is unknown."""
        say(f"run {run.number} of {self._plan.runs}: breaking")
        run.began_at = time.time()
        breaking = asyncio.create_task(asyncio.to_thread(lab.run, self._plan.breaking, lambda: self._stop.is_asked))
        try:
            while not breaking.done():
                await asyncio.sleep(TURN_S)
                self._view.look()
        finally:
            run.broken = await breaking  # nothing is healed while it is still being broken
        if self._stop.is_asked:
            raise _StoppedError
        if run.broken.failure:
            say(f"run {run.number}: --break: {run.broken.failure}")  # the last line is the heal's, if that fails too
            raise StateTraceError(f"--break: {run.broken.failure}")
        # Twice the limit, because late is another answer than never.
        if not await self._wait(lambda: run.is_found, 2 * self._plan.within_s):
            say(f"run {run.number}: nothing was seen for {2 * self._plan.within_s:g} s")
            return
        for line in drill_report.found(run):
            say(line)
        if self._plan.keep_s:
            say(f"run {run.number}: left as it is for {self._plan.keep_s:g} s")
        await self._wait(lambda: False, self._plan.keep_s)

    async def _heal(self, run: Run) -> None:
        """Nothing interrupts it. Raises StateTraceError when it cannot be done."""
        for attempt in range(1, HEALS + 1):
            healed = run.healed = await asyncio.to_thread(lab.run, self._plan.healing)
            if not healed.failure:
                say(f"run {run.number}: healed; waiting until its recovery is announced")
                return
            say(f"run {run.number}: --heal: {healed.failure}")
            if attempt < HEALS:
                await asyncio.sleep(HEAL_PAUSE_S)
        raise StateTraceError(f"the lab is still broken, heal it by hand: --heal: {healed.failure}")

    async def _mark(self, words: str, outage_ids: Sequence[str] = ()) -> None:
        mark = MarkDrill(secrets.token_hex(8), self.operator, self.scope.words, words, tuple(outage_ids))
        await self._engine.act(made_safe(mark))

    async def _wait(self, true: Callable[[], bool], seconds: float) -> bool:
        """Whether it came true in time. Raises _StoppedError, and StateTraceError when the engine goes."""
        until = time.monotonic() + seconds
        while True:
            self._view.look()
            if true():
                return True
            if self._stop.is_asked:
                raise _StoppedError
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(TURN_S)


class _View:
    """The engine's routes and outages, as far as it has told of them."""

    def __init__(self, engine: RemoteEngine) -> None:
        self.run: Run | None = None
        self.is_complete = False
        self._engine = engine
        self._subscription = engine.subscribe()
        self._routes: dict[str, RouteHealth] = {}
        self._outages: dict[str, OutageEvent] = {}

    def look(self) -> None:
        """Raises StateTraceError when the engine is gone: what another tells later was not measured."""
        if not self._engine.is_connected:
            raise StateTraceError("the engine is gone in the midst of a drill: start it again with `statetrace engine`")
        frame = self._subscription.pull()
        if frame is None:
            return
        self.is_complete |= frame.is_full
        self._routes.update((row.route.route_id, row) for row in frame.routes)
        self._outages.update((outage.outage_id, outage) for outage in frame.outages)
        if self.run is not None and self.run.began_at:
            self.run.tell(frame.outages, frame.incidents, time.time())

    def why_not_ready(self, scope: Scope) -> str:
        routes = [row for ident, row in self._routes.items() if ident in scope.route_ids]
        outages = [outage for outage in self._outages.values() if outage.route_id in scope.route_ids]
        return drill_runs.why_not_ready(routes, outages, self.run.seen if self.run is not None else ())

    def close(self) -> None:
        self._subscription.close()


def say(text: str) -> None:
    """On standard error; a terminal that has gone keeps nobody from healing."""
    with suppress(OSError, ValueError):
        print(sanitise(text, 300), file=sys.stderr, flush=True)
