"""Sockets and files that a process may have open, on a process of its own whose limit is low."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHILD = """
import asyncio, resource, sys
from statetrace_engine import descriptors
from statetrace_engine.clock import Clock
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.syslog_tcp import TcpLimits, TcpListener

async def room():
    listener = await TcpListener.open("127.0.0.1:0", TcpLimits(), Inbox(10, Clock()), asyncio.get_running_loop())
    listener.close()
    return listener.limits.connections

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[2])))
print(descriptors.allowed(300), asyncio.run(room()), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [(256, 4096, "300 1000 1400"), (256, 700, "300 300 700"), (200, 200, "200 1 200"), (4096, 4096, "300 1000 4096")],
)
def test_the_limit_is_raised_and_connections_keep_within_it(soft: int, hard: int, expected: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(soft), str(hard)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (expected, "")
