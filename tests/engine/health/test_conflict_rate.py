"""The conflict rate against the plainest way of computing it: every window by itself, from the words alone.

STATETRACE_CASES sets the number of cases: of whole afternoons a twentieth.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise, product
from math import ceil, floor, inf
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.health.conflict_rate import ConflictRate
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.observation import Verdict
from statetrace_engine.model.signal import Gap, Polled, PolledInterface, Source
from tests.journey import inventory
from tests.virtual import VirtualNetwork

CASES = int(os.environ.get("STATETRACE_CASES", "400"))
WIDTH_S, OVERLAP_S, DAY_S = 10.0, 3.0, 86400.0
MIDNIGHT = 1_764_028_800.0
END_S = 120.0
OWN, FAR = "WLLS-A01-AR-01", "WLLS-B01-CR-01"
HOP, LINK, FAR_LINK = f"{OWN}/next-hop/icmp/10.1.1.2", "GigabitEthernet0/1", "TenGigabitEthernet1/1"
NETWORK = f"""
[[device]]
hostname = "{OWN}"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1"]
route = [{{ prefix = "0.0.0.0/0", class = "critical", primary = {{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }} }}]
probe = [
    {{ kind = "icmp", tests = "next-hop", target = "10.1.1.2", interval_ms = 1000 }},
    {{ kind = "icmp", tests = "control", target = "10.255.1.1", interval_ms = 1000 }},
]

[[device]]
hostname = "{FAR}"
vendor = "cisco_ios"
addresses = ["10.255.1.2", "10.1.1.2"]
route = [{{ prefix = "10.100.0.0/16", class = "critical", primary = {{ next_hop = "10.1.1.1", interface = "Te1/1", protocol = "bgp" }} }}]
"""  # noqa: E501 - a route is a line
FRESH_S = 10.0
"""Of the probe's word: three of its seconds, and never less than this."""
POLL_S = 5.0
"""Between polls; their word is fresh for three times as long."""


# The counting alone ---------------------------------------------------------------------------------------------------

steps = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(1, 80), st.just(inf)),
    ),
    max_size=30,
)


@settings(max_examples=CASES, deadline=None)
@given(steps)
def test_windows_are_counted_as_if_each_were_looked_at_by_itself(drawn: list[tuple[int, int, float | None]]) -> None:
    rate, at = ConflictRate(WIDTH_S), MIDNIGHT - 100.0
    lasts = [0, 0, 0]
    spans: list[list[tuple[float, float]]] = [[], [], []]
    open_since: list[tuple[float, float] | None] = [None, None, None]
    for wait, route, length in drawn:
        at += wait / 2
        rate.move(at)
        if open_since[route] is not None:
            began, until = open_since[route] or (0.0, 0.0)
            spans[route].append((began, min(until, at)))
        if length is None:
            lasts[route] = rate.cease(lasts[route], at)
            open_since[route] = None
        else:
            lasts[route] = rate.count(lasts[route], at + length / 2)
            open_since[route] = (at, at + length / 2)
    end = floor(at / WIDTH_S) * WIDTH_S + 100.0
    rate.move(end)
    for route in range(3):
        if (opened := open_since[route]) is not None:
            spans[route].append((opened[0], min(opened[1], end)))
    wanted: Counter[int] = Counter()
    for of_route in spans:
        windows = {w for a, b in of_route if b > a for w in range(floor(a / WIDTH_S), ceil(b / WIDTH_S))}
        windows |= {floor(a / WIDTH_S) for a, b in of_route if b == a and a % WIDTH_S}
        wanted.update(floor(w * WIDTH_S / DAY_S) for w in windows)
    assert {number: day.windows for number, day in rate.days.items() if day.windows} == dict(wanted)


# The whole pipeline ---------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A time in which nothing changed."""

    start: float
    end: float
    is_counted: bool
    is_conflict: bool


class Word(NamedTuple):
    verdict: str
    at: float
    is_poll: bool = False


class Plain:
    """What two ends of a link, their polls and a probe have said; and what contradicts what, by the words of SPEC 2."""

    def __init__(self) -> None:
        self.own: Word | None = None
        self.far: Word | None = None
        self.own_spoke = self.far_spoke = False
        self.doubt: Word | None = None
        self.polled_at = -inf
        self.probe_at = -inf

    def hear(self, is_far: bool, verdict: str, at: float) -> None:
        before = self.far if is_far else self.own
        word = before if before is not None and before.verdict == verdict else Word(verdict, at)
        if is_far:
            self.far, self.far_spoke = word, True
        else:
            if word is not before:
                self.doubt, self.own_spoke = self.doubt if self.doubt and self.doubt.at > at else None, True
            self.own = word

    def poll(self, verdict: str, at: float, is_agreed: bool) -> None:
        self.polled_at = at
        if verdict == (self.own.verdict if self.own else "up"):
            self.doubt = None
        elif self.doubt is not None or (is_agreed and verdict == "down"):
            self.own, self.doubt, self.own_spoke = Word(verdict, at, is_poll=True), None, False
        else:
            self.doubt = Word(verdict, at)

    def fresh(self, host: str, now: float) -> int:
        """The other end counts by its last word, however it came; who asks it counts there."""
        if host == FAR:
            return (self.own is not None) + self.far_spoke
        is_polled, is_probed = now < self.polled_at + 3 * POLL_S, now < self.probe_at + FRESH_S
        return sum((self.own_spoke, self.far_spoke, is_polled, is_probed))

    def contradicts(self, host: str, now: float) -> bool:
        own, far = self.own, self.far
        if own and far and {own.verdict, far.verdict} == {"up", "down"}:
            up, down = (own, far) if own.verdict == "up" else (far, own)
            if up.at > down.at:
                return True
        is_message = own is not None and not own.is_poll and host == OWN
        return self.doubt is not None and is_message and now < self.polled_at + 3 * POLL_S

    def edges(self) -> tuple[float, ...]:
        return self.polled_at + 3 * POLL_S, self.probe_at + FRESH_S


