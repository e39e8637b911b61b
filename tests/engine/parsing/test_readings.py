"""What rules hear of captures: numbers each time, what is wrong with a part when it is news."""

from __future__ import annotations

from collections.abc import Sequence

from statetrace_engine.model.captured import BgpNeighborRow, InterfaceRow, Kind, RouteRow, Row, VitalRow
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
    found = readings.of([(shown(Kind.VITALS, command, now), is_whole)], "cisco_ios", 1000.0, earlier)
    return [(each.fact.value, each.part, each.value, each.state) for each in found]


def psu(status: str, is_ok: bool | None) -> VitalRow:
    return VitalRow(PSU, "PS1", None, status, is_ok)


def test_numbers_are_told_each_time_with_where_they_stand() -> None:
    rows = [
        VitalRow("cpu", "cpu", 91),
        VitalRow("memory", "processor", 40),
        VitalRow("temperature", "inlet", 30, "ok", True),
    ]
    found = readings.of([(shown(Kind.VITALS, "show it", rows), True)], "cisco_ios", 1000.0, {})
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
    found = readings.of([(shown(Kind.ROUTES, "show ip route", rows), True)], "cisco_ios", 1000.0, {})
    assert [(each.fact.value, each.part, each.value) for each in found] == [
        ("routes", "default", 1.0),
        ("routes", "RED ipv6", 1.0),
    ]
    assert readings.of([(shown(Kind.ROUTES, "show ip route", rows), False)], "cisco_ios", 1000.0, {}) == ()
    assert readings.of([(shown(Kind.ROUTES, "show ip route bgp", rows), True)], "cisco_ios", 1000.0, {}) == ()


def totals(**routes: int) -> list[VitalRow]:
    return [VitalRow("routes", vrf.replace("_", " "), count) for vrf, count in routes.items()]


def test_a_summary_of_a_table_says_how_many_prefixes_there_are_and_how_many_of_them_went() -> None:
    assert told(totals(default=1200)) == [("routes", "default", 1200.0, "")]
    assert told(totals(default=900, default_ipv6=50, RED=1), totals(default=1200, default_ipv6=40)) == [
        ("routes", "default", 900.0, ""),
        ("routes", "default ipv6", 50.0, ""),
        ("routes", "RED", 1.0, ""),
        ("routes_lost_percent", "default", 25.0, ""),
        ("routes_lost_percent", "default ipv6", 0.0, ""),
    ]


def test_of_a_few_prefixes_no_share_is_told() -> None:
    """One of two is half of them, and nothing to wake anybody for."""
    few, enough = totals(RED=readings.FEWEST - 1), totals(RED=readings.FEWEST)
    assert told(totals(RED=1), few) == [("routes", "RED", 1.0, "")]
    assert told(totals(RED=0), enough) == [("routes", "RED", 0.0, ""), ("routes_lost_percent", "RED", 100.0, "")]


def test_a_table_that_a_summary_no_longer_names_has_lost_no_part() -> None:
    assert told([], totals(RED=5000)) == []


def test_prefixes_of_a_neighbour_are_told() -> None:
    rows = [
        BgpNeighborRow("default", "10.1.1.2", "65001", "established", 12),
        BgpNeighborRow("RED", "10.1.1.2", state="idle"),
    ]
    found = readings.of([(shown(Kind.BGP_NEIGHBORS, "show ip bgp summary", rows), True)], "cisco_ios", 1000.0, {})
    assert [(each.fact.value, each.part, each.value) for each in found] == [("prefixes_received", "10.1.1.2", 12.0)]


def test_a_forged_table_says_no_more_than_fits() -> None:
    rows = [VitalRow("cpu", f"cpu {at}", at % 100) for at in range(MOST + 100)]
    assert len(readings.of([(shown(Kind.VITALS, "show it", rows), True)], "cisco_ios", 1000.0, {})) == MOST


def errors(now: list[InterfaceRow], before: list[InterfaceRow], seconds: float) -> list[tuple[str, float | None]]:
    command = "show interfaces"
    earlier: dict[Key, Earlier] = {(Kind.INTERFACES, command): Earlier(before, 1000.0 - seconds)}
    found = readings.of([(shown(Kind.INTERFACES, command, now), True)], "cisco_ios", 1000.0, earlier)
    assert {each.fact for each in found} <= {FactName.INPUT_ERRORS}
    return [(each.part, each.value) for each in found]


def test_errors_are_a_rate_between_two_captures_and_never_what_was_counted_so_far() -> None:
    def at(count: int | None, name: str = "Gi0/1") -> InterfaceRow:
        return InterfaceRow(name, input_errors=count)

    assert errors([at(180)], [at(120)], 3600.0) == [("GigabitEthernet0/1", 1.0)]
    assert errors([at(9_000_000)], [at(9_000_000)], 3600.0) == [("GigabitEthernet0/1", 0.0)]
    assert errors([at(5)], [at(120)], 3600.0) == []  # it was cleared, or the device restarted
    assert errors([at(120)], [at(None)], 3600.0) == errors([at(120)], [at(3, "Gi0/2")], 3600.0) == []
    assert errors([at(180)], [at(120)], 20.0) == errors([at(180)], [at(120)], -600.0) == []
    assert not readings.is_compared(shown(Kind.INTERFACES, "show interfaces", [at(0), at(None, "Gi0/2")]))
    assert readings.is_compared(shown(Kind.INTERFACES, "show interfaces", [at(0), at(1, "Gi0/2")]))
