"""Every asynchronous test runs on the engine's kind of event loop: Windows' own cannot watch a socket.

At a desk laws draw new cases each time, and `--hypothesis-profile nightly` draws many. Under STATETRACE_SEED a run is
the same again: nothing is remembered from another one, and that the machine is slow is no failure. CI gives Hypothesis
the same number by --hypothesis-seed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, settings

from tests import seeds

settings.register_profile(
    "seeded", derandomize=False, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("desk", deadline=None)
settings.register_profile("nightly", max_examples=2000, deadline=None)
settings.load_profile("seeded" if seeds.GIVEN else "desk")


def pytest_configure(config: pytest.Config) -> None:
    """Where nothing may be compiled beside the sources it is compiled into pytest's cache: else every worker compiles
    all tests anew, and every engine and console that they start all of StateTrace."""
    cache = getattr(config, "cache", None)
    if sys.dont_write_bytecode and cache is not None:
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(cache.mkdir("bytecode"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"selector": asyncio.SelectorEventLoop}
