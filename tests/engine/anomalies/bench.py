"""A pipeline that is fed by the second, and what it said of cards."""

from __future__ import annotations

import msgspec

from statetrace_engine.health.policy import Policy
from statetrace_engine.model.action import Action, JudgeCard, SnoozeCard
from statetrace_engine.model.anomaly import (
    AnomalyCard,
    CardStep,
    CardVerdict,
    Finding,
    On,
    Rule,
)
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.change import Acted, CardChanged, Change
from statetrace_engine.model.compared import Compared, ComparedChange
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.health import Severity
from statetrace_engine.model.inventory import Device, Inventory
from statetrace_engine.model.signal import (
    LogLine,
    Payload,
    SettingsChanged,
    Signal,
    Source,
    Tick,
    Trap,
)
from statetrace_engine.pipeline import Pipeline
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import TimeTicks

T0 = 1_795_442_400.0
DOWN = "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down"
POLICY = msgspec.Raw(msgspec.msgpack.encode(Policy()))
INVENTORY = Inventory(devices=(Device(hostname="R1", site="A", vendor="cisco_ios", addresses=("10.0.0.1",)),))


def rule(find: Finding, on: On | None = None, name: str = "R", **more: object) -> Rule:
    fields = {"quiet_s": 60.0, "severity": Severity.WARNING, **more}
    return Rule(id=name, title="t", on=on or On(words=("thing",)), find=find, **fields)  # type: ignore[arg-type]


class Bench:
    """A pipeline that is fed by the second, and what it said of cards."""

    def __init__(self, *rules: Rule) -> None:
        self.pipeline = Pipeline(INVENTORY, Policy(), (), tuple(rules))
        self.rules = tuple(rules)
        self.seq = 0
        self.step = 0.0
        """Of the wall clock."""
        self.changes: list[Change] = []

    def feed(self, at: float, payload: Payload, source: Source = Source.SYSLOG_UDP, peer: str = "10.0.0.1") -> None:
        self.seq += 1
        signal = Signal(self.seq, T0 + at + self.step, T0 + at, source, peer, payload)
        self.changes += self.pipeline.feed(signal) + self.pipeline.warn()

    def say(self, at: float, text: str, host: str = "R1", source: Source = Source.SYSLOG_UDP) -> None:
        self.feed(at, LogLine(f"<189>1 - {host} - - - - {text}".encode()), source, "" if host != "R1" else "10.0.0.1")

    def act(self, at: float, action: Action) -> Acted:
        self.feed(at, action, Source.OPERATOR, "ana")
        return [change for change in self.changes if isinstance(change, Acted)][-1]

    def tick(self, at: float) -> None:
        self.feed(at, Tick(), Source.ENGINE, "")

    def settle(self, *rules: Rule, at: float) -> None:
        self.feed(at, SettingsChanged(INVENTORY, POLICY, (), rules), Source.ENGINE, "")

    def restart(self) -> None:
        frozen = self.pipeline.freeze()
        self.pipeline = Pipeline(INVENTORY, Policy(), (), self.pipeline.desk.rules)
        self.pipeline.thaw(frozen, {})

    def steps(self) -> list[tuple[CardStep, str]]:
        return [(c.step, c.card.subject) for c in self.changes if isinstance(c, CardChanged)]

    def open(self) -> list[AnomalyCard]:
        return [card for card in self.pipeline.cards() if not card.is_over]


def shown(run_id: int, previous_at: float, captured_at: float) -> Compared:
    """Captures of a device, between which its configuration was changed."""
    change = ComparedChange(Kind.CONFIG, ChangeType.ADDED, ("ntp",), "ntp server 10.9.9.9")
    return Compared(run_id, run_id - 1, "R1", "A", captured_at, previous_at, changes=(change,))


def trap(oid: str, words: bytes) -> Trap:
    return notification(oid, ("1.3.6.1.2.1.1.1.0", words))


def notification(oid: str, *values: tuple[str, int | bytes]) -> Trap:
    said = snmp.notifying(TimeTicks(100), oid, *values)
    message = snmp.Message(version=snmp.Version.V2C, community=b"", kind=snmp.PduKind.TRAP, request_id=1, varbinds=said)
    return Trap(snmp.encode(message))


def snooze(rule_id: str, subject: str, until: float, action_id: str = "s1") -> SnoozeCard:
    return SnoozeCard(action_id, "ana", rule_id, subject, T0 + until, "known")


def judge(card: AnomalyCard, verdict: CardVerdict | None, action_id: str = "j1") -> JudgeCard:
    return JudgeCard(action_id, "ana", card.card_id, verdict, "as seen")
