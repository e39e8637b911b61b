"""For which path a runbook's placeholders stand."""

from __future__ import annotations

import pytest

from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem
from statetrace_engine.model.route import Role, RoutePath
from statetrace_engine.runbooks.filling import failed_path


def path(number: int, role: Role = Role.PRIMARY, unit: str = "") -> RoutePath:
    interface = f"GigabitEthernet0/{number}{unit}"
    return RoutePath(path_id=f"p{number}", role=role, next_hop=f"10.1.{number}.2", interface=interface)


def seen(text: str, agreement: Agreement = Agreement.SUPPORTS) -> EvidenceItem:
    return EvidenceItem(
        source="syslog", plane=Plane.LINK, verdict=Verdict.DOWN, at=0.0, text=text, witness="R1", seq=1,
        agreement=agreement,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [("GigabitEthernet0/2 down", 2), ("bgp 10.1.2.2 down, hold timer expired", 2), ("nothing of either", 1)],
)
@pytest.mark.parametrize("unit", ["", ".100"])
def test_the_path_that_the_evidence_names_failed_also_by_the_port_under_it(text: str, number: int, unit: str) -> None:
    paths = (path(1, unit=unit), path(2, unit=unit))
    assert failed_path([seen(text)], paths) == paths[number - 1]


def test_what_speaks_for_a_path_does_not_name_it_and_a_secondary_is_not_what_failed() -> None:
    paths = (path(1), path(2), path(3, Role.SECONDARY))
    assert failed_path([seen("GigabitEthernet0/2 up", Agreement.OPPOSES)], paths) == paths[0]
    assert failed_path([seen("GigabitEthernet0/3 down")], paths) == paths[0]
    assert failed_path([seen("GigabitEthernet0/3 down")], paths[2:]) == paths[2]
    assert failed_path([seen("GigabitEthernet0/3 down")], ()) is None
