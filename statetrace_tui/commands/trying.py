"""What rules would have found: in captures, in log files, and in journals as an engine would have.

Each message of a file counts at the time that it says of itself, and what a capture shows at the time at which it was
taken; captures of one hostname are one device's. A journal is fed to a pipeline, a signal at a time:
what came by two ways counts once, maintenance and captures are known, and its length is no matter.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, structs

from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.anomaly import AnomalyCard, Event, Rule
from statetrace_engine.model.captured import Captured, Kind, LogRow
from statetrace_engine.model.change import CardChanged
from statetrace_engine.model.names import hostname
from statetrace_engine.model.signal import LogLine, Polled, RuleOff, SettingsChanged, Signal, Tick
from statetrace_engine.parsing import capture, messages
from statetrace_engine.parsing.capture import Capture
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.feeding import Feeder
from statetrace_engine.runtime.rebuild import local
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Refused
from statetrace_engine.store import days
from statetrace_tui.commands import archived_facts, reading
from statetrace_tui.commands.archived_facts import Shows


class Tried(Struct):
    messages: int
    facts: int
    """That captures show."""
    cards: list[AnomalyCard]
    slow: Mapping[str, str]


def over(chosen: Sequence[Rule], paths: Sequence[str], home: str | None) -> Tried:
    """Raises StateTraceError."""
    folders = [path for path in paths if _is_journal(path)]
    found = [_journal(chosen, Path(folder)) for folder in folders]
    files = [path for path in paths if path not in folders]
    if files:
        found.append(_files(chosen, files, home))
    cards = [card for tried in found for card in tried.cards]
    slow = {rule: why for tried in found for rule, why in tried.slow.items()}
    messages, facts = sum(tried.messages for tried in found), sum(tried.facts for tried in found)
    return Tried(messages, facts, sorted(cards, key=lambda card: card.first_at), slow)


def _is_journal(path: str) -> bool:
    return Path(path).is_dir() and bool(days.files(Path(path)))


def _journal(chosen: Sequence[Rule], folder: Path) -> Tried:
    for file in days.files(folder):
        if why := days.why_unreadable(file):
            raise StateTraceError(f"{file}: {why}")
    pipeline = Pipeline(rules=tuple(chosen), local=local)
    feeder, cards, messages, facts = Feeder(pipeline), dict[str, AnomalyCard](), 0, 0
    for signal in days.read(folder):
        messages += isinstance(signal.payload, LogLine)
        facts += len(signal.payload.readings) if isinstance(signal.payload, Captured | Polled) else 0
        for change in (*feeder.feed(_as_tried(signal, chosen)), *feeder.warn()):
            if isinstance(change, CardChanged) and not change.card.is_own:
                cards[change.card.card_id] = change.card
    cards.update((card.card_id, card) for card in pipeline.desk.watch.cards() if card.card_id in cards)
    return Tried(messages, facts, list(cards.values()), pipeline.desk.watch.slow)


def _as_tried(signal: Signal, chosen: Sequence[Rule]) -> Signal:
    """The rules that are tried stand in the place of those that were in force."""
    payload = signal.payload
    if isinstance(payload, SettingsChanged):
        return structs.replace(signal, payload=structs.replace(payload, rules=tuple(chosen)))
    if isinstance(payload, RuleOff):
        return structs.replace(signal, payload=Tick())
    return signal


def _files(chosen: Sequence[Rule], paths: Iterable[str], home: str | None) -> Tried:
    redactor = Redactor(reading.key(home))
    read = [found for path in paths for found in _read(path, redactor)]
    shown = list(archived_facts.events(device for found in read for device in found.devices))
    events = sorted((*shown, *(e for found in read for e in found.messages)), key=lambda event: event.steady)
    watch = Watch(chosen, local)
    cards = {change.card.card_id: change.card for event in events for change in watch.take(event)}
    if events:  # the last one ends the time
        last = events[-1]
        cards.update((c.card.card_id, c.card) for c in watch.pass_time(last.steady, last.at))
    cards.update((card.card_id, card) for card in watch.cards())
    return Tried(len(events) - len(shown), len(shown), list(cards.values()), watch.slow)


class _Read(NamedTuple):
    """Of one file, or one member of an archive."""

    messages: list[Event]
    devices: list[Shows]


def _read(path: str, redactor: Redactor) -> Iterator[_Read]:
    for blob in captures.blobs([path]):
        if isinstance(blob, Refused):
            raise StateTraceError(f"{' '.join((blob.path, blob.member)).strip()}: {blob.reason}")
        raw, at = bytes(blob.raw), _modified(path)
        read = capture.read(blob.take, name=blob.name, redactor=redactor)
        yield _Read(list(_messages(read, raw, at, redactor)), archived_facts.devices(read, at))


def _messages(read: Capture, raw: bytes, at: float, redactor: Redactor) -> Iterator[Event]:
    logs = [section for section in read.sections if section.kind is Kind.LOG]
    if logs:
        rows = ((section.hostname, row) for section in logs for row in section.records)
        yield from (
            event
            for host, row in rows
            if isinstance(row, LogRow) and (event := messages.of_row(row, hostname(host), at)) is not None
        )
    else:
        lines = (redactor.line(line)[0] for line in _utf8(raw).splitlines())
        yield from (event for line in lines if (event := messages.of_archived(line, at)) is not None)


def _utf8(raw: bytes) -> bytes:
    """What Windows saves as text begins with a mark, and may be UTF-16."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8)


def _modified(path: str) -> float:
    """A message that names no year is of the one before that at the latest."""
    file = Path(path)
    return file.stat().st_mtime if file.is_file() else time.time()
