"""Pure. Guided steps: what has been done of a runbook for an outage, by whom, and what shows that it has helped."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from statetrace_engine.model import Epoch
from statetrace_engine.model.capture_view import CaptureSpot


class TaskState(StrEnum):
    STARTED = "started"
    """Somebody is on it, and nothing newer than its start speaks of it yet."""
    IN_PROGRESS = "in progress"
    """It has been seen to move: something newer than its start was seen and does not decide it, it was handed over, or
    what had made it green no longer holds."""
    COMPLETED = "completed"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    NONE = ""
    """Not yet, or skipped."""
    EXPECTED = "as expected"
    OTHER = "not as expected"


class StepDeed(StrEnum):
    """What an operator does with a runbook."""

    OPEN = "open"
    """Begins to work by it, or goes on: at the first step that nobody has done."""
    START = "start"
    DONE = "done"
    """As expected."""
    FAILED = "failed"
    """Done, and not as expected: goes where the branch leads that `to` names by its label (empty: `not`)."""
    SKIP = "skip"
    """Needs a reason."""
    BACK = "back"
    """To where the operator was before."""
    JUMP = "jump"
    """To `step` of `runbook`; without a step to the first one that nobody has done."""
    RESTART = "restart"
    """To the first step; what was done stays done."""
    HAND_OVER = "hand over"
    """The place and the open steps go to the operator `to`."""
    UNDO = "undo"
    """DONE, FAILED or SKIP was a mistake: the turn is open again, and the operator is at it; without a step the last
    one that they have ended."""


class StepEvidence(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that the engine has seen of what a step checks. It opens at `seq`, what a capture shows at `spot`."""

    source: str
    """As SPEC 11 names sources."""
    is_so: bool
    """As the step expects it."""
    at: Epoch
    """When it was so: a capture's own time, else receipt; wall time."""
    text: str
    """Sanitised: `GigabitEthernet0/1 up`."""
    seq: int
    """Of the journal."""
    steady: float = 0.0
    """The same time on the engine's clock, by which it is newer than a step's start."""
    capture_id: int = 0
    """Of the capture that shows it, …"""
    span: tuple[int, int] = (0, 0)
    """… and the characters of its text; (0, 0): the capture as a whole."""
    spot: CaptureSpot | None = None
    """The same as bytes of the file, as far as the capture is still in the store."""


class SeenCheck(Struct, frozen=True, array_like=True):
    """The last word on one check of a step, newer than the step's start."""

    check: str
    """As the runbook has it: `interface {interface}`."""
    word: StepEvidence


class Standing(Struct, frozen=True, array_like=True):
    """How a turn stood before its operator ended it."""

    state: TaskState
    reason: str


