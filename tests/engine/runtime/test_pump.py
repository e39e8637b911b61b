"""The pump in a loop of its own, with a clock that the test moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from statetrace_engine.clock import Clock
from statetrace_engine.model.change import Change
from statetrace_engine.model.signal import Gap, LogLine, Payload, Signal, Source, Tick
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.feeding import Feeder
from statetrace_engine.runtime.pump import AWAKE_S, Pump, readable
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.store.journal import Journal

T0 = 1_795_442_400.0


class Desk:
    """A pump whose time stands still unless it is moved."""

    def __init__(self, folder: Path) -> None:
        self.now = T0
        clock = Clock(lambda: self.now, lambda: self.now)
        self.inbox = Inbox(1000, clock)
        self.journal = Journal(folder)
        self.pump = Pump(self.inbox, self.journal, Feeder(Pipeline()), self._deliver)
        self.delivered: list[int] = []

    def _deliver(self, changes: list[Change], seq: int) -> None:
        self.delivered += [seq] * len(changes)

    def written(self) -> list[Signal]:
        assert self.journal.flush()
        return list(self.journal.read())

    def payloads(self) -> list[Payload]:
        return [signal.payload for signal in self.written()]


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "journal")


async def test_signals_are_numbered_in_order_of_arrival_and_journaled(desk: Desk) -> None:
    for number in range(100):
        desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"%d" % number))
    desk.pump.drain(5.0)
    assert [(s.seq, s.payload.raw) for s in desk.written() if isinstance(s.payload, LogLine)] == [
        (number + 1, b"%d" % number) for number in range(100)
    ]


async def test_secrets_are_out_before_the_journal_and_counted(desk: Desk) -> None:
    desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"command:username bob secret 5 hunter2horse", True))
    desk.pump.drain(5.0)
    (line,) = desk.payloads()
    assert isinstance(line, LogLine)
    assert b"hunter2horse" not in line.raw
    assert line.is_backlog
    assert desk.pump.redacted == 1


async def test_a_pause_is_journaled_once_before_what_waited(desk: Desk) -> None:
    desk.pump.notice_pause()
    desk.now += 5.0
    desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"late"))
    desk.pump.notice_pause()
    desk.pump.note_gap(4.9)  # the probes noticed it too
    desk.pump.drain(5.0)
    assert desk.payloads() == [Gap(5.0, "this machine did not run"), LogLine(b"late")]


async def test_a_loop_that_turns_in_time_is_no_pause(desk: Desk) -> None:
    for _ in range(20):
        desk.now += AWAKE_S
        desk.pump.notice_pause()
    assert desk.payloads() == []


async def test_two_pauses_are_two_gaps(desk: Desk) -> None:
    for _ in range(2):
        desk.now += 3.0
        desk.pump.notice_pause()
    assert desk.payloads() == [Gap(3.0, "this machine did not run")] * 2


async def test_what_an_operator_says_goes_ahead_of_the_queue(desk: Desk) -> None:
    desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"waits"))
    _, seq = desk.pump.say(Tick(), Source.ENGINE)
    desk.pump.drain(5.0)
    assert seq == 1
    assert desk.payloads() == [Tick(), LogLine(b"waits")]


async def test_lag_is_the_worst_of_this_second_and_the_last(desk: Desk) -> None:
    desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"x"))
    desk.now += 0.25
    desk.pump.drain(5.0)
    assert desk.pump.lag_ms == pytest.approx(250.0)
    assert desk.pump.next_second() == pytest.approx(250.0)
    assert desk.pump.lag_ms == pytest.approx(250.0)
    assert desk.pump.next_second() == 0.0
    assert desk.pump.lag_ms == 0.0


async def test_a_signal_that_meets_a_bug_leaves_the_rest_of_its_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fed: list[int] = []

    def feed(_: Pipeline, signal: Signal) -> list[Change]:
        if isinstance(signal.payload, LogLine):
            fed.append(signal.seq)
        if signal.seq == 2:
            raise KeyError("a bug")
        return []

    monkeypatch.setattr(Pipeline, "feed", feed)
    for number in range(4):
        desk.inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"%d" % number))
    desk.pump.drain(5.0)
    assert fed == [1, 2, 3, 4]
    assert len(desk.written()) == 4


def test_a_signal_reads_as_text() -> None:
    assert readable(Signal(1, T0, T0, Source.SYSLOG_UDP, "", LogLine(b"%LINK \xff"))) == "%LINK \ufffd"
    assert "ran" in readable(Signal(1, T0, T0, Source.ENGINE, "", Gap(1.0, "nobody ran")))
