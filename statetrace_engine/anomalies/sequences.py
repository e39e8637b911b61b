"""Pure. Sequences that are known: what brings about what, where, and within how long. One row, one sentence.

A kind is a card's rule, or the cause of an outage or an incident. `STAGES` says which kinds come before which where
both might: whatever stands behind another has an earlier stage, or the same one and an earlier time, so that nothing
goes round in a circle.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from statetrace_engine.model.outage import CauseKind

MINUTE_S = 60.0
HOUR_S = 3600.0


class Touch(Enum):
    """How the subject of what follows touches that of what came before."""

    DEVICE = auto()
    """The same device."""
    LINK = auto()
    """The same port, link (from either end) or session."""
    OVER = auto()
    """It is of that device, or leads over it: an outage of a route whose primary path ends there, a session with it."""
    SITE = auto()


class Sequence(NamedTuple):
    name: str
    title: str
    first: frozenset[str]
    then: frozenset[str]
    """Empty: anything."""
    touch: Touch
    window_s: float
    """What follows begins so long after what came before was last heard of, at most."""
    why: str
    """Behind `because`."""
    early_s: float = 30.0
    """So much earlier it may be known: a card of three flaps is raised at the third."""


OUTAGES = frozenset(cause.value for cause in CauseKind) - {CauseKind.MONITORING_GAP.value}
_CARDS_OF_CHANGES = frozenset({"ConfigBurst", "ConfigOffHours", "ConfigWithoutWindow"})
_CHANGES = _CARDS_OF_CHANGES | {"config-change", "admin-shutdown"}
"""An outage of such a cause stands at both ends of its link: that the other end was changed it does not say."""
_PORTS = frozenset({"PortFlapEvents", "ErrDisabled"})
_SESSIONS = frozenset({"NeighbourFlaps"})
_LOAD = frozenset({"CpuHigh", "MemoryLow"})
_ERRORS = frozenset({"InterfaceErrors", "InterfaceErrorRate", "DuplexMismatch"})
_GONE = frozenset({"device-unreachable", "SilentDevice", "RestartAfterPowerLoss"})
_LOOPS = frozenset({"MacFlapping", "LoopDetected"})
_TREE = frozenset({"StpRootChange", "StpTopologyChanges"})
_GUARDS = frozenset({"PortSecurity", "BpduGuard", "DhcpSnooping", "LoopDetected"})


def _row(
    name: str, title: str, first: set[str] | frozenset[str], then: set[str] | frozenset[str], touch: Touch,
    window_s: float, why: str, early_s: float = 30.0,
) -> Sequence:  # fmt: skip
    return Sequence(name, title, frozenset(first), frozenset(then), touch, window_s, why, early_s)


SEQUENCES: tuple[Sequence, ...] = (
    _row("power-failure", "A power failure", {"PowerSupply"}, _GONE, Touch.DEVICE, HOUR_S,
         "a device that loses power goes silent, and comes back by a restart"),
    _row("power-failure", "A power failure", {"PowerSupply"}, {"PowerSupply"}, Touch.SITE, 5 * MINUTE_S,
         "supplies of one site that fail together share what feeds them"),
    _row("power-failure", "A power failure", {"PowerSupply"}, OUTAGES | _PORTS | _SESSIONS, Touch.OVER, 5 * MINUTE_S,
         "what leads over a device ends where that device loses power"),
    _row("overheating", "Overheating", {"FanFailure"}, {"TemperatureHigh"}, Touch.DEVICE, HOUR_S,
         "a device whose fan stands still gets hot"),
    _row("overheating", "Overheating", {"FanFailure", "TemperatureHigh"}, _GONE | {"StackMember", "PowerSupply"},
         Touch.DEVICE, 2 * HOUR_S, "a device that is too hot switches itself off"),
    _row("device-gone", "A device is gone", {"device-unreachable"}, {"RestartAfterPowerLoss", "SilentDevice"},
         Touch.DEVICE, HOUR_S, "a device that went says when it restarted"),
    _row("device-gone", "A device is gone", {"device-unreachable"}, OUTAGES | _PORTS | _SESSIONS, Touch.OVER,
         2 * MINUTE_S, "what leads over a device is lost with it"),
    _row("stp-change", "Spanning tree changes", _TREE, _TREE, Touch.SITE, 2 * MINUTE_S,
         "the switches of a site choose one root together"),
    _row("stp-change", "Spanning tree changes", _TREE, {"MacFlapping"} | _PORTS | _GUARDS, Touch.DEVICE,
         5 * MINUTE_S, "a new root moves addresses and ports to another way", 5 * MINUTE_S),
    _row("stp-change", "Spanning tree changes", _TREE | _LOOPS, OUTAGES, Touch.OVER, 2 * MINUTE_S,
         "a switch forwards nothing on ports that spanning tree decides about anew", 5 * MINUTE_S),
    _row("loop", "A loop", _LOOPS, _LOOPS, Touch.SITE, 5 * MINUTE_S,
         "in a loop many addresses move at once"),
    _row("loop", "A loop", _LOOPS, _LOAD, Touch.DEVICE, 10 * MINUTE_S,
         "what goes round in a loop takes the processor's time"),
    _row("stack-member", "A stack member is gone", {"StackMember"}, OUTAGES | _PORTS, Touch.DEVICE, 5 * MINUTE_S,
         "the ports of a stack member go with it"),
    _row("port-guard", "A port is guarded", _GUARDS, {"ErrDisabled"}, Touch.LINK, MINUTE_S,
         "a device switches a port off for what it saw there"),
    _row("port-guard", "A port is guarded", _GUARDS - {"PortSecurity"}, {"ErrDisabled"}, Touch.DEVICE, MINUTE_S,
         "a device switches a port off for what it saw there"),
    _row("optics", "A link gets worse", _ERRORS, {"PortFlapEvents", "link-failure"},
         Touch.LINK, HOUR_S, "a port counts errors before its link fails", 5 * MINUTE_S),
    _row("optics", "A link gets worse", _ERRORS,
         {"congestion-or-loss", "silent-blackhole"} | _SESSIONS, Touch.LINK, HOUR_S,
         "a link that garbles packets loses them", 10 * MINUTE_S),
    _row("port", "A port fails", _PORTS, _PORTS, Touch.LINK, 5 * MINUTE_S,
         "both ends of a link see it fail", 5 * MINUTE_S),
    _row("port", "A port fails", _PORTS, OUTAGES | _SESSIONS, Touch.LINK, 5 * MINUTE_S,
         "routes and sessions over a port fail with it", 5 * MINUTE_S),
    _row("link", "A link fails", {"link-failure", "admin-shutdown"}, OUTAGES | _SESSIONS, Touch.LINK, 2 * MINUTE_S,
         "sessions and routes over a link fail with it", 10 * MINUTE_S),
    _row("neighbour", "A neighbour is lost", _SESSIONS, OUTAGES, Touch.LINK, 10 * MINUTE_S,
         "the routes that a neighbour offers go when it does", 10 * MINUTE_S),
    _row("neighbour", "A neighbour is lost", _SESSIONS, {"RouteChurn"}, Touch.DEVICE, 10 * MINUTE_S,
         "each loss of a neighbour makes routing choose anew", 10 * MINUTE_S),
    _row("neighbour", "A neighbour is lost", _SESSIONS | {"neighbour-loss", "upstream-failure"}, {"RoutesLost"},
         Touch.DEVICE, HOUR_S, "a table is as full as what its neighbours offer", 10 * MINUTE_S),
    _row("gateway", "Another gateway takes over", {"link-failure", "device-unreachable"}, {"HsrpFlip"}, Touch.OVER,
         2 * MINUTE_S, "the other gateway takes over when one loses its way out", 5 * MINUTE_S),
    _row("upstream", "An outage further up", OUTAGES, {"upstream-failure"}, Touch.OVER, 2 * MINUTE_S,
         "a neighbour takes back what it has lost itself"),
    _row("overload", "A device without time", _LOAD, _SESSIONS | {"RouteChurn", "HsrpFlip", "neighbour-loss"},
         Touch.DEVICE, 10 * MINUTE_S, "a device that has no time for its hellos loses its neighbours", 10 * MINUTE_S),
    _row("intrusion", "Logins, then a change", {"AuthFailureCount"}, _CARDS_OF_CHANGES, Touch.DEVICE,
         30 * MINUTE_S, "who tried many passwords may have found one"),
    _row("change", "A change, and what followed", _CARDS_OF_CHANGES, _CHANGES, Touch.DEVICE,
         10 * MINUTE_S, "it is one piece of work", 5 * MINUTE_S),
    _row("change", "A change, and what followed", _CARDS_OF_CHANGES, set(), Touch.DEVICE, 10 * MINUTE_S,
         "what begins within ten minutes of a change may come of it", 0.0),
    _row("change", "A change, and what followed", _CARDS_OF_CHANGES, OUTAGES, Touch.OVER, 5 * MINUTE_S,
         "a change on one device is felt by those that lead over it", 0.0),
)  # fmt: skip
"""The first that fits is the reason: the special ones come before the general ones."""

_BY_STAGE: tuple[frozenset[str], ...] = (
    frozenset({"AuthFailureCount", "FanFailure"}),
    frozenset({"TemperatureHigh"}),
    _CARDS_OF_CHANGES | {"PowerSupply"},
    _TREE | {"StackMember", "admin-shutdown", "config-change"},
    _LOOPS | _GUARDS | {"device-unreachable"},
    frozenset({"RestartAfterPowerLoss", "SilentDevice", "CpuHigh", "MemoryLow"}),
    _ERRORS,
    _PORTS,
    frozenset({"link-failure"}),
    _SESSIONS,
    OUTAGES - {"admin-shutdown", "config-change", "device-unreachable", "link-failure", "upstream-failure"},
    frozenset({"upstream-failure"}),
)
STAGES: dict[str, int] = {kind: stage for stage, kinds in enumerate(_BY_STAGE) for kind in kinds}
LAST_STAGE = len(_BY_STAGE)
"""Of every kind that is not named."""
