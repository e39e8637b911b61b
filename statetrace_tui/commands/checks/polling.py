"""Devices to be asked by SNMP, and whose traps are taken: whether the secrets are there, and somewhere to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from statetrace_engine.config import Settings
from statetrace_engine.config.settings import SnmpSecrets
from statetrace_engine.errors import StateTraceError
from statetrace_engine.runtime.listeners import for_traps
from statetrace_engine.sources.snmp import client
from statetrace_engine.sources.snmp.client import SnmpError
from statetrace_engine.sources.trap_secrets import revealed
from statetrace_tui.commands.checks import Check, ok, warn
from statetrace_tui.present.words import count

_SHOWN = 5


def checks(settings: Settings, home: Path) -> Iterator[Check]:
    yield from _polled(settings, home)
    yield from _traps(settings, home)


def _traps(settings: Settings, home: Path) -> Iterator[Check]:
    """Who may send them; a community or a user without a secret may not."""
    if not settings.traps.udp:
        return
    wanted = for_traps(settings, home)
    found = revealed(wanted.communities, wanted.users)
    communities = count(len(wanted.communities), "community", "communities") if wanted.communities else "any community"
    versions = f"v1 and v2c of {communities}, v3 of {count(len(wanted.users), 'user', 'users')}"
    if found.missing:
        remedy = "correct the reference, or set it where the engine runs; until then its traps are refused"
        yield warn("trap secrets", f"{versions}; {'; '.join(found.missing)}", remedy)
    else:
        yield ok("trap secrets", versions)


def _polled(settings: Settings, home: Path) -> Iterator[Check]:
    if not settings.device_snmp:
        yield ok("snmp", "no device names a profile: none is polled")
        return
    for name in sorted(set(settings.device_snmp.values())):
        yield _profile(settings, name, home)
    polled = (device for device in settings.inventory.devices if device.hostname in settings.device_snmp)
    nowhere = [d.hostname for d in polled if not d.addresses and d.hostname not in settings.snmp_addresses]
    if nowhere:
        more = ", …" if len(nowhere) > _SHOWN else ""
        whose = count(len(nowhere), "device has", "devices have")
        found = f"{whose} a profile and no address: {', '.join(nowhere[:_SHOWN])}{more}"
        yield warn("snmp addresses", found, "give the device its addresses: the first of them is asked")


def _profile(settings: Settings, name: str, home: Path) -> Check:
    """Not a failure: the engine may run where the secret is, and this command not."""
    profile, what = settings.snmp[name], f"snmp {name}"
    asked = count(sum(used == name for used in settings.device_snmp.values()), "device")
    try:
        client.check(profile, SnmpSecrets(profile, home)())
    except (StateTraceError, SnmpError) as error:
        remedy = f"correct [snmp.{name}], or set it where the engine runs; until then none of them is polled"
        return warn(what, f"{asked}, version {profile.version}: {error}", remedy)
    return ok(what, f"{asked}, version {profile.version}, secrets at hand")
