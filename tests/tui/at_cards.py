"""The cards of an evening, with an engine that knows them."""

from __future__ import annotations

import afternoon
import anomalous
from fake_engine import FakeEngine

from statetrace_tui.present import card_entry
from statetrace_tui.present.card_entry import Known

MEMORY, SUPPLY, FLAPS, NIGHT = (f"CARD-1123-{n:04}" for n in (1, 2, 3, 4))
CLUSTER = f"CL-{SUPPLY}"


def engine() -> FakeEngine:
    return anomalous.fill(afternoon.engine())


def known(made: FakeEngine | None = None) -> Known:
    e = made or engine()
    return card_entry.known(e.anomaly_cards, e.card_clusters, e.open_incidents, e.open_outages)
