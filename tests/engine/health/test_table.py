"""The state table: total, and as SPEC 2 prints it."""

from __future__ import annotations

from itertools import product

import pytest

from statetrace_engine.health.table import TABLE, Destination, Primary, Secondary, judge
from statetrace_engine.model.health import Failover, HealthState, Severity

NOT_FAILING = tuple(d for d in Destination if d is not Destination.FAILING)


def test_the_table_is_total() -> None:
    assert set(TABLE) == set(product(Primary, Secondary, Destination))


@pytest.mark.parametrize(("secondary", "destination"), list(product(Secondary, NOT_FAILING)))
def test_what_carries_is_healthy_whatever_the_secondary(secondary: Secondary, destination: Destination) -> None:
    found = judge(Primary.CARRIES, secondary, destination)
    is_impaired = destination is Destination.IMPAIRED
    assert found.state is (HealthState.DEGRADED if is_impaired else HealthState.HEALTHY)
    assert found.failover is Failover.NONE


@pytest.mark.parametrize(("secondary", "destination"), list(product(Secondary, NOT_FAILING)))
def test_an_impaired_primary_is_a_warning(secondary: Secondary, destination: Destination) -> None:
    found = judge(Primary.IMPAIRED, secondary, destination)
    assert (found.state, found.severity) == (HealthState.DEGRADED, Severity.WARNING)


@pytest.mark.parametrize("destination", NOT_FAILING)
def test_an_installed_secondary_is_a_complete_failover(destination: Destination) -> None:
    found = judge(Primary.LOST, Secondary.INSTALLED, destination)
    expected = (HealthState.DEGRADED, Severity.MAJOR, Failover.COMPLETE)
    assert (found.state, found.severity, found.failover) == expected
    assert not found.is_provisional


@pytest.mark.parametrize("secondary", Secondary)
def test_a_passing_destination_proves_survival(secondary: Secondary) -> None:
    found = judge(Primary.LOST, secondary, Destination.PASSING)
    expected = (HealthState.DEGRADED, Severity.MAJOR, Failover.COMPLETE)
    assert (found.state, found.severity, found.failover) == expected


def test_a_known_secondary_without_proof_is_in_progress_for_a_time() -> None:
    found = judge(Primary.LOST, Secondary.KNOWN, Destination.ABSENT)
    expected = (HealthState.DEGRADED, Severity.MAJOR, Failover.IN_PROGRESS)
    assert (found.state, found.severity, found.failover) == expected
    assert found.is_provisional


def test_no_secondary_and_no_proof_is_down_at_once() -> None:
    found = judge(Primary.LOST, Secondary.NONE, Destination.ABSENT)
    assert (found.state, found.severity) == (HealthState.DOWN, Severity.CRITICAL)


@pytest.mark.parametrize(("primary", "secondary"), list(product(Primary, Secondary)))
def test_a_failing_destination_is_down_whatever_else(primary: Primary, secondary: Secondary) -> None:
    found = judge(primary, secondary, Destination.FAILING)
    assert (found.state, found.severity) == (HealthState.DOWN, Severity.CRITICAL)
