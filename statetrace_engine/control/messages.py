"""What goes through the door: msgpack messages, each behind its length in 4 bytes, big-endian.

A client says Hello with the lease's token, is answered Welcome, and from then on sends Calls and Watches. Long answers
and frames come in parts, so that neither side encodes or waits for more than a part at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import ceil
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, structs

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import Action, ActionResult
from statetrace_engine.model.anomaly import AnomalyCard, RuleStatus
from statetrace_engine.model.capture_view import CapturePage, CaptureSpot
from statetrace_engine.model.cluster import Cluster
from statetrace_engine.model.diff import ChangeMark, Comparison, DiffRun, PackedChanges, Rollback
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.filed import CaptureSummary, SectionSummary, Stored
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.launch import LaunchMetrics
from statetrace_engine.model.monitors import Monitors
from statetrace_engine.model.outage import Incident, OutageEvent, RouteDetail, Timeline
from statetrace_engine.model.people import AuditEntry
from statetrace_engine.model.remediation import GuidedRunbook
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.status import EngineStatus, Frame

PROTOCOL = 1
MAX_IN = 64 << 20
"""Bytes of a message to the engine: the captures of one large file."""
MAX_OUT = 64 << 20
"""Bytes of a message from the engine."""
MAX_HELLO = 4096
PART_ITEMS = 500


class MalformedError(Exception):
    """Bytes that are no message of this protocol: the connection cannot go on."""


class Hello(Struct, frozen=True, tag="hello", array_like=True):
    token: str
    protocol: int = PROTOCOL


class Call(Struct, frozen=True, tag="call", array_like=True):
    call_id: int
    method: str
    params: msgspec.Raw
    """An array, as METHODS says."""


class Watch(Struct, frozen=True, tag="watch", array_like=True):
    watch_id: int


class Unwatch(Struct, frozen=True, tag="unwatch", array_like=True):
    watch_id: int


class Welcome(Struct, frozen=True, tag="welcome", array_like=True):
    protocol: int


class Answer(Struct, frozen=True, tag="answer", array_like=True):
    call_id: int
    result: msgspec.Raw
    """The result; for a method that answers many, an array of some of them."""
    is_last: bool


class Failed(Struct, frozen=True, tag="failed", array_like=True):
    """The call's StateTraceError."""

    call_id: int
    text: str


class Part(Struct, frozen=True, tag="part", array_like=True):
    watch_id: int
    frame: Frame
    is_last: bool


Request = Hello | Call | Watch | Unwatch
Reply = Welcome | Answer | Failed | Part


class Method:
    """One method of `api.Engine`: its parameters, and its result or the item of a tuple of them."""

    def __init__(self, params: Any, result: Any, *, is_many: bool = False) -> None:  # Any: what msgspec takes as a type
        self.is_many = is_many
        self.params: msgspec.msgpack.Decoder[tuple[Any, ...]] = msgspec.msgpack.Decoder(params)
        self.result: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(list[result] if is_many else result)


METHODS = {
    "act": Method(tuple[Action], ActionResult),
    "routes": Method(tuple[()], RouteHealth, is_many=True),
    "outages": Method(tuple[()], OutageEvent, is_many=True),
    "incidents": Method(tuple[()], Incident, is_many=True),
    "status": Method(tuple[()], EngineStatus),
    "monitors": Method(tuple[()], Monitors),
    "route_detail": Method(tuple[str], RouteDetail | None),
    "timeline": Method(tuple[str], Timeline | None),
    "explain": Method(tuple[str], Explanation | None),
    "signal_text": Method(tuple[int], str | None),
    "runbook": Method(tuple[str], Runbook | None),
    "guide": Method(tuple[str, str, str], GuidedRunbook | None),
    "file_captures": Method(tuple[bytes], Stored),
    "captures": Method(tuple[()], CaptureSummary, is_many=True),
    "capture_sections": Method(tuple[int], SectionSummary, is_many=True),
    "capture_page": Method(tuple[int, int, int, tuple[int, int]], CapturePage | None),
    "capture_find": Method(tuple[int, int, str, bool], int),
    "capture_spot": Method(tuple[str], CaptureSpot | None),
    "diff_runs": Method(tuple[str, str, float, float, int], DiffRun, is_many=True),
    "diff_changes": Method(tuple[int], PackedChanges, is_many=True),
    "diff_between": Method(tuple[int, int], Comparison | None),
    "diff_rollback": Method(tuple[int, int], Rollback | None),
    "change_marks": Method(tuple[()], ChangeMark, is_many=True),
    "cards": Method(tuple[()], AnomalyCard, is_many=True),
    "clusters": Method(tuple[()], Cluster, is_many=True),
    "rules": Method(tuple[()], RuleStatus, is_many=True),
    "launch_metrics": Method(tuple[int], LaunchMetrics),
    "audit": Method(tuple[int], AuditEntry, is_many=True),
}

