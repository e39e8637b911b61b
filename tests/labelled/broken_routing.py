"""Faults of sessions, of configuration, and of routes: the link is as good as before."""

from __future__ import annotations

from random import Random

from statetrace_engine.model.outage import CauseKind
from statetrace_engine.simulate.messages import Event
from statetrace_engine.simulate.network import Link
from tests.labelled import words
from tests.labelled.account import (
    BFD_S,
    FAILOVER_S,
    Clue,
    Fault,
    Polled,
    Said,
    Silence,
    Telling,
    behind,
    both,
)
from tests.labelled.ground import End, Ground
from tests.labelled.words import Word


def _session_ends(
    ground: Ground,
    rng: Random,
    by: End,
    kind: str,
    cause: CauseKind,
    own: Word,
    others: Word,
    note: tuple[int, int],
    details: tuple[str, str] = ("", ""),
    typed: tuple[str, ...] = (),
    is_admin: bool = False,
) -> Fault | None:
    """One end ends a BGP session by a NOTIFICATION; the link is as good as before."""
    if ground.protocol(by.link) != "bgp":
        return None
    if not all(words.lines(ground.node(e.here.hostname).vendor, w, Telling(ground, rng, "", None).fields(e))
               for e, w in ((by, own), (by.other, others))):  # fmt: skip
        return None
    telling = Telling(ground, rng, kind, cause)
    if typed:
        telling.commands(by, -3.0, *typed)
    telling.session_down(by, 0.03, own, own, note, (1, *note), is_admin=is_admin)
    telling.session_down(by.other, 0.05, others, others, note, (3, *note))
    for end, detail in ((by, details[0]), (by.other, details[1])):
        telling.beyond_silent(end, FAILOVER_S)
        telling.fails_over(end, FAILOVER_S)
        telling.loses(end, detail)
    return telling.over(by, by.other)


def neighbour_shut_here(ground: Ground, rng: Random, link: Link, by: End | None = None) -> Fault | None:
    by = by or both(link)[0]
    return _session_ends(
        ground, rng, by, "neighbour shut", CauseKind.ADMIN_SHUTDOWN, Word.BGP_SHUT, Word.BGP_SHUT_BY_PEER, (6, 2),
        ("local", "remote"),
        (f"router bgp {ground.node(by.here.hostname).asn}", f"neighbor {by.there.address} shutdown"),
        is_admin=True,
    )  # fmt: skip


def neighbour_shut_there(ground: Ground, rng: Random, link: Link) -> Fault | None:
    return neighbour_shut_here(ground, rng, link, both(link)[1])


def max_prefix(ground: Ground, rng: Random, link: Link) -> Fault | None:
    by = both(link)[0]
    return _session_ends(
        ground, rng, by, "max-prefix", CauseKind.NEIGHBOUR_LOSS, Word.BGP_PREFIXES, Word.BGP_PREFIXES_OF_PEER, (6, 1)
    )


