"""Which values say what: uptime (RFC 3418), interfaces (RFC 2863), BGP (RFC 4273) and OSPF (RFC 4750) neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from statetrace_engine.model import names
from statetrace_engine.model.signal import PolledInterface, PolledSession
from statetrace_engine.model.text import decode
from statetrace_engine.sources.snmp.client import Value, Walk

UPTIME = "1.3.6.1.2.1.1.3.0"
IF_DESCR = "1.3.6.1.2.1.2.2.1.2"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
IS_THERE = {"bgp": "1.3.6.1.2.1.15.2.0", "ospf": "1.3.6.1.2.1.14.1.1.0"}
"""bgpLocalAs and ospfRouterId: whether a protocol's tables are served at all."""
ADDRESS_INTERFACE = "1.3.6.1.2.1.4.20.1.2"
"""ipAdEntIfIndex: the index of the interface with an IPv4 address."""
_IF_ADMIN = "1.3.6.1.2.1.2.2.1.7"
_IF_OPER = "1.3.6.1.2.1.2.2.1.8"
_IF_IN = "1.3.6.1.2.1.2.2.1.11"
_BGP_ID, _BGP_STATE, _BGP_ADMIN, _BGP_ERROR = (f"1.3.6.1.2.1.15.3.1.{column}" for column in (1, 2, 3, 14))
_OSPF_ID, _OSPF_STATE = (f"1.3.6.1.2.1.14.10.1.{column}" for column in (3, 6))
_BGP_STATES = {
    1: "idle", 2: "connect", 3: "active", 4: "opensent", 5: "openconfirm", 6: "established",
    7: "clearing", 8: "deleted",
}  # fmt: skip
"""RFC 4273's six, and two that FRR tells while it takes a session down."""
_BGP_STOPPED = 1
_OSPF_STATES = {
    1: "down", 2: "attempt", 3: "init", 4: "twoWay", 5: "exchangeStart", 6: "exchange", 7: "loading", 8: "full",
}  # fmt: skip
_OSPF_UP = ("full", "twoWay")
"""Two routers of a LAN that are neither DR nor BDR stay at twoWay for ever."""
_UP, _DOWN = 1, 2
_DOWN_TOO = (6, 7)
"""ifOperStatus notPresent and lowerLayerDown."""
_LONGEST_NAME = 255
GONE = "gone"
"""The state of a session that was there, and is not in the table any more."""

Session = tuple[str, str]
"""(protocol, neighbour's address)."""


def indexes(walk: Walk) -> dict[str, int]:
    """Names by the rows of a walk of ifName or ifDescr → ifIndex; empty names are none."""
    found: dict[str, int] = {}
    for oid, value in walk.rows:
        if isinstance(value, bytes) and 0 < len(value) <= _LONGEST_NAME:
            found.setdefault(_name(value), int(oid.rpartition(".")[2]))
    return found


@lru_cache(maxsize=65536)
def _name(value: bytes) -> str:
    return decode(value)


def has_all(found: Iterable[str], interfaces: Iterable[str]) -> bool:
    return {names.interface(name) for name in interfaces} <= {names.interface(name) for name in found}


def wanted(found: Mapping[str, int], interfaces: Iterable[str]) -> dict[str, int]:
    """The interfaces that matter, by the device's own name → ifIndex; each once."""
    canonical = {names.interface(name) for name in interfaces}
    by_index: dict[int, str] = {}
    for name, index in found.items():
        if names.interface(name) in canonical:
            by_index.setdefault(index, name)
    return {name: index for index, name in by_index.items()}


def interface_oids(index: int) -> tuple[str, ...]:
    return f"{_IF_ADMIN}.{index}", f"{_IF_OPER}.{index}"


def is_down(index: int, values: Mapping[str, Value]) -> bool:
    return any(_is_up(values.get(oid)) is False for oid in interface_oids(index))


def name_oids(index: int) -> tuple[str, ...]:
    return f"{IF_NAME}.{index}", f"{IF_DESCR}.{index}"


def is_of_another(name: str, index: int, values: Mapping[str, Value]) -> bool:
    """Whether the agent calls the interface of that index otherwise; not where it tells no name."""
    told = [_name(value) for oid in name_oids(index) if isinstance(value := values.get(oid), bytes) and value]
    return bool(told) and name not in told


def traffic_oid(index: int) -> str:
    """ifInUcastPkts."""
    return f"{_IF_IN}.{index}"


def interface(name: str, index: int, values: Mapping[str, Value]) -> PolledInterface | None:
    """None when the agent has no such row."""
    admin, oper = (values.get(oid) for oid in interface_oids(index))
    if admin is None and oper is None:
        return None
    return PolledInterface(index, name, _is_up(admin), _is_up(oper))


def sessions_of(neighbours: Iterable[str]) -> Iterator[Session]:
    """What a neighbour may be: BGP4-MIB and OSPF-MIB know IPv4 ones only."""
    for neighbour in neighbours:
        if ":" not in neighbour:
            yield "bgp", neighbour
            yield "ospf", neighbour


def session_oids(session: Session) -> tuple[str, ...]:
    """The state first."""
    protocol, neighbour = session
    if protocol == "bgp":
        return tuple(f"{column}.{neighbour}" for column in (_BGP_STATE, _BGP_ADMIN, _BGP_ERROR, _BGP_ID))
    return tuple(f"{column}.{neighbour}.0" for column in (_OSPF_STATE, _OSPF_ID))


def is_nonsense(which: Session, values: Mapping[str, Value]) -> bool:
    """The agent has such a row, and what it says there is no state: neither up, nor down, nor gone."""
    state = values.get(session_oids(which)[0])
    return state is not None and _state(which, state) is None


def _state(which: Session, value: Value) -> str | None:
    """Also one that only its maker knows, by its number."""
    states = _OSPF_STATES if which[0] == "ospf" else _BGP_STATES
    return states.get(value, str(value)) if isinstance(value, int) and value > 0 else None


def session(which: Session, values: Mapping[str, Value]) -> PolledSession | None:
    """None when the agent has no such row, or what it says is no state."""
    protocol, neighbour = which
    state, *others = (values.get(oid) for oid in session_oids(which))
    name = _state(which, state)
    if name is None:
        return None
    if protocol == "ospf":
        return PolledSession(protocol, neighbour, _router_id(others[0]), name, name in _OSPF_UP)
    admin, error, router_id = others
    return PolledSession(
        protocol,
        neighbour,
        _router_id(router_id),
        name,
        is_up=name == "established",
        is_admin_down=admin == _BGP_STOPPED,
        last_error=error[:2] if isinstance(error, bytes) else b"",
    )


def gone(which: Session) -> PolledSession:
    return PolledSession(*which, "", GONE, is_up=False)


def _is_up(value: Value) -> bool | None:
    if value == _UP:
        return True
    return False if value == _DOWN or value in _DOWN_TOO else None


def _router_id(value: Value) -> str:
    return value if isinstance(value, str) and value != "0.0.0.0" else ""
