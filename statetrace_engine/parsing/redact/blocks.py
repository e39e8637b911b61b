"""Pure. Secrets of more than one line: PEM bodies, certificates in hex, banners, tables of secrets, keys by the line.

A banner is prose: where it speaks of credentials, what it says they are goes, and every word that no sentence has.
"""

# ruff: noqa: E501 - a pattern stands on one line

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.redact.rules import MASK
from statetrace_engine.parsing.redact.secrets import Secret, joined

_FLAGS = re.IGNORECASE | re.ASCII
_PEM = late(
    r"-{4,5}\s?BEGIN [A-Z0-9 ]{1,40}-{4,5}(?:\\n|\s)*+(?P<secret>(?:(?:Proc-Type|DEK-Info|Comment|Version|Subject):?[^\n]{0,200}+\n\s*+|[A-Za-z0-9+/=]{1,4000}+(?:\\n|\s)*+)++)",
    re.ASCII,
)
"""Without an end, as far as the body goes; certificates too: what they are is the PEM's own affair."""
_HEX = r"(?:[ \t]*+(?:[0-9A-F]{2,8}[ \t]++){3,}+(?:[0-9A-F]{2,8})?[ \t]*+\r?\n|[ \t]*+[0-9A-F]{8}(?:[ \t]++[0-9A-F]{2,8}){0,7}[ \t]*+\r?(?:\n|\Z))"
_CERTIFICATE = late(
    rf"^[ \t]*+certificate (?:self-signed|ca|ra-\w+|rollover)?[ \t]*+[0-9A-F]{{2,64}}[^\n]{{0,80}}\n[ \t]*+(?P<secret>(?:{_HEX})+)",
    _FLAGS | re.MULTILINE,
)
_KEY_LINES = late(
    r"^[ \t]*+(?:key-string|key-data|private-key)[ \t]*+\r?\n[ \t]*+(?P<secret>(?:(?![ \t]*+(?:quit|exit|end|!)\b)[ \t]*+[0-9A-Za-z+/=][0-9A-Za-z+/= \t]*+\r?(?:\n|\Z))+)",
    _FLAGS | re.MULTILINE,
)
_TYPED = late(
    r"pattern \"[^\"\n]{0,80}(?:assw|ecret)[^\n]{0,200}+\n[^\n]{0,80}cli command \"(?P<secret>[^\"\n"
    + MASK
    + r"]++)\"",
    _FLAGS,
)
"""EEM answers a prompt: the next command it types is the password."""

# Tables: a heading names a column of secrets.
_FIRST_COLUMN = late(
    r"^[ \t]*+(?:SNMP )?Community(?:[ -]?(?:Name|String))?[ \t]{2,}(?:Group|Access|Acl|Context|Index|Type|MIB|Security|Restriction|Version|View)[^\n]*\n",
    _FLAGS | re.MULTILINE,
)
_LAST_COLUMN = late(
    r"^[^\n]{0,200}(?:Pre-?shared Key|MD5 String|Shared secret|Secret key|Auth(?:entication)? Key[ \t]+String|Key Value)[ \t]*+\n",
    _FLAGS | re.MULTILINE,
)
_RULE_LINE = late(r"[\s=+|-]*$")
_FIRST = late(rf"^[ \t]*+\"?(?P<secret>[^\s\"{MASK}][^\s{MASK}]*+)")
_LAST = late(rf"(?<=\s)(?P<secret>[^\s{MASK}]{{1,200}})[ \t]*+$")
_PROMPT = late(r"\S{1,60}[#>]")

