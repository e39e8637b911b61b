"""Pure. Changes as the interchange of route diffs, the other object types beside them (`statetrace diff --json`).

{"Counts": {"Added": 1, "Removed": 0, "ChangedRoutes": 2}, "Changes": {"AddedRoutes": […], "RemovedRoutes": […],
"ChangedRoutes": [{"Key": "default|10.0.0.0/8", "FieldsChanged": ["NextHop"], "Old": {…}, "New": {…}}]},
"Warnings": […], "Objects": […], "ChangedBy": […]}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple  # a JSON document

from statetrace_engine.model import Epoch
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeMark, ChangeType, ConfigAuthor, Diff, DiffChange, DiffObject, Value
from statetrace_engine.model.marked import Covered

_NAMES = {
    "next_hop": "NextHop", "interface": "InterfaceName", "protocol": "Protocol", "protocol_code": "ProtocolCode",
    "admin_distance": "AdminDistance", "metric": "Metric", "tag": "Tag", "active": "RouteState",
}  # fmt: skip
"""A route's fields as SPEC 7 calls them."""
_SECTIONS = {ChangeType.ADDED: "AddedRoutes", ChangeType.REMOVED: "RemovedRoutes", ChangeType.CHANGED: "ChangedRoutes"}

MarkOf = Callable[[DiffChange], Covered]
"""What operators said of a change."""


class Compared(NamedTuple):
    """What changed on one device."""

    hostname: str
    diff: Diff
    site: str = ""
    """Empty: it is not known."""
    mark_of: MarkOf | None = None
    """None: nobody was asked."""


def of(compared: Iterable[Compared]) -> dict[str, Any]:
    """One document of all devices."""
    routes: dict[str, list[dict[str, Any]]] = {name: [] for name in _SECTIONS.values()}
    objects, warnings, authors = [], [], []
    for hostname, diff, site, mark_of in compared:
        where = {"Site": site} if site else {}
        for change in diff.changes:
            said = where | (_said(mark_of(change)) if mark_of is not None else {})
            if change.kind is Kind.ROUTES:
                routes[_SECTIONS[change.change_type]].append(_route_change(hostname, change) | said)
            else:
                objects.append(_object_change(hostname, change) | said)
        metadata = diff.metadata
        authors += [_author(hostname, each) | where for each in metadata.authors]
        sides = (("before", metadata.only_after), ("after", metadata.only_before))
        absent = (f"{command}: not captured {side}" for side, commands in sides for command in commands)
        warnings += [f"{hostname}: {text}".removeprefix(": ") for text in (*metadata.warnings, *absent)]
    return {
        "Counts": {
            "Added": len(routes["AddedRoutes"]),
            "Removed": len(routes["RemovedRoutes"]),
            "ChangedRoutes": len(routes["ChangedRoutes"]),
        },
        "Changes": routes,
        "Warnings": warnings,
        "Objects": objects,
        "ChangedBy": authors,
    }


def _route_change(hostname: str, change: DiffChange) -> dict[str, Any]:
    if change.change_type is not ChangeType.CHANGED:
        known = change.after or change.before
        assert known is not None
        return {**_route(hostname, known), **_bytes(change)}
    assert change.before is not None
    assert change.after is not None
    return {
        "Key": "|".join(change.key),
        "Hostname": hostname,
        "FieldsChanged": [_NAMES[each.field] for each in change.fields],
        "Old": _route(hostname, change.before),
        "New": _route(hostname, change.after),
        **_bytes(change),
    }


def _route(hostname: str, route: DiffObject) -> dict[str, Any]:
    vrf, prefix = route.key
    network, _, length = prefix.rpartition("/")
    return {
        "Key": "|".join(route.key),
        "Hostname": hostname,
        "Vrf": vrf,
        "Prefix": network or prefix,
        "PrefixLength": int(length) if length.isdigit() else None,
        "Paths": [dict(zip(_NAMES.values(), path, strict=True)) for path in _paths(route)],
    }


def _paths(route: DiffObject) -> list[Sequence[Value]]:
    """One a next hop, in the order of `_NAMES`, its state in words."""
    columns = [value if isinstance(value, tuple) else (value,) for _, value in route.fields]
    return [(*path[:-1], "Active" if path[-1] else "Inactive") for path in zip(*columns, strict=True)]


def _object_change(hostname: str, change: DiffChange) -> dict[str, Any]:
    return {
        "Hostname": hostname,
        "ObjectType": change.kind.value,
        "ChangeType": change.change_type.value,
        "Command": change.command,
        "Key": list(change.key),
        "Fields": [{"Field": each.field, "Before": each.before, "After": each.after} for each in change.fields],
        "Before": dict(change.before.fields) if change.before is not None else None,
        "After": dict(change.after.fields) if change.after is not None else None,
        "Confidence": change.confidence,
        **_bytes(change),
    }


def _said(covered: Covered) -> dict[str, Any]:
    """`Mark`: of all of the change; `PartlyMarked`: of some of its fields, where of others nothing was said."""
    mark = _mark(covered.marks[-1]) | {"Verdict": covered.verdict} if covered.is_whole else None
    partly = [_mark(each) | {"Fields": [step.field for step in each.steps]} for each in covered.marks if covered.rest]
    return {"Mark": mark, "PartlyMarked": partly}


def _mark(mark: ChangeMark) -> dict[str, Any]:
    return {
        "Verdict": mark.verdict.value,
        "Operator": mark.operator,
        "At": _moment(mark.at),
        "Note": mark.note,
        "Site": mark.site or None,
    }


def _author(hostname: str, author: ConfigAuthor) -> dict[str, Any]:
    return {
        "Hostname": hostname,
        "Who": author.who or None,
        "From": author.origin or None,
        "How": author.how.value,
        "At": _moment(author.at) if author.at is not None else None,
        "PrintedAt": author.printed_at,
        "Command": author.command,
        "AfterBytes": [list(author.span)] if author.span != (0, 0) else [],
    }


def _moment(at: Epoch) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bytes(change: DiffChange) -> dict[str, Any]:
    """Where it stands in either file: byte ranges."""
    return {
        "BeforeBytes": list(change.before.spans) if change.before is not None else [],
        "AfterBytes": list(change.after.spans) if change.after is not None else [],
    }
