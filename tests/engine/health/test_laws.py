"""Laws of the small parts, against the plainest way of computing the same."""

from __future__ import annotations

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from statetrace_engine.health import flap
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.policy import FlapPolicy, ProbePolicy
from statetrace_engine.health.probe_window import ProbeWindow, least_losses

POLICY = FlapPolicy()
PROBE = ProbePolicy()
kinds = st.sampled_from((Due.HOLD, Due.NOTICE, Due.WINDOW, Due.STALE))
idents = st.sampled_from(("a", "b", "c"))
times = st.integers(0, 50).map(float)


class AgendaAgainstADictionary(RuleBasedStateMachine):
    """A heap that skips what moved does what a dictionary that is searched does."""

    def __init__(self) -> None:
        super().__init__()
        self.agenda = Agenda()
        self.naive: dict[tuple[Due, str], float] = {}

    @rule(kind=kinds, ident=idents, at=times)
    def set(self, kind: Due, ident: str, at: float) -> None:
        self.agenda.set(kind, ident, at)
        self.naive[kind, ident] = at

    @rule(kind=kinds, ident=idents)
    def cancel(self, kind: Due, ident: str) -> None:
        self.agenda.cancel(kind, ident)
        self.naive.pop((kind, ident), None)

    @rule(seconds=st.integers(0, 20).map(float))
    def shift(self, seconds: float) -> None:
        self.agenda.shift(seconds, lambda kind: kind is not Due.WINDOW)
        self.naive = {k: at if k[0] is Due.WINDOW else at + seconds for k, at in self.naive.items()}

    @rule()
    def pop(self) -> None:
        if self.agenda.next() is not None:
            at, kind, ident = self.agenda.pop()
            assert at == min(self.naive.values())
            assert self.naive.pop((kind, ident)) == at

    @rule()
    def save_and_restore(self) -> None:
        saved = self.agenda.saved()
        assert [at for *_, at in saved] == sorted(at for *_, at in saved)
        self.agenda = Agenda()
        self.agenda.restore(saved)
        self.naive = {k: at for k, at in self.naive.items() if k[0] is not Due.STALE}

    @invariant()
    def knows_the_earliest(self) -> None:
        assert self.agenda.next() == min(self.naive.values(), default=None)
        assert all(self.agenda.at(*key) == at for key, at in self.naive.items())


TestAgenda = AgendaAgainstADictionary.TestCase
TestAgenda.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(st.lists(st.one_of(st.floats(0.0, 3.0), st.floats(0.0, 600.0)), max_size=40))
def test_the_flap_penalty_is_the_sum_of_its_decayed_losses_below_the_ceiling(waits: list[float]) -> None:
    penalty = naive = 0.0
    for wait in waits:
        penalty = flap.after_loss(penalty, wait, POLICY)
        naive = min(naive * 0.5 ** (wait / POLICY.half_life_s) + POLICY.penalty, POLICY.ceiling)
    assert isclose(penalty, naive, rel_tol=1e-9)
    assert penalty <= POLICY.ceiling


def test_a_storm_of_flaps_reaches_the_ceiling_and_no_more() -> None:
    penalty = 0.0
    for _ in range(20):
        penalty = flap.after_loss(penalty, 0.5, POLICY)
    assert penalty == POLICY.ceiling


@given(st.floats(0.0, POLICY.ceiling))
def test_a_route_is_released_when_its_penalty_has_come_down_and_within_three_minutes(penalty: float) -> None:
    wait = flap.release_in_s(penalty, POLICY)
    assert 0.0 <= wait <= 180.0
    assert flap.decayed(penalty, wait, POLICY) <= POLICY.reuse * (1 + 1e-9)


reports = st.lists(st.tuples(st.floats(0.0, 20.0), st.integers(1, 20), st.floats(0.0, 1.0)), max_size=60)


@given(reports)
def test_the_loss_of_a_window_is_that_of_its_seconds(found: list[tuple[float, int, float]]) -> None:
    window, at = ProbeWindow(), 1000.0
    seen: list[tuple[int, int, int]] = []
    for wait, sent, share in found:
        at += wait
        lost = int(sent * share)
        window.add(at, sent, lost, 5.0, PROBE)
        seen.append((int(at), sent, lost))
    for width in (30, 60):
        inside = [(sent, lost) for second, sent, lost in seen if second > int(at) - width]
        sent = sum(s for s, _ in inside)
        expected = 100.0 * sum(lost for _, lost in inside) / sent if sent else None
        assert window.loss_percent(width) == expected
    total = sum(lost for second, _, lost in seen if second > int(at) - 64)
    assert window.is_troubled() == (total > 0)


@given(reports)
def test_a_saved_window_goes_on_as_if_it_had_not_been_saved(found: list[tuple[float, int, float]]) -> None:
    window, at = ProbeWindow(), 1000.0
    for wait, sent, share in found:
        at += wait
        window.add(at, sent, int(sent * share), 5.0, PROBE)
    other = ProbeWindow()
    other.give(window.saved())
    for later in (window, other):
        later.add(at + 3.0, 4, 1, 5.0, PROBE)
    for width in (30, 60):
        assert window.loss_percent(width) == other.loss_percent(width)
    assert window.is_lossy(PROBE) == other.is_lossy(PROBE)
    assert window.minutes(at) == other.minutes(at)


def test_one_percent_of_noise_alone_is_never_loss() -> None:
    """So many losses in a window come by chance less than once in 10^8."""
    for sent in (20, 30, 120, 240):
        assert least_losses(sent) >= max(3, sent * 5 // 100)


def test_latency_is_slow_above_the_hours_median_and_only_when_it_lasts() -> None:
    window, at = ProbeWindow(), 0.0
    for _ in range(120):
        at += 1.0
        window.add(at, 4, 0, 5.0, PROBE)
    assert 55.0 <= window.latency_limit(PROBE) < 63.0, "the median and 50 ms, within a bucket of 12 %"
    for second in range(30):
        assert not window.is_slow(PROBE), second
        at += 1.0
        window.add(at, 4, 0, 80.0, PROBE)
    assert window.is_slow(PROBE)


def test_answers_beyond_the_last_bucket_count_as_in_it() -> None:
    window = ProbeWindow()
    for second in range(80):
        window.add(float(second), 1, 0, 1e9, PROBE)
    assert isclose(window.latency_limit(PROBE), 3 * 0.05 * 1.12**126)
