"""Two operators at one outage, each at a console of their own, through the door of a real engine: each sees what the
other does, one is cut off in the middle of a step, the engine is killed under the other, and nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import Outcome
from statetrace_engine.store import audit
from statetrace_tui.commands import answers
from tests.commands.terminal import Terminal
from tests.e2e.at_runbook import Consoles, home_with
from tests.e2e.engines import Network, Running, until

STEPS = (
    "### See the port\n- any: `show interfaces {interface}`\n- expect: up/up\n",
    "### See the light\n- any: `show interfaces {interface} transceiver`\n- expect: light\n",
    "### Hand it over\n- so: call the carrier\n",
)
TURNS = [
    ("ana", "see-the-port", Outcome.OTHER),
    ("ben", "see-the-port", Outcome.EXPECTED),
    ("ana", "see-the-light", Outcome.NONE),
    ("ben", "see-the-light", Outcome.EXPECTED),
]
AUDITED = [
    ("ana", "runbook-failed", "link-failure see-the-port"),
    ("ana", "runbook-open", "link-failure see-the-port"),
    ("ana", "runbook-start", "link-failure see-the-light"),
    ("ana", "runbook-start", "link-failure see-the-port"),
    ("ben", "runbook-done", "link-failure see-the-light"),
    ("ben", "runbook-done", "link-failure see-the-port"),
    ("ben", "runbook-open", "link-failure see-the-port"),
    ("ben", "runbook-start", "link-failure see-the-light"),
    ("ben", "runbook-start", "link-failure see-the-port"),
]


def _person(operator: str) -> str:
    return operator.partition("@")[0]


def _turns(outage: OutageEvent) -> list[tuple[str, str, Outcome]]:
    return [(_person(task.operator), task.step, task.outcome) for task in outage.work.tasks]


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
def test_one_goes_on_where_the_other_was_cut_off(tmp_path: Path, size: tuple[int, int]) -> None:
    with Network(devices=1) as network:
        home, _ = home_with(network, tmp_path, *STEPS)
        host = network.hosts[0]
        with Consoles(home, tmp_path, size) as consoles:
            with Running(home) as engine:
                network.lose(host, engine)
                (outage,) = until(engine.open_outages)
                ben = _cut_off_at_the_second_step(consoles, host)
                engine.kill()
                ben.press("\r")
                ben.shows("1 queued" if size[0] > 80 else "1 action waits here")
            with Running(home) as engine:
                _go_on(ben)
                back = consoles.at_runbook(host, "ana")
                back.shows("done by ben")
                back.shows("[x] 1")
                back.press("q")
                ben.press("q")
                assert (back.ends(), ben.ends()) == (0, 0)
                engine.settle()
                assert _turns(engine.ask(lambda e: e.outages())[0]) == TURNS
        _is_audited(home, outage)


def _cut_off_at_the_second_step(consoles: Consoles, host: str) -> Terminal:
    """Both end the same step, each as they saw it; ana begins the next one, and is gone. Ben's console."""
    ana = consoles.at_runbook(host, "ana")
    ana.press("\r")
    ana.shows("[>] 1")
    ben = consoles.at_runbook(host, "ben")
    ben.shows("ana at step 1")
    assert re.search(r"\[>\] 1 .*started \d+s  ana", ben.text)
    ben.press("\r")
    ben.shows("step 1 begun")
    ana.shows("ben at step 1")
    ana.press("x")
    ana.shows("step 2 of 3")
    ben.shows("done by ana")
    ana.press("\r")
    ana.shows("[>] 2")
    ben.shows("ana at step 2")
    ana.process.kill()
    ana.process.wait()
    return ben


def _go_on(ben: Terminal) -> None:
    ben.shows("step 2 of 3")
    ben.shows("[x] 1")
    ben.shows("> [>] 2")  # what waited was sent, and the cursor goes along
    ben.press("\r")
    ben.shows("ana here")
    ben.press("\r")
    ben.shows("[x] 2")


def _is_audited(home: Path, outage: OutageEvent) -> None:
    said = [entry for entry in answers.audit(home, 100) if entry.action.startswith("runbook-")]
    assert sorted((_person(entry.operator), entry.action, entry.detail) for entry in said) == AUDITED
    assert {entry.subject for entry in said} == {outage.outage_id}
    assert audit.verify(home / "data" / "statetrace.db").ok
