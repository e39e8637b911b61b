"""Comparisons of captures in a journey: what changed between two of a device, and what operators say of it.

compared = { run = 2, from_s = 3600.0, changes = ["+interface GigabitEthernet0/1 | shutdown", "-ip route 0.0.0.0 ..."] }
mark = { change = "+interface GigabitEthernet0/1 | shutdown", verdict = "expected" }

`from_s`: how long before the newer capture the older one was taken; `age_s` of the event: how old the newer one is.
`+` and `-` are lines of the configuration; others are [kind, key with `|`, field, before, after], or with more fields;
[`+kind`, key, field, value] came, [`-kind`, ...] went. `site`: of the captures, or of the device that is marked.
`whatever = true`: a mark of a version whose marks knew no values.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from statetrace_engine.diff import mattering
from statetrace_engine.diff.mattering import Watched
from statetrace_engine.model import marked
from statetrace_engine.model.action import MarkChange
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import Compared
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, FieldChange, MarkVerdict
from statetrace_engine.model.signal import Source
from tests.virtual import VirtualNetwork


def happen(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    network.feed(comparison(network, value, event), Source.CAPTURE, event["device"])


def comparison(
    network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any], captured_at: float | None = None
) -> Compared:
    """`captured_at`: wall time of the newer capture, where it is not now less `age_s`."""
    topology, host = network.pipeline.topology, event["device"]
    routes = topology.devices[host].routes.values() if host in topology.devices else ()
    watched = Watched(frozenset((route.record.vrf, route.record.prefix) for route in routes))
    applied = {name: tuple(to) for name, to in value.get("applied", {}).items()}
    chosen, left_out = mattering.choose(map(change, value["changes"]), watched, applied)
    if captured_at is None:
        captured_at = network.wall - event.get("age_s", 0.0)
    if "done_s" in value:  # the device says when, in seconds before the newer capture
        at, who, is_by_then = captured_at - value["done_s"], value.get("who", ""), value.get("by_then", False)
        chosen = tuple(replace(each, at=at, by=who, is_by_then=is_by_then) for each in chosen)
    return Compared(
        run_id=value.get("run", 2),
        previous_id=value.get("previous", 1),
        hostname=host,
        site=value.get("site", ""),
        captured_at=captured_at,
        previous_at=captured_at - value["from_s"],
        is_drift=not value.get("other_parser", False),
        changes=chosen,
        left_out=left_out,
    )


_CAME = {"+": ChangeType.ADDED, "-": ChangeType.REMOVED}


def change(said: str | list[Any]) -> DiffChange:
    if isinstance(said, str):
        path = tuple(said[1:].split(" | "))
        found = DiffObject(Kind.CONFIG, path, ())
        if said[0] == "+":
            return DiffChange(ChangeType.ADDED, Kind.CONFIG, "show running-config", path, None, found)
        return DiffChange(ChangeType.REMOVED, Kind.CONFIG, "show running-config", path, found, None)
    name, key, *rest = said
    kind, path = Kind(name.lstrip("+-")), tuple(key.split("|"))
    if name[0] in "+-":
        found = DiffObject(kind, path, tuple(zip(rest[::2], rest[1::2], strict=True)))
        sides = (None, found) if name[0] == "+" else (found, None)
        return DiffChange(_CAME[name[0]], kind, f"show {kind}", path, *sides)
    fields = tuple(FieldChange(*rest[at : at + 3]) for at in range(0, len(rest), 3))
    old = DiffObject(kind, path, tuple((each.field, each.before) for each in fields))
    new = DiffObject(kind, path, tuple((each.field, each.after) for each in fields))
    return DiffChange(ChangeType.CHANGED, kind, f"show {name}", path, old, new, fields)


def mark(network: VirtualNetwork, value: dict[str, Any], event: dict[str, Any]) -> None:
    of, verdict = change(value["change"]), MarkVerdict(value["verdict"])
    operator = event.get("by", "jsm@jump")
    steps = () if value.get("whatever", False) else marked.steps(of)
    ident, site = f"mark-{network.now}", value.get("site", "")
    network.act(MarkChange(ident, operator, event["device"], of.kind, of.key, of.change_type, verdict, "", steps, site))
