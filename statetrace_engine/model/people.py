"""Pure. Who did what."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model import Epoch


class Operator(Struct, frozen=True, kw_only=True):
    """A person with an identity that the operating system authenticated, or a local account."""

    name: str
    """`DOMAIN\\user` or `user@host`."""
    invoked_by: str = ""
    """Under sudo: the user who called it."""
    is_fallback: bool = False


class AuditEntry(Struct, frozen=True, kw_only=True):
    """Append-only; `digest` covers every other field and the digest before it."""

    seq: int
    at: Epoch
    operator: str
    action: str
    """`acknowledge`, `undo`, `hand-over`, `maintenance`, `baseline`, `drill`, …"""
    subject: str
    detail: str
    digest: str
