"""The Runbook page as lines: what it says of a step, that it keeps to its screen, and that nothing of it is lost."""

from __future__ import annotations

import string
from pathlib import Path

import afternoon
import guided
import pytest
from fake_engine import NOW
from guided import ME, OTHER, TITLES, done, runbook, seen, steps, task
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.remediation import (
    GuidedBranch,
    GuidedRunbook,
    GuidedStep,
    Outcome,
    Place,
    RemediationTask,
    StepEvidence,
    Suggestion,
    TaskState,
    Worker,
)
from statetrace_engine.model.runbook import RunbookStep
from statetrace_engine.model.text import sanitise
from statetrace_engine.runbooks import guide, library
from statetrace_tui.commands import runbook_form
from statetrace_tui.present import blocks, guide_feed, guide_look, guide_page, guide_side, guide_steps
from statetrace_tui.present.guide_look import Look, key_of
from statetrace_tui.present.ink import Theme
from statetrace_tui.present.line import segments
from statetrace_tui.present.text import Line, plain, size

ROOT = Path(__file__).parents[2]
OUTAGE: OutageEvent = afternoon.engine().open_outages[guided.OUTAGE]
LIGHT = key_of(TITLES[1][0])


class Page:
    """The page on a screen of that size, with its cursor on that row."""

    def __init__(self, found: GuidedRunbook, width: int, height: int, cursor: str = "", **look: object) -> None:
        self.guide, self.width, self.height = found, width, height
        self.look = Look(cursor or guide_steps.start(found), NOW, **look)  # type: ignore[arg-type]
        self.rows = guide_page.shortest(found, self.look)
        self.look = self.look._replace(cursor=blocks.kept([self.rows], self.look.cursor, []))
        side, body = guide_page.side_width(width), height - 2
        seen = guide_feed.entries(guide_page.chosen(found, self.look.cursor), OUTAGE)
        self.feed = guide_feed.block(seen, "", self.look, side or width)
        if side:
            card = guide_side.card(OUTAGE, found, None, self.look, side)
            below = guide_feed.lines(self.feed, "", self.look, side, body - len(card), has_head=True)
            self.parts = [(side, body, [*card, *below][:body])]
            room = body
        else:
            least = guide_page.feed_height(height, is_flat=False)
            shown = guide_feed.lines(self.feed, "", self.look, width, least, has_head=least > guide_page.FEED_LEAST)
            self.parts = [(width, 2, guide_page.head(OUTAGE, found, NOW, width)), (width, least, shown)]
            room = body - 2 - least
        is_airy = room >= blocks.AIRY_FROM
        steps = guide_page.steps(found, self.look, width - side, room, OUTAGE.hostname, is_airy=is_airy)
        self.parts.append((width - side, room, steps))
        self.steps = steps

    @property
    def lines(self) -> list[Line]:
        return [line for _, _, lines in self.parts for line in lines]

    @property
    def text(self) -> str:
        return "\n".join(plain(line) for line in self.lines)

    @property
    def words(self) -> str:
        """Of the steps, without regard to where lines end."""
        return " ".join(" ".join(plain(line) for line in self.steps).split())

    def keeps_to_its_screen(self) -> bool:
        return all(
            len(lines) <= height and all(size(line) <= width for line in lines) for width, height, lines in self.parts
        )


def with_step(**more: object) -> GuidedRunbook:
    """The afternoon's, with another second step."""
    first, second, *rest = steps()
    return runbook(steps=(first, replace(second, **more), *rest))


# What it says.


def test_at_80x24_all_of_the_current_step_is_in_sight() -> None:
    page = Page(runbook(), 80, 24)
    assert page.keeps_to_its_screen()
    for words in (
        "step 2 of 5", "mko at step 4", "1 of 5 done", "[>] 2 Is there light?", "started 31s",
        "show interfaces GigabitEthernet0/1 transceiver detail", "y copies", "expect receive power inside",
        "checks Gi0/1 is up", "now X Gi0/1 oper down snmp 14:03:25", "so X differs receive gone",
        "x leads to step 5, Hand it to whoever", "x big ones vanish: runbook mtu-blackhole",
        "or run show interfaces Y copies",
    ):  # fmt: skip
        assert words in page.words, words
    assert "escalate in 13m48s to the carr" in page.text


