"""Cards over drawn journals: the same after a restart, and however many signals are taken at once."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.anomaly import (
    Absence,
    AnomalyCard,
    CardStep,
    Count,
    Finding,
    Frequency,
    New,
    OffHours,
    On,
    Sequence,
    Threshold,
)
from statetrace_engine.model.captured import Captured
from statetrace_engine.model.change import CardChanged
from statetrace_engine.model.reading import FactName, Reading
from statetrace_engine.model.signal import (
    LogLine,
    Polled,
    Signal,
    Source,
)
from tests.engine.anomalies.bench import T0, Bench, rule

FINDS: dict[str, Finding] = {
    "Count": Count(3, 20.0), "Absence": Absence(9.0), "Frequency": Frequency(2.0, 6.0, 1.0, 1.5, 2), "New": New(10.0),
    "Sequence": Sequence((On(tags=("B-2-B",)),), 9.0), "Threshold": Threshold("level", above=5, times=2),
    "OffHours": OffHours(0, 23),
}  # fmt: skip
RULES = tuple(
    rule(find, On(tags=("A-1-A", "C-3-C"), pattern=r"level (?P<level>\d+)"), name, quiet_s=5.0)
    for name, find in FINDS.items()
)


@st.composite
def spoken(draw: st.DrawFn) -> list[tuple[float, str, str]]:
    found, at = [], 0.0
    for _ in range(draw(st.integers(0, 60))):
        at += draw(st.integers(0, 24)) / 4
        tag, host = draw(st.sampled_from(("A-1-A", "B-2-B", "C-3-C"))), draw(st.sampled_from(("R1", "R2")))
        found.append((at, host, f"%{tag}: level {draw(st.integers(0, 9))}"))
    return found


def told(bench: Bench) -> list[tuple[CardStep, AnomalyCard]]:
    """How often a growing card is told of is no matter."""
    return [(c.step, c.card) for c in bench.changes if isinstance(c, CardChanged) and c.step is not CardStep.MORE]


def run(messages: Iterable[tuple[float, str, str]], restart_at: int = -1) -> Bench:
    bench = Bench(*RULES)
    for number, (at, host, text) in enumerate(messages):
        if number == restart_at:
            bench.restart()
        bench.say(at, text, host)
    bench.tick(10_000)
    return bench


@given(spoken(), st.data())
def test_a_restart_loses_no_card_and_raises_none_twice(
    messages: list[tuple[float, str, str]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, max(len(messages) - 1, 0)))
    whole, parted = run(messages), run(messages, cut)
    assert told(parted) == told(whole)
    assert parted.pipeline.cards() == whole.pipeline.cards()


@st.composite
def captured(draw: st.DrawFn) -> list[tuple[float, Captured]]:
    found, at = [], 0.0
    for ident in range(1, draw(st.integers(0, 30)) + 1):
        at += draw(st.integers(0, 24)) / 4
        values = draw(st.lists(st.integers(0, 9), max_size=3))
        shown = tuple(Reading(FactName.CPU, "cpu", float(value), span=(value, value + 1)) for value in values)
        found.append(
            (at, Captured(ident, draw(st.sampled_from(("R1", "R2"))), "A", "cisco_ios", T0 + at, readings=shown))
        )
    return found


@given(captured(), st.data())
def test_a_restart_between_captures_loses_no_card_and_no_place(
    captures: list[tuple[float, Captured]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, max(len(captures) - 1, 0)))
    on, benches = On(facts=(FactName.CPU,)), []
    for restart_at in (-1, cut):
        bench = Bench(rule(Threshold("value", above=5, times=2, for_s=2.0), on, quiet_s=5.0))
        for number, (at, payload) in enumerate(captures):
            if number == restart_at:
                bench.restart()
            bench.feed(at, payload, Source.CAPTURE, payload.hostname)
        bench.tick(10_000)
        benches.append(bench)
    whole, parted = benches
    assert told(parted) == told(whole)
    assert parted.pipeline.cards() == whole.pipeline.cards()
    assert all(card.spots and card.seqs for card in whole.pipeline.cards())


def test_what_polls_say_is_heard_of_known_devices() -> None:
    bench = Bench(rule(Threshold("value", above=85), On(facts=(FactName.CPU,))))
    for at, host in ((1.0, "R1"), (2.0, "R9")):
        bench.feed(at, Polled(host, True, readings=(Reading(FactName.CPU, "cpu", 91.0),)), Source.SNMP, "10.0.0.1")
    (card,) = bench.open()
    assert (card.subject, card.text, card.seqs, card.spots) == ("R1", "91 above 85", (1,), ())
    assert card.samples == ("%STATETRACE-6-CPU_PERCENT: cpu: 91",)


@given(spoken(), st.integers(1, 20))
def test_for_how_many_signals_at_once_rules_run_changes_nothing(
    messages: list[tuple[float, str, str]], size: int
) -> None:
    one, other = run(messages), Bench(*RULES)
    for number, (at, host, text) in enumerate(messages, 1):
        raw = f"<189>1 - {host} - - - - {text}".encode()
        peer = "10.0.0.1" if host == "R1" else ""
        other.changes += other.pipeline.feed(Signal(number, T0 + at, T0 + at, Source.SYSLOG_UDP, peer, LogLine(raw)))
        if number % size == 0:
            other.changes += other.pipeline.warn()
    other.seq = len(messages)
    other.tick(10_000)
    assert told(other) == told(one)
