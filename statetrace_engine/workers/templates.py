"""The other end of `template_process`: a process that holds ntc-templates, each compiled once.

Imported by the spawned child; textfsm is imported there only.
"""

from __future__ import annotations

import re
import signal
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from statetrace_engine.parsing.capture import Fallen
from statetrace_engine.workers.pipes import Connection
from statetrace_engine.workers.worker import ended_after

if TYPE_CHECKING:
    from textfsm import TextFSM

READY = b"r"
_OPTIONAL = re.compile(r"\[\[(.+?)\]\]")


class Task(Struct, frozen=True, array_like=True):
    vendor: str
    command: str
    text: str


tasks = msgspec.msgpack.Decoder(Task)
answers = msgspec.msgpack.Decoder(Fallen)


def main(connection: Connection, limit_s: float) -> None:
    """Answers tasks until the other end is closed, or one takes longer than `limit_s`.

    The other end stops it sooner; but where that is killed meanwhile, nobody else would end a template that hangs.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import textfsm  # noqa: F401  # now, and not within the first section's time

    _index()
    with suppress(EOFError, OSError):  # the parent is gone
        connection.send_bytes(READY)
        while True:
            task = tasks.decode(connection.recv_bytes())
            with ended_after(limit_s):
                answer = msgspec.msgpack.encode(parsed(task))
            connection.send_bytes(answer)


def parsed(task: Task) -> Fallen:
    """What the template of a command makes of its output; no rows and the reason where it makes nothing."""
    template = template_of(task.vendor, task.command)
    if not template:
        return Fallen([], "")
    from textfsm import TextFSMError

    try:
        machine = _compiled(template)
        machine.Reset()  # or it would tell the rows of the output before, and go on in the state where that ended
        rows = machine.ParseTextToDicts("\n".join(line.rstrip() for line in task.text.split("\n")))
    except (TextFSMError, OSError) as error:
        return Fallen([], f"the template {template} does not fit: {type(error).__name__}")
    return Fallen([{name.lower(): _plain(value) for name, value in row.items()} for row in rows])


def template_of(vendor: str, command: str) -> str:
    """The file of ntc-templates for a command of a vendor; empty: there is none."""
    return next((name for name, typed in _index().get(vendor, ()) if typed.fullmatch(command)), "")


def vendors() -> frozenset[str]:
    """All that ntc-templates has a template of."""
    return frozenset(_index())


def _plain(value: Any) -> Any:  # what a template collects: text, or lists of it
    return [_plain(each) for each in value] if isinstance(value, list) else None if value == "" else value


@lru_cache(maxsize=256)
def _compiled(template: str) -> TextFSM:
    from textfsm import TextFSM

    with (_folder() / template).open(encoding="utf-8") as file:
        return TextFSM(file)


@lru_cache(maxsize=1)
def _index() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """By vendor: template and the expression of its commands, in the order of the index."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for line in (_folder() / "index").read_text(encoding="utf-8").splitlines():
        parts = [part.strip() for part in line.split(",", 3)]
        if len(parts) == 4 and not line.startswith("#") and parts[0] != "Template":
            with suppress(re.error):
                typed = re.compile(_OPTIONAL.sub(_abbreviated, parts[3]), re.IGNORECASE)
                found.setdefault(parts[2], []).append((parts[0].partition(":")[0], typed))
    return found


def _abbreviated(found: re.Match[str]) -> str:
    """`sh[[ow]]` → `sh(?:o(?:w)?)?`"""
    letters = found[1]
    return "".join(f"(?:{letter}" for letter in letters) + ")?" * len(letters)


def _folder() -> Path:
    spec = find_spec("ntc_templates")
    assert spec is not None, "ntc-templates is a dependency of this package"
    assert spec.submodule_search_locations
    return Path(next(iter(spec.submodule_search_locations))) / "templates"
