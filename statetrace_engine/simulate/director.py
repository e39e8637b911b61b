"""Runs the show: the script's clock, the viewer's own faults, background chatter, and a line for each thing done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statetrace_engine.simulate import captures, faults, script
from statetrace_engine.simulate.bmp_voices import BmpVoices
from statetrace_engine.simulate.collector import MOST, Collector
from statetrace_engine.simulate.faults import Fault, Kind
from statetrace_engine.simulate.script import Moment
from statetrace_engine.simulate.streams import Address
from statetrace_engine.simulate.truth import Record
from statetrace_engine.simulate.voices import Voices
from statetrace_engine.simulate.world import Open, RefusedError, World

Emit = Callable[[dict[str, Any]], None]
"""Takes one JSON object for the parent process."""
_SLICE_S = 0.02
"""Chatter goes out in slices this long, so that bursts do not overrun a receiver's buffer."""
_UNTOLD = frozenset((Kind.NOISE, Kind.FLAPS, Kind.LOGINS))
"""Over by themselves."""
_REPEATS = 10
"""One in so many updates repeats what is known; the others are unrelated."""


def reporter(emit: Emit) -> Callable[[Fault, Record], None]:
    """What `World` calls at each injection and healing: a caption with the true time, and the fault itself."""

    def report(fault: Fault, record: Record) -> None:
        is_healed = record.healed_at is not None
        text = f"healed: {record.kind} {record.label}" if is_healed else f"{record.kind}: {fault.caption}"
        at = record.healed_at if is_healed else record.injected_at
        emit({"fault": record.json()})  # first: the caption is what the viewer's command waits for
        if not (is_healed and fault.kind in _UNTOLD):
            emit({"caption": text, "at": at})

    return report


@dataclass(frozen=True, slots=True)
class Listeners:
    """Whom the devices speak to; None: nobody listens for that."""

    syslog_udp: Address
    syslog_tcp: Address
    trap: Address | None = None
    bmp: Address | None = None
    inbox: Path | None = None
    """Where a collector files captures."""


class Director:
    """One show. `pace` above 1 plays the script faster."""

    def __init__(
        self, world: World, emit: Emit, *, kinds: Collection[Kind], updates: float, seed: int, pace: float = 1.0
    ) -> None:
        self._world = world
        self._emit = emit
        self._moments = script.moments(kinds)
        self._updates = updates
        self._seed = seed
        self._pace = pace
        self._by_hand: list[Open] = []

    async def start(self, tasks: asyncio.TaskGroup, to: Listeners) -> None:
        """Connects the devices' logs and begins the script; returns when they can be heard. BMP comes when it comes."""
        voices = Voices(to.syslog_udp, to.syslog_tcp, to.trap)
        await voices.connect(
            self._world.streams(),
            lambda host, framing: tasks.create_task(voices.keep(host, framing), name=f"log {host}"),
        )
        self._world.speak_by(voices)
        if to.inbox is not None:
            self._collect(to.inbox)
        if to.bmp is not None:
            self._start_bmp(tasks, to.bmp)
        if self._moments:
            tasks.create_task(self._play(), name="script")
        if self._updates > 0:
            tasks.create_task(self._chatter(self._updates, None, _REPEATS), name="updates")

    def _collect(self, inbox: Path) -> None:
        nodes = self._world.network.nodes.items()
        read = [(name, node) for name, node in nodes if captures.is_collected(self._world.network, node)]
        collector = Collector(inbox, dict(read[:MOST]), self._world.session)
        self._world.configured_to(collector.configured)
        collector.begin()

    def _start_bmp(self, tasks: asyncio.TaskGroup, to: Address) -> None:
        voices = BmpVoices(self._world.network, to, self._world.reaches)
        self._world.speak_bmp_by(voices)
        for hostname in voices.hostnames:
            tasks.create_task(voices.keep(hostname), name=f"bmp {hostname}")
        tasks.create_task(voices.report(), name="bmp statistics")

    def break_(self, device: str, interface: str) -> None:
        """Cuts a link for the viewer; an impossible wish becomes an error line."""
        try:
            self._by_hand.append(self._world.inject(self._world.cut_at(device, interface)))
        except RefusedError as refused:
            self._emit({"error": str(refused)})

    def heal(self) -> None:
        """Heals what the viewer broke; with nothing of theirs left, all that is broken."""
        healed = [self._world.heal(opened) for opened in self._by_hand]
        self._by_hand.clear()
        if not any(healed):
            healed = [self._world.heal(opened) for opened in self._world.open_faults]
        if not any(healed):
            self._emit({"error": "nothing is broken"})

    async def _play(self) -> None:
        """The script, loop after loop, on a clock that does not drift."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        number = 0
        while True:
            on_stage: dict[Kind, Open] = {}
            for moment in self._moments:
                await _until(begun + (number * script.LOOP_S + moment.at_s) / self._pace)
                await self._do(moment, number, on_stage)
            number += 1

    async def _do(self, moment: Moment, number: int, on_stage: dict[Kind, Open]) -> None:
        kind = moment.scene.kind
        if not moment.is_start:
            if opened := on_stage.pop(kind, None):
                self._world.heal(opened)
            return
        fault = script.cast(self._world.network, kind, number, self._seed, self._world.is_free)
        if fault is None:
            self._emit({"error": f"{kind.value}: left out, nothing is free to break"})
            return
        on_stage[kind] = self._world.inject(fault)
        if kind is Kind.NOISE:
            await self._chatter(script.NOISE_LINES / script.NOISE_S * self._pace, script.NOISE_LINES, 0)

    async def _chatter(self, per_s: float, most: int | None, repeats: int) -> None:
        """So many lines a second, up to `most`; one in `repeats` says again what is known (0: none)."""
        loop = asyncio.get_running_loop()
        begun, said = loop.time(), 0
        while most is None or said < most:
            due = int((loop.time() - begun) * per_s)
            for n in range(said, due if most is None else min(due, most)):
                if repeats and n % repeats == repeats - 1:
                    self._world.repeat()
                else:
                    self._world.chatter()
            said = max(said, due)
            await asyncio.sleep(max(_SLICE_S, 1 / per_s))


async def _until(at: float) -> None:
    """Sleeps to a moment of the loop's clock."""
    await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))


def kinds(text: str) -> tuple[Kind, ...]:
    """`script` → all kinds, `none` → none, `cut,blackhole` → those.

    Raises ValueError for an unknown kind.
    """
    if text in ("script", "none"):
        return tuple(Kind) if text == "script" else ()
    words = [word.strip() for word in text.split(",")]
    if unknown := [word for word in words if word not in list(faults.Kind)]:
        raise ValueError(f"{', '.join(unknown)}: not script, none or some of {', '.join(faults.Kind)}")
    return tuple(faults.Kind(word) for word in words)
