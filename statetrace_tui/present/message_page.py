"""Pure. Messages of the journal by their number, and the chosen one as it was received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from statetrace_tui.present.text import Line, count, fit, rule, spread, wrap

_PAD = 3


def lines(title: str, seqs: Sequence[int], at: int, texts: Mapping[int, str], width: int, height: int) -> list[Line]:
    """`height` lines at most; `texts` are the messages that have come so far."""
    head = spread(
        [(title, "strong"), (f"   {count(len(seqs), 'message')}", "")],
        [
            ("  j k", "key"),
            (" choose   ", "dim"),
            ("y", "key"),
            (" copy   ", "dim"),
            ("Esc", "key"),
            (" closes", "dim"),
        ],
        width,
        _PAD,
    )
    if not seqs:
        return [[], head, [], [(" " * _PAD, ""), ("no message stands behind it", "dim")]]
    raw = message(f"AS RECEIVED   journal {seqs[at]}", texts.get(seqs[at]), width, height)
    room = max(height - len(raw) - 4, 1)
    first = max(0, min(at - room // 2, len(seqs) - room))
    rows = [
        _row(seq, texts.get(seq), width, is_here=i == at) for i, seq in enumerate(seqs[first : first + room], first)
    ]
    return [[], head, [], *rows, *raw][:height]


def _row(seq: int, text: str | None, width: int, *, is_here: bool) -> Line:
    tone = "@sel " if is_here else ""
    return [
        (" > " if is_here else "   ", f"{tone}accent!"),
        (fit(f"#{seq}", 12), f"{tone}dim"),
        (fit(text or "", width - 15), tone.strip()),
    ]


def message(title: str, text: str | None, width: int, height: int) -> list[Line]:
    """A heading and the message; None: it has not come yet."""
    body = ["fetching .."] if text is None else wrap(text, width - 2 * _PAD - 2, max(height - 8, 3)) or ["(empty)"]
    inner = width - 2 * _PAD
    return [
        rule(width, title, _PAD),
        *[[(" " * _PAD, ""), (fit(f" {line}", inner), "@well strong"), (" " * _PAD, "")] for line in body],
    ]
