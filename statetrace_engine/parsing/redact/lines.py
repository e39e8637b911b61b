r"""Pure. Secrets out of one line of a log, before it is stored or shown: the secret, not the line, becomes a mark.

    … logged command:username bob privilege 15 secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0
    … logged command:username bob privilege 15 secret 5 <redacted>

Most lines have none: two expressions over the lowered bytes say so, and the rest of the work is for the others.
"""

# ruff: noqa: E501 - an expression stands on one line
from __future__ import annotations

import re
from collections.abc import Callable

from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.redact.secrets import in_line, masked

MARK = b"<redacted>"
_LIMIT = 8192
_KEPT = 3000
"""Of a line longer than `_LIMIT` that may hold a secret: no device's line is so long, and the time is bounded. A
secret of one byte grows to a token, but the rest stays below the limit: what was cut once is not cut again."""

_TRIGGERS = late(
    rb"key|p(?:ass|w[d=]|sk|hash|mk )|secret|communit|auth|snmp|token|://|\$|ipsec spi|mail|curl |test aaa"
)
"""In lower case: most lines have none of these, and no secret; a shape that no word announces is not looked for in a log,
where it would cost every line. A regex of literals is twice as fast as any other."""
_WORTH = (
    r"(?<![a-z])keys?(?:[-\s_:=\"\'>]|$)|[-_]key|pass[wpc]|phash|pwd|secret|communit|auth(?: (?!state|fail|succ|type)|-(?:pass|type)|=|entication (?!fail|succ))"
    r"|snmp(?:-server)? (?:host|user|trap-)|snmp(?:walk|get|bulk|set|table|trap)|ipsec spi|mail[- ]server|manager environment"
    r"|pw=|pass=|_pass|sshpass|curl |test aaa|snmpv3 user|psk|token|://|\$|aq==|aqb|com2sec|createuser|security model:"
    r"|cak |pmk |akia|asia[0-9a-z]{16}|ghp_|gho_|glpat-|xox[abprs]-|aiza|sk_live|eyj|bearer |basic |encryption (?:vlan|mode|key)"
)
_LIKELY = late(_WORTH.encode("ascii"))
"""Of the rest, `publickey` and `Login Authentication Failed` are what a network logs all day."""


_LIKELY_TEXT = late(_WORTH, re.ASCII)


def is_likely(lowered: str) -> bool:
    """Whether a line in lower case is worth the rules."""
    return _LIKELY_TEXT.search(lowered) is not None


def line(raw: bytes) -> tuple[bytes, int]:
    """The line without its secrets, and how many were found. Idempotent; never raises; a line without any is returned itself."""
    return replaced(raw, lambda _secret, _kind: MARK)


def replaced(raw: bytes, mark: Callable[[str, str], bytes]) -> tuple[bytes, int]:
    """The same with marks of one's own: of the secret, one character a byte, and its kind."""
    lowered = raw.lower().replace(b"\t", b" ")
    if _TRIGGERS.search(lowered) is None or _LIKELY.search(lowered) is None:
        return raw, 0
    if len(raw) <= _LIMIT:
        return _without(raw, mark)
    kept, found = _without(raw[:_KEPT] + b" " + MARK, mark)
    return kept, found + 1


def _without(raw: bytes, mark: Callable[[str, str], bytes]) -> tuple[bytes, int]:
    text = raw.decode("latin-1")  # a character a byte: offsets are the same
    found = in_line(masked(text))
    pieces: list[bytes] = []
    at = 0
    for start, end, kind in found:
        pieces += (raw[at:start], mark(text[start:end], kind))
        at = end
    return b"".join((*pieces, raw[at:])) if found else raw, len(found)
