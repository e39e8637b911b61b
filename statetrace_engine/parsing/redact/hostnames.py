"""Pure. Which words of a capture are hostnames, and what they are called instead.

A site stays a site: `WLLS-A05-AS-55` and `WLLS-A05-AR-01` begin with one pseudonym. Letters stay letters, digits stay
digits, and a name that is long enough keeps its length, so that tables keep their columns.
"""

# ruff: noqa: E501 - a pattern stands on one line
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import blake2b

_NAME = r"[A-Za-z][\w-]{0,62}"
_FQDN = rf"(?P<name>{_NAME}(?:\.[A-Za-z0-9-]{{1,62}}){{0,6}})"
_SAID = re.compile(
    r"^(?:"
    rf"(?:RP/\d+/\S{{1,12}}/CPU\d+:|[\w.-]{{1,32}}@|SSH@|telnet@)?{_FQDN}(?:\([\w./ -]{{1,64}}\))?[#>%](?=\s|[a-z])"
    rf"|[ \t]*(?:hostname|host-name|sysname|switchname|set system host-name|set deviceconfig system hostname)[ \t:]+\"?(?P<b>{_NAME}(?:\.[A-Za-z0-9-]{{1,62}}){{0,6}})\"?;?[ \t\r]*$"
    rf"|(?P<c>{_NAME})[ \t]+(?:uptime is|kernel uptime is)\b"
    rf"|[ \t]*(?:System ?Name|Device ID|Device name|SysName|Hostname|Neighbor Device ID|Remote System Name)[ \t]*[:=][ \t]*\"?(?P<d>{_NAME}(?:\.[A-Za-z0-9-]{{1,62}}){{0,6}})(?:\([A-Z0-9]+\))?\"?"
    r")",
    re.MULTILINE | re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"^[ \t]*(?:ip |set system )?domain[- ]name[ \t]+(?:vrf \S+ )?(?P<name>[\w-]+(?:\.[\w-]+)+)", re.MULTILINE
)
_HEADING = re.compile(
    r"^(?=[^\n]{0,160}(?:Device[ -]?ID|System ?Name|SysName|Device Id))[^\n:]{10,200}$", re.MULTILINE | re.IGNORECASE
)
_COLUMN = re.compile(r"(?:Neighbor[ -]|Remote )?(?:Device[ -]?ID|System ?Name|SysName)", re.IGNORECASE)
_CELL = re.compile(rf"{_FQDN}(?:\([A-Z0-9]+\))?(?=\s|$)")
_OVER = re.compile(r"\S+[#>]|Total")
_COMMON = frozenset(
    """
    router switch localhost host console default hostname name none null test device unknown admin root system
    show exit end yes no password username login enable config terminal interface port vlan vrf route bgp ospf
    static local connected up down active standby primary secondary core access edge firewall press total codes
    key legend note last more copyright version building current ip ipv6 not-advertised n a of is the and or set
    get run mode any all not unavailable kernel system process chassis stack
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""Words of the devices' own language; a device with such a name keeps it, for nobody is told who it is."""
_PORT = re.compile(
    r"(?:gig|ten|fas|eth|twe|two|for|hun|gi|te|fa|hu|fo|lo|po|ge|xe|et|ae|mgmt|(?:\w{2,12}gig|gigabit|fast)\w{0,20}|ethernet|tunnel|loopback)\d*",
    re.IGNORECASE,
)
"""An abbreviated interface, which stands below a name that took its own line."""
_SHORTEST = 4
"""Letters and digits of a pseudonym: fewer would let two devices become one."""


def hostnames(text: str) -> set[str]:
    """Names of devices and domains that a capture tells: prompts, configuration, versions, LLDP and CDP."""
    found = {match[match.lastgroup or 0] for match in _SAID.finditer(text)}
    found.update(_in_tables(text))
    parts = {part for name in found for part in _labels(name)}
    parts.update(match["name"] for match in _DOMAIN.finditer(text))
    return {part for part in parts if len(part) > 1 and part.lower() not in _COMMON and not _PORT.fullmatch(part)}


def _labels(name: str) -> tuple[str, ...]:
    """The host's own label, and its domain."""
    label, _, domain = name.partition(".")
    return (label, domain) if "." in domain else (label,)


def _in_tables(text: str) -> Iterator[str]:
    """The names below a heading that has a column of them, up to a blank line or a prompt."""
    at = 0
    while heading := _HEADING.search(text, at):
        at = heading.end() + 1
        column = _COLUMN.search(heading[0])
        while column is not None and at < len(text):
            end = text.find("\n", at)
            end = end if end >= 0 else len(text)
            line = text[at:end]
            if not line.strip() or _OVER.match(line):
                break
            cell = _CELL.match(line, column.start())
            if cell and line[: column.start()][-1:] in ("", " ", "\t"):
                yield cell["name"]
            at = end + 1


class Hostnames:
    """Pseudonyms of a fixed set of names under one key; the same name has the same one, in every run."""

    def __init__(self, key: bytes, names: Iterable[str]) -> None:
        self._key = key
        self._pseudonyms: dict[str, str] = {}
        taken: set[str] = set()
        known = {name.lower(): name for name in names}
        for lowered in sorted(known):
            for turn in range(1000):
                pseudonym = self._made(lowered, turn)
                if pseudonym not in taken and pseudonym not in known:
                    break
            taken.add(pseudonym)
            self._pseudonyms[lowered] = pseudonym

    def __len__(self) -> int:
        return len(self._pseudonyms)

    def of(self, name: str) -> str | None:
        """What a word is called instead, in its own letter case; None: it is no name."""
        pseudonym = self._pseudonyms.get(name.lower())
        if pseudonym is None:
            return None
        if name.upper() == name:
            return pseudonym.upper()
        return "".join(
            new.upper() if old.isupper() else new
            for new, old in zip(pseudonym, name.ljust(len(pseudonym), "a"), strict=False)
        )

    def _made(self, name: str, turn: int) -> str:
        if "." in name:
            return self._shaped("d" * 8, f"domain {name}", turn) + ".example"
        site, dash, rest = name.partition("-")
        return (
            self._shaped(site, f"site {site}", turn if not dash else 0)
            + dash
            + (self._shaped(rest, f"device {name}", turn) if rest else "")
        )

    def _shaped(self, shape: str, what: str, turn: int) -> str:
        """A word of the same shape; a short first one grows."""
        if what.startswith("site"):
            shape += "x" * max(0, _SHORTEST - len(shape))
        digest = blake2b(f"{what} {turn}".encode(), key=self._key, person=b"hostnames", digest_size=64).digest()
        return "".join(
            chr(97 + byte % 26) if letter.isalpha() else chr(48 + byte % 10) if letter.isdigit() else letter
            for letter, byte in zip(shape, digest, strict=False)
        )
