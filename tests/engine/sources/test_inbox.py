"""The bounded queue: order, oldest dropped first, and no sender that pushes out others."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import LogLine, ProbeResult, Signal, Source, Tick
from statetrace_engine.sources import inbox as inboxes
from statetrace_engine.sources.inbox import QUEUED, Inbox

MISS = ProbeResult("p", 1, 0, 0.0, 0.0, 0.0)


def an_inbox(capacity: int = 100) -> Inbox:
    return Inbox(capacity, Clock(wall=lambda: 1000.0, monotonic=lambda: 5.0))


def flood(inbox: Inbox, peer: str, number: int) -> None:
    for count in range(number):
        inbox.put(Source.SYSLOG_UDP, peer, LogLine(str(count).encode()))


def lines(signals: list[Signal], peer: str) -> list[int]:
    return [int(s.payload.raw) for s in signals if s.peer == peer and isinstance(s.payload, LogLine)]


def test_signals_leave_in_the_order_of_arrival_with_both_times() -> None:
    inbox = an_inbox()
    inbox.put(Source.SYSLOG_UDP, "10.0.0.1", LogLine(b"1"))
    inbox.put(Source.PROBE_ICMP, "10.0.0.2", MISS, steady=7.0)
    inbox.put(Source.ENGINE, "", Tick())

    first, *_ = drained = inbox.drain(10)

    assert [signal.source for signal in drained] == [Source.SYSLOG_UDP, Source.PROBE_ICMP, Source.ENGINE]
    assert (first.seq, first.received_at, first.steady) == (0, 1000.0, 1000.0)
    assert drained[1].steady == 7.0
    assert inbox.depth == 0


def test_a_sender_waits_for_a_bounded_number_of_each_other_one() -> None:
    inbox = an_inbox(100_000)
    flood(inbox, "loud", 30_000)
    flood(inbox, "quiet", 2)
    inbox.put(Source.PROBE_ICMP, "t", MISS)

    first = inbox.drain(QUEUED + 3)

    assert (lines(first, "quiet"), first[-1].payload) == ([0, 1], MISS)
    assert lines(first + inbox.drain(100_000), "loud") == list(range(30_000)), "in its own order"
    assert (inbox.depth, sum(inbox.dropped.values())) == (0, 0)


def test_several_floods_have_turns() -> None:
    inbox = an_inbox(100_000)
    for peer in ("a", "b", "c"):
        flood(inbox, peer, 5000)

    some = inbox.drain(3 * 2 * QUEUED)

    assert [len(lines(some, peer)) for peer in ("a", "b", "c")] == [2 * QUEUED] * 3


def test_drain_takes_no_more_than_asked() -> None:
    inbox = an_inbox()
    flood(inbox, "a", 5)

    assert [len(inbox.drain(2)) for _ in range(4)] == [2, 2, 1, 0]


def test_a_full_inbox_drops_the_oldest_and_counts_it() -> None:
    inbox = an_inbox(100)
    flood(inbox, "a", 250)

    kept = lines(inbox.drain(1000), "a")

    assert kept == list(range(200, 250)), "one sender alone has half"
    assert inbox.received["syslog_udp"] == 250
    assert inbox.dropped["syslog_udp"] == 200


def test_a_flood_does_not_push_out_others() -> None:
    inbox = an_inbox(100)
    flood(inbox, "quiet", 3)
    flood(inbox, "loud", 10_000)
    for number in range(40):
        flood(inbox, f"q{number}", 1)
    flood(inbox, "loud", 10_000)

    drained = inbox.drain(1000)

    assert lines(drained, "quiet") == [0, 1, 2]
    assert all(lines(drained, f"q{number}") == [0] for number in range(40))
    assert len(drained) <= 100


def test_senders_after_the_flood_find_room_at_its_expense() -> None:
    inbox = an_inbox(100)
    flood(inbox, "early", 2)
    flood(inbox, "loud", 10_000)
    for number in range(90):
        flood(inbox, f"q{number}", 1)

    drained = inbox.drain(1000)

    assert len(drained) == 100
    assert lines(drained, "early") == [0, 1]
    assert sum(bool(lines(drained, f"q{number}")) for number in range(90)) == 90
    assert len(lines(drained, "loud")) == 8


def test_a_flood_of_log_lines_drops_no_probe_result_and_no_operator() -> None:
    inbox = an_inbox(100)
    for number in range(60):
        inbox.put(Source.PROBE_STAMP, f"t{number}", MISS)
        inbox.put(Source.OPERATOR, "me", Tick())
    for number in range(5000):
        flood(inbox, f"forged{number}", 1)

    drained = inbox.drain(10_000)

    assert sum(signal.source is Source.PROBE_STAMP for signal in drained) == 60
    assert sum(signal.source is Source.OPERATOR for signal in drained) == 60
    assert inbox.dropped["probe_stamp"] == 0
    assert len(drained) <= 220


def test_probe_results_are_bounded_too() -> None:
    inbox = an_inbox(100)
    for _ in range(500):
        inbox.put(Source.PROBE_ICMP, "t", MISS)

    assert inbox.depth == 100
    assert inbox.dropped["probe_icmp"] == 400


async def test_wait_returns_when_a_signal_waits_and_only_then() -> None:
    inbox = an_inbox()
    waiting = asyncio.ensure_future(inbox.wait())
    await asyncio.sleep(0)
    assert not waiting.done()

    inbox.put(Source.SYSLOG_UDP, "a", LogLine(b"x"))
    await asyncio.wait_for(waiting, 5)

    inbox.drain(10)
    again = asyncio.ensure_future(inbox.wait())
    await asyncio.sleep(0)
    assert not again.done()
    again.cancel()


async def test_other_threads_may_put() -> None:
    inbox = an_inbox(1000)
    loop = asyncio.get_running_loop()

    def send() -> None:
        for number in range(100):
            inbox.put_threadsafe(loop, Source.SYSLOG_UDP, "t", LogLine(str(number).encode()))

    thread = threading.Thread(target=send)
    thread.start()
    drained: list[Signal] = []
    async with asyncio.timeout(10):
        while len(drained) < 100:
            await inbox.wait()
            drained += inbox.drain(1000)
    thread.join()

    assert lines(drained, "t") == list(range(100))


@given(
    st.integers(2, 40),
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from([Source.SYSLOG_UDP, Source.TRAP, Source.PROBE_TCP]), st.integers(0, 12)),
            st.integers(1, 30),
        ),
        max_size=300,
    ),
    st.integers(1, 10),
)
def test_nothing_is_lost_uncounted_and_order_is_kept(
    capacity: int, story: list[tuple[Source, int] | int], queued: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inboxes, "QUEUED", queued)
        tell(capacity, story)


def tell(capacity: int, story: list[tuple[Source, int] | int]) -> None:
    inbox = an_inbox(capacity)
    drained: list[Signal] = []
    put = 0
    for step in story:
        if isinstance(step, int):
            drained += inbox.drain(step)
        else:
            put += 1
            inbox.put(step[0], str(step[1]), LogLine(str(put).encode()))
        assert inbox.depth <= 2 * capacity
    drained += inbox.drain(10_000)

    for source, peer in {(signal.source, signal.peer) for signal in drained}:
        numbers = [int(s.payload.raw) for s in drained if (s.source, s.peer) == (source, peer)]  # type: ignore[union-attr]
        assert numbers == sorted(numbers)
    assert sum(inbox.received.values()) == put
    assert sum(inbox.dropped.values()) + len(drained) == put
    assert inbox.depth == 0
