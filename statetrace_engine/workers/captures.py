"""What a worker does with a file: bytes → captures of devices → packed rows and texts, ready for the store."""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b, file_digest
from operator import itemgetter
from pathlib import Path
from time import perf_counter

from msgspec import Struct

from statetrace_engine.model import Epoch, aged_text, names
from statetrace_engine.model.captured import VersionRow
from statetrace_engine.model.filed import FiledCapture, FiledFile, FiledSection
from statetrace_engine.model.packed import pack, pack_numbers
from statetrace_engine.model.text import writable
from statetrace_engine.parsing import capture as captures
from statetrace_engine.parsing import capture_time, identity
from statetrace_engine.parsing.capture import Capture, Section, Slice
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.sources import captures as archives
from statetrace_engine.workers import reading
from statetrace_engine.workers.reading import Job, Refused
from statetrace_engine.workers.template_process import TemplateProcess

Span = tuple[int, int]
_WHOLE_BYTES = 64 << 20
_MOST_ANSWER = 56 << 20
"""What the engine's door and a transaction take at once."""
_LATEST = datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp()
"""What can be printed."""
_TOLD = 5
"""Reasons of a file that holds nothing."""


class _Part(Struct, frozen=True):
    """A device's own text, cut out of its capture, and how places move."""

    spans: list[Span]
    """In order."""
    bases: list[int]
    """Where each span begins in the new text."""
    text: str
    offsets: array[int]

    def moved(self, place: int) -> int:
        at = bisect_left(self.spans, place, key=itemgetter(1))
        return self.bases[at] + max(0, place - self.spans[at][0]) if at < len(self.spans) else len(self.text)

    def shifted(self, places: Sequence[int], within: int) -> Sequence[int]:
        """All places of one section, which stands at `within` and in one span."""
        shift = self.moved(within) - within
        return array("q", (place + shift for place in places)) if shift else places


def read(raw: bytes) -> bytes:
    """One job, answered: a `FiledFile`, or why there is none. Never raises for what is in a file."""
    job = reading.decode_job(raw)
    try:
        answer = reading.encode(_read(job))
    except FileNotFoundError:
        return reading.encode(Refused("it has disappeared", is_gone=True))
    except OSError as error:
        return reading.encode(Refused(f"it cannot be read: {error.strerror or error}"))
    if len(answer) <= _MOST_ANSWER:
        return answer
    return reading.encode(Refused(f"it holds too much to be stored at once ({len(answer) >> 20} MB packed): split it"))