class RemediationTask(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One turn at one step, by one operator."""

    outage_id: str
    runbook: str
    step: str
    """Its slug: it outlives an edit of the runbook, and the runbook."""
    title: str = ""
    """As it was when it began."""
    operator: str
    state: TaskState
    started_at: Epoch
    started: float = 0.0
    """On the engine's clock: what verifies it is newer."""
    ended_at: Epoch | None = None
    reason: str = ""
    """Why it was skipped; by whom it was handed over."""
    outcome: Outcome = Outcome.NONE
    seen: tuple[SeenCheck, ...] = ()
    """What the engine has seen of its checks since it began."""
    proof: StepEvidence | None = None
    """What made it green; None: the operator said so."""
    against: StepEvidence | None = None
    """What speaks against its being done, seen since: it takes back what evidence had proven, and stands beside what
    an operator said."""
    before: Standing | None = None
    """To what UNDO takes it back; None: it is open, evidence has ended it, or it began and ended at once."""

    @property
    def is_open(self) -> bool:
        return self.state in (TaskState.STARTED, TaskState.IN_PROGRESS)

    @property
    def is_done(self) -> bool:
        return self.state is TaskState.COMPLETED

    @property
    def is_ended_by_hand(self) -> bool:
        """An operator has ended it, and may take that back."""
        return not self.is_open and (self.before is not None or self.proof is None)


class Place(Struct, frozen=True, array_like=True):
    """A step of a runbook."""

    runbook: str
    step: str
    """Empty: behind the last one."""


class Worker(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an operator is."""

    operator: str
    place: Place
    since_at: Epoch
    trail: tuple[Place, ...] = ()
    """Where they were before, newest last."""


class Work(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that has been done by runbooks for one outage."""

    tasks: tuple[RemediationTask, ...] = ()
    """In the order in which they began."""
    workers: tuple[Worker, ...] = ()
    """In the order in which they came."""
    actions: tuple[str, ...] = ()
    """The last ones that it took, by their ids: repeats are ignored over a restart too."""


class GuidedBranch(Struct, frozen=True, kw_only=True):
    """Where a step may lead."""

    label: str
    """What an operator names it by: `not`, `so`, `big ones vanish`."""
    text: str
    """`go to "Is the light there?"`, `runbook mtu-blackhole`, `end`"""
    runbook: str = ""
    """Empty: the same one."""
    step: str = ""
    """Its slug; empty with a runbook: its first step."""
    title: str = ""
    """Of the step or the runbook."""


class GuidedStep(Struct, frozen=True, kw_only=True):
    """A step for this very device, and what has become of it."""

    number: int
    step: str
    """Its slug, as actions name it."""
    title: str
    command: str
    """Filled in; empty: the step has none."""
    prompt: str = "#"
    """Of what takes it: `$` of a shell."""
    foreign: str = ""
    """`no command for PAN-OS; as on Cisco IOS`: the command is in another vendor's words; empty: it is not."""
    missing: tuple[str, ...] = ()
    """Placeholders without a value, which stand as `<next hop?>`."""
    expect: str = ""
    so: str = ""
    """What it means when that is not seen."""
    branches: tuple[GuidedBranch, ...] = ()
    checks: tuple[str, ...] = ()
    """What the engine verifies by itself, in words: `GigabitEthernet0/1 is up`; empty: it cannot."""
    unverifiable: str = ""
    """Why it cannot verify here what the step would have checked."""
    evidence: tuple[StepEvidence, ...] = ()
    """What it sees of that now, newest first; older than the step's start too."""
    task: RemediationTask | None = None
    """The operator's own open turn at it, else the one of which something came last; None: nobody has begun it."""
    done_by: str = ""
    """While that one is open: another who has ended a turn at it, so that it need not be done again."""
    turns: int = 0
    """How often it has been begun."""
    is_current: bool = False
    """The operator who asks is here."""
    others: tuple[str, ...] = ()
    """Operators who are here too."""


class Suggestion(Struct, frozen=True, kw_only=True):
    """What to run next, because no capture shows it."""

    command: str
    why: str
    """`no capture since 12:04 shows the interfaces of WLLS-A01-AR-01`"""
    step: str = ""
    """The slug of the step that it belongs to, if any."""


class GuidedRunbook(Struct, frozen=True, kw_only=True):
    """A runbook for one outage and one operator, as a screen shows it."""

    outage_id: str
    operator: str
    at: Epoch
    """When it was asked."""
    runbook: str
    """The one that the operator works by; the outage's, before that."""
    title: str
    summary: str = ""
    owner: str = ""
    preconditions: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    """What is so when it has helped."""
    escalation: str = ""
    """What to bring along."""
    escalate_to: str = ""
    escalate_at: Epoch | None = None
    """None: it does not say, or the outage is over."""
    steps: tuple[GuidedStep, ...] = ()
    current: str = ""
    """The slug of the operator's step, before they have opened it of the next one to do; empty: all are done."""
    is_opened: bool = False
    """The operator works by it."""
    done: int = 0
    """Steps completed or skipped, …"""
    of: int = 0
    """… of so many."""
    workers: tuple[Worker, ...] = ()
    """The other operators, and where they are."""
    earlier: tuple[RemediationTask, ...] = ()
    """What was done by other runbooks, and at steps that this one no longer has."""
    serving: str = ""
    """The runbook that serves the outage now."""
    changed: str = ""
    """Why that is another one than this, in words; empty: it is this one."""
    gone: str = ""
    """Why there is none of this name, or not all of the steps that were begun, in words."""
    suggestion: Suggestion | None = None
    is_over: bool = False
    """The outage is."""
