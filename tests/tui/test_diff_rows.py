"""What changed, as lines: nothing of a device reaches the terminal raw, every line fits, what changed is never cut."""

from __future__ import annotations

import csv
import io
import json

import drifted
import pytest
from fake_engine import NOW
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.diff import runs as comparing
from statetrace_engine.diff.compare import Table
from statetrace_engine.model.captured import Kind, RouteRow
from statetrace_engine.model.diff import (
    ChangeMark,
    ChangeType,
    ConfigAuthor,
    DiffChange,
    DiffMetadata,
    DiffObject,
    FieldChange,
    FieldStep,
    How,
    MarkVerdict,
    PackedChanges,
    Value,
)
from statetrace_engine.model.marked import NOTHING, Whose, steps
from statetrace_engine.model.packed_changes import pack
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import diff_export, diff_filter, diff_page, diff_rows, diff_runs, diff_target
from statetrace_tui.present.diff_changes import Changes, Entry, Part, Scan, natural
from statetrace_tui.present.diff_export import Section
from statetrace_tui.present.diff_filter import query_of
from statetrace_tui.present.diff_list import DiffList, Marked, select
from statetrace_tui.present.diff_meaning import Meaning
from statetrace_tui.present.diff_rows import Look
from statetrace_tui.present.diff_target import Target
from statetrace_tui.present.hours import utc
from statetrace_tui.present.text import Line, plain, size

DIFF = comparing.diff(drifted.before(), drifted.after())


def part_of(changes: tuple[DiffChange, ...] = DIFF.changes, hostname: str = drifted.HOST, site: str = "WLLS") -> Part:
    return Part(hostname, 30, 31, NOW - 2601, NOW - 323, DIFF.metadata, pack(changes), site=site)


def scanned(changes: Changes) -> tuple[Scan, Meaning]:
    scan, meaning = Scan(changes), Meaning()
    for group, found in scan.run():
        meaning.take_lines(group.tree)
        if group.change_type is not None:
            meaning.take(group.kind, group.change_type, found)
    return scan, meaning


def listed(changes: tuple[DiffChange, ...] = DIFF.changes) -> DiffList:
    made = DiffList()
    made.take(Changes([part_of(changes)]))
    return made


def lines_of(found: DiffList, look: Look, height: int = 500) -> list[Line]:
    return found.lines(look, height, Marked(), utc, is_here=True)


# Laws -----------------------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40) | st.sampled_from(
    ["\x1b[31mred", "a\u202eb", "漢字の名前", "x" * 300, "", " ", "{}", "{n x}", "10.0.0.0/8"]
)
VALUES: st.SearchStrategy[Value] = st.none() | st.booleans() | st.integers(0, 10**9) | TEXT | st.lists(
    TEXT, min_size=2, max_size=5
).map(tuple)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> DiffChange:
    kind = draw(st.sampled_from([kind for kind in Kind if kind is not Kind.LOG]))
    change_type = draw(st.sampled_from(ChangeType))
    key = draw(st.lists(TEXT, min_size=1, max_size=4).map(tuple))
    is_moved = kind is Kind.CONFIG and change_type is ChangeType.CHANGED
    names = ["place", "behind"] if is_moved else []
    if kind is not Kind.CONFIG:
        names = draw(st.lists(st.sampled_from(["next_hop", "state", "mtu", "oper_up"]), unique=True))
    was = DiffObject(kind, key, tuple((name, draw(VALUES)) for name in names), ((1, 9),))
    now = DiffObject(kind, key, tuple((name, draw(VALUES)) for name in names), ((2, 8),))
    if change_type is ChangeType.ADDED:
        return DiffChange(change_type, kind, "show x", key, None, now)
    if change_type is ChangeType.REMOVED:
        return DiffChange(change_type, kind, "show x", key, was, None)
    fields = tuple(FieldChange(name, one, dict(now.fields)[name]) for name, one in was.fields)
    return DiffChange(change_type, kind, "show x", key, was, now, fields)


