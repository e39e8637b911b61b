"""Pure. To which neighbours and interfaces the lists and maps of a configuration are applied, by name.

neighbor 10.1.1.2 route-map IN in · route-map IN permit 10 / match ip address prefix-list P → P: 10.1.1.2
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from statetrace_engine.diff.lines import Path
from statetrace_engine.model import names

_LIST = r"(?:prefix-list|route-map|filter-list|distribute-list|access-group|access-list|as-path|community-list)"
_REFERRED = re.compile(
    rf"\b(?:{_LIST}|import|export|route-policy|policy)(?: (?:in|out|prefix|extended|standard))? ([^\s;\[\](){{}}]+)"
)
_DEFINED = re.compile(
    rf"^(?:no )?(?:ip |ipv6 |policy-options )?"
    rf"(?:{_LIST}|policy-statement|route-policy|prefix-set)(?: (?:extended|standard))? (\S+)"
)
_MAP = re.compile(r"^(?:route-map|route-policy) (\S+)|\bpolicy-statement (\S+)")
_ADDRESS = re.compile(r"\bneighbor ([\da-fA-F:.]*[:.][\da-fA-F:.]+)")
_INTERFACE = re.compile(r"^interface (\S+)")
_DEEP = 3
"""A list in a map in a map."""


@lru_cache(maxsize=4096)
def defined(text: str) -> str:
    """The list or map that a line belongs to; empty: to none."""
    found = _DEFINED.search(text)
    return found.group(1) if found is not None else ""


def applied(paths: Iterable[Path]) -> Mapping[str, tuple[str, ...]]:
    """List or map → addresses and interfaces (lower case) to which it is applied, by itself or by a map."""
    ends: dict[str, dict[str, None]] = {}
    holders: dict[str, set[str]] = {}
    for path in paths:
        text = " ".join(path)
        for name in set(_REFERRED.findall(path[-1])) - {defined(text)}:
            ends.setdefault(name, {}).update(dict.fromkeys(_where(path, text)))
            if holder := _MAP.search(text):
                holders.setdefault(name, set()).add(next(filter(None, holder.groups())))
    for _ in range(_DEEP):
        for name, maps in holders.items():
            for each in maps - {name}:
                ends[name].update(ends.get(each, {}))
    return {name: tuple(sorted(found)) for name, found in ends.items() if found}


def _where(path: Path, text: str) -> Iterable[str]:
    yield from (address.lower() for address in _ADDRESS.findall(text))
    if found := _INTERFACE.match(path[0]):
        yield names.interface(found.group(1)).lower()
