"""Pure. What the key line says of a list: what is marked, else which moves wait, else what its filter leaves."""

from __future__ import annotations

from statetrace_tui.present.text import count

_QUERY = 24
"""Characters of a filter that the key line has room for."""


def marked(number: int) -> str:
    return f"{number:,} marked" if number else ""


def waiting(moves: int, release: str) -> str:
    """`release`: the key that makes the moves."""
    return f"{count(moves, 'move waits', 'moves wait')}  {release}" if moves else ""


def filtered(query: str, listed: int) -> str:
    return f"/{query[:_QUERY]}  {listed:,}" if query else ""
