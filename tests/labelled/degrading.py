"""What never arrives, or late, twice, out of order, with a wrong time; and which causes nobody could then tell apart.

The rule for the second is a table. A row names another cause that would have looked the same, and the clues that would
have shown that it is not that one; where none of them was heard, the truth is both. Clues are of the end whose route it
is, `here`, or of the other one, `there`:

    LINK, DOWN, SHUT, SESSION, REASON, COMMAND, RESTART, ROUTE, CAPTURED      heard, as `account.Clue` says; the first
              three only of ports that the inventory names as a path's
    UP        polls show its port up              VOICE    it is heard at all: what it does not say is not so
    ALIVE     it answers a probe or polls         DEAD     its control probe or its polls show that it does not
    HOP       its next hop falls silent           ANSWERS  its next hop answers
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from statetrace_engine.model.outage import CauseKind
from tests.labelled import traps, words
from tests.labelled.account import FOREVER, Clue, Fault, Said
from tests.labelled.ground import End, Ground, Voice
from tests.labelled.telling import WALK_S

IN_TIME_S = 25.0
"""What comes later than so long after the first word is not counted as evidence: causes settle after 30 s."""
ANSWERED_S = 5.0
"""A command that comes later than that after the fault may be somebody's answer to it."""
Doubts = tuple[tuple[CauseKind, tuple[str, ...]], ...]
"""(cause, what rules it out: any of them; `A+B` are needed both)."""

