"""The last day as the store tells it: outages and incidents that the pipeline no longer holds.

Read in the background, because its import costs more than the rest of a start. An outage that the store calls open
and the pipeline does not know is ended here: nobody would ever close it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from msgspec import structs

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardStep
from statetrace_engine.model.change import CardChanged, Change, OutageChanged, OutageStep
from statetrace_engine.model.outage import Incident, OutageEvent, Timeline
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import rebuild
from statetrace_engine.runtime.board import Board
from statetrace_engine.store.history import History

log = logging.getLogger("statetrace.engine")
WAIT_S = 2.0


class Memory:
    """`deliver` takes the changes that ending an outage makes."""

    def __init__(
        self, history: History, board: Board, wall: Callable[[], Epoch], deliver: Callable[[list[Change]], None]
    ) -> None:
        self._history = history
        self._board = board
        self._wall = wall
        self._deliver = deliver
        self._loaded = asyncio.Event()

    async def load(self, pipeline: Pipeline, since_at: Epoch, last_seq: int) -> None:
        """Puts what ended after `since_at` on the board; `last_seq` 0: there is no store yet."""
        try:
            if last_seq:
                outages, incidents, cards = await asyncio.to_thread(self._read, since_at)
                self._board.remember(outages, incidents)
                self._end_orphans(outages, pipeline)
                self._end_cards(cards, pipeline)
        except StateTraceError as error:
            log.warning("the last day is not shown: %s", error)
        finally:
            self._loaded.set()

    async def wait(self) -> None:
        """Returns when the last day is on the board, or after two seconds."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._loaded.wait()
        except TimeoutError:
            log.warning("the store takes its time: the last day is not shown yet")

    async def timeline(self, outage_id: str) -> Timeline | None:
        """Of an outage that the pipeline has forgotten. Raises StoreError."""
        outage = await self.outage(outage_id)
        return rebuild.timeline(outage) if outage is not None else None

    async def outage(self, outage_id: str) -> OutageEvent | None:
        """One that the pipeline has forgotten. Raises StoreError."""
        outage = self._board.outages.get(outage_id)
        if outage is None:
            older = await asyncio.to_thread(self._history.outages_by_id, (outage_id,))
            outage = older[0] if older else None
        return outage

    def _read(self, since_at: Epoch) -> tuple[tuple[OutageEvent, ...], tuple[Incident, ...], tuple[AnomalyCard, ...]]:
        history = self._history
        return history.outages(since_at), history.incidents(since_at), history.cards(since_at)

    def _end_cards(self, cards: tuple[AnomalyCard, ...], pipeline: Pipeline) -> None:
        """Those that the store calls open and no rule follows: a crash, or a journal that is gone."""
        orphans = [card for card in cards if not card.is_over and not pipeline.desk.knows_card(card.card_id)]
        if orphans:
            log.warning("%d cards of the store are no longer followed: ended", len(orphans))
            ended = (structs.replace(card, is_over=True, ended_at=self._wall()) for card in orphans)
            self._deliver([CardChanged(step=CardStep.OVER, card=card) for card in ended])

    def _end_orphans(self, outages: tuple[OutageEvent, ...], pipeline: Pipeline) -> None:
        orphans = [
            outage
            for outage in outages
            if (outage.closed_at is None or outage.is_latched) and pipeline.timeline(outage.outage_id) is None
        ]
        if orphans:
            log.warning("%d outages of the store are no longer followed: ended", len(orphans))
            at = self._wall()
            ended = [OutageChanged(step=OutageStep.CHANGED, outage=rebuild.ended(o, at)) for o in orphans]
            self._deliver(list[Change](ended))
