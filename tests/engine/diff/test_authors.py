"""Who changed a configuration between two captures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.diff import document
from statetrace_engine.diff.authors import between
from statetrace_engine.model.diff import ConfigAuthor, Diff, DiffMetadata, How

some = st.lists(
    st.builds(
        ConfigAuthor,
        who=st.sampled_from(["", "admin", "alice"]),
        how=st.sampled_from(How),
        at=st.none() | st.sampled_from([1000.0, 1003.0, 1100.0, 5000.0, 9000.0]),
        printed_at=st.sampled_from(["", "Nov 27 10:21:14"]),
    ),
    max_size=8,
)


def author(at: float | None, who: str = "admin", how: How = How.CHANGED, printed_at: str = "") -> ConfigAuthor:
    return ConfigAuthor(who, how, at, printed_at)


def test_whom_both_name_did_it_before() -> None:
    assert between([author(1000.0)], [author(1002.0), author(9000.0)]) == (author(9000.0),)


def test_what_was_done_before_the_older_capture_is_left_out() -> None:
    assert between([], [author(1000.0), author(9000.0)], since=5000.0) == (author(9000.0),)


def test_a_time_that_cannot_be_told_is_new_where_it_is_printed_otherwise() -> None:
    old, new = author(None, printed_at="10:00:00"), author(None, printed_at="11:00:00")
    assert between([old], [old, new], since=5000.0) == (new,)


@pytest.mark.parametrize(("span", "told"), [((0, 0), []), ((0, 9), [[0, 9]]), ((4, 9), [[4, 9]])])
def test_who_did_it_is_told_with_the_bytes_that_say_so_where_they_are_known(
    span: tuple[int, int], told: list[list[int]]
) -> None:
    found = Diff((), DiffMetadata(compared=(), authors=(replace(author(1000.0), span=span),)))
    (said,) = document.of([document.Compared("R1", found)])["ChangedBy"]
    assert (said["Who"], said["AfterBytes"]) == ("admin", told)


def test_to_save_is_not_to_change() -> None:
    saved = author(1002.0, how=How.SAVED)
    assert between([author(1000.0)], [author(1000.0), saved]) == (saved,)


@given(some, st.none() | st.sampled_from([0.0, 1003.0, 6000.0]))
def test_nobody_changed_anything_between_a_capture_and_itself(found: list[ConfigAuthor], since: float | None) -> None:
    assert between(found, found, since) == ()


@given(some, some, st.none() | st.sampled_from([0.0, 1003.0, 6000.0]))
def test_only_the_newers_are_told_and_none_from_before(
    before: list[ConfigAuthor], after: list[ConfigAuthor], since: float | None
) -> None:
    told = between(before, after, since)
    assert [each for each in after if each in told] == list(told)
    assert since is None or all(each.at is None or each.at > since for each in told)
