"""Order where the first that matches decides: what moved, numbers of entries, terms of Junos in either of its forms."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.diff import compare, lines
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import ConfigRow, Kind
from statetrace_engine.model.diff import ChangeType, DiffChange

IN_ORDER = st.permutations(
    ["permit ip any any", "deny ip 10.0.0.0 0.255.255.255 any", "permit tcp any any", "remark x", "remark x"]
)
HEADS = st.sampled_from(["ip access-list extended EDGE", "policy-statement OUT {", "policy-map P", "interface Gi0/1"])


def configured(head: str, shown: list[str]) -> Table:
    return Table(Kind.CONFIG, "show run", [ConfigRow((head, *(f" {line}" for line in shown)))])


def numbered(shown: list[str]) -> list[str]:
    """As a comparison names them: the second of two that read alike has its number."""
    seen: Counter[str] = Counter()
    named = []
    for line in shown:
        seen[line] += 1
        named.append(f"{line} ({seen[line]})" if seen[line] > 1 else line)
    return named


def rearranged(old: list[str], moved: tuple[DiffChange, ...]) -> list[str]:
    """The older order, each moved line taken out of its place and put behind what it stands behind now."""
    sides = [[dict(side.fields) for side in (change.before, change.after) if side is not None] for change in moved]
    taken = {was["place"]: now for was, now in sides}
    named = numbered(old)
    stayed = [line for at, line in enumerate(named, 1) if at not in taken]
    behind: dict[object, list[tuple[object, str]]] = {}
    for place, now in taken.items():
        assert isinstance(place, int)
        behind.setdefault(now["behind"], []).append((now["place"], named[place - 1]))
    order = [line for anchor in (None, *stayed) for line in (anchor, *(x for _, x in sorted(behind.get(anchor, []))))]
    return [line for line in order if line is not None]


@given(HEADS, IN_ORDER, IN_ORDER, st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_a_line_that_moved_where_the_first_match_decides_gives_the_newer_order(
    head: str, old: list[str], new: list[str], not_yet: set[int], no_more: set[int]
) -> None:
    """Beside lines that came and went; elsewhere the order is no change."""
    lists = [[line for at, line in enumerate(some) if at not in out] for some, out in ((old, not_yet), (new, no_more))]
    before, after = (configured(head, some) for some in lists)
    told = tuple(lines.changes(before, after))
    moved = tuple(change for change in told if change.change_type is ChangeType.CHANGED)
    assert sorted(map(repr, map(compare.mirror, told))) == sorted(map(repr, lines.changes(after, before)))
    assert all(change.fields for change in moved)
    if head.startswith("interface"):
        assert not moved
        return
    one, other = map(numbered, lists)
    assert [line for line in rearranged(lists[0], moved) if line in other] == [line for line in other if line in one]


def test_a_moved_line_says_from_where_to_where_and_is_placed_on_both_sides() -> None:
    shown = ("access-list 101 deny tcp any any eq 23", "access-list 101 permit ip any any", "access-list 101 deny any")
    text = "".join(f"{line}\n" for line in shown)
    turned = (shown[0], shown[2], shown[1])
    other = "".join(f"{line}\n" for line in turned)
    told = lines.changes(*(Table(Kind.CONFIG, "show run", [ConfigRow(some)]) for some in (shown, turned)))
    (change,) = lines.placed(told, lambda _: lines.spans(text, 0), lambda _: lines.spans(other, 0))
    assert change.before is not None
    assert change.after is not None
    assert dict(change.before.fields) == {"place": 3, "behind": shown[1]}
    assert dict(change.after.fields) == {"place": 2, "behind": shown[0]}
    assert [text[slice(*change.before.spans[0])], other[slice(*change.after.spans[0])]] == [shown[2]] * 2


NUMBERED = st.sampled_from(
    ["ip access-list extended EDGE", "ipv4 access-list EDGE", "ipv6 access-list EDGE", "access-list ip EDGE"]
)
NUMBERS = st.lists(st.integers(1, 99), min_size=5, max_size=5, unique=True).map(sorted)
SAID = st.sampled_from(["{} {}", "sequence {} {}"])


@given(NUMBERED, IN_ORDER, IN_ORDER, NUMBERS, NUMBERS, SAID, st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_of_entries_with_numbers_is_told_what_is_told_of_the_same_without(
    head: str, old: list[str], new: list[str], one: list[int], other: list[int], said: str,
    not_yet: set[int], no_more: set[int],
) -> None:  # fmt: skip
    """The number is where an entry stands, and stands in what came or went."""
    plain, told = [], []
    for some, numbers, out in ((old, one, not_yet), (new, other, no_more)):
        kept = [(number, line) for at, (number, line) in enumerate(zip(numbers, some, strict=True)) if at not in out]
        plain.append(configured(head, [line for _, line in kept]))
        told.append(configured(head, [said.format(number, line) for number, line in kept]))
    found = lines.changes(*told)
    there = [(each.change_type, without_number(each.key), each.fields) for each in found]
    assert sorted(map(repr, there)) == sorted(
        repr((each.change_type, each.key, each.fields)) for each in lines.changes(*plain)
    )
    assert sorted(map(repr, map(compare.mirror, found))) == sorted(map(repr, lines.changes(*told[::-1])))


def without_number(key: tuple[str, ...]) -> tuple[str, ...]:
    words = key[-1].removeprefix("sequence ").split(" ", 1)
    return (*key[:-1], words[1]) if words[0].isdigit() else key


@pytest.mark.parametrize(
    ("shown", "again", "inserted"),
    [
        (
            ("ip access-list EDGE", " 10 permit tcp any any eq 22", " 20 deny ip any any"),
            ("ip access-list EDGE", " 100 permit tcp any any eq 22", " 200 deny ip any any"),
            " 150 permit udp any any",
        ),
        (
            ("ipv6 access-list EDGE", " sequence 10 permit tcp any any", " sequence 20 deny ipv6 any any"),
            ("ipv6 access-list EDGE", " sequence 5 permit tcp any any", " sequence 6 deny ipv6 any any"),
            " sequence 8 permit udp any any",
        ),
        (
            ("access-list EDGE seq 5 permit 10.0.0.0/8", "access-list EDGE seq 10 deny any"),
            ("access-list EDGE seq 10 permit 10.0.0.0/8", "access-list EDGE seq 20 deny any"),
            "access-list EDGE seq 15 permit 10.1.0.0/16",
        ),
    ],
)
def test_entries_that_were_numbered_anew_are_the_same_and_an_inserted_one_is_one(
    shown: tuple[str, ...], again: tuple[str, ...], inserted: str
) -> None:
    before, after = (Table(Kind.CONFIG, "show run", [ConfigRow(some)]) for some in (shown, again))
    assert not lines.changes(before, after)
    more = (*again[:-1], inserted, again[-1])
    (change,) = lines.changes(before, Table(Kind.CONFIG, "show run", [ConfigRow(more)]))
    text = "".join(f"{line}\n" for line in more)
    (placed,) = lines.placed([change], lambda _: {}, lambda _: lines.spans(text, 0))
    assert (change.change_type, change.key[-1]) == (ChangeType.ADDED, inserted.strip())
    assert placed.after is not None
    assert text[slice(*placed.after.spans[0])] == inserted


def test_of_entries_that_say_the_same_the_one_whose_number_is_gone_went() -> None:
    shown = ("ip access-list EDGE", " 10 permit ip any any", " 20 remark x", " 30 remark x", " 40 remark x")
    before, after = (Table(Kind.CONFIG, "show run", [ConfigRow(some)]) for some in (shown, (*shown[:2], *shown[3:])))
    assert [(c.key[-1], c.change_type) for c in lines.changes(before, after)] == [("20 remark x", ChangeType.REMOVED)]
    again = Table(Kind.CONFIG, "show run", [ConfigRow((*shown[:2], " 100 remark x", " 110 remark x"))])
    assert [(c.key[-1], c.change_type) for c in lines.changes(before, again)] == [("40 remark x", ChangeType.REMOVED)]


def test_an_entry_that_moved_is_placed_by_its_words_on_both_sides() -> None:
    shown = ("ip access-list EDGE", " 10 permit tcp any any", " 20 deny ip any any", " 30 permit udp any any")
    turned = ("ip access-list EDGE", " 10 permit udp any any", " 20 permit tcp any any", " 30 deny ip any any")
    text, other = ("".join(f"{line}\n" for line in some) for some in (shown, turned))
    told = lines.changes(*(Table(Kind.CONFIG, "show run", [ConfigRow(some)]) for some in (shown, turned)))
    (change,) = lines.placed(told, lambda _: lines.spans(text, 0), lambda _: lines.spans(other, 0))
    assert (change.change_type, change.key[-1]) == (ChangeType.CHANGED, "permit udp any any")
    assert change.before is not None
    assert change.after is not None
    assert [text[slice(*change.before.spans[0])], other[slice(*change.after.spans[0])]] == [shown[3], turned[1]]


JUNOS_LISTS = ("firewall family inet filter", "policy-options policy-statement", "groups G firewall filter")


def in_braces(head: str, terms: list[str]) -> list[str]:
    *heads, last, name = f"{head} EDGE".split()
    said = [f"{word} {{" for word in (*heads, f"{last} {name}")]
    return [
        *said,
        *(line for term in terms for line in (f" {term} {{", "  from protocol tcp;", "  then accept;", " }")),
    ]


def as_set(head: str, terms: list[str]) -> list[str]:
    said = ("from protocol tcp", "then accept")
    return [f"set {head} EDGE {term} {words}" for term in terms for words in said]


TERMS = st.permutations(["term A", "term B", 'term "c d"', "term E"])


@given(st.sampled_from(JUNOS_LISTS), TERMS, TERMS, st.sets(st.integers(0, 3)), st.sets(st.integers(0, 3)))
def test_a_term_of_junos_that_moved_is_told_of_set_lines_as_of_braces(
    head: str, old: list[str], new: list[str], not_yet: set[int], no_more: set[int]
) -> None:
    lists = [[term for at, term in enumerate(some) if at not in out] for some, out in ((old, not_yet), (new, no_more))]
    told = []
    for form in (in_braces, as_set):
        before, after = (junos(form(head, some)) for some in lists)
        found = lines.changes(before, after)
        assert sorted(map(repr, map(compare.mirror, found))) == sorted(map(repr, lines.changes(after, before)))
        moved = [each for each in found if each.change_type is ChangeType.CHANGED]
        told.append({each.key[-1]: each.fields for each in moved})
        assert len(told[-1]) == len(moved)
    assert told[0] == told[1]


def junos(shown: list[str]) -> Table:
    return Table(Kind.CONFIG, "show configuration | display set", [ConfigRow(tuple(shown))])


def test_a_moved_term_of_set_lines_is_placed_at_its_first_line_on_both_sides() -> None:
    shown, turned = (as_set(JUNOS_LISTS[0], terms) for terms in (["term A", "term B"], ["term B", "term A"]))
    text, other = ("".join(f"{line}\n" for line in some) for some in (shown, turned))
    told = lines.changes(*map(junos, (shown, turned)))
    (change,) = lines.placed(told, lambda _: lines.spans(text, 0), lambda _: lines.spans(other, 0))
    assert change.before is not None
    assert change.after is not None
    first = f"set {JUNOS_LISTS[0]} EDGE {change.key[-1]} from protocol tcp"
    assert change.key == (f"set {JUNOS_LISTS[0]} EDGE", change.key[-1])
    assert [text[slice(*change.before.spans[0])], other[slice(*change.after.spans[0])]] == [first] * 2


def test_a_cut_off_access_list_tells_no_order() -> None:
    shown = ("access-list 101 deny tcp any any eq 23", "access-list 101 permit ip any any", "access-list 7 permit any")
    before, after = (
        Table(Kind.CONFIG, "show run", [ConfigRow(some)]) for some in (shown, (shown[2], shown[1], shown[0]))
    )
    assert [(c.key[-1], c.change_type) for c in lines.changes(before, after)] == [(shown[0], ChangeType.CHANGED)]
    assert not lines.changes(before, Table(Kind.CONFIG, "show run", after.rows, is_whole=False))


def test_a_long_access_list_turned_around_is_told_in_one_walk() -> None:
    shown = ["ip access-list extended X", *(f" permit tcp any host 10.1.{at >> 8}.{at & 255}" for at in range(8_000))]
    before, after = (
        Table(Kind.CONFIG, "show run", [ConfigRow(tuple(some))]) for some in (shown, [shown[0], *reversed(shown[1:])])
    )
    began = time.process_time()
    assert len(list(lines.changes(before, after))) == 7_999
    assert time.process_time() - began < 5.0  # a third of a second; looking each line up anew took half a minute
