"""Real messages and captures of ../shared/corpus (skipped where absent), an hour apart: no rule finds anything that is
not so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statetrace_engine import config
from statetrace_engine.anomalies import hearing
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import CardStep
from statetrace_engine.parsing import messages, readings, shows
from statetrace_engine.parsing.captured_facts import Shown
from statetrace_engine.parsing.shown import Ask

SHARED = Path(__file__).parents[4] / "shared" / "corpus"
CORPUS = SHARED / "syslog"
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


def test_captures_of_every_vendor_raise_only_what_they_show() -> None:
    """Two power supplies of stacks have no input, one module failed; nobody is too hot, too busy or gone."""
    rules, _ = config.anomaly_rules(Path("no such home"))
    watch = Watch(rules, lambda _: datetime.fromtimestamp(T0, UTC))
    found: set[tuple[str, str, str]] = set()
    heard = 0
    for number, path in enumerate(sorted((SHARED / "ntc").glob("*/*/*.raw"))):
        vendor, command = path.parts[-3], path.parts[-2].replace("_", " ")
        show = shows.find(vendor, command)
        if show is None or show.parse is None or show.kind not in readings.TOLD:
            continue
        read = show.parse(path.read_text("utf-8", "replace") + "\n", Ask(command, vendor))
        section = Shown(command, show.kind, len(read.rows), (0, 0), read.rows, read.starts, read.ends)
        for reading in readings.of([(section, True)], "cisco_ios", 1000.0, {}):
            heard += 1
            event = hearing.fact(reading, vendor, 1000.0 + 3600 * number, T0 + 3600 * number)
            raised = (c.card for c in watch.take(event) if c.step is CardStep.RAISED)
            found |= {(vendor, card.rule, card.subject) for card in raised}
    assert heard > 100
    assert found == {
        ("cisco_ios", "PowerSupply", "cisco_ios power supply 2B"),
        ("cisco_ios", "PowerSupply", "cisco_ios power supply 3A"),
        ("cisco_xr", "PowerSupply", "cisco_xr power supply 0/PM0"),
    }
