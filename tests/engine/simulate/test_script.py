"""The script keeps the demo's times and gives every route its rest."""

from __future__ import annotations

from itertools import pairwise

import pytest

from statetrace_engine.simulate import faults, network, script
from statetrace_engine.simulate.faults import Fault, Kind

NETWORK = network.build()
LOOPS = 12
ON_A_DEVICE = (Kind.CUT, Kind.WITHDRAW, Kind.SHUTDOWN, Kind.BLACKHOLE, Kind.NULL0)


def test_the_scenes_begin_when_the_issue_says() -> None:
    starts = {scene.kind: scene.starts_s for scene in script.SCENES}

    assert starts == {
        Kind.CUT: 5, Kind.WITHDRAW: 10, Kind.NOISE: 15, Kind.BLACKHOLE: 22, Kind.NULL0: 32, Kind.SITE_LOST: 40,
        Kind.ISOLATION: 48, Kind.LOGINS: 12, Kind.FLAPS: 26, Kind.POWER: 38, Kind.SHUTDOWN: 18,
    }  # fmt: skip
    isolation = next(scene for scene in script.SCENES if scene.kind is Kind.ISOLATION)
    assert isolation.heals_s - isolation.starts_s == 3
    assert (
        min(
            s.heals_s
            for s in script.SCENES
            if faults.failing(NETWORK, [script.cast(NETWORK, s.kind, 0, 1, lambda _: True)])
        )
        == 55
    )


def play(seed: int = 1) -> list[tuple[float, float, Fault]]:
    """(injected, healed, fault) of some loops, cast as the director does."""
    acts: list[tuple[float, float, Fault]] = []
    for loop in range(LOOPS):
        begun = loop * script.LOOP_S
        for scene in script.SCENES:
            at = begun + scene.starts_s

            def is_free(hostname: str, at: float = at) -> bool:
                return all(hostname not in f.devices or healed + script.REST_S <= at for _, healed, f in acts)

            fault = script.cast(NETWORK, scene.kind, loop, seed, is_free)
            assert fault is not None
            acts.append((at, begun + scene.heals_s, fault))
    return acts


@pytest.mark.parametrize("seed", [1, 2, 9])
def test_no_route_fails_again_within_20_s_of_its_healing(seed: int) -> None:
    spans: dict[str, list[tuple[float, float]]] = {}
    for injected, healed, fault in play(seed):
        for route_id in faults.failing(NETWORK, [fault]):
            spans.setdefault(route_id, []).append((injected, healed))

    for of in spans.values():
        assert all(later[0] - earlier[1] >= 20 for earlier, later in pairwise(sorted(of)))


def test_a_lost_site_has_no_other_fault_and_each_loop_takes_other_devices() -> None:
    acts = play()

    for loop in range(LOOPS):
        cast = [f for injected, _, f in acts if injected // script.LOOP_S == loop]
        lost = next(f.site for f in cast if f.site)
        broken = [next(iter(f.devices)) for f in cast if f.kind in ON_A_DEVICE]
        assert len(set(broken)) == len(ON_A_DEVICE)
        assert all(NETWORK.nodes[hostname].site != lost for hostname in broken)
    cuts = [f.label for _, _, f in acts if f.kind is Kind.CUT]
    assert all(earlier != later for earlier, later in pairwise(cuts))
    assert {f.site for _, _, f in acts if f.site} == set(NETWORK.spokes)


def test_the_failovers_are_on_devices_that_tell_of_them() -> None:
    for _, _, fault in play():
        if fault.kind in (Kind.CUT, Kind.SHUTDOWN, Kind.NULL0):
            assert NETWORK.nodes[next(iter(fault.devices))].vendor == "cisco_ios"


def test_a_withdrawal_is_on_a_device_whose_bmp_alone_tells_of_it() -> None:
    for _, _, fault in play():
        if fault.kind is Kind.WITHDRAW:
            assert fault.forsaken in NETWORK.monitored
            assert NETWORK.links[NETWORK.nodes[fault.forsaken].uplinks[0]].protocol == "bgp"
            assert NETWORK.nodes[fault.forsaken].vendor != "cisco_ios"


def test_what_is_odd_fails_no_route_and_power_goes_where_the_site_is_lost_two_seconds_later() -> None:
    acts = play()
    for loop in range(LOOPS):
        cast = [f for injected, _, f in acts if injected // script.LOOP_S == loop]
        lost = next(f.site for f in cast if f.site)
        odd = [f for f in cast if f.kind in faults.ANOMALIES]
        assert {f.kind for f in odd} == faults.ANOMALIES
        assert not faults.failing(NETWORK, odd)
        assert not any(f.devices for f in odd)
        assert next(f for f in odd if f.kind is Kind.POWER).label.startswith(f"{lost}-C0")


def test_with_nothing_free_a_scene_is_left_out() -> None:
    for kind in (*ON_A_DEVICE, Kind.SITE_LOST, *faults.ANOMALIES):
        assert script.cast(NETWORK, kind, 0, 1, lambda _: False) is None


def test_moments_are_in_order_and_of_the_chosen_kinds() -> None:
    moments = script.moments((Kind.CUT, Kind.NULL0))

    assert [m.at_s for m in moments] == sorted(m.at_s for m in moments)
    assert {m.scene.kind for m in moments} == {Kind.CUT, Kind.NULL0}
    assert script.moments(()) == ()