def route_without_hops() -> DiffChange:
    """Two paths are left, and neither says by which next hop."""
    was, now = (DiffObject(Kind.ROUTES, ("",), (("next_hop", hop),), ((1, 9),)) for hop in ("10.1.1.2", ("", "")))
    fields = (FieldChange("next_hop", "10.1.1.2", ("", "")),)
    return DiffChange(ChangeType.CHANGED, Kind.ROUTES, "show x", ("",), was, now, fields)


def moved(place: Value, behind: Value, now: Value, now_behind: Value) -> DiffChange:
    """A line of a configuration that stands elsewhere."""
    was = DiffObject(Kind.CONFIG, ("x",), (("place", place), ("behind", behind)), ((1, 9),))
    here = DiffObject(Kind.CONFIG, ("x",), (("place", now), ("behind", now_behind)), ((2, 8),))
    fields = (FieldChange("place", place, now), FieldChange("behind", behind, now_behind))
    return DiffChange(ChangeType.CHANGED, Kind.CONFIG, "show x", ("x",), was, here, fields)


def line(change_type: ChangeType, text: str) -> DiffChange:
    """A line of a configuration that came or went."""
    found = DiffObject(Kind.CONFIG, (text,), (), ((1, 9),))
    is_added = change_type is ChangeType.ADDED
    return DiffChange(
        change_type, Kind.CONFIG, "show x", (text,), None if is_added else found, found if is_added else None
    )


@given(st.lists(changes(), min_size=1, max_size=8), st.integers(40, 160), st.booleans(), st.booleans())
@example([line(ChangeType.ADDED, "name A"), line(ChangeType.REMOVED, "name B")], 40, False, False)
def test_no_line_is_wider_than_its_pane_or_carries_a_control_character(
    found: list[DiffChange], width: int, is_side: bool, is_flat: bool
) -> None:
    made = listed(tuple(found))
    scan, meaning = scanned(made.changes)
    lines = lines_of(made, Look(width, is_side and width >= diff_rows.SIDE_FROM, is_flat, is_airy=True))
    lines += diff_page.meaning(meaning.sentences(), width, 3)
    entry = made.chosen
    assert entry is not None
    keys = {"after": "l", "before": "L", "outage": "o"}
    lines += diff_page.evidence(entry, made.part_of(entry), NOTHING, (), keys, NOW, utc, width)
    lines += diff_page.detail(entry, made.part_of(entry), NOW, utc, width)
    for line in lines:
        assert size(line) <= width, plain(line)
        assert sanitise(plain(line)) == plain(line)
    assert len(scan.items) == len(made.changes)


@given(st.lists(changes(), min_size=1, max_size=8), st.integers(60, 160), st.booleans())
@example([moved(True, True, False, None)], 60, True)
@example([route_without_hops()], 60, False)
def test_what_changed_is_never_cut(found: list[DiffChange], width: int, is_side: bool) -> None:
    """Every field's values stand in the lines of its entry, however they are folded."""
    made = Changes([part_of(tuple(found))])
    for at in range(len(made)):
        entry = made.entry(at)
        lines = diff_rows.lines(entry, None, Look(width, is_side), is_here=False)
        shown = "".join(plain(line) for line in lines)
        letters = "".join(shown.split())
        for change in entry.changes:
            for each in change.fields:
                for value in (each.before, each.after):
                    for word in _words(each.field, value):
                        assert _is_scattered(word.replace(",", ""), letters)


def _words(field: str, value: Value) -> list[str]:
    """Of a line that moved and stands behind nothing no value is shown, but that it does."""
    is_first = field == "behind" and value is None
    return ("before all that stayed" if is_first else diff_rows.said(field, value)).split()


def _is_scattered(word: str, text: str) -> bool:
    """Its letters are there in their order: between them may stand the other side of a folded line."""
    rest = iter(text)
    return all(letter in rest for letter in word)


