"""Two devices with one hostname and site: their captures are not compared with each other, and that is said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from benchmarks import drift
from statetrace_engine.model.diff import DiffRun
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing

NOW = drift.START
VERSION = """show version
Cisco IOS Software, C3900e Software (C3900e-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)
R1 uptime is 2 weeks, 1 day, 1 hour, 5 minutes
Processor board ID {serial}
"""
FACES = """show ip interface brief
Interface                  IP-Address      OK? Method Status                Protocol
GigabitEthernet0/1         10.0.1.{n}        YES NVRAM  up                    up
GigabitEthernet0/2         10.0.2.{n}        YES NVRAM  up                    up
Loopback0                  10.255.0.{n}      YES NVRAM  up                    up
"""
ARP = """show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.1.1.{n}                 5   0050.56b2.000{n}  ARPA   GigabitEthernet0/1
"""


class Store:
    """A store into which captures of R1 come, one an hour."""

    def __init__(self, path: Path) -> None:
        self.path = path / "statetrace.db"
        self._session, self._metrics = Session(self.path, lambda: NOW), DiffMetrics(path / "logs", self.path)
        self._taken = 0
        self.close = self._session.close

    def take(self, *shown: str, hour: int | None = None, site: str = "R1") -> int:
        at = NOW + 3600 * (self._taken if hour is None else hour)
        raw = "".join(f"R1#{text}" for text in shown) + "R1#exit\n"
        self._taken += 1
        named = {"file_key": f"{self._taken}", "name": f"logs/R1-{self._taken}.log"}
        filed = structs.replace(drift.filed(raw.encode(), at), **named)
        filed = structs.replace(filed, captures=tuple(structs.replace(each, site=site) for each in filed.captures))
        (summary,) = self._session.write_captures([filed]).captures
        return summary.capture_id

    def compare(self) -> list[DiffRun]:
        def write(runs: object, _deltas: object = ()) -> None:
            self._session.write_runs(runs)  # type: ignore[arg-type]

        told = comparison.run(self.path, write, lambda *_, **__: None, lambda: NOW, metrics=self._metrics)
        return sorted(told, key=lambda run: run.run_id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def one(n: int = 1) -> tuple[str, ...]:
    return VERSION.format(serial="FTX1840AAAA"), ARP.format(n=n)


def other(n: int = 5) -> tuple[str, ...]:
    return VERSION.format(serial="FTX9999ZZZZ"), ARP.format(n=n)


def test_each_device_is_compared_with_itself(store: Store) -> None:
    ids = [store.take(*shown) for shown in (one(1), other(5), one(2), other(6))]
    runs = store.compare()
    assert [run.run_id for run in runs] == ids
    assert [run.previous_id for run in runs] == [None, None, ids[0], ids[1]]
    assert [run.total for run in runs] == [0, 0, 2, 2]
    assert runs[0].metadata.warnings == ()
    assert runs[1].metadata.warnings == (
        "not compared with capture 1, R1-1.log, nor with any other: serial number FTX1840AAAA before, FTX9999ZZZZ "
        "after: replaced, or two devices with one hostname",
    )
    assert (
        runs[2]
        .metadata.warnings[0]
        .startswith("not compared with capture 2, R1-2.log, but with 1, R1-1.log: serial number FTX9999ZZZZ")
    )


def test_one_that_comes_late_is_compared_with_its_own_device_and_changes_no_other(store: Store) -> None:
    first, last = store.take(*one(1)), store.take(*one(2), hour=9)
    store.compare()
    late = store.take(*other(), hour=5)
    assert [(run.run_id, run.previous_id) for run in store.compare()] == [(late, None)]
    found = Runs(store.path).run(last)
    assert found is not None
    assert found.previous_id == first


def test_without_serial_numbers_they_are_known_by_their_addresses(store: Store) -> None:
    for n in (1, 5):
        store.take(FACES.format(n=n), ARP.format(n=n))
    _, second = store.compare()
    assert second.previous_id is None
    [warning] = second.metadata.warnings
    assert "GigabitEthernet0/1 and 2 more had 10.0.1.1 before, has 10.0.1.5 after" in warning


def test_a_device_that_was_replaced_and_configured_as_before_is_compared_and_said(store: Store) -> None:
    first = store.take(VERSION.format(serial="FTX1840AAAA"), FACES.format(n=1))
    store.take(VERSION.format(serial="FTX9999ZZZZ"), FACES.format(n=1))
    _, second = store.compare()
    assert second.previous_id == first
    assert second.total == 1
    assert second.metadata.warnings == (
        "serial number FTX1840AAAA before, FTX9999ZZZZ after: replaced, or two devices with one hostname",
    )


def test_one_that_does_not_say_whose_it_is_is_compared_and_doubted(store: Store) -> None:
    for shown in (one(1), other(5), (ARP.format(n=6),)):
        last = store.take(*shown)
    run = store.compare()[-1]
    assert (run.run_id, run.previous_id) == (last, 2)
    assert run.metadata.warnings == ("two devices go by this hostname, and this capture does not show of which it is",)


def test_one_that_says_whose_it_is_is_doubted_where_what_it_is_compared_with_does_not(store: Store) -> None:
    for shown in (one(1), other(5), (ARP.format(n=6),), one(1)):
        last = store.take(*shown)
    run = store.compare()[-1]
    assert (run.run_id, run.previous_id) == (last, 3)
    assert run.metadata.warnings == (
        "two devices go by this hostname, and capture 3, R1-3.log, with which it is compared, does not "
        "show of which it is",
    )


def test_what_an_older_capture_shows_of_another_device_is_doubted_too(store: Store) -> None:
    store.take(VERSION.format(serial="FTX1840AAAA"), FACES.format(n=1))
    store.take(ARP.format(n=1))
    store.take(VERSION.format(serial="FTX9999ZZZZ"), FACES.format(n=1), ARP.format(n=1))
    run = store.compare()[-1]
    assert (run.previous_id, [each.capture_id for each in run.metadata.elsewhere]) == (2, [1, 1])
    assert {each.file for each in run.metadata.elsewhere} == {"R1-1.log"}
    assert run.metadata.warnings == (
        "serial number FTX1840AAAA before, FTX9999ZZZZ after: replaced, or two devices with one hostname",
    )


def test_one_that_comes_late_has_the_next_of_its_device_compared_again(store: Store) -> None:
    first, _, last = store.take(*one(1)), store.take(*other(5), hour=5), store.take(*one(2), hour=6)
    assert [run.previous_id for run in store.compare()] == [None, None, first]
    late = store.take(*one(3), hour=3)
    store.compare()
    found = Runs(store.path).run(last)
    assert found is not None
    assert found.previous_id == late


def test_whoever_names_two_captures_has_them_compared_and_is_told(store: Store) -> None:
    first, second = store.take(*one()), store.take(*other())
    store.compare()
    diff = comparing.between(store.path, first, second)
    assert diff is not None
    assert {change.kind.value for change in diff.changes} == {"version", "arp"}
    assert any("two devices with one hostname" in warning for warning in diff.metadata.warnings)


def test_devices_of_two_sites_may_have_one_hostname(store: Store) -> None:
    first, second = store.take(*one()), store.take(*other(), site="BOYO")
    assert [run.metadata.warnings for run in store.compare()] == [(), ()]
    diff = comparing.between(store.path, first, second)
    assert diff is not None
    assert diff.metadata.warnings == ()
