"""What can be set: one Struct a section of `statetrace.toml`, each field at its default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from statetrace_engine.config.keys import KeySettings
from statetrace_engine.config.secrets import Secret
from statetrace_engine.health.policy import Policy
from statetrace_engine.model.anomaly import Rule
from statetrace_engine.model.inventory import Inventory
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.sources.bmp import BmpSettings
from statetrace_engine.sources.snmp.target import Credentials, PollSettings, Profile
from statetrace_engine.sources.syslog import SyslogSettings
from statetrace_engine.sources.traps import TrapSettings
from statetrace_engine.workers.profile import IngestSettings

Positive = Annotated[int, Meta(ge=1)]


class WatchSettings(Struct, frozen=True, kw_only=True):
    """The engine's own first hop: its loss is local isolation, not an outage."""

    gateway: str = ""
    """Its address; empty: isolation is judged by the control probes alone."""
    gateway_kind: str = "icmp"
    gateway_port: Annotated[int, Meta(ge=0, le=65535)] = 0
    gateway_interval_ms: Annotated[int, Meta(ge=50, le=3_600_000)] = 250


class JournalSettings(Struct, frozen=True, kw_only=True):
    days: Positive = 14
    """Whole days of raw signals that are kept."""


class StoreSettings(Struct, frozen=True, kw_only=True):
    """How long history is kept; the fields of `store.retention.Retention`. The audit is kept for ever."""

    snapshots_days: Positive = 30
    """Every change of a route's health."""
    rollups_days: Positive = 366
    outages_days: Annotated[int, Meta(ge=90)] = 366
    """At least the 90 days that a postmortem may come after (SPEC 8)."""
    cards_days: Annotated[int, Meta(ge=30)] = 90
    """Anomaly cards that are over; at least the 30 days of a rule's precision."""
    captures_days: Positive = 366
    """The newest capture of each device is kept for ever."""
    runs: Annotated[int, Meta(ge=1, le=100_000)] = 50
    """The newest captures of each device, with their comparisons; of those before, the last of each day for 30 days."""


class EngineSettings(Struct, frozen=True, kw_only=True):
    queue_signals: Annotated[int, Meta(ge=1000, le=10_000_000)] = 100_000
    """Signals waiting for evaluation; above it the oldest are dropped, counted and shown."""
    slice_ms: Annotated[int, Meta(ge=1, le=100)] = 5
    """The longest the engine evaluates before it lets probes and timers run."""


class ConsoleSettings(Struct, frozen=True, kw_only=True):
    theme: str = "auto"
    """`dark`, `light`, `16`, `mono`, or `auto`: by the terminal."""
    glyphs: str = "auto"
    """`unicode`, `ascii`, or `auto`: by the locale and the terminal."""
    time: str = "local"
    """Times of day on this machine's clock, with its offset (`local`), or in UTC (`utc`)."""
    bell: bool = False
    """Ring when an outage is announced."""
    mouse: bool = False
    read_only: bool = False
    """A wall screen: no acknowledgements, no maintenance."""


class SnmpProfile(Profile, frozen=True, kw_only=True):
    """How to ask a device; secrets by reference."""

    community: Secret | None = None
    auth: Secret | None = None
    priv: Secret | None = None


class SnmpSecrets(Struct, frozen=True):
    """Reveals a profile's secrets when it is called; equal to another of the same references."""

    profile: SnmpProfile
    home: Path

    def __call__(self) -> Credentials:
        """Raises StateTraceError, naming the reference, when one is not there. May block."""
        return Credentials(*(self._revealed(secret) for secret in self._references()))

    def _references(self) -> tuple[Secret | None, Secret | None, Secret | None]:
        profile = self.profile
        is_v3 = profile.version == "3"
        return (None, profile.auth, profile.priv) if is_v3 else (profile.community, None, None)

    def _revealed(self, secret: Secret | None) -> str:
        return secret.reveal(os.environ, self.home) if secret else ""


class Revealing(Struct, frozen=True):
    """Reveals one secret when it is called; equal to another of the same reference."""

    secret: Secret
    home: Path

    def __call__(self) -> str:
        """Raises StateTraceError, naming the reference, when it is not there. May block."""
        return self.secret.reveal(os.environ, self.home)


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that a home configures, checked."""

    inventory: Inventory = Inventory()
    policy: Policy = Policy()
    syslog: SyslogSettings = SyslogSettings()
    traps: TrapSettings = TrapSettings()
    bmp: BmpSettings = BmpSettings()
    poll: PollSettings = PollSettings()
    watch: WatchSettings = WatchSettings()
    journal: JournalSettings = JournalSettings()
    store: StoreSettings = StoreSettings()
    ingest: IngestSettings = IngestSettings()
    engine: EngineSettings = EngineSettings()
    console: ConsoleSettings = ConsoleSettings()
    keys: KeySettings = KeySettings()
    snmp: dict[str, SnmpProfile] = field(default_factory=lambda: {"core": SnmpProfile()})
    device_snmp: dict[str, str] = {}
    """Devices and the profile each is asked with."""
    snmp_addresses: dict[str, str] = {}
    """Those that are not asked at the first of their addresses, and where instead: `addresses.asked_at` reads it."""
    runbooks: tuple[Runbook, ...] = ()
    rules: tuple[Rule, ...] = ()
    """Anomaly rules whose files are sound."""
    rule_problems: tuple[str, ...] = ()
    """What is wrong with the others: they do not run, and hold up nothing else."""
    runbook_problems: tuple[str, ...] = ()
    """Runbooks with mistakes, and routes that name one that is not there; an engine watches all the same."""
    files: tuple[str, ...] = ()
    """The files that were read."""
