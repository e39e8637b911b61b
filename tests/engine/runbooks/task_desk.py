"""Two short runbooks that lead into one another, and a desk at which operators work by them."""

from __future__ import annotations

from hypothesis import strategies as st

from statetrace_engine.model.action import WorkStep
from statetrace_engine.model.change import WorkTold
from statetrace_engine.model.remediation import (
    Place,
    StepDeed,
    StepEvidence,
    Work,
)
from statetrace_engine.model.runbook import Runbook
from statetrace_engine.runbooks import parse, tasks, ways

LINK = """# Link
id: link

## Steps

### Is it up?
- any: `show interface {interface}`
- expect: up
- check: interface {interface}
- check: probe next-hop
- if not: go to "Call the carrier"
- if big ones vanish: runbook mtu

### Clean it
- so: wipe the connector

### Call the carrier
- so: with the circuit id
- if so: end
"""
MTU = "# MTU\nid: mtu\n\n## Steps\n\n### Which size passes?\n- any: `ping`\n- expect: all\n"
UP, CLEAN, CARRIER = "is-it-up", "clean-it", "call-the-carrier"
BOOKS: dict[str, Runbook] = {name: parse(name, text)[0] for name, text in (("link", LINK), ("mtu", MTU))}
ANA, BEN = "ana@jump", "ben@jump"


class Desk:
    """Deeds of operators, a second apart."""

    def __init__(self, books: dict[str, Runbook] | None = None) -> None:
        self.books = BOOKS if books is None else books
        self.work = Work()
        self.now = 1000.0
        self.told: list[WorkTold] = []
        self.served = "link"

    def do(self, deed: StepDeed, operator: str = ANA, **more: str) -> str:
        """Why it was refused; empty: it was not."""
        self.now += 1.0
        action = WorkStep(more.pop("action_id", f"a{self.now}"), operator, "OUT-1", deed=deed, **more)  # type: ignore[arg-type]
        taken = tasks.take(self.work, action, self.books, self.served, tasks.Now(self.now, self.now + 5e8))
        if taken.refused:
            assert taken.work is self.work
        self.work = taken.work
        if taken.told is not None:
            self.told.append(taken.told)
        return taken.refused

    def place(self, operator: str = ANA) -> Place | None:
        worker = ways.worker_of(self.work, operator)
        return worker.place if worker is not None else None

    def states(self) -> list[tuple[str, str, str]]:
        return [(task.step, task.operator, task.state) for task in self.work.tasks]

    def see(self, check: str, is_so: bool, after_s: float = 0.5) -> WorkTold | None:
        """Evidence on the first step, newer than every start of it."""
        self.now += after_s
        step = BOOKS["link"].steps[0]
        asked = [tasks.name_of(each) for each in step.checks]
        word = StepEvidence(source="trap", is_so=is_so, at=self.now, text="t", seq=7, steady=self.now)
        told = None
        for task in tasks.watched(self.work):
            if task.step == step.slug:
                noted = tasks.note(self.work, task, check, word, asked, tasks.Now(self.now, self.now))
                self.work, told = noted.work, noted.told or told
        return told

    def see_all(self, is_so: bool) -> WorkTold | None:
        found = [self.see(tasks.name_of(check), is_so) for check in BOOKS["link"].steps[0].checks]
        return next((told for told in reversed(found) if told is not None), None)


deeds = st.sampled_from(list(StepDeed))
slugs = st.sampled_from(["", UP, CLEAN, CARRIER, "which-size-passes", "nothing"])
moves = st.one_of(
    st.fixed_dictionaries(
        {
            "deed": deeds, "operator": st.sampled_from([ANA, BEN]), "step": slugs,
            "runbook": st.sampled_from(["", "", "link", "mtu", "gone"]), "reason": st.sampled_from(["", "why"]),
            "to": st.sampled_from(["", BEN, "not", "big ones vanish", "x"]),
        }
    ),
    st.fixed_dictionaries(
        {"check": st.sampled_from(["interface {interface}", "probe next-hop"]), "is_so": st.booleans()}
    ),
)  # fmt: skip
