"""`statetrace parse FILE…`: what is in captures. Writes nothing and needs no home."""

from __future__ import annotations

import argparse
import re
import sys

import msgspec

from statetrace_engine.model.text import sanitise, writable
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture, Section
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.sources import captures
from statetrace_engine.sources.captures import Blob, Refused
from statetrace_tui.commands import output, reading, vendors

_UNPARSED_SHOWN = 20
_BEYOND = re.compile("[^\x00-\x7e]")
_encoder = msgspec.json.Encoder()


def run(options: argparse.Namespace) -> int:
    """0; 3 when a file could not be read, with the reason on standard error: the others are."""
    vendors.check(options.vendor)
    redactor = Redactor(reading.key(options.home))
    code = 0
    with reading.Templates() as fallback:
        for found in captures.blobs(options.files):
            if isinstance(found, Refused):
                _complain(found.path, found.member, found.reason)
                code = 3
                continue
            read = capture.read(
                found.raw,
                name=found.name,
                vendor=options.vendor,
                command=options.typed,
                redactor=redactor,
                fallback=fallback,
            )
            for remark in read.remarks:
                _complain(found.path, found.member, remark)
            (_write if options.json else _show)(found, read)
    return code


def _complain(path: str, member: str, reason: str) -> None:
    print(f"statetrace: {sanitise(' '.join((path, member)).strip(), 300)}: {sanitise(reason, 300)}", file=sys.stderr)


def _write(found: Blob, read: Capture) -> None:
    """One document, on one line, in ASCII: it survives any locale, and no terminal obeys it."""
    document = {
        "path": writable(found.path),
        **({"member": writable(found.member)} if found.member else {}),
        "slices": [
            {
                "hostname": each.hostname,
                "vendor": each.vendor,
                "votes": each.votes,
                "truncated": each.is_truncated,
                "start": each.start,
                "end": each.end,
            }
            for each in read.slices
        ],
        "sections": [_section(found.raw, read, each) for each in read.sections],
        "remarks": read.remarks,
    }
    encoded = _encoder.encode(document)
    if not encoded.isascii() or b"\x7f" in encoded:
        encoded = _BEYOND.sub(_escaped, encoded.decode("utf-8")).encode("ascii")
    _put(encoded)


def _put(line: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _section(raw: bytes, read: Capture, section: Section) -> dict[str, object]:
    return {
        "hostname": section.hostname,
        "vendor": section.vendor,
        "command": section.command,
        "kind": section.kind,
        "records": section.records,
        "unparsed": [{"line": line, "text": text} for line, text in read.lines(raw, section.unparsed)],
        "truncated": section.is_truncated,
        "filtered": section.is_filtered,
        "start": section.start,
        "end": section.end,
    }


def _show(found: Blob, read: Capture) -> None:
    """A table a file, and below it the lines that were not understood."""
    print(sanitise(f"{found.path} {found.member}".strip(), 200))
    output.table(
        ("device", "vendor", "command", "kind", "records", "unparsed", ""),
        [
            (
                each.hostname or "-",
                each.vendor or "unknown",
                each.command or "-",
                each.kind,
                str(len(each.records)),
                str(len(each.unparsed)),
                ", ".join(word for word, said in _marks(each) if said),
            )
            for each in read.sections
        ],
    )
    for section in read.sections:
        for line, text in read.lines(found.raw, section.unparsed[:_UNPARSED_SHOWN]):
            print(f"  line {line}: {sanitise(text, 120)}")
        if (more := len(section.unparsed) - _UNPARSED_SHOWN) > 0:
            print(f"  and {more} more of {sanitise(section.command, 60)}")
    print()


def _marks(section: Section) -> tuple[tuple[str, bool], ...]:
    return ("truncated", section.is_truncated), ("filtered", section.is_filtered)
