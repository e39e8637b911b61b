"""`statetrace runbook list|show`: what to do, by name or by cause."""

from __future__ import annotations

import argparse

from statetrace_engine import config
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.runbook import Runbook
from statetrace_tui.commands import homes, json_form, output


def run(options: argparse.Namespace) -> int:
    runbooks = config.load(homes.of(options).path).runbooks
    return _list(runbooks, options.json) if options.action == "list" else _show(runbooks, options.name, options.json)


def _list(runbooks: tuple[Runbook, ...], is_json: bool) -> int:
    if is_json:
        output.document({"runbooks": [json_form.runbook(book) for book in runbooks]})
        return 0
    output.table(
        ("RUNBOOK", "CAUSE", "STEPS", "TITLE"),
        ((book.name, ", ".join(book.causes) or "-", str(len(book.steps)), book.title) for book in runbooks),
    )
    return 0


def _show(runbooks: tuple[Runbook, ...], wanted: str, is_json: bool) -> int:
    found = [book for book in runbooks if book.name == wanted] or [book for book in runbooks if wanted in book.causes]
    if not found:
        names = ", ".join(book.name for book in runbooks)
        raise ConfigError((f"no runbook {wanted!r}; there are {names}",))
    if is_json:
        output.document(json_form.runbook(found[0]))
    else:
        print(found[0].text.rstrip())
    return 0
