"""Pure. What was done to the devices of a route shortly before it failed, and which of the route's objects it names.

interface GigabitEthernet0/1 · shutdown · ip route 0.0.0.0 0.0.0.0 10.1.1.2 · neighbor 10.1.1.2 prefix-list X in
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.tracks import Done
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.model import names
from statetrace_engine.model.observation import DeviceEvent, DeviceEventKind, SubjectKind
from statetrace_engine.model.outage import RelatedChange

ALMOST_S = 5.0
"""A change is logged so long after it was made at most: what came first to us may have come second there."""
MOST = 10
"""Changes that an outage tells of."""


class Change(Struct, frozen=True, gc=False):
    """Something done to a device before the outage."""

    before_s: float
    """Seconds before the first evidence; negative: after it."""
    done: Done
    touches: tuple[str, ...]
    """The path's objects that it names, or the mode in which it was typed."""
    is_near: bool
    """So shortly before that it is likelier than what it did."""
    hostname: str
    mode: str = ""
    """`interface GigabitEthernet0/1`, where it was typed below that."""

    @property
    def event(self) -> DeviceEvent:
        return self.done.event


def before(first: float, route: RouteTrack, far: DeviceTrack | None, policy: ExplainPolicy) -> tuple[Change, ...]:
    """Those of the route's device and of its next hop's that came before `first` (steady); those that touch the route
    first, then the nearest."""
    changed = [d for d in (route.device, far) if d is not None and d.state.changes]
    if not changed:
        return ()
    record = route.record
    objects = [objects_of(route, device) for device in changed]
    found = [
        Change(before_s, done, touches, before_s <= policy.change_near_s, device.device.hostname, mode)
        for device, named in zip(changed, objects, strict=True)
        for done, mode in _in_modes(device.state.changes)
        if -ALMOST_S <= (before_s := first - done.steady) <= policy.change_far_s
        for touches in (touched(f"{mode} {done.event.text}", named, record.prefix, record.vrf),)
    ]
    return tuple(sorted(found, key=lambda c: (not c.touches, c.before_s)))


def related(changes: tuple[Change, ...], offset: float, policy: ExplainPolicy) -> tuple[RelatedChange, ...]:
    """As people read them, likeliest first; `offset` is wall time less steady time."""
    found = [
        RelatedChange(
            hostname=change.hostname,
            at=change.done.steady + offset,
            before_s=round(change.before_s, 3),
            text=f"{change.mode}: {change.event.text}" if change.mode else change.event.text,
            by=change.event.who,
            touches=change.touches,
            likelihood=_likelihood(change, policy),
            seq=change.done.seq,
            source=change.done.source,
        )
        for change in changes
    ]
    return tuple(sorted(found, key=lambda c: (-c.likelihood, c.before_s, -c.seq))[:MOST])


LIKELY = {(True, True): 0.9, (True, False): 0.5, (False, True): 0.25, (False, False): 0.1}
"""By whether it touches the route, and whether it came so shortly before."""


def _likelihood(change: Change, policy: ExplainPolicy) -> float:
    """The nearer the likelier; what was logged after the first evidence a little less."""
    share = 0.8 if change.before_s < 0 else 1.0 - 0.5 * change.before_s / policy.change_far_s
    return round(LIKELY[bool(change.touches), change.is_near] * share, 2)


_MODE = re.compile(r"(?:interface|router|route-map|vrf|vlan|ip vrf|ip access-list|address-family)\b", re.IGNORECASE)
_LEAVES = re.compile(r"(?:exit|end|commit|write|copy)\b", re.IGNORECASE)
_IN_ONE = re.compile(r"(?:no |default )?(?:ip|ipv6|set|delete|neighbor|neighbour|snmp-server|logging|hostname)\b", re.I)
"""Commands that say by themselves what they are of."""


def _in_modes(changes: Iterable[Done]) -> Iterator[tuple[Done, str]]:
    """Each change with the mode that its command was typed in: `shutdown` says nothing without its interface."""
    mode, by = "", ""
    for done in changes:
        text, who = done.event.text.strip(), done.event.who
        if done.event.kind is not DeviceEventKind.CONFIG_COMMAND:
            yield done, ""
        elif _MODE.match(text):
            mode, by = text, who
            yield done, ""
        else:
            if who != by or _LEAVES.match(text):
                mode = ""
            yield done, "" if _IN_ONE.match(text) else mode


def objects_of(route: RouteTrack, device: DeviceTrack) -> set[str]:
    """The names by which a line of a device's configuration may touch the route, lower case."""
    return _objects(route) if device is route.device else _objects_of_far(route, device)


def _objects(route: RouteTrack) -> set[str]:
    found = {route.record.prefix.partition("/")[0]} - {"0.0.0.0", "::"}
    for path in (*route.primaries, *route.secondaries):
        egress = path.path.interface
        for name in (path.path.next_hop, *path.path.learned_from, egress, *(names.parents(egress) if egress else ())):
            if name:
                found.add(name.lower())
    return found


def _objects_of_far(route: RouteTrack, far: DeviceTrack) -> set[str]:
    """The same for the other end, which calls the same link and session by its own port and our address."""
    host = far.device.hostname
    ports = {s.key[2] for p in route.primaries for s in p.remote if s.key[:2] == (host, SubjectKind.INTERFACE)}
    prefix = {route.record.prefix.partition("/")[0]} - {"0.0.0.0", "::"}
    return {name.lower() for name in (*prefix, *route.device.device.addresses, *ports)}


_INTERFACE = re.compile(r"[A-Za-z][A-Za-z-]*(?: ?\d[\d/.:]*)")
_ADDRESS = re.compile(r"[\da-fA-F:.]*[:.][\da-fA-F:.]+")
_ENDED = re.compile(r"(?<!:):$")
"""A colon behind a name: `bgp 10.1.1.2: state idle`."""
_STATIC = re.compile(r"\b(?:ip|ipv6) route\b|\bstatic route\b|\bprefix-list\b", re.IGNORECASE)
_DEFAULT = {"0.0.0.0/0": re.compile(r"\b0\.0\.0\.0(?:/0| 0\.0\.0\.0)"), "::/0": re.compile(r"(?<!\S)::/0")}
_OF_VRF = re.compile(r"\b(?:ip|ipv6) route vrf (\S+)", re.IGNORECASE)


def touched(text: str, objects: set[str], prefix: str, vrf: str = "default") -> tuple[str, ...]:
    """Interfaces, addresses and prefixes of the route that a configuration line names: `interface Gi0/1` →
    gigabitethernet0/1; a default route only in a line about statics or lists, where it means this one."""
    said, defaults, of_vrf = _said(text)
    if of_vrf is not None and of_vrf != vrf:
        return ()
    found = tuple(name for name in said if name in objects)
    return (*found, prefix) if prefix in defaults else found


def names_in(text: str) -> tuple[str, ...]:
    """Whatever `touched` may find in a line."""
    said, defaults, _ = _said(text)
    return (*said, *defaults)


@lru_cache(maxsize=8192)
def _said(text: str) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    """The names in a line, lower case, the default routes that it means, and of which VRF's statics it is."""
    ports = (names.interface(_ENDED.sub("", word)) for word in _INTERFACE.findall(text))
    said = (*ports, *(_ENDED.sub("", word) for word in _ADDRESS.findall(text)))
    is_static = _STATIC.search(text) is not None
    defaults = tuple(prefix for prefix, words in _DEFAULT.items() if is_static and words.search(text))
    vrf = _OF_VRF.search(text)
    return tuple(dict.fromkeys(map(str.lower, said))), defaults, names.vrf(vrf.group(1)) if vrf is not None else None
