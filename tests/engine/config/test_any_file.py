"""Whatever a file holds, it is settings or problems with a file, a line and a key: never a crash, and soon."""

from __future__ import annotations

import json
import re
from typing import Any  # any TOML value

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.config import inventory_file, probe_tables, settings_file
from statetrace_engine.config.homes import ConfigFile
from statetrace_engine.config.inventory_file import Known
from statetrace_engine.config.settings import Settings
from statetrace_engine.health.policy import Policy

_WORDS = sorted(
    {key for keys in inventory_file.KEYS.values() for key in keys}
    | probe_tables.KEYS
    | set(settings_file.SECTIONS)
    | set(settings_file.POLICIES)
    | {name for _, name, _ in settings_file.in_force(Settings())}
    | {"class", "critical", "policy", "snmp", "core", "WLLS", "nonsense", "a b"}
)
_SCALARS = st.one_of(
    st.sampled_from(
        ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::1", "fe80::1", "Gi0/1", "WLLS-AR-01", "WLLS-AR-01 0.0.0.0/0"]
    ),
    st.sampled_from(
        ["icmp", "tcp", "control", "next-hop", "destination", "critical", "bgp", "", " ", "x" * 300, "env:A"]
    ),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(0, 100),
    st.booleans(),
    st.floats(),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=5),
    max_leaves=25,
)
_PATHS = st.dictionaries(st.sampled_from(sorted(inventory_file.KEYS["path"])), _SCALARS, max_size=4)
_ROUTE = st.fixed_dictionaries(
    {"prefix": st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", "2001:db8::/32", "nonsense", 3])},
    optional=dict.fromkeys(inventory_file.KEYS["device.route"] - {"prefix", "primary", "secondary"}, _SCALARS)
    | {"primary": _PATHS | _VALUES, "secondary": st.lists(_PATHS, max_size=3) | _VALUES},
)
_PROBE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["icmp", "tcp", "stamp", "nonsense"]),
        "tests": st.sampled_from(["next-hop", "destination", "control", 3]),
    },
    optional=dict.fromkeys(probe_tables.KEYS - {"kind", "tests"}, _SCALARS),
)
_DEVICE = st.fixed_dictionaries(
    {"hostname": st.sampled_from(["WLLS-AR-01", "BOYO-1", "x y", 3])},
    optional={
        "addresses": st.lists(_SCALARS, max_size=3),
        "route": st.lists(_ROUTE, max_size=3),
        "probe": st.lists(_PROBE, max_size=3),
    },
)
_PROBLEM = re.compile(r"file\.toml:\d+: [^:]+: .+", re.DOTALL)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


def _file(document: dict[str, Any]) -> ConfigFile:
    text = "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in document.items())
    return ConfigFile(name="file.toml", label="file.toml", text=text)


@settings(deadline=None, max_examples=300)
@given(
    st.fixed_dictionaries(
        {"device": st.lists(_DEVICE, max_size=3)},
        optional={"site": _VALUES, "maintenance": _VALUES, "nonsense": _VALUES},
    )
)
def test_any_inventory(document: dict[str, Any]) -> None:
    inventory, _, problems = inventory_file.read(
        _file(document), Policy(), Known(runbooks=("generic",), snmp=("core",))
    )
    assert all(_PROBLEM.fullmatch(problem) for problem in problems)
    assert len({route.route_id for route in inventory.routes}) == len(inventory.routes)
    assert len({probe.probe_id for probe in inventory.probes}) == len(inventory.probes)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=6))
def test_any_settings(document: dict[str, Any]) -> None:
    _, problems = settings_file.read(_file(document))
    assert all(_PROBLEM.fullmatch(problem) for problem in problems)


@pytest.mark.parametrize("text", ["\x00", "[" * 5000, "a." * 5000 + "b = 1", '"' * 9, "a = {" * 2000, "\ufeff[syslog]"])
def test_hostile_text(text: str) -> None:
    _, problems = settings_file.read(ConfigFile(name="file.toml", label="file.toml", text=text))
    assert problems
