"""`statetrace redact FILE…`: captures without their secrets, to be given away; on stdout, or as files below --out."""

from __future__ import annotations

import argparse
import codecs
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from statetrace_engine.config import local_key
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.model.text import sanitise, writable
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.parsing.redact.hostnames import hostnames
from statetrace_engine.parsing.redact.pseudonyms import Pseudonyms
from statetrace_engine.parsing.transcript import decoding
from statetrace_tui.commands import full_disk, homes, output

MAX_BYTES = 256_000_000
_PACKED_MARKS = (b"\x1f\x8b\x08", b"PK\x03\x04", b"\xfd7zXZ\0", b"BZh", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
"""Whatever it is called: what is packed would pass as it is, with all its secrets."""
_PACKED = (".gz", ".zip", ".xz", ".bz2", ".zst", ".7z")
_STDIN = "-"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = re.compile(r"[\x00-\x02\x04-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\r*\n|\Z)")
"""What a terminal acts upon: behind a backspace or an escape may stand a secret that the screen no longer shows."""


class Source(NamedTuple):
    """A file to read, and what it is called below --out."""

    path: Path
    below: Path


class Cleaned(Struct):
    """What was replaced in one file; never what it was."""

    path: str
    out: str | None = None
    """Where it went; None: to stdout, or into the document."""
    kinds: dict[str, int] = {}
    addresses: int = 0
    hostnames: int = 0


def run(options: argparse.Namespace) -> int:
    """0 when every file was read and written; 3 when one was not: the others are."""
    home = homes.of(options).path
    key = local_key.of(home)
    work = _Work(Redactor(key), _pseudonyms(options, key), Path(options.out) if options.out else None, options.json)
    sources = list(_sources(options.files))
    work.check(sources)
    for source in sources:
        try:
            work.clean(source)
        except (OSError, UnicodeError, StateTraceError) as error:
            work.failed.append(str(source.path))
            why = full_disk.words(error, home) or (error.strerror if isinstance(error, OSError) else "") or str(error)
            print(f"statetrace: {sanitise(str(source.path))}: {sanitise(why)}", file=sys.stderr)
    if options.json:
        output.document({"files": work.documents, "failed": work.failed})
    return 3 if work.failed else 0


class _Work:
    """One run: where its results go, and what became of each file."""

    def __init__(self, redactor: Redactor, pseudonyms: Pseudonyms | None, out: Path | None, as_json: bool) -> None:
        self._redactor, self._pseudonyms, self._out, self._as_json = redactor, pseudonyms, out, as_json
        self.documents: list[dict[str, object]] = []
        self.failed: list[str] = []

    def check(self, sources: Sequence[Source]) -> None:
        """Raises ConfigError when a result would stand where an input or another result does; nothing is written."""
        if self._out is None:
            return
        inputs = {source.path.resolve() for source in sources}
        targets = Counter(self._target(source).resolve() for source in sources)
        problems = [f"{path}: is an input; choose another folder with --out" for path in targets if path in inputs]
        problems += [f"{path}: two inputs would go there; redact them apart" for path, n in targets.items() if n > 1]
        if problems:
            raise ConfigError(tuple(problems))

    def clean(self, source: Source) -> None:
        raw = _read(source.path)
        mark, encoding, text = _decoded(raw)
        redacted = self._redactor.text(text)
        said = Cleaned(path=str(source.path), kinds=dict(sorted(redacted.kinds.items())))
        text = redacted.text
        if self._pseudonyms:
            disguised = self._pseudonyms.text(text)
            text, said.addresses, said.hostnames = disguised.text, disguised.addresses, disguised.hostnames
        result = mark + text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "surrogatepass")
        if self._out is not None:
            target = self._target(source)
            said.out = str(target)
            _write(target, result)
        elif not self._as_json:
            sys.stdout.flush()
            sys.stdout.buffer.write(result)
            sys.stdout.buffer.flush()
        self._report(said, text)

    def _target(self, source: Source) -> Path:
        """A file's name tells of its device too."""
        below = str(source.below)
        return (self._out or Path()) / (self._pseudonyms.text(below).text if self._pseudonyms else below)

    def _report(self, said: Cleaned, text: str) -> None:
        kinds = ", ".join(f"{kind} {count}" for kind, count in said.kinds.items()) or "nothing"
        parts = [f"redacted {kinds}"]
        if self._pseudonyms:
            parts.append(f"pseudonyms for {said.addresses} addresses, {said.hostnames} hostnames")
        print(f"{sanitise(said.path)}: {'; '.join(parts)}", file=sys.stderr)
        if self._as_json:
            whole: dict[str, object] = {"path": said.path, "out": said.out, "redacted": sum(said.kinds.values())}
            whole |= {"kinds": said.kinds, "addresses": said.addresses, "hostnames": said.hostnames}
            whole["text"] = writable(text) if said.out is None else None
            self.documents.append(whole)


def _pseudonyms(options: argparse.Namespace, key: bytes) -> Pseudonyms | None:
    """A name that one capture tells is known in all."""
    if not options.pseudonyms:
        return None
    names: set[str] = set()
    for source in _sources(options.files):
        if str(source.path) == _STDIN:
            raise ConfigError((f"{_STDIN}: --pseudonyms reads every capture twice; name a file",))
        try:
            names |= hostnames(_decoded(_read(source.path))[2])
        except (OSError, UnicodeError, StateTraceError):
            continue  # told when it is its turn
    return Pseudonyms(key, names)


def _sources(files: Sequence[str]) -> Iterator[Source]:
    """Each file, and every file in each folder; links in a folder are not followed."""
    for name in files:
        path = Path(name)
        if name == _STDIN or not path.is_dir():
            yield Source(path, Path(path.name if name != _STDIN else "stdin"))
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            for one in sorted(names):
                found = Path(folder, one)
                if found.is_file() and not found.is_symlink():
                    yield Source(found, found.relative_to(path))


def _read(path: Path) -> bytes:
    if str(path) == _STDIN:
        raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    elif path.suffix.lower() in _PACKED:
        raise StateTraceError("is packed; unpack it first")
    else:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    if raw.startswith(_PACKED_MARKS):
        raise StateTraceError("is packed; unpack it first")
    if len(raw) > MAX_BYTES:
        raise StateTraceError(f"is larger than {MAX_BYTES // 1_000_000} MB; split it")
    return raw


def _decoded(raw: bytes) -> tuple[bytes, str, str]:
    """Its byte order mark, its encoding and its text: as it is, or, of a terminal's raw log, what the screen showed.

    Bytes that are no text come back as they were.
    """
    mark, encoding, text = _as_it_is(raw)
    return (b"", "utf-8", decoding.decode(raw).text) if _CONTROLS.search(text) else (mark, encoding, text)


def _as_it_is(raw: bytes) -> tuple[bytes, str, str]:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            plain = "utf-8" if encoding == "utf-8-sig" else encoding
            errors = "surrogateescape" if plain == "utf-8" else "surrogatepass"
            return mark, plain, raw[len(mark) :].decode(plain, errors)
    return b"", "utf-8", raw.decode("utf-8", "surrogateescape")


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all. Raises OSError that names `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".redact-")
        fresh = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
