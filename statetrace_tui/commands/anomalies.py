"""`statetrace anomalies list|check|test|schema`: rules, what is wrong with them, and what they would have found.

Writes nothing. `test` reads what is archived: each message counts at the time that it says of itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct, structs

from statetrace_engine import config
from statetrace_engine.anomalies import rules
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.config import json_lines
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.anomaly import AnomalyCard, Event, Rule
from statetrace_engine.model.captured import Kind, LogRow
from statetrace_engine.model.names import hostname
from statetrace_engine.model.signal import LogLine
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import capture, messages
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Refused
from statetrace_engine.store import days
from statetrace_tui.commands import homes, json_form, output, reading

ALL = "all"


def run(options: argparse.Namespace) -> int:
    """0; of `check` 1 when something is wrong. Raises StateTraceError."""
    if options.action == "schema":
        output.document(rules.schema())
        return 0
    if options.action == "check":
        return _check(options.files, homes.of(options).path, options.json)
    made = _of_home(homes.of(options).path)
    return _list(made, options.json) if options.action == "list" else _test(made, options)


def _of_home(home: Path) -> list[Rule]:
    """Raises ConfigError with every problem."""
    files = config.anomaly_files(home)
    names = [file.label.rpartition("/")[2] for file in config.runbook_files(home)]
    runbooks = [name.removesuffix(".md") for name in names]
    made, problems = rules.read({f.label: f.text for f in files if not f.problem}, json_lines.locate, runbooks)
    if problems := [*(f.problem for f in files if f.problem), *problems]:
        raise ConfigError(tuple(problems))
    return made


def _list(made: list[Rule], is_json: bool) -> int:
    if is_json:
        output.document({"rules": [json_form.rule(rule) for rule in made]})
        return 0
    rows = (
        (rule.id, rule.severity.value, "on" if rule.is_enabled else "off", rule.runbook or "-", rule.title)
        for rule in made
    )
    output.table(("RULE", "SEVERITY", "IS", "RUNBOOK", "TITLE"), rows)
    return 0


def _check(files: list[str], home: Path, is_json: bool) -> int:
    texts = {path: _text(path) for path in files} or {f.label: f.text for f in config.anomaly_files(home)}
    made, problems = rules.read(texts, json_lines.locate)
    if is_json:
        output.document({"rules": len(made), "problems": problems})
    else:
        for problem in problems:
            print(sanitise(problem, 300))
        print(f"{len(made)} rules, {len(problems) or 'no'} problems")
    return 1 if problems else 0


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise StateTraceError(f"{sanitise(path, 300)}: it is no UTF-8 text") from error
    except OSError as error:
        raise StateTraceError(f"{sanitise(path, 300)}: {error.strerror}") from error


# What rules would have found -----------------------------------------------------------------------------------------


class Tried(Struct):
    """What became of one run over archived messages."""

    messages: int
    cards: list[AnomalyCard]
    slow: dict[str, str]


def _test(made: list[Rule], options: argparse.Namespace) -> int:
    chosen = _chosen(made, options.rule)
    tried = _tried(chosen, _events(options.paths, options.home))
    if options.json:
        output.document(
            {
                "rules": [rule.id for rule in chosen],
                "messages": tried.messages,
                "cards": [json_form.card(card) for card in tried.cards],
                "switched_off": tried.slow,
            }
        )
        return 0
    rows = (
        (output.local(card.first_at), card.severity.value, card.rule, card.subject, str(card.count), card.text)
        for card in tried.cards
    )
    if tried.cards:
        output.table(("FIRST", "SEVERITY", "RULE", "SUBJECT", "COUNT", "WHY"), rows)
    for name, why in tried.slow.items():
        print(f"{name} was switched off: {why}")
    print(f"{len(tried.cards) or 'no'} cards of {len(chosen)} rules in {tried.messages} messages")
    return 0


def _chosen(made: list[Rule], wanted: str) -> list[Rule]:
    """A rule that is asked for by name is tried even where it is switched off."""
    if wanted == ALL:
        return [rule for rule in made if rule.is_enabled]
    found = [rule for rule in made if rule.id.lower() == wanted.lower()]
    if not found and Path(wanted).is_file():
        found, problems = rules.read({wanted: _text(wanted)}, json_lines.locate)
        if problems:
            raise ConfigError(tuple(problems))
    if not found:
        raise StateTraceError(f"no rule {sanitise(wanted, 80)!r}; `statetrace anomalies list` names them")
    return [_switched_on(rule) for rule in found]


def _switched_on(rule: Rule) -> Rule:
    return structs.replace(rule, is_enabled=True)


def _tried(chosen: list[Rule], events: Iterable[Event]) -> Tried:
    watch = Watch(chosen, _local)
    cards: dict[str, AnomalyCard] = {}
    count, last = 0, None
    for last in events:  # the last one ends the time
        count += 1
        cards.update((change.card.card_id, change.card) for change in watch.take(last))
    if last is not None:
        cards.update((c.card.card_id, c.card) for c in watch.pass_time(last.steady, last.at))
    cards.update((card.card_id, card) for card in watch.cards())
    return Tried(count, sorted(cards.values(), key=lambda card: card.first_at), watch.slow)


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()


def _events(paths: list[str], home: str | None) -> list[Event]:
    """Of all that is given, in the order of time."""
    redactor = Redactor(reading.key(home))
    found: list[Event] = []
    for path in paths:
        folder = Path(path)
        if folder.is_dir() and days.files(folder):
            found += _journaled(folder)
        else:
            found += _archived(path, redactor)
    return sorted(found, key=lambda event: event.steady)


def _journaled(folder: Path) -> Iterator[Event]:
    for signal in days.read(folder):
        if isinstance(signal.payload, LogLine):
            event = messages.of_line(signal.payload.raw, signal.steady, signal.received_at, seq=signal.seq)
            if event is not None:
                yield event


def _archived(path: str, redactor: Redactor) -> Iterator[Event]:
    for blob in captures.blobs([path]):
        if isinstance(blob, Refused):
            raise StateTraceError(f"{' '.join((blob.path, blob.member)).strip()}: {blob.reason}")
        raw, at = bytes(blob.raw), _modified(path)
        read = capture.read(blob.take, name=blob.name, redactor=redactor)
        logs = [section for section in read.sections if section.kind is Kind.LOG]
        if logs:
            rows = ((section.hostname, row) for section in logs for row in section.records)
            yield from (
                event
                for host, row in rows
                if isinstance(row, LogRow) and (event := messages.of_row(row, hostname(host), at)) is not None
            )
        else:
            lines = (redactor.line(line)[0] for line in raw.splitlines())
            yield from (event for line in lines if (event := messages.of_archived(line, at)) is not None)


def _modified(path: str) -> float:
    """A message that names no year is of the one before that at the latest."""
    file = Path(path)
    return file.stat().st_mtime if file.is_file() else time.time()
