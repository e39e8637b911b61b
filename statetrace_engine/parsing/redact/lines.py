r"""Pure. Secrets out of one line, before it is stored or shown: the secret, not the line, becomes `<redacted>`.

    … logged command:username bob privilege 15 secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0
    … logged command:username bob privilege 15 secret 5 <redacted>

By keyword (passwords, keys, communities of every vendor here) and by shape (crypt hashes, JunOS `$9$`, URL credentials).
In prose (`Failed password for root`) the word behind a keyword is kept when it is an ordinary one; in a
logged command never.
"""

# ruff: noqa: E501 - a rule stands on one line
from __future__ import annotations

import re

MARK = b"<redacted>"
_PASSES = 8
_LIMIT = 8192
_KEPT = 3000
"""Of a line longer than `_LIMIT` that may hold a secret: no device's line is so long, and the time is bounded. A
secret of one byte grows to ten, but the rest stays below the limit: what was cut once is not cut again."""

_TYPE = rb"(?:(?:level\s++\d+|\d{1,2}|encrypted|clear|clear-text|plain-text|ascii-text|ascii|hex|hexadecimal|hash|sha512|md5|unencrypted)\s++)*+"
"""How the secret is written, which stands before it: `secret 5 …`, `key 7 …`, `secret sha512 …`."""
_SECRET = rb"(?P<secret>(?!<redacted>)(?:\"[^\"]*\"?|'[^']+'|[^\s\"][^\s]*))"
_PROSE = (
    rb"(?!(?:for|is|was|were|has|have|had|been|expir\w*|chang\w*|policy|prompt|or|and|to|of|not|on|in|at|the|a|an|recovery|"
    rb"incorrect\w*|mismatch\w*|required|fail\w*|accepted|from|with|by|error\w*|invalid|authenticat\w*|check\w*|too|will|must|"
    rb"cannot|entered|configured|set|reset|mode|encryption|minimum|strength\S*|length|file|database|attempt\w*|manager|server|"
    rb"login|user\w*|key|keys|does|did|but|as|if|when|no|removed|added|updated|deleted|created|exchange|method)\b(?!-))"
)
_PASSWORD = rb"\b(?:password|passwd|passphrase|passcode|secret|pwd)\b[\"']?(?:\s*+[:=>]\s*+|\s++)" + _TYPE


def _rule(trigger: bytes, pattern: bytes) -> tuple[bytes, re.Pattern[bytes]]:
    return trigger, re.compile(pattern, re.IGNORECASE)


