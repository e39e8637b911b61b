"""`statetrace runbook list|show|check`: what to do, by name or by cause; and what is wrong with a file of it."""

from __future__ import annotations

import argparse

from statetrace_engine import config
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import library
from statetrace_tui.commands import checking, homes, json_form, output


def run(options: argparse.Namespace) -> int:
    if options.action == "check":
        texts, unread = checking.texts(options.files, config.runbook_files(homes.of(options).path))
        books, problems = library.read(texts)
        return checking.tell("runbook", len(books), [*unread, *problems], is_json=options.json, key="files")
    runbooks = config.load(homes.of(options).path).runbooks
    return _list(runbooks, options.json) if options.action == "list" else _show(runbooks, options.name, options.json)


def _list(runbooks: tuple[Runbook, ...], is_json: bool) -> int:
    if is_json:
        output.document({"runbooks": [json_form.runbook(book) for book in runbooks]})
        return 0
    output.table(
        ("RUNBOOK", "SERVES", "STEPS", "TITLE"),
        ((book.name, _serves(book), str(len(book.steps)), book.title) for book in runbooks),
    )
    return 0


def _serves(book: Runbook) -> str:
    cases = [f"a case of {cause}" for cause in book.variant_of[:1]]
    more = [f"{len(book.variant_of) - 1} more"] if len(book.variant_of) > 1 else []
    return ", ".join((*book.causes, *cases, *more)) or "routes that name it"


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
