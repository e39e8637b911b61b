"""What an operator does from the command line: through the running engine, else straight in journal and store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from statetrace_engine.control.lease import Lease
from statetrace_engine.model import Epoch
from statetrace_engine.model.action import Action, ActionResult
from statetrace_tui.commands import answers

_Action = TypeVar("_Action", bound=Action)


def act(home: Path, action: _Action, directly: Callable[[Path, _Action, Epoch], ActionResult]) -> ActionResult:
    """`directly` does it while no engine runs, and owns the home meanwhile. Raises StateTraceError."""
    result = answers.ask(home, lambda engine: engine.act(action))
    if result is not None:
        return result
    lease = Lease.acquire(answers.data_dir(home))
    try:
        return directly(answers.data_dir(home), action, time.time())
    finally:
        lease.release()
