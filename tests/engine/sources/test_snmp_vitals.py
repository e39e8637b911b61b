"""What agents say of how their devices do: looked for once, asked for seldom, told when it is news."""

from __future__ import annotations

from msgspec import structs

from statetrace_engine.model.signal import Polled
from statetrace_engine.sources.snmp.client import Trouble, Value
from tests.engine.sources.test_snmp_device import PROFILE, Bench, a_target, two_interfaces

CISCO = "1.3.6.1.4.1.9.9"
CPU, POOL, ENVMON = f"{CISCO}.109.1.1.1.1.8", f"{CISCO}.48.1.1.1", f"{CISCO}.13.1"
LOAD, STORAGE, SENSOR = "1.3.6.1.2.1.25.3.3.1.2", "1.3.6.1.2.1.25.2.3.1", "1.3.6.1.2.1.99.1.1.1"
ERRORS = "1.3.6.1.2.1.2.2.1.14"
DEVICE_TYPE, PROCESSOR = "1.3.6.1.2.1.25.3.2.1.2", "1.3.6.1.2.1.25.3.1.3"
OURS = (CPU, POOL, ENVMON, LOAD, DEVICE_TYPE, STORAGE, SENSOR)
RAM, OTHER = "1.3.6.1.2.1.25.2.1.2", "1.3.6.1.2.1.25.2.1.1"
Told = list[tuple[str, str, float | None, str]]


def a_router() -> dict[str, Value]:
    return {
        f"{CPU}.7": 91,
        f"{POOL}.2.1": b"Processor", f"{POOL}.5.1": 970, f"{POOL}.6.1": 30,
        f"{POOL}.2.2": b"I/O", f"{POOL}.5.2": 1, f"{POOL}.6.2": 1,
        f"{ENVMON}.3.1.2.1": b"Inlet", f"{ENVMON}.3.1.6.1": 1,
        f"{ENVMON}.4.1.2.1": b"Fan 1", f"{ENVMON}.4.1.3.1": 6,
        f"{ENVMON}.5.1.2.1": b"PS 1", f"{ENVMON}.5.1.3.1": 1,
        f"{ENVMON}.5.1.2.2": b"PS 2", f"{ENVMON}.5.1.3.2": 5,
        f"{SENSOR}.1.21": 8, f"{SENSOR}.2.21": 9, f"{SENSOR}.3.21": 1, f"{SENSOR}.4.21": 415, f"{SENSOR}.5.21": 1,
        f"{SENSOR}.1.22": 11, f"{SENSOR}.4.22": 1, f"{SENSOR}.5.22": 1,
        "1.3.6.1.2.1.47.1.1.1.1.7.21": b"CPU sensor",
    }  # fmt: skip


SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"
JUNIPER, HP, FOUNDRY = "1.3.6.1.4.1.2636.3.1.13.1", "1.3.6.1.4.1.11.2.14.11", "1.3.6.1.4.1.1991.1.1"
ICF_SENSORS = "1.3.6.1.4.1.11.2.3.7.8.3"


def a_juniper() -> dict[str, Value]:
    values: dict[str, Value] = {SYS_OBJECT_ID: "1.3.6.1.4.1.2636.1.1.1.2.57"}
    rows = (
        ("1.1.0.0", b"midplane", 2, 0, 0, 0), ("2.1.0.0", b"PEM 0", 2, 0, 0, 0), ("2.2.0.0", b"PEM 1", 6, 0, 0, 0),
        ("4.1.1.0", b"Fan Tray 0 Fan 0", 5, 0, 0, 0), ("4.1.2.0", b"Fan Tray 0 Fan 1", 1, 0, 0, 0),
        ("7.1.0.0", b"FPC: MPC @ 0/*/*", 2, 41, 60, 70), ("9.1.0.0", b"Routing Engine 0", 2, 38, 93, 44),
    )  # fmt: skip
    for index, name, state, heat, cpu, buffers in rows:
        for column, value in ((5, name), (6, state), (7, heat), (8, cpu), (11, buffers)):
            values[f"{JUNIPER}.{column}.{index}"] = value
    return values


