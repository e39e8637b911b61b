"""Sheets to read in: a page that scrolls, and the evidence of an outage with the message behind each item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from statetrace_engine.model.outage import EvidenceItem, OutageEvent
from statetrace_tui.present import evidence_page, message_page
from statetrace_tui.present.hours import Zone
from statetrace_tui.present.text import Line, spread

_STEPS = {"j": 1, "down": 1, "k": -1, "up": -1, "g": -100_000, "home": -100_000, "G": 100_000, "end": 100_000}
_PAGES = {"pagedown": 1, "space": 1, "ctrl+f": 1, "pageup": -1, "ctrl+b": -1}
_CLOSE = {"escape", "q", "ctrl+c", "enter"}


class Reader:
    """A page that is longer than its sheet; j k and the page keys scroll, Esc closes."""

    def __init__(
        self, title: str, build: Callable[[int], list[Line]], on_copy: Callable[[], None] | None = None
    ) -> None:
        """`build(width)` gives all lines of the page; `on_copy` is what `y` does, where there is something to copy."""
        self._title = title
        self._build = build
        self._on_copy = on_copy
        self._top = 0
        self._room = 1
        self._length = 0

    def press(self, key: str, character: str | None) -> bool:
        if key in _CLOSE or character in _CLOSE:
            return True
        if character == "y" and self._on_copy is not None:
            self._on_copy()
            return False
        by = _STEPS.get(character or key, _STEPS.get(key, 0)) or _PAGES.get(key, 0) * max(self._room - 1, 1)
        self._top = max(0, min(self._top + by, self._length - self._room))
        return False

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:  # noqa: ARG002
        return None

    def sheet(self, width: int, height: int) -> list[Line]:
        page = self._build(width)
        self._length, self._room = len(page), max(height - 4, 1)
        self._top = max(0, min(self._top, self._length - self._room))
        below = self._length - self._top - self._room
        more: Line = [(f"{below} more below   ", "")] if below > 0 else []
        copying: Line = [("y", "key"), (" copies   ", "dim")] if self._on_copy is not None else []
        head = spread(
            [(self._title, "strong")],
            [*more, *copying, ("j k", "key"), (" scroll   ", "dim"), ("Esc", "key"), (" closes", "dim")],
            width,
            3,
        )
        return [[], head, [], *page[self._top : self._top + self._room]]


class SignalReader:
    """Messages of the journal, one chosen; `on_choose(seq)` is asked to fetch it, `texts` receives it."""

    def __init__(self, seqs: Sequence[int], on_choose: Callable[[int], None], on_copy: Callable[[str], None]) -> None:
        self.texts: dict[int, str] = {}
        self._seqs = seqs
        self._at = 0
        self._on_choose = on_choose
        self._on_copy = on_copy

    @property
    def chosen_seq(self) -> int | None:
        """The journal sequence of the chosen one; None without any."""
        return self._seqs[self._at] if self._seqs else None

    def look(self) -> None:
        """Asks for the message under the cursor."""
        seq = self.chosen_seq
        if seq is not None and seq not in self.texts:
            self._on_choose(seq)

    def unread(self) -> str:
        """What is copied of a message that has not come yet."""
        return ""

    def press(self, key: str, character: str | None) -> bool:
        if key in _CLOSE or character in _CLOSE:
            return True
        seq = self.chosen_seq
        if seq is None:
            return False
        if character == "y":
            self._on_copy(self.texts.get(seq, self.unread()))
            return False
        by = _STEPS.get(character or key, _STEPS.get(key, 0)) or _PAGES.get(key, 0) * 8
        self._at = max(0, min(self._at + by, len(self._seqs) - 1))
        self.look()
        return False

    def paste(self, text: str) -> None: ...

    def key_line(self, width: int) -> Line | None:  # noqa: ARG002
        return None

    def sheet(self, width: int, height: int) -> list[Line]:
        raise NotImplementedError


class EvidenceReader(SignalReader):
    """The evidence of an outage."""

    def __init__(
        self,
        outage: OutageEvent,
        evidence: Sequence[EvidenceItem],
        on_choose: Callable[[int], None],
        on_copy: Callable[[str], None],
        zone: Zone,
    ) -> None:
        super().__init__([item.seq for item in evidence], on_choose, on_copy)
        self.outage = outage
        self.evidence = evidence
        self._zone = zone

    def choose(self, item: EvidenceItem | None) -> None:
        """Puts the cursor on it, else leaves it where it is; asks for the message there."""
        wanted = (item.seq, item.plane) if item is not None else None
        self._at = next((i for i, each in enumerate(self.evidence) if (each.seq, each.plane) == wanted), self._at)
        self.look()

    def unread(self) -> str:
        return self.evidence[self._at].text

    def sheet(self, width: int, height: int) -> list[Line]:
        return evidence_page.lines(self.outage, self.evidence, self._at, self.texts, width, height, self._zone)


class MessageReader(SignalReader):
    """The messages behind an anomaly card, the newest first."""

    def __init__(
        self, title: str, seqs: Sequence[int], on_choose: Callable[[int], None], on_copy: Callable[[str], None]
    ) -> None:
        super().__init__(sorted(seqs, reverse=True), on_choose, on_copy)
        self._title = title

    def sheet(self, width: int, height: int) -> list[Line]:
        return message_page.lines(self._title, self._seqs, self._at, self.texts, width, height)
