"""A bug that one signal meets costs that signal, wherever in the pipeline it is."""

from __future__ import annotations

import msgspec
import pytest

from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known, read
from statetrace_engine.explain.explainer import Explainer
from statetrace_engine.health.observing import Observer
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.model.change import Change, OutageChanged
from statetrace_engine.model.observation import Observation
from statetrace_engine.model.signal import LogLine, Payload, SettingsChanged, Signal, Source
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.feeding import Feeder

T0 = 1_795_442_400.0
HOSTS = ("AAAA-A01-AR-01", "BBBB-A02-AR-01")
DEVICE = """[[device]]
hostname = "{host}"
vendor = "cisco_ios"
[[device.route]]
prefix = "10.20.0.0/16"
class = "critical"
owner = "x"
primary = {{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" }}
"""


def _settings() -> SettingsChanged:
    text = "".join(DEVICE.format(host=host) for host in HOSTS)
    found, _, problems = read(ConfigFile(name="inventory.toml", label="test", text=text), Policy(), Known())
    assert not problems
    return SettingsChanged(found, msgspec.Raw(msgspec.msgpack.encode(Policy())))


class Line:
    """A feeder that watches both hosts; signals come a millisecond apart."""

    def __init__(self) -> None:
        self.seq = 0
        self.feeder = Feeder(Pipeline())
        self.say(_settings(), Source.ENGINE)

    def say(self, payload: Payload, source: Source = Source.SYSLOG_UDP) -> list[Change]:
        self.seq += 1
        steady = self.seq / 1e3
        return self.feeder.feed(Signal(self.seq, T0 + steady, steady, source, "127.0.0.1", payload))

    def down(self, host: str) -> set[str]:
        """The hosts whose outages the message changed."""
        text = f"<187>Nov 23 09:00:00 {host} 77: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
        changes = self.say(LogLine(text.encode()))
        return {c.outage.hostname for c in changes if isinstance(c, OutageChanged)}


def test_an_outage_that_cannot_be_told_costs_the_next_ones_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    explain = Explainer.explain
    first = next(i for i, r in line.feeder.pipeline.topology.routes.items() if r.record.hostname == HOSTS[0])

    def fails(explainer: Explainer, record: OutageRecord) -> None:
        if record.route_id == first:
            raise RuntimeError("a bug")
        explain(explainer, record)

    monkeypatch.setattr(Explainer, "explain", fails)
    assert line.down(HOSTS[0]) == set()
    assert line.down(HOSTS[1]) == {HOSTS[1]}
    assert line.feeder.failed == 1
    assert "a bug" in line.feeder.last


def test_what_was_evaluated_before_the_bug_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    observe = Observer.observe

    def fails(observer: Observer, observation: Observation) -> bool:
        observe(observer, observation)
        raise RuntimeError("a bug")

    monkeypatch.setattr(Observer, "observe", fails)
    assert line.down(HOSTS[0]) == {HOSTS[0]}
    assert line.feeder.failed == 1