@given(st.lists(changes(), min_size=1, max_size=30))
def test_every_change_is_in_exactly_one_entry(found: list[DiffChange]) -> None:
    made = Changes([part_of(tuple(found))])
    told = [change for at in range(len(made)) for change in made.entry(at).changes]
    assert sorted(map(repr, told)) == sorted(map(repr, found))


@given(st.lists(changes(), min_size=1, max_size=20), st.integers(1, 30), st.lists(st.integers(-6, 6), max_size=8))
def test_the_chosen_entry_is_always_in_sight(found: list[DiffChange], height: int, moves: list[int]) -> None:
    made = listed(tuple(found))
    for by in moves:
        made.move(by)
        lines = lines_of(made, Look(100), height)
        assert len(lines) <= height
        if height >= 3:
            assert any(plain(line).startswith((" >", " │")) for line in lines) or height < 10


# A configuration ------------------------------------------------------------------------------------------------------


def test_a_line_stands_below_its_heads_and_beside_the_one_that_it_replaces() -> None:
    text = [plain(line).rstrip() for line in lines_of(listed(), Look(110, is_side=True))]
    at = next(i for i, line in enumerate(text) if "mtu 1500" in line)
    assert "mtu 9000" in text[at]
    assert text[at - 1].split() == ["interface", "GigabitEthernet0/3"] * 2
    one = next(line for line in text if "RM-BACKUP in" in line)
    assert "RM-DENY in" in one


def config_change(change_type: ChangeType, *path: str) -> DiffChange:
    known = DiffObject(Kind.CONFIG, path, ())
    before, after = (None, known) if change_type is ChangeType.ADDED else (known, None)
    return DiffChange(change_type, Kind.CONFIG, "show running-config", path, before, after)


@pytest.mark.parametrize(("before", "after"), [("description uplink", "description to core"), ("name A", "name B")])
def test_what_a_head_has_once_is_replaced_whatever_it_says(before: str, after: str) -> None:
    head = "interface GigabitEthernet0/1"
    found = (config_change(ChangeType.ADDED, head, after), config_change(ChangeType.REMOVED, head, before))
    made = Changes([part_of(found)])
    assert len(made) == 1
    assert [change.change_type for change in made.entry(0).changes] == [ChangeType.REMOVED, ChangeType.ADDED]


def test_only_the_words_that_differ_are_brought_out() -> None:
    roles = [span for line in lines_of(listed(), Look(110)) for span in line]
    assert ("1500", "@removed strong") in roles
    assert ("9000", "@added strong") in roles
    assert not any(role.startswith(("@added", "@removed")) and "mtu" in text for text, role in roles)


def test_things_with_another_name_are_no_change_of_each_other() -> None:
    found = [
        DiffChange(ChangeType.REMOVED, Kind.CONFIG, "c", ("vlan 10",), DiffObject(Kind.CONFIG, ("vlan 10",), ()), None),
        DiffChange(ChangeType.ADDED, Kind.CONFIG, "c", ("vlan 20",), None, DiffObject(Kind.CONFIG, ("vlan 20",), ())),
    ]
    assert len(Changes([part_of(tuple(found))])) == 2


def test_rows_stand_in_the_order_of_their_numbers_and_filters_know_it() -> None:
    rows = [RouteRow("default", f"10.0.{n // 250}.{n % 250}/32", "10.1.1.2") for n in range(600)]
    diff = comparing.diff(*([Table(Kind.ROUTES, "show ip route", each)] for each in (rows, [])))
    made = Changes([part_of(diff.changes)])
    shown = [made.entry(at).key[1] for at in range(len(made))]
    assert shown == [row.prefix for row in rows]
    scan, _ = scanned(made)
    found = select(scan.changes, scan.items, query_of("10.0.1.7/32"), Marked(), shows_expected=True)
    assert found is not None
    assert [made.entry(at).key[1] for at in found.shown] == ["10.0.1.7/32"]
    assert [item.keys[0][1] for item in scan.items] == shown


