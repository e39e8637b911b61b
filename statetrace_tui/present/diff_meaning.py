"""Pure. What changes mean, the weightiest first: `3 routes lost next hop 10.1.1.2`, `Gi0/1 shut down`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any  # the value of a field: whatever a row has

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange
from statetrace_engine.model.packed_changes import Glimpse
from statetrace_engine.model.text import sanitise
from statetrace_tui.present.text import count

_NAMED = 3
"""So many things are named, the others counted."""
_DEFAULTS = ("0.0.0.0/0", "::/0")
_MOST_NAMES = 50
_BANNER = re.compile(r"banner\b|aaa authentication (?:banner|fail-message)\b")
"""Prose for people: what it says of interfaces is nothing that is so."""
(
    _DEFAULT, _SHUT, _SERIAL, _SESSION, _ADJACENCY, _LINK, _LOST, _CONFIG, _LINES, _SEEN, _UP, _MOVED, _NEW, _OTHER,
    _MINOR,
) = range(15)  # fmt: skip
"""Which sentence comes first."""


class Meaning:
    """Takes changes piece by piece; `sentences` is what is known so far."""

    def __init__(self) -> None:
        self._named: dict[tuple[int, str], list[str]] = {}
        self._counted: Counter[tuple[int, str]] = Counter()

    def take(self, kind: Kind, change_type: ChangeType, found: Iterable[Glimpse]) -> None:
        read = _READ.get(kind)
        if read is not None:
            for glimpse in found:
                read(self, change_type, glimpse)

    def take_lines(self, entries: Iterable[Sequence[DiffChange]]) -> None:
        """Of a configuration. What came or went with the line that holds it is told with that."""
        found = [change for changes in entries for change in changes]
        moved = {(change.change_type, change.key) for change in found}
        holding = {(kind, key[:-1]) for kind, key in moved if len(key) > 1}
        for change in found:
            name = change.change_type, change.key
            if (change.change_type, change.key[:-1]) in moved:
                continue
            if name in holding and change.change_type is not ChangeType.CHANGED:
                self.note(_CONFIG, f"{{}} {_PAST[change.change_type]}", " ".join(change.key))
            else:
                _line(self, change)

    def sentences(self) -> list[str]:
        said = [(rank, -self._counted[rank, form], form) for rank, form in self._counted]
        return [self._sentence(rank, form) for rank, _, form in sorted(said)]

    def note(self, rank: int, form: str, name: str = "") -> None:
        """One more of which `form` is true: `{} lost link` where it is named, `{n routes} ..` where it is counted."""
        key = (rank, form)
        self._counted[key] += 1
        names = self._named.setdefault(key, [])
        if name and len(names) < _MOST_NAMES and name not in names:
            names.append(name)

    def _sentence(self, rank: int, form: str) -> str:
        number = self._counted[rank, form]
        if "{n " in form:
            head, _, rest = form.partition("{n ")
            noun, _, tail = rest.partition("}")
            one, _, many = noun.partition("|")
            return sanitise(f"{head}{count(number, one, many)}{tail}", 300)
        names = self._named[rank, form]
        shown = ", ".join(names[:_NAMED])
        more = f" and {number - _NAMED:,} more" if len(names) > _NAMED else ""
        return sanitise(form.replace("{}", shown + more, 1), 300)


def _values(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _route(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    prefix = found.key[1] if len(found.key) > 1 else ""
    if prefix in _DEFAULTS:
        _default_route(meaning, change_type, found)
    if change_type is ChangeType.REMOVED:
        if not _lost_hops(meaning, _values(found.fields.get("next_hop")), ()):
            meaning.note(_LOST, "{n route} gone")
    elif change_type is ChangeType.ADDED:
        meaning.note(_NEW, "{n new route}")
    elif "next_hop" in found.was:
        if not _lost_hops(meaning, _values(found.was["next_hop"]), _values(found.fields.get("next_hop"))):
            meaning.note(_MOVED, "{n route} got another next hop beside")
    elif any(_values(found.was.get("active", False))) and not any(_values(found.fields.get("active", True))):
        meaning.note(_LOST, "{n route} no longer installed")
    else:
        meaning.note(_OTHER, f"{{n route}} changed {_fields(found)}")


def _lost_hops(meaning: Meaning, was: Iterable[Any], now: Collection[Any]) -> bool:
    """Notes each next hop that a route has no longer; whether there is one."""
    lost = [hop for hop in dict.fromkeys(was) if hop and hop not in now]
    for hop in lost:
        meaning.note(_LOST, f"{{n route}} lost next hop {hop}")
    return bool(lost)


def _default_route(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    where = "" if found.key[0] in ("", "default") else f" of {found.key[0]}"
    if change_type is ChangeType.REMOVED:
        meaning.note(_DEFAULT, f"the default route{where} is gone")
    elif change_type is ChangeType.ADDED:
        meaning.note(_DEFAULT, f"a default route{where} appeared")
    elif "next_hop" in found.was:
        was, now = (_way(each) for each in ({**found.fields, **found.was}, found.fields))
        meaning.note(_DEFAULT, f"the default route{where} moved from {was} to {now}")


def _way(fields: Mapping[str, Any]) -> str:
    """Its next hops, or the interface of one that has none: `Null0`."""
    hops = [hop for hop in _values(fields.get("next_hop")) if hop]
    return _said(hops) if hops else _said(fields.get("interface"))


def _interface(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    name = found.key[0] if found.key else "?"
    if change_type is ChangeType.REMOVED:
        meaning.note(_LINK, "{} gone", name)
    elif change_type is ChangeType.ADDED:
        meaning.note(_NEW, "{} new", name)
    elif "admin_up" in found.was:
        meaning.note(*((_UP, "{} enabled") if found.fields.get("admin_up") else (_SHUT, "{} shut down")), name)
    elif "oper_up" in found.was:
        meaning.note(*((_UP, "{} came up") if found.fields.get("oper_up") else (_LINK, "{} lost its link")), name)
    else:
        meaning.note(_OTHER, f"{_fields(found)} of {{}} changed", name)


def _bgp(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    peer = found.key[1] if len(found.key) > 1 else "?"
    if change_type is not ChangeType.CHANGED:
        gone = change_type is ChangeType.REMOVED
        meaning.note(*((_SESSION, "BGP neighbour {} is gone") if gone else (_NEW, "BGP neighbour {} is new")), peer)
    elif "state" in found.was:
        is_up = found.fields.get("state") == "established"
        form = f"BGP neighbour {{}} is {_said(found.fields.get('state'))}"
        meaning.note(_UP if is_up else _SESSION, form, peer)
    else:
        for name, value in found.was.items():
            what = "prefixes" if name == "prefixes_received" else _spoken(name)
            meaning.note(_OTHER, f"BGP neighbour {{}}: {what} {_said(value)} -> {_said(found.fields.get(name))}", peer)


def _ospf(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    peer = found.key[2] if len(found.key) > 2 else "?"
    if change_type is not ChangeType.CHANGED:
        gone = change_type is ChangeType.REMOVED
        meaning.note(*((_ADJACENCY, "OSPF neighbour {} is gone") if gone else (_NEW, "OSPF neighbour {} is new")), peer)
    elif "state" in found.was:
        is_up = found.fields.get("state") == "full"
        meaning.note(_UP if is_up else _ADJACENCY, f"OSPF neighbour {{}} is {_said(found.fields.get('state'))}", peer)
    else:
        meaning.note(_OTHER, f"OSPF neighbour {{}} changed {_fields(found)}", peer)


def _neighbor(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    port, host = (*found.key, "", "")[:2]
    verb = {ChangeType.REMOVED: "no longer sees", ChangeType.ADDED: "now sees"}.get(change_type, "sees another end of")
    rank = _SEEN if change_type is ChangeType.REMOVED else _OTHER
    meaning.note(rank, f"{port} {verb} {host or 'a neighbour'}")


def _version(meaning: Meaning, _: ChangeType, found: Glimpse) -> None:
    for name, value in found.was.items():
        rank = _SERIAL if name in ("serial", "version", "model") else _OTHER
        meaning.note(rank, f"{_spoken(name)} {_said(value)} -> {_said(found.fields.get(name))}")


def _vlan(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    number = found.key[0] if found.key else "?"
    if change_type is ChangeType.REMOVED:
        meaning.note(_SEEN, "VLAN {} is gone", number)
    elif change_type is ChangeType.ADDED:
        meaning.note(_NEW, "VLAN {} is new", number)
    else:
        meaning.note(_OTHER, f"{_fields(found)} of VLAN {{}} changed", number)


def _tree(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    """Another root moves the traffic of a whole instance."""
    instance = found.key[0] if found.key else "?"
    if change_type is ChangeType.CHANGED and "root" in found.was:
        meaning.note(_ADJACENCY, "another root of spanning tree {}", instance)
    elif change_type is ChangeType.CHANGED and ("state" in found.was or "role" in found.was):
        meaning.note(_OTHER, "{n port} changed in a spanning tree")
    else:
        meaning.note(_MINOR, "{n spanning tree row}" + _HOW[change_type])


def _vital(meaning: Meaning, change_type: ChangeType, found: Glimpse) -> None:
    """A part that works no longer may be why a link does not."""
    (what, name), is_ok = (*found.key, "", "?")[:2], found.fields.get("is_ok")
    name = f"the table of {name}" if what == "routes" else name
    if change_type is ChangeType.REMOVED:
        meaning.note(_SEEN, "{} is no longer there", name)
    elif change_type is ChangeType.ADDED:
        meaning.note(_NEW, "{} is there", name)
    elif is_ok:
        meaning.note(_UP, "{} is well again", name)
    elif is_ok is False or found.was.get("is_ok"):
        meaning.note(_LINK, f"{{}} is {found.fields.get('status') or 'not well'}", name)
    else:
        meaning.note(_OTHER, f"{_fields(found)} of {{}} changed", name)


_HOW = {ChangeType.REMOVED: " gone", ChangeType.ADDED: " new", ChangeType.CHANGED: " changed"}


def _counted(noun: str) -> Callable[[Meaning, ChangeType, Glimpse], None]:
    def take(meaning: Meaning, change_type: ChangeType, _: Glimpse) -> None:
        meaning.note(_MINOR, f"{{n {noun}}}{_HOW[change_type]}")

    return take


_READ: dict[Kind, Callable[[Meaning, ChangeType, Glimpse], None]] = {
    Kind.ROUTES: _route,
    Kind.INTERFACES: _interface,
    Kind.BGP_NEIGHBORS: _bgp,
    Kind.OSPF_NEIGHBORS: _ospf,
    Kind.NEIGHBORS: _neighbor,
    Kind.VERSION: _version,
    Kind.ARP: _counted("ARP entry|ARP entries"),
    Kind.MAC_ADDRESSES: _counted("MAC address|MAC addresses"),
    Kind.VLANS: _vlan,
    Kind.SPANNING_TREE: _tree,
    Kind.VITALS: _vital,
    Kind.TABLE: _counted("table row|table rows"),
}


def _line(meaning: Meaning, change: DiffChange) -> None:
    """A line below a head is counted for its head; `shutdown` is said, of a neighbour too."""
    head = change.key[0]
    if _BANNER.match(head):
        meaning.note(_MINOR, f"{{n line}} changed of {head}")
    elif (found := _switched(change)) is not None:
        name, is_off = found
        meaning.note(_SHUT if is_off else _UP, f"{{}} {'shut down' if is_off else 'enabled'} by configuration", name)
    elif len(change.key) > 1:
        verb = "moved" if change.change_type is ChangeType.CHANGED else "changed"
        meaning.note(_CONFIG, f"{{n line}} {verb} under {head}")
    else:
        meaning.note(_LINES, f"{{n configuration line}} {_PAST[change.change_type]}")


def _switched(change: DiffChange) -> tuple[str, bool] | None:
    """What a line shuts down or enables, and whether it is off now."""
    found = _SWITCH.fullmatch(change.key[-1])
    name = found["whose"] or change.key[-2] if found is not None and len(change.key) > 1 else None
    if found is None or not name:
        return None
    return name.strip(), (not (found["on"] or found["is_on"])) == (change.change_type is ChangeType.ADDED)


_SWITCH = re.compile(r"(?:(?P<on>no )?(?P<whose>neighbor \S+ )?(?:shutdown|disable|inactive)|(?P<is_on>enable))")
_PAST = {ChangeType.REMOVED: "removed", ChangeType.ADDED: "added", ChangeType.CHANGED: "moved"}


def _fields(found: Glimpse) -> str:
    return ", ".join(map(_spoken, found.was)) or "something"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _said(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(dict.fromkeys(map(_said, value)))
    return "none" if value is None else str(value)
