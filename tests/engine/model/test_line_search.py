"""The next line with some words: the same as reading line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.line_search import next_line, next_marked

LINES = st.lists(st.sampled_from(["via", "VIA x", "a VIA, via", "b", "", "odd", "o.d"]), max_size=30)


def starts_of(lines: list[str]) -> list[int]:
    return [sum(len(each) + 1 for each in lines[:n]) for n in range(len(lines))]


def expected(hits: list[int], total: int, line: int, is_back: bool) -> int:
    here = min(max(line, 1), max(total, 1))
    beyond = [n for n in hits if (n < here if is_back else n > here)] or hits
    return (beyond[-1] if is_back else beyond[0]) if hits else 0


@given(LINES, st.sampled_from(["via", "Via x", "B", "o.d", "("]), st.integers(-2, 33), st.booleans())
def test_words_are_found_in_any_case_and_from_the_other_end(
    lines: list[str], words: str, line: int, is_back: bool
) -> None:
    text = "".join(f"{each}\n" for each in lines)
    hits = [n for n, each in enumerate(lines, 1) if words.lower() in each.lower()]
    found = next_line(text, starts_of(lines), line, words, is_back=is_back)
    assert found == expected(hits, len(lines), line, is_back)


@given(LINES, st.integers(-2, 33), st.booleans())
def test_marks_are_found_the_same_way(lines: list[str], line: int, is_back: bool) -> None:
    text, starts = "".join(f"{each}\n" for each in lines), starts_of(lines)
    hits = [n for n, each in enumerate(lines, 1) if each == "odd"]
    found = next_marked(text, starts, [starts[n - 1] for n in hits], line, is_back=is_back)
    assert found == expected(hits, len(lines), line, is_back)