def _read(job: Job) -> FiledFile | Refused:
    began = perf_counter()
    size, file_key, blobs = _opened(job)
    found: list[FiledCapture] = []
    remarks: list[str] = []
    for blob in blobs:
        member = writable(blob.member)
        where = f"{member}: " if member else ""
        if isinstance(blob, archives.Refused):
            remarks.append(where + blob.reason)
            continue
        made = captures.read(
            blob.take,
            name=blob.name,
            vendor=job.vendor or None,
            redactor=_redactor(job.key),
            fallback=_templates().parse,
        )
        found += _filed(made, member, job)
        remarks += (where + remark for remark in (*made.remarks, *_clocks_ahead(made, job.modified_at)))
    if not found:
        return Refused("; ".join(remarks[:_TOLD]) or ("no output of a device is in it" if size else "it is empty"))
    return FiledFile(
        file_key=file_key,
        reading=reading.name(job.site, job.vendor),
        name=writable(os.fsdecode(job.path)),
        size_bytes=size,
        modified_at=job.modified_at,
        parse_ms=(perf_counter() - began) * 1e3,
        captures=tuple(found),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _opened(job: Job) -> tuple[int, str, Iterable[archives.Found]]:
    """Its size, its keyed hash and what is in it; a large archive is not read as a whole."""
    path = os.fsdecode(job.path)
    if path == archives.STDIN:
        return len(job.content), _hash(job.key, job.content), archives.unpacked(path, job.content)
    found = Path(path).stat()
    if not stat.S_ISREG(found.st_mode):
        return 0, "", [archives.Refused(path, "", "it is no regular file")]  # a pipe would be waited for
    if found.st_size <= _WHOLE_BYTES:
        content = Path(path).read_bytes()
        return len(content), _hash(job.key, content), archives.unpacked(path, content)
    with Path(path).open("rb") as file:
        file_key = file_digest(file, lambda: blake2b(key=job.key, digest_size=32)).hexdigest()
    return found.st_size, file_key, archives.blobs([path])


def _hash(key: bytes, content: bytes) -> str:
    return blake2b(content, key=key, digest_size=32).hexdigest()


@lru_cache(maxsize=1)
def _templates() -> TemplateProcess:
    """One beside each worker; its process starts with the first section that needs it."""
    return TemplateProcess()


@lru_cache(maxsize=1)
def _redactor(key: bytes) -> Redactor:
    return Redactor(key)


def _filed(capture: Capture, member: str, job: Job) -> Iterable[FiledCapture]:
    for device in capture.slices:
        sections = [section for section in capture.sections if section.hostname == device.hostname]
        part = _part(capture, device)
        text, offsets = aged_text.pack(aged_text.apart(part.text, part.offsets))
        version = next((row for one in sections for row in one.records if isinstance(row, VersionRow)), VersionRow())
        hostname = names.hostname(device.hostname or version.hostname or "")
        at = _device_time(capture, sections, job.modified_at)
        yield FiledCapture(
            member=member,
            site=job.site or (names.site_of(hostname) if hostname else job.site_hint),
            hostname=hostname,
            vendor=device.vendor,
            model=version.model or "",
            version=version.version or "",
            captured_at=job.modified_at if at is None else at,
            is_device_time=at is not None,
            is_truncated=device.is_truncated,
            start=device.start,
            end=device.end,
            text=text,
            offsets=offsets,
            sections=tuple(_filed_section(section, part) for section in sections),
            identity=identity.of(((section.kind, section.records) for section in sections), device.vendor, at),
        )


def _part(capture: Capture, device: Slice) -> _Part:
    """The whole text where it has one device: also what stands before its first prompt."""
    spans = [(0, len(capture.text))] if len(capture.slices) == 1 else device.spans
    bases: list[int] = []
    pieces: list[str] = []
    offsets = array("q")
    size = 0
    for start, end in spans:
        bases.append(size)
        pieces.append(capture.text[start:end])
        numbers = capture.offsets.numbers(start, end)
        for at in range(0, len(numbers), 2) if size else ():
            numbers[at] += size
        offsets += numbers
        size += end - start
    return _Part(spans, bases, "".join(pieces), offsets)


def _filed_section(section: Section, part: _Part) -> FiledSection:
    packed = pack(
        section.kind,
        section.records,
        part.shifted(section.starts, section.text_start),
        part.shifted(section.ends, section.text_start),
    )
    missed = [place for span in section.unparsed for place in span]
    return FiledSection(
        command=f"{section.command} | {section.pipe}" if section.pipe else section.command,
        kind=section.kind.value,
        start=section.start,
        end=section.end,
        text_start=part.moved(section.text_start),
        text_end=part.moved(section.text_end),
        is_truncated=section.is_truncated or section.is_filtered,
        rows=len(section.records),
        unparsed=len(section.unparsed),
        digest=packed.digest,
        body=packed.body,
        beside=packed.beside,
        missed=pack_numbers(part.shifted(missed, section.text_start)),
    )


def _device_time(capture: Capture, sections: Iterable[Section], modified_at: Epoch) -> Epoch | None:
    """What the device's clock said, where that can be."""
    return next((at for at in _said(capture, sections) if capture_time.is_credible(at, modified_at)), None)


def _clocks_ahead(capture: Capture, modified_at: Epoch) -> Iterable[str]:
    """Devices of which no word about the time was believed."""
    for device in capture.slices:
        said = list(_said(capture, [section for section in capture.sections if section.hostname == device.hostname]))
        if said and not any(capture_time.is_credible(at, modified_at) for at in said):
            clock = datetime.fromtimestamp(min(said[0], _LATEST), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            name = device.hostname or "a device"
            yield f"{name}: its clock says {clock}, after its file was written: the file's time is taken"


def _said(capture: Capture, sections: Iterable[Section]) -> Iterable[Epoch]:
    """Every time that the device's clock said."""
    for section in sections:
        if section.command.startswith(capture_time.COMMANDS):
            at = capture_time.read(capture.text[section.text_start : section.text_end])
            if at is not None:
                yield at
