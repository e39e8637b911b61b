"""OIDs of notifications that several tests speak of, and what one notification or one line comes to."""

from __future__ import annotations

from statetrace_engine.model.observation import (
    Fact,
    LogMessage,
    TrapMessage,
    Verdict,
)
from statetrace_engine.parsing import syslog_text, traps
from statetrace_engine.wire.ber import Value

UP, DOWN = Verdict.UP, Verdict.DOWN
VarBinds = tuple[tuple[str, Value], ...]

IF = "1.3.6.1.2.1.2.2.1"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
CISCO_REASON = "1.3.6.1.4.1.9.2.2.1.1.20"
LINK_DOWN_OID, LINK_UP_OID = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
BGP = "1.3.6.1.2.1.15.3.1"
CBGP, CBGP2 = "1.3.6.1.4.1.9.9.187.1.2.1.1", "1.3.6.1.4.1.9.9.187.1.2.5.1"
OSPF, OSPF3 = "1.3.6.1.2.1.14.10.1", "1.3.6.1.2.1.191.1.9.1"
ISIS = "1.3.6.1.2.1.138.1.10.1"
BFD, CISCO_BFD, JUNIPER_BFD = "1.3.6.1.2.1.222.1.2.1", "1.3.6.1.4.1.9.10.137.1.2.1", "1.3.6.1.4.1.2636.5.3.1.1.2.1"
INTERFACES = {7: "GigabitEthernet0/7", 8: "eth8"}


def heard(oid: str, varbinds: VarBinds) -> TrapMessage:
    read = traps.read(oid, varbinds, INTERFACES)
    assert isinstance(read, TrapMessage), read
    return read


def fact(oid: str, varbinds: VarBinds) -> Fact:
    (only,) = heard(oid, varbinds).facts
    return only


def logged(line: bytes) -> Fact:
    read = syslog_text.read(line, 1795402000.0)
    assert isinstance(read, LogMessage), read
    (only,) = read.facts
    return only


def link(index: int, admin: int, oper: int, *more: tuple[str, Value]) -> VarBinds:
    return ((f"{IF}.1.{index}", index), (f"{IF}.7.{index}", admin), (f"{IF}.8.{index}", oper), *more)


V6 = bytes.fromhex("20010db8000000000000000000000002")
V6_INDEX = ".".join(map(str, V6))
LOCAL_V6 = bytes.fromhex("fe800000000000000000000000000002")
ARISTA = "1.3.6.1.4.1.30065.4.1"
CONFIG = "1.3.6.1.4.1.9.9.43.1.1.6.1"
JUNIPER_CONFIG = "1.3.6.1.4.1.2636.3.18.1.7.1"
