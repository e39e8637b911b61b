"""An operator looks at what changed: once for an outage, once for a run, in no audit, and over a restart."""

from __future__ import annotations

from typing import Any

from statetrace_engine.model.action import Looked, LookedRun
from statetrace_engine.model.change import Acted, FirstLook
from statetrace_engine.runtime import telling
from tests.engine.replaying import feed, reloaded, restarted, until
from tests.journey import SCENARIOS, load, prepare
from tests.virtual import VirtualNetwork

HOST = "WLLS-A01-AR-01"
RUN = LookedRun(7, 1_764_000_000.0 - 60.0, 1_764_000_000.0 - 1.0, 3)


def _broken() -> VirtualNetwork:
    """One outage is open."""
    network = prepare(load(SCENARIOS / "latched-until-seen.toml"))
    network.run_to(9.0)
    assert [outage.looked_at for outage in network.outages()] == [None]
    return network


def _looks(network: VirtualNetwork) -> list[FirstLook]:
    return [c.looked for c in network.changes if isinstance(c, Acted) and c.looked is not None]


def _told(network: VirtualNetwork) -> list[tuple[str, dict[str, Any]]]:
    said: list[tuple[str, dict[str, Any]]] = []
    outages = {outage.outage_id: outage for outage in network.outages()}
    for change in network.changes:
        if isinstance(change, Acted):
            telling.tell(change, lambda event, **fields: said.append((event, fields)), outages)
    return said


def test_looking_at_a_device_counts_for_its_open_outage_once() -> None:
    network = _broken()
    (ident,) = (outage.outage_id for outage in network.outages())
    network.act(Looked("ana@jump", HOST.lower(), runs=(RUN,)))
    at = network.wall
    network.run_to(9.5)
    network.act(Looked("jsm@jump", HOST, ident, (RUN,)))
    assert [look.outage_ids for look in _looks(network)] == [(ident,), ()]
    assert [look.runs for look in _looks(network)] == [(RUN,), ()]
    assert [outage.looked_at for outage in network.outages()] == [at]
    timeline = network.pipeline.timeline(ident)
    assert timeline is not None
    assert [m.text for m in timeline.marks if m.lane == "context"] == ["ana@jump looked at what changed"]
    assert not [entry for c in network.changes if isinstance(c, Acted) for entry in c.audit]


def test_an_outage_that_is_over_counts_when_the_operator_comes_from_it() -> None:
    network = _broken()
    network.run_to(50.0)
    (outage,) = network.outages()
    assert outage.closed_at is not None
    network.act(Looked("ana@jump", HOST))
    assert network.outages()[0].looked_at is None
    network.act(Looked("ana@jump", HOST, outage.outage_id))
    assert network.outages()[0].looked_at == network.wall


def test_an_unknown_device_and_outage_are_no_error() -> None:
    network = _broken()
    network.act(Looked("ana@jump", "NOBODY", "OUT-0000-XXXX", (RUN,)))
    assert _looks(network)[-1].outage_ids == ()
    assert _looks(network)[-1].runs == (RUN,)


def test_telemetry_hears_of_the_first_look_only() -> None:
    network = _broken()
    for _ in range(2):
        network.act(Looked("ana@jump", HOST, runs=(RUN,)))
    told = _told(network)
    (ident,) = (outage.outage_id for outage in network.outages())
    usage = {"OutageIds": (ident,), "OutagesCount": 1, "LookedCount": 1, "UsageRatio": 1.0}
    assert [event for event, _ in told] == ["DriftDetectionTime", "DiffUsageRate"]
    assert told[1][1] == usage
    seen = told[0][1]
    assert (seen["RunId"], seen["Hostname"], seen["ChangesCount"]) == (7, HOST, 3)
    assert seen["DurationMs"] == round((network.wall - RUN.captured_at) * 1e3, 1)
    assert seen["SinceComparedMs"] == round((network.wall - RUN.compared_at) * 1e3, 1)


def test_what_was_looked_at_is_known_after_a_restart_and_a_reload() -> None:
    network = _broken()
    network.act(Looked("ana@jump", HOST, runs=(RUN,)))
    network.act(Looked("ana@jump", HOST, runs=(RUN,)))
    journal = [*network.journal, until(network.journal, 1.0)]
    for pipeline, changes in (feed(journal), restarted(journal, len(journal) - 2), reloaded(journal, len(journal) - 2)):
        looks = [c.looked for c in changes if isinstance(c, Acted) and c.looked is not None]
        assert [look.runs for look in looks] == [(RUN,), ()]
        assert [len(look.outage_ids) for look in looks] == [1, 0]
        assert pipeline.machine.looks.all() == (7,)
