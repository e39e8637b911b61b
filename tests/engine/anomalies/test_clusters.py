"""Clusters: what is known to belong together is shown as one, whatever order it comes in, and says why."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine import config
from statetrace_engine.anomalies import clusters
from statetrace_engine.anomalies.places import Places
from statetrace_engine.anomalies.sequences import LAST_STAGE, OUTAGES, SEQUENCES, STAGES
from statetrace_engine.health.topology import Topology
from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.health import Severity
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.outage import Incident, OutageEvent
from tests.engine.anomalies.clustered import (
    GROUND,
    KINDS,
    PORT,
    ROUTES,
    SUBJECTS,
    T0,
    A,
    B,
    C,
    card,
    incident,
    outage,
    route,
)


def found(
    cards: list[AnomalyCard], incidents: list[Incident] | None = None, outages: list[OutageEvent] | None = None
) -> list[Cluster]:
    return list(clusters.of(cards, incidents or [], outages or [], GROUND))


def names(cluster: Cluster) -> set[str]:
    return {tie.member.removeprefix("CARD-00000") for tie in cluster.ties}


def test_a_power_failure_is_one_thing() -> None:
    """Supply, device gone, the routes that led over it, restart: one cluster, whose incident stays what it is."""
    lost = outage("A", A, 42.0, "device-unreachable")
    gone = incident("GONE", f"device {B}", 40.0, "device-unreachable", lost, devices=(B,))
    (cluster,) = found(
        [
            card(1, "PowerSupply", f"{B} 1", 0.0),
            card(2, "PowerSupply", f"{B} 2", 8.0),
            card(3, "RestartAfterPowerLoss", B, 400.0),
        ],
        [gone],
        [lost],
    )
    assert names(cluster) == {"1", "2", "3", "INC-GONE"}
    assert cluster.title == "A power failure"
    assert cluster.outage_ids == ("OUT-A",)
    assert cluster.incident_ids == ("INC-GONE",)
    assert cluster.severity is Severity.CRITICAL
    assert cluster.because.startswith("because supplies of one site that fail together share what feeds them: ")
    assert "8s later PowerSupply" in cluster.because
    assert [tie.because for tie in cluster.ties if tie.member == "INC-GONE"] == [
        f"34s after PowerSupply, {B} 2: a device that loses power goes silent, and comes back by a restart"
    ]


def test_a_new_root_moves_addresses_ports_and_the_routes_over_that_switch() -> None:
    """The outage of A's route is over B: it is B's spanning tree that moved."""
    (cluster,) = found(
        [
            card(1, "StpRootChange", B, 0.0),
            card(2, "MacFlapping", f"{B} 0050.56b2.0001", 20.0),
            card(3, "PortFlapEvents", f"{B} Gi0/0/0/9", 30.0),
            card(4, "StpRootChange", C, 1.0),
        ],
        outages=[outage("A", A, 3.0, "silent-blackhole"), outage("C", C, 3.0, "silent-blackhole")],
    )[:1]
    assert names(cluster) == {"1", "2", "3", "OUT-A"}
    assert cluster.title == "Spanning tree changes"


@pytest.mark.parametrize("port", [f"{A} Gi0/1", f"{B} Gi0/0/0/7"])
def test_errors_on_a_port_then_its_link_fails_told_from_either_end(port: str) -> None:
    (cluster,) = found(
        [card(1, "InterfaceErrors", port, 0.0, lasts=1200.0)], outages=[outage("A", A, 1500.0, "link-failure")]
    )
    assert names(cluster) == {"1", "OUT-A"}
    assert cluster.because.startswith("because a port counts errors before its link fails: InterfaceErrors, ")
    assert found([card(1, "InterfaceErrors", f"{A} Gi0/2", 0.0)], outages=[outage("A", A, 9.0, "link-failure")]) == []


def test_flaps_are_a_card_only_at_the_third_and_belong_to_the_outage_that_the_first_one_was() -> None:
    (cluster,) = found([card(1, "PortFlapEvents", f"{A} {PORT}", 200.0)], outages=[outage("A", A, 0.0, "link-failure")])
    assert names(cluster) == {"1", "OUT-A"}
    why = "routes and sessions over a port fail with it"
    assert cluster.ties[1].because == f"3m before PortFlapEvents, {A} {PORT}: {why}"


def test_a_neighbour_that_flaps_and_the_outage_of_its_routes() -> None:
    (cluster,) = found(
        [card(1, "NeighbourFlaps", f"{A} 10.1.1.2", 100.0)], outages=[outage("A", A, 90.0, "neighbour-loss")]
    )
    assert names(cluster) == {"1", "OUT-A"}
    other = found([card(1, "NeighbourFlaps", f"{A} 10.9.9.9", 100.0)], outages=[outage("A", A, 90.0, "neighbour-loss")])
    assert other == []


@pytest.mark.parametrize("cause", ["neighbour-loss", "upstream-failure"])
def test_a_table_that_lost_its_half_stands_by_the_outage_that_took_it(cause: str) -> None:
    """It is seen when somebody captures the device again."""
    lost = card(1, "RoutesLost", f"{A} default", 1500.0)
    (cluster,) = found([lost], outages=[outage("A", A, 0.0, cause)])
    assert names(cluster) == {"1", "OUT-A"}
    assert cluster.because.startswith("because a table is as full as what its neighbours offer: ")
    assert found([lost], outages=[outage("C", C, 0.0, cause)]) == []


def test_what_follows_a_change_within_ten_minutes_on_that_device() -> None:
    (cluster,) = found(
        [
            card(1, "ConfigOffHours", A, 0.0),
            card(2, "OurOwnRule", f"{A} x", 500.0),
            card(3, "OurOwnRule", f"{A} y", 700.0),
            card(4, "OurOwnRule", f"{C} z", 5.0),
        ]
    )
    assert names(cluster) == {"1", "2"}
    assert cluster.title == "A change, and what followed"


def test_a_port_that_somebody_shut_is_no_change_of_the_device_at_its_other_end() -> None:
    other, hub = "WLLS-A02-AR-01", Device(hostname=B, site="WLLS", addresses=("10.1.1.2", "10.1.3.2"))
    beside = Device(hostname=other, site="WLLS", vendor="cisco_ios", addresses=("10.1.3.1",))
    here = Device(hostname=A, site="WLLS", vendor="cisco_ios", addresses=("10.1.1.1",))
    ways = ROUTES[A], route(other, "10.1.3.2")
    ground = Places(Topology(Inventory(devices=(here, beside, hub), routes=ways)))
    shut = outage("A", A, 0.0, "admin-shutdown")
    cut = replace(outage("A", A, 12.0, "link-failure"), outage_id="OUT-D", hostname=other, route_id=ways[1].route_id)
    told = (
        incident("1", f"link {A} -- {B} 10.1.1.0/30", 0.0, "admin-shutdown", shut, devices=(A,)),
        incident("2", f"link {other} -- {B} 10.1.3.0/30", 12.0, "link-failure", cut, devices=(other,)),
    )
    (cluster,) = clusters.of([card(1, "ConfigOffHours", A, 1.0)], told, [shut, cut], ground)
    assert names(cluster) == {"1", "INC-1"}


def test_what_is_far_apart_in_time_or_place_is_apart() -> None:
    gone = outage("C", C, 20.0, "device-unreachable")
    elsewhere = incident("X", f"device {C}", 20.0, "device-unreachable", gone)
    assert found([card(1, "PowerSupply", f"{A} 1", 0.0)], [elsewhere], [gone]) == []
    late = outage("A", A, 4000.0, "device-unreachable")
    assert found([card(1, "PowerSupply", f"{A} 1", 0.0)], outages=[late]) == []


def test_a_cluster_is_as_severe_as_the_worst_of_it_that_is_not_over() -> None:
    over = outage("A", A, 10.0, "link-failure", resolved_at=T0 + 60, closed_at=T0 + 90)
    (cluster,) = found([card(1, "PortFlapEvents", f"{A} {PORT}", 0.0, severity=Severity.WARNING)], outages=[over])
    assert (cluster.severity, cluster.is_over) == (Severity.WARNING, False)
    (cluster,) = found([card(1, "PortFlapEvents", f"{A} {PORT}", 0.0, is_over=True)], outages=[over])
    assert (cluster.severity, cluster.is_over) == (Severity.CRITICAL, True)


def test_the_sentence_names_three_that_followed_and_how_many_more_there_are() -> None:
    moves = [card(n, "MacFlapping", f"{A} 0050.56b2.000{n}", 10.0 * n) for n in range(6)]
    (cluster,) = found(moves)
    said = [f"{10 * n}s later MacFlapping, {A} 0050.56b2.000{n}" for n in (1, 2, 3)]
    assert cluster.because.endswith(f"MacFlapping, {A} 0050.56b2.0000; {'; '.join(said)}; and 2 more")


def test_a_link_is_named_as_incidents_name_it() -> None:
    """The incident of a link whose outages are forgotten still meets the port's card."""
    link = incident("L", f"link {A} -- {B} 10.1.1.0/30", 5.0, "link-failure", devices=(A,))
    (cluster,) = found([card(1, "PortFlapEvents", f"{A} {PORT}", 0.0)], [link])
    assert names(cluster) == {"1", "INC-L"}


