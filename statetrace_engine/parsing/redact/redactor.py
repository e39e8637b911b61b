"""Pure. A text without its secrets, and the way back to the old offsets.

Substring tests find the few lines that can hold a secret; only those meet the rules.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b

from msgspec import Struct

from statetrace_engine.parsing.redact.blocks import in_blocks
from statetrace_engine.parsing.redact.lines import is_likely, replaced
from statetrace_engine.parsing.redact.secrets import Secret, hide, in_line, joined, masked
from statetrace_engine.parsing.redact.wrapping import Chain, chains

_WORDS = (
    "key", "assw", "pass", "phash", "pwd", "secret", "communit", "auth", "snmp", "psk", "token", "://", "$",
    "aq==", "aqb", "com2sec", "createuser", "cak ", "pmk ", "akia", "gho_", "ghp_", "github_pat_", "glpat-", "xox",
    "aiza", "sk_live", "eyj", "bearer", "begin ", "certificate ", "banner", "security model", "md5 string", "ipsec spi",
    "mail", "pw=", "curl ", "test aaa",
)  # fmt: skip
"""In lower case: a text without any holds no secret."""
_LONGEST_WORD = max(map(len, _WORDS))
_PIECE = 1 << 20
_ROUNDS = 3


class Redacted(Struct, frozen=True):
    """A text with its secrets replaced."""

    text: str
    edits: list[tuple[int, int, int]]
    """Start, end (in characters of the old text) and the new length of each replacement, sorted, not overlapping."""
    kinds: dict[str, int]
    """How many of each kind were replaced."""


class Redactor:
    """Replaces each secret by `<redacted:kind:hmac8>`: under one key (at most 64 bytes), the same secret is always the
    same token, so that what changed can still be seen."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, secret: str, kind: str) -> str:
        """What stands for a secret: its kind, and 8 hex digits that only the key can give."""
        digest = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=4).hexdigest()
        return f"<redacted:{kind}:{digest}>"

    def line(self, raw: bytes) -> tuple[bytes, int]:
        """One line of a log without its secrets, and how many were found; a line without any is returned itself."""
        return replaced(raw, lambda secret, kind: self.token(secret, kind).encode("ascii"))

    def text(self, text: str) -> Redacted:
        """The text without its secrets: idempotent, in time linear in the text. Never raises."""
        found = secrets_of(text)
        pieces: list[str] = []
        edits: list[tuple[int, int, int]] = []
        at = 0
        for start, end, kind in found:
            token = self.token(text[start:end].replace("\r", "").replace("\n", ""), kind)
            pieces += (text[at:start], token)
            edits.append((start, end, len(token)))
            at = end
        return Redacted("".join((*pieces, text[at:])) if found else text, edits, Counter(kind for _, _, kind in found))


def secrets_of(text: str) -> list[Secret]:
    """Where secrets stand, sorted and apart."""
    if not _may_hold_any(text):
        return []
    lowered = _lowered(text)
    shown = masked(text)
    found = in_blocks(shown, lowered)
    shown = hide(shown, found) if found else shown
    broken = [chain for chain in chains(shown) if _is_likely(chain)]
    for _ in range(_ROUNDS):
        new = joined([secret for chain in broken for secret in _in_chain(chain)])
        shown = hide(shown, new)
        more = _in_lines(shown, _lowered(shown) if found or new else lowered)
        shown = hide(shown, more)
        found += new + more
        if not broken or not more:
            break
        broken = [chain for chain in chains(shown) if _is_likely(chain)]
    return joined(found)


def _may_hold_any(text: str) -> bool:
    """Whether a word of secrets is in it, be it broken by a terminal; piece by piece, for the sake of memory."""
    left = ""
    for at in range(0, len(text), _PIECE):
        piece = left + text[at : at + _PIECE].lower().replace("\r", "").replace("\n", "")
        if _holds_any(piece):
            return True
        left = piece[-_LONGEST_WORD:]
    return False


def _holds_any(lowered: str) -> bool:
    return any(word in lowered for word in _WORDS)


def _lowered(text: str) -> str:
    """Of the same length: one letter's lower case is two."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def _is_likely(chain: Chain) -> bool:
    lowered = chain.text.lower()
    return _holds_any(lowered) and is_likely(lowered)


def _in_chain(chain: Chain) -> list[Secret]:
    return [Secret(*chain.original(start, end), kind) for start, end, kind in in_line(chain.text)]


def _in_lines(text: str, lowered: str) -> list[Secret]:
    found = []
    for start, end in _candidates(text, lowered):
        line = text[start:end]
        found += [Secret(start + a, start + b, kind) for a, b, kind in in_line(line)]
    return found


def _candidates(text: str, lowered: str) -> list[tuple[int, int]]:
    """The lines that hold a word of secrets."""
    lines: dict[int, int] = {}
    for word in _WORDS:
        at = lowered.find(word)
        while at >= 0:
            start = text.rfind("\n", 0, at) + 1
            end = text.find("\n", at)
            end = end if end >= 0 else len(text)
            lines[start] = end
            at = lowered.find(word, end)
    return [(start, end) for start, end in sorted(lines.items()) if is_likely(lowered[start:end])]
