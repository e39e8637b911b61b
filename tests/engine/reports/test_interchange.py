"""Interchange as SPEC 7 fixes it."""

from __future__ import annotations

import json
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.captured import RouteRow
from statetrace_engine.reports import interchange
from statetrace_engine.reports.interchange import RouteHealthSnapshots, RouteRecord, RouteRecords

T0 = 1_795_442_400.25


def made(prefix: str, next_hop: str, *, is_primary: bool = True, is_active: bool = True) -> RouteRecord:
    row = RouteRow(vrf="default", prefix=prefix, next_hop=next_hop, protocol="bgp", active=is_active)
    return interchange.record(row, site="WLLS", hostname="WLLS-A01-AR-01", captured_at=T0, is_primary=is_primary)


def test_a_record_is_named_by_its_content() -> None:
    found = json.loads(interchange.encode(RouteRecords("1.0", (made("10.0.0.0/8", "10.1.1.2"),))))

    [one] = found["RouteRecords"]
    words = "2026-11-23T14:00:00.250Z|WLLS|WLLS-A01-AR-01|default|10.0.0.0|8|10.1.1.2|bgp|Primary|Active"
    assert one == {
        "SchemaVersion": "1.0", "RecordId": sha256(words.encode()).hexdigest(),
        "CapturedAt": "2026-11-23T14:00:00.250Z", "Site": "WLLS", "Hostname": "WLLS-A01-AR-01", "Vrf": "default",
        "Prefix": "10.0.0.0", "PrefixLength": 8, "NextHop": "10.1.1.2", "Protocol": "bgp", "RouteRole": "Primary",
        "RouteState": "Active", "SourceSystem": "capture",
    }  # fmt: skip


def test_a_group_that_is_up_names_the_prefixes_that_are_not() -> None:
    records = [
        made("10.0.0.0/8", "10.1.1.2"),
        made("10.2.0.0/16", "10.1.1.2", is_active=False),
        made("10.3.0.0/16", "10.1.1.2", is_active=False),
        made("10.3.0.0/16", "10.1.2.2", is_primary=False),
    ]

    [found] = interchange.snapshots(records)

    assert (found.primary_route_status, found.secondary_route_status, found.health_state) == ("Up", "Up", "Healthy")
    assert found.notes == "masked by the grouping: 10.2.0.0/16 Critical, 10.3.0.0/16 Warning"
    assert found.route_record_ids == tuple(record.record_id for record in records)


def test_statuses_follow_from_roles_and_states() -> None:
    up, lost = made("10.0.0.0/8", "10.1.1.2"), made("10.0.0.0/8", "10.1.1.2", is_active=False)
    carries = made("10.0.0.0/8", "10.1.2.2", is_primary=False)
    spare = made("10.0.0.0/8", "10.1.2.2", is_primary=False, is_active=False)
    table = {
        (up,): ("Up", "Missing", "Healthy"),
        (up, spare): ("Up", "Standby", "Healthy"),
        (up, carries): ("Up", "Up", "Healthy"),
        (lost, carries): ("Degraded", "Up", "Warning"),
        (lost, spare): ("Down", "Down", "Critical"),
        (lost,): ("Down", "Missing", "Critical"),
        (carries,): ("Missing", "Up", "Warning"),
        (spare,): ("Missing", "Down", "Critical"),
    }

    assert {records: interchange.statuses(records) for records in table} == table


names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
rows = st.builds(
    RouteRow,
    vrf=names,
    prefix=st.one_of(st.ip_addresses(v=4).map(lambda a: f"{a}/24"), st.ip_addresses(v=6).map(lambda a: f"{a}/64")),
    next_hop=st.none() | st.ip_addresses().map(str),
    interface=st.none() | names.filter(bool),
    protocol=st.none() | names.filter(bool),
    admin_distance=st.none() | st.integers(0, 255),
    metric=st.none() | st.integers(0, 2**32),
    tag=st.none() | st.integers(0, 2**32),
    age_seconds=st.none() | st.integers(0, 2**32),
    active=st.booleans(),
)


@given(st.lists(rows, max_size=5), st.booleans())
def test_what_is_written_is_read_back(given_rows: list[RouteRow], is_primary: bool) -> None:
    records = tuple(
        interchange.record(row, site="S", hostname="H", captured_at=T0, is_primary=is_primary) for row in given_rows
    )

    assert interchange.decode(interchange.encode(RouteRecords("1.0", records))) == (RouteRecords("1.0", records), [])
    taken = RouteHealthSnapshots("1.0", interchange.snapshots(records))
    assert interchange.decode(interchange.encode(taken)) == (taken, [])


@given(st.binary(max_size=200))
def test_what_is_no_interchange_is_a_problem_and_no_crash(raw: bytes) -> None:
    document, problems = interchange.decode(raw)

    assert document is None
    assert problems


def test_every_problem_is_told_with_its_place() -> None:
    good = json.loads(interchange.encode(RouteRecords("1.0", (made("10.0.0.0/8", "10.1.1.2"),))))
    one = good["RouteRecords"][0]
    good["RouteRecords"] = [one, one | {"Site": "BOYO"}, one | {"PrefixLength": 300}, one | {"Prefix": "10.0.0.1"}]

    document, problems = interchange.decode(json.dumps(good).encode())

    assert isinstance(document, RouteRecords)
    assert len(document.route_records) == 3
    assert [problem.partition(":")[0] for problem in problems] == [
        "RouteRecords[2]", "RouteRecords[1]", "RouteRecords[3]",
    ]  # fmt: skip
