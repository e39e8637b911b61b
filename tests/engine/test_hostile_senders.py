"""Whatever a sender writes: counted, never a crash, and nothing of it that a terminal would obey.

STATETRACE_CASES sets the number of cases (the nightly run: 100,000).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statetrace_engine.model.signal import LogLine, SettingsChanged, Signal, Source
from statetrace_engine.model.text import decode
from statetrace_engine.parsing import redact
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.wire.syslog import Framer
from tests.journey import SCENARIOS, inventory

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
pytestmark = pytest.mark.timeout(max(120, CASES // 50))
OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
START = 1_764_000_000.0
HOSTILE = (
    b"\x1b[2J\x1b[31m", b"\x1b]0;owned\x07", b"\x9b31m", b"\x00", b"\r\n", b"\x1bP+q\x1b\\", "\u202eevil".encode(),
    b"%s%n", b"\xff\xfe", b"A" * 9000, b"\x08" * 40, b"<script>", b"'; DROP TABLE outage; --",
)  # fmt: skip
REAL = (
    b"<189>1 2025-11-24T15:59:59.000Z WLLS-A01-AR-01 - - - - %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed "
    b"state to down",
    b"<189>12: WLLS-A01-AR-01: *Nov 24 15:59:59.123 UTC: %BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down Interface flap",
    b"<187>1 - WLLS-A01-AR-01 rpd 99 RPD_BGP_NEIGHBOR_STATE_CHANGED - BGP peer 10.1.1.2 (External AS 1) changed state "
    b"from Established to Idle (event HoldTime) (instance master)",
    b"<189>1 - WLLS-A01-AR-01 - - - - %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.0.0.9)",
    b"<189>1 - WLLS-A01-AR-01 - - - - %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:interface "
    b"GigabitEthernet0/1",
    b"<189>1 - WLLS-A01-AR-01 - - - - %HA_EM-6-LOG: ROUTEWATCH: route modify 0.0.0.0/0 via 10.1.2.2 GigabitEthernet0/2 "
    b"protocol bgp",
    b"<190>1 - WLLS-A01-AR-01 - - - - %OSPF-5-ADJCHG: Process 1, Nbr 10.1.1.2 on GigabitEthernet0/1 from FULL to DOWN, "
    b"Neighbor Down: Dead timer expired",
)  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A real message with hostile bytes put into it, cut, or nothing but noise."""
    message = draw(st.one_of(st.sampled_from(REAL), st.binary(max_size=300)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(message)))
        message = message[:at] + draw(st.sampled_from(HOSTILE)) + message[at + draw(st.integers(0, 3)) :]
    return message[: draw(st.integers(0, len(message)))] if draw(st.booleans()) else message


def pipeline() -> Pipeline:
    made = Pipeline()
    watched = inventory((SCENARIOS / "networks" / "two-paths.toml").read_text(encoding="utf-8"))
    policy = msgspec.Raw(msgspec.msgpack.encode(made.policy))
    made.feed(Signal(1, START, START, Source.ENGINE, "", SettingsChanged(watched, policy)))
    return made


def texts(value: Any) -> Iterator[str]:
    """Every string in a tree of builtins."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(messages(), min_size=1, max_size=8))
def test_a_hostile_datagram_is_counted_and_reaches_no_terminal_raw(sent: list[bytes]) -> None:
    engine = pipeline()
    said: list[str] = []
    for number, raw in enumerate(sent):
        line, _ = redact.line(raw)
        at = START + 10.0 + number
        changes = engine.feed(Signal(number + 2, at, at, Source.SYSLOG_UDP, "127.0.0.1", LogLine(line)))
        said += [t for change in changes for t in texts(msgspec.to_builtins(change))]
        said.append(decode(line))
    for route_id in engine.topology.routes:
        said += texts(msgspec.to_builtins(engine.detail(route_id), enc_hook=repr))
    said += [*engine.tally.unknown_senders, *engine.tally.last_unparsed]
    assert not [t for t in said if OBEYED.search(t)]
    assert max(map(len, said)) <= 2100


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.one_of(messages(), st.sampled_from((b"99999999 x", b"5 hello", b"0 ", b"\n\n", b"12"))), max_size=12)
)
def test_a_hostile_stream_never_breaks_the_framer_or_grows_it(chunks: list[bytes]) -> None:
    framer = Framer()
    framed = [message for chunk in chunks for message in framer.feed(chunk)] + framer.finish()
    assert all(len(message) <= 65536 for message in framed)
    assert sum(map(len, framed)) <= sum(map(len, chunks))
    engine = pipeline()
    for number, raw in enumerate(framed):
        engine.feed(
            Signal(number + 2, START + 10, START + 10, Source.SYSLOG_TCP, "127.0.0.1", LogLine(redact.line(raw)[0]))
        )
