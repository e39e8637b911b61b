"""Pure. The registry: every vendor's show commands. A new vendor is one module here and one line below.

Names of vendors are those of ntc-templates (SPEC 11).
"""

from __future__ import annotations

from collections.abc import Mapping

from statetrace_engine.parsing.shown import Show

SHOWS: Mapping[str, tuple[Show, ...]] = {}
"""Per vendor, its commands."""


def find(vendor: str, command: str) -> Show | None:
    """What parses `show ip route vrf RED` of this vendor: the longest known command that begins it, word by word."""
    words = command.split()
    found: Show | None = None
    for show in SHOWS.get(vendor, ()):
        known = show.command.split()
        if words[: len(known)] == known and (found is None or len(known) > len(found.command.split())):
            found = show
    return found
