"""How a device does, as its agent says it: processor, memory, temperatures, fans, power supplies, errors of interfaces.

What an agent has is looked for once, and again when its device has restarted; then only these values are asked for, in
as few requests as they need. Tables: CISCO-PROCESS-MIB, CISCO-MEMORY-POOL-MIB and CISCO-ENVMON-MIB; of others
HOST-RESOURCES-MIB (RFC 2790) and ENTITY-SENSOR-MIB (RFC 3433); IF-MIB (RFC 2863).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from statetrace_engine.model.reading import LEAST_S, MOST, FactName, Reading
from statetrace_engine.model.text import decode, sanitise
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Value, Walk

Values = Mapping[str, Value]
_ROWS = 64
_SENSORS = 512
_MOST_SENSORS = 32
_PART = 120
_CISCO_CPU = "1.3.6.1.4.1.9.9.109.1.1.1.1.8"
"""cpmCPUTotal5minRev."""
_CPU = "1.3.6.1.2.1.25.3.3.1.2"
"""hrProcessorLoad: of each core, over a minute."""
_DEVICE_TYPE, _PROCESSOR = "1.3.6.1.2.1.25.3.2.1.2", "1.3.6.1.2.1.25.3.1.3"
_CISCO_POOL = "1.3.6.1.4.1.9.9.48.1.1.1"
_STORAGE = "1.3.6.1.2.1.25.2.3.1"
_RAM = "1.3.6.1.2.1.25.2.1.2"
_NOT_IN_USE = ("memory buffers", "cached memory")
"""Rows of hrStorage for what Linux gives back at once, and counts as used."""
_SENSOR = "1.3.6.1.2.1.99.1.1.1"
_SENSOR_NAME = "1.3.6.1.2.1.47.1.1.1.1.7"
"""entPhysicalName."""
_CELSIUS, _IS_OK = 8, 1
_UNITS = 9
"""entPhySensorScale: 9 is 1, and each step three digits."""
_ENVMON = "1.3.6.1.4.1.9.9.13.1"
_IF_ERRORS = "1.3.6.1.2.1.2.2.1.14"
_WORDS = {1: "normal", 2: "warning", 3: "critical", 4: "shutdown", 5: "not present", 6: "not functioning"}
"""CiscoEnvMonState."""
_WELL, _ABSENT = 1, 5
_PARTS = {
    "3": (FactName.TEMPERATURE_HIGH, "6"),
    "4": (FactName.FAN_FAILED, "3"),
    "5": (FactName.POWER_SUPPLY_FAILED, "3"),
}
"""Tables of CISCO-ENVMON-MIB: what is wrong with a row that is not well, and the column with its state."""


class Gauge(Struct, frozen=True):
    """What is asked again and again."""

    oids: tuple[str, ...]
    read: Callable[[Values], Reading | None]


class Part(Struct, frozen=True):
    """Something that works or does not."""

    oid: str
    wrong: FactName
    name: str


class Vitals:
    """Of one device."""

    def __init__(self) -> None:
        self._gauges: list[Gauge] | None = None
        """None: it is not known what the agent has."""
        self._parts: list[Part] = []
        self._states: dict[str, Value] = {}
        """Of parts, as they were said last."""
        self._errors: dict[str, tuple[int, float]] = {}
        """Of interfaces: what was counted, and when."""

    def forget(self) -> None:
        """The device has restarted: another agent may answer, and counters began anew."""
        self._gauges, self._parts, self._states, self._errors = None, [], {}, {}

    async def ask(self, asking: Asking, interfaces: Mapping[str, int], now: float) -> tuple[Reading, ...]:
        """What it says now; of parts and errors what is news since the last time. Raises SnmpError."""
        if self._gauges is None:
            self._parts = [part async for part in _parts(asking)]
            self._gauges = [*await _processor(asking), *await _memory(asking), *await _sensors(asking)]
        oids = [oid for gauge in self._gauges for oid in gauge.oids]
        counters = {f"{_IF_ERRORS}.{index}": name for name, index in interfaces.items()}
        values = await asking.get([*oids, *(part.oid for part in self._parts), *counters])
        found = [
            *(reading for gauge in self._gauges if (reading := gauge.read(values)) is not None),
            *self._failed(values),
            *self._grown(values, counters, now),
        ]
        return tuple(found[:MOST])

    def _failed(self, values: Values) -> Iterator[Reading]:
        for part in self._parts:
            state, before = values.get(part.oid), self._states.get(part.oid)
            if not isinstance(state, int):
                continue
            self._states[part.oid] = state
            is_news = before == _WELL if state == _ABSENT else state != _WELL and before in (None, _WELL, _ABSENT)
            if is_news:
                yield Reading(part.wrong, part.name, state=_WORDS.get(state, str(state)))

    def _grown(self, values: Values, counters: Mapping[str, str], now: float) -> Iterator[Reading]:
        for oid, name in counters.items():
            count = values.get(oid)
            if not isinstance(count, int):
                continue
            before = self._errors.get(name)
            self._errors[name] = (count, now)
            if before is not None and count >= before[0] and now - before[1] >= LEAST_S:
                rate = round((count - before[0]) / (now - before[1]) * 60, 3)
                yield Reading(FactName.INPUT_ERRORS, name, rate)


async def _processor(asking: Asking) -> list[Gauge]:
    own = [oid for oid, _ in (await asking.client.walk(_CISCO_CPU, _ROWS)).rows]
    if own:
        names = ["cpu"] if len(own) == 1 else [f"cpu {_index(oid)}" for oid in own]
        return [Gauge((oid,), _number(FactName.CPU, name, oid)) for oid, name in zip(own, names, strict=True)]
    cores = tuple(oid for oid, _ in (await asking.client.walk(_CPU, _ROWS)).rows)
    if not cores:  # net-snmp's has no load yet in the first minute after its start
        kinds = await asking.client.walk(_DEVICE_TYPE, _ROWS)
        cores = tuple(f"{_CPU}.{_index(oid)}" for oid, kind in kinds.rows if kind == _PROCESSOR)
    return [Gauge(cores, _mean(FactName.CPU, "cpu", cores))] if cores else []


async def _memory(asking: Asking) -> list[Gauge]:
    pools = _named(await asking.client.walk(f"{_CISCO_POOL}.2", _ROWS))
    processor = next((index for index, name in pools.items() if name.lower() == "processor"), None)
    if processor is not None:
        used, free = (f"{_CISCO_POOL}.{column}.{processor}" for column in (5, 6))
        return [Gauge((used, free), _share("processor", used, (used, free), ()))]
    if pools:
        return []
    kinds = await asking.client.walk(f"{_STORAGE}.2", _ROWS)
    ram = next((_index(oid) for oid, kind in kinds.rows if kind == _RAM), None)
    if ram is None:
        return []
    names = _named(await asking.client.walk(f"{_STORAGE}.3", _ROWS))
    free_too = [index for index, name in names.items() if name.lower() in _NOT_IN_USE]
    size, used = f"{_STORAGE}.5.{ram}", f"{_STORAGE}.6.{ram}"
    less = tuple(f"{_STORAGE}.6.{index}" for index in free_too)
    return [Gauge((size, used, *less), _share("memory", used, (size,), less))]


async def _sensors(asking: Asking) -> list[Gauge]:
    kinds = await asking.client.walk(f"{_SENSOR}.1", _SENSORS)
    indexes = list(islice((_index(oid) for oid, kind in kinds.rows if kind == _CELSIUS), _MOST_SENSORS))
    if not indexes:
        return []
    columns = [f"{_SENSOR}.2", f"{_SENSOR}.3", _SENSOR_NAME]
    said = await asking.get([f"{column}.{index}" for index in indexes for column in columns])
    found = []
    for index in indexes:
        scale, precision, name = (said.get(f"{column}.{index}") for column in columns)
        digits = 3 * ((scale if isinstance(scale, int) else _UNITS) - _UNITS)
        digits -= precision if isinstance(precision, int) else 0
        oids = (f"{_SENSOR}.4.{index}", f"{_SENSOR}.5.{index}")
        part = _text(name) or f"sensor {index}"
        found.append(Gauge(oids, _scaled(part, oids, float(10**digits) if abs(digits) < _PART else 1.0)))
    return found


async def _parts(asking: Asking) -> AsyncIterator[Part]:
    for table, (wrong, column) in _PARTS.items():
        head = f"{_ENVMON}.{table}.1"
        for index, name in _named(await asking.client.walk(f"{head}.2", _ROWS)).items():
            yield Part(f"{head}.{column}.{index}", wrong, name)


def _number(fact: FactName, part: str, oid: str) -> Callable[[Values], Reading | None]:
    def read(values: Values) -> Reading | None:
        value = values.get(oid)
        return Reading(fact, part, float(value)) if isinstance(value, int) else None

    return read


def _mean(fact: FactName, part: str, oids: Sequence[str]) -> Callable[[Values], Reading | None]:
    def read(values: Values) -> Reading | None:
        found = list(_numbers(values, oids))
        return Reading(fact, part, round(sum(found) / len(found), 1)) if found else None

    return read


def _share(part: str, used: str, whole: Sequence[str], less: Sequence[str]) -> Callable[[Values], Reading | None]:
    """Of the sum of `whole` so much is used, without `less`, which is given back when it is wanted."""

    def read(values: Values) -> Reading | None:
        total, taken = sum(_numbers(values, whole)), sum(_numbers(values, (used,))) - sum(_numbers(values, less))
        if len(list(_numbers(values, (used, *whole)))) < 1 + len(whole) or not 0 <= taken <= total or not total:
            return None
        return Reading(FactName.MEMORY, part, round(100 * taken / total, 1))

    return read


def _scaled(part: str, oids: tuple[str, str], unit: float) -> Callable[[Values], Reading | None]:
    def read(values: Values) -> Reading | None:
        value, state = (values.get(oid) for oid in oids)
        if not isinstance(value, int) or state != _IS_OK:
            return None
        return Reading(FactName.TEMPERATURE, part, round(value * unit, 1))

    return read


def _numbers(values: Values, oids: Iterable[str]) -> Iterator[int]:
    for oid in oids:
        value = values.get(oid)
        if isinstance(value, int):
            yield value


def _named(walk: Walk) -> dict[str, str]:
    """Index → what the row is called."""
    return {_index(oid): _text(name) or f"row {_index(oid)}" for oid, name in walk.rows}


def _text(value: Value) -> str:
    return sanitise(decode(value).strip(), _PART) if isinstance(value, bytes) else ""


def _index(oid: str) -> str:
    return oid.rpartition(".")[2]
