"""Pure. What an agent answers from a table of its values (RFC 3416 section 4.2), for simulated devices and for tests.

GET 1.3.6.1.2.1.1.3.0   →   1.3.6.1.2.1.1.3.0 = TimeTicks 4200
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from statetrace_engine.wire.ber import Absent, Value
from statetrace_engine.wire.snmp import Message, PduKind, VarBind

LARGEST = 100
"""Variables in one answer: a GetRequest for more is too big, a GetBulkRequest gets the first of them."""
_TOO_BIG, _NOT_WRITABLE = 1, 17
"""error-status of RFC 3416 section 3."""


class Table:
    """Values by OID, in order."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = dict(values)
        self._names = sorted(values, key=_arcs)
        self._order = [_arcs(name) for name in self._names]

    def set(self, oid: str, value: Value) -> None:
        """Changes what is there already."""
        self._values[oid] = value

    def get(self, oid: str) -> VarBind:
        return oid, self._values.get(oid, Absent.NO_SUCH_INSTANCE)

    def after(self, oid: str, count: int) -> list[VarBind]:
        """The next ones, and the end if it is nearer."""
        at = bisect_right(self._order, _arcs(oid))
        found: list[VarBind] = [(near, self._values[near]) for near in self._names[at : at + count]]
        if len(found) < count:
            found.append((self._names[-1] if self._names else oid, Absent.END_OF_MIB_VIEW))
        return found


def respond(table: Table, request: Message, largest: int = LARGEST) -> Message | None:
    """The Response; None to what nobody answers."""
    if request.kind is PduKind.GET and len(request.varbinds) > largest:
        return response(request, (), error=_TOO_BIG)
    if request.kind is PduKind.SET:
        return response(request, request.varbinds, error=_NOT_WRITABLE, at=1)
    if request.kind not in (PduKind.GET, PduKind.GET_NEXT, PduKind.GET_BULK):
        return None
    return response(request, bindings(table, request)[:largest])


def response(request: Message, varbinds: Sequence[VarBind], error: int = 0, at: int = 0) -> Message:
    return replace(request, kind=PduKind.RESPONSE, error_status=error, error_index=at, varbinds=tuple(varbinds))


def bindings(table: Table, request: Message) -> list[VarBind]:
    """What a GetRequest, a GetNextRequest or a GetBulkRequest asks for."""
    oids = [oid for oid, _ in request.varbinds]
    if request.kind is PduKind.GET:
        return [table.get(oid) for oid in oids]
    if request.kind is PduKind.GET_NEXT:
        return [table.after(oid, 1)[0] for oid in oids]
    single, rows = max(request.error_status, 0), max(min(request.error_index, LARGEST), 0)
    found = [table.after(oid, 1)[0] for oid in oids[:single]]
    columns = [table.after(oid, rows) for oid in oids[single : single + LARGEST]]
    longest = max(map(len, columns), default=0) if rows else 0
    return found + [column[row] if row < len(column) else column[-1] for row in range(longest) for column in columns]


def _arcs(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))
