"""How a device does, as its agent says it: processor, memory, temperatures, fans, power supplies, errors of interfaces.

What an agent has is looked for once, and again when its device has restarted; then only these values are asked for, in
as few requests as they need. Tables: the vendor's own (`vital_tables`) and CISCO-MEMORY-POOL-MIB; of others
HOST-RESOURCES-MIB (RFC 2790) and ENTITY-SENSOR-MIB (RFC 3433); IF-MIB (RFC 2863).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from statetrace_engine.model.reading import LEAST_S, MOST, FactName, Reading
from statetrace_engine.model.text import decode, sanitise
from statetrace_engine.sources.snmp import vital_tables
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Value, Walk
from statetrace_engine.sources.snmp.vital_tables import Numbers, Parts, States, Tables, Used

Values = Mapping[str, Value]
_ROWS = 64
_SENSORS = 512
_MOST_SENSORS = 32
_PART = 120
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
_IF_ERRORS = "1.3.6.1.2.1.2.2.1.14"
_CALLED = {FactName.CPU: "cpu", FactName.MEMORY: "memory", FactName.TEMPERATURE: "sensor"}


class Gauge(Struct, frozen=True):
    """What is asked again and again."""

    oids: tuple[str, ...]
    read: Callable[[Values], Reading | None]


class Part(Struct, frozen=True):
    """Something that works or does not."""

    oid: str
    wrong: FactName
    name: str
    states: States


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
            tables = vital_tables.of((await asking.get([vital_tables.SYS_OBJECT_ID])).get(vital_tables.SYS_OBJECT_ID))
            self._parts = [part async for part in _parts(asking, tables)]
            gauges = [await look(asking, tables) for look in (_processor, _memory, _sensors)]
            self._gauges = [gauge for found in gauges for gauge in found]
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
            known = part.states
            if not isinstance(state, int) or state in known.unknown:
                continue
            self._states[part.oid] = state
            was_well, was_bad = before in known.well, before is not None and before not in known.well | known.absent
            is_news = was_well if state in known.absent else state not in known.well and not was_bad
            if is_news:
                yield Reading(part.wrong, part.name, state=known.words.get(state, str(state)))

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


async def _own(asking: Asking, tables: Iterable[Numbers | Used]) -> list[Gauge]:
    """Of the first of these tables that the agent has."""
    for table in tables:
        found = [_used(table)] if isinstance(table, Used) else await _column(asking, table)
        if found:
            return found
    return []


def _used(table: Used) -> Gauge:
    return Gauge((table.total, table.used), _share(table.part, table.used, (table.total,), ()))


async def _column(asking: Asking, table: Numbers) -> list[Gauge]:
    rows = (await asking.client.walk(table.value, _SENSORS)).rows
    values = {_row(oid, table.value): value for oid, value in rows if isinstance(value, int)}
    values = {index: value for index, value in values.items() if index.endswith(table.ending)}
    if not values:
        return []
    if table.name:
        called = _named(await asking.client.walk(table.name, _SENSORS), table.name)
        named = {index: called.get(index, f"row {index}") for index in values}
    else:
        word = _CALLED[table.fact]
        named = {index: word if len(values) == 1 else f"{word} {index.removesuffix(table.ending)}" for index in values}
    kept = [index for index in values if vital_tables.is_of(table.of, named[index])]
    if table.fact is FactName.TEMPERATURE:
        kept = [index for index in kept if values[index] > 0][:_MOST_SENSORS]  # 0: without a sensor
    return [_gauge(table, named[index], f"{table.value}.{index}") for index in kept]


def _gauge(table: Numbers, part: str, oid: str) -> Gauge:
    return Gauge((oid,), _number(table.fact, part, oid, table.unit))


async def _processor(asking: Asking, tables: Tables) -> list[Gauge]:
    own = await _own(asking, tables.cpu)
    if own:
        return own
    cores = tuple(oid for oid, _ in (await asking.client.walk(_CPU, _ROWS)).rows)
    if not cores:  # net-snmp's has no load yet in the first minute after its start
        kinds = await asking.client.walk(_DEVICE_TYPE, _ROWS)
        cores = tuple(f"{_CPU}.{_index(oid)}" for oid, kind in kinds.rows if kind == _PROCESSOR)
    return [Gauge(cores, _mean(FactName.CPU, "cpu", cores))] if cores else []


async def _memory(asking: Asking, tables: Tables) -> list[Gauge]:
    own = await _own(asking, tables.memory)
    if own:
        return own
    pools = _named(await asking.client.walk(f"{_CISCO_POOL}.2", _ROWS), f"{_CISCO_POOL}.2")
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
    names = _named(await asking.client.walk(f"{_STORAGE}.3", _ROWS), f"{_STORAGE}.3")
    free_too = [index for index, name in names.items() if name.lower() in _NOT_IN_USE]
    size, used = f"{_STORAGE}.5.{ram}", f"{_STORAGE}.6.{ram}"
    less = tuple(f"{_STORAGE}.6.{index}" for index in free_too)
    return [Gauge((size, used, *less), _share("memory", used, (size,), less))]


async def _sensors(asking: Asking, tables: Tables) -> list[Gauge]:
    own = await _own(asking, tables.heat)
    if own:
        return own
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


async def _parts(asking: Asking, tables: Tables) -> AsyncIterator[Part]:
    for table in tables.parts:
        names = _named(await asking.client.walk(table.name, _SENSORS), table.name)
        kinds = dict(names)
        if table.kind:
            walk = await asking.client.walk(table.kind, _SENSORS)
            kinds = {_row(oid, table.kind): kind for oid, kind in walk.rows if isinstance(kind, str)}
        for index, name in names.items():
            wrong = _wrong(table, kinds.get(index, ""))
            if wrong is not None:
                yield Part(f"{table.state}.{index}", wrong, name, table.states)


def _wrong(table: Parts, kind: str) -> FactName | None:
    return next((fact for expression, fact in table.wrong.items() if vital_tables.is_of(expression, kind)), None)


def _number(fact: FactName, part: str, oid: str, unit: float) -> Callable[[Values], Reading | None]:
    def read(values: Values) -> Reading | None:
        value = values.get(oid)
        return Reading(fact, part, value * unit) if isinstance(value, int) else None

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


def _named(walk: Walk, column: str) -> dict[str, str]:
    """Index → what the row is called."""
    rows = ((_row(oid, column), name) for oid, name in walk.rows)
    return {index: _text(name) or f"row {index}" for index, name in rows}


def _row(oid: str, column: str) -> str:
    """The index, of as many numbers as it has."""
    return oid.removeprefix(f"{column}.")


def _text(value: Value) -> str:
    return sanitise(decode(value).strip(), _PART) if isinstance(value, bytes) else ""


def _index(oid: str) -> str:
    return oid.rpartition(".")[2]
