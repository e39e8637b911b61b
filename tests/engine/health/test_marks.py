"""What operators say of changes: in the audit, undone, over a restart, by old versions."""

from __future__ import annotations

import msgspec

from statetrace_engine import checkpoint
from statetrace_engine.health.marks import MOST, Marks, UndoableMark
from statetrace_engine.model.action import MarkChange, Undo
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.change import Acted
from statetrace_engine.model.diff import ChangeMark, ChangeType, FieldStep, MarkVerdict
from statetrace_engine.model.marked import subject_of
from tests.journey import SCENARIOS, load, prepare
from tests.virtual import VirtualNetwork

HOST = "WLLS-A01-AR-01"
MTU = FieldStep("mtu", 1500, 9000)
FALL = FieldStep("oper_up", True, False)
EXPECTED = MarkVerdict.EXPECTED


def _network() -> VirtualNetwork:
    network = prepare(load(SCENARIOS / "latched-until-seen.toml"))
    network.run_to(1.0)
    return network


def _mark(
    ident: str, *steps: FieldStep, verdict: MarkVerdict = MarkVerdict.EXPECTED, port: str = "Gi0/1", site: str = "WLLS"
) -> MarkChange:
    changed = ChangeType.CHANGED
    return MarkChange(ident, "ana", HOST, Kind.INTERFACES, (port,), changed, verdict, "floor 2", steps, site)


def _acted(network: VirtualNetwork) -> Acted:
    return [change for change in network.changes if isinstance(change, Acted)][-1]


def _said(network: VirtualNetwork) -> list[tuple[tuple[FieldStep, ...], str]]:
    return [(mark.steps, mark.verdict.value) for mark in network.pipeline.marks()]


def test_the_audit_says_from_what_to_what() -> None:
    network = _network()
    network.act(_mark("m1", MTU, FALL))
    (entry,) = _acted(network).audit
    assert (entry.action, entry.subject) == ("mark-change", f"{HOST} at WLLS interfaces Gi0/1")
    assert entry.detail == "Changed: mtu 1500 -> 9000, line up -> down: expected floor 2"
    network.act(_mark("m2", site=""))
    (entry,) = _acted(network).audit
    assert (entry.subject, entry.detail) == (f"{HOST} interfaces Gi0/1", "Changed: expected floor 2")
    route, hop = ("default", "10.0.0.0/8"), FieldStep("next_hop", None, "10.1.1.2")
    verdict = MarkVerdict.EXPECTED
    network.act(MarkChange("m3", "ana", HOST, Kind.ROUTES, route, ChangeType.ADDED, verdict, "", (hop,), "WLLS"))
    assert _acted(network).audit[0].detail == "Added: next hop 10.1.1.2: expected"


def test_a_mark_and_its_taking_back_can_be_undone_for_ten_seconds() -> None:
    network = _network()
    network.act(_mark("m1", MTU))
    network.act(_mark("m2", MTU, verdict=MarkVerdict.FALSE_POSITIVE))
    network.act(Undo("m2", "ana"))
    assert _said(network) == [((MTU,), "expected")]
    network.act(_mark("m3", MTU, verdict=MarkVerdict.CLEARED))
    assert not _said(network)
    network.act(Undo("m3", "bob"))
    assert _said(network) == [((MTU,), "expected")]
    (entry,) = _acted(network).audit
    assert (entry.operator, entry.action, entry.subject) == ("bob", "undo", f"{HOST} at WLLS interfaces Gi0/1")
    assert [mark.operator for mark in network.pipeline.marks()] == ["ana"]
    network.act(Undo("m3", "bob"))
    assert _acted(network).result.refused == {"m3": "there is nothing to undo"}
    network.act(_mark("m4", FALL))
    network.run_to(12.0)
    network.act(Undo("m4", "ana"))
    assert "s ago" in _acted(network).result.refused["m4"]
    assert len(_said(network)) == 2


def test_what_somebody_else_has_said_since_is_not_undone() -> None:
    network = _network()
    network.act(_mark("m1", MTU))
    network.act(_mark("m2", FALL))
    network.act(Undo("m1", "ana"))
    assert _acted(network).result.refused == {"m1": "something else was said of it since"}
    network.act(_mark("m3", MTU, port="Gi0/2"))
    network.act(Undo("m2", "ana"))
    assert _said(network) == [((MTU,), "expected"), ((MTU,), "expected")]


def test_what_is_said_of_a_namesake_leaves_what_was_said_of_a_device() -> None:
    network = _network()
    network.act(_mark("m1", MTU))
    network.act(_mark("m2", MTU, site="boyo", verdict=MarkVerdict.FALSE_POSITIVE))
    assert [(mark.site, mark.verdict.value) for mark in network.pipeline.marks()] == [
        ("WLLS", "expected"),
        ("BOYO", "false_positive"),
    ]
    network.act(Undo("m1", "ana"))
    assert not _acted(network).result.refused
    assert [mark.site for mark in network.pipeline.marks()] == ["BOYO"]


