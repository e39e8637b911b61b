"""Cards: what warns before an outage does, and what belongs together, as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.anomaly import AnomalyCard, CardVerdict, RuleStatus
from statetrace_engine.model.outage import OutageEvent
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import card_detail, card_entry, outage_row, snoozing
from statetrace_tui.present.book import Delta
from statetrace_tui.present.card_detail import Beside
from statetrace_tui.present.card_entry import FIELDS, Kind
from statetrace_tui.present.card_list import CardList
from statetrace_tui.present.keys import MOVES, Key
from statetrace_tui.present.palette import Command
from statetrace_tui.present.picking import Choice
from statetrace_tui.present.snoozing import Until
from statetrace_tui.present.text import Line, fit
from statetrace_tui.widgets.card_acts import CardActs
from statetrace_tui.widgets.columns import Columns, Piece
from statetrace_tui.widgets.listing import Listing
from statetrace_tui.widgets.modal import Chooser, Picker, Prompt
from statetrace_tui.widgets.pane import Pane
from statetrace_tui.widgets.reader import Reader
from statetrace_tui.widgets.reading import read_messages, read_runbook

LOOK_S = 1.0
"""The engine is asked so often at most, and only when something has changed; less often where there is much."""
_BESIDE_FROM = 110
"""Columns from which the detail stands beside the list."""
_LEGEND: list[Line] = [
    [(" ! MAJOR ", "major*"), (" filled: nobody has looked at it   ", ""), ("! MAJOR", "major"), (" looked at", "")],
    [("+", "strong"), (" a cluster: what belongs together   ", ""), ("-", "strong"), (" its parts are shown", "")],
]


class CardsScreen(Listing[CardList]):
    """`show(CARD)` puts the cursor on one; `show("/WORDS")` filters."""

    place: ClassVar[str] = "cards"
    word: ClassVar[str] = "Cards"
    legend: ClassVar[list[Line]] = _LEGEND
    hint: ClassVar[str] = f"!not  {FIELDS[0]}:x  {FIELDS[1]}:x"
    keys: ClassVar[tuple[Key, ...]] = (
        Key("a", "confirm", "true", "ACT", "it is right"),
        Key("F", "deny", "false", "ACT", "it is not"),
        Key("s", "snooze", "snooze", "ACT", "snooze"),
        Key("u", "take_back", "undo", "ACT", "take back"),
        Key("enter t", "open", "open", "MOVE", "open it"),
        Key("b", "runbook", "runbook", "LOOK", "runbook"),
        Key("o", "outage", "outages", "LOOK", "its outages"),
        Key("e", "explain", "", "LOOK", "explain one"),
        Key("l", "raw_log", "", "LOOK", "messages"),
        Key("/", "filter", "filter", "FIND", "!x, field:x"),
        *MOVES,
        Key("space", "mark", "", "ACT", "mark"),
        Key("*", "mark_all", "", "ACT", "all new"),
        Key("r", "release", "", "FIND", "order"),
        Key("R", "rules", "", "FIND", "rules"),
        Key("y", "copy", "", "ACT", "copy"),
    )

    def __init__(self) -> None:
        super().__init__(CardList())
        self.rules: dict[str, RuleStatus] = {}
        self._acts: CardActs | None = None
        self._cards: tuple[AnomalyCard, ...] = ()
        self._wanted = ""
        """A card to go to, once it is known."""
        self._has_looked = False
        self._version = -1
        self._is_stale = True
        self._is_loading = False
        self._looked = -LOOK_S
        self._second = -1
        self._list = Pane(self._list_lines, id="card-list")
        self._detail = Pane(self._detail_lines, tone="raised", has_edge=True, id="card-detail")
        self._split = Columns(self._list, self._detail, lesser=self._detail, id="card-split")

    def body(self) -> Iterable[Piece]:
        return (self._split,)

    # Told by the app.

    def follow(self, delta: Delta) -> None:
        if delta.is_full or delta.outages or delta.incidents:
            self._is_stale = True

    def tick(self) -> None:
        """Asks again when cards or outages are others; ages move once a second."""
        status = self.stage.book.status
        version = status.cards.version if status is not None else 0
        now = self.stage.monotonic()
        is_due = now - self._looked >= max(LOOK_S, self.list.count / 2000)
        if (self._is_stale or version != self._version) and is_due and not self._is_loading:
            self._looked, self._is_loading, self._is_stale, self._version = now, True, False, version
            self.stage.start(self._load(), "cards")
        second = int(self.stage.as_of())
        if second != self._second:
            self._second = second
            self.settle_at_rest()
            self.paint()

    def show(self, subject: str) -> None:
        if subject.startswith("/"):
            self.list.search(subject[1:])
        elif subject and not self.list.go(subject):
            self._wanted = subject
        self.paint()

    def changes_of(self) -> str:
        entry = self.list.chosen
        if entry is None:
            return ""
        return entry.card.hostname if entry.card is not None else entry.subject.partition(" ")[0]

    async def _load(self) -> None:
        engine = self.stage.engine
        try:
            self._cards = await engine.cards()
            clusters = await engine.clusters()
            self.rules = {status.rule: status for status in await engine.rules()}
        except StateTraceError as error:
            self._is_stale = True
            self.stage.say(str(error), "unk")
            return
        finally:
            self._is_loading = False
        book = self.stage.book
        known = card_entry.known(self._cards, clusters, book.incidents, book.outages)
        self.list.take(known, is_held=self.is_held and self._has_looked)
        self._has_looked = True
        if self._wanted and self.list.go(self._wanted):
            self._wanted = ""
        self.paint()

    # Painting.

    def on_mount(self) -> None:
        super().on_mount()
        self._acts = CardActs(self.stage)

    def lay_out(self) -> None:
        """The detail beside the list where both have room, else below it."""
        width, height = self.app.size
        self._detail.has_edge = width >= _BESIDE_FROM
        if width >= _BESIDE_FROM:
            self._split.beside(60 if width >= 180 else 52)
        else:
            self._split.stacked(max(min(height // 2 - 2, 16), 4))

    def _list_lines(self, width: int, height: int) -> list[Line]:
        if not self._has_looked:
            return [[], [("   ", ""), ("asking the engine ..", "dim")]]
        return self.list.lines(width, height, self.stage.as_of())

    def _detail_lines(self, width: int, height: int) -> list[Line]:
        entry = self.list.chosen
        return card_detail.lines(entry, self._beside(), width, height) if entry is not None else []

    def _beside(self) -> Beside:
        keys = {action: self.key(action) for action in ("runbook", "outage", "open")}
        return Beside(self.list.known, self.rules, self._related(), self.stage.as_of(), self.stage.zone, keys)

    def _related(self) -> tuple[OutageEvent, ...]:
        entry = self.list.chosen
        return card_detail.related(entry, self.list.known) if entry is not None else ()

    def note(self) -> tuple[str, str]:
        """Last: what no rule has looked at, so that nobody takes an empty list for a quiet network."""
        text, role = super().note()
        status = self.stage.book.status
        skipped = status.cards.skipped if status is not None else 0
        return (text, role) if text or not skipped else (f"{skipped:,} of floods not looked at", "unk")

    # Keys: moving.

    def page_rows(self) -> int:
        return self._list.size.height - 3

    def move(self, by: int) -> None:
        self.list.move(by)
        self.paint()

    def action_open(self) -> None:
        """The parts of a cluster, what a capture shows behind a card or its messages, the outage of a part."""
        entry = self.list.chosen
        if entry is None:
            return
        if entry.kind is Kind.CLUSTER:
            self.list.fold(entry.ident)
            self.paint()
        elif entry.kind is Kind.OUTAGE:
            self.action_outage()
        elif self._card is not None and self._card.spots:
            spot, subject = self._card.spots[-1], sanitise(self._card.subject)
            place = f" {spot.start} {spot.end}" if spot.end else ""
            self.stage.go("rawlog", f"capture {spot.capture_id}{place}\t{sanitise(self._card.title)}\t{subject}")
        else:
            self.action_raw_log()

    def action_raw_log(self) -> None:
        card = self._card
        if card is not None and card.seqs:
            read_messages(self, f"{sanitise(card.title)}   {sanitise(card.subject)}", card.seqs)
        else:
            self.stage.say("no message stands behind it", "dim")

    @property
    def _card(self) -> AnomalyCard | None:
        """Under the cursor; of a cluster the first."""
        entry = self.list.chosen
        if entry is None or entry.cluster is None:
            return entry.card if entry is not None else None
        return next((self.list.known.cards[i] for i in entry.cluster.card_ids if i in self.list.known.cards), None)

    # Keys: acting.

    def action_mark(self) -> None:
        self.list.mark()
        self.move(1)

    def _targets(self) -> list[AnomalyCard]:
        """The cards of what is marked, else of the row under the cursor: of a cluster all that are not over."""
        known, found = self.list.known.cards, dict[str, AnomalyCard]()
        for entry in self.list.targets:
            if entry.card is not None:
                found[entry.ident] = entry.card
            elif entry.cluster is not None:
                found.update((i, known[i]) for i in entry.cluster.card_ids if i in known and not known[i].is_over)
        return list(found.values())

    def action_confirm(self) -> None:
        self._judge(CardVerdict.TRUE)

    def action_deny(self) -> None:
        self._judge(CardVerdict.FALSE)

    def _judge(self, verdict: CardVerdict) -> None:
        if self._acts is not None:
            self._acts.judge(self._targets(), verdict)
        self._done()

    def action_snooze(self) -> None:
        cards = self._targets()
        if not cards:
            self.stage.say("no card here to snooze", "dim")
            return

        def typed(text: str) -> None:
            until = snoozing.read(text, self.stage.wall(), self.stage.zone)
            if isinstance(until, str):
                self.stage.say(until, "major", 6.0)
            else:
                self._snooze(cards, until)

        def choose(letter: str) -> None:
            until = snoozing.chosen(letter, self.stage.wall(), self.stage.zone)
            if until is not None:
                self._snooze(cards, until)
            else:
                self.call_later(self.ask, Prompt("snooze until:", typed, hint=snoozing.HINT))

        self.ask(Chooser("snooze", snoozing.CHOICES, choose))

    def _snooze(self, cards: list[AnomalyCard], until: Until) -> None:
        if self._acts is not None:
            self._acts.snooze(cards, until)
        self._done()

    def action_take_back(self) -> None:
        """What was done here last, else what was said of the row under the cursor."""
        if self._acts is not None:
            self._acts.take_back(self._targets())
        self._done()

    def _done(self) -> None:
        self._is_stale = True
        self.unmark()

    # Keys: reading.

    def action_runbook(self) -> None:
        """That of the rule, to read; where it names none, that of the outage that belongs to it, to work by."""
        card = self._card
        outage = next(iter(self._related()), None)
        if card is not None and card.runbook:
            read_runbook(self, card.runbook, outage, card_entry.fills(card))
        elif outage is not None:
            self.stage.go("runbook", outage.outage_id)
        else:
            self.stage.say("no runbook for this card", "dim")

    def action_outage(self) -> None:
        found = self._related()
        if not found:
            self.stage.say("no outage belongs to it", "dim")
        elif len(found) == 1:
            self.stage.go("outages", found[0].outage_id)
        else:
            self.ask(Picker("outage", [_choice(o) for o in found], lambda ident: self.stage.go("outages", ident)))

    def action_explain(self) -> None:
        found = self._related()
        if found:
            self.stage.go("explain", found[0].outage_id)
        else:
            self.stage.say("no outage belongs to it", "dim")

    def action_rules(self) -> None:
        self.ask(Reader("Rules", lambda width: card_detail.rule_lines(self.rules.values(), width)))

    def action_copy(self) -> None:
        entry = self.list.chosen
        if entry is not None:
            self.stage.copy_text(card_detail.as_text(entry, self._beside()))

    def commands(self) -> list[Command]:
        return [Command("filter WORDS", "only cards that match"), Command("rules", "how each rule does")]

    def command(self, name: str, words: Iterable[str]) -> bool:
        if name == "filter":
            self.search(" ".join(words))
        elif name == "rules":
            self.call_later(self.action_rules)
        else:
            return False
        return True


def _choice(outage: OutageEvent) -> Choice:
    face = outage_row.face(outage)
    line: Line = [
        (fit(f"{face.glyph} {face.word}", 12), face.role),
        (fit(outage.outage_id, 15), "strong"),
        (f"{outage.hostname} {outage.prefix}  ", ""),
        (outage.cause.value, "dim"),
    ]
    return Choice(outage.outage_id, outage_row.search_text(outage), line)
