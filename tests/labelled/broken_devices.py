"""Faults of whole devices and sites, and of whoever watches them."""

from __future__ import annotations

from random import Random

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.simulate.network import Link
from tests.labelled import words
from tests.labelled.account import (
    FAILOVER_S,
    FOREVER,
    Clue,
    Fault,
    Silence,
    Telling,
    both,
)
from tests.labelled.ground import Ground
from tests.labelled.words import Word


def device_dead(ground: Ground, rng: Random, link: Link, host: str = "", is_reload: bool = False) -> Fault | None:
    """A device loses its power, or is restarted: every port at the other ends of its links goes down."""
    host = host or rng.choice((link.near.hostname, link.far.hostname))
    ends = ground.ends_of[host]
    if len(ends) > 60 or (
        is_reload and not words.lines(ground.node(host).vendor, Word.RELOAD, {"user": "", "from": ""})
    ):
        return None
    telling = Telling(ground, rng, "reload" if is_reload else "power", CauseKind.DEVICE_UNREACHABLE)
    if is_reload:
        telling.says(-0.5, ends[0], Word.RELOAD, Clue.RESTART)
    for end in ends:
        other = end.other
        telling.link_down(other, rng.uniform(0.03, 0.3))
        telling.bfd_down(other, 0.35)
        telling.sessions_flap(other, rng.uniform(0.35, 0.6))
        telling.hop_silent(other)
        telling.beyond_silent(other, FAILOVER_S + 0.6)
        telling.fails_over(other, FAILOVER_S + 0.6)
        telling.loses(other)
    for route in ground.routes:
        if route.hostname == host:
            telling.fault.routes[route.route_id] = ""
    telling.fault.dead[host] = FOREVER
    telling.fault.silences.append(Silence(0.0, f"{host}/*"))
    return telling.over(*ends)


def site_dead(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """A site loses its power: all its devices at once, and the hubs lose their links to its cores."""
    site = ground.node(link.near.hostname).site
    hosts = {n.hostname for n in ground.net.nodes.values() if n.site == site}
    if site not in ground.net.spokes or len(hosts) > 12:
        return None
    telling = Telling(ground, rng, "site power", CauseKind.DEVICE_UNREACHABLE)
    ends = [e for host in sorted(hosts) for e in ground.ends_of[host] if e.there.hostname not in hosts]
    for end in ends:
        telling.link_down(end.other, rng.uniform(0.03, 0.3))
        telling.sessions_flap(end.other, rng.uniform(0.35, 0.6))
        telling.hop_silent(end.other)
        telling.beyond_silent(end.other, FOREVER)
        telling.loses(end.other)
    for route in ground.routes:
        if route.hostname in hosts:
            telling.fault.routes[route.route_id] = ""
    telling.fault.dead = dict.fromkeys(sorted(hosts), FOREVER)
    telling.fault.silences += [Silence(0.0, f"{host}/*") for host in sorted(hosts)]
    telling.fault.hosts |= hosts
    telling.fault.site = site
    return telling.over(*ends)


def device_reloads(ground: Ground, rng: Random, link: Link) -> Fault | None:
    return device_dead(ground, rng, link, is_reload=True)


def management_lost(ground: Ground, rng: Random, link: Link) -> Fault:
    """The jump host's way to one device is gone; the device itself is well, and says so in its log."""
    telling = Telling(ground, rng, "management only", None)
    near = both(link)[0]
    host = near.here.hostname
    telling.fault.silences.append(Silence(0.0, f"{host}/*"))
    telling.fault.dead[host] = FOREVER
    return telling.over(near)


def isolated(ground: Ground, rng: Random, link: Link) -> Fault:
    telling = Telling(ground, rng, "local isolation", None)
    telling.fault.silences.append(Silence(0.0, "*", until_s=rng.uniform(8.0, 25.0)))
    telling.fault.is_isolation = True
    return telling.over()


def source_dead(ground: Ground, rng: Random, link: Link) -> Fault:
    telling = Telling(ground, rng, "source dead", None)
    source = rng.choice(("syslog_udp", "probe_icmp", "snmp", "bmp", "trap"))
    telling.fault.source_lost = (source,)
    return telling.over()
