"""The pure builders of an explanation against the plainest way of computing the same, for whatever they are given."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.explain import changes, matrix, radius, sentence, weighing
from statetrace_engine.explain import items as builders
from statetrace_engine.model.health import Failover, Freshness, HealthState, Severity
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.outage import Agreement, CauseKind, EvidenceItem, Hypothesis, Incident, OutageEvent
from statetrace_engine.model.signal import Source
from statetrace_engine.runtime import advice

HOST, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"
ABOUT = ("interface", "neighbour", "bfd", "prefix", "offer", "next-hop", "destination", "control", "device", "")
BADNESS = (Verdict.DOWN, Verdict.IMPAIRED, Verdict.UP)
TEXTS = ("10.1.1.2 down", "0.0.0.0/0 via 10.1.2.2", "GigabitEthernet0/1 down", "")

items = st.builds(
    EvidenceItem,
    source=st.sampled_from(("syslog_udp", "trap", "snmp", "bmp", "probe_icmp", "capture", "something new")),
    plane=st.sampled_from(Plane),
    verdict=st.sampled_from(Verdict),
    at=st.floats(1.7e9, 1.7e9 + 50),
    text=st.sampled_from(TEXTS),
    witness=st.sampled_from((HOST, FAR, "prober")),
    seq=st.integers(1, 99),
    agreement=st.sampled_from(Agreement),
    hostname=st.sampled_from((HOST, FAR, "")),
    about=st.sampled_from(ABOUT),
    reason=st.sampled_from(Reason),
)
hypotheses = st.builds(
    Hypothesis,
    cause=st.sampled_from(CauseKind),
    detail=st.sampled_from(("", "hold timer")),
    element=st.just("link"),
    weight=st.floats(0.0, 1.0),
    rule=st.integers(1, 13),
)
freshness = st.builds(
    Freshness,
    source=st.sampled_from(
        ("icmp next-hop", "icmp control", "snmp", "snmp route", "syslog", "syslog_udp", "bmp", "capture")
    ),
    last_at=st.none() | st.floats(1.7e9, 1.7e9 + 50),
    interval_s=st.none() | st.floats(0.25, 60.0),
    word=st.sampled_from(("fresh", "late", "stale", "never", "event", "old")),
)
outages = st.builds(
    OutageEvent,
    outage_id=st.sampled_from([f"OUT-{n}" for n in range(40)]),
    route_id=st.sampled_from([f"rt-{n}" for n in range(20)]),
    site=st.just("WLLS"),
    hostname=st.just(HOST),
    vrf=st.just("default"),
    prefix=st.just("0.0.0.0/0"),
    route_class=st.just("critical"),
    owner=st.just(""),
    contact=st.just(""),
    state=st.sampled_from(HealthState),
    severity=st.sampled_from(Severity),
    worst=st.sampled_from(Severity),
    cause=st.sampled_from(CauseKind),
    cause_detail=st.sampled_from(("", "loss 6.2 %")),
    causes=st.lists(hypotheses, max_size=4).map(tuple),
    evidence=st.lists(items, max_size=12).map(tuple),
    standing=st.lists(items, max_size=4).map(tuple),
    failover=st.sampled_from(Failover),
    expected_secondary=st.sampled_from(("", "10.1.2.2 GigabitEthernet0/2", "10.1.3.2")),
    taken_secondary=st.sampled_from(("", "10.1.2.2", "10.1.3.2 GigabitEthernet0/3", "GigabitEthernet0/3")),
    survival=st.sampled_from(("", "nothing carries: no path is left")),
    occurred_at=st.just(1.7e9),
    first_signal_at=st.just(1.7e9),
    detected_at=st.just(1.7e9),
    resolved_at=st.none() | st.just(1.7e9 + 9),
    closed_at=st.none() | st.just(1.7e9 + 99),
)


@given(st.lists(items, max_size=30), st.lists(freshness, max_size=8))
def test_the_matrix_shows_the_last_word_on_what_is_worst_of_every_source_on_every_plane(
    said: list[EvidenceItem], fresh: list[Freshness]
) -> None:
    rows = matrix.rows(said, fresh, HOST)
    cells = {(row.source, cell.plane): cell for row in rows for cell in row.cells}
    wanted: dict[tuple[str, Plane], list[EvidenceItem]] = {}
    for item in set(said):
        wanted.setdefault((matrix.source_of(item, HOST), item.plane), []).append(item)
    assert cells.keys() == wanted.keys()
    for key, group in wanted.items():
        live = [i for i in group if i.agreement is not Agreement.STALE] or group
        last: dict[tuple[str, ...], EvidenceItem] = {}
        for item in sorted(live, key=lambda i: (i.at, i.seq)):
            last[matrix.subject(item)] = item
        cell, worst = cells[key], min(BADNESS.index(i.verdict) for i in last.values())
        at = max(i.at for i in last.values() if BADNESS.index(i.verdict) == worst)
        assert (cell.at, BADNESS.index(cell.verdict)) == (at, worst)
        assert cell.count == len(group)
    assert len({row.source for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("plane", "texts", "shown"),
    [
        (Plane.DATA, ("10.1.1.2 0 of 21", "10.100.0.0/16 0 of 21", "10.100.0.0/16 1 of 1"), "10.1.1.2 0 of 21"),
        (Plane.SESSION, ("bgp 10.1.1.2 down, BFD Down", "ospf 10.1.1.2 up"), "bgp 10.1.1.2 down, BFD Down"),
        (Plane.SESSION, ("bgp 10.1.1.2 down", "bgp 10.1.1.2 up, again"), "bgp 10.1.1.2 up, again"),
        (Plane.ROUTE, ("10.0.0.0/8 withdrawn by 10.1.1.2", "10.0.0.0/8 offered by 10.1.2.2"),
         "10.0.0.0/8 withdrawn by 10.1.1.2"),
    ],
)  # fmt: skip
def test_what_came_back_hides_nothing_that_is_lost_still(plane: Plane, texts: tuple[str, ...], shown: str) -> None:
    """The destination answers by the secondary path while the next hop is dead."""
    bad = ("down", "0 of", "withdrawn")
    seen = [
        EvidenceItem(
            source="bmp", plane=plane, verdict=Verdict.DOWN if any(word in text for word in bad) else Verdict.UP,
            at=1.7e9 + n, text=text, witness=HOST, seq=n + 1, about="offer" if plane is Plane.ROUTE else "",
        )
        for n, text in enumerate(texts)
    ]  # fmt: skip
    (row,) = matrix.rows(seen, (), HOST)
    assert [cell.text for cell in row.cells] == [shown]


@given(st.lists(items, max_size=12), st.lists(items, max_size=12))
def test_what_went_on_being_well_hides_nothing_that_happened(
    said: list[EvidenceItem], beside: list[EvidenceItem]
) -> None:
    stood = [item for item in beside if item not in said]
    cells = {(row.source, cell.plane): cell for row in matrix.rows(said, (), HOST, stood) for cell in row.cells}
    alone = {(row.source, cell.plane): cell for row in matrix.rows(said, (), HOST) for cell in row.cells}
    for key, cell in alone.items():
        if cell.agreement is not Agreement.STALE:
            assert (cells[key].at, cells[key].seq) == (cell.at, cell.seq)
    assert {matrix.source_of(item, HOST) for item in stood} <= {source for source, _ in cells}


@given(outages)
def test_every_item_stands_once_to_each_cause_and_can_be_opened(outage: OutageEvent) -> None:
    known = {(item.at, item.seq, item.text) for item in (*outage.evidence, *outage.standing)}
    weighed = weighing.weighed(outage)
    assert [msgspec.structs.replace(h, evidence=()) for h in weighed] == list(outage.causes)
    for hypothesis in weighed:
        assert list(hypothesis.evidence) == sorted(hypothesis.evidence, key=lambda i: (i.at, i.seq, i.text))
        assert len(set(hypothesis.evidence)) == len(hypothesis.evidence)
        for item in hypothesis.evidence:
            assert (item.at, item.seq, item.text) in known
            assert item.seq > 0
            assert item.agreement is not Agreement.CONTEXT


@given(outages)
def test_there_is_a_sentence_and_a_next_step_for_any_outage(outage: OutageEvent) -> None:
    said = sentence.of(outage)
    assert said
    assert "  " not in said
    step = advice.next_step(outage, None, (), "")
    assert (step.number, step.of) == (1, 1)


@pytest.mark.parametrize(
    ("expected", "taken", "said"),
    [
        ("10.1.2.2 Gi0/2", "10.1.2.2", "primary lost, CORE2 carries as expected"),
        ("10.1.2.2", "10.1.3.2", "primary lost, 10.1.3.2 carries, and not CORE2 as expected"),
        ("10.1.2.2", "10.9.2.2", "primary lost, 10.9.2.2 carries, and not 10.1.2.2 as expected"),
        ("", "10.1.2.2", "primary lost, CORE2 carries; nothing was expected to"),
        ("10.1.2.2", "", "primary lost, the destination answers; CORE2 is expected to carry"),
        ("", "", "primary lost, the destination answers"),
    ],
)
def test_the_failover_that_was_expected_and_the_one_that_was_taken_are_said(
    expected: str, taken: str, said: str
) -> None:
    names = {"10.1.2.2": "CORE2", "10.9.2.2": "CORE2"}
    outage = a_failover(expected_secondary=expected, taken_secondary=taken)
    assert sentence.of(outage, lambda address: names.get(address, address)) == said


def a_failover(**fields: Any) -> OutageEvent:
    return OutageEvent(
        outage_id="OUT-1", route_id="rt-1", site="WLLS", hostname=HOST, vrf="default", prefix="0.0.0.0/0",
        route_class="critical", owner="", contact="", state=HealthState.DEGRADED, severity=Severity.MAJOR,
        worst=Severity.MAJOR, cause=CauseKind.LINK_FAILURE, failover=Failover.COMPLETE, occurred_at=1.7e9,
        first_signal_at=1.7e9, detected_at=1.7e9, **fields,
    )  # fmt: skip


@given(
    st.lists(outages, max_size=40, unique_by=lambda o: o.outage_id),
    st.sets(st.sampled_from([f"rt-{n}" for n in range(20)])),
)
def test_the_radius_is_what_counting_gives(told: list[OutageEvent], without: set[str]) -> None:
    route_ids = tuple(dict.fromkeys([*(o.route_id for o in told), *sorted(without)]))
    incident = Incident(
        incident_id="INC-1", cause=CauseKind.UNKNOWN, element="x", opened_at=0.0, closed_at=None,
        outage_ids=tuple(o.outage_id for o in told), route_ids=route_ids, devices=(HOST,), sites=("WLLS",), owners=(),
    )  # fmt: skip
    found = radius.of(incident, told, lambda _: a_failover())
    is_open = {o.route_id for o in told if o.closed_at is None}
    assert (found.route_count, found.open_count) == (len(route_ids), len(is_open))
    assert {r.route_id for r in found.routes} == set(route_ids)
    assert {r.route_id for r in found.routes if r.is_open} == is_open
    assert [r.is_open for r in found.routes] == sorted((r.is_open for r in found.routes), reverse=True)
    assert {r.route_id for r in found.routes if not r.outage_id} == set(route_ids) - {o.route_id for o in told}


def test_the_radius_names_the_worst_routes_and_counts_the_others() -> None:
    one = a_failover()
    told = [msgspec.structs.replace(one, outage_id=f"OUT-{n}", route_id=f"rt-{n}") for n in range(1000)]
    told[900] = msgspec.structs.replace(told[900], severity=Severity.CRITICAL)
    told[0] = msgspec.structs.replace(told[0], closed_at=1.7e9)
    incident = Incident(
        incident_id="INC-1", cause=CauseKind.UNKNOWN, element="x", opened_at=0.0, closed_at=None, outage_ids=(),
        route_ids=tuple(o.route_id for o in told), devices=(), sites=(), owners=(),
    )  # fmt: skip
    found = radius.of(incident, told, lambda _: one)
    assert (found.route_count, found.open_count, len(found.routes)) == (1000, 999, radius.MOST_ROUTES)
    assert found.routes[0].route_id == "rt-900"
    assert "rt-0" not in {r.route_id for r in found.routes}


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ("interface Gi0/1", ("gigabitethernet0/1",)),
        ("interface Gi0/11", ()),
        ("no neighbor 10.1.1.2 activate", ("10.1.1.2",)),
        ("ip prefix-list OUT seq 5 deny 10.20.0.0/16", ("10.20.0.0",)),
        ("ip route 10.20.0.0 255.255.0.0 10.1.1.2", ("10.20.0.0", "10.1.1.2")),
        ("ip route 0.0.0.0 0.0.0.0 192.0.2.1", ()),
        ("hostname X", ()),
    ],
)
def test_a_command_touches_the_objects_that_it_names(text: str, touches: tuple[str, ...]) -> None:
    objects = {"gigabitethernet0/1", "10.1.1.2", "10.20.0.0"}
    assert changes.touched(text, objects, "10.20.0.0/16") == touches


def test_a_default_route_is_touched_by_a_static_or_a_list_that_names_it() -> None:
    for text in ("ip route 0.0.0.0 0.0.0.0 192.0.2.1", "no ip prefix-list DEFAULT permit 0.0.0.0/0"):
        assert changes.touched(text, set(), "0.0.0.0/0") == ("0.0.0.0/0",)
    assert changes.touched("ipv6 route ::/0 2001:db8::1", set(), "::/0") == ("::/0",)
    assert changes.touched("network 0.0.0.0 area 0", set(), "0.0.0.0/0") == ()


@pytest.mark.parametrize(
    ("cause", "about", "verdict", "agreement"),
    [
        (CauseKind.NEXT_HOP_UNREACHABLE, "next-hop", Verdict.DOWN, Agreement.SUPPORTS),
        (CauseKind.NEXT_HOP_UNREACHABLE, "next-hop", Verdict.UP, Agreement.OPPOSES),
        (CauseKind.NEXT_HOP_UNREACHABLE, "interface", Verdict.DOWN, Agreement.OPPOSES),
        (CauseKind.LINK_FAILURE, "interface", Verdict.DOWN, Agreement.SUPPORTS),
        (CauseKind.LINK_FAILURE, "next-hop", Verdict.UP, Agreement.OPPOSES),
        (CauseKind.SILENT_BLACKHOLE, "next-hop", Verdict.DOWN, Agreement.SUPPORTS),
        (CauseKind.SILENT_BLACKHOLE, "neighbour", Verdict.DOWN, Agreement.OPPOSES),
        (CauseKind.UPSTREAM_FAILURE, "moved", Verdict.UP, Agreement.SUPPORTS),
        (CauseKind.UPSTREAM_FAILURE, "prefix", Verdict.UP, Agreement.OPPOSES),
        (CauseKind.CONGESTION_OR_LOSS, "next-hop", Verdict.IMPAIRED, Agreement.SUPPORTS),
    ],
)
def test_what_speaks_for_and_against_a_cause(
    cause: CauseKind, about: str, verdict: Verdict, agreement: Agreement
) -> None:
    said = EvidenceItem(
        source="syslog_udp", plane=Plane.SESSION, verdict=verdict, at=1.0, text="x", witness="R1", seq=7, about=about
    )
    (weighed,) = weighing.weighed(an_outage(cause, said))
    assert [item.agreement for item in weighed.evidence] == [agreement]


@pytest.mark.parametrize(
    ("cause", "agreement"),
    [(CauseKind.LINK_FAILURE, Agreement.CONTEXT), (CauseKind.DEVICE_UNREACHABLE, Agreement.OPPOSES)],
)
def test_that_a_device_answers_speaks_only_for_and_against_causes_that_it_is_about(
    cause: CauseKind, agreement: Agreement
) -> None:
    fact = Fact(
        plane=Plane.DATA, kind=SubjectKind.PROBE, name="10.255.1.1", verdict=Verdict.UP, protocol="control",
        detail="answers",
    )  # fmt: skip
    told = Observation(
        hostname=HOST, fact=fact, witness="prober", source=Source.PROBE_ICMP, seq=7, steady=1.0, received_at=1.0
    )
    (said,) = weighing.towards(an_outage(cause), builders.of([told]))
    assert said.agreement is agreement


def an_outage(cause: CauseKind, *said: EvidenceItem) -> OutageEvent:
    guess = Hypothesis(cause=cause, detail="", element="", weight=0.5, rule=1)
    blank = {"outage_id": "OUT-1", "route_id": "rt-1", "site": "WLLS", "vrf": "default", "prefix": "0.0.0.0/0"}
    blank |= dict.fromkeys(("hostname", "route_class", "owner", "contact"), "")
    times = dict.fromkeys(("occurred_at", "first_signal_at", "detected_at"), 1.0)
    return OutageEvent(
        **blank, **times, state=HealthState.DOWN, severity=Severity.CRITICAL, worst=Severity.CRITICAL, cause=cause,
        causes=(guess,), evidence=said,
    )  # fmt: skip
