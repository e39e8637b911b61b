"""Real messages of ../shared/corpus (skipped where absent), an hour apart: what is wrong is found, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statetrace_engine import config
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import CardStep
from statetrace_engine.parsing import messages

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "syslog"
WRONG = {("BPDU_BLOCK_INTERFACE_DISABLED", "ErrDisabled"), ("INTERFACE_MAC_LIMIT_REACHED", "PortSecurity")}
"""A port that was shut, and one that refuses hosts."""
T0 = 1_795_442_400.0
"""14:00 on a Monday, UTC."""

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="no corpus here")


def test_single_messages_of_every_vendor_raise_what_is_wrong_by_itself() -> None:
    rules, _ = config.anomaly_rules(Path("no such home"))
    watch = Watch(rules, lambda _: datetime.fromtimestamp(T0, UTC))
    found: set[tuple[str, str]] = set()
    heard = 0
    for number, path in enumerate(sorted(CORPUS.glob("*/*/*/syslog.msg"))):
        for raw in path.read_bytes().splitlines():
            event = messages.of_line(raw, 1000.0 + 3600 * number, T0 + 3600 * number)
            heard += event is not None
            changes = watch.take(event) if event is not None else []
            found |= {(path.parts[-3], c.card.rule) for c in changes if c.step is CardStep.RAISED}
    assert heard > 60
    assert found == WRONG
