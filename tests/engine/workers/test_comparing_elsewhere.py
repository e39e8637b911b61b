"""People capture one command a file, too: each is compared with the newest capture before it that shows the command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from benchmarks import drift
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffRun
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.runtime.ingesting import comparison
from statetrace_engine.runtime.ingesting.diff_metrics import DiffMetrics
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing

NOW = drift.START
HOST = "WLLS-A01-AR-01"
ROUTE = "show ip route"
ARP = "show ip arp"
LEGEND = """Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area

Gateway of last resort is not set

"""


class Store:
    """A store into which captures come, each at its hour."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = Session(path / "statetrace.db", lambda: NOW)

    def take(self, hour: int, *shown: str, reading: str = "2") -> int:
        raw = "".join(f"{HOST}#{text}" for text in shown) + f"{HOST}#exit\n"
        filed = drift.filed(raw.encode(), NOW + 3600 * hour)
        (summary,) = self.session.write_captures(
            [structs.replace(filed, file_key=f"{hour} {raw}", reading=reading)]
        ).captures
        return summary.capture_id

    def compare(self) -> list[int]:
        """The runs that were made, by id."""
        store = self.path / "statetrace.db"
        metrics = DiffMetrics(self.path / "logs", store)

        def write(runs: object, _deltas: object = ()) -> None:
            self.session.write_runs(runs)  # type: ignore[arg-type]

        return [run.run_id for run in comparison.run(store, write, lambda *_, **__: None, lambda: NOW, metrics=metrics)]

    def run(self, run_id: int) -> DiffRun:
        found = Runs(self.path / "statetrace.db").run(run_id)
        assert found is not None
        return found

    def changes(self, run_id: int) -> list[DiffChange]:
        pieces = Runs(self.path / "statetrace.db").changes(run_id)
        return [change for piece in pieces for change in unpack(piece)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.session.close()


def routes(*hops: int) -> str:
    lines = [f"O        10.0.{n}.0/24 [110/2] via 10.1.1.{hop}, 1d02h, Gi0/1\n" for n, hop in enumerate(hops)]
    return f"{ROUTE}\n{LEGEND}" + "".join(lines)


def arp(*ends: int) -> str:
    head = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
    lines = [
        f"Internet  10.1.1.{n}                 5   0050.56b2.00{end:02x}  ARPA   Gi0/1\n"
        for n, end in enumerate(ends, 1)
    ]
    return f"{ARP}\n{head}" + "".join(lines)


def told(changes: list[DiffChange]) -> list[tuple[str, str, ChangeType]]:
    return [(change.command, change.key[1], change.change_type) for change in changes]


def test_one_command_a_file_is_compared_with_the_last_that_shows_it(store: Store) -> None:
    first_routes, first_arp = store.take(0, routes(2, 2)), store.take(1, arp(1))
    second_routes, second_arp = store.take(2, routes(2, 3)), store.take(3, arp(2))
    assert store.compare() == [first_routes, first_arp, second_routes, second_arp]
    assert store.run(first_arp).previous_id is None
    assert store.run(second_routes).previous_id == first_routes
    assert store.run(second_routes).previous_at == NOW
    assert told(store.changes(second_routes)) == [(ROUTE, "10.0.1.0/24", ChangeType.CHANGED)]
    assert store.run(second_arp).previous_id == first_arp
    assert [change.key[1] for change in store.changes(second_arp)] == ["10.1.1.1"]
    assert store.run(second_arp).metadata.only_before == ()


def test_what_the_previous_capture_lacks_is_compared_with_an_older_one(store: Store) -> None:
    whole, part, last = store.take(0, routes(2, 2), arp(1)), store.take(1, arp(1)), store.take(2, routes(2, 3), arp(2))
    store.compare()
    run = store.run(last)
    assert run.previous_id == part
    assert [(each.command, each.capture_id) for each in run.metadata.elsewhere] == [(ROUTE, whole)]
    assert (run.before_of(ROUTE), run.before_of(ARP)) == (whole, part)
    assert {change.command for change in store.changes(last)} == {ROUTE, ARP}
    assert run.metadata.compared == (ARP, ROUTE)


def test_one_that_comes_late_is_what_later_ones_are_compared_with(store: Store) -> None:
    first, last = store.take(0, routes(2)), store.take(9, routes(4))
    arp_between = store.take(5, arp(1))
    store.compare()
    assert store.run(last).previous_id == first
    late = store.take(6, routes(3))
    assert store.compare() == [late, last]
    assert store.run(last).previous_id == late
    assert store.run(arp_between).previous_id is None
    assert store.compare() == []


def test_an_older_one_that_comes_late_makes_only_those_be_compared_again_that_show_the_same(store: Store) -> None:
    runs = [store.take(3, routes(2)), store.take(4, arp(1)), store.take(5, routes(3)), store.take(6, arp(2))]
    store.compare()
    late = store.take(1, arp(3))
    assert store.compare() == [late, runs[1]]
    assert store.run(runs[1]).previous_id == late
    assert store.run(runs[3]).previous_id == runs[1]


def test_what_another_parser_read_is_no_drift_in_an_older_capture_either(store: Store) -> None:
    store.take(1, routes(2), reading="1")
    store.take(2, arp(1))
    last = store.take(3, routes(3), arp(2))
    store.compare()
    found = store.run(last)
    assert len(found.metadata.elsewhere) == 1
    assert (found.parser, found.previous_parser, found.is_drift) == ("2", "1", False)


def test_who_did_it_between_two_captures_is_nobody_from_before_the_first_and_nobody_backwards(store: Store) -> None:
    lines = [
        f"Nov 23 1{n}:20:07.123 UTC: %SYS-5-CONFIG_I: Configured from console by {who} on vty0 (10.0.0.5)\n"
        for n, who in ((1, "ann"), (2, "bob"))
    ]
    version = "show version\nCisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.2(4)M6, RELEASE\n"
    configuration = f"show running-config\nhostname {HOST}\nip host a 10.0.0.%d\nend\n"
    told = [
        store.take(n, version, configuration % n, f"show logging\n{log}")
        for n, log in enumerate(("", lines[0], "".join(lines)))
    ]
    store.compare()
    path = store.path / "statetrace.db"

    def who(before: int, after: int) -> list[str]:
        diff = comparing.between(path, before, after)
        assert diff is not None
        return [each.who for each in diff.metadata.authors]

    assert who(told[0], told[2]) == ["ann", "bob"]
    assert who(told[1], told[2]) == ["bob"]
    assert who(told[2], told[0]) == []