def test_at_140x40_the_outage_stands_beside_all_steps() -> None:
    page = Page(runbook(), 140, 40)
    assert page.keeps_to_its_screen()
    for _, title in TITLES:
        assert title in page.text
    for words in ("ESCALATION", "ALSO AT WORK", "LIVE EVIDENCE", "about  The interface", "before circuit id", "goal"):
        assert words in page.text


DONE = {"outcome": Outcome.EXPECTED}
STATES = {
    "not begun": (None, "[ ]", "next"),
    "started": (task("is-there-light", TaskState.STARTED, 31), "[>]", "started 31s"),
    "in progress": (task("is-there-light", TaskState.IN_PROGRESS, 31), "[>]", "in progress 31s"),
    "said so": (done("is-there-light"), "[x]", "as expected  14:02:58"),
    "verified": (done("is-there-light", proof=seen("up", 29, is_so=True)), "[x]", "verified  14:02:58"),
    "failed": (done("is-there-light", outcome=Outcome.OTHER), "[!]", "not as expected  14:02:58"),
    "doubted": (done("is-there-light", against=seen("down", 5)), "[?]", "no longer so  14:02:58"),
    "skipped": (
        task("is-there-light", TaskState.SKIPPED, 60, ended_at=NOW - 29, reason="no optic here"),
        "[-]",
        "skipped  14:02:58",
    ),
    "of another": (task("is-there-light", TaskState.STARTED, 31, operator=OTHER), "[>]", "started 31s  mko"),
}


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("where", [(80, 24), (140, 40)])
def test_every_state_has_a_glyph_and_a_word(name: str, where: tuple[int, int]) -> None:
    turn, mark, word = STATES[name]
    page = Page(with_step(task=turn), *where)
    title = next(plain(line) for line in page.steps if "Is there light?" in plain(line))
    assert f"{mark} 2  Is there light?" in title
    assert title.rstrip().endswith(word)


@pytest.mark.parametrize("where", [(80, 24), (140, 40)])
def test_who_is_still_at_a_step_reads_who_has_done_it(where: tuple[int, int]) -> None:
    open_ = task("is-there-light", TaskState.STARTED, 31)
    page = Page(with_step(task=open_, done_by=OTHER, others=(OTHER,)), *where)
    title = next(plain(line) for line in page.steps if "Is there light?" in plain(line))
    assert title.rstrip().endswith("done by mko  started 31s")


def test_states_are_told_apart_without_colour() -> None:
    told = {(mark, word.split("  ")[0].rstrip("0123456789ms ")) for _, mark, word in STATES.values()}
    assert len(told) == len(STATES) - 1, "only whose turn it is differs in the name behind it"


def test_what_made_it_green_stands_there_with_its_time() -> None:
    proof = seen("GigabitEthernet0/1 up", 29.0, is_so=True)
    page = Page(with_step(task=done("is-there-light", proof=proof), evidence=()), 80, 24)
    assert "proof o Gi0/1 up snmp 14:02:58 20s after it began" in page.words


def test_what_speaks_against_a_step_that_is_done_stands_beside_it() -> None:
    page = Page(with_step(task=done("is-there-light", against=seen("GigabitEthernet0/1 down", 5))), 80, 24)
    assert "but X Gi0/1 down snmp 14:03:22 since then" in page.words


def test_evidence_from_before_the_step_began_is_said_to_be_old() -> None:
    page = Page(with_step(evidence=(seen("GigabitEthernet0/1 down", 72.0),)), 80, 24)
    assert "now X Gi0/1 down snmp 14:02:15 before it began" in page.words
    assert "differs" not in page.text


def test_a_placeholder_without_a_value_is_visible_and_explained() -> None:
    page = Page(runbook(), 80, 24, key_of(TITLES[3][0]))
    assert "show ip route 0.0.0.0 <mask?>" in page.text
    assert "missing nothing that was seen tells mask" in page.words
    role = next(role for line in page.steps for text, role in line if text == "<mask?>")
    assert role == "@well warn"