def test_names_sort_by_their_numbers() -> None:
    assert sorted(["Gi0/10", "Gi0/2", "Gi0/1"], key=natural) == ["Gi0/1", "Gi0/2", "Gi0/10"]


# What it means --------------------------------------------------------------------------------------------------------


def test_the_weightiest_is_said_first() -> None:
    _, meaning = scanned(Changes([part_of()]))
    said = meaning.sentences()
    shut = "interface GigabitEthernet0/3 shut down by configuration"
    assert said[:2] == ["the default route moved from 10.1.1.2 to 10.1.2.2", shut]
    assert not [one for one in said if one.startswith("Gi0/3")], "its table says the same"
    assert "4 routes lost next hop 10.1.1.2" in said
    assert "BGP neighbour 10.1.1.2 is down" in said
    assert "OSPF neighbour 10.255.0.7 is gone" in said


def test_who_changed_it_is_said_as_the_device_says_it() -> None:
    told = (
        ConfigAuthor("rno\x1b[31m", How.CHANGED, NOW - 400, origin="vty0"),
        ConfigAuthor("", How.SAVED, None, "Mon 13:57"),
    )
    part = part_of()._replace(metadata=DiffMetadata((), authors=told))
    lines = diff_page.authors([part], NOW, utc, 120)
    assert plain(lines[0]).strip() == "author  changed by rno.[31m from vty0 13:56:47; saved by somebody Mon 13:57"
    assert diff_page.authors([part_of()], NOW, utc, 120) == []


def test_what_could_not_be_compared_is_a_warning_and_no_change() -> None:
    warned = diff_page.warnings_of(DIFF.metadata)
    assert any("cut off" in text for text in warned)
    assert "not captured after: show ip arp" in warned
    assert not any(change.kind is Kind.ARP for change in DIFF.changes)


def test_what_no_longer_decodes_is_counted_and_said() -> None:
    broken = PackedChanges(Kind.ROUTES, ChangeType.REMOVED, 3, b"junk")
    part = part_of()._replace(packed=(*pack(DIFF.changes), broken))
    changes = Changes([part])
    scan, meaning = scanned(changes)
    assert meaning.sentences() == scanned(Changes([part_of()]))[1].sentences()
    assert scan.unreadable == 3
    assert len(scan.items) == len(changes)
    made = DiffList()
    made.take(changes)
    assert any("can no longer be read" in plain(line) for line in lines_of(made, Look(100)))


# Filters --------------------------------------------------------------------------------------------------------------

FILTERS = [
    ("kind:routes", 7), ("kind:routes type:removed", 3), ("type:+ kind:routes", 1), ("kind:bgp kind:ospf", 2),
    ("vrf:voice", 1), ("prefix:10.20.0.0/16", 3), ("prefix:10.20.4.7", 2), ("prefix:172.30.20.1", 2),
    ("prefix:10.255.0.7/32", 2), ("vlan:20", 4), ("vlan:30", 1), ("vlan:23", 1), ("if:gi0/3", 5),
    ("if:GigabitEthernet0/3 !kind:config", 2), ("shutdown", 1), ("10.30.0.0/16", 2), ("device:boyo", 0),
    ("!kind:config !kind:routes !kind:mac", 4), ("nowhere", 0), ("", 24),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), FILTERS)
def test_a_filter_leaves_what_was_meant(text: str, number: int) -> None:
    scan, _ = scanned(Changes([part_of()]))
    found = select(scan.changes, scan.items, query_of(text), Marked(), shows_expected=False)
    assert found is not None
    assert len(found.shown) == number, [scan.items[at] for at in found.shown]


@pytest.mark.parametrize("text", ["kind:nothing", "type:x", "vlan:blue", "prefix:here"])
def test_what_is_no_filter_says_why_and_hides_nothing(text: str) -> None:
    query = query_of(text)
    assert query.problem
    scan, _ = scanned(Changes([part_of()]))
    found = select(scan.changes, scan.items, query, Marked(), shows_expected=False)
    assert found is not None
    assert len(found.shown) == len(scan.items)


