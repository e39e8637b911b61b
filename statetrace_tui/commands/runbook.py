"""`statetrace runbook list|show|check`: what to do, by name or by cause; and what is wrong with a file of it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import library
from statetrace_tui.commands import answers, homes, identity, output, runbook_form
from statetrace_tui.commands.ack import resolve


def run(options: argparse.Namespace) -> int:
    if options.action == "check":
        return _check(options.files, homes.of(options).path, options.json)
    home = homes.of(options).path
    runbooks = config.load(home).runbooks
    if options.action == "list":
        return _list(runbooks, options.json)
    if options.outage:
        return _guide(runbooks, home, options)
    if not options.name:
        raise ConfigError(("name a runbook or a cause, or an outage by --outage ID",))
    return _show(runbooks, options.name, options.json)


def _list(runbooks: tuple[Runbook, ...], is_json: bool) -> int:
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


def _show(runbooks: tuple[Runbook, ...], wanted: str, is_json: bool) -> int:
    found = _named(runbooks, wanted)
    if is_json:
        output.document(runbook_form.runbook(found))
    else:
        print(found.text.rstrip())
    return 0


def _named(runbooks: tuple[Runbook, ...], wanted: str) -> Runbook:
    """By its name, else by a cause that it serves."""
    found = [book for book in runbooks if book.name == wanted] or [book for book in runbooks if wanted in book.causes]
    if not found:
        names = ", ".join(book.name for book in runbooks)
        raise ConfigError((f"no runbook {wanted!r}; there are {names}",))
    return found[0]


def _guide(runbooks: tuple[Runbook, ...], home: Path, options: argparse.Namespace) -> int:
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


def _check(files: list[str], home: Path, is_json: bool) -> int:
    """0, or 1 with every problem by file and line. Without files: all runbooks of the home."""
    texts = {path: _text(path) for path in files} or {file.label: file.text for file in config.runbook_files(home)}
    known = [file.label for file in config.runbook_files(home)] if files else []
    runbooks, problems = library.read(texts, [library.name_of(label) for label in known])
    if is_json:
        output.document({"files": len(runbooks), "problems": problems})
    else:
        for problem in problems:
            print(sanitise(problem, 300))
        print(f"{len(runbooks)} runbooks, {len(problems) or 'no'} problems")
    return 1 if problems else 0


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise StateTraceError(f"{sanitise(path, 300)}: it is no UTF-8 text") from error
    except OSError as error:
        raise StateTraceError(f"{sanitise(path, 300)}: {error.strerror}") from error
