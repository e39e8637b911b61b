"""Real messages of ../shared/corpus (skipped where it is absent): the right device, subject and direction."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.model import names
from statetrace_engine.model.observation import Fact, LogMessage, SubjectKind, Unparsed, Unrelated, Verdict
from statetrace_engine.parsing.syslog_text import read

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
RECEIVED = 1795402000.0
OURS = re.compile(r"INTERFACE_(?:UP|DOWN)|BGP_NEIGHBOR_STATE|BGP_PREFIX_LIMIT|OSPF_NEIGHBOR|ISIS_NEIGHBOR|BFD_STATE")
SYSTEMS = ("eos", "ios", "iosxr", "junos", "netiron", "nxos", "sonic")
STATES = {
    "UP": Verdict.UP, "DOWN": Verdict.DOWN, "ESTABLISHED": Verdict.UP, "FULL": Verdict.UP, "IDLE": Verdict.DOWN,
}  # fmt: skip


def cases(systems: tuple[str, ...] = SYSTEMS) -> list[Path]:
    return sorted(path.parent for system in systems for path in CORPUS.glob(f"syslog/{system}/*/*/syslog.msg"))


pytestmark = pytest.mark.skipif(not cases(), reason="no corpus here")


def _leaf(tree: dict[str, Any], *path: str) -> dict[str, Any]:
    for name in path:
        tree = tree[name]
    return tree


def _expected(tag: str, yang: dict[str, Any]) -> tuple[str, Verdict | None]:
    """The subject's name, and its verdict; None when the message decides nothing."""
    if tag.startswith("INTERFACE"):
        (name,) = _leaf(yang, "interfaces", "interface")
        return name, Verdict.UP if tag.endswith("UP") else Verdict.DOWN
    if tag.startswith("BFD"):
        peer = _leaf(yang, "bfd", "interfaces", "interface")
        return peer["id"], STATES[peer["peers"]["peer"]["state"]["session-state"]]
    if tag.startswith("BGP"):
        ((name, neighbour),) = _leaf(yang, "bgp", "neighbors", "neighbor").items()
        return name, _bgp(neighbour["state"])
    protocols = _leaf(yang, "network-instances", "network-instance", "global", "protocols", "protocol")
    text = json.dumps(protocols)
    name = re.findall(r'"([^"]+)": \{"state"', text)[0]
    state = re.findall(r'"adjacency-state": "([^"]+)"', text)[0]
    return name, STATES.get(state)


def _bgp(state: dict[str, str]) -> Verdict | None:
    old = state.get("session-state-old")
    new = state.get("session-state") or state.get("session_state")
    if old not in (None, "ESTABLISHED") and new != "ESTABLISHED":
        return None
    return None if new is None else STATES[new]


@pytest.mark.parametrize(
    "case", [c for c in cases() if OURS.match(c.parent.name)], ids=lambda c: "/".join(c.parts[-3:])
)
def test_a_message_of_ours_names_its_device_subject_and_direction(case: Path) -> None:
    expected = json.loads((case / "yang.json").read_text(encoding="utf-8"))
    name, verdict = _expected(case.parent.name, expected["yang_message"])

    message = read((case / "syslog.msg").read_bytes(), RECEIVED)

    assert message.hostname == names.hostname(expected["host"])
    assert isinstance(message, LogMessage)
    is_warning = case.parts[-2] == "BGP_PREFIX_LIMIT_EXCEEDED" and case.parts[-3] == "junos"
    if verdict is None or is_warning:  # the limit may only warn; the session's own message decides
        assert message.facts == ()
        return
    (fact,) = message.facts
    assert fact.verdict is verdict
    assert names.interface(name) in {fact.name, *fact.peer_names}


@pytest.mark.parametrize("case", cases(), ids=lambda c: "/".join(c.parts[-3:]))
def test_no_real_message_of_a_supported_system_is_unparsed(case: Path) -> None:
    expected = json.loads((case / "yang.json").read_text(encoding="utf-8"))

    message = read((case / "syslog.msg").read_bytes(), RECEIVED)

    assert not isinstance(message, Unparsed)
    assert message.hostname == names.hostname(expected["host"])


FRR = CORPUS / "frr" / "acc.syslog"
BGP = re.compile(r"%ADJCHANGE: neighbor (\S+)\(\S+\) in vrf default (Up|Down)")
OSPF = re.compile(r"AdjChg: Nbr (\S+), NbrIP (\S+) \(default\) on (\w+):\S+ (\w+) -> (\w+)")


@pytest.mark.skipif(not FRR.exists(), reason="no corpus here")
def test_every_adjacency_line_of_a_real_frr_router_is_understood() -> None:
    understood = 0
    for line in FRR.read_bytes().splitlines():
        message = read(line, RECEIVED)
        assert not isinstance(message, Unparsed), line
        assert message.hostname == "VM"
        text = line.decode()
        if bgp := BGP.search(text):
            assert _only(message) == ("bgp", bgp[1], Verdict.UP if bgp[2] == "Up" else Verdict.DOWN, ())
            understood += 1
        elif ospf := OSPF.search(text):
            _check_ospf(message, *ospf.groups())
            understood += 1
    assert understood == 187 + 96


def _check_ospf(message: LogMessage | Unrelated, rid: str, address: str, interface: str, old: str, new: str) -> None:
    assert isinstance(message, LogMessage)
    verdict = Verdict.UP if new == "Full" else Verdict.DOWN if new == "Deleted" or old == "Full" else None
    if verdict is None:
        assert message.facts == ()
    else:
        assert _only(message) == ("ospf", address, verdict, (rid, interface))


def _only(message: LogMessage | Unrelated | Unparsed) -> tuple[str, str, Verdict, tuple[str, ...]]:
    assert isinstance(message, LogMessage)
    assert message.is_time_trustworthy
    (fact,) = message.facts
    assert isinstance(fact, Fact)
    assert fact.kind is SubjectKind.NEIGHBOUR
    return fact.protocol, fact.name, fact.verdict, fact.peer_names
