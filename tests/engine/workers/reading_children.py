"""What a pool's workers run in tests: a job is a word that says what happens to its reader."""

from __future__ import annotations

import os
import re
import signal
import time
from hashlib import blake2b
from pathlib import Path

from statetrace_engine.model import packed
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.model.text import writable
from statetrace_engine.workers import reading, templates
from statetrace_engine.workers.pipes import Connection


def read(job: bytes) -> bytes:
    word, _, rest = job.decode().partition(" ")
    match word:
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(600)
        case "bug":
            raise KeyError("hunter2")
        case "eat":
            return bytes(bytearray(4 << 30))[:1]
        case "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        case "pid":
            return str(os.getpid()).encode()
        case "wait":
            while not Path(rest).exists():
                time.sleep(0.01)
    return word.upper().encode()


def hanging_templates(connection: Connection, limit_s: float) -> None:
    """A template process whose templates never come to an end."""
    templates.parsed = lambda _task: re.match("(a+)+$", "a" * 100 + "b")  # type: ignore[assignment,return-value]
    templates.main(connection, limit_s)


def file(raw: bytes) -> bytes:
    """Reads a capture of one line, `HOSTNAME next-hop next-hop …`; a first word in lower case is one of `read`."""
    job = reading.decode_job(raw)
    try:
        content = job.content if job.path == b"-" else Path(os.fsdecode(job.path)).read_bytes()
    except FileNotFoundError:
        return reading.encode(reading.Refused("it has disappeared", is_gone=True))
    words = content.decode().split()
    if not words:
        return reading.encode(reading.Refused("it is empty"))
    if words[0].islower():
        read(content.strip())
        words = ["AFTER-" + words[0].upper()]
    rows = [RouteRow(vrf="default", prefix="10.0.0.0/8", next_hop=hop) for hop in words[1:]]
    body = packed.pack(Kind.ROUTES, rows, list(range(len(rows))), list(range(1, len(rows) + 1)))
    section = FiledSection(
        command="show ip route", kind="routes", start=0, end=len(content), text_start=0, text_end=len(content),
        is_truncated=False, rows=len(rows), unparsed=0, digest=body.digest, body=body.body, beside=body.beside,
        missed=packed.pack_numbers([]),
    )  # fmt: skip
    capture = FiledCapture(
        member="", site=job.site or words[0].partition("-")[0], hostname=words[0], vendor="cisco_ios", model="",
        version="", captured_at=job.modified_at, is_device_time=False, is_truncated=False, start=0, end=len(content),
        text=packed.pack_text(content.decode()), offsets=packed.pack_numbers([0, 0]), sections=(section,),
    )  # fmt: skip
    name = writable(os.fsdecode(job.path))
    file_key = blake2b(content, key=job.key, digest_size=32).hexdigest()
    return reading.encode(
        FiledFile(
            file_key=file_key, reading=reading.name(job.site, job.vendor),
            name=name, size_bytes=len(content), modified_at=job.modified_at, parse_ms=1.0, captures=(capture,),
        )
    )  # fmt: skip
