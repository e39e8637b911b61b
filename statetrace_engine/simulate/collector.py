"""Files what devices show as a collector does: all of them once, some minutes ago, and each again after it was
configured."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from statetrace_engine.model import Epoch
from statetrace_engine.simulate import captures
from statetrace_engine.simulate.network import Node

ROUND_S = 25 * 60.0
"""Before the demo: the last round of the collector."""
AFTER_S = 1.0
"""A collector that hears that a device was configured asks it so soon."""
MOST = 40
"""Devices: a demo of thousands shows as much with a few."""


class Collector:
    """`show` gives a device's session as it is now; None: it cannot be reached."""

    def __init__(self, folder: Path, nodes: Mapping[str, Node], show: Callable[[str], str | None]) -> None:
        self._folder = folder
        self._nodes = nodes
        self._show = show

    def begin(self) -> None:
        """The round before the demo."""
        for hostname in self._nodes:
            self._collect(hostname, time.time() - ROUND_S)

    def configured(self, hostname: str) -> None:
        """To be called when a device says so."""
        if hostname in self._nodes:
            asyncio.get_running_loop().call_later(AFTER_S, lambda: self._collect(hostname, time.time()))

    def _collect(self, hostname: str, at: Epoch) -> None:
        text, node = self._show(hostname), self._nodes[hostname]
        if text is None:
            return
        path = self._folder / node.site / captures.file_name(node, at)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (at, at))
