"""Pure. What operators do: each action is a signal too, so a replay knows who acknowledged when."""

from __future__ import annotations

from msgspec import Struct, structs

from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffRun, FieldStep, MarkVerdict
from statetrace_engine.model.inventory import Maintenance
from statetrace_engine.model.remediation import StepDeed
from statetrace_engine.model.text import sanitise


class Acknowledge(Struct, frozen=True, tag="ack", array_like=True):
    action_id: str
    """Random, chosen by the caller: what `Undo` names; repeats are ignored."""
    operator: str
    outage_ids: tuple[str, ...]
    note: str = ""
    expires_at: Epoch | None = None


class Undo(Struct, frozen=True, tag="undo", array_like=True):
    """Takes an acknowledgement, or what was said of a card or of a change, back within 10 s (SPEC 6)."""

    action_id: str
    operator: str


class HandOver(Struct, frozen=True, tag="hand_over", array_like=True):
    action_id: str
    operator: str
    outage_ids: tuple[str, ...]
    to: str


class MarkSeen(Struct, frozen=True, tag="seen", array_like=True):
    """A recovered outage nobody had acknowledged was looked at: its latch is released."""

    operator: str
    outage_ids: tuple[str, ...]


class MarkShown(Struct, frozen=True, tag="shown", array_like=True):
    """An outage was painted on a screen for the first time."""

    operator: str
    outage_ids: tuple[str, ...]


class Maintain(Struct, frozen=True, tag="maintain", array_like=True):
    action_id: str
    operator: str
    window: Maintenance


class EndMaintenance(Struct, frozen=True, tag="end_maintenance", array_like=True):
    action_id: str
    operator: str
    maintenance_id: str


class AcceptBaseline(Struct, frozen=True, tag="accept_baseline", array_like=True):
    """What carries these routes now is their primary path from here on (SPEC 1)."""

    action_id: str
    operator: str
    route_ids: tuple[str, ...]


class MarkDrill(Struct, frozen=True, tag="drill", array_like=True):
    """Somebody breaks a lab on purpose, or has healed it: the audit says so, and so does every outage named."""

    action_id: str
    operator: str
    scope: str
    """`WLLS-A01-AR-01`, a RouteId, `everything`."""
    words: str
    """`begins: ssh lab ...`, `ends`."""
    outage_ids: tuple[str, ...] = ()


class MarkChange(Struct, frozen=True, tag="mark_change", array_like=True):
    """A change between two captures is as it should be, or is none (SPEC 5)."""

    action_id: str
    operator: str
    hostname: str
    kind: Kind
    key: tuple[str, ...]
    change_type: ChangeType
    verdict: MarkVerdict
    note: str = ""
    steps: tuple[FieldStep, ...] = ()
    """What changed, or with what it came or went: `marked.steps`. Empty: whatever it is."""
    site: str = ""
    """The device's. Empty: every device of that hostname."""


class WorkStep(Struct, frozen=True, tag="work", array_like=True):
    """An operator does something with a step of an outage's runbook."""

    action_id: str
    operator: str
    outage_id: str
    runbook: str = ""
    """Empty: the one that the operator works by, else the outage's."""
    step: str = ""
    """A slug; empty: the one at which the operator is, UNDO: the one that they have ended last."""
    deed: StepDeed = StepDeed.OPEN
    reason: str = ""
    to: str = ""
    """FAILED: the label of the branch; HAND_OVER: the other operator."""


class LookedRun(Struct, frozen=True, array_like=True):
    """A run whose changes an operator has in front of them."""

    run_id: int
    captured_at: Epoch
    compared_at: Epoch
    changes: int


def looked_run(run: DiffRun) -> LookedRun:
    return LookedRun(run.run_id, run.captured_at, run.compared_at, run.total)


class Looked(Struct, frozen=True, tag="looked", array_like=True):
    """What changed on a device is in front of an operator. It is counted (DiffUsageRate, DriftDetectionTime) and
    journaled, and stands in no audit; a repeat changes nothing."""

    operator: str
    hostname: str
    """Its open outages count as looked into."""
    outage_id: str = ""
    """From which the operator came, open or over."""
    runs: tuple[LookedRun, ...] = ()
    """Those shown of which something changed."""


class JudgeCard(Struct, frozen=True, tag="judge_card", array_like=True):
    """An anomaly card was worth a look, or was not: its rule's precision is made of these."""

    action_id: str
    operator: str
    card_id: str
    verdict: CardVerdict | None
    """None: what was said of it is taken back."""
    note: str = ""
    of: AnomalyCard | None = None
    """The card, where only the store still knows it: the engine adds it."""


class SnoozeCard(Struct, frozen=True, tag="snooze_card", array_like=True):
    """Nothing of this rule and subject is shown until then; a second one takes the place of the first."""

    action_id: str
    operator: str
    rule: str
    subject: str
    """As the card has it; `*`: all of the rule's."""
    until_at: Epoch
    reason: str = ""


class WakeCard(Struct, frozen=True, tag="wake_card", array_like=True):
    """Ends a snooze before its time."""

    action_id: str
    operator: str
    rule: str
    subject: str


CardAction = JudgeCard | SnoozeCard | WakeCard
OutageAction = (
    Acknowledge
    | Undo
    | HandOver
    | MarkSeen
    | MarkShown
    | Maintain
    | EndMaintenance
    | AcceptBaseline
    | MarkDrill
    | MarkChange
    | WorkStep
    | Looked
)
"""All that is about outages, maintenance and what changed."""
Action = OutageAction | CardAction


def made_safe(action: Action) -> Action:
    """The action with what its operator typed on one line, fit for any terminal and any file.

    Bytes that are no UTF-8 come in from a command line as lone surrogates, which nothing can write.
    """
    match action:
        case Acknowledge():
            return structs.replace(action, note=sanitise(action.note))
        case HandOver():
            return structs.replace(action, to=sanitise(action.to))
        case Maintain():
            window = structs.replace(action.window, reason=sanitise(action.window.reason))
            return structs.replace(action, window=window)
        case MarkChange():
            return structs.replace(action, note=sanitise(action.note))
        case WorkStep():
            return structs.replace(action, reason=sanitise(action.reason), to=sanitise(action.to))
        case JudgeCard():
            return structs.replace(action, note=sanitise(action.note))
        case SnoozeCard():
            return structs.replace(action, reason=sanitise(action.reason))
        case MarkDrill():
            return structs.replace(action, scope=sanitise(action.scope), words=sanitise(action.words))
    return action


class ActionResult(Struct, frozen=True, kw_only=True):
    """What an action did; `refused` says why for each id it did not touch."""

    touched: tuple[str, ...] = ()
    refused: dict[str, str] = {}
    action_id: str = ""
