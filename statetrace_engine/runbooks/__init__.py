"""Pure. What to do about an outage: runbooks as Markdown, the one that serves a cause, its steps filled in for a
device, what operators have done of them, and what verifies it."""

from statetrace_engine.runbooks.library import GENERIC, choose, next_step, read
from statetrace_engine.runbooks.markdown import parse

__all__ = ["GENERIC", "choose", "next_step", "parse", "read"]