def test_the_table_has_a_stage_for_each_kind_and_a_reason_for_each_row() -> None:
    for row in SEQUENCES:
        assert row.why
        assert row.window_s > 0
        assert row.first <= set(STAGES)
        assert row.then <= set(STAGES) | {"RouteChurn", "HsrpFlip", "RoutesLost"}
        earliest = min(STAGES[kind] for kind in row.first)
        assert earliest <= max((STAGES.get(kind, LAST_STAGE) for kind in row.then), default=LAST_STAGE)
    assert set(STAGES) >= OUTAGES


def test_each_card_that_the_table_names_is_of_a_shipped_rule() -> None:
    shipped = {Path(file.label).stem for file in config.anomaly_files(Path("no such home"))}
    named = {kind for row in SEQUENCES for kind in row.first | row.then} - OUTAGES
    assert named <= shipped


CARDS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(SUBJECTS), st.integers(0, 4000), st.integers(0, 900)), max_size=24
)
FAILED = st.lists(
    st.tuples(st.sampled_from((A, B, C)), st.sampled_from(sorted(OUTAGES)), st.integers(0, 4000), st.booleans()),
    max_size=8,
)


@given(CARDS, FAILED, st.integers(0, 2**32))
def test_the_order_of_what_is_given_changes_nothing_and_each_thing_is_in_one_cluster(
    drawn: list[tuple[str, str, int, int]], failed: list[tuple[str, str, int, bool]], seed: int
) -> None:
    cards = [card(n, rule, subject, at, lasts) for n, (rule, subject, at, lasts) in enumerate(drawn)]
    outages = [outage(str(n), host, at, cause) for n, (host, cause, at, _) in enumerate(failed)]
    joined = [o for o, (*_, is_in) in zip(outages, failed, strict=True) if is_in]
    incidents = [incident(str(n), f"device {o.hostname}", 0.0, o.cause.value, o) for n, o in enumerate(joined)]
    once = found(cards, incidents, outages)
    random = Random(seed)
    for listed in (cards, incidents, outages):
        random.shuffle(listed)  # type: ignore[arg-type]
    assert found(cards, incidents, outages) == once
    members = [tie.member for cluster in once for tie in cluster.ties]
    assert len(members) == len(set(members))
    for cluster in once:
        inside = {tie.member for tie in cluster.ties}
        assert cluster.ties[0].behind == ""
        assert all(tie.behind in inside and tie.because for tie in cluster.ties[1:])
        assert len(inside) > 1


