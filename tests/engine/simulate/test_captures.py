"""What a collector files of the simulated routers is what the parsers understand, and shows what is so."""

from __future__ import annotations

from pathlib import Path
from typing import Any  # rows

import pytest

from statetrace_engine.model.captured import Kind
from statetrace_engine.parsing import capture
from statetrace_engine.parsing.capture import Capture
from statetrace_engine.simulate import captures, faults, network
from statetrace_engine.simulate.captures import Edit
from statetrace_engine.simulate.collector import ROUND_S, Collector
from statetrace_engine.simulate.faults import State

NETWORK = network.build()
READ = [node for node in NETWORK.nodes.values() if captures.is_collected(NETWORK, node)]
NODE = NETWORK.nodes["WLLS-A01-AR-01"]
PRIMARY, SECONDARY = (NETWORK.links[name] for name in NODE.uplinks)
EDIT = Edit(1795442607.0, "jsm")
WHOLE = State(NETWORK)
SHUT = State(NETWORK, [faults.shutdown(NETWORK, NODE.hostname)])
NOWHERE = State(NETWORK, [faults.null0(NETWORK, NODE.hostname)])


def read(state: State, node: network.Node = NODE) -> Capture:
    return capture.read(captures.session(NETWORK, node, state, EDIT).encode())


def rows(state: State, kind: Kind) -> list[Any]:
    (section,) = (section for section in read(state).sections if section.kind is kind)
    return section.records


def lines(state: State) -> list[str]:
    return captures.session(NETWORK, NODE, state, EDIT).splitlines()


@pytest.mark.parametrize("state", [WHOLE, SHUT, NOWHERE])
def test_every_section_is_understood(state: State) -> None:
    shown = read(state)

    assert {(device.hostname, device.vendor) for device in shown.slices} == {(NODE.hostname, captures.VENDOR)}
    kinds = {Kind.VERSION, Kind.INTERFACES, Kind.BGP_NEIGHBORS, Kind.ROUTES, Kind.CONFIG}
    assert {section.kind for section in shown.sections if section.records} == kinds
    assert not [section.command for section in shown.sections if section.unparsed or section.is_truncated]
    assert not shown.remarks


def test_a_shut_interface_its_session_its_routes_and_the_line_are_what_differs() -> None:
    interface, other = PRIMARY.near.interface, SECONDARY.near.interface
    states = {row.name: (row.admin_up, row.oper_up) for row in rows(SHUT, Kind.INTERFACES)}
    assert (states[interface], states[other]) == ((False, False), (True, True))
    sessions = {row.neighbor: row.state for row in rows(SHUT, Kind.BGP_NEIGHBORS)}
    assert sessions == {PRIMARY.far.address: "idle", SECONDARY.far.address: "established"}
    watched = {route.prefix for route in NETWORK.routes_of(NODE.hostname)}
    ways = {row.prefix: row.next_hop for row in rows(SHUT, Kind.ROUTES) if row.prefix in watched}
    assert ways == dict.fromkeys(watched, SECONDARY.far.address)
    assert not [row for row in rows(NOWHERE, Kind.ROUTES) if row.prefix in watched]
    assert [line for line in lines(SHUT) if line not in lines(WHOLE) and "shutdown" in line] == [" shutdown"]
    before = lines(SHUT).index(" shutdown") - 3
    assert lines(SHUT)[before] == f"interface {interface}"


def test_every_device_that_is_collected_is_understood() -> None:
    assert len(READ) >= 10
    for node in READ:
        shown = read(WHOLE, node)
        routes = {row.prefix for section in shown.sections if section.kind is Kind.ROUTES for row in section.records}
        assert routes >= {route.prefix for route in NETWORK.routes_of(node.hostname)}
        assert not [section.command for section in shown.sections if section.unparsed]


def test_a_collector_files_each_device_by_its_site_as_of_its_round_and_leaves_out_who_does_not_answer(
    tmp_path: Path,
) -> None:
    nodes = {node.hostname: node for node in READ}
    silent = READ[0].hostname
    collector = Collector(tmp_path, nodes, lambda name: None if name == silent else f"{name}#exit\n")

    collector.begin()

    files = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*.log")}
    assert {(path.parts[0], path.name.partition("_")[0]) for path in files} == {
        (node.site, node.hostname) for node in READ[1:]
    }
    now = (tmp_path / READ[1].site).stat().st_mtime
    ages = [now - path.stat().st_mtime for path in files.values()]
    assert all(ROUND_S - 60 < age < ROUND_S + 60 for age in ages)
