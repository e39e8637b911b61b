"""Whatever a router says: counted, bounded, and what comes of it can be journaled and evaluated.

STATETRACE_CASES sets the number of cases.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statetrace_engine.model.signal import Payload, SettingsChanged, Signal, Source
from statetrace_engine.model.text import sanitise
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.sources.bmp_router import Router
from statetrace_engine.wire.bgp_nlri import packed
from statetrace_engine.wire.bmp import Decoder, Frame, Kind
from statetrace_engine.wire.bmp_feed import OWN, Watched
from tests.journey import SCENARIOS, inventory

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
FRR = Path(__file__).parents[2] / "captures" / "frr"
WATCHED = Watched({OWN: frozenset(map(packed, ("0.0.0.0/0", "192.168.51.0/24", "10.30.0.0/17")))})
START = 1_764_000_000.0


@cache
def frames() -> list[Frame]:
    return [f for name in ("bmp.session.bin", "bmp.reconnect.bin") for f in Decoder().feed((FRR / name).read_bytes())]


@st.composite
def spoken(draw: st.DrawFn) -> Frame:
    """What a router did say, its octets changed; or nothing but noise."""
    frame = draw(st.sampled_from(frames()))
    kind, body = frame.kind, bytearray(frame.body)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(len(body) - 1, 0)))
        body[at : at + draw(st.integers(0, 4))] = draw(st.binary(max_size=4))
    if draw(st.integers(0, 9)) == 0:
        kind, body = draw(st.integers(0, 8)), bytearray(draw(st.binary(max_size=120)))
    return Frame(kind, bytes(body))


def pipeline() -> Pipeline:
    made = Pipeline()
    watched = inventory((SCENARIOS / "networks" / "two-paths.toml").read_text(encoding="utf-8"))
    policy = msgspec.Raw(msgspec.msgpack.encode(made.policy))
    made.feed(Signal(1, START, START, Source.ENGINE, "", SettingsChanged(watched, policy)))
    return made


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(spoken(), min_size=1, max_size=60))
def test_a_hostile_router_is_counted_and_what_it_says_is_evaluated(said: list[Frame]) -> None:
    told: list[Payload] = []
    router = Router(told.append, lambda _name: WATCHED)
    router.take(next(frame for frame in frames() if frame.kind == Kind.INITIATION))
    for frame in said:
        router.take(frame)
    assert router.messages == len(said) + 1
    assert router.errors <= len(said)
    assert not router.fatal
    watching = pipeline()
    for number, payload in enumerate(told):
        signal = Signal(number + 2, START + number, START + number, Source.BMP, "10.255.1.1", payload)
        again = msgspec.msgpack.decode(msgspec.msgpack.encode(signal), type=Signal)
        assert again == signal
        assert all(text == sanitise(text) for text in texts(msgspec.to_builtins(payload)))
        watching.feed(again)
    assert watching.freeze()


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for item in value for text in texts(item)] if isinstance(value, list | tuple) else []
