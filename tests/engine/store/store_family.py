"""Starts `store_children.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CHILDREN = Path(__file__).with_name("store_children.py")


def start(task: str, folder: Path) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join([root, str(CHILDREN.parent)])
    return subprocess.Popen(
        [sys.executable, str(CHILDREN), task, str(folder)],
        stdout=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


def kill_in_mid_write(task: str, folder: Path, after_words: int) -> int:
    """Kills the child once it has said so many sequences; the last that it said, read after its death."""
    child = start(task, folder)
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(after_words)]
    child.kill()
    said += child.communicate()[0].splitlines(keepends=True)
    whole = [int(word) for word in said if word.endswith("\n")]
    assert whole, "the child died before it wrote anything"
    return whole[-1]
