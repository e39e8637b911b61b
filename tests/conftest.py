"""Every asynchronous test runs on the engine's kind of event loop: Windows' own cannot watch a socket.

Laws are tried on the same cases at every run of CI, so that red means a change; at a desk they draw new ones each
time, and `--hypothesis-profile nightly` draws many.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"selector": asyncio.SelectorEventLoop}
