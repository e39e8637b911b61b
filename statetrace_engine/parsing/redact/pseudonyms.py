"""Pure. A capture told of other devices and other addresses, and otherwise the same: parse(redact(x)) ≅ parse(x).

WLLS-A01-AR-01#show ip route      →  QKZT-T61-RF-83#show ip route
O  10.20.0.0/16 via 10.1.1.2         O  10.187.0.0/16 via 10.94.31.2
"""

# ruff: noqa: E501 - a pattern stands on one line
from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv6Address

from msgspec import Struct

from statetrace_engine.parsing.redact.addresses import Addresses, ipv4_text, ipv6_text, mask_length
from statetrace_engine.parsing.redact.hostnames import Hostnames

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
_SCAN = re.compile(
    r"(?P<token><redacted[^>\n]{0,40}>)"
    r"|(?P<subnetted>\d{1,3}(?:\.\d{1,3}){3}/(?P<implied>\d{1,2})(?= is subnetted))"
    rf"|(?<![\w.])(?P<ipv4>{_IPV4})(?!\w|\.\d|-\d*[A-Za-z])(?:/(?P<length>\d{{1,2}})(?!\d)|(?=[ \t/]{{1,40}}(?P<mask>{_IPV4})(?![\w]|\.\d)))?"
    r"|(?<![\w:.])(?P<ipv6>(?:[0-9A-Fa-f]{1,4}:{1,2}|::)(?:[0-9A-Fa-f]{1,4}:{1,2}){0,7}(?:[0-9A-Fa-f]{1,4})?)(?![\w:])(?:/(?P<length6>\d{1,3})(?!\d))?"
    r"|(?P<word>[A-Za-z][\w-]*+(?:\.[\w-]++)*+)"
    r"|(?P<space> {2,})"
    r"|(?P<newline>\n)",
    re.ASCII,
)


class Disguised(Struct, frozen=True):
    """A text under pseudonyms, and how many of each kind were put in."""

    text: str
    addresses: int
    hostnames: int


class Pseudonyms:
    """The other names of addresses, and of the hostnames that `hostnames` found in every capture of a run."""

    def __init__(self, key: bytes, names: Iterable[str] = ()) -> None:
        self._addresses = Addresses(key)
        self._names = Hostnames(key, names)

    def text(self, text: str) -> Disguised:
        """The text under pseudonyms; columns stand where they stood as far as blanks allow. Never raises."""
        return _Disguise(text, self._addresses, self._names).done()


class _Disguise:
    """One text on its way: what the line owes to its columns, and what a heading said of the masks below it."""

    def __init__(self, text: str, addresses: Addresses, names: Hostnames) -> None:
        self._text, self._addresses, self._names = text, addresses, names
        self._pieces: list[str] = []
        self._owed = 0
        self._implied: int | None = None
        self._counts = {"addresses": 0, "hostnames": 0}

    def done(self) -> Disguised:
        at = 0
        for match in _SCAN.finditer(self._text):
            new = self._replaced(match)
            if new is not None:
                self._pieces += (self._text[at : match.start()], new)
                at = match.end()
        return Disguised("".join((*self._pieces, self._text[at:])), **self._counts)

    def _replaced(self, match: re.Match[str]) -> str | None:
        if match["space"]:
            return self._blanks(len(match["space"]))
        if match["newline"]:
            self._owed = 0
            return None
        new = self._word(match) if match["word"] else self._address(match)
        if new is not None:
            self._owed += len(new) - len(match[0])
        return new

    def _blanks(self, width: int) -> str | None:
        if not self._owed:
            return None
        kept = max(1, width - self._owed)
        self._owed -= width - kept
        return " " * kept

    def _word(self, match: re.Match[str]) -> str | None:
        word = match["word"]
        whole = self._names.of(word)
        if whole is None and "." in word:
            label, _, rest = word.partition(".")
            first, domain = self._names.of(label), self._names.of(rest)
            whole = f"{first or label}.{domain or rest}" if first or domain else None
        if whole is not None:
            self._counts["hostnames"] += 1
        return whole

    def _address(self, match: re.Match[str]) -> str | None:
        if match["subnetted"]:
            self._implied = int(match["implied"])
            address, _, length = match["subnetted"].partition("/")
            return self._ipv4(address, _classful(_number(address)) or int(length)) + f"/{length}"
        if match["ipv4"]:
            return self._with_mask(match)
        return self._ipv6(match["ipv6"], match["length6"]) if match["ipv6"] else None

    def _with_mask(self, match: re.Match[str]) -> str:
        text = match["ipv4"]
        if match["length"] is not None:
            return self._ipv4(text, int(match["length"])) + "/" + match["length"]
        length = mask_length(_number(match["mask"])) if match["mask"] else None
        if length is None and mask_length(_number(text)) is not None:
            return text  # a mask itself
        return self._ipv4(text, self._said_nowhere(text) if length is None else length)

    def _said_nowhere(self, text: str) -> int | None:
        """The length of an address without a mask: a heading's, or its class's, where it is a network by that."""
        number = _number(text)
        if self._implied is not None and not number & ((1 << (32 - min(self._implied, 32))) - 1):
            return self._implied
        return _classful(number)

    def _ipv4(self, text: str, length: int | None) -> str:
        """A network stays one: where all bits behind its length are zero, they stay zero."""
        number = _number(text)
        if length is None or length > 32 or number & ((1 << (32 - length)) - 1):
            length = 32
        self._counts["addresses"] += 1
        return ipv4_text(self._addresses.ipv4(number, length))

    def _ipv6(self, text: str, length: str | None) -> str | None:
        try:
            number = int(IPv6Address(text))
        except AddressValueError:
            return None
        bits = int(length) if length and int(length) <= 128 else 128
        if number & ((1 << (128 - bits)) - 1):
            bits = 128
        self._counts["addresses"] += 1
        return ipv6_text(self._addresses.ipv6(number, bits), text) + (f"/{length}" if length else "")


def _number(text: str) -> int:
    a, b, c, d = map(int, text.split("."))
    return a << 24 | b << 16 | c << 8 | d


def _classful(number: int) -> int | None:
    """The length that its class says, where the address is a network by that (RFC 791)."""
    length = 8 if number < 1 << 31 else 16 if number < 3 << 30 else 24
    return None if number & ((1 << (32 - length)) - 1) else length
