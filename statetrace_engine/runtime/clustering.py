"""What belongs together now: clusters of the engine's cards, incidents and outages, followed when somebody asks.

Only what has changed since the last question is looked at, on the loop, and everything else gets its turn meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from time import perf_counter

from statetrace_engine.anomalies.clusters import Clusters
from statetrace_engine.anomalies.places import Places
from statetrace_engine.config.settings import Settings
from statetrace_engine.health.topology import Topology
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import warned
from statetrace_engine.runtime.board import Board
from statetrace_engine.runtime.memory import Memory

TURN_S = 0.004
"""Work at a stretch, before anything else gets its turn."""


class Clustering:
    """Asked on the engine's loop."""

    def __init__(
        self, board: Board, pipeline: Callable[[], Pipeline], memory: Memory, settings: Callable[[], Settings]
    ) -> None:
        self._settings = settings
        self._board = board
        self._pipeline = pipeline
        self._memory = memory
        self._settling = asyncio.Lock()
        self._clusters = Clusters(Places(pipeline().topology))
        self._where: tuple[Topology, int] | None = None
        """That places were looked up in."""
        self._waiting: dict[str, None] = {}
        """Changed, and not given to the clusters yet."""

    def cards(self) -> tuple[AnomalyCard, ...]:
        return self._pipeline().cards()

    def rules(self) -> tuple[RuleStatus, ...]:
        """Those whose files are broken too."""
        found = (*self._pipeline().rules(), *warned.broken(self._settings().rule_problems))
        return tuple(sorted(found, key=lambda status: status.rule))

    async def clusters(self) -> tuple[Cluster, ...]:
        return (await self._settled()).all

    async def cards_of(self, outage_id: str) -> tuple[AnomalyCard, ...]:
        """The cards of the cluster that an outage belongs to, oldest first."""
        cluster = (await self._settled()).of_outage(outage_id)
        desk = self._pipeline().desk
        found = [desk.card(ident) for ident in cluster.card_ids] if cluster is not None else []
        return tuple(sorted((card for card in found if card), key=lambda card: (card.first_at, card.card_id)))

    async def _settled(self) -> Clusters:
        await self._memory.wait()
        async with self._settling:
            self._look()
            until = perf_counter() + TURN_S
            for _ in self._steps():
                if perf_counter() >= until:
                    await asyncio.sleep(0)
                    until = perf_counter() + TURN_S
            return self._clusters

    def _look(self) -> None:
        pipeline, board = self._pipeline(), self._board
        where = pipeline.topology, pipeline.topology.version
        if where != self._where:
            self._where = where
            self._clusters.move(Places(pipeline.topology))
        for touched, known in ((pipeline.desk.touched, pipeline.desk.idents), (board.touched, board.idents)):
            found = touched.take()
            if found is None:
                self._waiting.update(dict.fromkeys(self._clusters.known()))
            self._waiting.update(dict.fromkeys(known() if found is None else found))

    def _steps(self) -> Iterator[None]:
        desk, board = self._pipeline().desk, self._board
        while self._waiting:
            ident, _ = self._waiting.popitem()
            self._clusters.take(ident, desk.card(ident) or board.outages.get(ident) or board.incidents.get(ident))
            yield
        yield from self._clusters.settle()


class CardAnswers:
    """What `api.Engine` asks of cards."""

    _clustering: Clustering

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return self._clustering.cards()

    async def rules(self) -> tuple[RuleStatus, ...]:
        return self._clustering.rules()

    async def clusters(self) -> tuple[Cluster, ...]:
        return await self._clustering.clusters()