def a_procurve() -> dict[str, Value]:
    values: dict[str, Value] = {SYS_OBJECT_ID: "1.3.6.1.4.1.11.2.3.7.11.104", f"{HP}.5.1.9.6.1.0": 88}
    values |= {f"{HP}.5.1.1.2.1.1.1.5.1": 1000, f"{HP}.5.1.1.2.1.1.1.6.1": 30, f"{HP}.5.1.1.2.1.1.1.7.1": 970}
    rows = ((1, 2, b"Fan Sensor", 2), (2, 1, b"Power Supply 1 Sensor", 4), (3, 1, b"Power Supply 2 Sensor", 5))
    for index, kind, name, state in (*rows, (4, 3, b"Over-temperature Sensor", 3), (5, 4, b"Future slot", 2)):
        values |= {f"{HP}.1.2.6.1.2.{index}": f"{ICF_SENSORS}.{kind}", f"{HP}.1.2.6.1.7.{index}": name}
        values[f"{HP}.1.2.6.1.4.{index}"] = state
    return values


def a_fastiron() -> dict[str, Value]:
    return {
        SYS_OBJECT_ID: "1.3.6.1.4.1.1991.1.3.48.2.1",
        f"{FOUNDRY}.2.11.1.1.5.1.1.1": 99, f"{FOUNDRY}.2.11.1.1.5.1.1.300": 12, f"{FOUNDRY}.2.1.53.0": 96,
        f"{FOUNDRY}.2.13.3.1.4.1.1.1": b"Sensor A", f"{FOUNDRY}.2.13.3.1.5.1.1.1": 121,
        f"{FOUNDRY}.1.2.2.1.3.1.1": b"Power supply 1", f"{FOUNDRY}.1.2.2.1.4.1.1": 2,
        f"{FOUNDRY}.1.2.2.1.3.1.2": b"Power supply 2", f"{FOUNDRY}.1.2.2.1.4.1.2": 3,
        f"{FOUNDRY}.1.3.2.1.3.2.1": b"Fan 1", f"{FOUNDRY}.1.3.2.1.4.2.1": 1,
    }  # fmt: skip


def a_linux() -> dict[str, Value]:
    values: dict[str, Value] = {f"{LOAD}.196608": 90, f"{LOAD}.196609": 10}
    rows = ((1, RAM, b"Physical memory", 1000, 950), (6, OTHER, b"Memory buffers", 1000, 50))
    for index, kind, name, size, used in (*rows, (7, OTHER, b"Cached memory", 700, 700)):
        values |= {f"{STORAGE}.2.{index}": kind, f"{STORAGE}.3.{index}": name}
        values |= {f"{STORAGE}.5.{index}": size, f"{STORAGE}.6.{index}": used}
    return values


def bench(values: dict[str, Value], vitals_s: float = 300.0) -> Bench:
    profile = structs.replace(PROFILE, vitals_s=vitals_s)
    return Bench(a_target(profile=profile, interfaces=("Gi0/1",)), {**two_interfaces(), **values})


async def told(made: Bench, seconds: float) -> Told:
    found = [polled.readings for polled in await made.rounds(seconds) if isinstance(polled, Polled)]
    return [(each.fact.value, each.part, each.value, each.state) for readings in found for each in readings]


def walked(made: Bench) -> list[str]:
    return [oid for oid in made.agent.walked if oid.startswith(OURS)]


async def test_a_router_is_asked_by_its_own_tables() -> None:
    assert await told(bench(a_router()), 320) == [
        ("cpu_percent", "cpu", 91.0, ""),
        ("memory_percent", "processor", 97.0, ""),
        ("temperature_celsius", "CPU sensor", 41.5, ""),
        ("fan_failed", "Fan 1", None, "not functioning"),
    ]


async def test_a_juniper_is_asked_by_its_own_table() -> None:
    assert await told(bench(a_juniper()), 320) == [
        ("cpu_percent", "Routing Engine 0", 93.0, ""),
        ("memory_percent", "Routing Engine 0", 44.0, ""),
        ("temperature_celsius", "FPC: MPC @ 0/*/*", 41.0, ""),
        ("temperature_celsius", "Routing Engine 0", 38.0, ""),
        ("power_supply_failed", "PEM 1", None, "down"),
    ]


async def test_a_procurve_is_asked_by_its_own_sensors() -> None:
    assert await told(bench(a_procurve()), 320) == [
        ("cpu_percent", "cpu", 88.0, ""),
        ("memory_percent", "memory", 97.0, ""),
        ("fan_failed", "Fan Sensor", None, "bad"),
        ("temperature_high", "Over-temperature Sensor", None, "warning"),
    ]