@given(st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_a_prefix_is_read_as_the_library_reads_it(length: int, address: int) -> None:
    from ipaddress import ip_address, ip_network

    text = f"{ip_address(address)}/{length}"
    network = ip_network(text, strict=False)
    assert diff_filter.block_of(text) == (4, int(network.network_address), int(network.broadcast_address))


@given(st.text(max_size=30))
def test_any_text_is_a_filter(text: str) -> None:
    scan, _ = scanned(Changes([part_of()]))
    select(scan.changes, scan.items, query_of(text), Marked(), shows_expected=True)


def test_a_filter_that_is_wanted_no_longer_ends() -> None:
    scan, _ = scanned(Changes([part_of()]))
    assert select(scan.changes, scan.items, query_of("x"), Marked(), lambda: False, shows_expected=True) is None


# Marks ----------------------------------------------------------------------------------------------------------------


def mark_of(change: DiffChange, verdict: MarkVerdict, hostname: str = drifted.HOST) -> ChangeMark:
    return ChangeMark(
        hostname=hostname, kind=change.kind, key=change.key, change_type=change.change_type, verdict=verdict,
        operator="CORP\\ana", at=NOW, steps=steps(change),
    )  # fmt: skip


def test_expected_changes_are_hidden_and_counted_on_their_device_only() -> None:
    scan, _ = scanned(Changes([part_of()]))
    marks = [mark_of(change, MarkVerdict.EXPECTED) for change in DIFF.changes if change.kind is Kind.ROUTES]
    found = select(scan.changes, scan.items, query_of(""), Marked(marks), shows_expected=False)
    assert found is not None
    assert (len(found.shown), found.hidden) == (17, 7)
    elsewhere = [mark_of(change, MarkVerdict.EXPECTED, "BOYO-A05-AR-01") for change in DIFF.changes]
    found = select(scan.changes, scan.items, query_of(""), Marked(elsewhere), shows_expected=False)
    assert found is not None
    assert found.hidden == 0


def test_every_change_that_was_expected_is_hidden_whatever_its_kind_and_on_no_namesake() -> None:
    for site, is_hidden in (("WLLS", True), ("BOYO", False), ("", True)):
        scan, _ = scanned(Changes([part_of()]))
        marks = [replace(mark_of(change, MarkVerdict.EXPECTED), site=site) for change in DIFF.changes]
        found = select(scan.changes, scan.items, query_of(""), Marked(marks), shows_expected=False)
        assert found is not None
        assert (len(found.shown), found.hidden) == ((0, len(DIFF.changes)) if is_hidden else (len(scan.items), 0))


def test_what_came_with_other_values_than_were_expected_is_shown() -> None:
    change = next(change for change in DIFF.changes if change.key == ("default", "10.77.0.0/16"))
    other = tuple(replace(each, after="10.1.1.9") if each.field == "next_hop" else each for each in steps(change))
    for of, hidden in ((steps(change), 1), (other, 0), ((), 1)):
        scan, _ = scanned(Changes([part_of()]))
        marked = Marked([replace(mark_of(change, MarkVerdict.EXPECTED), steps=of)])
        found = select(scan.changes, scan.items, query_of(""), marked, shows_expected=False)
        assert found is not None
        assert found.hidden == hidden


def test_what_of_a_change_was_expected_is_dim_in_both_forms() -> None:
    change = next(change for change in DIFF.changes if change.key == ("Gi0/3",))
    mark = replace(mark_of(change, MarkVerdict.EXPECTED), steps=(FieldStep("mtu", 1500, 9000),))
    for look in (Look(110), Look(110, is_side=True)):
        lines = listed().lines(look, 500, Marked([mark]), utc, is_here=False)
        (line,) = [each for each in lines if "Gi0/3" in plain(each) and "9000" in plain(each) and "mtu" in plain(each)]
        assert [role.split()[-1] for text, role in line if text == "9000"] == ["dim"]
        assert [role.split()[-1] for text, role in line if text == "down"] == ["strong", "strong"]
    section = sections()[0]
    document = json.loads(diff_export.as_json([section._replace(marked=Marked([mark]))]))
    (told,) = [each for each in document["Objects"] if each["Key"] == ["Gi0/3"] and each["Fields"]]
    assert told["Mark"] is None
    assert [(each["Fields"], each["Verdict"]) for each in told["PartlyMarked"]] == [(["mtu"], "expected")]


def test_what_was_said_says_of_which_fields_and_whether_of_whatever_changes() -> None:
    change = next(change for change in DIFF.changes if change.key == ("Gi0/3",))
    first, *rest = steps(change)
    anyhow, one, others = (
        replace(mark_of(change, MarkVerdict.EXPECTED), steps=tuple(of), operator=who, note=note)
        for of, who, note in (((), "ana", ""), ((first,), "bob", "floor 2"), (rest, "eve", ""))
    )

    def said(*marks: ChangeMark) -> str:
        return diff_page.said_of(Marked(marks).of(Whose(drifted.HOST), change))

    assert said() == ""
    assert said(anyhow) == "expected whatever changes, says ana"
    assert said(one) == "admin expected, says bob: floor 2"
    assert said(one, others) == "admin expected, says bob: floor 2; link, mtu expected, says eve"
    assert said(replace(one, steps=steps(change))) == "expected, says bob: floor 2"


def test_a_replaced_line_is_expected_when_both_its_halves_are() -> None:
    scan, _ = scanned(Changes([part_of()]))
    halves = [change for change in DIFF.changes if change.key[-1] in ("mtu 1500", "mtu 9000")]
    for number, hidden in ((1, 0), (2, 2)):
        marked = Marked(mark_of(change, MarkVerdict.EXPECTED) for change in halves[:number])
        found = select(scan.changes, scan.items, query_of(""), marked, shows_expected=False)
        assert found is not None
        assert found.hidden == hidden


def test_a_false_positive_stays_in_sight_with_its_word() -> None:
    change = next(change for change in DIFF.changes if change.kind is Kind.INTERFACES)
    marked = Marked([mark_of(change, MarkVerdict.FALSE_POSITIVE)])
    lines = listed().lines(Look(110), 500, marked, utc, is_here=True)
    assert any(plain(line).startswith("  x~ Gi0/1") for line in lines)


# Targets, runs, roles -------------------------------------------------------------------------------------------------

TARGETS = st.builds(
    Target,
    hostname=st.from_regex(r"[A-Z0-9.-]{1,20}", fullmatch=True),
    site=st.just(""),
    from_at=st.floats(0, 2e9),
    to_at=st.floats(0, 2e9),
    run_id=st.integers(0, 10**9),
    outage_id=st.from_regex(r"(OUT-[0-9]{4}-[A-Z0-9]{4})?", fullmatch=True),
)


@given(TARGETS)
def test_a_target_is_read_as_it_was_written(target: Target) -> None:
    assert diff_target.parse(str(target)) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [("*", Target()), ("site/WLLS", Target(site="WLLS")), ("A-1", Target("A-1")), ("A-1#x", Target("A-1")),
     ("A-1@x..y", Target("A-1"))],
)  # fmt: skip
def test_short_targets(text: str, target: Target) -> None:
    assert diff_target.parse(text) == target


