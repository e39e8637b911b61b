"""Pure. Secrets out of text, before anything is parsed, stored or shown."""

from __future__ import annotations

from statetrace_engine.parsing.redact.lines import MARK, line
from statetrace_engine.parsing.redact.redactor import Redacted, Redactor

__all__ = ["MARK", "Redacted", "Redactor", "line"]
