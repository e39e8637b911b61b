"""Run as a program: `ingest_child.py STORE FILE…` ingests and says each file that is settled, until it is killed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from statetrace_engine.runtime.ingesting import files
from statetrace_engine.runtime.ingesting import run as ingesting
from statetrace_engine.runtime.ingesting.run import Place
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session
from statetrace_engine.workers import reading
from statetrace_engine.workers.profile import IngestSettings

KEY = b"k" * 32


def place(store: Path, session: Session, emit: Callable[..., None] = lambda *_, **__: None) -> Place:
    return Place(
        captures=Captures(store),
        file=session.write_captures,
        key=KEY,
        settings=IngestSettings(file_limit_s=5),
        emit=emit,
    )


if __name__ == "__main__":
    reading.FUNCTION = "reading_children:file"
    session = Session(Path(sys.argv[1]), time.time)
    for event in ingesting.run(place(Path(sys.argv[1]), session), files.found(map(Path, sys.argv[2:]))):
        print(event, flush=True)