def test_a_run_is_of_a_window_when_its_changes_may_have_been_made_in_it() -> None:
    runs = [
        drifted.run_of(number, drifted.HOST, at, since, DIFF)
        for number, (at, since) in enumerate([(100.0, 50.0), (200.0, 100.0), (300.0, 200.0), (400.0, 300.0)])
    ]
    found = diff_target.within(runs, Target(drifted.HOST, from_at=150.0, to_at=250.0))
    assert [run.captured_at for run in found] == [200.0, 300.0]


def test_a_run_whose_clock_is_ahead_is_of_the_time_when_it_was_compared() -> None:
    ahead = drifted.run_of(1, drifted.HOST, 9000.0, 100.0, DIFF, compared_at=200.0)
    assert diff_target.within([ahead], Target(drifted.HOST, from_at=150.0, to_at=250.0)) == (ahead,)
    assert diff_target.within([ahead], Target(drifted.HOST, from_at=250.0, to_at=350.0)) == ()


@pytest.mark.parametrize(
    ("hostname", "role"), [("WLLS-A01-AR-01", "AR"), ("mx1", "MX"), ("core", ""), ("WLLS-A05-AS-55", "AS")]
)
def test_a_role_is_in_the_name(hostname: str, role: str) -> None:
    assert diff_runs.role_of(hostname) == role


