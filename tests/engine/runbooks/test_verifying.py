"""What verifies a step of a runbook, and what does not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from statetrace_engine.model.captured import CapturedFact, Kind
from statetrace_engine.model.change import Worked, WorkTold
from statetrace_engine.model.remediation import StepEvidence
from statetrace_engine.model.runbook import Check
from statetrace_engine.runbooks import checks
from tests.engine.replaying import restarted
from tests.engine.runbooks.working import (
    BOOK,
    CHECKED,
    HOST,
    NETWORK,
    PORT_UP,
    PORTS,
    capture,
    network,
    outage,
    polled,
    said_,
    start,
    step,
    task,
)
from tests.virtual import VirtualNetwork


@pytest.mark.parametrize(
    ("name", "shown", "text"),
    [
        ("port", said_("link-up", 20.0), "GigabitEthernet0/1 up"),
        ("port", {"t": 20.0, "trap": ["linkUp", "1.3.6.1.2.1.31.1.1.1.1.1", "GigabitEthernet0/1"]}, ""),
        ("port", {**polled(20.0, True), "times": 2, "every": 10.0}, "GigabitEthernet0/1 up"),
        ("session", said_("bgp-up", 20.0), "bgp 10.1.1.2 up"),
        ("way", {"t": 20.0, "walk": {"via": [["10.1.1.2", "GigabitEthernet0/1"]]}}, ""),
        ("hop", {"t": 20.0, "answer": ["*/next-hop/*"]}, "10.1.1.2 answers, 1 of 1"),
        ("host", {"t": 20.0, "device": HOST, "say": ["link-up"]}, ""),
    ],
    ids=["syslog", "trap", "poll", "session", "route", "probe", "device"],
)
def test_what_a_step_checks_makes_it_green(name: str, shown: dict[str, Any], text: str) -> None:
    net = network(start(name), shown)
    net.run_to(19.0)
    assert name == "host" or not task(net).is_done
    net.run_to(40.0)
    found = task(net)
    assert found.is_done
    assert found.proof is not None
    assert found.proof.text.startswith(text)
    assert found.proof.steady > found.started
    signal = net.journal[found.proof.seq - 1]
    assert signal.seq == found.proof.seq
    assert signal.steady >= found.started
    worked = [c for c in net.changes if isinstance(c, Worked) and c.what is WorkTold.COMPLETED]
    assert [(w.is_verified, w.done, w.of) for w in worked] == [(True, 1, len(CHECKED))]


@pytest.mark.parametrize(
    "shown",
    [
        said_("link-up", 9.0),
        said_("link-up", 20.0, age_s=30.0, backlog=True),
        said_("link-up", 20.0, backlog=True),
        polled(20.0, True),
        {**polled(11.0, True, cache_s=30.0), "times": 3, "every": 2.0},
        said_("link2-up", 20.0),
        {"t": 20.0, "answer": ["*/next-hop/*"]},
    ],
    ids=[
        "before",
        "history",
        "of a file's backlog",
        "one poll against the last word",
        "an old copy",
        "another port",
        "another plane",
    ],
)
def test_what_does_not_show_it_leaves_it_open(shown: dict[str, Any]) -> None:
    net = network(start("port"), shown)
    net.run_to(40.0)
    assert task(net).proof is None
    assert task(net).is_open


@pytest.mark.parametrize(
    ("age_s", "agreed", "is_done"),
    [(0.0, "whole", True), (9.4, "whole", True), (15.0, "whole", False), (15.0, "none", True)],
    ids=["now", "in the second of the start", "late", "of a clock that never agreed"],
)
def test_a_late_message_of_a_clock_of_whole_seconds_verifies_nothing(age_s: float, agreed: str, is_done: bool) -> None:
    """What was up before the start may be down again."""
    agreeing = said_("link2-up", 7.0, stamp=agreed)
    net = network(agreeing, start("port", 10.5), said_("link-up", 20.0, stamp="whole", age_s=age_s))
    net.run_to(40.0)
    assert task(net).is_done is is_done


def test_a_repeat_that_changes_nothing_confirms_what_was_so_before_the_start() -> None:
    net = network(said_("link-up", 8.0), start("port"), said_("link-up", 20.0))
    net.run_to(19.0)
    assert not task(net).is_done
    assert [(word.is_so, word.text) for word in step(net, "port").evidence] == [(True, "GigabitEthernet0/1 up")]
    net.run_to(21.0)
    assert task(net).is_done


@pytest.mark.parametrize(("check", "is_done"), [("interface {port}", True), ("interface {interface}", False)])
def test_a_port_is_not_the_unit_that_runs_over_it(check: str, is_done: bool) -> None:
    units = NETWORK.replace('interface = "Gi0/1"', 'interface = "Gi0/1.100"')
    text = BOOK.replace("check: interface {interface}", f"check: {check}")
    net = network(start("port"), said_("link-up", 20.0), text=text, devices=units)
    net.run_to(30.0)
    assert task(net).is_done is is_done


def test_a_newer_capture_verifies_and_opens_at_its_place() -> None:
    net = network(start("port"))
    net.run_to(20.0)
    capture(net, 15.0, PORT_UP, PORTS)
    assert not task(net).is_done, "it was taken before the step began"
    capture(net, 5.0, PORT_UP, PORTS)
    proof = task(net).proof
    assert proof is not None
    assert (proof.source, proof.capture_id, proof.span) == ("capture", 7, (10, 50))
    assert proof.at == net.wall - 5.0


def test_a_capture_older_than_the_last_word_proves_nothing() -> None:
    net = network(start("port"), said_("link-up", 12.0), start("port", 13.0), said_("link-down", 18.0))
    net.run_to(20.0)
    capture(net, 5.0, PORT_UP)
    last = outage(net).work.tasks[-1]
    assert not last.is_done


def test_what_a_command_shows_at_all_verifies_that_it_was_captured() -> None:
    net = network(start("shown"))
    net.run_to(20.0)
    assert step(net, "shown").checks == (f"a newer capture of {HOST} shows its interfaces",)
    capture(net, 1.0, replace(PORTS, kind=Kind.ARP))
    assert not task(net).is_done
    capture(net, 1.0, PORTS)
    assert task(net).is_done


@pytest.mark.parametrize(
    ("check", "fact", "says"),
    [
        ("arp {next_hop}", CapturedFact(Kind.ARP, "10.1.1.2", True, "10.1.1.2 0c00.1", (5, 9)), "10.1.1.2 is resolved"),
        (
            "stp {port}",
            CapturedFact(Kind.SPANNING_TREE, "GigabitEthernet0/1", True, "GigabitEthernet0/1 forwarding", (5, 9)),
            "GigabitEthernet0/1 forwards",
        ),
    ],
)
def test_what_only_captures_tell_is_told_by_a_newer_one_of_that_very_thing(
    check: str, fact: CapturedFact, says: str
) -> None:
    net = network(start("port"), text=BOOK.replace("check: interface {interface}", f"check: {check}"))
    net.run_to(20.0)
    assert step(net, "port").checks == (f"a newer capture shows that {says}",)
    capture(net, 1.0, replace(fact, name="another"))
    capture(net, 1.0, replace(fact, kind=Kind.OSPF_NEIGHBORS))
    capture(net, 15.0, fact)
    assert task(net).is_open
    assert task(net).against is None
    capture(net, 1.0, replace(fact, is_up=False))
    assert task(net).against is not None
    capture(net, 0.5, fact)
    proof = task(net).proof
    assert proof is not None
    assert (proof.text, proof.span) == (fact.text, (5, 9))


def test_a_change_that_a_newer_comparison_shows_taken_back() -> None:
    shut, undone = "+interface GigabitEthernet0/1 | shutdown", "-interface GigabitEthernet0/1 | shutdown"
    told = {"run": 2, "from_s": 600.0, "changes": [shut]}
    later = {"run": 3, "previous": 2, "from_s": 10.0, "changes": [undone]}
    net = network(
        {"t": 8.0, "device": HOST, "compared": told}, start("undone"), {"t": 20.0, "device": HOST, "compared": later}
    )
    net.run_to(19.0)
    assert task(net).is_open
    net.run_to(21.0)
    proof = task(net).proof
    assert proof is not None
    assert proof.span == (0, 0), "what is gone stands nowhere"


@pytest.mark.parametrize(
    ("later", "is_done"),
    [
        (["interfaces", "GigabitEthernet0/1", "mtu", 1400, 1500], True),
        (["interfaces", "GigabitEthernet0/1", "mtu", 1400, 1450], False),
        (["interfaces", "GigabitEthernet0/1", "vlan", "20", "10"], False),
        (["interfaces", "GigabitEthernet0/2", "mtu", 1400, 1500], False),
    ],
    ids=["as it was", "another value", "another field", "another interface"],
)
def test_a_value_is_taken_back_when_it_is_what_it_was(later: list[Any], is_done: bool) -> None:
    told = {"run": 2, "from_s": 600.0, "changes": [["interfaces", "GigabitEthernet0/1", "mtu", 1500, 1400]]}
    back = {"run": 3, "previous": 2, "from_s": 10.0, "changes": [later]}
    net = network(
        {"t": 8.0, "device": HOST, "compared": told}, start("undone"), {"t": 20.0, "device": HOST, "compared": back}
    )
    net.run_to(19.0)
    assert step(net, "undone").checks == ("a newer capture shows a change before it taken back",)
    net.run_to(21.0)
    assert task(net).is_done is is_done


def test_a_change_that_only_followed_is_none_to_take_back() -> None:
    told = {"run": 2, "from_s": 600.0, "changes": [["interfaces", "GigabitEthernet0/1", "oper_up", True, False]]}
    net = network({"t": 8.0, "device": HOST, "compared": told})
    net.run_to(9.0)
    assert [change.is_deed for change in outage(net).changes if change.between is not None] == [False]
    assert step(net, "undone").unverifiable == "no capture shows a change that may be behind it"


def test_the_same_line_taken_back_on_another_device_is_not_the_change() -> None:
    far = {"t": 8.5, "device": "WLLS-B01-CR-01"}
    shut = {"run": 2, "from_s": 600.0, "changes": ["+interface GigabitEthernet0/1 | shutdown"]}
    other = {"run": 3, "from_s": 600.0, "changes": ["+router bgp 65000 | neighbor 10.1.1.1 shutdown"]}
    undone = {"run": 4, "previous": 3, "from_s": 10.0, "changes": ["-interface GigabitEthernet0/1 | shutdown"]}
    net = network(
        {"t": 8.0, "device": HOST, "compared": shut}, {**far, "compared": other}, start("undone"),
        {**far, "t": 20.0, "compared": undone},
    )  # fmt: skip
    net.run_to(19.0)
    assert {change.hostname for change in outage(net).changes if change.between is not None} == {HOST, far["device"]}
    net.run_to(21.0)
    assert task(net).is_open


def test_the_same_line_taken_back_on_a_namesake_at_another_site_is_not_the_change() -> None:
    shut = {"run": 2, "from_s": 600.0, "changes": ["+interface GigabitEthernet0/1 | shutdown"]}
    undone = {"run": 4, "previous": 3, "from_s": 10.0, "changes": ["-interface GigabitEthernet0/1 | shutdown"]}
    net = network(
        {"t": 8.0, "device": HOST, "compared": shut}, start("undone"),
        {"t": 20.0, "device": HOST, "compared": undone | {"site": "BOYO"}},
        {"t": 30.0, "device": HOST, "compared": undone | {"run": 5}},
    )  # fmt: skip
    net.run_to(21.0)
    assert task(net).is_open
    net.run_to(31.0)
    assert task(net).proof is not None


def _word(is_so: bool, steady: float) -> StepEvidence:
    return StepEvidence(source="trap", is_so=is_so, at=steady, text="t", seq=1, steady=steady)


@pytest.mark.parametrize(
    ("words", "decided"),
    [
        ((_word(True, 11.0), _word(True, 9.0)), 11.0),
        ((_word(True, 9.0),), None),
        ((_word(True, 11.0), _word(False, 9.0)), None),
        ((_word(True, 12.0), _word(False, 11.0)), 11.0),
    ],
    ids=["so", "so before the start", "another was against it before", "another is against it"],
)
def test_a_word_decides_when_it_is_newer_and_nothing_speaks_against_it(
    words: tuple[StepEvidence, ...], decided: float | None
) -> None:
    found = checks.decided(checks.Seen(words=words), 10.0)
    assert (found.steady if found is not None else None) == decided


def test_an_answer_from_before_the_start_verifies_nothing_whatever_else_is_said() -> None:
    net = network({"t": 7.0, "answer": ["*/next-hop/*"]}, start("hop", 10.2), said_("link-up", 10.4))
    net.run_to(10.6)
    assert task(net).is_open
    net.run_to(13.0)
    proof = task(net).proof
    assert proof is not None
    assert proof.steady > task(net).started


def test_a_route_that_only_history_tells_of_is_not_proven() -> None:
    net = network(start("way"), said_("via-primary", 20.0, backlog=True))
    net.run_to(30.0)
    assert task(net).is_open
    shown = network(start("way"), said_("via-primary", 20.0))
    shown.run_to(30.0)
    assert task(shown).is_done


def test_when_the_patience_with_a_graceful_restart_ends_the_session_is_lost_as_of_then() -> None:
    net = network(said_("bgp-up", 12.0), said_("bgp-restarting", 14.0), start("session", 100.0))
    net.run_to(133.0)
    assert task(net).against is None, "its last word is older than the step"
    net.run_to(136.0)
    against = task(net).against
    assert against is not None
    assert against.steady - task(net).started == pytest.approx(14.0 + 120.0 - 100.0, abs=1.0)


def probed(net: VirtualNetwork, **first: Any) -> checks.Seen:
    """What is seen of the next hop's probes, the first of them in this state."""
    working = net.pipeline.working
    scene = working._scene(net.pipeline.machine.life.records[outage(net).outage_id], checks.Heard())
    assert scene is not None
    assert scene.path is not None
    for name, value in first.items():
        setattr(scene.path.probes[0].state, name, value)
    return checks.look(Check(kind="probe", subject="next-hop"), scene)


