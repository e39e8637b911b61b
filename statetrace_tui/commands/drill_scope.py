"""Whose outages a drill waits for: routes by id or by host and prefix, all of a device, or any that is watched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from statetrace_engine.errors import ConfigError
from statetrace_engine.model import names
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands.drill_runs import Scope


def of(routes: Sequence[Sequence[str]] | None, device: str | None, watched: Iterable[RouteHealth]) -> Scope:
    """Named routes must all fail; of a device's, or of all, one. Raises ConfigError for what nobody watches."""
    rows = tuple(watched)
    if routes:
        named = [_named(words, rows) for words in routes]
        ids = frozenset(row.route.route_id for found in named for row in found)
        return Scope(words=_words(row for found in named for row in found), route_ids=ids, is_each=True)
    if device is None:
        everything = frozenset(row.route.route_id for row in rows)
        return Scope(words="any route", route_ids=_some(everything, "no route is watched"), is_each=False)
    host = names.hostname(device)
    ids = frozenset(row.route.route_id for row in rows if row.route.hostname == host)
    return Scope(words=host, route_ids=_some(ids, f"--device {device}: no route of it is watched"), is_each=False)


def _named(words: Sequence[str], rows: Sequence[RouteHealth]) -> list[RouteHealth]:
    """A route by its id; by host and prefix in every vrf that has it."""
    if len(words) == 1:
        found = [row for row in rows if row.route.route_id == words[0].lower()]
    elif len(words) == 2:
        host, prefix = names.hostname(words[0]), _prefix(words[1])
        found = [row for row in rows if (row.route.hostname, row.route.prefix) == (host, prefix)]
    else:
        raise ConfigError(("--route takes a route's id, or HOST PREFIX",))
    if not found:
        raise ConfigError((sanitise(f"--route {' '.join(words)}: no such route is watched: see `statetrace routes`"),))
    return found


def _prefix(text: str) -> str:
    try:
        return names.prefix(text)
    except ValueError:
        raise ConfigError((sanitise(f"--route: {text} is no prefix"),)) from None


def _some(ids: frozenset[str], why: str) -> frozenset[str]:
    if not ids:
        raise ConfigError((sanitise(why),))
    return ids


def _words(rows: Iterable[RouteHealth]) -> str:
    return ", ".join(f"{row.route.hostname} {row.route.prefix}" for row in rows)