# A rule is tried when its trigger is in the line, in lower case. The group `secret` is what goes.
_RULES = (
    # JunOS audit: the path in brackets says what it is, and the old and new values follow it.
    _rule(b"ui_cfg", rb"\[[^\]]{0,400}?(?:password|secret|passphrase|[-\s]key|community)[^\]]{0,400}\]\s++(?P<secret>(?!<redacted>)\S.*)"),
    _rule(b"://", rb"://[^\s/@:]{0,100}:(?P<secret>(?!<redacted>@)[^\s@]{1,200})@"),
    _rule(b"key-string", rb"\bkey-string\s++(?:password\s++)?+" + _TYPE + rb"(?P<secret>(?!<redacted>)\S.*)"),
    _rule(b"key ", rb"\b(?:(?:tacacs|radius|ldap|aaa|dynamic-author)[^\s]*\s|server-private\s|client\s)(?:[^\s]+\s++){0,12}?(?:server-)?key\s++"
          + _TYPE + _SECRET),
    _rule(b"server-key", rb"\bserver-key\s++" + _TYPE + _SECRET),
    _rule(b"key ", rb"(?<![-\w])key\s++(?:[05678]|encrypted|clear)\s++" + _SECRET),
    _rule(b"isakmp", rb"\bisakmp\s++key\s++" + _TYPE + _SECRET),
    _rule(b"pre-shared-key", rb"\bpre-shared-key\s++(?:(?:local|remote|address\s++\S+(?:\s++\S+)?\s++key)\s++)?+" + _TYPE + _SECRET),
    _rule(b"-key ", rb"\b(?:message-digest-key|authentication-key|md5-key)\s++(?:\d+\s++)?+(?:(?:md5|hmac-\S+|sha\d*|type\s++\S+|value)\s++)*+"
          + _TYPE + _SECRET),
    _rule(b"key", rb"\b(?:config-key\s++\S+|(?:api|private|secret|access|session|auth|encryption)[-_]key|set-key)(?:\s*+[:=]\s*+|\s++)"
          + _TYPE + _SECRET),
    _rule(b" key ", rb"\b(?:md5|authentication)\s++\d+\s++key\s++" + _TYPE + _SECRET),
    _rule(b"authentication ", rb"\b(?:standby|vrrp|glbp)\s++(?:\d+\s++)?+authentication\s++(?:text\s++)?+(?!md5\b|key\b)" + _TYPE + _SECRET),
    _rule(b"nhrp", rb"\b(?:nhrp)\s++authentication\s++" + _SECRET),
    _rule(b"auth ", rb"\bauth\s++(?:md5|sha(?:[- ]?\d{3})?+)\s++" + _SECRET),
    _rule(b"priv ", rb"\bpriv\s++(?:(?:des|3des|aes)(?:[- ]?(?:128|192|256))?+\s++|(?=0x))" + _SECRET),
    _rule(b"communit", rb"\bsnmp(?:-server)?\s++community\s++(?!from\b|name\b|string\b|in\b|for\b)" + _TYPE + _SECRET),
    _rule(b"ocommunity", rb"\b[rw][ow]community6?\s++" + _SECRET),
    _rule(b"communit", rb"\bcommunity\s*+(?:name|string)?+\s*+[:=(]\s*+(?P<secret>(?!<redacted>)[^\s)]+)"),
    _rule(b"communit", rb"\bcommunity\s++(?:name|string)\s++(?:of\s++|is\s++)?(?!\()" + _PROSE + _SECRET),
    _rule(b"snmp-server host", rb"\bsnmp-server\s++host\s++\S+\s++(?:(?:traps|informs|vrf\s++\S+|use-vrf\s++\S+)\s++)*+(?:version\s++(?:1|2c)\s++)?+"
          rb"(?!version\b|traps\b|informs\b|vrf\b|use-vrf\b|source-interface\b|filter-vrf\b)" + _TYPE + _SECRET),
    _rule(b"psk", rb"\b(?:wpa-psk|psk|psksecret|set-psk)(?:\s*+[:=]\s*+|\s++)" + _TYPE + _SECRET),
    _rule(b"token", rb"\b(?:token|bearer)(?:\s*+[:=]\s*+|\s++)" + _PROSE + _SECRET),
)  # fmt: skip
_TYPED = _rule(b"", _PASSWORD + _SECRET)[1]
_WRITTEN = _rule(b"", _PASSWORD + _PROSE + _SECRET)[1]
_SHAPE = _rule(b"", rb"(?P<secret>\$(?:1|2[abxy]?|5|6|8|9|14|y|sha1|sha256)\$[^\s\"';,)\]}>]+)")[1]
"""crypt(3) and JunOS: what no keyword announces."""
_COMMAND_WORDS = (b"command", b"cmd", b"ui_cfg", b"accounting", b"vty[", b"username ", b"neighbor ", b"enable ")


_TRIGGERS = re.compile(rb"key|pass|pwd|secret|communit|auth|snmp|psk|token|://|\$")
"""In lower case: most lines have none of these, and no secret. A regex of literals is twice as fast as any other."""
_LIKELY = re.compile(
    rb"(?<![a-z])key[-\s_:=\"]|pass[wpc]|pwd|secret|communit|auth(?: (?:md5|sha)|entication (?!fail|succ))"
    rb"|snmp-server host|psk|token|://|\$"
)
"""Of the rest, `publickey` and `Login Authentication Failed` are what a network logs all day."""


def line(raw: bytes) -> tuple[bytes, int]:
    """The line without its secrets, and how many were found. Idempotent; never raises; a line without any is returned itself."""
    lowered = raw.lower().replace(b"\t", b" ")
    if _TRIGGERS.search(lowered) is None or _LIKELY.search(lowered) is None:
        return raw, 0
    if len(raw) > _LIMIT:
        kept, found = _all(raw[:_KEPT])
        return kept + b" " + MARK, found + 1
    return _all(raw)


def _all(raw: bytes) -> tuple[bytes, int]:
    total = 0
    for _ in range(_PASSES):  # what a secret covered may turn out to be the next keyword
        raw, found = _once(raw)
        if not found:
            return raw, total
        total += found
    likely = _LIKELY.search(raw.lower())  # it does not settle: fail closed
    return raw[: likely.start() if likely else 0] + MARK, total + 1


def _once(raw: bytes) -> tuple[bytes, int]:
    lowered = raw.lower().replace(b"\t", b" ")
    total = 0
    for trigger, pattern in _RULES:
        if trigger in lowered:
            raw, found = pattern.subn(_without, raw)
            total += found
    if b"pass" in lowered or b"secret" in lowered or b"pwd" in lowered:
        is_command = any(word in lowered for word in _COMMAND_WORDS)
        raw, found = (_TYPED if is_command else _WRITTEN).subn(_without, raw)
        total += found
    if b"$" in lowered:
        raw, found = _SHAPE.subn(_without, raw)
        total += found
    return raw, total


def _without(match: re.Match[bytes]) -> bytes:
    whole, start, (begin, end) = match[0], match.start(), match.span("secret")
    return whole[: begin - start] + MARK + whole[end - start :]
