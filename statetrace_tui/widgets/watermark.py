"""When an operator last looked, kept in the home from one session to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from statetrace_engine.model import Epoch

EVERY_S = 60.0


class Watermark:
    """A small file an operator, replaced whole; nothing at all without a home."""

    def __init__(self, home: Path | None, operator: str) -> None:
        name = blake2b(operator.encode(), digest_size=8).hexdigest()
        self._path = home / "data" / "looked" / f"{name}.json" if home is not None and operator else None
        self._operator = operator
        self._kept_at: Epoch = 0.0

    def read(self) -> Epoch | None:
        """None when there is none that can be read."""
        if self._path is None:
            return None
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return float(found["looked_at"])
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            return None

    def keep(self, looked_at: Epoch, *, is_last: bool = False) -> None:
        """Once a minute at most, and at the end; a disk that is full or read-only loses it."""
        if self._path is None or (not is_last and looked_at - self._kept_at < EVERY_S):
            return
        self._kept_at = looked_at
        text = json.dumps({"operator": self._operator, "looked_at": looked_at})
        new = self._path.with_suffix(".new")
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)  # a data folder that is away is not made again here
            new.write_text(text, encoding="utf-8")
            new.replace(self._path)
