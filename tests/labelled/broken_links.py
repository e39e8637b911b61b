"""Faults of links, and of what lies on them or behind them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.simulate.network import Link
from tests.labelled.account import (
    BFD_S,
    BGP_HOLD_S,
    FAILOVER_S,
    FOREVER,
    LEARN_S,
    OSPF_DEAD_S,
    Clue,
    Fault,
    Silence,
    Telling,
    behind,
    both,
)
from tests.labelled.ground import End, Ground
from tests.labelled.words import Word


def cut(ground: Ground, rng: Random, link: Link) -> Fault:
    """The carrier is lost at both ends."""
    telling = Telling(ground, rng, "cut", CauseKind.LINK_FAILURE)
    for end in both(link):
        telling.link_down(end, rng.uniform(0.01, 0.06))
        telling.bfd_down(end, 0.06)
        telling.sessions_flap(end, rng.uniform(0.06, 0.12))
        telling.hop_silent(end)
        telling.beyond_silent(end, FAILOVER_S)
        telling.fails_over(end, FAILOVER_S)
        telling.loses(end)
    return telling.over(*both(link))


def cut_beside_a_shut_spare(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The primary's carrier is lost a few seconds before or after an operator shut the secondary's port."""
    near = both(link)[0]
    node = ground.node(near.here.hostname)
    spare = ground.net.links[node.uplinks[1]]
    if not spare.far.hostname or spare is link or node.uplinks[0] != link.name:
        return None
    fault = cut(ground, rng, link)
    fault.kind = "cut beside a shut spare"
    telling = Telling(ground, rng, "", None)
    after_s = rng.choice((-6.0, 3.0))
    telling.link_down(End(spare, spare.near, spare.far), after_s, is_shut=True)
    telling.sessions_flap(End(spare, spare.near, spare.far), after_s + 0.1)
    telling.sessions_flap(End(spare, spare.far, spare.near), after_s + 0.1)
    fault.said += [replace(s, clue=None) for s in telling.fault.said]
    fault.polled = [p for p in (*fault.polled, *telling.fault.polled) if p.host != node.hostname or not p.routes]
    fault.said = [s for s in fault.said if s.clue is not Clue.ROUTE or s.host != node.hostname]
    fault.hosts.add(spare.far.hostname)
    lost = [behind(route) for route in ground.routes_at(near)]
    fault.silences = [s for s in fault.silences if s.probe not in lost] + [Silence(0.0, probe) for probe in lost]
    return fault


