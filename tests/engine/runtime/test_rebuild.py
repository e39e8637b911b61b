"""Where an engine begins: with a checkpoint or without, with a journal or without, with the settings of then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from statetrace_engine.clock import Clock
from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known, read
from statetrace_engine.health.policy import Policy
from statetrace_engine.model.change import Change, HealthChanged, OutageChanged
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.signal import LogLine, Payload, SettingsChanged, Signal, Source
from statetrace_engine.model.status import Banner
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime import rebuild
from statetrace_engine.runtime.rebuild import InForce, Past, Saved
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.restore import Restored

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


def _settings(*hosts: str) -> SettingsChanged:
    text = "".join(DEVICE.format(host=host) for host in hosts)
    found, _, problems = read(ConfigFile(name="inventory.toml", label="test", text=text), Policy(), Known())
    assert not problems
    return SettingsChanged(found, msgspec.Raw(msgspec.msgpack.encode(Policy())))


def _down(host: str) -> LogLine:
    text = f"<187>Nov 23 09:00:00 {host} 77: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
    return LogLine(text.encode())


class Engine:
    """As much of one as a restart needs: a pipeline, a journal, a store that remembers what it was given."""

    def __init__(self, folder: Path, settings: SettingsChanged) -> None:
        self.settings = settings
        self.journal = Journal(folder)
        self.pipeline = Pipeline()
        self.restored = Restored()
        self.in_force = InForce()
        self.submitted: list[Change] = []
        self.now = T0
        seq = self.say(settings)
        self.in_force = InForce(seq, rebuild.digest(settings))

    def say(self, payload: Payload, after_s: float = 1.0) -> int:
        self.now += after_s
        source = Source.ENGINE if isinstance(payload, SettingsChanged) else Source.SYSLOG_UDP
        signal = Signal(self.journal.next_seq, self.now, self.now, source, "127.0.0.1", payload)
        self.journal.append([signal])
        self.pipeline.feed(signal)
        return signal.seq

    def save(self) -> None:
        clock = Clock(lambda: self.now, lambda: self.now)
        frozen = rebuild.save(self.pipeline, self.in_force, clock, None)
        seq = self.journal.last_seq
        self.restored = Restored(last_seq=seq, checkpoint_seq=seq, checkpoint=frozen)

    def restart(self, settings: SettingsChanged | None = None) -> Past:
        assert self.journal.flush()
        self.submitted.clear()
        return rebuild.replay(settings or self.settings, self.journal, self.restored, self._submit)

    def _submit(self, changes: Sequence[Change], last_seq: int, checkpoint: bytes | None) -> None:
        assert checkpoint is None
        self.submitted += changes


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path / "journal", _settings(*HOSTS))


def _open(past: Past | Engine) -> dict[str, OutageEvent]:
    pipeline = past.pipeline if isinstance(past, Engine) else past.feeder.pipeline
    return {o.hostname: o for o in pipeline.outages() if o.closed_at is None}


def _rows(changes: Sequence[Change]) -> set[str]:
    return {c.health.route.hostname for c in changes if isinstance(c, HealthChanged)}


def _stored(changes: Sequence[Change]) -> set[str]:
    return {c.outage.outage_id for c in changes if isinstance(c, OutageChanged)}


def test_what_came_after_the_checkpoint_is_replayed_and_goes_to_the_store(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    engine.say(_down(HOSTS[1]))
    past = engine.restart()
    assert _open(past) == _open(engine)
    assert _open(engine)[HOSTS[1]].outage_id in _stored(engine.submitted)
    assert (past.at, past.steady) == (engine.now, engine.now)


def test_without_anything_new_the_time_is_the_checkpoints(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    past = engine.restart()
    assert (past.at, past.steady) == (engine.now, engine.now)
    assert engine.submitted == []
    assert _open(past) == _open(engine)


@pytest.mark.parametrize("damage", [b"", b"\x00\xff\x00", msgspec.msgpack.encode([1, 2]), msgspec.msgpack.encode({})])
def test_a_damaged_checkpoint_costs_only_time(engine: Engine, damage: bytes) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    engine.restored = msgspec.structs.replace(engine.restored, checkpoint=damage)
    past = engine.restart()
    assert _open(past) == _open(engine)
    assert not past.is_whole
    assert _rows(engine.submitted) == set(HOSTS), "the store is told everything anew"
    assert _stored(engine.submitted) == {_open(engine)[HOSTS[0]].outage_id}


def test_a_pipeline_frozen_by_another_version_costs_only_time(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    last = rebuild.saved(engine.restored)
    assert last is not None
    later = msgspec.msgpack.decode(last.frozen) | {"version": 99}
    other = msgspec.structs.replace(last, frozen=msgspec.msgpack.encode(later))
    engine.restored = msgspec.structs.replace(engine.restored, checkpoint=msgspec.msgpack.encode(other))
    past = engine.restart()
    assert not past.is_whole
    assert _open(past) == _open(engine)


def test_notices_of_the_journals_end_may_not_have_been_given_and_older_ones_were(engine: Engine) -> None:
    for host in HOSTS:
        engine.say(_down(host))
        engine.say(LogLine(b"x"), after_s=rebuild.NEWS_S - 5)
    assert [notice.outage.hostname for notice in engine.restart().notices] == [HOSTS[1]]
    engine.save()
    assert engine.restart().notices == []


def test_a_lost_store_is_made_again_from_the_journal(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    past = engine.restart()
    assert _open(past) == _open(engine)
    assert _rows(engine.submitted) == set(HOSTS)


def test_a_lost_journal_leaves_what_the_checkpoint_knows(tmp_path: Path, engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    before = _open(engine)
    engine.journal = Journal(tmp_path / "other", after_seq=engine.restored.last_seq)
    past = engine.restart()
    assert _open(past) == before
    assert past.steady == engine.now
    assert engine.journal.next_seq == engine.restored.last_seq + 1


def test_an_empty_home_begins_with_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    past = rebuild.replay(_settings(*HOSTS), journal, Restored(), lambda *_: None)
    assert (past.at, past.steady, past.in_force) == (0.0, 0.0, InForce())


def test_a_long_journal_without_a_checkpoint_is_read_from_its_last_day(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.say(_down(HOSTS[1]), after_s=rebuild.WITHOUT_S + 10)
    assert set(_open(engine.restart())) == {HOSTS[1]}


def test_a_busy_journal_without_a_checkpoint_is_read_from_its_last_signals(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.say(_down(HOSTS[0]))
    engine.say(_down(HOSTS[1]))
    monkeypatch.setattr(rebuild, "WITHOUT_SIGNALS", 1)
    assert set(_open(engine.restart())) == {HOSTS[1]}


def test_the_end_of_the_last_run_is_evaluated_with_the_settings_of_then(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.save()
    engine.say(_down(HOSTS[1]))
    past = engine.restart(_settings(HOSTS[1]))
    assert set(_open(past)) == set(HOSTS), "the edit is a change that comes after it"
    assert past.in_force == engine.in_force


def test_settings_in_the_tail_are_in_force_after_it(engine: Engine) -> None:
    engine.save()
    edited = _settings(HOSTS[1])
    seq = engine.say(edited)
    past = engine.restart(edited)
    assert past.in_force == InForce(seq, rebuild.digest(edited))
    assert set(past.feeder.pipeline.topology.routes) == {r.route_id for r in edited.inventory.routes}


def test_settings_that_are_no_longer_in_the_journal_are_replaced_by_todays(tmp_path: Path, engine: Engine) -> None:
    engine.say(_down(HOSTS[1]))
    engine.save()
    engine.journal = Journal(tmp_path / "other", after_seq=engine.restored.last_seq)
    past = engine.restart(_settings(HOSTS[1]))
    assert set(_open(past)) == {HOSTS[1]}


def test_a_signal_that_meets_a_bug_does_not_keep_an_engine_from_starting(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.say(_down(HOSTS[0]))
    feed = Pipeline.feed

    def fails(pipeline: Pipeline, signal: Signal) -> list[Change]:
        if isinstance(signal.payload, LogLine) and HOSTS[0].encode() in signal.payload.raw:
            raise RuntimeError("a bug")
        return feed(pipeline, signal)

    engine.say(_down(HOSTS[1]))
    monkeypatch.setattr(Pipeline, "feed", fails)
    past = engine.restart()
    assert set(_open(past)) == {HOSTS[1]}
    assert past.feeder.failed == 1


def test_equal_settings_have_one_digest_and_other_ones_another() -> None:
    assert rebuild.digest(_settings(*HOSTS)) == rebuild.digest(_settings(*HOSTS))
    relayed = msgspec.structs.replace(_settings(*HOSTS), relays=("10.0.0.1",))
    assert len({rebuild.digest(s) for s in (_settings(*HOSTS), _settings(HOSTS[0]), relayed)}) == 3
    assert rebuild.digest(msgspec.structs.replace(relayed, inventory=Inventory())) != rebuild.digest(relayed)


def test_an_outage_that_nobody_follows_is_ended_and_no_longer_latched(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    (outage,) = _open(engine).values()
    ended = rebuild.ended(outage, T0 + 100)
    assert (ended.closed_at, ended.state, ended.is_latched) == (T0 + 100, "UNKNOWN", False)
    assert ended.resolved_at is None, "nobody saw it recover"
    closed = msgspec.structs.replace(outage, closed_at=T0 + 50, is_latched=True)
    assert rebuild.ended(closed, T0 + 100) == msgspec.structs.replace(closed, is_latched=False)


def test_settings_that_are_in_force_already_change_nothing(engine: Engine) -> None:
    engine.say(_down(HOSTS[0]))
    engine.say(_settings(HOSTS[0]))
    machine, removed = engine.pipeline.machine, engine.pipeline.removed
    assert len(removed) == 1
    engine.say(_settings(HOSTS[0]))
    assert engine.pipeline.machine is machine
    assert engine.pipeline.removed == (), "they were told of before"


@pytest.mark.parametrize("isolated", [None, Banner(kind="isolated", text="cut off", since_at=T0)])
def test_what_is_saved_is_one_record_of_everything_a_restart_needs(engine: Engine, isolated: Banner | None) -> None:
    engine.say(_down(HOSTS[0]))
    written = rebuild.save(engine.pipeline, engine.in_force, Clock(lambda: T0, lambda: T0), isolated)
    expected = Saved(engine.pipeline.freeze(), engine.in_force, T0, T0, isolated)
    assert rebuild.saved(Restored(checkpoint=written)) == expected
