"""The mailbox: what is pulled, whenever, adds up to what was offered."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st
from small_engine import T0, frame, outage, row

from statetrace_engine.control.mailbox import Mailbox
from statetrace_engine.model.status import Frame


class Steady:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_comes_before_a_full_frame() -> None:
    mailbox = Mailbox()
    assert mailbox.pull() is None
    mailbox.offer(frame([row(1)]))
    assert mailbox.pull() is None
    mailbox.offer(frame([row(1), row(2)], is_full=True))
    first = mailbox.pull()
    assert first is not None
    assert first.is_full
    assert first.routes == (row(1), row(2))


def test_the_latest_of_each_wins() -> None:
    mailbox = Mailbox()
    mailbox.offer(frame([row(1), row(2)], is_full=True))
    mailbox.pull()
    for since in (1, 2, 3):
        mailbox.offer(frame([row(1, T0 + since)], outages=(outage(since % 2),)))
    merged = mailbox.pull()
    assert merged is not None
    assert not merged.is_full
    assert merged.routes == (row(1, T0 + 3),)
    assert set(merged.outages) == {outage(0), outage(1)}
    assert mailbox.pull() is None


def test_a_route_that_goes_and_comes_is_there() -> None:
    mailbox = Mailbox()
    mailbox.offer(frame([row(1), row(2)], is_full=True))
    mailbox.pull()
    gone = row(1).route.route_id
    mailbox.offer(frame(removed=(gone,)))
    mailbox.offer(frame([row(1)]))
    came = mailbox.pull()
    assert came is not None
    assert (came.removed, came.routes) == ((), (row(1),))
    mailbox.offer(frame([row(1)]))
    mailbox.offer(frame(removed=(gone,)))
    left = mailbox.pull()
    assert left is not None
    assert (left.removed, left.routes) == ((gone,), ())


def test_a_newer_status_alone_comes_once_a_second() -> None:
    steady = Steady()
    mailbox = Mailbox(steady)
    mailbox.offer(frame(is_full=True))
    assert mailbox.pull() is not None
    steady.now += 0.9
    mailbox.offer(frame(at=T0 + 0.9))
    assert mailbox.pull() is None
    steady.now += 0.1
    told = mailbox.pull()
    assert told is not None
    assert told.status.at == T0 + 0.9
    assert mailbox.pull() is None


def test_silence_grows_until_the_engine_offers_something() -> None:
    steady = Steady()
    mailbox = Mailbox(steady)
    steady.now += 5
    assert mailbox.silent_s() == 5
    mailbox.offer(frame())
    assert mailbox.silent_s() == 0


FRAMES = st.builds(
    lambda full, changed, removed: frame(
        [row(number, T0 + since) for number, since in changed.items()],
        is_full=full,
        removed=tuple(row(number).route.route_id for number in removed - changed.keys()),
    ),
    st.booleans(),
    st.dictionaries(st.integers(0, 5), st.integers(0, 3), max_size=4),
    st.sets(st.integers(0, 5), max_size=3),
)


def applied(frames: list[Frame]) -> dict[str, float]:
    """What a console shows after these frames."""
    shown: dict[str, float] = {}
    for each in frames:
        if each.is_full:
            shown.clear()
        for route_id in each.removed:
            shown.pop(route_id, None)
        shown.update((health.route.route_id, health.since_at) for health in each.routes)
    return shown


@given(frames=st.lists(FRAMES, max_size=12), pulls=st.sets(st.integers(0, 11)))
def test_what_is_pulled_adds_up_to_what_was_offered(frames: list[Frame], pulls: set[int]) -> None:
    mailbox, pulled = Mailbox(), []
    mailbox.offer(frame(is_full=True))
    for number, each in enumerate(frames):
        mailbox.offer(each)
        if number in pulls:
            pulled.append(mailbox.pull())
    pulled.append(mailbox.pull())
    got = [each for each in pulled if each is not None]
    assert applied(got) == applied([frame(is_full=True), *frames])
    assert got[0].is_full


def test_offers_and_pulls_from_two_threads_lose_nothing() -> None:
    mailbox = Mailbox()
    mailbox.offer(frame([row(number) for number in range(20)], is_full=True))

    def tell() -> None:
        for since in range(1, 201):
            mailbox.offer(frame([row(since % 20, T0 + since)]))

    teller = threading.Thread(target=tell)
    teller.start()
    got: list[Frame] = []
    while teller.is_alive():
        if (pulled := mailbox.pull()) is not None:
            got.append(pulled)
    if (pulled := mailbox.pull()) is not None:
        got.append(pulled)
    assert applied(got) == {row(since % 20).route.route_id: T0 + since for since in range(181, 201)}
