"""`statetrace diff`: what changed, on a device whose captures are in the store, or between two files."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import TypeVar

from statetrace_engine.diff import chosen
from statetrace_engine.diff.chosen import Chosen
from statetrace_engine.errors import ConfigError

_OF_HOSTS = {
    "--from": "from_run", "--to": "to_run", "--last": "last", "--since": "since", "--site": "site", "--runs": "runs",
}  # fmt: skip
_OF_FILES = {"--vendor": "vendor"}
_ALONE = {"--runs": "runs", "--last": "last", "--since": "since", "--from": "from_run", "--to": "to_run"}
_TOGETHER = ({"--from", "--to"}, {"--runs", "--last"}, {"--runs", "--since"})
_Made = TypeVar("_Made")


def run(options: argparse.Namespace) -> int:
    """0; with --exit-code 1 when something changed. Raises StateTraceError."""
    wanted = _chosen(options)
    if options.after is not None:
        _refuse(options, _OF_HOSTS, "is of a device in the store: name one HOST, and no second file")
        from statetrace_tui.commands import diff_files  # parsers: only where something is read

        return diff_files.run(options, wanted)
    _refuse(options, _OF_FILES, "is of two files: what is in the store was read already")
    _check_together(options)
    from statetrace_tui.commands import diff_host

    return diff_host.run(options, wanted)


def _chosen(options: argparse.Namespace) -> Chosen:
    return Chosen(
        kinds=_made("--kind", chosen.kinds, options.kind),
        change_types=_made("--type", chosen.change_types, options.type),
        pattern=_made("--grep", lambda text: re.compile(text, re.IGNORECASE), options.grep) if options.grep else None,
    )


def _made(option: str, make: Callable[[str], _Made], text: str) -> _Made:
    try:
        return make(text)
    except (ValueError, re.error) as error:
        raise ConfigError((f"{option} {error}",)) from None


def _refuse(options: argparse.Namespace, names: dict[str, str], why: str) -> None:
    problems = tuple(f"{option} {why}" for option, name in names.items() if getattr(options, name))
    if problems:
        raise ConfigError(problems)


def _check_together(options: argparse.Namespace) -> None:
    given = {option for option, name in _ALONE.items() if getattr(options, name)}
    if len(given) > 1 and not any(given <= allowed for allowed in _TOGETHER):
        raise ConfigError((f"{' and '.join(sorted(given))} do not go together",))
    if options.rollback and given - {"--from", "--to"}:
        raise ConfigError((f"--rollback is of two runs: name them by --from and --to, without {min(given)}",))