def test_a_first_miss_says_nothing_before_its_burst_has_decided() -> None:
    net = network({"t": 7.0, "answer": ["*/next-hop/*"]})
    net.run_to(20.0)
    assert [word.is_so for word in probed(net).words] == [True]
    missed = probed(net, suspect_since=net.pipeline.machine.moment.now)
    assert (missed.words, missed.is_whole) == ((), False)


def test_a_probe_without_a_verdict_says_nothing() -> None:
    net = network({"t": 7.0, "answer": ["*/next-hop/*"]})
    net.run_to(20.0)
    assert probed(net, verdict=None).words == ()


def test_a_port_that_the_path_does_not_have_cannot_be_looked_for() -> None:
    bare = NETWORK.replace('interface = "Gi0/1", ', "")
    net = network(devices=bare, text=BOOK.replace("check: interface {interface}", "check: stp {port}"))
    net.run_to(9.0)
    assert step(net, "port").unverifiable == "the path that failed is not known"


def test_of_two_probes_both_must_have_a_word() -> None:
    second = '{ kind = "tcp", tests = "next-hop", target = "10.1.1.2", port = 179, interval_ms = 1000 },'
    two = NETWORK.replace("probe = [", f"probe = [\n    {second}")
    net = network({"t": 7.0, "answer": ["*/next-hop/*"]}, devices=two)
    net.run_to(20.0)
    both = probed(net)
    assert (len(both.words), both.is_whole) == (2, True)
    one = probed(net, suspect_since=net.pipeline.machine.moment.now)
    assert (len(one.words), one.is_whole) == (1, False)
    assert checks.decided(one, 0.0) is None


