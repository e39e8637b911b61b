"""Pure. Spanning trees as their lines are read, whatever the vendor: an instance, then its interfaces."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping

from statetrace_engine.model.captured import SpanningTreeRow
from statetrace_engine.parsing.shown import Ask, Shown, Span, missed, number

_ROLES = {
    "desg": "designated", "altn": "alternate", "alt": "alternate", "back": "backup", "bkup": "backup",
    "mstr": "master", "disa": "disabled", "dis": "disabled",
}  # fmt: skip
_STATES = {
    "fwd": "forwarding", "blk": "blocking", "bkn": "broken", "lis": "listening", "lst": "listening",
    "lrn": "learning", "dis": "disabled",
}  # fmt: skip
_IS_ROOT = "yes"


class Trees:
    """Rows of all instances; an instance's own stands where its first line does, and waits for its last."""

    def __init__(self, text: str, ask: Ask) -> None:
        self.shown = Shown()
        self._text, self._ask = text, ask
        self._at: int | None = None
        """Where the row of the instance at hand will be."""
        self._instance = ""
        self._said: dict[str, str] = {}
        self._silent: list[int] = []

    def begin(self, instance: str, span: Span, **said: str | None) -> None:
        """A new instance; what is said of all (its protocol) may be said here."""
        self._complete()
        self._instance, self._at, self._said = instance, len(self.shown.rows), {}
        self.shown.add(SpanningTreeRow(instance), *span)
        self.says(span, **said)

    def is_within(self, instance: str) -> bool:
        return self._at is not None and self._instance == instance

    def says(self, span: Span, **said: str | None) -> None:
        """What a line says of the instance at hand: protocol, root, root_priority, root_port, cost, is_root, bridge,
        priority, changed (seconds). The first that says something counts."""
        if self._at is None:
            self.shown.unparsed.append(span)
            return
        for name, word in said.items():
            if word is not None:
                self._said.setdefault(name, word)
        if len(self.shown.rows) == self._at + 1:
            self.shown.ends[self._at] = span[1]

    def is_root(self, span: Span) -> None:
        self.says(span, is_root=_IS_ROOT)

    def port(self, span: Span, interface: str, role: str | None, state: str, cost: str, priority: str | None) -> None:
        """An interface of the instance at hand. Its port priority is a decimal number."""
        if self._at is None:
            self.shown.unparsed.append(span)
            return
        row = SpanningTreeRow(
            self._instance,
            interface,
            priority=number(priority),
            role=_worded(role, _ROLES),
            state=_worded(state, _STATES),
            cost=number(cost),
        )
        if row.role == "root":
            self._said.setdefault("root_port", interface)
        self.shown.add(row, *span)

    def rest(self, span: Span) -> None:
        """Nobody's line."""
        self.shown.unparsed.append(span)

    def close(self) -> Shown:
        """Everything; the last instance of a cut answer may have had more to say, and has no row of its own."""
        shown, at = self.shown, self._at
        if at is not None and self._ask.is_truncated:
            start, end = shown.starts.pop(at), shown.ends.pop(at)
            del shown.rows[at]
            missed(self._text, start, end, shown.unparsed)
            self._at = None
        self._complete()
        self._leave_out()
        shown.unparsed = sorted(set(shown.unparsed))
        return shown

    def _complete(self) -> None:
        if self._at is None:
            return
        said = self._said
        if not said:
            self._silent.append(self._at)
        root, bridge = said.get("root"), said.get("bridge")
        is_root = said.get("is_root") == _IS_ROOT or (root is not None and root == bridge)
        protocol, port = said.get("protocol"), said.get("root_port")
        self.shown.rows[self._at] = SpanningTreeRow(
            self._instance,
            protocol=protocol.lower() if protocol else None,
            root=root or (bridge if is_root else None),
            root_priority=number(said.get("root_priority")),
            root_port=None if is_root else port,
            is_root=is_root if said.keys() & {"root", "is_root", "root_port"} else None,
            priority=number(said.get("priority")),
            cost=number(said.get("cost")),
            changed_seconds=number(said.get("changed")),
        )
        self._at = None

    def _leave_out(self) -> None:
        """An instance's own row that would say its name and nothing more."""
        shown, silent = self.shown, set(self._silent)
        if not silent:
            return
        kept = [at for at in range(len(shown.rows)) if at not in silent]
        shown.rows = [shown.rows[at] for at in kept]
        shown.starts = array("q", (shown.starts[at] for at in kept))
        shown.ends = array("q", (shown.ends[at] for at in kept))


def _worded(printed: str | None, words: dict[str, str]) -> str | None:
    if not printed:
        return None
    lowered = printed.rstrip("*").lower()
    return words.get(lowered, lowered)


Says = Mapping[str | None, Mapping[str, str]]
"""What a line says, and the group that holds it."""
_PRIORITY = {"Root": "root_priority", "Bridge": "priority"}
_ADDRESS = {"Root": "root", "Bridge": "bridge"}


def read(
    text: str,
    ask: Ask,
    lines: re.Pattern[str],
    says: Says,
    own: Mapping[str | None, Callable[[Trees, re.Match[str]], None]],
) -> Shown:
    """A SpanningTreeRow an instance and one an interface of it, where `Root ID` and `Bridge ID` are printed.

    The last group of a line tells what it is: `mapped` (of `mst`), `id` (`whose`, `priority`), `address`, `mst_id`
    (`who`, `prio`, `mac`), `port` (`interface`, `role`, `state`, `cost`, `of_port`), `this` and `itself` (is the root),
    one of `says`, one that a vendor reads by its `own`, `known` (nothing to tell); any other was not understood.
    """
    trees = Trees(text, ask)
    whose = ""
    for found in lines.finditer(text):
        kind, span = found.lastgroup, found.span()
        if kind in own:
            own[kind](trees, found)
        elif kind == "mapped":
            trees.begin(found["mst"], span, protocol="mstp")
        elif kind == "id":
            whose = found["whose"]
            trees.says(span, **{_PRIORITY[whose]: found["priority"]})
        elif kind == "address":
            trees.says(span, **{_ADDRESS.get(whose, "root"): found["address"]})
        elif kind == "mst_id":
            who = found["who"]
            trees.says(span, **{_PRIORITY[who]: found["prio"], _ADDRESS[who]: found["mac"]})
        elif kind == "port":
            trees.port(span, *found.group("interface", "role", "state", "cost", "of_port"))
        elif kind in ("this", "itself"):
            trees.is_root(span)
        elif kind in says:
            trees.says(span, **{name: found[group] for name, group in says[kind].items()})
        elif kind != "known":
            trees.rest(span)
    return trees.close()
