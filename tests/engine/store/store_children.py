"""Run as a program: processes that write until they are killed, or until the disk is full.

`store_children.py journal|store FOLDER` says each sequence it was told is on disk; `full-journal|full-store FOLDER`
meets a full disk (RLIMIT_FSIZE), says the error, gets room and says how it ended.
"""

from __future__ import annotations

import sys
from pathlib import Path

import store_facts as facts

from statetrace_engine.model.health import HealthState
from statetrace_engine.store.journal import Journal
from statetrace_engine.store.restore import read
from statetrace_engine.store.writer import StoreWriter

ROWS = 20
STATES = (HealthState.HEALTHY, HealthState.DOWN, HealthState.DEGRADED)


def say(*words: object) -> None:
    print(*words, flush=True)


def journal(folder: Path) -> None:
    kept = Journal(folder)
    while True:
        kept.append(facts.lines(kept.next_seq, ROWS))
        if kept.flush():
            say(kept.written_seq)


def store(folder: Path) -> None:
    path = folder / "statetrace.db"
    writer, seq = StoreWriter(path, settle_s=0), read(path).last_seq
    while True:
        seq += 1
        at = facts.T0 + seq
        rows = [facts.changed(number, STATES[seq % 3], at, seq) for number in range(ROWS)]
        writer.submit([*rows, facts.opened(seq, at), facts.acted(seq)], seq, b"checkpoint %d" % seq)
        if writer.flush():
            say(seq)


def full_journal(folder: Path) -> None:
    kept = Journal(folder, retry_s=0.01)
    kept.append(facts.lines(1, 10))
    kept.flush()
    limit(64 * 1024)
    kept.append(facts.lines(11, 5_000))
    kept.flush(1.0)
    say(kept.error)
    unlimit()
    say(kept.flush(facts.PATIENCE_S), kept.written_seq, kept.dropped, repr(kept.error))
    kept.close()


def full_store(folder: Path) -> None:
    writer = StoreWriter(folder / "statetrace.db", settle_s=0, retry_s=0.01)
    writer.submit(facts.failure(1, facts.T0, 1), 1)
    writer.flush(facts.PATIENCE_S)
    limit(256 * 1024)
    for seq in range(2, 12):
        writer.submit([facts.changed(number, STATES[seq % 3], facts.T0 + seq, seq) for number in range(500)], seq)
    writer.flush(1.0)
    say(writer.error)
    unlimit()
    say(writer.flush(facts.PATIENCE_S), writer.dropped, repr(writer.error))
    writer.close()


def limit(size: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def unlimit() -> None:
    limit(2**40)


TASKS = {"journal": journal, "store": store, "full-journal": full_journal, "full-store": full_store}

if __name__ == "__main__":
    TASKS[sys.argv[1]](Path(sys.argv[2]))
