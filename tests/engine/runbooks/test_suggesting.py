"""What to run next: the first command of the step at hand, or behind it, that no capture since the outage shows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from statetrace_engine.model.remediation import GuidedRunbook, GuidedStep, RemediationTask, TaskState
from statetrace_engine.parsing import shows
from statetrace_engine.runbooks.suggesting import Known, Section, suggest

AT = 1_795_442_400.0
DONE = RemediationTask(
    outage_id="1", runbook="x", step="ports", operator="ana", state=TaskState.COMPLETED, started_at=AT, ended_at=AT
)
STEPS = (
    GuidedStep(number=1, step="ports", title="Ports", command="show interfaces GigabitEthernet0/1"),
    GuidedStep(number=2, step="ping", title="Ping", command="ping 10.1.1.2"),
    GuidedStep(number=3, step="log", title="Log", command="show logging | include Gi0/1"),
    GuidedStep(number=4, step="route", title="Route", command="show ip route vrf RED 10.0.0.0 255.0.0.0"),
    GuidedStep(number=5, step="gap", title="Gap", command="show ip arp <next hop?>", missing=("next_hop",)),
)
GUIDE = GuidedRunbook(
    outage_id="1", operator="ana", at=AT, runbook="x", title="X", steps=STEPS, current="ports", is_opened=True
)
KNOWN = Known(hostname="R1", vendor="cisco_ios", since_at=AT)


def section(command: str, after_s: float = 60.0) -> Section:
    return Section(command, "", AT + after_s)


@pytest.mark.parametrize(
    ("sections", "step", "why"),
    [
        ((), "ports", "no capture of R1 is in the store"),
        ((section("show interfaces GigabitEthernet0/1", -60.0),), "ports", "no capture of R1 is newer than the outage"),
        ((section("show version"),), "ports", "no capture of R1 since the outage began shows its interfaces"),
        ((section("show interfaces gigabitethernet0/1"),), "log", "shows its log"),
        ((section("show interfaces"), section("show logging")), "route", "shows its routes"),
        (
            (section("show interfaces"), section("show logging"), section("show ip route")),
            "route",
            "shows its routes",
        ),
    ],
    ids=["no capture", "old ones", "another command", "that very one", "a wider one", "another vrf's table"],
)
def test_the_first_that_is_missing(sections: tuple[Section, ...], step: str, why: str) -> None:
    found = suggest(GUIDE, replace(KNOWN, sections=sections))
    assert found is not None
    assert found.step == step
    assert why in found.why


@pytest.mark.parametrize("sections", [(), (section("show interfaces", -60.0),)], ids=["no capture", "old ones"])
def test_no_parser_is_imported_where_no_capture_is_new(
    sections: tuple[Section, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator waits for the runbook, and a vendor's parsers take 10 ms and more."""
    monkeypatch.setattr(shows, "SHOWS", None)
    assert suggest(GUIDE, replace(KNOWN, sections=sections)) is not None


def test_a_command_in_another_vendors_words_is_not_suggested() -> None:
    foreign = replace(GUIDE, steps=(replace(STEPS[0], foreign="no command for PAN-OS; as on Cisco IOS"), *STEPS[1:]))
    found = suggest(foreign, KNOWN)
    assert found is not None
    assert found.step == "log"


def test_nothing_is_missing() -> None:
    shown = tuple(section(step.command) for step in STEPS if step.step != "gap")
    assert suggest(GUIDE, replace(KNOWN, sections=shown)) is None


def test_what_is_done_is_not_asked_for_again() -> None:
    steps = (replace(STEPS[0], task=DONE), *STEPS[1:])
    found = suggest(replace(GUIDE, steps=steps), KNOWN)
    assert found is not None
    assert found.step == "log"


def test_it_begins_where_the_operator_is() -> None:
    found = suggest(replace(GUIDE, current="route"), KNOWN)
    assert found is not None
    assert (found.step, found.command) == ("route", STEPS[3].command)