class Watched(VirtualNetwork):
    """Writes down, after every signal, what was said and what state the route was in."""

    def __init__(self, start: float) -> None:
        self.plain = Plain()
        self.spans: dict[str, list[Span]] = {OWN: [], FAR: []}
        self.states = dict.fromkeys((OWN, FAR), HealthState.UNKNOWN)
        self._has_answered = False
        self._polled = ""
        self._since = start
        super().__init__(inventory(NETWORK), start=start)

    def feed(self, payload: Any, source: Source, peer: str = "") -> Any:
        self._close()
        if source is Source.PROBE_ICMP and payload.probe_id == HOP and not payload.error and payload.sent:
            self._has_answered |= payload.received > 0
            self.plain.probe_at = self.now if self._has_answered else -inf
        elif isinstance(payload, Polled):
            probe = self.pipeline.topology.probes[HOP]
            verdict = "up" if payload.interfaces[0].oper_up else "down"
            self.plain.poll(verdict, self.now, probe.state.verdict is Verdict.DOWN)
        changes = super().feed(payload, source, peer)
        for route in self.pipeline.topology.routes.values():
            self.states[route.record.hostname] = route.state.state
        return changes

    def say(self, is_far: bool, verdict: str) -> None:
        self._close()
        name = FAR_LINK if is_far else LINK
        self.plain.hear(is_far, verdict, self.now)
        host = FAR if is_far else OWN
        self.log(host, f"%LINK-3-UPDOWN: Interface {name}, changed state to {verdict}", stamp="none")

    def poll(self, verdict: str) -> None:
        self._polled = verdict
        link = PolledInterface(1, LINK, True, verdict == "up")
        self.feed(Polled(OWN, True, None, (link,), (), 0.0, "", POLL_S), Source.SNMP, "10.255.1.1")

    def poll_again(self) -> None:
        """A started engine asks at once: no checkpoint keeps when quiet routes were polled."""
        if self._polled:
            self.poll(self._polled)

    def close(self) -> None:
        self._close()

    def _close(self) -> None:
        """Everything has been as it is since the last change, but for what grew old meanwhile."""
        cuts = sorted({self._since, self.now, *(e for e in self.plain.edges() if self._since < e < self.now)})
        for start, end in pairwise(cuts):
            middle = (start + end) / 2
            for host, spans in self.spans.items():
                is_counted = self.states[host] is not HealthState.HEALTHY and self.plain.fresh(host, middle) >= 2
                spans.append(Span(start, end, is_counted, self.plain.contradicts(host, middle)))
        self._since = max(self._since, self.now)

    def wanted(self) -> dict[int, tuple[int, int, int]]:
        """By day: windows, conflicting ones, those beside them; window by window."""
        found: dict[int, list[int]] = {}
        windows = range(floor(self.start / WIDTH_S), floor(self.now / WIDTH_S))
        for spans, window in product(self.spans.values(), windows):
            of_window = list(_within(spans, window * WIDTH_S, (window + 1) * WIDTH_S))
            is_counted = any(length > 1e-6 and span.is_counted for span, length in of_window)
            is_conflict = sum(length for span, length in of_window if span.is_conflict) >= OVERLAP_S - 1e-6
            day = found.setdefault(floor(window * WIDTH_S / DAY_S), [0, 0, 0])
            day[0] += is_counted
            day[1] += is_counted and is_conflict
            day[2] += is_conflict and not is_counted
        return {number: (a, b, c) for number, (a, b, c) in found.items() if a or b or c}

    def counted(self) -> dict[int, tuple[int, int, int]]:
        rate = self.pipeline.machine.assessor.conflicts.rate
        rate.move(self.now)
        return {n: (d.windows, d.conflicting, d.on_healthy) for n, d in rate.days.items()}


def _within(spans: list[Span], start: float, end: float) -> Iterator[tuple[Span, float]]:
    for span in spans:
        length = min(span.end, end) - max(span.start, start)
        if length > 0:
            yield span, length


verdicts = st.sampled_from(("up", "down"))
events = st.one_of(
    st.tuples(st.just("own"), verdicts),
    st.tuples(st.just("far"), verdicts),
    st.tuples(st.just("poll"), verdicts),
    st.tuples(st.just("probe"), st.sampled_from(("silent", "answers", "mute", "speaks"))),
)
scripts = st.lists(st.tuples(st.integers(20, 4 * 110), events), max_size=24, unique_by=lambda e: e[0])


