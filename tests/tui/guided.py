"""The runbook of the afternoon's first outage: as a page shows it two steps into it, and an engine that guides through
it by the real state machine."""

from __future__ import annotations

import afternoon
from fake_engine import NOW, FakeEngine
from msgspec.structs import replace

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import Action, ActionResult, WorkStep
from statetrace_engine.model.remediation import (
    GuidedBranch,
    GuidedRunbook,
    GuidedStep,
    Outcome,
    Place,
    RemediationTask,
    StepDeed,
    StepEvidence,
    Suggestion,
    TaskState,
    Work,
    Worker,
)
from statetrace_engine.model.runbook import Branch, Check, Runbook, RunbookStep
from statetrace_engine.runbooks import guide, library, tasks
from statetrace_engine.runbooks.guide import Sight

OUTAGE = "OUT-1123-7KQ2"
ME, OTHER = "CORP\\jsm", "mko@jump1"
RUNBOOK = "link-failure"
TITLES = (
    ("see-the-port", "See the port and its optics at GigabitEthernet0/1"),
    ("is-there-light", "Is there light?"),
    ("did-the-far-end", "Did the far end shut it?"),
    ("is-the-secondary", "Is the secondary carrying, and is it big enough?"),
    ("hand-it", "Hand it to whoever owns the fibre"),
)


def seen(text: str, ago: float, is_so: bool = False, seq: int = 4, source: str = "snmp") -> StepEvidence:
    return StepEvidence(source=source, is_so=is_so, at=NOW - ago, text=text, seq=seq)


def task(step: str, state: TaskState, ago: float = 40.0, **more: object) -> RemediationTask:
    fields = {"outage_id": OUTAGE, "runbook": RUNBOOK, "step": step, "operator": ME, "started_at": NOW - ago, **more}
    return RemediationTask(state=state, **fields)  # type: ignore[arg-type]


def done(step: str, ago: float = 29.0, **more: object) -> RemediationTask:
    fields = {"outcome": Outcome.EXPECTED, "ended_at": NOW - ago, **more}
    return task(step, TaskState.COMPLETED, ago + 20, **fields)  # type: ignore[arg-type]


def steps() -> tuple[GuidedStep, ...]:
    first, second, third, fourth, fifth = (
        GuidedStep(number=at, step=slug, title=title, command="") for at, (slug, title) in enumerate(TITLES, 1)
    )
    fourth_slug = TITLES[3][0]
    return (
        replace(
            first, command="show interfaces GigabitEthernet0/1", task=done(TITLES[0][0]),
            expect="up/up, no input errors or CRC since the last clear",
            so='"down/down" is no signal: go on. "up/down" is a far end that answers wrongly: keepalive.',
        ),
        replace(
            second, command="show interfaces GigabitEthernet0/1 transceiver detail", is_current=True,
            task=task(TITLES[1][0], TaskState.STARTED, 31.0),
            expect="receive power inside the optic's range, and near what it was",
            so="receive gone, transmit good: the fibre or the far transmitter. Transmit gone: this optic. Below -30 "
            "dBm both ways: a cut; two links of one duct at the same second: a dig.",
            checks=("GigabitEthernet0/1 is up",),
            evidence=(seen("GigabitEthernet0/1 oper down", 2.0), seen("GigabitEthernet0/1 down", 72.0, seq=1)),
            branches=(
                GuidedBranch(label="not", text='go to "Hand it"', step=TITLES[4][0], title=TITLES[4][1]),
                GuidedBranch(label="big ones vanish", text="runbook mtu-blackhole", runbook="mtu-blackhole",
                             title="MTU blackhole"),
            ),
        ),
        replace(third, command="show logging | include GigabitEthernet0/1", expect="nothing but the loss itself"),
        replace(
            fourth, command="show ip route 0.0.0.0 <mask?>", missing=("mask",), others=(OTHER,),
            expect="the prefix by the expected secondary, output rate below 80 % of its line",
            task=task(fourth_slug, TaskState.STARTED, 125.0, operator=OTHER),
            so="absent, or by Null0: traffic is being dropped now.",
        ),
        replace(
            fifth,
            so="open the carrier ticket with the circuit id and the optical levels of both ends; acknowledge here with "
            "the ticket number.",
        ),
    )  # fmt: skip


def runbook(**more: object) -> GuidedRunbook:
    found = steps()
    fields: dict[str, object] = {
        "outage_id": OUTAGE, "operator": ME, "at": NOW, "runbook": RUNBOOK, "title": "Link failure",
        "summary": "The interface went down and nobody shut it: optics, fibre, port, or the far end.",
        "owner": "network operations", "preconditions": ("circuit id and optic type are at hand",),
        "results": ("GigabitEthernet0/1 is up with its usual light on both ends, and 0.0.0.0/0 is back by 10.1.1.2",),
        "escalation": "Bring circuit id, both ends, time of loss and optical levels.",
        "escalate_to": "the carrier or the cabling team", "escalate_at": NOW + 828.0, "steps": found,
        "current": TITLES[1][0], "is_opened": True, "done": 1, "of": len(found), "serving": RUNBOOK,
        "workers": (Worker(operator=OTHER, place=Place(RUNBOOK, TITLES[3][0]), since_at=NOW - 125),),
        "suggestion": Suggestion(
            command="show interfaces", why="no capture since 12:04 shows the interfaces of WLLS-A01-AR-01",
        ),
    }  # fmt: skip
    return GuidedRunbook(**(fields | more))  # type: ignore[arg-type]


def _written(slug: str, title: str, command: str, **more: object) -> RunbookStep:
    fields = {"title": title, "slug": slug, "commands": {"any": command} if command else {}, **more}
    return RunbookStep(**fields)  # type: ignore[arg-type]