pack = msgspec.msgpack.Encoder().encode
_request: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_reply: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)

_Message = TypeVar("_Message")

# Bytes that are not UTF-8 raise ValueError, deep nesting RecursionError: both are the sender's doing.
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


def encode(message: Request | Reply, limit: int) -> bytes:
    """The message with its length. Raises StateTraceError above `limit` bytes."""
    body = pack(message)
    if len(body) > limit:
        raise StateTraceError(f"{len(body)} bytes are too much at once: the door takes {limit}")
    return len(body).to_bytes(4, "big") + body


def decode_request(body: bytes) -> Request:
    """Raises MalformedError."""
    return _decode(_request, body)


def decode_reply(body: bytes) -> Reply:
    """Raises MalformedError."""
    return _decode(_reply, body)


def decode_params(method: Method, params: msgspec.Raw) -> tuple[Any, ...]:  # Any: as the method's own types say
    """Raises MalformedError."""
    return _decode(method.params, params)


def decode_result(method: Method, result: msgspec.Raw) -> Any:  # Any: as the method's own type says
    """Raises MalformedError."""
    return _decode(method.result, result)


def _decode(decoder: msgspec.msgpack.Decoder[_Message], body: bytes | msgspec.Raw) -> _Message:
    try:
        return decoder.decode(body)
    except _UNREADABLE as error:
        raise MalformedError(str(error)) from None


class Splitter:
    """Bytes of a connection, however they are cut, into the bodies of messages of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that are complete now. Raises MalformedError for a length above the limit."""
        self._rest += data
        while len(self._rest) >= 4:
            size = int.from_bytes(self._rest[:4], "big")
            if size > self.limit:
                raise MalformedError(f"a message of {size} bytes")
            if len(self._rest) < 4 + size:
                return
            body = bytes(self._rest[4 : 4 + size])
            del self._rest[: 4 + size]
            yield body


def parts_of(watch_id: int, frame: Frame) -> Iterator[Part]:
    """The frame in pieces of at most 500 rows, outages and incidents each."""
    lists: tuple[Sequence[object], ...] = (frame.routes, frame.outages, frame.incidents)
    count = max(1, *(ceil(len(items) / PART_ITEMS) for items in lists))
    for number in range(count):
        cut = slice(number * PART_ITEMS, (number + 1) * PART_ITEMS)
        piece = structs.replace(
            frame,
            removed=frame.removed if number == 0 else (),
            routes=frame.routes[cut],
            outages=frame.outages[cut],
            incidents=frame.incidents[cut],
        )
        yield Part(watch_id, piece, number == count - 1)


def join(frames: Sequence[Frame]) -> Frame:
    """The whole frame of which these are the pieces."""
    return (
        frames[0]
        if len(frames) == 1
        else structs.replace(
            frames[0],
            routes=tuple(chain.from_iterable(frame.routes for frame in frames)),
            outages=tuple(chain.from_iterable(frame.outages for frame in frames)),
            incidents=tuple(chain.from_iterable(frame.incidents for frame in frames)),
        )
    )
