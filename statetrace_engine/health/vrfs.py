"""Pure. In which vrf a session is that a trap speaks of: none of the MIBs tells, but a context may; and one of BMP,
where the router tells a distinguisher and no name.

10.1.1.2 in RED, BLUE and default; context `RED`     the session in RED
10.1.1.2 in RED, BLUE and default; no context        nobody knows: it stands beside the outages of all three
10.1.1.2 in default alone, or in RED alone           that one
10.1.1.2 in RED and default; distinguisher 65010:7   the session in RED: the default one has none
"""

from __future__ import annotations

from msgspec.structs import replace

from statetrace_engine.health.topology import Topology
from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model import names
from statetrace_engine.model.observation import Fact, Plane, SubjectKind

_SESSIONS = (SubjectKind.NEIGHBOUR, SubjectKind.BFD)


def placed(fact: Fact, device: DeviceTrack, topology: Topology, context: str) -> Fact:
    """The fact in its vrf; what may be of several surrounds their routes and decides nothing."""
    if fact.kind not in _SESSIONS or fact.vrf != "default":
        return fact
    protocol = "" if fact.kind is SubjectKind.BFD else fact.protocol
    known = topology.vrfs_of((device.device.hostname, fact.kind, fact.name, protocol))
    if context and names.vrf(context) in known:
        return replace(fact, vrf=names.vrf(context))
    return _beside(fact, known) if len(known) > 1 else fact


def distinguished(fact: Fact, device: DeviceTrack, topology: Topology) -> Fact:
    """The fact of a session in a vrf whose name nobody tells: in the only one that has such a neighbour."""
    known = topology.vrfs_of((device.device.hostname, fact.kind, fact.name, fact.protocol))
    inside = tuple(vrf for vrf in known if vrf != "default")
    if len(inside) == 1:
        return replace(fact, vrf=inside[0])
    return _beside(fact, inside) if inside else fact


def _beside(fact: Fact, known: tuple[str, ...]) -> Fact:
    where = f"{', '.join(known[:-1])} or {known[-1]}"
    words = ", ".join(filter(None, (fact.verdict.value, fact.detail, f"in vrf {where}")))
    return replace(fact, plane=Plane.CONTEXT, detail=words, protocol=fact.protocol or fact.kind.value)
