"""When probes are sent and what is reported, with a clock of our own and no sockets."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model import ids
from statetrace_engine.model.inventory import Device, Inventory, Probe, ProbeKind, ProbeTests
from statetrace_engine.model.route import Role, RoutePath, RouteRecord
from statetrace_engine.model.signal import ProbeResult
from statetrace_engine.sources.probe_schedule import ProbeSettings, Schedule
from tests.virtual import VirtualNetwork

START = 1000.0
Answer = Callable[[Probe, float], float | None]
"""The round trip in seconds of a probe sent at this time; None: lost."""


def a_probe(name: str = "a", interval_ms: int = 250, tests: ProbeTests = ProbeTests.NEXT_HOP) -> Probe:
    return Probe(
        probe_id=name, hostname="R1", kind=ProbeKind.STAMP, tests=tests, target="192.0.2.1", interval_ms=interval_ms
    )


class Play:
    """Runs a schedule against a network; everything that was said, in order, with its time."""

    def __init__(self, probes: list[Probe], network: Answer, **policy: int) -> None:
        self.schedule = Schedule(ProbeSettings(**policy), probes, START)
        self.network = network
        self.now = START
        self.sent: list[tuple[float, Probe]] = []
        self.reports: list[tuple[float, ProbeResult]] = []
        self._answers: list[tuple[float, int]] = []

    def until(self, end: float) -> Play:
        while True:
            wake = self.schedule.next_at(self.now)
            at = min(wake, self._answers[0][0] if self._answers else wake)
            if at > end:
                return self
            self.now = max(at, self.now)
            self.turn()

    def turn(self) -> None:
        while self._answers and self._answers[0][0] <= self.now:
            self.schedule.answered(heapq.heappop(self._answers)[1], self.now)
        while (send := self.schedule.due(self.now)) is not None:
            self.sent.append((self.now, send.probe))
            round_trip = self.network(send.probe, self.now)
            if round_trip is not None:
                heapq.heappush(self._answers, (self.now + round_trip, send.token))
        self.reports += [(self.now, result) for _, result in self.schedule.take_reports()]

    def since(self, at: float) -> list[tuple[float, ProbeResult]]:
        return [(when, report) for when, report in self.reports if when >= at]


def lost_between(start: float, end: float, round_trip: float = 0.01) -> Answer:
    return lambda _probe, at: None if start <= at < end else round_trip


def test_a_good_target_is_summed_up_once_a_second() -> None:
    play = Play([a_probe()], lost_between(0, 0)).until(START + 10)

    counts = [report.sent for _, report in play.reports[1:]]
    assert set(counts) == {4}
    assert len(counts) in (9, 10)
    assert all(report.sent == report.received and not report.is_burst for _, report in play.reports)
    assert play.reports[-1][1].rtt_ms == 10.0 or abs(play.reports[-1][1].rtt_ms - 10.0) < 1e-6


def test_an_interval_longer_than_a_second_reports_each_probe() -> None:
    play = Play([a_probe(interval_ms=5000)], lost_between(0, 0)).until(START + 60)

    assert {report.sent for _, report in play.reports} == {1}
    assert len(play.reports) == 12


def test_the_first_miss_is_reported_at_once_and_the_burst_once_decided() -> None:
    cut = START + 5.1
    play = Play([a_probe()], lost_between(cut, START + 60)).until(START + 10)

    lost = [(at, report) for at, report in play.since(cut) if not report.received]
    first_at, first = lost[0]
    burst_at, burst = lost[1]
    assert (first.sent, first.is_burst) == (1, False)
    assert first_at - first.first_sent_steady <= 0.1501
    assert (burst.sent, burst.received, burst.is_burst) == (20, 0, True)
    assert burst_at - burst.last_sent_steady <= 0.1501
    assert 0.569 <= burst.last_sent_steady - burst.first_sent_steady <= 0.6
    assert burst_at - cut <= 0.25 + 0.15 + 0.57 + 0.15 + 0.01


def test_a_target_that_is_down_is_asked_at_its_interval_without_new_bursts() -> None:
    play = Play([a_probe()], lost_between(START + 5, START + 60)).until(START + 20)

    after = play.since(START + 8)
    assert len(after) in (47, 48, 49)
    assert {(report.sent, report.received, report.is_burst) for _, report in after} == {(1, 0, False)}


def test_recovery_is_confirmed_thirty_milliseconds_after_the_first_answer() -> None:
    healed = START + 10.05
    play = Play([a_probe()], lost_between(START + 5, healed)).until(START + 15)

    good = [(at, report) for at, report in play.since(healed) if report.received]
    assert [report.sent for _, report in good[:2]] == [1, 1]
    assert good[1][1].first_sent_steady - good[0][0] <= 0.0301
    assert good[1][0] - healed <= 0.25 + 0.01 + 0.03 + 0.01 + 0.001
    assert all(report.received == report.sent for _, report in play.since(good[0][0]))


def test_probes_lost_before_the_recovery_do_not_fail_the_target_again() -> None:
    """With a timeout longer than the interval, losses older than the first answer were still undecided."""
    healed = START + 10.05
    play = Play([a_probe(interval_ms=100)], lost_between(START + 5, healed, 0.12), timeout_max_ms=400)
    play.until(START + 15)

    reports = [report for _, report in play.reports]
    good = next(i for i, report in enumerate(reports) if report.received and report.first_sent_steady >= healed)
    assert reports[good - 1].received == 0
    assert all(report.received == report.sent for report in reports[good:])


def test_any_answer_in_the_burst_leaves_the_target_up() -> None:
    answered = [False]

    def network(_probe: Probe, at: float) -> float | None:
        if at < START + 5 or at > START + 7:
            return 0.01
        answered[0] = not answered[0]
        return 0.01 if not answered[0] else None

    play = Play([a_probe()], network).until(START + 12)

    bursts = [report for _, report in play.reports if report.is_burst]
    assert all(0 < burst.received < burst.sent == 20 for burst in bursts[:1])
    assert {report.received for _, report in play.since(START + 9)} == {4}


def test_a_path_that_got_longer_than_its_timeout_is_not_lost() -> None:
    """Failover across an ocean: 5 ms become 180 ms, beyond the timeout of 150 ms."""
    play = Play([a_probe()], lambda _probe, at: 0.005 if at < START + 5 else 0.18).until(START + 20)

    bursts = [report for _, report in play.reports if report.is_burst]
    assert len(bursts) == 1
    assert bursts[0].received >= 13
    assert all(report.received == report.sent for _, report in play.since(START + 8))


def test_a_thousand_probes_do_not_fire_at_once() -> None:
    probes = [a_probe(f"R{number}/next-hop", 1000) for number in range(1000)]
    play = Play(probes, lost_between(0, 0)).until(START + 3)

    per_tenth = [sum(tenth <= (at - START) * 10 < tenth + 1 for at, _ in play.sent) for tenth in range(30)]
    assert min(per_tenth) > 60
    assert max(per_tenth) < 140


def test_bursts_beyond_the_limit_wait_and_control_probes_go_first() -> None:
    probes = [a_probe(f"h{number}", 1000) for number in range(30)]
    control = a_probe("control", 1000, ProbeTests.CONTROL)
    play = Play([*probes, control], lost_between(START + 3, START + 60), bursts_at_once=2).until(START + 30)

    bursts = [report.probe_id for _, report in play.reports if report.is_burst]
    assert sorted(bursts) == sorted(probe.probe_id for probe in [*probes, control])
    assert bursts.index("control") <= 12
    starts = [report.first_sent_steady for _, report in play.reports if report.is_burst]
    ends = [at for at, report in play.reports if report.is_burst]
    assert all(sum(s <= at < e for s, e in zip(starts, ends, strict=True)) <= 2 for at in starts)


def test_a_paused_machine_voids_what_was_in_flight() -> None:
    play = Play([a_probe()], lost_between(0, 0, 0.2)).until(START + 5)
    while not play.schedule.due(play.now):
        play.now = play.schedule.next_at(play.now)
    told = len(play.reports)
    play.schedule.next_at(play.now)

    play.now += 7.0
    play.turn()

    assert 6.5 < play.schedule.take_gap_s() <= 7.0
    assert play.schedule.voided >= 1
    play.until(play.now + 5)
    assert all(report.received == report.sent for _, report in play.reports[told:])


def test_a_delay_within_the_limit_loses_no_answer_that_has_arrived() -> None:
    play = Play([a_probe()], lost_between(0, 0, 0.02)).until(START + 5)

    play.schedule.next_at(play.now)
    play.now += 0.9
    play.turn()

    assert play.schedule.take_gap_s() == 0.0
    assert all(report.received == report.sent for _, report in play.until(START + 8).reports)


def test_what_cannot_be_sent_is_said_once_and_is_no_loss() -> None:
    schedule = Schedule(ProbeSettings(), [a_probe()], START)
    now, reasons = START, iter(["network is unreachable"] * 3 + ["operation not permitted"] * 2)
    reports = []
    for reason in reasons:
        while (send := schedule.due(now)) is None:
            now = schedule.next_at(now)
        schedule.unsent(send.token, now, reason)
        reports += [report for _, report in schedule.take_reports()]

    assert [(report.sent, report.error) for report in reports] == [
        (0, "network is unreachable"),
        (0, "operation not permitted"),
    ]


def test_a_refusal_is_a_miss_without_waiting() -> None:
    schedule = Schedule(ProbeSettings(), [a_probe()], START)
    now = START
    while (send := schedule.due(now)) is None:
        now = schedule.next_at(now)

    schedule.missed(send.token, now + 0.001)

    assert [(r.sent, r.received) for _, r in schedule.take_reports()] == [(1, 0)]
    assert schedule.next_at(now + 0.001) == now + 0.001, "the burst begins at once"


def test_a_reload_keeps_what_is_known_of_unchanged_targets() -> None:
    play = Play([a_probe("a"), a_probe("b")], lost_between(START + 3, START + 60)).until(START + 6)
    before = len(play.reports)

    play.schedule.replace([a_probe("a"), a_probe("c")], play.now)
    play.until(START + 12)

    after = [report for _, report in play.reports[before:]]
    assert not any(report.is_burst for report in after if report.probe_id == "a"), "still down, no new burst"
    assert any(report.is_burst for report in after if report.probe_id == "c")
    assert not any(report.probe_id == "b" for report in after)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([100, 250, 1000, 3000]), min_size=1, max_size=4),
    st.lists(st.sampled_from([0.01, 0.01, 0.02, 0.14, 0.3, 0.6, None]), min_size=1, max_size=40),
    st.lists(st.tuples(st.sampled_from(["run", "pause", "replace", "fail", "refuse"]), st.floats(0.1, 4)), max_size=8),
    st.integers(1, 3),
)
def test_every_probe_is_counted_in_exactly_one_report_or_voided(
    intervals: list[int], answers: list[float | None], story: list[tuple[str, float]], at_once: int
) -> None:
    probes = [a_probe(f"p{number}", interval) for number, interval in enumerate(intervals)]
    turn = iter(range(1_000_000))
    play = Play(probes, lambda _p, _at: answers[next(turn) % len(answers)], bursts_at_once=at_once)
    for what, seconds in [*story, ("run", 3.0)]:
        if what == "pause":
            play.now += seconds
            play.turn()
        elif what == "replace":
            play.schedule.replace(probes[: max(1, len(probes) // 2)], play.now)
        else:
            play.until(play.now + seconds)
            if what in ("fail", "refuse") and (send := play.schedule.due(play.now)) is not None:
                play.sent.append((play.now, send.probe))
                if what == "fail":
                    play.schedule.unsent(send.token, play.now, "network is unreachable")
                else:
                    play.schedule.missed(send.token, play.now)

    play.until(play.now + 30)
    play.turn()
    play.schedule.replace([], play.now)
    play.turn()

    reported = sum(report.sent for _, report in play.reports)
    assert reported + play.schedule.voided == len(play.sent)
    assert all(0 <= report.received <= report.sent for _, report in play.reports)
    assert all(report.first_sent_steady <= report.last_sent_steady for _, report in play.reports)
    assert play.schedule.due(play.now + 1000) is None


def test_a_miss_asks_the_device_itself_at_once_and_says_what_it_answers() -> None:
    """Else a lost burst would wait, for up to an interval, for a word on whether it counts."""
    path, control = a_probe("path", 4000), a_probe("control", 4000, ProbeTests.CONTROL)

    def network(probe: Probe, at: float) -> float | None:
        return None if probe is path and at >= START + 20 else 0.01

    play = Play([path, control], network).until(START + 40)
    missed = next(at for at, report in play.reports if report.probe_id == "path" and not report.received)
    answered = next(at for at, report in play.since(missed) if report.probe_id == "control")
    assert answered - missed < 0.1
    asked = [at for at, probe in play.sent if probe is control and at >= missed]
    assert all(later - at > 1.0 for at, later in pairwise(asked))


def test_a_device_that_is_asked_often_is_not_asked_besides() -> None:
    path, control = a_probe("path"), a_probe("control", tests=ProbeTests.CONTROL)

    def network(probe: Probe, at: float) -> float | None:
        return None if probe is path and at >= START + 5 else 0.01

    play = Play([path, control], network).until(START + 15)
    assert len([at for at, probe in play.sent if probe is control and at >= START + 5]) == 40


def test_a_blackhole_among_probes_that_are_seldom_asked_counts_when_its_burst_is_lost() -> None:
    """Wherever in its interval the control probe of the device falls."""
    for number in range(8):
        network = VirtualNetwork(_sparse(f"WLLS-A{number:02}-AR-01"))
        network.at(40.0, lambda n: n.silence("*/next-hop/*"))
        network.run_to(50.0)
        (outage,) = network.outages()
        assert outage.detected_at - outage.first_signal_at < 1.0


def _sparse(host: str) -> Inventory:
    hop = "10.1.1.2"
    ident = ids.route_id("WLLS", host, "default", "0.0.0.0/0")
    path_id = ids.path_id(ident, "bgp", hop, "Ethernet1")
    path = RoutePath(path_id=path_id, role=Role.PRIMARY, next_hop=hop, interface="Ethernet1", protocol="bgp")
    route = RouteRecord(
        route_id=ident, site="WLLS", hostname=host, vrf="default", prefix="0.0.0.0/0", owner="n", contact="n",
        paths=(path,),
    )  # fmt: skip
    probes = [
        Probe(
            probe_id=f"{host}/{tests}/icmp/{target}", hostname=host, kind=ProbeKind.ICMP, tests=tests, target=target,
            interval_ms=4000, next_hop=next_hop,
        )
        for tests, target, next_hop in ((ProbeTests.CONTROL, "10.1.1.1", ""), (ProbeTests.NEXT_HOP, hop, hop))
    ]  # fmt: skip
    device = Device(hostname=host, site="WLLS", addresses=("10.1.1.1",))
    return Inventory(devices=(device,), routes=(route,), probes=tuple(probes))
