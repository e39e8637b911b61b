"""A table of devices and routes, as a spreadsheet saves it → `inventory.toml`; problems by the line of the table.

    hostname,addresses,prefix,next_hop,interface,protocol
    WLLS-A01-AR-01,10.0.0.1 10.255.0.1,0.0.0.0/0,10.1.1.2,Gi0/1,bgp

A line is a route of a device, or a device without one. Lines of one hostname are one device.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from statetrace_engine.config import inventory_file
from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known
from statetrace_engine.health.policy import Policy
from statetrace_engine.model import names
from statetrace_engine.model.text import sanitise
from statetrace_engine.reports.toml_words import Value, key, pair

DEVICE = ("site", "vendor", "addresses", "aliases", "snmp", "snmp_address")
SITE = ("site_owner", "site_contact")
ROUTE = ("prefix", "vrf", "class", "owner", "contact", "runbook", "circuit", "carrier", "carrier_contact")
PATH = ("next_hop", "interface", "protocol")
SECONDARY = tuple(f"secondary_{name}" for name in PATH)
COLUMNS = ("hostname", *DEVICE, *SITE, *ROUTE, *PATH, *SECONDARY)
"""In any order; only `hostname` must be there."""
_LISTS = ("addresses", "aliases")
MOST_BYTES = 64 << 20
_AT = re.compile(r"^(?P<label>.*?):(?P<line>\d+): ", re.DOTALL)


class _Lines:
    """TOML in the making, and the line of the table that each of its lines came from."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.origin: list[int] = []

    def add(self, text: str, line: int) -> None:
        self.text.append(text)
        self.origin.append(line)


Entry = tuple[int, dict[str, str]]
"""A line's number and its cells that are not empty."""


def read(content: str, label: str, policy: Policy, known: Known) -> tuple[str, list[str]]:
    """The TOML, and every problem as `label:line: column: what is wrong`; with a problem the TOML is not to be used."""
    entries, problems = _entries(content, label)
    lines = _Lines()
    _write_sites(entries, lines, label, problems)
    devices: dict[str, list[Entry]] = {}
    for entry in entries:
        devices.setdefault(names.hostname(entry[1]["hostname"]), []).append(entry)
    for of_one in devices.values():
        _write_device(of_one, lines, label, problems)
    text = "\n".join(lines.text) + "\n"
    *_, found = inventory_file.read(ConfigFile(name="inventory.toml", label=label, text=text), policy, known)
    problems += [_moved(problem, lines.origin) for problem in found]
    return text, sorted(problems, key=_line_of)


def _entries(content: str, label: str) -> tuple[list[Entry], list[str]]:
    content = content.removeprefix("\ufeff")
    first = content.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    problems: list[str] = []
    entries: list[Entry] = []
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if not header:
                header = [cell.strip().lower().replace(" ", "_") for cell in cells]
                problems += [f"{label}:{reader.line_num}: {problem}" for problem in _wrong_header(header)]
                continue
            if len(cells) > len(header):
                problems.append(f"{label}:{reader.line_num}: {len(cells)} cells under {len(header)} columns")
            words = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
            if words.get("hostname"):
                entries.append((reader.line_num, words))
            elif "hostname" in header:
                problems.append(f"{label}:{reader.line_num}: hostname: there is none")
    except csv.Error as error:
        problems.append(f"{label}:{reader.line_num}: {error}")
    return entries, problems if header else [f"{label}:1: the table is empty: its first line names the columns"]


def _wrong_header(header: Sequence[str]) -> Iterator[str]:
    for name in header:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, 1)
            yield f"{sanitise(name, 60)}: no such column" + (f"; did you mean {near[0]!r}?" if near else "")
        elif header.count(name) > 1:
            yield f"{name}: the column is there twice"
    if "hostname" not in header:
        yield "hostname: the column is missing"


def _write_sites(entries: Sequence[Entry], lines: _Lines, label: str, problems: list[str]) -> None:
    sites: dict[str, dict[str, tuple[int, str]]] = {}
    for line, words in entries:
        site = words.get("site") or names.site_of(words["hostname"])
        for name in SITE:
            if name in words:
                first = sites.setdefault(site.upper(), {}).setdefault(name, (line, words[name]))
                if first[1] != words[name]:
                    problems.append(f"{label}:{line}: {name}: line {first[0]} says otherwise")
    for site, said in sites.items():
        first_line = min(line for line, _ in said.values())
        lines.add(f"[site.{key(site)}]", first_line)
        for name, (line, word) in said.items():
            lines.add(pair(name.removeprefix("site_"), word), line)
        lines.add("", first_line)


def _write_device(entries: Sequence[Entry], lines: _Lines, label: str, problems: list[str]) -> None:
    line, words = entries[0]
    lines.add("[[device]]", line)
    lines.add(pair("hostname", words["hostname"]), line)
    for name in DEVICE:
        said = [(number, those[name]) for number, those in entries if name in those]
        problems += [
            f"{label}:{number}: {name}: line {said[0][0]} says otherwise" for number, word in said if word != said[0][1]
        ]
        if said:
            word = said[0][1]
            lines.add(pair(name, re.split(r"[\s;|,]+", word) if name in _LISTS else word), said[0][0])
    lines.add("", line)
    for number, those in entries:
        if any(name in those for name in (*ROUTE, *PATH, *SECONDARY)):
            _write_route(number, those, lines)


def _write_route(line: int, words: dict[str, str], lines: _Lines) -> None:
    lines.add("[[device.route]]", line)
    for name in ROUTE:
        if name in words:
            lines.add(pair(name, words[name]), line)
    primary: dict[str, Value] = {name: words[name] for name in PATH if name in words}
    secondary: dict[str, Value] = {name: words[f"secondary_{name}"] for name in PATH if f"secondary_{name}" in words}
    if primary:
        lines.add(pair("primary", primary), line)
    if secondary:
        lines.add(pair("secondary", [secondary]), line)
    lines.add("", line)


def _moved(problem: str, origin: Sequence[int]) -> str:
    """A problem of the TOML, told of the table."""
    match = _AT.match(problem)
    if match is None or not 0 < int(match["line"]) <= len(origin):
        return problem
    return f"{match['label']}:{origin[int(match['line']) - 1]}: {problem[match.end() :]}"


def _line_of(problem: str) -> int:
    match = _AT.match(problem)
    return int(match["line"]) if match else 0
