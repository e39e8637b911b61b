"""What is remembered of comparisons: so much of a device, for as long as an outage may ask, and each once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from statetrace_engine.health.compared import MOST_CHANGES, MOST_RUNS, Runs
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import DeviceState
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import Compared, ComparedChange
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.signal import Signal, Source

WALL, STEADY = 1_700_000_000.0, 5_000.0
CHANGE = ComparedChange(Kind.CONFIG, ChangeType.ADDED, ("shutdown",), "shutdown added")


def run(ident: int, captured_at: float = WALL - 10.0, changes: int = 1) -> Compared:
    return Compared(ident, ident - 1, "R1", "WLLS", captured_at, captured_at - 100.0, changes=(CHANGE,) * changes)


class Memory:
    def __init__(self) -> None:
        self.runs = Runs(Machine(Topology(Inventory()), Policy()))

    def take(self, compared: Compared, later_s: float = 0.0, needed_s: float = 0.0) -> bool:
        steady = STEADY + later_s
        signal = Signal(int(later_s) + 1, WALL + later_s, steady, Source.CAPTURE, "R1", compared)
        return self.runs.take(compared, signal, steady - needed_s)

    @property
    def state(self) -> DeviceState:
        device = self.runs.device(run(1))
        assert device is not None
        return device.state


def test_a_run_is_taken_once_and_one_made_anew_takes_its_place() -> None:
    memory = Memory()
    assert memory.take(run(2))
    assert not memory.take(run(2), later_s=5.0)
    assert memory.state.runs_seq == 1
    assert memory.take(replace(run(2), previous_id=7, changes=()), later_s=9.0)
    assert [each.compared.previous_id for each in memory.state.runs] == [7]


def test_times_are_those_of_the_engine_and_no_capture_is_of_tomorrow() -> None:
    memory = Memory()
    memory.take(run(2))
    memory.take(run(3, WALL + 86_400.0))
    assert [(each.since, each.until) for each in memory.state.runs] == [
        (STEADY - 110.0, STEADY - 10.0), (STEADY, STEADY),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inventory", "captured", "is_its_own"),
    [
        ("WLLS", "WLLS", True), ("WLLS", "wlls", True), ("WLLS", "", True), ("WLLS", "BOYO", False),
        ("BOYO", "WLLS", True), ("BOYO", "BOYO", True), ("BOYO", "KENT", False),
    ],
)  # fmt: skip
def test_a_run_of_another_sites_namesake_is_not_the_devices(inventory: str, captured: str, is_its_own: bool) -> None:
    """`WLLS` may be no more than the hostname's prefix, taken for its site before the inventory named it."""
    device = Device(hostname="WLLS-R1", site=inventory)
    runs = Runs(Machine(Topology(Inventory(devices=(device,))), Policy()))
    compared = replace(run(2), hostname="WLLS-R1", site=captured)
    found = runs.device(compared)
    assert (found is not None) is is_its_own
    signal = Signal(1, WALL, STEADY, Source.CAPTURE, "WLLS-R1", compared)
    assert runs.take(compared, signal, STEADY) is is_its_own


def test_what_no_outage_may_ask_for_is_forgotten() -> None:
    memory = Memory()
    assert not memory.take(run(2, WALL - 4000.0))
    assert memory.take(run(2, WALL - 4000.0), needed_s=3000.0), "an outage is open since then"
    memory.take(run(3, WALL + 5000.0), later_s=5000.0)
    assert [each.compared.run_id for each in memory.state.runs] == [3]


def test_of_one_device_no_more_is_kept_than_there_is_room_for() -> None:
    memory = Memory()
    for ident in range(2, MOST_RUNS + 20):
        memory.take(run(ident, WALL - 1000.0 + ident))
    assert [each.compared.run_id for each in memory.state.runs][-1] == MOST_RUNS + 19
    assert len(memory.state.runs) == MOST_RUNS
    memory.take(run(900, WALL - 1.0, MOST_CHANGES + 1))
    assert [each.compared.run_id for each in memory.state.runs] == [900]
