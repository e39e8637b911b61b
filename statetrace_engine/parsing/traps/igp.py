"""Pure. Adjacencies of OSPF (RFC 4750), OSPFv3 (RFC 5643) and IS-IS (RFC 4444).

    ospfRouterId.0 …, ospfNbrIpAddr.10.1.1.2.0 10.1.1.2, …AddressLessIndex… 0, …RtrId… 10.255.0.2, …State… down(1)
    ospfv3RouterId.0 …, ospfv3NbrState.7.0.184483842 full(8)           the index: ifIndex, instance, router id
    isisNotificationCircIfIndex.0 7, isisPduLspId.0 00 00 00 00 00 02 00 00, isisAdjState.0 down(1)

Named as syslog names them: OSPF by address, OSPFv3 by router id, IS-IS by system id, each with its interface beside it
where that is known. From the MIBs; not checked against a device.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from statetrace_engine.parsing import facts
from statetrace_engine.parsing.facts import Said
from statetrace_engine.parsing.traps.varbinds import Trap, UntoldError, Varbinds, arcs, nothing, plain_index

_NBR_ADDRESS, _NBR_ADDRESSLESS, _NBR_ROUTER, _NBR_STATE = (f"1.3.6.1.2.1.14.10.1.{column}" for column in (1, 2, 3, 6))
_NBR3_ADDRESS, _NBR3_STATE = "1.3.6.1.2.1.191.1.9.1.5", "1.3.6.1.2.1.191.1.9.1.8"
_ISIS_INTERFACE, _ISIS_LSP, _ISIS_STATE = (f"1.3.6.1.2.1.138.1.10.1.{column}" for column in (2, 3, 12))

_OSPF_STATES = {
    1: b"down", 2: b"attempt", 3: b"init", 4: b"2way", 5: b"exstart", 6: b"exchange", 7: b"loading", 8: b"full",
}  # fmt: skip
_FULL = 8
_ISIS_STATES = {1: b"down", 2: b"initializing", 3: b"up", 4: b"down"}
"""4 is `failed`."""

_ospf, _isis = facts.session("ospf"), facts.session("isis")


def _neighbour(varbinds: Varbinds) -> tuple[Said, ...]:
    """Told when a neighbour falls back, or arrives at 2-Way or Full: what is below 2-Way was more before."""
    index = varbinds.index(_NBR_STATE, _NBR_ADDRESS, _NBR_ROUTER)
    row = arcs(index) if index else []
    address = varbinds.address(_NBR_ADDRESS) or varbinds.address_of(plain_index(index.rpartition(".")[0]))
    router = varbinds.address(_NBR_ROUTER)
    addressless = varbinds.number(_NBR_ADDRESSLESS)
    if addressless is None and len(row) == 5:
        addressless = row[4]
    if not address and not router:
        raise UntoldError("no variable names the neighbour")
    other = router if address and router != address else ""
    return _ospf_said(varbinds.number(_NBR_STATE), address or router, other, varbinds.interface(addressless))


def _neighbour3(varbinds: Varbinds) -> tuple[Said, ...]:
    row = arcs(varbinds.index(_NBR3_STATE) or "0")
    if len(row) != 3:
        raise UntoldError("no variable names the neighbour")
    router = str(IPv4Address(row[2]))
    return _ospf_said(varbinds.number(_NBR3_STATE), router, varbinds.address(_NBR3_ADDRESS), varbinds.interface(row[0]))


def _ospf_said(number: int | None, name: str, other: str, interface: str) -> tuple[Said, ...]:
    state = _OSPF_STATES.get(number or 0)
    if state is None:
        raise UntoldError("no variable tells the state")
    groups: dict[str, bytes | None] = {
        "name": name.encode(),
        "rid": other.encode(),
        "iface": interface.encode("utf-8", "replace"),
        "old": None if number == _FULL else b"full",
        "state": state,
    }
    return (_ospf(groups, ""),)


def _adjacency(varbinds: Varbinds) -> tuple[Said, ...]:
    system = _system_id(varbinds)
    state = _ISIS_STATES.get(varbinds.number(_ISIS_STATE) or 0)
    if state is None:
        raise UntoldError("no variable tells the state")
    interface = varbinds.interface(varbinds.number(_ISIS_INTERFACE))
    return (_isis({"name": system, "iface": interface.encode("utf-8", "replace"), "state": state}, ""),)


def _system_id(varbinds: Varbinds) -> bytes:
    """`0000.0000.0002`, out of the identifier of the neighbour's LSP."""
    lsp = next((value for _, value in varbinds.rows(_ISIS_LSP) if isinstance(value, bytes)), b"")
    if len(lsp) < 6:
        raise UntoldError("no variable names the neighbour")
    return lsp[:6].hex(".", 2).encode()


TRAPS = {
    "1.3.6.1.2.1.14.16.2.2": Trap("ospfNbrStateChange", _neighbour),
    "1.3.6.1.2.1.14.16.2.16": Trap("ospfIfStateChange", nothing),
    "1.3.6.1.2.1.191.0.2": Trap("ospfv3NbrStateChange", _neighbour3),
    "1.3.6.1.2.1.191.0.10": Trap("ospfv3IfStateChange", nothing),
    "1.3.6.1.2.1.138.0.17": Trap("isisAdjacencyChange", _adjacency),
}