def _happen(network: Watched, what: str, value: str) -> None:
    if what == "poll":
        network.poll(value)
    elif what == "probe":
        hop = "*/next-hop/*"
        {"silent": network.silence, "answers": network.answer}.get(value, lambda _: None)(hop)
        network.mute(Source.PROBE_ICMP, value == "mute")
    else:
        network.say(what == "far", value)


def play(script: list[tuple[int, tuple[str, str]]], start: float, restart: int = 0) -> Watched:
    network = Watched(start)
    for quarter, (what, value) in script:
        network.at(quarter / 4 + 0.013, partial(_happen, what=what, value=value))
    if restart:
        network.run_to(restart / 4 + 0.131)
        network.restart()
        network.poll_again()
    network.run_to(END_S)
    network.close()
    return network


@settings(max_examples=CASES // 20, deadline=None)
@given(scripts, st.integers(0, 1000), st.integers(0, 450))
def test_the_rate_is_that_of_every_window_by_itself(
    script: list[tuple[int, tuple[str, str]]], before_midnight: int, restart: int
) -> None:
    network = play(script, MIDNIGHT - before_midnight / 10, restart)
    assert network.counted() == network.wanted()


def test_an_injected_contradiction_gives_exactly_its_windows_and_shows_on_the_route() -> None:
    """The device says down at 20 s and the other end, later, up: until the device says up at 63 s, it is not green."""
    script = [(80, ("own", "down")), (84, ("far", "up")), (252, ("own", "up"))]
    network = play(script, MIDNIGHT)
    day = network.pipeline.machine.assessor.conflicts.rate.today(MIDNIGHT)
    assert network.counted() == network.wanted()
    assert day.conflicting == 2 * 5, "of either end's route: 20 to 70 s, though only 3.0 s of the last"
    assert day.windows >= 2 * 8, "until the recovery was held for 30 s"
    assert day.on_healthy == 0


def test_polls_that_contradict_a_message_are_never_a_silent_green() -> None:
    """One poll says down, the device's own word is up, and no second poll comes: the row says that they disagree."""
    network = Watched(MIDNIGHT)
    network.at(15.0, lambda n: n.say(False, "down"))  # type: ignore[attr-defined]
    network.at(16.0, lambda n: n.say(False, "up"))  # type: ignore[attr-defined]
    network.at(70.0, lambda n: n.poll("down"))  # type: ignore[attr-defined]
    network.run_to(72.9)
    assert not network.health(OWN, "0.0.0.0/0").overlays & Overlay.CONFLICTING
    network.run_to(73.1)
    row = network.health(OWN, "0.0.0.0/0")
    assert (row.state, bool(row.overlays & Overlay.CONFLICTING)) == (HealthState.HEALTHY, True)
    network.run_to(100.0)
    network.close()
    day = network.pipeline.machine.assessor.conflicts.rate.today(MIDNIGHT)
    assert network.counted() == network.wanted()
    assert day.on_healthy == 2, "70 to 90 s: then that poll is too old to say anything"
    assert not network.health(OWN, "0.0.0.0/0").overlays & Overlay.CONFLICTING


def test_a_poll_that_contradicts_a_message_between_two_polls_is_seen() -> None:
    """Found by the law: one poll says down, then the device says up for the first time, then a poll says down again."""
    network = play([(20, ("poll", "down")), (21, ("own", "up")), (22, ("poll", "down"))], MIDNIGHT)
    assert network.counted() == network.wanted()
    assert sum(beside for _, _, beside in network.counted().values()) == 2


def test_time_in_which_nobody_watched_has_no_windows() -> None:
    network = Watched(MIDNIGHT)
    network.at(20.0, lambda n: n.say(False, "down"))  # type: ignore[attr-defined]
    network.at(21.0, lambda n: n.say(True, "up"))  # type: ignore[attr-defined]
    network.at(34.0, lambda n: n.pause(1000.0))
    network.run_to(1090.0)
    rate = network.pipeline.machine.assessor.conflicts.rate
    rate.move(network.now)
    assert any(isinstance(s.payload, Gap) for s in network.journal)
    day = rate.today(MIDNIGHT)
    assert (day.windows, day.conflicting) == (16, 16), "of two routes: 20 to 40 s, and 1030 to 1090 s"


@pytest.mark.parametrize("seconds", [-7200.0, 7200.0])
def test_a_stepped_wall_clock_invents_no_windows(seconds: float) -> None:
    network = Watched(MIDNIGHT + 43200.0)
    network.at(20.0, lambda n: n.say(False, "down"))  # type: ignore[attr-defined]
    network.at(21.0, lambda n: n.say(True, "up"))  # type: ignore[attr-defined]
    network.at(55.0, lambda n: n.step_clock(seconds))
    network.run_to(100.0)
    day = network.pipeline.machine.assessor.conflicts.rate.today(MIDNIGHT + 43200.0)
    assert (day.windows, day.conflicting) == (16, 16)
