"""What changes between captures make of an outage: how likely they are, what was logged too, and what they back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.explain import backing, changes, commands, compared
from statetrace_engine.explain.compared import Weighed
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.tracks import Between
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import ComparedChange
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.outage import CauseKind, Hypothesis, RelatedChange

HOST, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"
POLICY = ExplainPolicy()
SHUT = ("interface GigabitEthernet0/1", "shutdown")
MTU = ("interface GigabitEthernet0/1", "mtu 1400")
OFFSET, FIRST = 1_000_000.0, 500_000.0


def ranked(*found: tuple[CauseKind, float]) -> tuple[Hypothesis, ...]:
    return tuple(Hypothesis(cause=c, detail="", element="link", weight=w, rule=n) for n, (c, w) in enumerate(found, 5))


def weighed(
    key: tuple[str, ...] = SHUT,
    since_s: float = 600.0,
    until_s: float = -60.0,
    *,
    change_type: ChangeType = ChangeType.ADDED,
    hostname: str = HOST,
    is_drift: bool = True,
    is_deed: bool = True,
    confidence: float = 1.0,
    logged: RelatedChange | None = None,
) -> Weighed:
    text = f"{': '.join(key)} {change_type.value.lower()}"
    change = ComparedChange(Kind.CONFIG, change_type, key, text, is_deed=is_deed, confidence=confidence)
    between = Between(hostname, 2, 1, FIRST - since_s, FIRST - until_s, is_drift, 7, ("gigabitethernet0/1",), change)
    return Weighed(between, since_s, until_s, logged, HOST)


def logged(text: str, before_s: float = 30.0) -> RelatedChange:
    return RelatedChange(
        hostname=HOST, at=FIRST + OFFSET - before_s, before_s=before_s, text=text, by="jsm",
        touches=("gigabitethernet0/1",), likelihood=0.89, seq=3, source="syslog_udp",
    )  # fmt: skip


LINK = ranked((CauseKind.LINK_FAILURE, 0.78), (CauseKind.ADMIN_SHUTDOWN, 0.34), (CauseKind.DEVICE_UNREACHABLE, 0.18))


@pytest.mark.parametrize(
    ("found", "first"),
    [
        (weighed(since_s=100.0, until_s=20.0), "admin-shutdown 0.95 local"),
        (weighed(since_s=1500.0), "admin-shutdown 0.9 local"),
        (weighed(since_s=90_000.0), "admin-shutdown 0.86 local"),
        (weighed(since_s=90_000.0, hostname=FAR), "admin-shutdown 0.86 remote"),
        (weighed(since_s=1500.0, until_s=300.0), "link-failure 0.78 "),
        (weighed(("interface GigabitEthernet0/1", "no shutdown")), "link-failure 0.78 "),
        (weighed(("interface GigabitEthernet0/1", "no shutdown"), change_type=ChangeType.REMOVED),
         "admin-shutdown 0.9 local"),
        (weighed(change_type=ChangeType.REMOVED), "link-failure 0.78 "),
        (weighed(("interfaces", "ge-0/0/1", "disable"), change_type=ChangeType.REMOVED), "link-failure 0.78 "),
        (weighed(("router bgp 65000", "neighbor 10.1.1.2 shutdown"), change_type=ChangeType.REMOVED),
         "link-failure 0.78 "),
        (weighed(("interfaces", "ge-0/0/1", "disable")), "admin-shutdown 0.9 local"),
        (weighed(("router bgp 65000", "neighbor 10.1.1.2 shutdown")), "admin-shutdown 0.9 local"),
        (weighed(MTU, since_s=100.0, until_s=20.0),
         "config-change 0.85 interface GigabitEthernet0/1: mtu 1400 added"),
        (weighed(MTU), "link-failure 0.78 "),
        (weighed(MTU, since_s=90_000.0), "link-failure 0.78 "),
        (weighed(is_drift=False), "link-failure 0.78 "),
        (weighed(is_deed=False), "link-failure 0.78 "),
        (weighed(confidence=0.7), "link-failure 0.78 "),
    ],
)  # fmt: skip
def test_a_cause_is_revised_where_captures_are_surer_than_what_it_was_ranked_by(found: Weighed, first: str) -> None:
    top = backing.causes(LINK, [found], POLICY)[0]
    assert f"{top.cause} {top.weight} {top.detail}" == first


def test_what_was_the_first_cause_keeps_its_place_behind() -> None:
    found = backing.causes(LINK, [weighed()], POLICY)
    assert [(h.cause, h.weight) for h in found] == [
        (CauseKind.ADMIN_SHUTDOWN, 0.9), (CauseKind.LINK_FAILURE, 0.35), (CauseKind.DEVICE_UNREACHABLE, 0.18),
    ]  # fmt: skip
    unknown = backing.causes(ranked((CauseKind.UNKNOWN, 0.3)), [weighed(MTU, since_s=90_000.0)], POLICY)
    assert [(h.cause, h.weight) for h in unknown] == [(CauseKind.CONFIG_CHANGE, 0.5)]


def test_a_wide_time_weighs_less_than_a_log() -> None:
    wide, narrow = weighed(since_s=90_000.0), weighed(since_s=90.0, until_s=10.0)
    near = [c.likelihood for w in (wide, narrow) for c in compared.related((), [w], OFFSET, POLICY)]
    assert near == [0.5, 0.85]
    assert near[1] < changes.LIKELY[True, True]


@pytest.mark.parametrize(
    ("text", "key", "change_type"),
    [
        ("interface GigabitEthernet0/1: shutdown", SHUT, ChangeType.ADDED),
        ("interface Gi0/1: shutdown", SHUT, ChangeType.ADDED),
        ("interface GigabitEthernet0/1: shutdown", (SHUT[0], "no shutdown"), ChangeType.REMOVED),
        ("no ip route 0.0.0.0 0.0.0.0 10.1.1.2", ("ip route 0.0.0.0 0.0.0.0 10.1.1.2",), ChangeType.REMOVED),
        ("set interfaces ge-0/0/1 disable", ("interfaces", "ge-0/0/1", "disable"), ChangeType.ADDED),
        ("delete protocols bgp group core", ("protocols", "bgp", "group core"), ChangeType.REMOVED),
    ],
)
def test_the_same_change_in_the_log_and_in_captures_stands_once(
    text: str, key: tuple[str, ...], change_type: ChangeType
) -> None:
    told = logged(text)
    found = weighed(key, 90_000.0, change_type=change_type)
    assert compared._is_same(found.between, told, commands.of_text(text), OFFSET)
    found = replace(found, since_s=30.0, until_s=30.0, logged=told)
    (both,) = compared.related([told], [found], OFFSET, POLICY)
    assert (both.text, both.by, both.seq) == (text, "jsm", 3)
    assert both.between is not None
    assert both.is_dated


@pytest.mark.parametrize(
    ("text", "before_s"),
    [
        ("interface GigabitEthernet0/2: shutdown", 30.0),
        ("interface GigabitEthernet0/1: no shutdown", 30.0),
        ("interface GigabitEthernet0/1", 30.0),
        ("interface GigabitEthernet0/1: shutdown", 900.0),
    ],
)
def test_another_change_or_another_time_is_not_the_same(text: str, before_s: float) -> None:
    told = logged(text, before_s)
    assert not compared._is_same(weighed().between, told, commands.of_text(text), OFFSET)


found_changes = st.builds(
    weighed,
    st.sampled_from((SHUT, MTU, ("ip route 0.0.0.0 0.0.0.0 10.1.1.2",))),
    st.floats(0.0, 1e6),
    st.floats(-1e4, 1800.0),
    change_type=st.sampled_from((ChangeType.ADDED, ChangeType.REMOVED)),
    hostname=st.sampled_from((HOST, FAR)),
    is_drift=st.booleans(),
    is_deed=st.booleans(),
    confidence=st.sampled_from((0.7, 1.0)),
)
rankings = st.lists(
    st.tuples(st.sampled_from(CauseKind), st.sampled_from((0.97, 0.78, 0.6, 0.4, 0.3, 0.2))),
    min_size=1, max_size=4, unique_by=lambda each: each[0],
).map(lambda found: ranked(*sorted(found, key=lambda each: -each[1])))  # fmt: skip


@given(rankings, st.lists(found_changes, max_size=5))
def test_laws_of_a_revision(known: tuple[Hypothesis, ...], found: list[Weighed]) -> None:
    revised = backing.causes(known, found, POLICY)
    assert revised == backing.causes(known, found[::-1], POLICY) or _has_ties(found)
    assert 1 <= len(revised) <= 4
    assert len({h.cause for h in revised}) == len(revised)
    assert [h.weight for h in revised[1:]] == sorted((h.weight for h in revised[1:]), reverse=True)
    assert revised[0].weight >= known[0].weight
    assert {h.element for h in revised} == {"link"}
    if not any(each.backs for each in found):
        assert revised == known


def _has_ties(found: list[Weighed]) -> bool:
    """Two that weigh the same may be told of in either order."""
    return len({(w.width(POLICY), w.may_be_near(POLICY), w.between.change.confidence) for w in found}) < len(found)