BOOK = Runbook(
    name=RUNBOOK,
    title="Link failure",
    causes=("link-failure",),
    summary="The interface went down and nobody shut it.",
    preconditions=("circuit id and optic type are at hand",),
    steps=(
        _written(
            "see-the-port", "See the port {interface}", "show interfaces {interface}", expect="up/up",
            checks=(Check(kind="interface", subject="{interface}"),),
        ),
        _written(
            "is-there-light", "Is there light?", "show interfaces {interface} transceiver detail",
            expect="receive power inside the optic's range", so="no light: the fibre or the far transmitter",
            branches=(Branch(label="not", step="hand-it"), Branch(label="big ones vanish", runbook="mtu-blackhole")),
        ),
        _written("is-the-secondary", "Is the secondary carrying?", "show ip route {neighbour}", expect="it is there"),
        _written("hand-it", "Hand it to whoever owns the fibre", "", so="open the carrier's ticket"),
    ),
    results=("{interface} is up",),
    escalate_to="the carrier",
    escalate_after_s=900.0,
    escalation="Bring circuit id and light levels.",
)  # fmt: skip
"""`neighbour` is what this outage does not know."""
OTHER_BOOK = Runbook(
    name="mtu-blackhole",
    title="MTU blackhole",
    steps=(_written("sizes", "Which size passes?", "ping {prefix} size 1500"),),
)


GENERIC = Runbook(name="generic", title="Look around", steps=(_written("look", "What is there?", "show log"),))


class GuidedEngine(FakeEngine):
    """Steps are done as the engine does them; `prove` and `deny` are what evidence does."""

    books: dict[str, Runbook] = {book.name: book for book in (BOOK, OTHER_BOOK, GENERIC)}
    sight: dict[tuple[str, str], Sight] = {}
    suggestion: Suggestion | None = None
    guided: list[str]
    """Asked for."""

    async def guide(self, outage_id: str, operator: str, runbook: str = "") -> GuidedRunbook | None:
        if self.is_gone:
            raise StateTraceError("the engine is gone")
        outage = self.open_outages.get(outage_id)
        if outage is None:
            return None
        self.guided.append(outage_id)
        fills = {
            "hostname": outage.hostname, "interface": "GigabitEthernet0/1", "prefix": outage.prefix, "vrf": outage.vrf
        }  # fmt: skip
        asked = guide.Asked(
            operator=operator, runbook=runbook, at=self.now(), vendor="cisco_ios", fills=fills,
            sight=lambda name: {slug: seen for (book, slug), seen in self.sight.items() if book == name},
            suggestion=self.suggestion,
        )  # fmt: skip
        return guide.of(outage, self.books, asked)

    async def act(self, action: Action) -> ActionResult:
        if not isinstance(action, WorkStep) or self.is_gone:
            return await super().act(action)
        self.acts.append(action)
        outage = self.open_outages[action.outage_id]
        served = library.choose(outage.cause, outage.runbook, self.books.values()).name
        taken = tasks.take(outage.work, action, self.books, served, tasks.Now(self.now(), self.now()))
        if taken.refused:
            return ActionResult(refused={action.outage_id: taken.refused}, action_id=action.action_id)
        self._work(action.outage_id, taken.work)
        return ActionResult(touched=(action.outage_id,), action_id=action.action_id)

    def _work(self, outage_id: str, work: Work) -> None:
        self.put_outage(replace(self.open_outages[outage_id], work=work))

    def prove(self, text: str) -> None:
        """What the last turn checks is so, as of now: its operator goes on."""
        work, word = self.open_outages[OUTAGE].work, self._word(text, is_so=True)
        *before, turn = work.tasks
        green = replace(
            turn, state=TaskState.COMPLETED, outcome=Outcome.EXPECTED, ended_at=word.at, proof=word, against=None
        )
        slugs = [step.slug for step in self.books[turn.runbook].steps]
        place = Place(turn.runbook, slugs[slugs.index(turn.step) + 1])
        workers = tuple(replace(each, place=place) for each in work.workers)
        self._work(OUTAGE, replace(work, tasks=(*before, green), workers=workers))

    def deny(self, text: str) -> None:
        """What made it green no longer holds."""
        work, word = self.open_outages[OUTAGE].work, self._word(text, is_so=False)
        *before, turn = work.tasks
        back = replace(turn, state=TaskState.IN_PROGRESS, outcome=Outcome.NONE, ended_at=None, against=word)
        self._work(OUTAGE, replace(work, tasks=(*before, back)))

    def _word(self, text: str, *, is_so: bool) -> StepEvidence:
        turn, at = self.open_outages[OUTAGE].work.tasks[-1], self.now()
        word = StepEvidence(source="snmp", is_so=is_so, at=at, steady=at, text=text, seq=4)
        sight = self.sight[turn.runbook, turn.step]
        self.sight[turn.runbook, turn.step] = replace(sight, evidence=(word, *sight.evidence))
        return word

    def other(self, deed: StepDeed, step: str) -> None:
        """What another operator does."""
        outage = self.open_outages[OUTAGE]
        action = WorkStep(f"other {deed} {step}", OTHER, OUTAGE, RUNBOOK, step, deed)
        taken = tasks.take(outage.work, action, self.books, RUNBOOK, tasks.Now(self.now(), self.now()))
        self._work(OUTAGE, taken.work)


def engine() -> GuidedEngine:
    made = afternoon.engine(GuidedEngine)
    assert isinstance(made, GuidedEngine)
    made.guided, made.books, made.sight = [], dict(GuidedEngine.books), {}
    return made
