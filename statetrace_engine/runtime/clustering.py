"""What belongs together now: clusters of the engine's cards, incidents and outages, made when somebody asks.

The loop is held for a look at each only; the rest is a thread's, and made again when something has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from statetrace_engine.anomalies import clusters
from statetrace_engine.anomalies.places import Place, Places
from statetrace_engine.config.settings import Settings
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict, RuleStatus
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.outage import Incident, OutageEvent
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import warned
from statetrace_engine.runtime.board import Board
from statetrace_engine.runtime.memory import Memory

_T = TypeVar("_T")
SLICE = 200
"""Places that are looked up before anything else gets its turn."""


class _Found:
    """Places that were looked up: what a thread may read."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}

    def of_card(self, card: AnomalyCard) -> Place:
        return self.places[card.card_id]

    def of_outage(self, outage: OutageEvent) -> Place:
        return self.places[outage.outage_id]

    def of_incident(self, incident: Incident, outages: Iterable[OutageEvent]) -> Place:  # noqa: ARG002 (looked up)
        return self.places[incident.incident_id]


class Clustering:
    """Asked on the engine's loop."""

    def __init__(
        self, board: Board, pipeline: Callable[[], Pipeline], memory: Memory, settings: Callable[[], Settings]
    ) -> None:
        self._settings = settings
        self._board = board
        self._pipeline = pipeline
        self._memory = memory
        self._making = asyncio.Lock()
        self._made_of: tuple[int, int, int] | None = None
        self._clusters: tuple[Cluster, ...] = ()

    def cards(self) -> tuple[AnomalyCard, ...]:
        return self._pipeline().cards()

    def rules(self) -> tuple[RuleStatus, ...]:
        """Those whose files are broken too."""
        found = (*self._pipeline().rules(), *warned.broken(self._settings().rule_problems))
        return tuple(sorted(found, key=lambda status: status.rule))

    async def clusters(self) -> tuple[Cluster, ...]:
        await self._memory.wait()
        async with self._making:
            version = self._version()
            if version != self._made_of:
                self._clusters = await self._make()
                self._made_of = version
            return self._clusters

    async def cards_of(self, outage_id: str) -> tuple[AnomalyCard, ...]:
        """The cards of the cluster that an outage belongs to, oldest first."""
        if not self.cards():
            return ()
        found = {ident for each in await self.clusters() if outage_id in each.outage_ids for ident in each.card_ids}
        cards = (card for card in self.cards() if card.card_id in found)
        return tuple(sorted(cards, key=lambda card: (card.first_at, card.card_id)))

    def _version(self) -> tuple[int, int, int]:
        pipeline = self._pipeline()
        return pipeline.desk.version, self._board.version, pipeline.topology.version

    async def _make(self) -> tuple[Cluster, ...]:
        false = CardVerdict.FALSE
        cards = [card for card in self.cards() if card.feedback is None or card.feedback.verdict is not false]
        outages, incidents = dict(self._board.outages), list(self._board.incidents.values())
        of_incident = {i.incident_id: [outages[o] for o in i.outage_ids if o in outages] for i in incidents}
        ground, found = Places(self._pipeline().topology), _Found()
        for sliced in _slices([*cards, *outages.values(), *incidents]):
            for each in sliced:
                match each:
                    case AnomalyCard():
                        found.places[each.card_id] = ground.of_card(each)
                    case OutageEvent():
                        found.places[each.outage_id] = ground.of_outage(each)
                    case Incident():
                        place = ground.of_incident(each, of_incident[each.incident_id])
                        found.places[each.incident_id] = place
            await asyncio.sleep(0)
        return await asyncio.to_thread(clusters.of, cards, incidents, outages.values(), found)


class CardAnswers:
    """What `api.Engine` asks of cards."""

    _clustering: Clustering

    async def cards(self) -> tuple[AnomalyCard, ...]:
        return self._clustering.cards()

    async def rules(self) -> tuple[RuleStatus, ...]:
        return self._clustering.rules()

    async def clusters(self) -> tuple[Cluster, ...]:
        return await self._clustering.clusters()


def _slices(items: list[_T]) -> Iterable[list[_T]]:
    return (items[first : first + SLICE] for first in range(0, len(items), SLICE))
