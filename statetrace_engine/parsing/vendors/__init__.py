"""Pure. The registry: every vendor's messages by mnemonic and by words. A new vendor is one module and one line here.

Mnemonics are shared between vendors with different bodies (`BGP-5-ADJCHANGE`): all rows of a mnemonic are tried in
the order of the modules, the plainest bodies (IOS) last. The severity does not tell messages apart; a facility may
have a prefix (XR `ROUTING-BGP`, JunOS `DAEMON`) or the number of a switch behind it (IOS `SYS-SW1`). A key that ends
in `*` stands for a family (`ETHPORT-IF_DOWN_*`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from statetrace_engine.parsing.facts import Message
from statetrace_engine.parsing.vendors import (
    arista_eos,
    aruba_aoscx,
    cisco_ios,
    cisco_nxos,
    cisco_xr,
    fastiron,
    frr,
    hp_procurve,
    juniper_junos,
    paloalto_panos,
)


class Entry(Struct, frozen=True):
    """What is known under one mnemonic or word."""

    mnemonic: str
    messages: tuple[Message, ...]


_TABLES = (
    arista_eos.MESSAGES,
    cisco_nxos.MESSAGES,
    cisco_xr.MESSAGES,
    juniper_junos.MESSAGES,
    frr.MESSAGES,
    fastiron.MESSAGES,
    aruba_aoscx.MESSAGES,
    paloalto_panos.MESSAGES,
    hp_procurve.MESSAGES,
    cisco_ios.MESSAGES,
)
_BY_KEY: dict[str, tuple[Message, ...]] = {}
for _messages in _TABLES:
    for _message in _messages:
        for _key in _message.keys:
            _BY_KEY[_key] = (*_BY_KEY.get(_key, ()), _message)

ALL_KEYS = frozenset(_BY_KEY)
_MNEMONIC_KEY = re.compile(r"[A-Za-z]\w*-\w+\*?")
_FAMILIES = tuple(key for key in _BY_KEY if key.endswith("*"))
_BARE_TAG = re.compile(r"[A-Z][A-Z0-9_]+")
_WORD_KEYS = sorted((key for key in _BY_KEY if not _MNEMONIC_KEY.fullmatch(key)), key=lambda key: (-len(key), key))


def _words(keys: Iterable[str]) -> re.Pattern[bytes]:
    """One alternation, grouped by first letter: a letter that begins no key costs one look, not one per key."""
    by_letter: dict[str, list[bytes]] = {}
    for key in keys:
        rest = re.escape(key[1:].encode()) + (rb"(?![A-Z_])" if _BARE_TAG.fullmatch(key) else b"")
        by_letter.setdefault(key[0], []).append(rest)
    return re.compile(
        b"|".join(re.escape(letter.encode()) + b"(?:" + b"|".join(rests) + b")" for letter, rests in by_letter.items())
    )


WORDS = _words(_WORD_KEYS)
"""Finds the first word of ours in a message without mnemonic; give what it matched to `of_word`."""
_BY_WORD = {key.encode(): Entry(" ".join(_BARE_TAG.findall(key)[:1]), _BY_KEY[key]) for key in _WORD_KEYS}

of_word = _BY_WORD.get

_TAG = re.compile(r"([A-Za-z]\w*(?:-\w+)*)-[0-7]-(\w+)")
_MEMBER = re.compile(r"SW\d+(?:_.*)?|SP|RP|STBY|DFC\d+|SLOT\w+|\d+|SWITCH_?\d+\w*")


@lru_cache(maxsize=4096)
def of_tag(tag: bytes) -> Entry | None:
    """What is known of `BGP-5-ADJCHANGE`, as the message has it; None: nothing of ours."""
    name = tag.decode("ascii")
    match = _TAG.fullmatch(name)
    if match is None:
        return None
    parts, mnemonic = match[1].split("-"), match[2]
    owner = parts[0] if len(parts) > 1 and _MEMBER.fullmatch(parts[-1]) else parts[-1]
    key = f"{owner}-{mnemonic}"
    found = (
        _BY_KEY.get(key)
        or _BY_KEY.get(mnemonic)
        or next((_BY_KEY[f] for f in _FAMILIES if key.startswith(f[:-1])), None)
    )
    return Entry(name, found) if found else None