_BANNER = late(
    r"^[ \t]*+(?:set )?(?:(?:banner(?: (?:motd|login|exec|incoming|slip-ppp|prompt-timeout|post-login|pre-login|lcd))?|aaa authentication (?:banner|fail-message)) ?)"
    r"(?:(?P<delimiter>\^C|\x03|[^\sA-Za-z0-9])|(?P<heredoc>[ \t]*\r?\n))",
    _FLAGS | re.MULTILINE,
)
_LONGEST_BANNER = 8000
_CREDENTIAL = late(
    r"passw|passphrase|passcode|pwd|secret|credential|log ?in (?:with|as|using)|community|\bkey\b|\bpin\b|\bpsk\b|\buser(?:name)?[ :=/]",
    _FLAGS,
)
_ODD = late(
    rf"(?<!\S)[^\s{MASK}]*(?:[A-Za-z][^\s{MASK}A-Za-z]*[0-9@#$%&*_+=]|[0-9@#$%&*_+=][^\s{MASK}A-Za-z]*[A-Za-z])[^\s{MASK}]*",
    re.ASCII,
)
"""Letters with digits or signs among them: no word of a sentence."""
_SAID = late(
    rf"(?:passw(?:or)?d?|passphrase|passcode|pwd|secret|\bkey|\bpin|\bpsk|community)s?[ \t]*(?:is|are|[:=/-])+[ \t]*[\"']?(?P<secret>[^\s\"'{MASK}]++)",
    _FLAGS,
)

_Finder = Callable[[str, str], Iterator[Secret]]


def in_blocks(text: str, lowered: str) -> list[Secret]:
    """Where secrets of several lines stand in the masked text, sorted and apart."""
    found = [secret for trigger, find in _FINDERS if trigger in lowered for secret in find(text, lowered)]
    return joined(found) if found else found


def _pattern(pattern: re.Pattern[str], kind: str) -> _Finder:
    def find(text: str, _lowered: str) -> Iterator[Secret]:
        for match in pattern.finditer(text):
            start, end = match.span("secret")
            end = start + len(match["secret"].rstrip())
            if MASK not in match["secret"]:
                yield Secret(start, end, kind)

    return find


def _first_column(text: str, _lowered: str) -> Iterator[Secret]:
    yield from _tables(text, _FIRST_COLUMN, _FIRST, "snmp-community")


def _last_column(text: str, _lowered: str) -> Iterator[Secret]:
    yield from _tables(text, _LAST_COLUMN, _LAST, "key")


def _tables(text: str, heading: re.Pattern[str], cell: re.Pattern[str], kind: str) -> Iterator[Secret]:
    """The cells of each table's column, up to a blank line or a prompt behind its rows."""
    at = 0
    while found := heading.search(text, at):
        at = found.end()
        has_rows = False
        while at < len(text):
            end = text.find("\n", at)
            end = end if end >= 0 else len(text)
            line = text[at:end]
            if _PROMPT.match(line) or (has_rows and not line.strip()):
                break
            if not _RULE_LINE.match(line):
                has_rows = True
                if match := cell.search(line):
                    yield Secret(at + match.start("secret"), at + match.end("secret"), kind)
            at = end + 1


def _banners(text: str, lowered: str) -> Iterator[Secret]:
    at = 0
    while match := _BANNER.search(text, at):
        start = match.end()
        end = _banner_end(text, lowered, start, match["delimiter"])
        body = text[start:end]
        if _CREDENTIAL.search(body):
            for found in (*_SAID.finditer(body), *_ODD.finditer(body)):
                begin, stop = found.span("secret") if found.re is _SAID else found.span()
                yield Secret(start + begin, start + stop, "banner")
        at = end


def _banner_end(text: str, lowered: str, start: int, delimiter: str | None) -> int:
    end = (
        text.find(delimiter, start, start + _LONGEST_BANNER)
        if delimiter
        else lowered.find("\neof", start, start + _LONGEST_BANNER)
    )
    return end if end >= 0 else start


_FINDERS: tuple[tuple[str, _Finder], ...] = (
    ("begin ", _pattern(_PEM, "pem")),
    ("certificate ", _pattern(_CERTIFICATE, "certificate")),
    ("key-", _pattern(_KEY_LINES, "key")),
    ("private-key", _pattern(_KEY_LINES, "key")),
    ("pattern ", _pattern(_TYPED, "password")),
    ("community", _first_column),
    ("shared", _last_column),
    ("md5 string", _last_column),
    ("secret key", _last_column),
    ("key value", _last_column),
    ("banner", _banners),
    ("fail-message", _banners),
)
