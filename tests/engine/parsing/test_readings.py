"""What rules hear of captures: numbers each time, what is wrong with a part when it is news."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.model.captured import BgpNeighborRow, Kind, RouteRow, Row, VitalRow
from statetrace_engine.model.reading import MOST, FactName
from statetrace_engine.parsing import readings
from statetrace_engine.parsing.captured_facts import Shown
from statetrace_engine.parsing.readings import Earlier, Key

Told = list[tuple[str, str, float | None, str]]
PSU = "power_supply"


def shown(kind: Kind, command: str, rows: Sequence[Row]) -> Shown:
    starts = [10 * at for at in range(len(rows))]
    return Shown(command, kind, len(rows), (0, 999), rows, starts, [start + 9 for start in starts])


def told(now: Sequence[Row], before: Sequence[Row] | None = None, *, is_whole: bool = True) -> Told:
    command = "show environment"
    earlier: dict[Key, Earlier] = {} if before is None else {(Kind.VITALS, command): Earlier(before, 500.0)}
    found = readings.of([(shown(Kind.VITALS, command, now), is_whole)], earlier)
    return [(each.fact.value, each.part, each.value, each.state) for each in found]


def psu(status: str, is_ok: bool | None) -> VitalRow:
    return VitalRow(PSU, "PS1", None, status, is_ok)


def test_numbers_are_told_each_time_with_where_they_stand() -> None:
    rows = [
        VitalRow("cpu", "cpu", 91),
        VitalRow("memory", "processor", 40),
        VitalRow("temperature", "inlet", 30, "ok", True),
    ]
    found = readings.of([(shown(Kind.VITALS, "show it", rows), True)], {})
    assert [(each.fact, each.part, each.value, each.span) for each in found] == [
        (FactName.CPU, "cpu", 91.0, (0, 9)),
        (FactName.MEMORY, "processor", 40.0, (10, 19)),
        (FactName.TEMPERATURE, "inlet", 30.0, (20, 29)),
    ]


def test_a_part_that_is_not_well_is_told_when_it_is_news() -> None:
    failed, well, absent = psu("failed", False), psu("ok", True), psu("absent", None)
    said = [("power_supply_failed", "PS1", None, "failed")]
    assert told([failed]) == said
    assert told([failed], [well]) == said
    assert told([failed], [absent]) == said
    assert told([failed], [failed]) == []
    assert told([well], [failed]) == []
    assert told([absent]) == told([absent], [absent]) == told([absent], [failed]) == []
    assert told([absent], [well]) == [("power_supply_failed", "PS1", None, "absent")]


def test_a_part_that_is_gone_from_a_whole_table_is_lost() -> None:
    two = [
        VitalRow("stack_member", "switch 1", None, "ready", True),
        VitalRow("stack_member", "switch 2", None, "ready", True),
    ]
    lost = [("stack_member_lost", "switch 2", None, readings.GONE)]
    assert told(two[:1], two) == lost
    assert told(two[:1], two, is_whole=False) == []
    assert told(two[:1], two[:1]) == []


def test_a_sensor_that_is_not_printed_any_more_is_not_too_hot() -> None:
    sensor = VitalRow("temperature", "xcvr 1", 40, "ok", True)
    assert told([], [sensor]) == []
    assert told([VitalRow("temperature", "xcvr 1", 99, None, False)], [sensor])[-1] == (
        "temperature_high", "xcvr 1", None, "beyond its limit",
    )  # fmt: skip


def test_a_whole_table_says_how_many_prefixes_there_are() -> None:
    rows = [
        RouteRow("default", "10.0.0.0/8", "10.1.1.2"),
        RouteRow("default", "10.0.0.0/8", "10.1.1.3"),
        RouteRow("RED", "::/0"),
    ]
    found = readings.of([(shown(Kind.ROUTES, "show ip route", rows), True)], {})
    assert [(each.fact.value, each.part, each.value) for each in found] == [
        ("routes", "default", 1.0),
        ("routes", "RED", 1.0),
    ]
    assert readings.of([(shown(Kind.ROUTES, "show ip route", rows), False)], {}) == ()
    assert readings.of([(shown(Kind.ROUTES, "show ip route bgp", rows), True)], {}) == ()


def test_prefixes_of_a_neighbour_are_told() -> None:
    rows = [
        BgpNeighborRow("default", "10.1.1.2", "65001", "established", 12),
        BgpNeighborRow("RED", "10.1.1.2", state="idle"),
    ]
    found = readings.of([(shown(Kind.BGP_NEIGHBORS, "show ip bgp summary", rows), True)], {})
    assert [(each.fact.value, each.part, each.value) for each in found] == [("prefixes_received", "10.1.1.2", 12.0)]


def test_a_forged_table_says_no_more_than_fits() -> None:
    rows = [VitalRow("cpu", f"cpu {at}", at % 100) for at in range(MOST + 100)]
    assert len(readings.of([(shown(Kind.VITALS, "show it", rows), True)], {})) == MOST