# Files ----------------------------------------------------------------------------------------------------------------


def sections() -> list[Section]:
    made = Changes([part_of()])
    return [Section(made.parts[0], [change for at in range(len(made)) for change in made.entry(at).changes])]


def test_every_change_is_in_every_form() -> None:
    text = diff_export.markdown(sections(), ["Gi0/3 shut down"])
    assert text.count("\n+ ") + text.count("\n- ") + text.count("\n~ ") == len(DIFF.changes) + 1
    assert "- Gi0/3 shut down" in text
    assert "> not captured after: show ip arp" in text
    rows = list(csv.DictReader(io.StringIO(diff_export.table(sections()))))
    assert {(row["kind"], row["key"]) for row in rows} == {(c.kind.value, " / ".join(c.key)) for c in DIFF.changes}
    document = json.loads(diff_export.as_json(sections()))
    assert document["Counts"] == {"Added": 1, "Removed": 3, "ChangedRoutes": 3}
    assert len(document["Objects"]) == len(DIFF.changes) - 7


def test_a_file_names_no_bytes_where_the_console_knows_characters_of_a_text_without_secrets() -> None:
    (section,) = sections()
    assert any(side.spans for each in section.changes for side in (each.before, each.after) if side is not None)
    author = ConfigAuthor("wolfgang", How.CHANGED, NOW - 400, span=(20, 90))
    metadata = replace(section.part.metadata, authors=(author,))
    document = json.loads(diff_export.as_json([section._replace(part=section.part._replace(metadata=metadata))]))
    told = [
        *document["Objects"],
        *document["ChangedBy"],
        *(one for each in document["Changes"].values() for one in each),
    ]
    assert not any(each.get("BeforeBytes") or each["AfterBytes"] for each in told)


def test_a_file_says_of_which_day_it_is_who_did_it_and_what_operators_said() -> None:
    """It is read on another day, by somebody who has nothing else."""
    (section,) = sections()
    first = section.changes[0]
    mark = ChangeMark(
        hostname=section.part.hostname, kind=first.kind, key=first.key, change_type=first.change_type,
        verdict=MarkVerdict.EXPECTED, operator="ana@jump", at=NOW, note="floor 2 moves",
    )  # fmt: skip
    author = ConfigAuthor("wolfgang", How.CHANGED, NOW - 400, origin="vty0 (10.0.0.5)")
    metadata = replace(section.part.metadata, authors=(author,))
    told = [section._replace(part=section.part._replace(metadata=metadata), marked=Marked([mark]))]
    text = diff_export.markdown(told, [])
    assert "2026-11-23T13:58:04Z" in text.splitlines()[0]
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Configuration", "## Interfaces", "## BGP neighbours", "## OSPF neighbours", "## Routes", "## MAC addresses",
    ]  # fmt: skip
    assert "> changed by wolfgang from vty0 (10.0.0.5) 2026-11-23T13:56:47Z" in text
    assert text.count("(expected, says ana@jump: floor 2 moves)") == 1
    row = next(csv.DictReader(io.StringIO(diff_export.table(told))))
    assert (row["after"], row["said"]) == ("2026-11-23T13:58:04Z", "expected, says ana@jump: floor 2 moves")
    document = json.loads(diff_export.as_json(told))
    said = [each["Mark"] for each in document["Objects"] if each["Mark"] is not None]
    assert [each["Operator"] for each in said] == ["ana@jump"]


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    key = ("=cmd|' /C calc'!A0",)
    change = DiffChange(ChangeType.ADDED, Kind.CONFIG, "c", key, None, DiffObject(Kind.CONFIG, key, ()))
    part = Part("A-1", 1, 2, 1.0, 2.0, DiffMetadata(()))
    assert "\n=" not in diff_export.table([Section(part, [change])])
    assert ",'=cmd" in diff_export.table([Section(part, [change])])


