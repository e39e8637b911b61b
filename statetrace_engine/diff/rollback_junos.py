"""Pure. What `set` and `delete` lines alone leave undone on Junos.

delete firewall filter F term A                and not its lines only: an empty term of a filter accepts everything
insert firewall filter F term A before term B  a term that is set stands last
activate interfaces ge-0/0/1                   what was made inactive is still there
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from statetrace_engine.diff.rollback_reading import Read
from statetrace_engine.diff.rollback_writing import Line

_TERM = re.compile(r"set (?P<list>.*\b(?:policy-statement|filter) \S+) term (?P<term>\S+)(?: |$)")
_Lists = dict[str, list[str]]


def completed(found: Sequence[Line], has: Sequence[str], had: Sequence[str], running: Read, wanted: Read) -> list[Line]:
    """`has`, `had`: both configurations as `set` lines; `found`: what takes the one to the other."""
    gone = _topmost([*_terms_gone(has, had), *_blocks_gone(running.lines, wanted.lines, had)])
    kept = (line for line in found if not any(_is_within(line.text, path) for path in gone))
    off, on = set(running.inactive), set(wanted.inactive)
    return [
        *(Line(f"delete {path}") for path in gone),
        *kept,
        *(Line(f"activate {path}") for path in running.inactive if path not in on and _is_in(path, had)),
        *(Line(f"deactivate {path}") for path in wanted.inactive if path not in off),
        *(Line(text) for text in _insertions(_lists(has), _lists(had))),
    ]


def _topmost(paths: Iterable[str]) -> list[str]:
    found: list[str] = []
    for path in sorted(paths, key=len):
        if not any(f"{path} ".startswith(f"{each} ") for each in found):
            found.append(path)
    return found


def _blocks_gone(has: Iterable[str], had: Iterable[str], lines: Sequence[str]) -> list[str]:
    """Blocks of braces, below the margin, of which nothing is to be there; `lines`: what is, as `set` lines."""
    return [path for path in _blocks(has) - _blocks(had) if not _is_in(path, lines)]


def _blocks(lines: Iterable[str]) -> set[str]:
    heads: list[tuple[int, str]] = []
    found: set[str] = set()
    for line in lines:
        if line.rstrip().endswith("{"):
            indent = len(line) - len(line.lstrip())
            while heads and heads[-1][0] >= indent:
                heads.pop()
            heads.append((indent, line.strip().removesuffix("{").rstrip()))
            if len(heads) > 1:
                found.add(" ".join(words for _, words in heads))
    return found


def _terms_gone(has: Iterable[str], had: Sequence[str]) -> list[str]:
    """Terms that are to go, whole, in lists that stay."""
    were, are = _lists(had), _lists(has)
    return [
        f"{name} term {term}"
        for name, terms in are.items()
        for term in terms
        if name in were and term not in were[name]
    ]


def _is_within(text: str, path: str) -> bool:
    return text == f"delete {path}" or text.startswith(f"delete {path} ")


def _is_in(path: str, lines: Iterable[str]) -> bool:
    return any(f"{line} ".startswith(f"set {path} ") for line in lines)


def _lists(lines: Iterable[str]) -> _Lists:
    """The terms of each list, in their order."""
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        if term := _TERM.match(line):
            found.setdefault(term["list"], {})[term["term"]] = None
    return {name: list(terms) for name, terms in found.items()}


def _insertions(has: _Lists, had: _Lists) -> Iterator[str]:
    """Where the order would be another one, every term before the one that followed it, the last ones first."""
    for name, terms in had.items():
        stay = [term for term in has.get(name, ()) if term in terms]
        become = [*stay, *(term for term in terms if term not in stay)]
        if become != terms:
            for term, follower in reversed(list(pairwise(terms))):
                yield f"insert {name} term {term} before term {follower}"
