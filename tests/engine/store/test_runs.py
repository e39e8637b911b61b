"""Comparisons in the store, and older captures as what makes newer ones them: everything is read as it was stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import store_facts as facts
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from benchmarks import drift
from statetrace_engine.model import capture_delta
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.filed import FiledFile
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.store import delta_rows, thinning
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.retention import Retention
from statetrace_engine.store.runs import Runs
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing

DAY_S = 86400.0
HOST = "WLLS-A01-AR-01"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "statetrace.db"


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    session = Session(path, lambda: facts.T0)
    yield session
    session.close()


def captures(count: int, *, routes: int = 40, seed: int = 1, hours: float = 5.4) -> list[FiledFile]:
    """Of one device, oldest first."""
    device = drift.Device(routes, seed=seed, hours=hours)
    return [drift.filed(raw, at) for at, raw in device.captures(count)]


def store(session: Session, *files: FiledFile) -> list[int]:
    return [one.capture_id for file in files for one in session.write_captures([file]).captures]


def compare(session: Session, path: Path) -> list[int]:
    """Everything that waits, oldest first."""
    waiting = list(Runs(path).uncompared())
    for capture_id in waiting:
        run = comparing.with_previous(path, capture_id, facts.T0)
        assert run is not None
        session.write_runs([run])
    return waiting


def retell(session: Session, path: Path) -> list[int]:
    told = list(Captures(path).unbased())
    for capture_id in told:
        delta = comparing.retold(path, capture_id)
        session.write_runs([], [delta] if delta is not None else [])
    return told


def shown(path: Path, capture_id: int) -> object:
    """A capture with its text, its rows, their places and ages."""
    known = Captures(path)
    text = known.text(capture_id)
    assert text is not None
    rows = [known.rows(capture_id, section.position) for section in known.sections(capture_id)]
    return capture_delta.text_of(text), [capture_delta.rows(found) for found in rows if found is not None]


def table(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(query).fetchall()
        connection.commit()
        return found


def count(path: Path, name: str) -> int:
    [(found,)] = table(path, f"SELECT count(*) FROM {name}")
    assert isinstance(found, int)
    return found


def test_what_was_not_compared_is_told_oldest_first_and_known_devices_only(session: Session, path: Path) -> None:
    first, second, third = captures(3)
    nobody = structs.replace(first, file_key="n", captures=(structs.replace(first.captures[0], hostname=""),))
    ids = store(session, third, first, nobody, second)

    assert Runs(path).uncompared() == (ids[1], ids[3], ids[0])
    assert compare(session, path) == [ids[1], ids[3], ids[0]]
    assert Runs(path).uncompared() == ()


def test_a_log_alone_is_nothing_to_compare_with(session: Session, path: Path) -> None:
    first, second = captures(2)
    sections = first.captures[0].sections
    log = structs.replace(sections[0], kind=Kind.LOG, command="show logging")
    alone = structs.replace(first.captures[0], sections=[log])
    also = structs.replace(second.captures[0], sections=[*second.captures[0].sections[:-1], log])
    _, after = store(session, *(structs.replace(f, captures=(c,)) for f, c in ((first, alone), (second, also))))
    assert Runs(path).earlier_showings(after) == ()


def test_what_a_run_found_is_told(session: Session, path: Path) -> None:
    before, after = store(session, *captures(2))
    compare(session, path)
    runs = Runs(path)

    newest, oldest = runs.recent(HOST)
    assert (newest.run_id, newest.previous_id, oldest.run_id, oldest.previous_id) == (after, before, before, None)
    assert (runs.previous(after), runs.next(before), runs.previous(before), runs.next(after)) == (
        before, after, None, None,
    )  # fmt: skip
    changes = [change for packed in runs.changes(after) for change in unpack(packed)]
    assert newest.total == len(changes) > 0
    assert newest.count(ChangeType.CHANGED) == sum(one.change_type is ChangeType.CHANGED for one in changes)
    last = runs.last_changes(HOST, 3)
    assert [(one.run.run_id, one.change) for one in last] == [(after, change) for change in changes[:3]]
    assert runs.run(after) == newest
    assert runs.recent("another") == runs.last_changes("another") == ()


def test_a_capture_that_comes_between_two_has_the_later_one_compared_with_it(session: Session, path: Path) -> None:
    first, second, third = captures(3)
    [one, three] = store(session, first, third)
    compare(session, path)
    [two] = store(session, second)

    assert compare(session, path) == [two]
    assert Runs(path).uncompared() == (three,)
    compare(session, path)
    assert [(run.run_id, run.previous_id) for run in Runs(path).recent(HOST)] == [
        (three, two), (two, one), (one, None),
    ]  # fmt: skip


def test_a_better_reading_takes_the_place_of_the_old_one_and_the_next_is_compared_with_it(
    session: Session, path: Path
) -> None:
    first, second, third = captures(3)
    one, two, three = store(session, first, second, third)
    compare(session, path)
    [again] = store(session, structs.replace(second, reading="2"))

    assert again not in (one, two, three)
    assert Runs(path).uncompared() == (again, three)
    compare(session, path)
    assert [(run.run_id, run.previous_id) for run in Runs(path).recent(HOST)] == [
        (three, again), (again, one), (one, None),
    ]  # fmt: skip
    retell(session, path)
    assert count(path, "captured_section") == 4 * 3


def test_a_run_whose_previous_capture_went_meanwhile_is_made_again(session: Session, path: Path) -> None:
    first, second = captures(2)
    _, two = store(session, first, second)
    run = comparing.with_previous(path, two, facts.T0)
    assert run is not None
    store(session, structs.replace(first, reading="2"))
    session.write_runs([run])

    assert Runs(path).run(two) is None
    assert two in Runs(path).uncompared()


def test_older_captures_are_told_by_newer_ones_and_read_as_they_were(session: Session, path: Path) -> None:
    ids = store(session, *captures(8))
    before = [shown(path, one) for one in ids]
    size = sum(len(str(row)) for row in table(path, "SELECT text FROM captured_text"))
    compare(session, path)

    assert (count(path, "captured_delta"), count(path, "captured_text")) == (7, 1)
    assert [Captures(path).is_whole(one) for one in ids] == [False] * 7 + [True]
    assert [shown(path, one) for one in ids] == before
    assert sum(len(str(row)) for row in table(path, "SELECT body FROM captured_delta")) < size
    [(digests,)] = table(path, "SELECT count(DISTINCT digest) FROM captured_section WHERE beside != x''")
    assert count(path, "captured_content") == digests


def test_no_chain_is_longer_than_the_bound(session: Session, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta_rows, "LONGEST", 3)
    files = captures(9)
    ids = []
    for file in files:
        ids += store(session, file)
        compare(session, path)
    assert [Captures(path).is_whole(one) for one in ids] == [False, False, True] * 3
    assert all(shown(path, one) for one in ids)


def test_a_table_that_comes_back_is_whole_again_and_nothing_is_told_by_itself(session: Session, path: Path) -> None:
    first, second = captures(2)
    at = second.captures[0].captured_at
    third, fourth = (
        structs.replace(file, file_key=key, captures=(structs.replace(file.captures[0], captured_at=at + later),))
        for file, key, later in ((first, "c", 60), (second, "d", 120))
    )
    ids = []
    for file in (first, second, third, fourth):
        ids += store(session, file)
        compare(session, path)

    assert shown(path, ids[0]) == shown(path, ids[2])
    assert shown(path, ids[1]) == shown(path, ids[3])


def test_what_another_device_shows_too_stays_whole_for_it(session: Session, path: Path) -> None:
    first, second = captures(2)
    other = structs.replace(first, file_key="o", captures=(structs.replace(first.captures[0], hostname="WLLS-B"),))
    [twin] = store(session, other)
    before = shown(path, twin)
    store(session, first, second)
    compare(session, path)

    assert shown(path, twin) == before


def test_a_capture_that_goes_stays_readable_for_those_that_are_told_by_it(session: Session, path: Path) -> None:
    files = captures(4)
    ids = store(session, *files)
    before = [shown(path, one) for one in ids]
    compare(session, path)
    [again] = store(session, structs.replace(files[2], reading="2"))

    assert Captures(path).capture(ids[2]) is None
    assert Captures(path).sections(ids[2]) == ()
    assert Captures(path).text(ids[2]) is Captures(path).rows(ids[2], 0) is None
    assert [shown(path, one) for one in (ids[0], ids[1], again, ids[3])] == before
    assert retell(session, path) == [ids[1]]
    compare(session, path)
    assert [shown(path, one) for one in (ids[0], ids[1], again, ids[3])] == before
    assert table(path, f"SELECT 1 FROM captured_section WHERE capture_id = {ids[2]}") == []
    assert Captures(path).unbased() == ()


def test_a_number_is_not_given_twice_while_something_of_its_capture_is_there(session: Session, path: Path) -> None:
    files = captures(2)
    _, two = store(session, *files)
    compare(session, path)
    [again] = store(session, structs.replace(files[1], reading="2"))
    assert again == two + 1


def test_a_delta_of_what_is_no_longer_so_changes_nothing(session: Session, path: Path) -> None:
    files = captures(3)
    one, two, three = store(session, *files)
    before = [shown(path, each) for each in (one, two, three)]
    delta = comparing.retold(path, one)
    assert delta is not None
    wrong = [
        structs.replace(delta, base_id=one),  # by itself
        structs.replace(delta, capture_id=two, base_id=one),  # by an older one
        structs.replace(delta, base_id=99),
        structs.replace(delta, capture_id=99),
    ]
    session.write_runs([], wrong)

    assert count(path, "captured_delta") == 0
    assert [shown(path, each) for each in (one, two, three)] == before


def test_a_store_of_an_older_version_is_read_and_brought_up_to_date(path: Path) -> None:
    files = captures(3)
    session = Session(path, lambda: facts.T0)
    ids = store(session, *files[:2])
    before = [shown(path, one) for one in ids]
    session.close()
    for name in ("captured_delta", "diff_run", "diff_change"):
        table(path, f"DROP TABLE {name}")

    assert [shown(path, one) for one in ids] == before
    assert Captures(path).is_whole(ids[0])
    assert Captures(path).unbased() == Runs(path).recent() == Runs(path).uncompared() == ()
    run = comparing.with_previous(path, ids[1], facts.T0)
    assert run is not None
    assert (run.run.previous_id, Runs(path).next(ids[0]), Runs(path).devices()) == (ids[0], ids[1], 1)
    assert run.changes
    assert run.run.parser == run.run.previous_parser != ""
    session = Session(path, lambda: facts.T0)
    ids += store(session, files[2])
    assert compare(session, path) == ids
    session.close()
    assert [shown(path, one) for one in ids[:2]] == before
    assert count(path, "captured_delta") == 2


# What is kept ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0, 60 * DAY_S), unique=True, max_size=60), st.integers(1, 10))
def test_the_newest_stay_and_one_a_day_for_30_days(times: list[float], runs: int) -> None:
    now = 60 * DAY_S
    known = list(enumerate(sorted(times, reverse=True)))
    gone = set(thinning.superfluous(known, now, runs))
    kept = [(number, at) for number, at in known if number not in gone]

    assert not gone & {number for number, _ in known[:runs]}
    newest = {at // DAY_S for _, at in known[:runs]}
    rest = [at for _, at in kept[runs:] if at // DAY_S not in newest]
    assert len({at // DAY_S for at in rest}) == len(rest)
    assert all(at >= now - 30 * DAY_S for at in rest)
    days = {at // DAY_S for _, at in known if at >= now - 30 * DAY_S}
    assert days == {at // DAY_S for _, at in kept if at >= now - 30 * DAY_S}
    assert not thinning.superfluous(kept, now, runs)


def test_pruning_thins_days_that_are_over_and_every_change_is_told_still(session: Session, path: Path) -> None:
    files = captures(12, hours=6)
    ids = store(session, *files)
    compare(session, path)
    before = {one: shown(path, one) for one in ids}
    at = files[-1].captures[0].captured_at

    newest_first = [(one, file.captures[0].captured_at) for one, file in zip(ids, files, strict=True)][::-1]
    gone = thinning.superfluous(newest_first, at, 3)
    list(session.prune(at, Retention(runs=3)))
    kept = [one.capture_id for one in Captures(path).of_device(HOST)][::-1]
    waiting = Runs(path).uncompared()
    compare(session, path)

    assert gone
    assert kept == [one for one in ids if one not in gone]
    assert waiting
    assert all(one - 1 in gone for one in waiting)
    assert [(run.run_id, run.previous_id) for run in Runs(path).recent(HOST)][::-1] == list(
        zip(kept, [ids[0], *kept[:-1]], strict=True)  # the first that is left keeps what it said
    )
    assert {one: shown(path, one) for one in kept} == {one: before[one] for one in kept}
    retell(session, path)
    assert {one: shown(path, one) for one in kept} == {one: before[one] for one in kept}
    assert {number for (number,) in table(path, "SELECT DISTINCT capture_id FROM captured_section")} == set(kept)
    list(session.prune(at, Retention(runs=3)))
    assert [one.capture_id for one in Captures(path).of_device(HOST)][::-1] == kept


def test_the_first_that_is_left_of_a_device_keeps_what_it_said(session: Session, path: Path) -> None:
    files = captures(3)
    ids = store(session, *files)
    compare(session, path)
    said = Runs(path).run(ids[2])
    list(session.prune(files[-1].captures[0].captured_at + 40 * DAY_S, Retention(runs=1)))

    assert [one.capture_id for one in Captures(path).of_device(HOST)] == [ids[2]]
    assert Runs(path).recent(HOST) == (said,)
    assert Runs(path).uncompared() == ()
