"""`statetrace inventory draft|import`: an inventory to begin with, from captures or from a table; TOML either way."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.config import inventory_csv
from statetrace_engine.config.inventory_file import Known
from statetrace_engine.errors import ConfigError, StateTraceError, StoreError
from statetrace_engine.reports import inventory_draft
from statetrace_engine.runtime import interchanging
from statetrace_engine.store.captures import Captures
from statetrace_tui.commands import answers, homes, output, writing


def run(options: argparse.Namespace) -> int:
    text = _draft(homes.of(options).path) if options.action == "draft" else _import(options)
    if options.json:
        output.document({"toml": text, "out": options.out})
    elif not options.out:
        sys.stdout.write(text)
    if options.out:
        _write(Path(options.out), text)
    return 0


def _draft(home: Path) -> str:
    status = answers.ask(home, lambda engine: engine.status())
    senders = status.counters.unknown_senders if status is not None else {}
    try:
        devices = tuple(interchanging.drafts(Captures(answers.data_dir(home) / answers.STORE)))
    except ValueError as error:
        raise StoreError(f"a capture cannot be read: {error}") from error
    if not devices and not senders:
        print("Nothing has been captured in this home yet: `statetrace ingest PATH…` first.", file=sys.stderr)
    return inventory_draft.text(devices, senders)


def _import(options: argparse.Namespace) -> str:
    """Raises ConfigError with every problem of the table."""
    path = Path(options.file)
    with path.open("rb") as file:
        raw = file.read(inventory_csv.MOST_BYTES + 1)
    if len(raw) > inventory_csv.MOST_BYTES:
        raise StateTraceError(f"{path} is larger than {inventory_csv.MOST_BYTES >> 20} MB: is it the right file?")
    settings = config.load(homes.of(options).path)
    known = Known(runbooks=[book.name for book in settings.runbooks], snmp=settings.snmp)
    text, problems = inventory_csv.read(_decoded(raw), str(path), settings.policy, known)
    if problems:
        raise ConfigError(tuple(problems))
    return text


def _decoded(raw: bytes) -> str:
    """As spreadsheets save: UTF-8, with a mark or without, UTF-16 with one, else the Western page of Windows."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _write(path: Path, text: str) -> None:
    """A file that is there is kept: it may be somebody's inventory."""
    try:
        writing.anew(path, text.encode("utf-8"))
    except FileExistsError:
        raise StateTraceError(f"{path} is there already: choose another --out, or move it away") from None
