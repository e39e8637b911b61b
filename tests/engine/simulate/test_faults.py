"""What is silent, who is mute and which routes fail follows from the faults that are open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.model.inventory import ProbeTests
from statetrace_engine.simulate import faults, network
from statetrace_engine.simulate.faults import Fault, Kind, State
from statetrace_engine.simulate.messages import Event

NETWORK = network.build()
DEVICE = "WLLS-A01-AR-01"
PRIMARY, SECONDARY = (NETWORK.links[name] for name in NETWORK.nodes[DEVICE].uplinks)

ANY_FAULT = st.one_of(
    st.sampled_from(sorted(NETWORK.links)).map(lambda name: faults.cut(NETWORK, NETWORK.links[name])),
    st.sampled_from(sorted(NETWORK.nodes)).map(lambda hostname: faults.blackhole(NETWORK, hostname)),
    st.sampled_from(sorted(NETWORK.nodes)).map(lambda hostname: faults.withdraw(NETWORK, hostname)),
    st.sampled_from(sorted(NETWORK.nodes)).map(lambda hostname: faults.null0(NETWORK, hostname)),
    st.sampled_from(sorted(NETWORK.nodes)).map(lambda hostname: faults.shutdown(NETWORK, hostname)),
    st.sampled_from(NETWORK.spokes).map(lambda site: faults.site_lost(NETWORK, site)),
    st.sampled_from([faults.isolation(), faults.noise(10)]),
)


def silent_tests(*open_faults: Fault, hostname: str = DEVICE) -> set[ProbeTests]:
    silent = State(NETWORK, open_faults).silent
    return {r.tests for r in NETWORK.reflectors if r.hostname == hostname and r.key in silent}


def route_ids(*hostnames: str) -> set[str]:
    return {route.route_id for hostname in hostnames for route in NETWORK.routes_of(hostname)}


def test_a_cut_silences_the_next_hop_only_and_fails_the_routes_over_it() -> None:
    cut = faults.cut(NETWORK, PRIMARY)

    assert silent_tests(cut) == {ProbeTests.NEXT_HOP}
    assert faults.failing(NETWORK, [cut]) == route_ids(DEVICE)
    assert State(NETWORK, [cut]).reaches(DEVICE)


def test_a_cut_is_told_by_both_ends_and_then_by_what_carries_instead() -> None:
    said = sorted(faults.cut(NETWORK, PRIMARY).onset, key=lambda utterance: utterance.after_s)

    assert [(u.hostname, u.event) for u in said[:2]] == [
        (DEVICE, Event.LINK_DOWN),
        (PRIMARY.far.hostname, Event.LINK_DOWN),
    ]
    routes = [u.fields for u in said if u.event is Event.ROUTE]
    assert {f["prefix"] for f in routes} == {r.prefix for r in NETWORK.routes_of(DEVICE)}
    assert {(f["next_hop"], f["out"]) for f in routes} == {(SECONDARY.far.address, SECONDARY.near.interface)}


def test_a_shutdown_is_a_cut_that_one_end_says_it_was_told_to_make() -> None:
    shutdown = faults.shutdown(NETWORK, DEVICE)
    state = State(NETWORK, [shutdown])

    said = sorted(shutdown.onset, key=lambda utterance: utterance.after_s)
    assert [(u.hostname, u.event) for u in said[:2]] == [(DEVICE, Event.SHUT), (PRIMARY.far.hostname, Event.LINK_DOWN)]
    assert (said[-1].event, said[-1].fields["user"]) == (Event.CONFIG, "jsm")
    assert (state.is_shut(PRIMARY.near), state.is_shut(PRIMARY.far)) == (True, False)
    assert not State(NETWORK, [faults.cut(NETWORK, PRIMARY)]).is_shut(PRIMARY.near)
    assert faults.failing(NETWORK, [shutdown]) == route_ids(DEVICE)


def test_a_cut_secondary_fails_no_route() -> None:
    cut = faults.cut(NETWORK, SECONDARY)

    assert not faults.failing(NETWORK, [cut])
    assert silent_tests(cut) == set()
    assert Event.ROUTE not in {utterance.event for utterance in cut.onset}


def test_a_device_without_uplinks_is_mute_and_silent() -> None:
    both = [faults.cut(NETWORK, PRIMARY), faults.cut(NETWORK, SECONDARY)]

    assert not State(NETWORK, both).reaches(DEVICE)
    assert silent_tests(*both) == {ProbeTests.CONTROL, ProbeTests.NEXT_HOP, ProbeTests.DESTINATION}


def test_a_blackhole_silences_all_but_the_control_probe_and_nobody_says_a_word() -> None:
    blackhole = faults.blackhole(NETWORK, DEVICE)

    assert silent_tests(blackhole) == {ProbeTests.NEXT_HOP, ProbeTests.DESTINATION}
    assert not blackhole.onset
    assert faults.failing(NETWORK, [blackhole]) == route_ids(DEVICE)


def test_a_failover_into_null0_silences_the_destinations_and_is_told() -> None:
    null0 = faults.null0(NETWORK, DEVICE)

    assert silent_tests(null0) == {ProbeTests.NEXT_HOP, ProbeTests.DESTINATION}
    routes = [utterance.fields for utterance in null0.onset if utterance.event is Event.ROUTE]
    assert {(f["next_hop"], f["out"], f["protocol"]) for f in routes} == {("0.0.0.0", "Null0", "static")}


def test_of_a_lost_site_only_the_routes_with_a_witness_outside_must_fail() -> None:
    lost = faults.site_lost(NETWORK, "BOYO")

    assert faults.failing(NETWORK, [lost]) == route_ids("BOYO-C01-CR-01", "BOYO-C02-CR-01")
    assert all(not State(NETWORK, [lost]).reaches(hostname) for hostname in lost.devices)
    witnesses = {u.hostname for u in lost.onset if State(NETWORK, [lost]).reaches(u.hostname)}
    assert witnesses == {"WLLS-H01-HR-01", "WLLS-H02-HR-01"}
    told = {u.fields["neighbour"] for u in lost.onset if u.hostname in witnesses and u.event is Event.BGP_DOWN}
    assert told == set(NETWORK.nodes["BOYO-C01-CR-01"].addresses[1:3] + NETWORK.nodes["BOYO-C02-CR-01"].addresses[1:3])


def test_the_site_of_the_hubs_cannot_be_lost() -> None:
    with pytest.raises(ValueError, match="BOYO, LAB"):
        faults.site_lost(NETWORK, "WLLS")


def test_isolation_silences_everything_and_fails_nothing() -> None:
    isolation = faults.isolation()

    assert State(NETWORK, [isolation]).silent == {reflector.key for reflector in NETWORK.reflectors}
    assert all(not State(NETWORK, [isolation]).reaches(hostname) for hostname in NETWORK.nodes)
    assert not faults.failing(NETWORK, [isolation])


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_FAULT, max_size=5), ANY_FAULT)
def test_one_more_fault_never_brings_anything_back(open_faults: list[Fault], more: Fault) -> None:
    both = [*open_faults, more]

    assert State(NETWORK, open_faults).silent <= State(NETWORK, both).silent
    assert faults.failing(NETWORK, open_faults) <= faults.failing(NETWORK, both)
    assert faults.failing(NETWORK, both) == faults.failing(NETWORK, both[::-1])


@settings(max_examples=60, deadline=None)
@given(st.lists(ANY_FAULT, max_size=4))
def test_a_route_that_must_fail_shows_it_to_a_probe_or_in_bmp(open_faults: list[Fault]) -> None:
    state = State(NETWORK, open_faults)
    hosts = {route.hostname for route in NETWORK.routes if route.route_id in faults.failing(NETWORK, open_faults)}

    for hostname in hosts:
        is_offered = state.offers(NETWORK.links[NETWORK.nodes[hostname].uplinks[0]])
        assert not is_offered or any(r.key in state.silent for r in NETWORK.reflectors if r.hostname == hostname)


@settings(max_examples=60, deadline=None)
@given(ANY_FAULT)
def test_every_plane_that_reports_down_reports_up_again(fault: Fault) -> None:
    up = {
        Event.LINK_DOWN: Event.LINK_UP,
        Event.SHUT: Event.LINK_UP,
        Event.CONFIG: Event.CONFIG,
        Event.BGP_DOWN: Event.BGP_UP,
        Event.OSPF_DOWN: Event.OSPF_UP,
        Event.BFD_DOWN: Event.BFD_UP,
        Event.ROUTE: Event.ROUTE,
    }
    recovered = {(u.hostname, u.event, u.fields.get("interface")) for u in fault.recovery}

    for utterance in fault.onset:
        assert (utterance.hostname, up[utterance.event], utterance.fields.get("interface")) in recovered
    assert fault.kind is Kind.ISOLATION or not State(NETWORK, []).silent
