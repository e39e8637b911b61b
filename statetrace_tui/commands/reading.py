"""What commands that read captures without a store share: a key for what is redacted, and the fallback's process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Fallback

if TYPE_CHECKING:
    from statetrace_engine.workers.template_process import TemplateProcess


class Templates:
    """The fallback, whose process starts with the first section that needs it."""

    def __enter__(self) -> Fallback:
        self._process: TemplateProcess | None = None
        return self._parse

    def _parse(self, vendor: str, command: str, text: str) -> capture.Fallen:
        if self._process is None:
            from statetrace_engine.workers.template_process import TemplateProcess  # only where it is needed

            self._process = TemplateProcess()
        return self._process.parse(vendor, command, text)

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.close()


def key(home: str | None) -> bytes:
    """The home's, where it has one; else one for this run only."""
    if home is not None or os.environ.get("STATETRACE_HOME") or Path("config", "statetrace.toml").is_file():
        from statetrace_engine import config  # only now: it is half of the start-up
        from statetrace_engine.config import local_key

        path = config.resolve(home, os.environ, Path.cwd()).path
        if (path / "data" / local_key.NAME).is_file():
            return local_key.load(path)
    return secrets.token_bytes(32)
