"""Pure. What no rule recognises and may still be a secret: a keyword of secrets with something behind it.

Left alone are words that name a thing rather than its value (`key chain BGP`, `send-community`) and values that are
none (`community 65000:1`). Everything else behind the keyword is taken for a secret, to the end of the line.
"""

# ruff: noqa: E501 - a table stands on few lines
from __future__ import annotations

import re

from statetrace_engine.parsing.patterns import late
from statetrace_engine.parsing.redact.rules import MASK, TYPE, WHERE

_FLAGS = re.IGNORECASE | re.ASCII
_CORE = late(
    r"pass(?:word|wd|phrase|code)s?|secrets?|communit(?:y|ies)|(?<![a-z])psk|(?<![a-z0-9])keys?(?![a-z])", _FLAGS
)
_REACH = 64
_IN_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_BEHIND = late(r"[\"']?(?:[ \t]*+[:=][ \t\"']*+|[ \t]++[\"'(]?)(?:is[ \t]++)?")
_KNOWN = late(
    WHERE + r"(?>(?:(?:address|hostname|local|remote|host)\s++(?:\S{1,80}\s++)?){0,4})" + TYPE
    + rf"(?:\d++\s++)?(?>(?:(?:md5|sha\S*|type|value|key|key-string|text)\s++){{0,6}})[\"'(\[]*+(?:{MASK}|(?:key|password|secret|key-string|set-key|(?:new|current)-master-key)\b)", _FLAGS
)  # fmt: skip
"""What says how and whose, up to what a rule has found, or to the next keyword."""
_VALUE = late(rf"[^\s{MASK}]++")

_NAMES_A_THING = late(
    r"[\w.-]*?(?:encrypt(?:ion)?|policy|policies|history|min-length|recovery|chain|chains|keychain|list|lists|set|map|server-group|id|type|name|names|hash|"
    r"length|size|lifetime|format|pair|value|values|exchange|label|usage|index|zeroize|generate|protect\w*|aging|strength\w*|check|prompt|authentication)"
    r"|(?:send|ext|extended|large|standard|no|well-known|link-bandwidth|route-target|match|set|delete)[-_]?communit(?:y|ies)|nopassword|pubkey|public[-_]key|public[-_]keys|mypubkey|ssh[-_]key|sshkey|host[-_]?key|hostkey"
    r"|license[-_]key|activation-key|primary-key|foreign-key|accept-key|send-key|hot-?key|key-chain|key-id|keyed|tie-breaking-key",
    _FLAGS,
)  # fmt: skip
_AHEAD = late(
    r"(?:licen[cs]e|activation|software|product|function|space|any|each|no|invalid|wrong|public|host|rsa|dsa|ecdsa|ed25519|dss|"
    r"extended|ext|large|standard|set|match|delete|add|ip|route|bgp|with|same|press|hot|primary|sort|hash|lookup|foreign|mcast|admin|oper|actor|partner|lacp|port|aggregat\w+|tunnel|gre|and|or|the|a)[ \t\"']*$",
    _FLAGS,
)  # fmt: skip
"""The word before `key` or `community` that says which one: none of these is a secret."""
_NO_VALUE = {
    "key": late(
        r"(?:chain|chains|generate|zeroize|import|export|rsa|dsa|ecdsa|ed25519|ssh\S*|mypubkey|pubkey\S*|storage|exchange|management|server|size|length|type|id|index|name|names|usage|"
        r"version|algorithm\S*|pair|pairs|hash\S*|fingerprint\S*|lifetime\S*|rollover|encryption|derivation|not|is|was|are|has|have|found|modulus|data|disabled|enabled|valid|invalid|never|none|"
        r"of|for|in|on|to|and|or|from|with|at|the|by|if|identifier|information|config-key|strength|status|sequence\S*|agreement|bits?|value|values|changed?|up|down|installed|missing|expired|"
        r"unknown|not-set|unset|no|yes|default|attribute\S*|codes?|legend|description|meaning|features?|field\S*|columns?|press\S*|--|\d{1,10}|0x[0-9a-f]{1,8}|[-=~*.|>(\[{]+\S*)$", _FLAGS),
    "community": late(
        r"(?:unauthori[sz]ed|invalid|unknown|unexpected|wrong|\[?\(?\d+:\d+\S*|\d{1,10}|0x[0-9a-f]+|no-(?:export|advertise|peer|llgr)\S*|local-as|internet|additive|none|gshut|graceful-shutdown|blackhole|accept-own\S*|llgr-stale|route-filter\S*|"
        r"RT:\S*|SoO?:\S*|target:\S*|origin:\S*|rt|soo|bandwidth:\S*|encap\S*|color:\S*|opaque:\S*|large:\S*|members?|add|set|delete|is|was|not|has|list|lists|exact\S*|match\S*|attribute\S*|values?|sent|"
        r"both|standard|extended|large|name|names|string|strings|securityname|security-name|view|mismatch|from|to|for|and|or|of|in|on|with|by|the|access|group|index|type|map|format|new-format|number|id|support\S*|capabilit\S*|filter\S*|expanded|"
        r"permit|deny|comparison|count|flags?|(?:[0-9a-f]+[:.]){2,}\S*|\$\S+|[-=~*.|>(\[{}]+\S*)$", _FLAGS),
    "password": late(
        r"(?:for|is|was|were|has|have|had|been|expir\w*|chang\w*|policy|prompt|or|and|to|of|not|on|in|at|the|a|an|recovery|incorrect\w*|mismatch\w*|required|fail\w*|accepted|from|with|by|error\w*|"
        r"invalid|authenticat\w*|check\w*|too|will|must|cannot|entered|configured|set|reset|mode|encryption|minimum|strength\S*|length|file|database|attempt\w*|server|login|does|did|but|as|if|when|no|removed|added|"
        r"updated|deleted|created|method|history|aging|secure|disabled?|enabled?|never|yes|none|n/a|true|false|confidential|safe|please|before|after|complexity|protect\w*|restrict\w*|min\S*|max\S*|life\S*|"
        r"default|keychain|key-chain|key|hash|hashes|type|hidden|encrypted|unencrypted|\*+|<removed>|<hidden>|[-=~*.|>(\[{}]+)$", _FLAGS),
}  # fmt: skip
_FREE_TEXT = late(r"\s*+(?:description|remark|name|hostname|banner|location|contact|!|#|//|Description:)[ \t]?", _FLAGS)
_LICENSE = late(r"licen[cs]e|activation-key", re.IGNORECASE)