def cleared(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """An operator clears the session; it comes back in a few seconds."""
    by = rng.choice(both(link))
    fault = _session_ends(
        ground, rng, by, "session cleared", CauseKind.NEIGHBOUR_LOSS, Word.BGP_CLEARED, Word.BGP_CLEARED_BY_PEER, (6, 4)
    )
    if fault is not None:
        telling = Telling(ground, rng, "", None)
        for end in (by, by.other):
            telling.says(20.0, end, Event.BGP_UP, None)
        fault.said += telling.fault.said
    return fault


def hold_timer(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The other end's routing program hangs: its packets are forwarded still. It says nothing, or that we said it."""
    near, far = both(link)
    telling = Telling(ground, rng, "hold timer", CauseKind.NEIGHBOUR_LOSS)
    if ground.protocol(link) == "static":
        return None
    telling.session_down(near, 0.03, Word.BGP_HELD, Word.OSPF_DEAD, (4, 0), (1, 4, 0))
    telling.session_down(far, 0.05, Word.BGP_HELD_BY_PEER, Word.OSPF_OTHER_END, (4, 0), (3, 4, 0))
    for end in (near, far):
        telling.fails_over(end, FAILOVER_S)
        telling.beyond_silent(end, FAILOVER_S)
        telling.loses(end)
    return telling.over(near, far)


def bad_key(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The keys of a session no longer agree: each end waits for the other until a timer ends it."""
    if ground.protocol(link) != "bgp":
        return None
    telling = Telling(ground, rng, "authentication", CauseKind.NEIGHBOUR_LOSS)
    for end in both(link):
        telling.session_down(end, rng.uniform(0.03, 3.0), Word.BGP_BAD_KEY, Word.OSPF_DEAD, (4, 0), (1, 4, 0))
        telling.fails_over(end, 3.0 + FAILOVER_S)
        telling.beyond_silent(end, 3.0 + FAILOVER_S, 3.0)
        telling.loses(end)
    return telling.over(*both(link))


def daemon_hung(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The other end's routing program hangs and forwards on: the hold timers of all its neighbours expire in turn."""
    far = link.far.hostname
    ends = [e.other for e in ground.ends_of[far] if ground.protocol(e.link) == "bgp"]
    if len(ends) > 60 or ground.protocol(link) != "bgp":
        return None
    telling = Telling(ground, rng, "routing program hangs", CauseKind.NEIGHBOUR_LOSS)
    for end in ends:
        after_s = rng.uniform(0.02, 15.0)
        telling.session_down(end, after_s, Word.BGP_HELD, Word.OSPF_DEAD, (4, 0), (1, 4, 0))
        telling.fails_over(end, after_s + FAILOVER_S)
        telling.loses(end)
    return telling.over(*ends)


def graceful_restart(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The other end's control plane restarts, its forwarding goes on: impaired, no more, while the timer runs."""
    near = both(link)[0]
    vendor = ground.node(near.here.hostname).vendor
    if ground.protocol(link) != "bgp" or vendor not in ("cisco_ios", "frr"):
        return None
    telling = Telling(ground, rng, "graceful restart", CauseKind.NEIGHBOUR_LOSS)
    telling.says(0.03, near, Word.BGP_RESTARTING, Clue.REASON)
    telling.loses(near, "graceful restart")
    return telling.over(near)


def remote_as(ground: Ground, rng: Random, link: Link) -> Fault | None:
    by = both(link)[0]
    asn = ground.node(by.here.hostname).asn
    typed = (f"router bgp {asn}", f"neighbor {by.there.address} remote-as 65099")
    return _session_ends(
        ground, rng, by, "remote AS changed", CauseKind.CONFIG_CHANGE, Word.BGP_CONFIGURED, Word.BGP_CONFIGURED_BY_PEER,
        (6, 6), typed=typed,
    )  # fmt: skip


def filter_applied(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """A filter on this end's port drops everything that comes in."""
    near, far = both(link)
    if ground.node(near.here.hostname).vendor not in words.LOGS_COMMANDS or link.name not in ground.bfd:
        return None
    telling = Telling(ground, rng, "filter applied", CauseKind.CONFIG_CHANGE)
    telling.commands(near, -1.5, f"interface {near.here.interface}", "ip access-group BLOCK in")
    telling.bfd_down(near, BFD_S)
    telling.session_down(near, BFD_S + 0.03, Word.BGP_BFD, Word.OSPF_BFD, (6, 10), (1, 6, 10))
    telling.session_down(far, BFD_S + 0.05, Word.BGP_BFD, Word.OSPF_BFD, (6, 10), (3, 6, 10))
    for end in (near, far):
        telling.hop_silent(end)
        telling.beyond_silent(end, BFD_S + FAILOVER_S)
        telling.fails_over(end, BFD_S + FAILOVER_S)
        telling.loses(end)
    return telling.over(near, far)


def static_removed(ground: Ground, rng: Random, link: Link, is_logged: bool = True) -> Fault | None:
    """A static route is taken out, by an operator whose commands are logged or by a program that leaves no trace."""
    near = both(link)[0]
    host = near.here.hostname
    if ground.protocol(link) != "static" or (is_logged and ground.node(host).vendor not in words.LOGS_COMMANDS):
        return None
    kind = "static route removed" if is_logged else "route gone without a word"
    telling = Telling(ground, rng, kind, CauseKind.CONFIG_CHANGE if is_logged else CauseKind.UNKNOWN)
    route = ground.routes_at(near)[-1]
    network = route.prefix.partition("/")[0]
    if is_logged:
        telling.commands(near, -0.1, f"no ip route {network} 255.255.255.0 {near.there.address}")
    telling.fault.polled.append(Polled(0.1, host, routes=(route.route_id,)))
    telling.fault.said.append(
        Said(0.1, host, Clue.ROUTE, Event.ROUTE, _installed(telling, near, route.paths[1], route.prefix))
    )
    telling.fault.routes[route.route_id] = ""
    return telling.over(near)


def route_gone(ground: Ground, rng: Random, link: Link) -> Fault | None:
    return static_removed(ground, rng, link, is_logged=False)


def static_captured(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """Nobody logs what is typed; soon after somebody captures the device, as was done yesterday or an hour ago."""
    fault = route_gone(ground, rng, link)
    if fault is None:
        return None
    near = both(link)[0]
    network = ground.routes_at(near)[-1].prefix.partition("/")[0]
    line = f"-ip route {network} 255.255.255.0 {near.there.address}"
    fault.kind, fault.cause = "static route gone, captured", CauseKind.CONFIG_CHANGE
    since_s, after_s = rng.choice((600.0, 3600.0, 86_400.0)), rng.uniform(2.0, 25.0)
    fault.said.append(Said(after_s, near.here.hostname, Clue.CAPTURED, captured=(line,), since_s=since_s))
    return fault


def _installed(telling: Telling, end: End, spare: object, prefix: str) -> dict[str, str]:
    hop, out, protocol = (getattr(spare, name) or "" for name in ("next_hop", "interface", "protocol"))
    return telling.fields(end) | {"prefix": prefix, "next_hop": hop, "out": out, "protocol": protocol}


def withdrawn(ground: Ground, rng: Random, link: Link) -> Fault | None:
    """The neighbour loses some prefixes from behind it and withdraws them; the session stands."""
    near = both(link)[0]
    if ground.protocol(link) != "bgp":
        return None
    telling = Telling(ground, rng, "prefixes withdrawn", CauseKind.UPSTREAM_FAILURE)
    of = ground.routes_at(near)
    lost = rng.sample(of, rng.randint(1, len(of)))
    neighbour = near.there.address
    prefixes = tuple(r.prefix for r in lost)
    telling.fault.said.append(Said(0.075, near.here.hostname, Clue.ROUTE, bmp=("withdraw", neighbour, prefixes)))
    telling.fault.polled.append(Polled(0.1, near.here.hostname, routes=tuple(r.route_id for r in lost)))
    for route in lost:
        fields = _installed(telling, near, route.paths[1], route.prefix)
        telling.fault.said.append(Said(0.09, near.here.hostname, Clue.ROUTE, Event.ROUTE, fields))
        telling.fault.routes[route.route_id] = ""
        telling.fault.silences.append(Silence(0.0, behind(route), FAILOVER_S))
    return telling.over(near)
