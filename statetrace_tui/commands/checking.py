"""What `runbook check` and `anomalies check` share: the files that they look at, and what they say of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from statetrace_engine.config.homes import ConfigFile, decoded
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.text import sanitise
from statetrace_tui.commands import output
from statetrace_tui.present.words import count


def texts(named: Sequence[str], own: Iterable[ConfigFile]) -> tuple[dict[str, str], list[str]]:
    """The files that were named, else those of the home; and what is wrong with them before anybody reads them."""
    files = [_named(path) for path in named] or list(own)
    return {file.label: file.text for file in files if not file.problem}, [f.problem for f in files if f.problem]


def text(path: str) -> str:
    """Raises StateTraceError."""
    file = _named(path)
    if file.problem:
        raise StateTraceError(sanitise(file.problem, 300))
    return file.text


def _named(path: str) -> ConfigFile:
    """Raises StateTraceError when it cannot be read; what is no UTF-8 is a problem of the file."""
    try:
        return decoded(path, path, Path(path).read_bytes())
    except OSError as error:
        raise StateTraceError(f"{sanitise(path, 300)}: {error.strerror}") from error


def tell(
    noun: str, good: int, problems: Sequence[str], *, is_json: bool, key: str, warnings: Sequence[str] | None = None
) -> int:
    """0, or 1 with every problem by file and line; what is only worth a warning changes nothing of that."""
    if is_json:
        warned = {"warnings": list(warnings)} if warnings is not None else {}
        output.document({key: good, "problems": list(problems), **warned})
    else:
        for line in (*problems, *(f"{warning} (warning)" for warning in warnings or ())):
            print(sanitise(line, 300))
        print(f"{count(good, noun)}, {count(len(problems), 'problem') if problems else 'no problems'}")
    return 1 if problems else 0
