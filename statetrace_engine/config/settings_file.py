"""`statetrace.toml` → Settings without the inventory; what may be set is what the Structs say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, TypeVar  # values as tomllib returns them

import msgspec
from msgspec import Struct

from statetrace_engine.config import keys
from statetrace_engine.config.addresses import address_problem, listener_problem
from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.keys import KeySettings
from statetrace_engine.config.problems import Problems, Table, described
from statetrace_engine.config.secrets import KINDS, Secret, is_reference
from statetrace_engine.config.settings import (
    ConsoleSettings,
    EngineSettings,
    JournalSettings,
    Settings,
    SnmpProfile,
    StoreSettings,
    WatchSettings,
)
from statetrace_engine.health.policy import (
    ClockPolicy,
    ConflictPolicy,
    ExplainPolicy,
    FlapPolicy,
    Policy,
    ProbePolicy,
    WatcherPolicy,
)
from statetrace_engine.sources.bmp import BmpSettings
from statetrace_engine.sources.snmp.target import AUTH_PROTOCOLS, PRIV_PROTOCOLS, PollSettings
from statetrace_engine.sources.syslog import SyslogSettings
from statetrace_engine.sources.traps import TrapSettings
from statetrace_engine.workers.profile import NUMBERS, IngestSettings

CLASSES = {"critical": "critical", "standard": "standard", "best-effort": "best_effort"}
"""Route classes as written, and their field of Policy."""
SECTIONS: dict[str, type[Struct]] = {
    "syslog": SyslogSettings,
    "traps": TrapSettings,
    "bmp": BmpSettings,
    "poll": PollSettings,
    "watch": WatchSettings,
    "journal": JournalSettings,
    "store": StoreSettings,
    "ingest": IngestSettings,
    "engine": EngineSettings,
    "console": ConsoleSettings,
    "keys": KeySettings,
}
POLICIES: dict[str, type[Struct]] = {
    "flap": FlapPolicy,
    "probe": ProbePolicy,
    "watcher": WatcherPolicy,
    "explain": ExplainPolicy,
    "clock": ClockPolicy,
    "conflict": ConflictPolicy,
}
"""Sections that hold the constants of SPEC 2 and 3; `[policy]` holds those that stand alone."""
_TOP = frozenset((*SECTIONS, *POLICIES, "policy", "class", "snmp"))
_LONE = frozenset(field.name for field in msgspec.structs.fields(Policy) if field.type in (int, float))
_CHOICES = {
    ("console", "theme"): ("auto", "dark", "light", "16", "mono"),
    ("console", "glyphs"): ("auto", "unicode", "ascii"),
    ("console", "time"): ("local", "utc"),
    ("ingest", "inbox_after"): ("done", "delete"),
    ("watch", "gateway_kind"): ("icmp", "tcp", "stamp"),
    ("snmp", "version"): ("2c", "3"),
    ("snmp", "auth_protocol"): AUTH_PROTOCOLS,
    ("snmp", "priv_protocol"): PRIV_PROTOCOLS,
}
_FROM_ZERO = {"grace_s", "retries", *NUMBERS}
_SECRETS = ("community", "auth", "priv")
_SECRET_LISTS = {("traps", "communities")}
_NO_SECRETS_HERE = f"a secret is not written here but referred to: {', '.join(f'{kind}:…' for kind in KINDS)}"
"""The value may be the secret itself: it is not repeated."""
_LISTENERS = {("syslog", "udp"), ("syslog", "tcp"), ("traps", "udp"), ("bmp", "tcp")}
_ORDER = (
    ("flap", "reuse", "suppress"),
    ("flap", "suppress", "ceiling"),
    ("probe", "timeout_min_ms", "timeout_max_ms"),
    ("probe", "clear_percent", "loss_percent"),
    ("explain", "change_near_s", "change_far_s"),
)
"""In these sections the first may not exceed the second."""

_S = TypeVar("_S", bound=Struct)


def read(file: ConfigFile) -> tuple[Settings, list[str]]:
    """The settings (defaults where something is wrong) and every problem of the file."""
    problems = Problems(file)
    root = Table(problems.document(), (), problems)
    root.only(_TOP)
    sections = {name: _section(root.table(name), kind()) for name, kind in SECTIONS.items()}
    settings = Settings(policy=_policy(root), snmp=_profiles(root.table("snmp")), **sections)  # type: ignore[arg-type]  # by name
    _check_watch(root.table("watch"), settings.watch)
    _check_keys(root.table("keys"), settings.keys)
    for section, relays in (("syslog", settings.syslog.relays), ("bmp", settings.bmp.relays)):
        for index, relay in enumerate(relays):
            if problem := address_problem(relay):
                problems.add((section, "relays", index), problem)
    return settings, problems.lines()


def _policy(root: Table) -> Policy:
    classes = root.table("class")
    classes.only(frozenset(CLASSES))
    default = Policy()
    changed: dict[str, Any] = {}
    for name, field in CLASSES.items():
        table = classes.table(name)
        changed[field] = _section(table, getattr(default, field))
        _check_order(table, changed[field], "stale_min_s", "stale_max_s")
    for name, kind in POLICIES.items():
        changed[name] = _section(root.table(name), kind())
    for name, low, high in _ORDER:
        _check_order(root.table(name), changed[name], low, high)
    lone = root.table("policy")
    lone.only(_LONE)
    changed |= {name: _value(lone, name, type(getattr(default, name)), getattr(default, name)) for name in _LONE}
    return msgspec.structs.replace(default, **changed)


def _section(table: Table, default: _S) -> _S:
    """The Struct with what the table sets; a Struct within it is a table within the table."""
    fields = {field.name: field.type for field in msgspec.structs.fields(default)}
    table.only(frozenset(fields))
    values: dict[str, Any] = {}
    for name in fields.keys() & table.values.keys():
        inner = getattr(default, name)
        is_table = isinstance(inner, Struct)
        values[name] = _section(table.table(name), inner) if is_table else _value(table, name, fields[name], inner)
    return msgspec.structs.replace(default, **values)


def _value(table: Table, name: str, kind: Any, default: Any) -> Any:
    """One value, converted and within its limits; the default when it is not."""
    if name not in table.values:
        return default
    raw = table.values[name]
    where = (str(table.key[0]) if table.key else "", name)
    if where in _SECRET_LISTS:
        return _secrets(table, name)
    try:
        value = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        table.bad(name, _in_words(str(error), raw))
        return default
    if where in _CHOICES:
        return table.choice(name, _CHOICES[where], default)
    problem = listener_problem(value) if where in _LISTENERS else _number_problem(name, value)
    if problem:
        table.bad(name, problem)
        return default
    return value


def _number_problem(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if not math.isfinite(value):
        return f"{value} is not a finite number"
    lowest_is_zero = name in _FROM_ZERO or name.endswith(("_port", "_percent", "_add_ms"))
    if value < 0 or (value == 0 and not lowest_is_zero):
        return f"{value:g} is too small: it must be {'0 or more' if lowest_is_zero else 'above 0'}"
    if name.endswith("_share") and value > 1:
        return f"{value:g} is too large: a share is at most 1"
    return f"{value:g} is too large: at most 100 percent" if name.endswith("_percent") and value > 100 else ""


def _check_order(table: Table, values: Struct, low: str, high: str) -> None:
    if getattr(values, low) > getattr(values, high):
        table.bad(
            low if low in table.values else high,
            f"{low} {getattr(values, low):g} exceeds {high} {getattr(values, high):g}",
        )


def _check_watch(table: Table, watch: WatchSettings) -> None:
    if watch.gateway and (problem := address_problem(watch.gateway)):
        table.bad("gateway", problem)
    if watch.gateway_kind != "icmp" and not watch.gateway_port:
        table.bad("gateway_kind", f"{watch.gateway_kind} needs gateway_port")


def _check_keys(table: Table, settings: KeySettings) -> None:
    for action, problem, key in keys.problems(settings):
        valid = keys.NAMED if len(key) > 1 and not keys.is_usable(key) else ()
        table.bad(action, problem, key, valid)


def _profiles(table: Table) -> dict[str, SnmpProfile]:
    return Settings().snmp | {name: _profile(table.table(name)) for name in table.values}


def _profile(table: Table) -> SnmpProfile:
    kinds = {field.name: field.type for field in msgspec.structs.fields(SnmpProfile)}
    table.only(frozenset(kinds))
    default = SnmpProfile()
    values = {
        name: _secret(table, name) if name in _SECRETS else _value(table, name, kinds[name], getattr(default, name))
        for name in kinds.keys() & table.values.keys()
    }
    profile = msgspec.structs.replace(default, **values)
    if profile.priv and not profile.auth and "auth" not in table.values:
        table.bad("priv", "priv needs auth: what is secret is signed as well")
    return profile


def _secret(table: Table, name: str) -> Secret | None:
    reference = table.text(name)
    if not reference:
        return None
    if is_reference(reference):
        return Secret(reference)
    table.bad(name, _NO_SECRETS_HERE)
    return None


def _secrets(table: Table, name: str) -> tuple[str, ...]:
    """References to any number of secrets."""
    listed = table.values[name]
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        table.bad(name, f"expected a list of texts; {_NO_SECRETS_HERE}")
        return ()
    if not all(map(is_reference, listed)):
        table.bad(name, _NO_SECRETS_HERE)
        return ()
    return tuple(listed)


_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list",
}


def _in_words(error: str, raw: object) -> str:
    """msgspec's message in an operator's words."""
    if match := re.match(r"Expected `(\w+)` ([<>]=?) ([-\d.]+)", error):
        limit = "at least" if match[2].startswith(">") else "at most"
        return f"{raw} is out of range: {limit} {match[3]}"
    expected = re.match(r"Expected `(\w+)", error)
    kind = _TYPES.get(expected[1], expected[1]) if expected else "something else"
    within = " of texts" if "$[" in error else ""
    if within:
        return f"expected a list{within}, got {described(raw)}"
    return f"expected {kind}, got {described(raw)}"


def in_force(settings: Settings) -> Iterable[tuple[str, str, object]]:
    """Every setting as section, name and value: of `Settings()`, what the shipped file and the docs have to show."""
    for name in SECTIONS:
        yield from _settable(name, getattr(settings, name))
    for name, field in CLASSES.items():
        yield from _settable(f"class.{name}", getattr(settings.policy, field))
    for name in POLICIES:
        yield from _settable(name, getattr(settings.policy, name))
    for name in sorted(_LONE):
        yield "policy", name, getattr(settings.policy, name)
    for name, profile in settings.snmp.items():
        yield from _settable(f"snmp.{name}", profile)


def _settable(section: str, values: Struct) -> Iterable[tuple[str, str, object]]:
    for field in msgspec.structs.fields(values):
        value = getattr(values, field.name)
        if isinstance(value, Struct) and not isinstance(value, Secret):
            yield from _settable(f"{section}.{field.name}", value)
        else:
            yield section, field.name, value
