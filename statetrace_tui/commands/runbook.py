"""`statetrace runbook list|show|check`: what to do, by name or by cause; and what is wrong with a file of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.errors import ConfigError
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import library
from statetrace_tui.commands import answers, checking, homes, identity, output, runbook_form
from statetrace_tui.commands.ack import resolve
from statetrace_tui.present.words import count


def run(options: argparse.Namespace) -> int:
    if options.action == "check":
        files = config.runbook_files(homes.of(options).path)
        texts, unread = checking.texts(options.files, files)
        known = [library.name_of(file.label) for file in files] if options.files else []
        books, problems = library.read(texts, known)
        return checking.tell(
            "runbook", len(books), [*unread, *problems], is_json=options.json, key="files",
            warnings=[*library.unsaid(texts), *library.lacks(texts)],
        )  # fmt: skip
    home = homes.of(options).path
    runbooks, problems = config.runbooks(home)
    if options.action == "show" and options.outage:
        return _guide(runbooks, home, options)  # whatever is wrong with one that an operator needs now
    if problems:  # of one; the others are needed as ever
        told = f"{count(len(problems), 'problem')} in runbooks: `statetrace runbook check` names all"
        print(f"statetrace: {sanitise(problems[0], 300)}\nstatetrace: {told}", file=sys.stderr)
    if options.action == "list":
        return _list(runbooks, options.json)
    if not options.name:
        raise ConfigError(("name a runbook or a cause, or an outage by --outage ID",))
    return _show(runbooks, options.name, options.json)


def _list(runbooks: Sequence[Runbook], is_json: bool) -> int:
    if is_json:
        output.document({"runbooks": [runbook_form.runbook(book) for book in runbooks]})
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


def _show(runbooks: Sequence[Runbook], wanted: str, is_json: bool) -> int:
    found = _named(runbooks, wanted)
    if is_json:
        output.document(runbook_form.runbook(found))
    else:
        print(found.text.rstrip())
    return 0


def _named(runbooks: Sequence[Runbook], wanted: str) -> Runbook:
    """By its name, else by a cause that it serves."""
    found = [book for book in runbooks if book.name == wanted] or [book for book in runbooks if wanted in book.causes]
    if not found:
        names = ", ".join(book.name for book in runbooks)
        raise ConfigError((f"no runbook {wanted!r}; there are {names}",))
    return found[0]


def _guide(runbooks: Sequence[Runbook], home: Path, options: argparse.Namespace) -> int:
    """0; 1 when there is no such outage."""
    book = _named(runbooks, options.name).name if options.name else ""
    named, unknown = resolve([options.outage], answers.outages(home))
    outage_id = named[0] if named else options.outage.strip().upper()
    found = answers.guide(home, outage_id, identity.spoken(identity.current()), book)
    if found is None:
        why = next(iter(unknown.values()), "no such outage is known")
        print(f"statetrace: {sanitise(options.outage)}: {why}", file=sys.stderr)
        return 1
    if options.json:
        output.document(runbook_form.guide(found))
    else:
        for line in runbook_form.lines(found):
            print(line)
    return 0