def test_an_entry_without_its_bytes_is_none_to_act_on() -> None:
    entry = Entry(0, Kind.ROUTES, ChangeType.ADDED, (), ())
    assert plain(diff_rows.lines(entry, None, Look(80), is_here=True)[0]).strip(" >").startswith("this change can no")


def _line(kind: ChangeType, *key: str) -> DiffChange:
    return DiffChange(kind, Kind.CONFIG, "c", key, DiffObject(Kind.CONFIG, key, ()), None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_line(ChangeType.ADDED, "interface Gi0/1", "shutdown"), "interface Gi0/1 shut down by configuration"),
        (_line(ChangeType.REMOVED, "interface Gi0/1", "no shutdown"), "interface Gi0/1 shut down by configuration"),
        (_line(ChangeType.REMOVED, "interface Gi0/1", "shutdown"), "interface Gi0/1 enabled by configuration"),
        (_line(ChangeType.ADDED, "interfaces", "ge-0/0/1", "disable"), "ge-0/0/1 shut down by configuration"),
        (_line(ChangeType.ADDED, "protocols", "bgp", "inactive"), "bgp shut down by configuration"),
        (
            _line(ChangeType.ADDED, "router bgp 1", "neighbor 10.1.1.2 shutdown"),
            "neighbor 10.1.1.2 shut down by configuration",
        ),
        (_line(ChangeType.ADDED, "interface Gi0/1", "description no shutdown"), "1 line changed under interface Gi0/1"),
        (_line(ChangeType.ADDED, "banner motd", "no shutdown"), "1 line changed of banner motd"),
    ],
)
def test_what_a_line_of_a_configuration_shuts_is_said(change: DiffChange, said: str) -> None:
    meaning = Meaning()
    meaning.take_lines([[change]])
    assert meaning.sentences() == [said]


def test_what_went_with_the_line_that_holds_it_is_told_with_that() -> None:
    meaning = Meaning()
    gone = [("interface Vlan10",), ("interface Vlan10", "no shutdown"), ("interface Vlan10", "mtu 1500")]
    meaning.take_lines([[_line(ChangeType.REMOVED, *key) for key in gone]])
    assert meaning.sentences() == ["interface Vlan10 removed"]


def test_what_is_shut_is_said_before_how_many_lines_changed() -> None:
    meaning = Meaning()
    meaning.take_lines([[_line(ChangeType.ADDED, "interface Gi0/1", line) for line in ("mtu 1", "shutdown", "a", "b")]])
    assert meaning.sentences()[0] == "interface Gi0/1 shut down by configuration"


def test_a_default_route_into_nowhere_names_its_interface() -> None:
    was, now = RouteRow("default", "0.0.0.0/0", "10.1.1.2"), RouteRow("default", "0.0.0.0/0", None, "Null0")
    diff = comparing.diff(*([Table(Kind.ROUTES, "show ip route", [each])] for each in (was, now)))
    _, meaning = scanned(Changes([part_of(diff.changes)]))
    assert meaning.sentences()[0] == "the default route moved from 10.1.1.2 to Null0"
