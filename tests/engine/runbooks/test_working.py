"""Work by runbooks in the pipeline: what verifies a step and what does not; no replay, restart or reload differs."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.captured import Captured, CapturedFact, Kind
from statetrace_engine.model.change import Acted, Worked, WorkTold
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, RemediationTask, StepDeed, StepEvidence
from statetrace_engine.model.runbook import Check
from statetrace_engine.model.signal import Source
from statetrace_engine.runbooks import checks
from tests import journey_work
from tests.engine.replaying import differences, feed, reloaded, restarted, said, until, without_ticks
from tests.journey import happen, inventory
from tests.virtual import VirtualNetwork

HOST, PREFIX = "WLLS-A01-AR-01", "0.0.0.0/0"
ROUTE = f"{HOST} {PREFIX}"
NETWORK = """
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1"]
route = [{ prefix = "0.0.0.0/0", class = "critical", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" } }]
probe = [
    { kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 1000 },
    { kind = "icmp", tests = "control", target = "10.255.1.1", interval_ms = 1000 },
]

[[device]]
hostname = "WLLS-B01-CR-01"
addresses = ["10.255.1.2", "10.1.1.2"]
"""  # noqa: E501 - a route is a line
CHECKED = {
    "port": "interface {interface}",
    "session": "session {neighbour}",
    "way": "route {prefix}",
    "hop": "probe next-hop",
    "far": "probe destination",
    "host": "device {hostname}",
    "shown": "capture interfaces",
    "undone": "change reverted",
}
STEPS = "".join(f"\n### {name}\n- so: look\n- check: {check}\n" for name, check in CHECKED.items())
BOOK = f"# All\nid: all\ncauses: link-failure, unknown\nescalation: after 15 min to the carrier\n\n## Steps\n{STEPS}"
FAILED: dict[str, Any] = {"t": 5.0, "device": HOST, "say": ["link-down", "bgp-down"], "silent": ["*/next-hop/*"]}


def network(*events: dict[str, Any], text: str = BOOK, devices: str = NETWORK) -> VirtualNetwork:
    found = VirtualNetwork(inventory(devices), runbooks=journey_work.runbooks({"runbooks": {"all": text}}))
    for event in (FAILED, *events):
        for turn in range(event.get("times", 1)):
            found.at(event["t"] + turn * event.get("every", 0.0), partial(happen, event={"route": ROUTE, **event}))
    return found


def start(step: str, at: float = 10.0, deed: str = "start") -> dict[str, Any]:
    return {"t": at, "work": {"deed": deed, "step": step, "runbook": "all"}}


def task(net: VirtualNetwork) -> RemediationTask:
    (found,) = outage(net).work.tasks
    return found


def outage(net: VirtualNetwork) -> OutageEvent:
    (found,) = net.outages()
    return found


def guide(net: VirtualNetwork, operator: str = "ana@jump") -> GuidedRunbook:
    found = net.pipeline.guide(outage(net).outage_id, operator)
    assert found is not None
    return found


def step(net: VirtualNetwork, name: str) -> GuidedStep:
    return next(each for each in guide(net).steps if each.step == name)


def said_(words: str, at: float, **more: Any) -> dict[str, Any]:
    return {"t": at, "device": HOST, "say": [words], **more}


def polled(at: float, up: bool, **more: Any) -> dict[str, Any]:
    return {"t": at, "device": HOST, "poll": {"interfaces": [[1, "Gi0/1", up, True]], **more}}


def capture(net: VirtualNetwork, age_s: float, *facts: CapturedFact) -> None:
    net.feed(Captured(7, HOST, "WLLS", "cisco_ios", net.wall - age_s, facts=facts), Source.CAPTURE, HOST)


PORT_UP = CapturedFact(Kind.INTERFACES, "GigabitEthernet0/1", True, "GigabitEthernet0/1 up", (10, 50))
PORTS = CapturedFact(Kind.INTERFACES, "", None, "show ip interface brief: 4 rows", (0, 90))


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
    assert task(net).proof is not None


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


def test_what_cannot_be_verified_says_why() -> None:
    net = network()
    net.run_to(6.0)
    assert step(net, "far").unverifiable == "no destination probe tests it"
    assert step(net, "undone").unverifiable == "no capture shows a change that may be behind it"
    assert step(net, "port").checks == ("GigabitEthernet0/1 is up",)


def test_who_completed_by_hand_is_not_overruled() -> None:
    net = network(start("port", deed="done"), said_("link-up", 15.0), said_("link-down", 20.0))
    net.run_to(21.0)
    found = task(net)
    assert found.is_done
    assert found.proof is None
    assert found.against is not None
    assert found.against.text == "GigabitEthernet0/1 down"


def test_a_deed_by_mistake_is_taken_back_audited_and_told_and_its_step_verifies_itself_again() -> None:
    net = network(start("port", deed="done"), {"t": 12.0, "work": {"deed": "undo"}}, said_("link-up", 15.0))
    net.run_to(13.0)
    assert task(net).is_open
    entries = [entry for change in net.changes if isinstance(change, Acted) for entry in change.audit]
    assert [(entry.action, entry.detail) for entry in entries] == [
        ("runbook-done", "all port"), ("runbook-undo", "all port")
    ]  # fmt: skip
    told = [(change.what, change.done) for change in net.changes if isinstance(change, Worked)]
    assert told == [(WorkTold.COMPLETED, 1), (WorkTold.TAKEN_BACK, 0)]
    net.run_to(16.0)
    assert task(net).proof is not None


def test_the_guide_tells_of_the_other_operator_and_of_when_to_escalate() -> None:
    net = network(start("port"))
    net.run_to(11.0)
    found = guide(net, "ben@jump")
    assert [worker.operator for worker in found.workers] == ["ana@jump"]
    assert (found.is_opened, found.current, found.of) == (False, "port", len(CHECKED))
    assert found.escalate_at == outage(net).detected_at + 900.0
    assert next(each for each in found.steps if each.step == "port").others == ("ana@jump",)


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_the_time_to_escalate_does_not_move_with_a_clock_that_is_set(seconds: float) -> None:
    net = network(start("port"), {"t": 15.0, "step_clock_s": seconds})

    def left() -> float:
        found = guide(net)
        assert found.escalate_at is not None
        return found.escalate_at - found.at

    net.run_to(14.0)
    before = left()
    net.run_to(20.0)
    assert left() == pytest.approx(before - 6.0, abs=1.0)


def test_a_runbook_that_is_deleted_while_open_keeps_what_was_done() -> None:
    net = network(start("port", deed="done"))
    net.run_to(11.0)
    net.runbooks = ()
    net.reload()
    found = guide(net)
    assert found.gone == "runbook all is no longer there: what was done by it is kept"
    assert [(t.step, t.title) for t in found.earlier] == [("port", "port")]
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, deed=StepDeed.DONE))
    acted = [change for change in net.changes if isinstance(change, Acted)][-1]
    assert list(acted.result.refused.values()) == ["no runbook all is there"]


def test_a_step_that_an_edit_takes_away_is_named() -> None:
    net = network(start("port", deed="done"))
    net.run_to(11.0)
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK.replace("### port", "### The port")}})
    net.reload()
    found = guide(net)
    assert found.gone == "it was edited: no longer in it: port"
    assert found.steps[0].step == "the-port"


def test_another_cause_keeps_what_was_done_and_says_which_runbook_serves_now() -> None:
    other = "# Other\nid: other\ncauses: admin-shutdown\n\n## Steps\n\n### Ask\n- so: who\n"
    net = network(start("port", 7.0, deed="done"), said_("admin-down", 8.0))
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK, "other": other}})
    net.reload()
    net.run_to(12.0)
    assert outage(net).cause == "admin-shutdown"
    found = guide(net)
    assert (found.runbook, found.serving, found.done) == ("all", "other", 1)
    assert found.changed == "other serves the outage now: Other"
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "other", deed=StepDeed.OPEN))
    found = guide(net)
    assert (found.runbook, found.changed) == ("other", "")
    assert [each.step for each in found.earlier] == ["port"]


def test_who_went_into_another_runbook_need_not_be_told_so() -> None:
    other = "# Other\nid: other\n\n## Steps\n\n### Ask\n- so: who\n"
    net = network(start("port", 7.0, deed="done"))
    net.runbooks = journey_work.runbooks({"runbooks": {"all": BOOK, "other": other}})
    net.reload()
    net.run_to(12.0)
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "other", deed=StepDeed.JUMP))
    assert (guide(net).runbook, guide(net).serving, guide(net).changed) == ("other", "all", "")


def test_who_takes_the_outage_over_takes_the_work_over() -> None:
    net = network(start("port"), {"t": 12.0, "hand_over": ROUTE, "by": "ana@jump", "to": "ben@jump"})
    net.run_to(13.0)
    assert (task(net).operator, task(net).reason) == ("ben@jump", "handed over by ana@jump")
    assert [worker.operator for worker in outage(net).work.workers] == ["ben@jump"]


def test_an_unknown_outage_refuses_and_a_refusal_is_audited() -> None:
    net = network()
    net.run_to(6.0)
    net.act(WorkStep("x", "ana@jump", "OUT-0000-NONE"))
    net.act(WorkStep("y", "ana@jump", outage(net).outage_id, deed=StepDeed.SKIP))
    unknown, refused = (change for change in net.changes if isinstance(change, Acted))
    assert list(unknown.result.refused) == ["OUT-0000-NONE"]
    (entry,) = refused.audit
    assert (entry.action, entry.subject) == ("runbook-skip", outage(net).outage_id)
    assert "needs a reason" in entry.detail


def test_an_outage_that_fails_again_goes_on_with_its_steps_and_takes_the_green_back() -> None:
    well = {"t": 20.0, "device": HOST, "say": ["link-up", "bgp-up"], "answer": ["*/next-hop/*"]}
    net = network(start("port"), well, {**FAILED, "t": 35.0})
    net.run_to(34.0)
    assert outage(net).resolved_at is not None
    assert task(net).is_done
    net.run_to(36.0)
    assert outage(net).resolved_at is None, "it is the same outage, within its hold"
    assert (task(net).state, task(net).against is not None) == ("in progress", True)


def test_an_outage_that_is_over_keeps_what_was_done_and_verifies_no_more() -> None:
    well = {"t": 20.0, "device": HOST, "say": ["link-up", "bgp-up"], "answer": ["*/next-hop/*"]}
    net = network(start("port"), well)
    net.run_to(120.0)
    assert outage(net).closed_at is not None
    assert not net.pipeline.working.wants(HOST)
    found = guide(net)
    assert (found.is_over, found.done, found.escalate_at) == (True, 1, None)
    net.act(WorkStep("late", "ana@jump", outage(net).outage_id, "all", "session", StepDeed.DONE))
    assert guide(net).done == 2, "what was forgotten in the night is noted in the morning"


def test_looking_again_changes_nothing_and_is_not_audited_again() -> None:
    net = network()
    net.run_to(6.0)
    for ident in ("a", "b"):
        net.act(WorkStep(ident, "ana@jump", outage(net).outage_id))
    assert [len(change.audit) for change in net.changes if isinstance(change, Acted)] == [1, 0]


def test_nothing_is_heard_for_where_nobody_works() -> None:
    net = network()
    net.run_to(6.0)
    assert not net.pipeline.working.wants(HOST)
    net.act(WorkStep("x", "ana@jump", outage(net).outage_id, "all", "port", StepDeed.START))
    assert net.pipeline.working.wants(HOST)
    net.act(WorkStep("y", "ana@jump", outage(net).outage_id, "all", "port", StepDeed.FAILED))
    assert not net.pipeline.working.wants(HOST)


# Laws

moments = st.floats(6.0, 80.0).map(lambda t: round(t, 2))
happenings = st.one_of(
    st.fixed_dictionaries(
        {
            "t": moments,
            "by": st.sampled_from(["ana@jump", "ben@jump"]),
            "work": st.one_of(
                st.builds(
                    lambda step, deed: {"deed": deed, "runbook": "all", "step": step},
                    st.sampled_from(sorted(CHECKED)),
                    st.sampled_from(["start", "start", "start", "done", "failed", "jump", "undo"]),
                ),
                st.sampled_from(
                    [
                        {"deed": "hand over", "to": "ben@jump"}, {"deed": "back"}, {"deed": "restart"},
                        {"deed": "open"}, {"deed": "undo"},
                    ]
                ),
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "t": moments, "device": st.just(HOST), "age_s": st.sampled_from([0.0, 5.0]),
            "say": st.lists(st.sampled_from(["link-up", "link-down", "bgp-up", "bgp-down"]), min_size=1, max_size=2),
        }
    ),
    st.builds(lambda t, up, age_s: polled(t, up, cache_s=age_s), moments, st.booleans(), st.sampled_from([0.0, 4.0])),
    st.builds(lambda t: {"t": t, "answer": ["*/next-hop/*"]}, moments),
    st.builds(lambda t: {"t": t, "silent": ["*/next-hop/*"]}, moments),
    st.builds(lambda t: {"t": t, "walk": {"via": [["10.1.1.2", "GigabitEthernet0/1"]]}}, moments),
    st.builds(lambda t, s: {"t": t, "step_clock_s": s}, moments, st.sampled_from([-30.0, 30.0])),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(
    [
        {"t": 6.0, "by": "ana@jump", "work": {"deed": "hand over", "to": "ben@jump"}},
        {"t": 6.0, "silent": ["*/next-hop/*"]},
        {"t": 35.12, "step_clock_s": -30.0},
    ],
    0.5,
)
@given(st.lists(happenings, min_size=3, max_size=16), st.floats(0.05, 0.95))
def test_a_replay_a_restart_and_a_reload_say_the_same_as_live(script: list[dict[str, Any]], share: float) -> None:
    net = network(*script)
    net.run_to(100.0)
    net.journal.append(until(net.journal, 1.0))
    net.changes += net.pipeline.feed(net.journal[-1])
    lived = said(net.pipeline, net.changes)
    at = max(2, int(len(net.journal) * share))
    assert not differences(lived, said(*feed(without_ticks(net.journal[:-1]) + net.journal[-1:])))
    assert not differences(lived, said(*restarted(net.journal, at)))
    assert not differences(lived, said(*reloaded(net.journal, at)))
    for found in net.outages():
        for each in found.work.tasks:
            assert each.proof is None or each.proof.steady > each.started
