"""`statetrace ingest PATH…`: captures from files, directories and archives into the store, each once."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from statetrace_engine import config
from statetrace_engine.config import local_key
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.text import sanitise
from statetrace_engine.runtime.ingesting import files
from statetrace_engine.runtime.ingesting import run as ingesting
from statetrace_engine.runtime.ingesting.files import File
from statetrace_engine.runtime.ingesting.run import Event, Place, Planned, Settled, Settlement, Waiting
from statetrace_engine.sources.captures import Refused
from statetrace_engine.store.captures import Captures
from statetrace_engine.telemetry import Telemetry
from statetrace_tui.commands import answers, comparing, homes, json_form, output, vendors
from statetrace_tui.commands.comparing import Compared, Comparing
from statetrace_tui.commands.filing import Filing
from statetrace_tui.commands.stopping import Stop
from statetrace_tui.present.words import count

INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""


class View(Protocol):
    """Follows a run on standard error."""

    def show(self, event: Event | Compared) -> None: ...

    def close(self) -> None: ...


class Result(Struct):
    """What a run came to."""

    counts: dict[Settlement, int] = field(default_factory=dict)
    rejected: list[Settled] = field(default_factory=list)
    captures: list[CaptureSummary] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    size_bytes: int = 0
    files: int = 0
    runs: list[DiffRun] | None = None
    """What was compared; None: an engine does it, or it was not come to."""

    def note(self, event: Event) -> None:
        if isinstance(event, Planned):
            self.files, self.size_bytes = self.files + event.files, event.size_bytes
        if not isinstance(event, Settled):
            return
        self.counts[event.settlement] = self.counts.get(event.settlement, 0) + 1
        self.captures += event.captures
        self.remarks += [(event.file.path, remark) for remark in event.remarks]
        if event.settlement is Settlement.REJECTED:
            self.rejected.append(event)

    def count(self, settlement: Settlement) -> int:
        return self.counts.get(settlement, 0)

    @property
    def is_complete(self) -> bool:
        return sum(self.counts.values()) == self.files


def run(options: argparse.Namespace) -> int:
    """0; 1 when a file was rejected, with the reason; 130 when it was interrupted: the next run reads the rest."""
    vendors.check(options.vendor)
    home = homes.of(options).path
    settings = config.load(home)
    config.create(home)
    found, refused = files.find(options.paths, options.site, time.time())
    telemetry = Telemetry(home / "logs", time.time)
    began, result = time.monotonic(), Result(files=len(refused))
    view = _view(options.json)
    with Stop() as stop, Filing(home) as file:
        place = Place(
            captures=Captures(answers.data_dir(home) / answers.STORE),
            file=file,
            key=local_key.load(home),
            settings=settings.ingest,
            emit=telemetry.emit,
            sites=ingesting.sites_of((device.hostname, device.site) for device in settings.inventory.devices),
        )
        compared = Comparing(home, file, telemetry.emit)
        try:
            for event in chain(map(_rejected, refused), _events(place, found, options, stop)):
                if isinstance(event, Waiting):
                    file.prepare()
                    compared.some(event.settled_until)
                    continue
                result.note(event)
                view.show(event)
                if isinstance(event, Settled) and event.captures:
                    compared.stored()
            if not stop.is_asked:
                result.runs = compared.rest(
                    [one.capture_id for one in result.captures if one.hostname],
                    show=view.show,
                    should_stop=lambda: stop.is_asked,
                )
        except (StateTraceError, OSError) as error:
            error.add_note(_kept(result))
            raise
        finally:
            view.close()
            compared.close()
            telemetry.write()
    _report(result, time.monotonic() - began, options.json)
    if not result.is_complete:
        return INTERRUPTED
    return 1 if result.rejected else 0


def _events(place: Place, found: list[File], options: argparse.Namespace, stop: Stop) -> Iterator[Event | Waiting]:
    return ingesting.run(place, found, site=options.site, vendor=options.vendor, should_stop=lambda: stop.is_asked)


def _kept(result: Result) -> str:
    """The file that met the failure may be stored too: its transaction ends before all is written."""
    stored = f"{result.count(Settlement.STORED):,} of {count(result.files, 'file')} of this run"
    return f"{stored} were stored before; what is stored is whole, and the next run reads the rest."


def _rejected(found: Refused) -> Event:
    return Settled(File(found.path, 0, 0.0), Settlement.REJECTED, found.reason)


def _view(is_json: bool) -> View:
    if sys.stderr.isatty():
        from statetrace_tui.commands.ingest_bar import Bar  # rich: only where there is a bar to see

        return Bar()
    return Quiet() if is_json else Lines()


class Quiet:
    def show(self, event: Event | Compared) -> None:
        pass

    def close(self) -> None:
        pass


class Lines(Quiet):
    """One line a device that is stored, one a file that is rejected."""

    def show(self, event: Event | Compared) -> None:
        if isinstance(event, Settled):
            for line in lines(event):
                print(line, file=sys.stderr, flush=True)


def lines(event: Settled) -> Iterator[str]:
    """What a person should know of one file; nothing of one that was skipped."""
    name = sanitise(Path(event.file.path).name, 80)
    for one in event.captures:
        unparsed = f", {one.unparsed} lines not understood" if one.unparsed else ""
        device = f"{one.site or '-'} {one.hostname or '(no hostname)'} {one.vendor or '(unknown vendor)'}"
        yield sanitise(f"{device}: {one.sections} sections, {one.rows} rows{unparsed} ({name})", 200)
    for remark in event.remarks:
        yield sanitise(f"{name}: {remark}", 200)
    if event.settlement is Settlement.REJECTED:
        yield sanitise(f"{name}: rejected: {event.reason}", 300)


def _report(result: Result, seconds: float, is_json: bool) -> None:
    if is_json:
        output.document(document(result, seconds))
        return
    words = [f"{result.count(each)} {each.value}" for each in Settlement if result.count(each)]
    rows = sum(one.rows for one in result.captures)
    print(f"{count(result.files, 'file')}: {', '.join(words) or 'none'}; {count(rows, 'row')} in {seconds:.1f} s")
    if changed := comparing.sentence(result.runs):
        print(sanitise(changed, 300))
    if not result.is_complete:
        print("interrupted: what is stored is whole, and the next run reads the rest", file=sys.stderr)


def document(result: Result, seconds: float) -> dict[str, object]:
    return {
        "files": result.files,
        "bytes": result.size_bytes,
        "stored": result.count(Settlement.STORED),
        "skipped": result.count(Settlement.SKIPPED),
        "rejected": [{"path": one.file.path, "reason": one.reason} for one in result.rejected],
        "remarks": [{"path": path, "remark": remark} for path, remark in result.remarks],
        "complete": result.is_complete,
        "seconds": round(seconds, 3),
        **comparing.document(result.runs),
        "captures": [json_form.capture(one) for one in result.captures],
    }