_C = CauseKind
_NO_DEVICE = (_C.DEVICE_UNREACHABLE, ("ALIVE there", "VOICE there"))
_ANY_LINK = ("LINK here", "DOWN here", "SHUT here", "LINK there", "DOWN there", "SHUT there")
_ANY_SESSION = ("SESSION here", "REASON here", "SESSION there", "REASON there")
_LINK_LOST: Doubts = (
    (_C.ADMIN_SHUTDOWN, ("LINK here+LINK there",)),
    _NO_DEVICE,
    (_C.NEXT_HOP_UNREACHABLE, (*_ANY_LINK, "REASON here")),
    (_C.NEIGHBOUR_LOSS, (*_ANY_LINK, "REASON here", "HOP here")),
    (_C.SILENT_BLACKHOLE, (*_ANY_LINK, *_ANY_SESSION)),
    (_C.UPSTREAM_FAILURE, (*_ANY_LINK, *_ANY_SESSION, "HOP here")),
)
_OTHER_END_WELL = ("LINK there+UP here", "LINK here+UP there", "LINK there+VOICE here", "LINK here+VOICE there")
_SESSION_ENDED: Doubts = (
    (_C.LINK_FAILURE, ("ANSWERS here", "UP here", "VOICE here")),
    (_C.NEXT_HOP_UNREACHABLE, ("ANSWERS here", "REASON here")),
    (_C.DEVICE_UNREACHABLE, ("ANSWERS here", "ALIVE there", "VOICE there")),
)
_ROUTE_ONLY: Doubts = (
    (_C.NEIGHBOUR_LOSS, ("VOICE here",)),
    (_C.LINK_FAILURE, ("VOICE here", "ANSWERS here")),
)
DOUBTS: Mapping[str, Doubts] = {
    "cut": _LINK_LOST,
    "cut beside a shut spare": _LINK_LOST,
    "session cleared": ((_C.ADMIN_SHUTDOWN, ("REASON here", "REASON there")), *_SESSION_ENDED),
    "cut one way": (
        (_C.ADMIN_SHUTDOWN, _OTHER_END_WELL),
        _NO_DEVICE,
        (_C.NEXT_HOP_UNREACHABLE, ("LINK there", "LINK here")),
        (_C.NEIGHBOUR_LOSS, ("LINK there", "LINK here", "HOP here")),
        (_C.SILENT_BLACKHOLE, (*_ANY_LINK, *_ANY_SESSION)),
        (_C.UPSTREAM_FAILURE, (*_ANY_LINK, *_ANY_SESSION, "HOP here")),
    ),
    "port shut": (
        (_C.LINK_FAILURE, ("SHUT here", "SHUT there")),
        (_C.CONFIG_CHANGE, ("SHUT here", "SHUT there")),
        *_LINK_LOST[1:],
    ),
    "neighbour shut": (
        (_C.NEIGHBOUR_LOSS, ("REASON here", "REASON there")),
        (_C.CONFIG_CHANGE, ("REASON here", "REASON there")),
        *_SESSION_ENDED,
    ),
    "max-prefix": ((_C.ADMIN_SHUTDOWN, ("REASON here", "REASON there")), *_SESSION_ENDED),
    "hold timer": ((_C.ADMIN_SHUTDOWN, ("REASON here", "REASON there")), *_SESSION_ENDED),
    "authentication": ((_C.ADMIN_SHUTDOWN, ("REASON here", "REASON there")), *_SESSION_ENDED),
    "routing program hangs": ((_C.ADMIN_SHUTDOWN, ("REASON here",)), *_SESSION_ENDED),
    "graceful restart": (),
    "remote AS changed": (
        (_C.NEIGHBOUR_LOSS, ("REASON here", "REASON there", "COMMAND here", "COMMAND there")),
        (_C.ADMIN_SHUTDOWN, ("REASON here", "REASON there", "COMMAND here", "COMMAND there")),
        *_SESSION_ENDED,
    ),
    "filter applied": (
        (_C.NEXT_HOP_UNREACHABLE, ("COMMAND here", "COMMAND there")),
        (_C.SILENT_BLACKHOLE, ("COMMAND here", "COMMAND there", *_ANY_SESSION)),
        (_C.NEIGHBOUR_LOSS, ("COMMAND here", "COMMAND there", "HOP here")),
        (_C.LINK_FAILURE, ("COMMAND here", "COMMAND there", "VOICE here+VOICE there", "UP here+UP there")),
        (_C.ADMIN_SHUTDOWN, ("COMMAND here", "COMMAND there", "VOICE here+VOICE there", "UP here+UP there")),
        _NO_DEVICE,
    ),
    "static route removed": ((_C.UNKNOWN, ("COMMAND here",)), (_C.UPSTREAM_FAILURE, ("COMMAND here", "VOICE here"))),
    "route gone without a word": ((_C.CONFIG_CHANGE, ("VOICE here",)), (_C.UPSTREAM_FAILURE, ("VOICE here",))),
    "static route gone, captured": (),
    "next hop unreachable": (
        (_C.SILENT_BLACKHOLE, _ANY_SESSION),
        (_C.NEIGHBOUR_LOSS, ("HOP here",)),
        (_C.LINK_FAILURE, ("VOICE here+VOICE there", "UP here+UP there")),
        (_C.ADMIN_SHUTDOWN, ("VOICE here+VOICE there", "UP here+UP there")),
        _NO_DEVICE,
    ),
    "silent blackhole": (
        (_C.NEXT_HOP_UNREACHABLE, ("VOICE here+HOP here",)),
        (_C.NEIGHBOUR_LOSS, ("HOP here",)),
        (_C.LINK_FAILURE, ("VOICE here", "VOICE there")),
        (_C.ADMIN_SHUTDOWN, ("VOICE here", "VOICE there")),
        _NO_DEVICE,
    ),
    "destination only": ((_C.UPSTREAM_FAILURE, ("VOICE here",)),),
    "prefixes withdrawn": _ROUTE_ONLY,
    "congestion": (),
    "power": (
        (_C.LINK_FAILURE, ("DEAD there", "RESTART there")),
        (_C.ADMIN_SHUTDOWN, ("DEAD there", "RESTART there", "SHUT there")),
        (_C.NEXT_HOP_UNREACHABLE, ("DEAD there", "RESTART there", *_ANY_LINK, "REASON here")),
        (_C.NEIGHBOUR_LOSS, ("DEAD there", "RESTART there", *_ANY_LINK, "REASON here", "HOP here")),
        (_C.SILENT_BLACKHOLE, ("DEAD there", "RESTART there", *_ANY_LINK, *_ANY_SESSION)),
    ),
}  # fmt: skip
_ONLY_WALKED = (
    "static route removed",
    "route gone without a word",
    "static route gone, captured",
    "prefixes withdrawn",
)
"""It may be the walk of its table, once a minute, that shows it."""
_WALKED_S = 2 * WALK_S + 2.0
"""The first table that is ever seen of a device counts only once the second one confirms it."""
_LIKE = {"far port shut": "port shut", "reload": "power", "site power": "power"}

# Taking away ------------------------------------------------------------------------------------------------------

_SHARE = 0.3


def degrade(ground: Ground, hosts: Iterable[str], rng: Random) -> None:
    """Takes away what these devices are heard by, each with its own luck."""
    for host in sorted(hosts):
        if ground.node(host).vendor and rng.random() < 0.25:
            ground.voices[host] = Voice(False, False, False, rng.random() < 0.5, False)
            continue
        voice = ground.voices[host] = Voice()
        voice.has_syslog = rng.random() >= _SHARE
        voice.has_traps = rng.random() >= _SHARE
        voice.is_polled = rng.random() >= _SHARE
        voice.is_probed = rng.random() >= _SHARE
        voice.has_bmp = rng.random() >= 0.5
        voice.late_s = rng.uniform(2.0, 20.0) if rng.random() < 0.15 else 0.0
        voice.loses_events = rng.random() < _SHARE
        voice.clock_s = rng.choice((-1, 1)) * rng.uniform(600.0, 40000.0) if rng.random() < _SHARE else 0.0
        voice.stamp = rng.choice(("", "star", "bare"))
        voice.repeats = 0.3 if rng.random() < _SHARE else 0.0
        voice.jitter_s = 1.5 if rng.random() < _SHARE else 0.0