def test_what_was_said_of_every_namesake_is_taken_back_for_all_and_comes_back_for_all() -> None:
    network = _network()
    network.act(_mark("m1", MTU, site=""))
    network.act(_mark("m2", MTU, site="WLLS", verdict=MarkVerdict.CLEARED))
    assert not network.pipeline.marks()
    network.restart()
    network.act(Undo("m2", "ana"))
    assert [mark.site for mark in network.pipeline.marks()] == [""]


def test_a_line_is_expected_of_the_device_of_which_it_was_said() -> None:
    marks = Marks()
    line = (("interface Gi0/1", "shutdown"), ChangeType.ADDED)

    def say(site: str, verdict: MarkVerdict) -> None:
        marks.take(MarkChange(f"{site}{verdict}", "ana", HOST, Kind.CONFIG, *line, verdict, site=site), 1.0)

    def expected() -> list[str]:
        return [site for site in ("WLLS", "BOYO") if line in marks.expected_lines(site, HOST)]

    say("WLLS", MarkVerdict.EXPECTED)
    assert expected() == ["WLLS"]
    say("", MarkVerdict.EXPECTED)
    assert expected() == ["WLLS", "BOYO"]
    say("BOYO", MarkVerdict.FALSE_POSITIVE)
    assert expected() == ["WLLS"]
    marks.restore(marks.all())
    assert expected() == ["WLLS"]
    say("BOYO", MarkVerdict.CLEARED)
    assert expected() == ["WLLS"]
    say("WLLS", MarkVerdict.CLEARED)
    assert expected() == []


def test_marks_and_what_can_be_undone_stay_over_a_restart_and_a_reload() -> None:
    network = _network()
    network.act(_mark("m1", MTU))
    network.act(_mark("m2", MTU, verdict=MarkVerdict.CLEARED))
    network.restart()
    network.act(Undo("m2", "ana"))
    assert _said(network) == [((MTU,), "expected")]
    network.act(_mark("m3", FALL))
    network.reload(is_changed=True)
    network.act(Undo("m3", "ana"))
    assert _said(network) == [((MTU,), "expected")]


class _OldMark(msgspec.Struct, kw_only=True):
    hostname: str
    kind: Kind
    key: tuple[str, ...]
    change_type: ChangeType
    verdict: MarkVerdict
    operator: str
    at: float
    note: str = ""


def test_marks_and_actions_of_old_versions_are_read_as_of_whatever_changes_on_every_device() -> None:
    old = _OldMark(
        hostname=HOST, kind=Kind.INTERFACES, key=("Gi0/1",), change_type=ChangeType.CHANGED,
        verdict=MarkVerdict.EXPECTED, operator="ana", at=1.0,
    )  # fmt: skip
    (mark,) = checkpoint.marks_of(msgspec.msgpack.encode({"marks": [old]}))
    assert (mark.steps, mark.site, mark.verdict) == ((), "", MarkVerdict.EXPECTED)
    action = _mark("m1", site="")
    told = msgspec.msgpack.decode(msgspec.msgpack.encode(action))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(told[:-2]), type=MarkChange) == action


def test_what_could_be_undone_by_a_version_without_sites_still_can() -> None:
    old = (HOST, Kind.INTERFACES, ("Gi0/1",), ChangeType.CHANGED)
    kept = {"at": 1.0, "subject": old, "before": [], "since": []}
    undoable = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=UndoableMark)
    assert undoable.subject == subject_of(_mark("m1", site=""))


def test_of_a_checkpoint_that_can_no_longer_be_read_nobody_has_said_anything() -> None:
    frozen = msgspec.msgpack.encode({"marks": [_port(1)]})
    (mark,) = checkpoint.marks_of(frozen)
    for damaged in (b"", frozen[:-3], frozen.replace(mark.hostname.encode(), b"\xff" * len(mark.hostname))):
        assert checkpoint.marks_of(damaged) == ()


def test_what_a_client_says_is_bounded_and_the_oldest_word_is_forgotten() -> None:
    marks = Marks()
    marks.take(_mark("m1", *(FieldStep(f"field {at}", "x" * 9000, None) for at in range(90))), 1.0)
    (mark,) = marks.all()
    assert len(msgspec.msgpack.encode(mark)) < 5000
    marks.restore(_port(at) for at in range(MOST))
    marks.take(_mark("m2", MTU, port="other"), 2.0 * MOST)
    assert [each.key[0] for each in marks.all()] == [*(f"Gi0/{at}" for at in range(1, MOST)), "other"]
    added = MarkChange("m3", "ana", HOST, Kind.ROUTES, ("a", "b"), ChangeType.ADDED, MarkVerdict.EXPECTED, "", (MTU,))
    marks.take(added, 2.0 * MOST)
    assert marks.all()[-1].steps == (MTU,)
    line = MarkChange("m4", "ana", HOST, Kind.CONFIG, ("a", "b"), ChangeType.ADDED, MarkVerdict.EXPECTED, "", (MTU,))
    marks.take(line, 3.0 * MOST)
    assert marks.all()[-1].steps == ()  # its key says all


def _port(at: int) -> ChangeMark:
    return ChangeMark(
        hostname=HOST, kind=Kind.INTERFACES, key=(f"Gi0/{at}",), change_type=ChangeType.CHANGED,
        verdict=MarkVerdict.EXPECTED, operator="ana", at=float(at), steps=(MTU,),
    )  # fmt: skip