CARRIED = BOOK.replace("check: route {prefix}", "check: carried {prefix}")


def test_only_a_word_on_this_prefix_shows_that_something_carries_it() -> None:
    """What the device says of a port says nothing of who carries the prefix, though it is known to be installed."""
    by_another = {"walk": {"via": [["10.1.1.9", "GigabitEthernet0/2"]]}}
    net = network(
        {"t": 8.0, **by_another}, start("way"), said_("link-up", 15.0), {"t": 20.0, **by_another}, text=CARRIED
    )
    net.run_to(19.0)
    assert not task(net).is_done
    net.run_to(30.0)
    found = task(net)
    assert found.is_done
    assert found.proof is not None
    assert found.proof.source == "snmp"


def test_what_is_checked_of_a_route_names_the_way_that_failed() -> None:
    net = network(start("way"))
    net.run_to(11.0)
    assert step(net, "way").checks == ("0.0.0.0/0 is installed by 10.1.1.2",)


def test_a_restart_takes_no_step_its_ears() -> None:
    """Who has begun a step before it is done by what the device says behind it."""
    net = network(start("port"), said_("link-up", 20.0))
    net.run_to(25.0)
    assert task(net).is_done
    begun = next(n for n, signal in enumerate(net.journal) if signal.steady > task(net).started)
    pipeline, _ = restarted(net.journal, begun)
    guided = pipeline.guide(outage(net).outage_id, "ana@jump")
    assert guided is not None
    assert next(each for each in guided.steps if each.step == "port").task == task(net)
