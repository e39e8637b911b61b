"""Pure. One syslog message → what it says of which subject, or why it says nothing: the entry of this room.

Nine of ten messages are about something else: they cost a search for a mnemonic or word of ours, and their hostname.
"""

from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.model import Epoch, names
from statetrace_engine.model.observation import DeviceEvent, Fact, LogMessage, Unparsed, Unrelated
from statetrace_engine.model.text import sanitise
from statetrace_engine.parsing import vendors
from statetrace_engine.parsing.facts import REACH, Message
from statetrace_engine.wire.syslog import Malformed, sender, split_header

_TAG = re.compile(rb"%([A-Za-z]\w*(?:-\w+){0,4}-[0-7]-\w+) ?:")
"""`%BGP-5-ADJCHANGE:`, `%ROUTING-BGP-5-ADJCHANGE :`"""
_PADDING = b"\r\n\0 "
_LIMIT = 4096
"""Bytes of a message that are read: ours are never longer, and time is bounded."""


def read(raw: bytes, received_at: Epoch, vendor: str = "") -> LogMessage | Unrelated | Unparsed:
    """What one message says; `vendor` (`cisco_ios`, …) helps where bodies and short names are shared.

    Unparsed: no syslog message, or one of ours whose body is not as it should be. Never raises.
    """
    text = raw[:_LIMIT].rstrip(_PADDING)
    found = _TAG.search(text)
    if found is not None:
        entry = vendors.of_tag(found[1])
    else:
        found = vendors.WORDS.search(text)
        entry = None if found is None else vendors.of_word(found[0])
    if entry is None or found is None:
        return _unrelated(text)
    for message in entry.messages:
        if message.is_around:
            match = message.pattern.search(text, max(0, found.start() - REACH), found.end() + REACH)
        else:
            match = message.pattern.match(text, found.end())
        if match is not None:
            return _said(text, received_at, vendor, entry.mnemonic, message, match, found.start())
    return _unparsed(text, f"{entry.mnemonic or found[0].decode('ascii')}: not worded as known")


def _said(
    text: bytes,
    received_at: Epoch,
    vendor: str,
    mnemonic: str,
    message: Message,
    match: re.Match[bytes],
    start: int,
) -> LogMessage | Unrelated | Unparsed:
    if message.build is None:
        return _unrelated(text)
    header = split_header(text, received_at)
    if isinstance(header, Malformed):
        return Unparsed(hostname="", why=header.why)
    groups = match.groupdict()
    groups["head"] = text[:start]
    try:
        said = message.build(groups, vendor or message.vendor)
    except ValueError as problem:
        return _unparsed(text, f"{mnemonic}: {problem}")
    return LogMessage(
        hostname=_canonical(header.hostname),
        device_time=header.device_time,
        is_time_trustworthy=header.is_time_trustworthy,
        is_whole_second=header.is_whole_second,
        assumed_zone_s=header.assumed_zone_s,
        mnemonic=mnemonic,
        facts=(said,) if isinstance(said, Fact) else (),
        events=(said,) if isinstance(said, DeviceEvent) else (),
    )


def _unrelated(text: bytes) -> Unrelated | Unparsed:
    hostname = sender(text)
    if isinstance(hostname, Malformed):
        return Unparsed(hostname="", why=hostname.why)
    return _from(hostname)


@lru_cache(maxsize=4096)
def _from(hostname: str) -> Unrelated:
    return Unrelated(hostname=_canonical(hostname))


def _unparsed(text: bytes, why: str) -> Unparsed:
    hostname = sender(text)
    return Unparsed(hostname="" if isinstance(hostname, Malformed) else _canonical(hostname), why=sanitise(why, 200))


def _canonical(hostname: str) -> str:
    return names.hostname(hostname) if hostname else ""
