"""Pure. Which of many things have changed since somebody last asked: for whoever follows them one at a time."""

from __future__ import annotations

MOST = 10_000
"""Ids that are kept: when nobody asks for long, all are to be looked at."""


class Touched:
    def __init__(self) -> None:
        self._idents: set[str] | None = None

    def note(self, ident: str) -> None:
        if self._idents is not None:
            self._idents.add(ident)
            if len(self._idents) > MOST:
                self._idents = None

    def note_all(self) -> None:
        self._idents = None

    def take(self) -> set[str] | None:
        """Those that are others or gone since the last call; None: all may be, as at the first call."""
        found, self._idents = self._idents, set()
        return found
