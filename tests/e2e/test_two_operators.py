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
from tests.e2e.engines import Network, Running, until

BOOK = """# Link failure
id: link-failure
causes: link-failure
escalation: after 15 min to the carrier

## Summary
The interface is down.

## Steps

### See the port
- any: `show interfaces {interface}`
- expect: up/up

### See the light
- any: `show interfaces {interface} transceiver`
- expect: light

### Hand it over
- so: call the carrier
"""
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
        home = network.home(tmp_path / "home", hold_s=30)
        book = home / "config" / "runbooks" / "link-failure.md"
        book.parent.mkdir(parents=True, exist_ok=True)
        book.write_text(BOOK, encoding="utf-8")
        host = network.hosts[0]
        consoles: list[Terminal] = []

        def at_the_runbook(account: str) -> Terminal:
            console = Terminal("console", "--home", home, "--theme", "dark", cwd=tmp_path, size=size, account=account)
            consoles.append(console)
            console.shows(host)
            console.shows("NOT ACKNOWLEDGED")
            console.press("gb")
            console.shows("y copies")
            return console

        try:
            with Running(home) as engine:
                network.lose(host, engine)
                (outage,) = until(engine.open_outages)
                ana = at_the_runbook("ana")
                ana.press("\r")
                ana.shows("[>] 1")
                ben = at_the_runbook("ben")
                ben.shows("ana at step 1")
                assert re.search(r"\[>\] 1 .*started \d+s  ana", ben.text)
                ben.press("\r")
                ben.shows("step 1 begun")
                ana.shows("ben at step 1")
                ana.press("x")  # both end the same step, each as they saw it
                ana.shows("step 2 of 3")
                ben.shows("done by ana")
                ana.press("\r")
                ana.shows("[>] 2")
                ben.shows("ana at step 2")
                ana.process.kill()  # in the middle of it
                ana.process.wait()
                engine.kill()
                ben.press("\r")
                ben.shows("1 queued" if size[0] > 80 else "1 action waits here")
            with Running(home) as engine:
                ben.shows("step 2 of 3")
                ben.shows("[x] 1")
                ben.shows("> [>] 2")  # what waited was sent, and the cursor goes along
                ben.press("\r")
                ben.shows("ana here")
                ben.press("\r")
                ben.shows("[x] 2")
                back = at_the_runbook("ana")
                back.shows("done by ben")
                back.shows("[x] 1")
                back.press("q")
                ben.press("q")
                assert (back.ends(), ben.ends()) == (0, 0)
                engine.settle()
                assert _turns(engine.ask(lambda e: e.outages())[0]) == TURNS
            said = [entry for entry in answers.audit(home, 100) if entry.action.startswith("runbook-")]
            assert sorted((_person(entry.operator), entry.action, entry.detail) for entry in said) == AUDITED
            assert {entry.subject for entry in said} == {outage.outage_id}
            assert audit.verify(home / "data" / "statetrace.db").ok
        finally:
            for console in consoles:
                console.close()
