"""Pure. What was meant by what was typed: `do sh ip ro vrf RED | inc 10.` → `show ip route vrf RED`, with a filter.

Words are expanded by a trie of unique prefixes, one a dialect: the vendor's own commands first, common words then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Show
from statetrace_engine.parsing.transcript.vocabulary import FILTERS, HARMLESS, NAMED, NODES

_WRAPPED = re.compile(r"^(?:sudo\s+)?vtysh\s+-c\s+(?P<quote>[\"'])(?P<command>[^\"']+)(?P=quote)?")
_BEFORE = re.compile(r"^(?:(?:do|run|sudo|cli)\s+)+(?=\S)")
_IN_NAME = re.compile(r"(?:^|[^A-Za-z0-9])(?P<command>(?:show|sho|sh|display)[_ .-]+\w[^/\\]*)", re.IGNORECASE)
_SUFFIXES = re.compile(r"(?:\.(?:txt|log|raw|out|cfg|conf|text|gz|zip|\d+))+$", re.IGNORECASE)
_FORMATS = frozenset(("json", "xml", "compare", "count", "csv"))
_WHEN = re.compile(
    r"(?: (?:before|after|pre|post|(?:pre|post)-?(?:change|check)|change|check|old|new|copy|bak|\d{6,14}z?"
    r"|(?:\d{8}|\d{4}-\d\d-\d\d)(?:[-t ]\d[\d:-]{3,}z?)?))+$",
    re.IGNORECASE,
)
"""What people write behind a command, to tell two files of it apart."""
_DATED = re.compile(r"(?<=[a-z])-\d{8}(?:[-T]?\d{4,6})?$", re.IGNORECASE)
_LEAST = 2
_ANY = "*"
"""In a known command, any one word."""

Trie = dict[str, "Trie"]


class Command(Struct, frozen=True):
    text: str
    """In full words, keywords in lower case; without pipes."""
    keywords: str
    """The same without arguments: `show interfaces status` of `show interfaces Gi0/1 status`."""
    pipe: str
    """As typed, without the first `|`."""
    is_known: bool = True

    @property
    def filters(self) -> bool:
        """Whether its pipe leaves lines out."""
        return any(part.split()[:1] and part.split()[0].lower() in FILTERS for part in self.pipe.split("|"))

    @property
    def reshapes(self) -> bool:
        """Whether its pipe prints something other than the command's own text."""
        words = self.pipe.lower().replace("|", " ").split()
        return bool(_FORMATS.intersection(words))


@lru_cache(maxsize=1024)
def understood(typed: str, vendor: str) -> Command:
    """The command in full words. What nobody knows stays as it was typed."""
    inner = _WRAPPED.match(typed.strip())
    text = inner["command"] if inner else typed
    text = _BEFORE.sub("", text.strip())
    text, _, pipe = text.partition("|")
    words: list[str] = []
    keywords: list[str] = []
    node: Trie | None = _trie(vendor)
    for word in text.split()[:24]:
        full, node = _expanded(word, node)
        words.append(full or word)
        if full:
            keywords.append(full)
    return Command(" ".join(words), " ".join(keywords), pipe.strip())


@lru_cache(maxsize=1024)
def known(command: Command, vendor: str) -> Show | None:
    """What parses it; the more words of a known command it has, the better."""
    if command.reshapes or command.text.endswith("?"):
        return None
    found = [show for text in (command.text, command.keywords) if (show := shows.find(vendor, text)) is not None]
    return max(found, key=lambda show: len(show.command.split()), default=None)


def narrows(command: Command, show: Show) -> bool:
    """Whether it asked for a part only: `show ip route 10.0.0.0`, `show interfaces Gi0/1`, `| include`."""
    if command.filters:
        return True
    left = command.text.split()
    for position, word in enumerate(show.command.split()):
        if word in left:
            left[left.index(word)] = ""
        elif word == _ANY and position < len(left):
            left[position] = ""
    left = [word for word in left if word]
    names = {after for word, after in pairwise(left) if word in NAMED}
    return any(word not in HARMLESS and word not in names for word in left)


def of_file_name(name: str) -> str:
    """`R1_show_ip_route_before.txt` → `show ip route`; empty where it names no command."""
    stem = _SUFFIXES.sub("", name.replace("\\", "/").rpartition("/")[2])
    found = _IN_NAME.search(stem)
    if not found:
        return ""
    words = re.split(r"[_ .]+", found["command"])
    if len(words) == 1:
        words = found["command"].split("-")
    return " ".join(_without_when([word for word in words if word]))


def _without_when(words: list[str]) -> list[str]:
    """Without what tells one file of a command from another: `before`, a date, the number behind a known word."""
    rest = _WHEN.sub("", "".join(f" {word}" for word in words[_LEAST:]))
    words = [*words[:_LEAST], *rest.split()]
    head, last = words[:-1], words[-1]
    name, number = last.rstrip("0123456789"), last.lstrip("abcdefghijklmnopqrstuvwxyz-")
    is_numbered = name + number == last and name in _keywords() and last not in _keywords()
    return [*head, name] if number and is_numbered else [*head, _DATED.sub("", last)]


@lru_cache(maxsize=1)
def _keywords() -> frozenset[str]:
    return frozenset(word for table in shows.SHOWS.values() for show in table for word in show.command.split())


def host_of_file_name(name: str) -> str:
    """`WLLS-A05-AS-55_show_version.txt` → `WLLS-A05-AS-55`; empty where the name has no such beginning."""
    stem = _SUFFIXES.sub("", name.replace("\\", "/").rpartition("/")[2])
    found = _IN_NAME.search(stem)
    host = stem[: found.start()] if found else stem
    parts = "*" if found else "+"  # before a command, one word may be a name: `R1_show_version.txt`
    is_name = re.fullmatch(rf"[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+){parts}", host)
    return host if is_name and any(c.isdigit() for c in host) else ""


def _expanded(word: str, node: Trie | None) -> tuple[str, Trie | None]:
    """The full word (empty: an argument) and where it leads; an argument leads nowhere else."""
    if not node:
        return "", node
    lowered = word.lower()
    if lowered in node:
        return lowered, node[lowered]
    if not lowered[:1].isalpha() or not re.fullmatch(r"[a-z-]+", lowered):
        return "", node.get(_ANY, node)
    first = next((full for full in node if full.startswith(lowered)), "")
    return (first, node[first]) if first else ("", node.get(_ANY, node))


@lru_cache(maxsize=32)
def _trie(vendor: str) -> Trie:
    top: Trie = {}
    for show in shows.SHOWS.get(vendor, ()):
        _grow(top, show.command.split())
    for above, words in NODES.items():
        for word in words.split():
            _grow(top, (*above, word))
    return top


def _grow(node: Trie, words: Iterable[str]) -> None:
    for word in words:
        node = node.setdefault(word, {})