def cut_one_way(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """One fibre of two: the far end loses its light, the near one sends into nothing until a timer says so."""
    if link.name not in ground.bfd:
        return None
    telling = Telling(ground, rng, "cut one way", CauseKind.LINK_FAILURE)
    near, far = both(link)
    telling.link_down(far, rng.uniform(0.01, 0.06))
    telling.sessions_flap(far, rng.uniform(0.06, 0.12))
    telling.bfd_down(near, BFD_S)
    telling.session_down(near, BFD_S + 0.03, Word.BGP_BFD, Word.OSPF_BFD, (6, 10), (1, 6, 10))
    for end, failed_over_s in ((near, BFD_S + FAILOVER_S), (far, FAILOVER_S)):
        telling.hop_silent(end)
        telling.beyond_silent(end, failed_over_s)
        telling.fails_over(end, failed_over_s)
        telling.loses(end)
    return telling.over(near, far)


def _shut_port(ground: Ground, rng: Random, link: Link, by: End, kind: str) -> Fault:
    telling = Telling(ground, rng, kind, CauseKind.ADMIN_SHUTDOWN)
    telling.commands(by, -2.0, f"interface {by.here.interface}", "shutdown")
    telling.link_down(by, 0.03, is_shut=True)
    telling.link_down(by.other, rng.uniform(0.03, 0.08))
    for end in (by, by.other):
        telling.bfd_down(end, 0.08)
        telling.sessions_flap(end, rng.uniform(0.08, 0.14))
        telling.hop_silent(end)
        telling.beyond_silent(end, FAILOVER_S)
        telling.fails_over(end, FAILOVER_S)
        telling.loses(end, "local" if end is by else "remote")
    return telling.over(by, by.other)


def shut_here(ground: Ground, rng: Random, link: Link) -> Fault:
    return _shut_port(ground, rng, link, both(link)[0], "port shut")


def shut_there(ground: Ground, rng: Random, link: Link) -> Fault:
    return _shut_port(ground, rng, link, both(link)[1], "far port shut")


def middle_lost(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """Something between the two ends forwards nothing, both ports stay up, and BFD finds it."""
    if link.name not in ground.bfd:
        return None
    telling = Telling(ground, rng, "next hop unreachable", CauseKind.NEXT_HOP_UNREACHABLE)
    for end in both(link):
        after_s = BFD_S + rng.uniform(-0.1, 0.1)
        telling.bfd_down(end, after_s)
        telling.session_down(end, after_s + 0.03, Word.BGP_BFD, Word.OSPF_BFD, (6, 10), (1, 6, 10))
        telling.hop_silent(end)
        telling.beyond_silent(end, after_s + FAILOVER_S)
        telling.fails_over(end, after_s + FAILOVER_S)
        telling.loses(end)
    return telling.over(*both(link))


def blackhole(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The same without BFD: nobody says a word until hold and dead timers expire."""
    if link.name in ground.bfd:
        return None
    telling = Telling(ground, rng, "silent blackhole", CauseKind.SILENT_BLACKHOLE)
    held_s = {"ospf": OSPF_DEAD_S, "bgp": BGP_HOLD_S}.get(ground.protocol(link), FOREVER)
    for end in both(link):
        telling.hop_silent(end)
        telling.beyond_silent(end, held_s)
        if held_s < FOREVER:
            telling.session_down(end, held_s, Word.BGP_HELD, Word.OSPF_DEAD, (4, 0), (1, 4, 0))
        telling.loses(end)
    return telling.over(*both(link))


def beyond_lost(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """One destination is lost somewhere behind the next hop, which goes on answering and announcing it."""
    near = both(link)[0]
    route = rng.choice(ground.routes_at(near))
    telling = Telling(ground, rng, "destination only", CauseKind.SILENT_BLACKHOLE)
    telling.fault.silences.append(Silence(0.0, behind(route)))
    telling.fault.routes[route.route_id] = ""
    return telling.over(near)


def congested(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """Loss each way, or a queue that stays full."""
    telling = Telling(ground, rng, "congestion", CauseKind.CONGESTION_OR_LOSS)
    is_slow = rng.random() < 0.3
    loss, rtt_ms = (0.0, rng.uniform(120.0, 400.0)) if is_slow else (rng.uniform(15.0, 55.0), 0.0)
    for end in both(link):
        hop = f"{end.here.hostname}/next-hop/icmp/{end.there.address}"
        for probe in (hop, *map(behind, ground.routes_at(end))):
            telling.fault.silences.append(Silence(0.0, probe, loss_percent=loss, rtt_ms=rtt_ms))
        telling.loses(end)
    telling.fault.learn_s = LEARN_S if is_slow else 0.0
    return telling.over(*both(link))


def target_silent(ground: Ground, rng: Random, link: Link) -> Fault:
    """The next hop no longer answers probes to itself, and forwards as before."""
    telling = Telling(ground, rng, "probe target silent", None)
    near = both(link)[0]
    telling.hop_silent(near)
    return telling.over(near)


def spare_cut(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The secondary uplink is cut: no primary path is lost."""
    node = ground.node(link.near.hostname)
    spare = ground.net.links[node.uplinks[1]]
    if not spare.far.hostname or any(ground.routes_at(end) for end in both(spare)):
        return None
    fault = cut(ground, rng, spare)
    fault.kind, fault.cause = "secondary cut", None
    fault.polled = [p for p in fault.polled if not p.routes]
    fault.said = [s for s in fault.said if s.clue is not Clue.ROUTE]
    return fault