def test_a_command_of_another_vendor_says_so_above_it_and_in_a_closed_step() -> None:
    said = "no command for PAN-OS; as on Cisco IOS"
    page = Page(with_step(foreign=said), 80, 24)
    assert f"{said}: show interfaces" in page.words
    assert "# show interfaces" not in page.text, "it is no command of that device"
    assert (f"{said}:", "warn") in [span for line in page.steps for span in line]
    closed = Page(with_step(foreign=said), 140, 40, key_of(TITLES[3][0]))
    assert f"{said}: show interfaces" in closed.words


def test_a_check_that_cannot_be_made_here_says_why() -> None:
    page = Page(with_step(checks=(), evidence=(), unverifiable="no probe tests 10.1.1.2"), 80, 24)
    assert "by hand no probe tests 10.1.1.2" in page.words


@pytest.mark.parametrize(
    ("left", "words", "role"),
    [
        (828, "escalate in 13m48s", "strong"),
        (90, "escalate in 1m30s", "warn"),
        (-192, "! ESCALATE  3m12s overdue", "crit*"),
    ],
)
def test_the_escalation_counts_down_and_is_loud_when_overdue(left: float, words: str, role: str) -> None:
    line = guide_look.escalation(runbook(escalate_at=NOW + left), NOW)
    assert words in plain(line)
    assert role in {found for _, found in line}
    for where in ((80, 24), (140, 40)):
        assert words in Page(runbook(escalate_at=NOW + left), *where).text


def test_a_runbook_that_is_gone_and_a_cause_that_was_revised_are_said() -> None:
    gone = "it was edited: no longer in it: See the light"
    page = Page(
        runbook(gone=gone, changed="congestion serves the outage now: Congestion", serving="congestion"), 80, 24
    )
    assert "! RUNBOOK EDITED" in page.text
    assert "! ANOTHER RUNBOOK" in page.text
    assert "S opens it" in page.words
    assert "transceiver detail" in page.text, "the step is still in sight"


def test_a_runbook_without_steps_is_a_page_too() -> None:
    lost = runbook(steps=(), current="", title="link-failure is no longer there", done=0, of=0, gone="no longer there")
    for where in ((80, 24), (140, 40)):
        page = Page(lost, *where)
        assert page.keeps_to_its_screen()
        assert "no steps" in page.text
        assert "! RUNBOOK GONE" in page.text


def test_what_other_runbooks_did_opens_as_a_row_of_its_own() -> None:
    old = replace(done("fill-it"), runbook="congestion", title="Fill it", reason="")
    page = Page(runbook(earlier=(old,)), 80, 24, guide_look.PAST)
    assert "past 1 step of congestion" in page.words
    assert "Fill it" in page.text


def test_when_all_is_done_the_goal_is_open() -> None:
    finished = tuple(replace(step, task=done(step.step), is_current=False) for step in steps())
    page = Page(runbook(steps=finished, current="", done=5, workers=()), 80, 24)
    assert "all steps are done" in page.text
    assert "5 of 5 done" in page.text
    assert "> goal" in page.text


def test_where_there_is_no_room_for_all_who_are_at_work_the_title_is_cut_before_what_is_done() -> None:
    (worker,) = runbook().workers
    guide = runbook(workers=tuple(replace(worker, operator=f"somebody-{number}@jump1") for number in range(4)))
    for width in (60, 80, 92):
        line = plain(guide_steps.title(guide, width))
        assert size([(line, "")]) == width
        assert line.rstrip().endswith(f"..   {guide.done} of {guide.of} done")


def test_without_a_console_others_are_at_steps_by_number() -> None:
    (worker,) = runbook().workers
    elsewhere = replace(worker, place=replace(worker.place, runbook="optics", step="clean-it"))
    through = replace(worker, place=replace(worker.place, step=""))
    lines = list(runbook_form.lines(runbook(workers=(worker, elsewhere, through))))
    found = [line.partition(" is ")[2].partition(" since")[0] for line in lines if " since " in line and " is " in line]
    assert found == ["at step 4", "at clean-it of optics", "at the end"]


