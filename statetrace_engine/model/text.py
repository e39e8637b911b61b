"""Pure. Text from devices made safe for terminals: no control character survives, whatever the sender wrote."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def sanitise(text: str, limit: int = 2000) -> str:
    """One line without control, bidirectional or zero-width characters; each becomes `.`; cut at `limit` with `..`."""
    if len(text) > limit:
        text = text[: limit - 2] + ".."
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(".", text)


def writable(text: str) -> str:
    """Text that UTF-8 has bytes for: a file's name need not be text, and what of it is none becomes `?`."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def decode(raw: bytes, limit: int = 2000) -> str:
    """Bytes of a device as `sanitise`d text; bytes that are no UTF-8 become `\\ufffd`."""
    return sanitise(raw.decode("utf-8", "replace"), limit)