def unrecognised(line: str) -> tuple[int, int] | None:
    """What stands behind the first keyword that names no thing, to the end of the masked line; None: there is none."""
    is_text = bool(_FREE_TEXT.match(line)) or bool(_LICENSE.search(line))
    seen = 0
    for found in _CORE.finditer(line):
        if found.start() < seen:
            continue  # in a word that was looked at
        start = _edge(line, found.start(), -1)
        end = _edge(line, found.end(), 1)
        seen = end
        family = _family(found[0].lower())
        if family != "password" and is_text:
            continue
        if _NAMES_A_THING.fullmatch(line, start, end):
            continue
        if family != "password" and _AHEAD.search(line, max(0, start - _REACH), start):
            continue
        value = _value(line, end)
        if value is None or _NO_VALUE[family].match(line[slice(*value)].rstrip("\"';,).]:").lower()):
            continue
        if (last := _last(line)) > value[0]:
            return value[0], last
    return None


def _family(core: str) -> str:
    return "community" if core.startswith("comm") else "key" if core.startswith("key") else "password"


def _edge(line: str, at: int, step: int) -> int:
    """The end of the word that goes on at this place, no further than a word of a device goes."""
    for _ in range(_REACH):
        here = at if step > 0 else at - 1
        if not 0 <= here < len(line) or line[here] not in _IN_WORD:
            break
        at += step
    return at


def _value(line: str, end: int) -> tuple[int, int] | None:
    behind = _BEHIND.match(line, end)
    if behind is None or _KNOWN.match(line, behind.end()):
        return None
    found = _VALUE.match(line, behind.end())
    return found.span() if found else None


def _last(line: str) -> int:
    return len(line.rstrip(" \t\r\"';"))