@given(CARDS, st.integers(0, 2**32))
def test_what_is_elsewhere_changes_no_cluster(drawn: list[tuple[str, str, int, int]], seed: int) -> None:
    cards = [card(n, rule, subject, at, lasts) for n, (rule, subject, at, lasts) in enumerate(drawn)]
    far = [card(900 + n, KINDS[(seed + n) % len(KINDS)], "ELSE-A01-AR-01", float(n)) for n in range(6)]
    both = [cluster for cluster in found([*cards, *far]) if "ELSE-A01-AR-01" not in cluster.hosts]
    assert both == found(cards)


def test_the_work_grows_with_what_there_is_and_no_faster() -> None:
    """Twenty times as many cards on few devices cost far less than four hundred times as much."""

    def cost_s(count: int) -> float:
        random = Random(7)
        given_ = [card(n, random.choice(KINDS), random.choice(SUBJECTS), random.random() * count) for n in range(count)]
        began = time.process_time()
        found(given_)
        return time.process_time() - began

    few = min(cost_s(1000) for _ in range(3))
    assert cost_s(20_000) < 100 * max(few, 0.005)


def test_a_card_of_many_subjects_is_where_all_of_them_are() -> None:
    storm = replace(card(1, "PortFlapEvents", f"{C} Gi0/3", 0.0), subjects=(f"{C} Gi0/3", f"{A} {PORT}"))
    (cluster,) = found([storm], outages=[outage("A", A, 5.0, "link-failure")])
    assert names(cluster) == {"1", "OUT-A"}