# What remains -----------------------------------------------------------------------------------------------------


def _is_heard(ground: Ground, said: Said) -> bool:
    if said.captured:
        return True
    voice = ground.voice(said.host)
    if said.after_s + voice.late_s > (ANSWERED_S if said.clue is Clue.COMMAND else IN_TIME_S):
        return False
    if voice.loses_events and said.after_s >= 0 and not said.bmp and not voice.late_s:
        return False
    vendor = ground.node(said.host).vendor
    if said.what is not None:
        return voice.has_syslog and bool(words.lines(vendor, said.what, said.fields))
    if said.trap:
        return voice.has_traps and vendor in traps.SENDING
    return voice.has_bmp


def clues(ground: Ground, fault: Fault, end: End) -> set[str]:
    """What is heard at this end of the fault, in the words of the table, without `here` or `there`."""
    host, voice = end.here.hostname, ground.voice(end.here.hostname)
    is_port_known = any(p.interface == end.here.interface for r in ground.routes if r.hostname == host for p in r.paths)
    is_dead = host in fault.dead
    said = (s for s in fault.said if s.host == host and s.clue and _is_about(s, end) and _is_heard(ground, s))
    found = {s.clue.name for s in said if s.clue}
    if voice.is_polled and not is_dead:
        found |= {"ALIVE", "UP"}
        for polled in fault.polled:
            if polled.host == host and polled.after_s <= IN_TIME_S - 10.0:
                if polled.interface == end.here.interface:
                    found.discard("UP")
                    found.add("SHUT" if polled.is_shut else "LINK")
                elif polled.neighbour == end.there.address:
                    found.add("SESSION")
    if voice.is_probed:
        found.add("DEAD" if is_dead else "ALIVE")
    if voice.is_polled and is_dead:
        found.add("DEAD")
    if not is_port_known:  # the inventory does not say that this port is the one of the link
        found -= {"LINK", "DOWN", "SHUT", "UP"}
    says = (voice.has_syslog or voice.has_traps) and not (voice.loses_events and not voice.late_s)
    if not is_dead and (says or voice.is_polled):
        found.add("VOICE")
    if voice.is_probed and not is_dead:
        hop = f"{host}/next-hop/icmp/{end.there.address}"
        found.add("HOP" if any(s.probe == hop and s.loss_percent == 100.0 for s in fault.silences) else "ANSWERS")
    return found


def _is_about(said: Said, end: End) -> bool:
    if said.what is not None:
        return said.fields.get("local", end.here.address) == end.here.address or not said.fields
    return end.here.interface in said.trap or end.there.address in (*said.trap, *said.bmp)


def truth(ground: Ground, fault: Fault, end: End) -> frozenset[CauseKind]:
    """The causes that nobody can tell apart for the routes of this end."""
    assert fault.cause is not None
    if end.here.hostname in fault.dead:  # what is known of it is what its neighbours see of it
        end = end.other
    heard = {f"{clue} here" for clue in clues(ground, fault, end)}
    heard |= {f"{clue} there" for clue in clues(ground, fault, end.other)}
    doubts = DOUBTS[_LIKE.get(fault.kind, fault.kind)]
    return frozenset(
        (fault.cause, *(cause for cause, excludes in doubts if not any(set(e.split("+")) <= heard for e in excludes)))
    )


def is_detectable(ground: Ground, fault: Fault, end: End) -> bool:
    """Whether what remains of this end's evidence shows a loss at all (SPEC 2)."""
    if end.here.hostname in fault.dead:
        return False
    here, there = clues(ground, fault, end), clues(ground, fault, end.other)
    own = {"LINK", "DOWN", "SHUT", "SESSION", "REASON", "ROUTE"} & here
    if fault.kind in ("silent blackhole", "destination only", "congestion"):
        return ground.voice(end.here.hostname).is_probed
    pair = {"LINK", "DOWN", "SHUT"} & there and {"SESSION", "REASON"} & there
    is_beyond_lost = any(  # else the destination answers by another path: a card, no outage (SPEC 4, row 11)
        s.probe.startswith(f"{end.here.hostname}/destination") and s.until_s - s.after_s > 2.0 for s in fault.silences
    )
    is_hop_lost = "HOP" in here and (is_beyond_lost or {"SESSION", "REASON", "LINK", "DOWN", "SHUT"} & there)
    return bool(own or is_hop_lost or pair)


def longest_s(fault: Fault) -> float:
    """Until the last that is seen of it, of what is seen at all within a minute."""
    times = [s.after_s for s in fault.said if s.after_s <= 60.0]
    found_s = 35.0 if fault.cause is CauseKind.CONGESTION_OR_LOSS else 0.0
    if fault.kind in _ONLY_WALKED:
        found_s = _WALKED_S
    return max((*times, *(s.until_s for s in fault.silences if s.until_s < min(60.0, FOREVER)), found_s))
