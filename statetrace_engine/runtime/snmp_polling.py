"""Polling in step with what is watched: whom to ask follows the topology, and who is asked sooner what has changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from statetrace_engine.config.settings import Settings
from statetrace_engine.health.topology import Topology
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.runtime.poll_targets import targets
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.snmp.poller import Polling
from statetrace_engine.sources.status import Report

_SHARE = 50.0
"""While captures show one route after the other, no more than a fiftieth of the time goes into following them."""


class SnmpPolling:
    def __init__(self, settings: Settings, home: Path, inbox: Inbox, report: Report) -> None:
        self._settings = settings
        self._home = home
        self._polling = Polling((), settings.poll, inbox, report)
        self._clock = inbox.clock
        self._followed: tuple[Topology, int] | None = None
        self._not_before = 0.0
        self._has_targets = asyncio.Event()

    async def run(self) -> None:
        """Asks until cancelled; the library is not even loaded before there is a device to ask."""
        await self._has_targets.wait()
        await self._polling.run()

    def take(self, settings: Settings) -> None:
        """Other settings; `follow` puts them in force."""
        self._settings, self._followed = settings, None

    def follow(self, pipeline: Pipeline) -> None:
        """Asks for what the pipeline watches now, and at once where something has changed since the last call."""
        topology, steady = pipeline.topology, self._clock.steady
        is_same = self._followed is not None and self._followed == (topology, topology.version)
        if not is_same and (self._followed is None or steady() >= self._not_before):
            began = steady()
            self._followed = (topology, topology.version)
            self._replace(topology)
            self._not_before = steady() + _SHARE * (steady() - began)
        for hostname in pipeline.take_stirred():
            self._polling.hurry(hostname)

    def _replace(self, topology: Topology) -> None:
        devices = [track.device for track in topology.devices.values()]
        routes = (track.record for track in topology.routes.values())
        found = targets(self._settings, self._home, devices, routes) if self._settings.device_snmp else ()
        self._polling.replace(found, self._settings.poll)
        if found:
            self._has_targets.set()
