"""Our own SNMP engine: its ID, of a home for good, and how often its time has begun anew (RFC 3411, RFC 3414)."""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct

from statetrace_engine.wire.usm_receiver import MAX_BOOTS, Identity

log = logging.getLogger("statetrace.engine")
NAME = "snmp-engine.json"
_ENTERPRISE = 8072
"""Net-SNMP's, under which an ID may be random octets (RFC 3411 section 5); we have none of our own."""
_RANDOM = 0x80


class _Kept(Struct):
    engine_id: str
    """In hex."""
    boots: int


def begin(data: Path) -> Identity:
    """The home's engine, begun once more; told to the disk before anybody hears of it.

    One that cannot be read or kept is another engine, as informs cope with: they discover it.
    """
    path = data / NAME
    before = _read(path)
    if before is None or not 0 < before.boots < MAX_BOOTS - 1:
        before = _Kept(_new_id().hex(), 0)
    now = _Kept(before.engine_id, before.boots + 1)
    try:
        _write(path, msgspec.json.encode(now))
    except OSError as error:
        log.warning("%s cannot be written (%s): SNMPv3 has another engine ID until the next start", path, error)
        return Identity(_new_id(), 1)
    return Identity(bytes.fromhex(now.engine_id), now.boots)


def _read(path: Path) -> _Kept | None:
    """None when there is none, or none that can be used."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        return kept if 5 <= len(bytes.fromhex(kept.engine_id)) <= 32 else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read (%s): SNMPv3 gets another engine ID", path, error)
        return None


def _new_id() -> bytes:
    return (_ENTERPRISE | 1 << 31).to_bytes(4, "big") + bytes((_RANDOM,)) + secrets.token_bytes(8)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".json.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
