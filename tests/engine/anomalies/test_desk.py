"""Cards as the engine keeps them: raised by signals, hidden, judged, collapsed, and the same after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from statetrace_engine import config
from statetrace_engine.anomalies import sayings
from statetrace_engine.anomalies.desk import Desk
from statetrace_engine.model.action import Action, EndMaintenance, JudgeCard, Maintain, Undo, WakeCard
from statetrace_engine.model.anomaly import (
    EVERY,
    Absence,
    CardStep,
    CardVerdict,
    Count,
    On,
    Own,
)
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import Change
from statetrace_engine.model.inventory import Maintenance
from statetrace_engine.model.signal import (
    Gap,
    LogLine,
    RuleOff,
    Source,
    SourceLost,
)
from tests.engine.anomalies.bench import DOWN, T0, Bench, judge, notification, rule, shown, snooze, trap


def test_a_card_opens_its_evidence() -> None:
    bench = Bench(rule(Count(3, 60.0)))
    for at in (1, 2, 3, 8):
        bench.say(at, "thing")
    bench.tick(10)
    (card,) = bench.open()
    assert (card.count, card.seqs, card.subject, card.text) == (4, (1, 2, 3, 4), "R1", "3 within 60 s")
    assert card.samples == ("thing", "thing")
    assert bench.pipeline.desk.counts().warning == 1


def test_one_message_by_two_ways_is_one() -> None:
    bench = Bench(rule(Count(2, 60.0)))
    bench.say(1, "thing")
    bench.say(1.5, "thing", source=Source.SYSLOG_TCP)
    assert bench.open() == []
    bench.say(5, "thing", source=Source.SYSLOG_TCP)
    assert len(bench.open()) == 1


def test_history_raises_nothing() -> None:
    bench = Bench(rule(Count(1, 60.0)))
    bench.feed(0, LogLine(b"<189>1 2026-11-23T14:00:00.000Z R1 - - - - " + DOWN.encode()))  # its clock agrees
    bench.feed(1, LogLine(b"<189>1 2026-11-23T13:00:00.000Z R1 - - - - thing"))
    bench.feed(2, LogLine(b"<189>1 - R1 - - - - thing", is_backlog=True))
    assert bench.open() == []
    bench.feed(3, LogLine(b"<189>1 2026-11-23T14:00:02.000Z R1 - - - - thing"))
    assert len(bench.open()) == 1


def test_a_storm_is_one_card_of_many() -> None:
    bench = Bench(rule(Count(1, 60.0), subject="{hostname}"))
    for number in range(1000):
        bench.say(1 + number / 400, "thing", f"H{number}")
    bench.tick(6)
    shown = bench.open()
    assert len(shown) == 51
    (storm,) = [card for card in shown if card.subjects]
    assert (storm.subject, len(storm.subjects), storm.more, storm.count) == (EVERY, 50, 900, 950)
    assert len({step for step in bench.steps() if step[0] is CardStep.RAISED}) == 51
    bench.tick(200)
    assert bench.open() == []
    assert bench.pipeline.cards()


def test_a_storm_goes_on_and_ends_after_a_restart() -> None:
    bench = Bench(rule(Count(1, 60.0), subject="{hostname}"))
    for number in range(3000):
        bench.say(1 + number / 400, "thing", f"H{number}")
    before = {card.card_id for card in bench.open()}
    bench.restart()
    assert {card.card_id for card in bench.open()} == before
    bench.tick(12)
    assert {card.card_id for card in bench.open()} == before
    bench.tick(500)
    assert bench.open() == []


def test_a_snoozed_subject_shows_nothing_and_is_counted() -> None:
    bench = Bench(rule(Count(1, 60.0)))
    bench.act(0, snooze("R", "R1", until=600))
    bench.say(1, "thing")
    bench.say(4, "thing")
    (card,) = bench.open()
    assert card.snooze is not None
    assert (card.snooze.hidden, card.snooze.operator, card.snooze.until_at) == (2, "ana", T0 + 600)
    counts = bench.pipeline.desk.counts()
    assert (counts.warning, counts.snoozed) == (0, 1)
    for at in range(50, 600, 50):
        bench.say(at, "thing")
    bench.tick(601)
    (card,) = bench.open()
    assert card.snooze is None
    assert bench.steps()[-1] == (CardStep.WOKEN, "R1")
    assert bench.pipeline.desk.counts().warning == 1


def test_there_are_so_many_snoozes_at_most_and_one_that_is_there_may_be_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sayings, "MOST", 2)
    bench = Bench(rule(Count(1, 60.0)))
    for number, subject in enumerate(("R1", "R2", "R3", "R2")):
        acted = bench.act(number, snooze("R", subject, until=600 + number, action_id=f"s{number}"))
        assert acted.result.refused == ({"R R3": "there are 2 snoozes already"} if subject == "R3" else {})


def test_a_snooze_hides_what_is_open_and_is_taken_back() -> None:
    bench = Bench(rule(Count(1, 60.0)))
    bench.say(1, "thing")
    bench.act(2, snooze("R", EVERY, until=600))
    assert bench.open()[0].snooze is not None
    assert bench.act(5, Undo("s1", "ana")).result.touched == ("R *",)
    assert bench.open()[0].snooze is None
    bench.act(6, snooze("R", "R1", until=600, action_id="s2"))
    assert bench.act(30, Undo("s2", "ana")).result.refused == {"s2": "more than 10 s ago"}
    assert bench.act(31, WakeCard("w1", "ben", "R", "R1")).audit[0].action == "wake-card"
    assert bench.open()[0].snooze is None
    assert bench.act(32, WakeCard("w2", "ben", "R", "R1")).result.refused == {"R R1": "it is not snoozed"}


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (snooze("None", "R1", 600), "there is no rule None"),
        (snooze("R", "", 600), "a snooze has a subject"),
        (snooze("R", "R1", -5), "a snooze ends in the future"),
        (snooze("R", "R1", 40 * 86400), "31 days at most"),
        (JudgeCard("j", "ana", "CARD-X", CardVerdict.TRUE), "no such card"),
    ],
)
def test_what_cannot_be_is_refused_and_audited(action: Action, why: str) -> None:
    bench = Bench(rule(Count(1, 60.0)))
    acted = bench.act(1, action)
    assert why in next(iter(acted.result.refused.values()))
    assert "without effect" in acted.audit[0].detail


def test_feedback_makes_the_precision_of_a_rule() -> None:
    bench = Bench(rule(Count(1, 60.0), subject="{hostname}"))
    for host in ("A", "B", "C"):
        bench.say(1, "thing", host)
    first, second, _ = bench.open()
    bench.act(2, judge(first, CardVerdict.FALSE))
    bench.act(3, judge(first, CardVerdict.FALSE))  # a repeat
    bench.act(4, judge(second, CardVerdict.TRUE, "j2"))
    (status,) = [s for s in bench.pipeline.rules() if s.rule == "R"]
    assert (status.cards, status.true_cards, status.false_cards, status.precision) == (3, 1, 1, 0.5)
    bench.restart()
    bench.act(5, judge(second, None, "j3"))
    bench.act(6, Undo("j1", "ana"))
    (status,) = [s for s in bench.pipeline.rules() if s.rule == "R"]
    assert (status.true_cards, status.false_cards, status.precision) == (0, 0, None)
    bench.tick(500)
    ended = bench.pipeline.cards()[0]
    bench.act(501, judge(ended, CardVerdict.TRUE, "j4"))
    assert [card.feedback for card in bench.pipeline.cards() if card.card_id == ended.card_id] != [None]


def test_a_card_that_only_the_store_knows_can_be_judged() -> None:
    bench = Bench(rule(Count(1, 60.0), quiet_s=1.0))
    bench.say(1, "thing")
    (card,) = bench.open()
    bench.tick(10)
    bench.tick(2 * 86400)
    bench.say(2 * 86400 + 1, "thing")
    bench.tick(2 * 86400 + 9)
    assert card.card_id not in {each.card_id for each in bench.pipeline.cards()}
    acted = bench.act(2 * 86400 + 10, structs.replace(judge(card, CardVerdict.FALSE), of=card))
    assert acted.result.touched == (card.card_id,)
    assert bench.changes[-1].card.feedback is not None
    assert card.card_id not in {each.card_id for each in bench.pipeline.cards()}
    (status,) = [s for s in bench.pipeline.rules() if s.rule == "R"]
    assert (status.cards, status.false_cards) == (2, 1)


def test_time_that_nobody_watched_proves_no_silence() -> None:
    bench = Bench(rule(Absence(100.0)))
    bench.say(0, "thing")
    bench.feed(500, Gap(480.0, "the engine was not running"), Source.ENGINE, "")
    bench.tick(550)
    assert bench.open() == []
    bench.feed(560, SourceLost("syslog_udp", True, "it stopped"), Source.ENGINE, "")
    bench.tick(900)
    assert bench.open() == []
    bench.feed(910, SourceLost("syslog_udp", False, ""), Source.ENGINE, "")
    bench.tick(929)
    assert bench.open() == []
    bench.tick(931)
    (card,) = bench.open()
    assert card.text == "nothing for 100 s"
    bench.tick(5000)
    assert bench.open() == [card]  # it is silent still
    bench.say(5001, "thing")
    assert bench.open() == []


def test_a_wall_clock_that_steps_moves_no_window() -> None:
    bench = Bench(rule(Count(3, 60.0)), rule(Absence(100.0), name="S"))
    bench.say(1, "thing")
    bench.say(2, "thing")
    bench.step = 7200.0
    bench.tick(3)
    assert bench.open() == []
    bench.say(4, "thing")
    assert [card.rule for card in bench.open()] == ["R"]
    bench.step = -7200.0
    bench.tick(50)
    assert [card.rule for card in bench.open()] == ["R"]


def test_other_rules_leave_the_windows_of_unchanged_ones() -> None:
    kept, changed = rule(Count(3, 60.0)), rule(Count(1, 60.0), name="S")
    bench = Bench(kept, changed)
    bench.say(1, "thing")
    bench.say(2, "thing")
    assert [card.rule for card in bench.open()] == ["S"]
    bench.settle(structs.replace(kept, title="another title"), rule(Count(2, 60.0), name="S"), at=3)
    assert bench.open() == []
    bench.say(4, "thing")
    (card,) = bench.open()
    assert (card.rule, card.title, card.seqs) == ("R", "another title", (1, 2, 4))


def test_a_rule_that_is_switched_off_stays_so_until_it_is_another_one() -> None:
    bench = Bench(rule(Count(1, 60.0)))
    bench.feed(1, RuleOff("R", "it takes 9 ms a message"), Source.ENGINE, "")
    bench.say(2, "thing")
    bench.restart()
    bench.say(3, "thing")
    assert bench.open() == []
    (status,) = [s for s in bench.pipeline.rules() if s.rule == "R"]
    assert status.off == "it takes 9 ms a message"
    assert bench.pipeline.desk.counts().off == 1
    bench.settle(rule(Count(1, 61.0)), at=4)
    bench.say(5, "thing")
    assert len(bench.open()) == 1


def test_a_rule_beyond_its_budget_is_switched_off_once() -> None:
    bench = Bench(rule(Count(9, 60.0)))
    clock = iter(range(10_000))
    bench.pipeline.desk.measure(lambda: next(clock) / 1000)  # each look takes a millisecond
    for number in range(16 * 60):
        bench.say(number / 100, f"thing {number}")
    assert bench.pipeline.desk.take_off() == [("R", "it takes 1.0 ms a message, and may take 0.5 ms")]
    assert bench.pipeline.desk.take_off() == []


def test_a_rule_that_meets_everything_costs_little() -> None:
    bench = Bench(rule(Count(1, 60.0), On(pattern=r"\S")))
    for number in range(2000):
        bench.say(number / 400, f"any {number}")
    assert len(bench.open()) == 1
    assert len(bench.steps()) <= 4
    bench.tick(8)
    assert bench.open()[0].count == 2000


def test_a_flood_of_one_device_hides_no_other() -> None:
    bench = Bench(rule(Count(1, 60.0)))
    for number in range(2000):
        bench.say(1 + number / 2100, f"thing {number}")
    bench.say(1.97, "thing", "R2")
    bench.say(2.0, "thing again")
    bench.tick(9)
    assert sorted((card.subject, card.count) for card in bench.open()) == [("R1", 501), ("R2", 1)]
    assert bench.pipeline.desk.counts().skipped == 1500


def test_a_configuration_that_is_changed_without_a_window() -> None:
    changed = "%SYS-5-CONFIG_I: Configured from console by ana on vty0 (10.1.1.1)"
    bench = Bench(rule(Count(1, 60.0), On(tags=("STATETRACE-5-CONFIG_NO_WINDOW",)), quiet_s=10.0))
    window = Maintenance(maintenance_id="M1", starts_at=T0, ends_at=T0 + 100, reason="works", hostname="R1")
    bench.act(0, Maintain("m1", "ana", window))
    bench.say(1, changed)
    bench.feed(2, shown(1, T0 - 10, T0 + 2), Source.CAPTURE, "R1")
    site = Maintenance(maintenance_id="M2", starts_at=T0, ends_at=T0 + 50, reason="works", site="A")
    bench.act(2, EndMaintenance("m2", "ana", "M1"))
    bench.act(2, Maintain("m3", "ana", site))
    bench.feed(2.5, structs.replace(shown(9, T0 + 1, T0 + 2), site="another"), Source.CAPTURE, "R1")
    bench.feed(3, shown(2, T0 - 3 * 86400, T0 - 2 * 86400), Source.CAPTURE, "R1")  # history
    assert bench.open() == []
    bench.say(101, changed)
    (card,) = bench.open()
    assert "ana" in card.samples[0]
    bench.tick(150)
    bench.feed(151, shown(3, T0 + 110, T0 + 150), Source.CAPTURE, "R1")
    (card,) = bench.open()
    assert card.samples == ("%STATETRACE-5-CONFIG_NO_WINDOW: captures show 1 changed, the first: ntp server 10.9.9.9",)


def test_a_device_that_nobody_captures_any_more() -> None:
    bench = Bench(rule(Absence(500.0), On(tags=("STATETRACE-6-CAPTURED",))))
    bench.feed(1, Captured(1, "r1", "A", "cisco_ios", T0), Source.CAPTURE, "R1")
    bench.tick(600)
    assert [card.subject for card in bench.open()] == ["R1"]
    bench.feed(601, Captured(2, "r1", "A", "cisco_ios", T0 + 600), Source.CAPTURE, "R1")
    assert bench.open() == []


def test_the_engines_own_words_about_a_message_are_not_the_message_once_more() -> None:
    """They are found by their tag, and repeat what the device said."""
    by_tag = rule(Count(1, 60.0), On(tags=("STATETRACE-5-*",)), "T")
    bench = Bench(rule(Count(1, 60.0), On(words=("configured from",))), by_tag)
    bench.say(1, "%SYS-5-CONFIG_I: Configured from console by x on vty0 (10.9.9.9)")
    bench.tick(20)
    assert {card.rule: card.count for card in bench.open()} == {"R": 1, "T": 1}


def test_a_device_that_is_captured_is_as_silent_as_before() -> None:
    bench = Bench(rule(Absence(500.0), On(pattern=r"\S")))
    bench.say(1, "thing")
    bench.feed(400, Captured(1, "r1", "A", "cisco_ios", T0), Source.CAPTURE, "R1")
    bench.tick(600)
    assert [card.subject for card in bench.open()] == ["R1"]


def test_a_trap_in_words() -> None:
    bench = Bench(rule(Count(1, 60.0), On(tags=("SNMP-5-TRAP", "SNMP-5-LINKDOWN"))))
    bench.feed(1, trap("1.3.6.1.4.1.9.9.13.3.0.4", b"Fan 2 has failed"), Source.TRAP)
    bench.feed(2, trap("1.3.6.1.6.3.1.1.5.5", b"\x00\x50\x56\xb2\x00\x01"), Source.TRAP)
    bench.feed(9, trap("1.3.6.1.6.3.1.1.5.3", b"Gi0/1"), Source.TRAP)
    (card,) = bench.open()
    assert card.samples == ("%SNMP-5-TRAP: Fan 2 has failed", "%SNMP-5-LINKDOWN: Gi0/1")


def test_ports_and_neighbours_flap_by_traps_alone_and_by_traps_beside_messages_as_often() -> None:
    shipped = {rule.id: rule for rule in config.anomaly_rules(Path("no such home"))[0]}
    bench = Bench(shipped["PortFlapEvents"], shipped["NeighbourFlaps"])
    of_if, of_peer = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.15.3.1"
    down = "1.3.6.1.6.3.1.1.5.3", (f"{of_if}.2.7", b"GigabitEthernet0/7"), (f"{of_if}.8.7", 2)
    gone = "1.3.6.1.2.1.15.7.2", (f"{of_peer}.14.10.1.1.2", b"\4\0"), (f"{of_peer}.2.10.1.1.2", 1)
    for at in (1, 20):
        bench.feed(at, notification(*down, (f"{of_if}.7.7", 1)), Source.TRAP)
        bench.feed(at, notification(*gone), Source.TRAP)
        bench.say(at, "%LINK-3-UPDOWN: Interface GigabitEthernet0/7, changed state to down")
        bench.say(at, "%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down BGP Notification sent")
    for at in range(30, 60, 5):
        bench.feed(at, notification(*down, (f"{of_if}.7.7", 2)), Source.TRAP)
    assert bench.open() == []
    bench.feed(60, notification(*down, (f"{of_if}.7.7", 1)), Source.TRAP)
    bench.feed(61, notification(*gone), Source.TRAP)
    found = {(card.rule, card.subject): card.samples[0] for card in bench.open()}
    assert found == {
        ("PortFlapEvents", "R1 GigabitEthernet0/7"): "%SNMP-5-LINKDOWN: GigabitEthernet0/7, interface "
        "GigabitEthernet0/7 down",
        ("NeighbourFlaps", "R1 10.1.1.2"): "%SNMP-5-BGPBACKWARDTRANSITION: neighbor 10.1.1.2 down",
    }


def silent(number: int, at: float, *, is_open: bool = True) -> Own:
    return Own(
        rule="ProbeTargetSilent",
        subject=f"R{number}/hop",
        hostname=f"R{number}",
        text="silent",
        at=T0 + at,
        is_open=is_open,
    )


def test_the_engines_own_cards_are_cards_like_any_other() -> None:
    desk = Desk()
    for number in range(1000):
        desk.hear(silent(number, 1.0))
    desk.warn(1.0, T0 + 1)
    desk.warn(4.0, T0 + 4)
    shown = desk.cards()
    assert len(shown) == 51
    (storm,) = [card for card in shown if card.subjects]
    assert (storm.more, storm.title, len(desk.own())) == (900, "A probe target answers nobody", 50)
    desk.act(snooze("ProbeTargetSilent", "R7/hop", 600), 5.0, T0 + 5, 10.0)
    assert desk.counts().snoozed == 1
    out: list[Change] = []
    desk.match([silent(7, 1.0)], T0 + 6, out)  # the others are no longer watched
    (left,) = [card for card in desk.cards() if not card.is_over]
    assert (left.subject, left.first_at) == ("R7/hop", T0 + 1)
    desk.hear(silent(7, 9.0, is_open=False))
    desk.warn(9.0, T0 + 9)
    assert all(card.is_over for card in desk.cards())
    assert desk.cards()[0].ended_at is not None


def test_cards_that_ended_are_kept_for_a_day_and_no_more_than_so_many() -> None:
    bench = Bench(rule(Count(1, 60.0), quiet_s=1.0, subject="{hostname}"))
    for number in range(700):
        bench.say(number * 10, "thing", f"H{number}")
    assert len(bench.pipeline.cards()) <= 501
    bench.tick(90_000)
    bench.say(95_000, "thing")
    bench.tick(96_000)
    assert [card.subject for card in bench.pipeline.cards()] == ["R1"]