def test_the_escalation_to_copy_says_what_whom_and_what_was_done() -> None:
    first, *rest = steps()
    failed = replace(first, task=done(first.step, outcome=Outcome.OTHER), evidence=(seen("Gi0/1 down", 9),))
    text = guide_page.escalation(runbook(steps=(failed, *rest)), OUTAGE, Look("", NOW))
    assert text.splitlines()[0].startswith("OUT-1123-7KQ2  WLLS-A01-AR-01 0.0.0.0/0  DOWN for 1m12s")
    assert "to the carrier or the cabling team" in text
    assert "1 See the port and its optics at GigabitEthernet0/1: not as expected (Gi0/1 down)" in text


@pytest.mark.parametrize("cursor", ["", guide_look.BEFORE, guide_look.AFTER])
def test_a_terminal_that_is_far_too_small_ends_nothing(cursor: str) -> None:
    for width in range(1, 120, 7):
        for height in range(3, 30, 5):
            assert Page(runbook(gone="edited"), width, height, cursor).steps is not None


# The shipped ones.


def shipped() -> list[GuidedRunbook]:
    folder = ROOT / "config" / "runbooks"
    texts = {str(path): path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    books = {book.name: book for book in library.read(texts)[0]}
    known = {
        "hostname": "WLLS-A01-AR-01", "interface": "TenGigabitEthernet1/0/48", "prefix": "10.118.0.0/16",
        "neighbour": "10.118.200.254", "next_hop": "10.118.200.254", "vrf": "default",
    }  # fmt: skip

    def sight(name: str) -> dict[str, guide.Sight]:
        return {step.slug: checked(step) for step in books[name].steps if step.checks}

    asked = [
        guide.Asked(operator=ME, runbook=name, at=NOW, vendor="cisco_ios", fills=known, sight=sight) for name in books
    ]
    return [guide.of(replace(OUTAGE, runbook=each.runbook), books, each) for each in asked]


def checked(step: RunbookStep) -> guide.Sight:
    """With as many words as the engine has for a check."""
    words = tuple(f"the {check.kind} of TenGigabitEthernet1/0/48 is up" for check in step.checks)
    return guide.Sight(checks=words, evidence=(seen("TenGigabitEthernet1/0/48 down, administratively", 3.0),))


@pytest.mark.parametrize("found", shipped(), ids=lambda found: found.runbook)
def test_each_step_of_a_shipped_runbook_is_whole_at_80x24(found: GuidedRunbook) -> None:
    for step in found.steps:
        page = Page(found, 80, 24, key_of(step.step))
        assert page.keeps_to_its_screen()
        for words in (step.title, step.command, step.expect, step.so):
            assert " ".join(words.split()) in page.words.replace(" y copies", ""), f"{step.title}\n{page.text}"


# Laws.

_letters = st.sampled_from(string.ascii_letters + string.digits + "  ./:-é漢")
prose = st.text(_letters, max_size=140)
names = st.text(_letters, max_size=60)
wild = st.text(max_size=40)
ago = st.floats(-1e6, 1e6)
_slugs = [f"slug-{at}" for at in range(12)]


def stories(text: st.SearchStrategy[str]) -> st.SearchStrategy[GuidedRunbook]:
    """Any GuidedRunbook; words of devices, people and files from `text`."""
    when = ago.map(lambda s: NOW + s)
    pieces = st.builds(
        StepEvidence, source=st.sampled_from(("snmp", "capture")), is_so=st.booleans(), at=when, text=text,
        seq=st.integers(0, 30), steady=st.just(0.0) | st.floats(1, 1e6),
    )  # fmt: skip
    turns = st.builds(
        RemediationTask, outage_id=text, runbook=text, step=st.sampled_from(_slugs), title=text,
        operator=st.just(ME) | text, state=st.sampled_from(TaskState), started_at=when, started=st.floats(0, 1e6),
        ended_at=st.none() | when, reason=text, outcome=st.sampled_from(Outcome), proof=st.none() | pieces,
        against=st.none() | pieces,
    )  # fmt: skip
    branches = st.builds(
        GuidedBranch, label=st.sampled_from(("not", "so")) | text, text=text, runbook=st.just("") | text,
        step=st.sampled_from(_slugs), title=text,
    )  # fmt: skip
    made = st.builds(
        GuidedStep, number=st.integers(1, 99), step=st.just(""), title=text, command=st.just("") | text,
        foreign=st.just("") | text,
        missing=st.lists(text, max_size=3).map(tuple), expect=text, so=text,
        branches=st.lists(branches, max_size=3).map(tuple), checks=st.lists(text, max_size=3).map(tuple),
        unverifiable=st.just("") | text, evidence=st.lists(pieces, max_size=4).map(tuple), task=st.none() | turns,
        is_current=st.booleans(), others=st.lists(text, max_size=3).map(tuple),
    )  # fmt: skip
    workers = st.builds(
        Worker, operator=text, place=st.builds(Place, text, st.sampled_from(["", *_slugs])), since_at=when
    )
    listed = st.lists(made, max_size=len(_slugs)).map(
        lambda found: tuple(replace(each, step=_slugs[at], number=at + 1) for at, each in enumerate(found))
    )
    hints = st.builds(Suggestion, command=text, why=text)
    many = st.lists(text, max_size=4).map(tuple)
    return st.builds(
        GuidedRunbook, outage_id=text, operator=st.just(ME), at=st.just(NOW), runbook=text, title=text, summary=text,
        owner=text, preconditions=many, results=many, escalation=text, escalate_to=text, escalate_at=st.none() | when,
        steps=listed, current=st.sampled_from(["", *_slugs]), is_opened=st.booleans(), done=st.integers(0, 9),
        of=st.integers(0, 12), workers=st.lists(workers, max_size=6).map(tuple),
        earlier=st.lists(turns, max_size=9).map(tuple), serving=text, changed=st.just("") | text,
        gone=st.just("") | text, suggestion=st.none() | hints, is_over=st.booleans(),
    )  # fmt: skip


@given(stories(prose), st.integers(80, 210), st.integers(24, 60), st.booleans(), st.randoms())
@settings(max_examples=120, deadline=None)
def test_it_keeps_to_any_screen_and_the_open_row_is_in_sight_wherever_it_is(
    story: GuidedRunbook, width: int, height: int, is_reading: bool, chance: object
) -> None:
    items = [item.key for item in Page(story, width, height).rows.items]
    assert len(set(items)) == len(items)
    cursor = chance.choice(items) if items else ""  # type: ignore[attr-defined]
    page = Page(story, width, height, cursor, is_reading=is_reading)
    assert page.keeps_to_its_screen()
    if items and not is_reading:
        assert any("@sel" in role for line in page.steps for _, role in line), cursor


@given(stories(names), st.sampled_from([(80, 24), (140, 40)]))
@settings(max_examples=80, deadline=None)
def test_the_command_of_the_open_step_is_in_sight_to_its_last_word(
    story: GuidedRunbook, where: tuple[int, int]
) -> None:
    for step in story.steps:
        page = Page(story, *where, key_of(step.step))
        assert "".join(step.command.split()) in "".join(page.words.replace("y copies", "").split()), page.text


@given(stories(prose))
@settings(max_examples=40, deadline=None)
def test_going_down_comes_by_every_row_and_ends_at_the_last(story: GuidedRunbook) -> None:
    rows = Page(story, 80, 24).rows
    keys = [item.key for item in rows.items]
    cursor, seen_keys = blocks.moved([rows], keys[0] if keys else "", -1000), []
    for _ in keys:
        seen_keys.append(cursor)
        cursor = blocks.moved([rows], cursor, 1)
    assert seen_keys == keys
    assert not keys or blocks.moved([rows], cursor, 1) == cursor


@given(stories(wild), st.sampled_from(["dark", "mono"]), st.sampled_from([(80, 24), (140, 40)]))
@settings(max_examples=80, deadline=None)
def test_nothing_of_what_a_device_or_a_file_says_reaches_the_terminal_raw(
    story: GuidedRunbook, theme: str, where: tuple[int, int]
) -> None:
    page = Page(story, *where)
    for line in page.lines:
        text = "".join(part.text for part in segments(line, where[0], Theme(theme, theme == "mono")))
        assert text == sanitise(text)
    assert "\x1b" not in guide_page.escalation(story, OUTAGE, page.look)
