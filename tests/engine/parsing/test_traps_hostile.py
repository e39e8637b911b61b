"""Notifications with any variables whatever: an answer that can be shown, at a bounded cost.

STATETRACE_CASES sets the number of cases of arbitrary variables (as for the hostile senders of syslog).
"""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import os
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statetrace_engine.model.observation import (
    Unparsed,
    Unrelated,
)
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import traps
from statetrace_engine.wire.ber import Absent, Counter32, Counter64, Gauge32, IpAddress, Opaque, Value
from tests.engine.parsing.trap_words import (
    ARISTA,
    BFD,
    BGP,
    CBGP,
    CBGP2,
    CISCO_BFD,
    CISCO_REASON,
    CONFIG,
    IF,
    IF_NAME,
    INTERFACES,
    ISIS,
    JUNIPER_BFD,
    JUNIPER_CONFIG,
    LINK_DOWN_OID,
    LOCAL_V6,
    OSPF,
    OSPF3,
    V6,
    V6_INDEX,
    link,
)

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
HOSTILE = settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))

COLUMNS = (
    *(f"{IF}.{column}" for column in (1, 2, 7, 8)), IF_NAME, CISCO_REASON, *(f"{BGP}.{column}" for column in (2, 7, 14)),
    f"{CBGP}.7", f"{CBGP}.8", *(f"{CBGP2}.{column}" for column in (3, 17, 28, 29)),
    *(f"{OSPF}.{column}" for column in (1, 2, 3, 6)), f"{OSPF3}.5", f"{OSPF3}.8", *(f"{ISIS}.{column}" for column in (2, 3, 12)),
    *(f"{BFD}.{column}" for column in (4, 13, 18, 22)), *(f"{CISCO_BFD}.{column}" for column in (3, 8, 14, 25)),
    *(f"{JUNIPER_BFD}.{column}" for column in (3, 8, 14)), "1.3.6.1.4.1.2636.3.45.1.1.1.1.5",
    "1.3.6.1.4.1.2636.5.1.1.2.1.1.1.2", "1.3.6.1.4.1.2636.5.1.1.2.1.1.1.11", "1.3.6.1.4.1.2636.5.1.1.2.2.1.1.1",
    *(f"{base}.{column}" for base in ("1.3.6.1.3.5.1.1", f"{ARISTA}.1") for column in ("2.1.5", "2.1.13", "3.1.1", "3.1.2", "3.1.4")),
    f"{CONFIG}.5", f"{CONFIG}.8", f"{JUNIPER_CONFIG}.5", f"{JUNIPER_CONFIG}.6",
)  # fmt: skip
indexes = st.one_of(
    st.sampled_from(("", ".0", ".7", ".5", ".8", ".10.1.1.2", ".10.1.1.2.0", ".1.4.10.1.1.2", f".2.16.{V6_INDEX}", ".7.0.184483842")),
    st.lists(st.integers(0, 2**32), max_size=20).map(lambda arcs: "".join(f".{arc}" for arc in arcs)),
    st.text(max_size=20),
)  # fmt: skip
dotted = st.lists(st.integers(0, 2**32 - 1), max_size=12).map(lambda arcs: ".".join(map(str, (1, 3, *arcs))))
told = st.one_of(
    st.integers(-1, 10),
    st.sampled_from((b"\4\0", b"\6\2", b"\x0a\1\1\2", V6, LOCAL_V6 + b"\0\0\0\7", b"Gi0/7", b"down", b"\x1b[2J", bytes(8))),
    st.sampled_from((None, "1.3.6.1", Absent.END_OF_MIB_VIEW, Opaque(b""), Counter64(2**64 - 1), IpAddress(b"\x0a\1\1\2"), IpAddress(bytes(4)), Gauge32(7))),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=24),
)  # fmt: skip
varbinds = st.lists(
    st.tuples(st.one_of(st.builds(str.__add__, st.sampled_from(COLUMNS), indexes), dotted, st.text(max_size=20)), told),
    max_size=8,
)
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shown(read: traps.TrapRead) -> list[str]:
    """Every text of an answer."""
    if isinstance(read, Unparsed):
        return [read.why]
    if isinstance(read, Unrelated):
        return [read.hostname]
    said = [text for one in read.facts for text in (one.name, one.detail, one.protocol, one.vrf, *one.peer_names)]
    return said + [text for event in read.events for text in (event.text, event.who)]


@pytest.mark.timeout(max(120, CASES / 50))
@HOSTILE
@given(
    st.one_of(st.sampled_from(sorted(traps.ALL_TRAPS)), dotted, st.text(max_size=20)),
    varbinds,
    st.dictionaries(st.integers(0, 10), st.sampled_from(("GigabitEthernet0/7", "", "eth0", "\ud800")), max_size=4),
)
def test_any_variables_get_an_answer_that_can_be_shown(
    oid: str, varbinds: list[tuple[str, Value]], interfaces: dict[int, str]
) -> None:
    read = traps.read(oid, varbinds, interfaces)

    assert not [text for text in shown(read) if OBEYED.search(text) or text != sanitise(text)]
    assert max(map(len, shown(read)), default=0) <= 600


def test_many_variables_are_not_looked_at() -> None:
    padding = tuple((f"1.3.6.1.4.1.9999.{number}", Counter32(number)) for number in range(2000))

    assert isinstance(traps.read(LINK_DOWN_OID, (*padding, *link(7, 1, 2)), INTERFACES), Unparsed)