async def test_a_fastiron_is_asked_for_five_minutes_and_half_degrees() -> None:
    assert await told(bench(a_fastiron()), 320) == [
        ("cpu_percent", "cpu", 12.0, ""),
        ("memory_percent", "memory", 96.0, ""),
        ("temperature_celsius", "Sensor A", 60.5, ""),
        ("power_supply_failed", "Power supply 2", None, "failure"),
    ]


async def test_a_vendors_part_is_told_again_when_it_fails_again_and_what_is_unknown_says_nothing() -> None:
    made = bench(a_juniper(), 60.0)
    await told(made, 70)
    pem = f"{JUNIPER}.6.2.2.0.0"
    for state, expected in ((6, []), (1, []), (2, []), (1, []), (6, [("PEM 1", "down")])):
        made.agent.values[pem] = state
        said = await told(made, 130)
        assert [(part, word) for _, part, value, word in said if value is None] == expected


async def test_of_linux_what_is_only_kept_is_not_in_use() -> None:
    assert await told(bench(a_linux()), 320) == [
        ("cpu_percent", "cpu", 50.0, ""),
        ("memory_percent", "memory", 20.0, ""),
    ]


async def test_a_load_that_an_agent_does_not_know_yet_is_asked_for_nevertheless() -> None:
    made = bench({f"{DEVICE_TYPE}.196608": PROCESSOR, f"{DEVICE_TYPE}.262145": OTHER}, 60.0)
    assert await told(made, 70) == []
    made.agent.values[f"{LOAD}.196608"] = 12
    assert ("cpu_percent", "cpu", 12.0, "") in await told(made, 70)


async def test_what_is_there_is_looked_for_once_and_asked_for_seldom() -> None:
    made = bench(a_router())
    await made.rounds(320)
    looked = walked(made)
    made.agent.asked.clear()
    numbers = await told(made, 3600)
    assert walked(made) == looked
    assert 11 <= sum(name == "cpu_percent" for name, *_ in numbers) <= 13
    asked = [oids for oids in made.agent.asked if any(oid.startswith(OURS) for oid in oids)]
    assert len(asked) <= 13


async def test_an_agent_without_any_of_it_is_not_asked_again_until_it_restarts() -> None:
    made = bench({})
    assert await told(made, 4000) == []
    once = len(walked(made))
    assert once == len(set(walked(made))) == 9
    made.uptime_s = 0.0
    await made.rounds(400)
    assert len(walked(made)) == 2 * once


async def test_a_part_that_fails_is_told_when_it_does_and_one_that_is_taken_out_too() -> None:
    made = bench(a_router(), 60.0)
    await told(made, 70)
    made.agent.values |= {f"{ENVMON}.5.1.3.1": 5, f"{ENVMON}.5.1.3.2": 1, f"{ENVMON}.3.1.6.1": 2}
    after = [each for each in await told(made, 200) if each[2] is None]
    assert after == [
        ("temperature_high", "Inlet", None, "warning"),
        ("power_supply_failed", "PS 1", None, "not present"),
    ]


async def test_errors_are_told_by_how_much_they_grow() -> None:
    made = bench({f"{ERRORS}.1": 9_000_000}, 60.0)
    assert await told(made, 70) == []
    made.agent.values[f"{ERRORS}.1"] = 9_000_120
    ((fact, part, rate, _), *others) = await told(made, 130)
    assert (fact, part) == ("input_errors_per_minute", "Gi0/1")
    assert rate is not None
    assert 100 < rate < 140
    assert all(each[2] == 0.0 for each in others)
    made.agent.values[f"{ERRORS}.1"] = 3  # cleared
    assert await told(made, 58) == []


async def test_who_does_not_want_it_is_not_asked() -> None:
    made = bench(a_router(), 0.0)
    assert await told(made, 4000) == []
    assert walked(made) == []


async def test_an_agent_that_cannot_say_it_is_heard_otherwise() -> None:
    made = bench(a_router())
    made.agent.trouble_below[CPU] = Trouble.AGENT_ERROR
    said = await made.rounds(1000)
    assert any(isinstance(polled, Polled) and polled.interfaces for polled in said)
    assert not any(isinstance(polled, Polled) and polled.readings for polled in said)
    assert made.device.error is None or made.device.error.trouble is Trouble.AGENT_ERROR
    made.agent.trouble_below.clear()
    assert ("cpu_percent", "cpu", 91.0, "") in await told(made, 1300)
