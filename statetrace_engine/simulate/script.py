"""Pure. The demo's script: what breaks when, on whom, loop after loop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from statetrace_engine.simulate import faults, messages
from statetrace_engine.simulate.faults import Fault, Kind
from statetrace_engine.simulate.messages import Event
from statetrace_engine.simulate.network import SPARE_PORT, Network, Node, Place, port_name

_T = TypeVar("_T")

NOISE_LINES = 2000
NOISE_S = 2.0
LOOP_S = 70.0
REST_S = 20.0
"""No route fails again so soon after its healing (flaps aside), or it would be the same outage still."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Times in seconds from the start of a loop."""

    kind: Kind
    starts_s: float
    heals_s: float


SCENES = (
    Scene(Kind.CUT, 5.0, 55.0),
    Scene(Kind.WITHDRAW, 10.0, 59.0),
    Scene(Kind.LOGINS, 12.0, 14.0),
    Scene(Kind.NOISE, 15.0, 15.0 + NOISE_S),
    Scene(Kind.SHUTDOWN, 18.0, 57.5),
    Scene(Kind.BLACKHOLE, 22.0, 56.0),
    Scene(Kind.FLAPS, 26.0, 33.0),
    Scene(Kind.NULL0, 32.0, 57.0),
    Scene(Kind.POWER, 38.0, 58.5),
    Scene(Kind.SITE_LOST, 40.0, 58.0),
    Scene(Kind.ISOLATION, 48.0, 51.0),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something to do at a time of a loop: a scene begins or heals."""

    at_s: float
    scene: Scene
    is_start: bool


def moments(kinds: Collection[Kind] = tuple(Kind)) -> tuple[Moment, ...]:
    """One loop in order of time, of these kinds only."""
    scenes = [scene for scene in SCENES if scene.kind in kinds]
    both = [Moment(scene.starts_s, scene, True) for scene in scenes]
    both += [Moment(scene.heals_s, scene, False) for scene in scenes]
    return tuple(sorted(both, key=lambda moment: moment.at_s))


def cast(network: Network, kind: Kind, loop: int, seed: int, is_free: Callable[[str], bool]) -> Fault | None:
    """The fault of this kind for this loop, on devices that are free; None when there is none.

    The site that a loop loses is spared its other faults, and each loop begins with other devices. A core of that site
    loses power before.
    """
    if kind is Kind.NOISE:
        return faults.noise(NOISE_LINES)
    if kind is Kind.ISOLATION:
        return faults.isolation()
    if kind is Kind.SITE_LOST:
        return next((f for f in _sites(network, loop) if all(is_free(hostname) for hostname in f.devices)), None)
    if kind in faults.ANOMALIES:
        return _anomaly(network, kind, loop, seed, is_free)
    chosen = next((node for node in _victims(network, kind, loop, seed) if is_free(node.hostname)), None)
    if chosen is None:
        return None
    if kind is Kind.CUT:
        return faults.cut(network, network.links[chosen.uplinks[0]])
    return _ON_A_DEVICE[kind](network, chosen.hostname)


def _anomaly(network: Network, kind: Kind, loop: int, seed: int, is_free: Callable[[str], bool]) -> Fault | None:
    if kind is Kind.POWER:
        lost = next((f.site for f in _sites(network, loop) if all(is_free(hostname) for hostname in f.devices)), "")
        cores = (n for n in network.nodes.values() if n.site == lost and n.place is Place.CORE)
        return next((faults.power(n.hostname) for n in cores if Event.POWER_DOWN in messages.TABLES[n.vendor]), None)
    event = Event.LOGIN_FAILED if kind is Kind.LOGINS else Event.LINK_DOWN
    able = tuple(n for n in network.nodes.values() if n.place is Place.ACCESS and event in messages.TABLES[n.vendor])
    chosen = next((n for n in _rotated(able, 7 * loop + seed + (kind is Kind.FLAPS)) if is_free(n.hostname)), None)
    if chosen is None:
        return None
    if kind is Kind.LOGINS:
        return faults.logins(chosen.hostname)
    return faults.flaps(chosen.hostname, port_name(chosen.vendor, SPARE_PORT))


_ON_A_DEVICE = {
    Kind.WITHDRAW: faults.withdraw,
    Kind.SHUTDOWN: faults.shutdown,
    Kind.BLACKHOLE: faults.blackhole,
    Kind.NULL0: faults.null0,
}


def _sites(network: Network, loop: int) -> Iterator[Fault]:
    return (faults.site_lost(network, site) for site in _rotated(network.spokes, loop))


def _victims(network: Network, kind: Kind, loop: int, seed: int) -> Iterator[Node]:
    able = tuple(
        node
        for node in network.nodes.values()
        if node.place is Place.ACCESS and network.routes_of(node.hostname) and _ABLE[kind](network, node)
    )
    # Loops take turns with the even and the odd ones, so that no two in a row break the same.
    turns = able[loop % 2 :: 2], able[(loop + 1) % 2 :: 2]
    third = {Kind.CUT: 0, Kind.WITHDRAW: 0, Kind.SHUTDOWN: 1, Kind.BLACKHOLE: 1, Kind.NULL0: 2}[kind]
    spared = network.spokes[loop % len(network.spokes)]
    for turn in turns:
        for node in _rotated(turn, third * len(turn) // 3 + loop // 2 + seed - 1):
            if node.site != spared:
                yield node


def _tells_its_routes(network: Network, node: Node) -> bool:
    """IOS with its EEM applet says itself where its routes went; its session is seen to drop at once."""
    return node.vendor == "cisco_ios" and network.links[node.uplinks[0]].protocol == "bgp"


def _tells_by_bmp_alone(network: Network, node: Node) -> bool:
    """The others' logs tell of another route sooner."""
    is_bgp = network.links[node.uplinks[0]].protocol == "bgp"
    return is_bgp and node.hostname in network.monitored and not _tells_its_routes(network, node)


_ABLE: Mapping[Kind, Callable[[Network, Node], bool]] = {
    Kind.CUT: _tells_its_routes,
    Kind.WITHDRAW: _tells_by_bmp_alone,
    Kind.SHUTDOWN: _tells_its_routes,
    Kind.BLACKHOLE: lambda *_: True,
    Kind.NULL0: _tells_its_routes,
}


def _rotated(items: tuple[_T, ...], first: int) -> tuple[_T, ...]:
    first %= max(1, len(items))
    return items[first:] + items[:first]
