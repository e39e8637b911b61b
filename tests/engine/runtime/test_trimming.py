"""Memory that was needed for a moment goes back to the system, where the C library can be asked to."""

from __future__ import annotations

import ctypes
import platform
import sys
from pathlib import Path

import pytest

from statetrace_engine.runtime import trimming

BLOCK, COUNT = 2000, 20_000
"""Below the size that glibc maps by itself: 40 MB in all."""


def _resident_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is free"
)
def test_what_was_freed_below_what_is_still_needed_goes_back() -> None:
    blocks = [ctypes.create_string_buffer(BLOCK) for _ in range(COUNT)]
    kept = blocks[-1]  # at the top of the heap: the library lets go of nothing below it by itself
    blocks.clear()
    before = _resident_kb()
    assert trimming.settle()
    assert trimming.give_back()
    assert before - _resident_kb() > BLOCK * COUNT // 1024 // 2
    assert len(kept) == BLOCK


def test_where_there_is_no_such_call_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trimming, "_library", lambda: None)
    assert not trimming.settle()
    assert not trimming.give_back()
