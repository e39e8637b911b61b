"""Pure. How far an outage reaches, what to do next, and what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.explanation import BlastRadius, Explanation, NextStep, TouchedRoute
from statetrace_engine.model.health import Severity, WhyNot
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import why_not
from statetrace_tui.present.blocks import Block, Item, Keys, Row, toned
from statetrace_tui.present.outage_row import brief
from statetrace_tui.present.text import Line, cells, count, fit, flow, merge, wrap

PAD = 2
_MARKS = {
    Severity.CRITICAL: ("X", "crit"),
    Severity.MAJOR: ("!", "major"),
    Severity.WARNING: ("%", "warn"),
    Severity.INFO: ("!", "dim"),
}
_CARDS = 3
"""That are named."""
_NAMES_IN = 2
"""Lines that names of devices, sites or owners may take each."""


class Hints(NamedTuple):
    """Keys that are named on the screen; empty: there is none."""

    runbook: str = "b"
    copy: str = "y"


def radius(explanation: Explanation, cursor: str, width: int) -> Block:
    found = explanation.radius
    if found is None:
        alone = "this route alone: no incident joins it"
        rows = [Row([[(" " * PAD, ""), (fit(alone, width - 2 * PAD), "dim")]]), *_cards(explanation, cursor, width)]
        return Block("radius", "BLAST RADIUS", [], [("this route alone", "")], [], rows, [])
    keys = Keys()
    rows = [
        Row([[(" " * PAD, ""), *line] for line in flow(_counts(found), width - 2 * PAD)]),
        *_names("devices", found.devices, width),
        *_names("sites", found.sites, width),
        *_names("owners", found.owners, width),
        *_cards(explanation, cursor, width),
        *[_linked(incident, keys.of("incident", incident), cursor, width) for incident in found.linked],
        *[
            _route(route, keys.of("route", route.route_id), cursor, explanation.outage.outage_id, width)
            for route in found.routes
        ],
    ]
    shown = len(found.routes)
    if found.route_count > shown:
        rows.append(Row([[(" " * PAD, ""), (f"and {count(found.route_count - shown, 'route')} more", "dim")]]))
    in_a_line = merge(span for group in _counts(found) for span in group)
    return Block("radius", "BLAST RADIUS", [(found.incident_id, "dim")], in_a_line, [], rows, [], 1)


def _counts(found: BlastRadius) -> list[Line]:
    """`2 routes  1 device  1 site  2 open`, each with its exact number."""
    out: list[Line] = []
    for number, noun in (
        (found.route_count, "route"),
        (len(found.devices), "device"),
        (len(found.sites), "site"),
        (len(found.owners), "owner"),
    ):
        figure, word = count(number, noun).split()
        out.append([(f"{figure} ", "strong"), (f"{word}  ", "")])
    still = f"{found.open_count:,} open" if found.open_count else "all over"
    return [*out, [(still, "strong" if found.open_count else "ok")]]


def _names(word: str, names: Sequence[str], width: int) -> list[Row]:
    """`devices  WLLS-A01-AR-01, WLLS-A02-AR-01`: as many as fit, and how many do not."""
    room = width - 2 * PAD - 9
    if not names or room < 8:
        return []
    shown = list(names[: _NAMES_IN * room // 4])  # more than that cannot fit
    while len(shown) > 1 and len(wrap(_listed(shown, len(names)), room, 99)) > _NAMES_IN:
        shown.pop()
    lines = wrap(_listed(shown, len(names)), room, _NAMES_IN)
    return [
        Row([[(" " * PAD, ""), (fit("" if at else word, 9), "dim"), (line, "")] for at, line in enumerate(lines)]),
    ]


def _listed(names: Sequence[str], total: int) -> str:
    rest = total - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


def _linked(incident: str, key: str, cursor: str, width: int) -> Row:
    line: Line = [
        (" " * PAD, ""),
        (fit("linked", 9), "dim"),
        (fit(incident, min(cells(incident), width - 2 * PAD - 9)), "accent"),
    ]
    return Row([_chosen(line, key == cursor, width)], (Item(key, incident),))


def _cards(explanation: Explanation, cursor: str, width: int) -> list[Row]:
    """Anomaly cards that belong to the outage, a line each, the first ones; `Enter` opens one."""
    keys, out = Keys(), list[Row]()
    shown = explanation.cards[:_CARDS]
    for at, card in enumerate(shown):
        key = keys.of("card", card.card_id)
        left = len(explanation.cards) - len(shown) if at == len(shown) - 1 else 0
        more = f"  and {left:,} more" if left else ""
        text = f"{sanitise(card.title)}  {brief(sanitise(card.subject))}{more}"
        line: Line = [
            (" " * PAD, ""), (fit("" if at else "card", 9), "dim"), (fit(text, max(width - 2 * PAD - 9, 0)), "accent"),
        ]  # fmt: skip
        out.append(Row([_chosen(line, key == cursor, width)], (Item(key, card),)))
    return out


def _route(route: TouchedRoute, key: str, cursor: str, outage_id: str, width: int) -> Row:
    glyph, role = _mark(route)
    owner = "this one" if route.outage_id == outage_id else route.owner or "unowned"
    room = width - 2 * PAD - 2
    host = 16 if room >= 48 else 14
    prefix = 20 if room >= 52 else 15
    line: Line = [
        (" " * PAD, ""),
        (f"{glyph} ", role),
        (fit(route.hostname, host, "m") + "  ", "strong" if route.is_open else "dim"),
        (fit(route.prefix, prefix, "m") + "  ", "" if route.is_open else "dim"),
        (fit(owner, max(room - host - prefix - 4, 0)), "dim"),
    ]
    return Row([_chosen(line, key == cursor, width)], (Item(key, route),))


def _mark(route: TouchedRoute) -> tuple[str, str]:
    if not route.outage_id:
        return "?", "unk"
    if not route.is_open or route.severity is None:
        return "+", "ok"
    return _MARKS[route.severity]


def _chosen(line: Line, is_here: bool, width: int) -> Line:
    return toned([("> ", "accent!"), *line[1:]], width) if is_here else line


def step(explanation: Explanation, cursor: str, now: Epoch, hints: Hints, width: int, room: int) -> Block:
    """The next step of the runbook; below, what the outage waits for and what keeps it from DOWN; in so many words
    as `room` lines hold, if they can."""
    found = explanation.next_step
    name = f"NEXT STEP  {found.number} of {found.of}" if found is not None else "NEXT STEP"
    right: Line = [(f"{hints.runbook} runbook", "dim")] if hints.runbook and found is not None else []
    in_a_line: Line = [(found.command or found.step, "strong")] if found is not None else []
    told = Block("step", name, right, in_a_line, [], [], [])
    for words in _WORDS:
        told = told._replace(rows=_rows(explanation, cursor, now, hints, width, words))
        if told.needed <= room:
            break
    return told


class Words(NamedTuple):
    """How much is said."""

    has_rules: bool
    lines: int
    """Of what to expect and what it means if not, at most."""


_WORDS = (Words(True, 9), Words(False, 9), Words(False, 3))


def _rows(explanation: Explanation, cursor: str, now: Epoch, hints: Hints, width: int, words: Words) -> list[Row]:
    found, keys = explanation.next_step, Keys()
    if found is not None:
        rows = [_step(found, keys.of("step"), cursor, hints, width, words.lines)]
    else:
        rows = [Row([[(" " * PAD, ""), ("no runbook says what to do next", "dim")]])]
    for title, whys in (
        ("WHY NOT YET", explanation.why_not_yet),
        ("WHY NOT DOWN", explanation.why_not_down),
    ):
        waits = [
            _why(why, keys.of("why", title, why.what, why.rule), cursor, now, width, has_rule=words.has_rules)
            for why in whys
        ]
        if waits:
            head: Line = [(" " * PAD, ""), (title, "dim")]
            rows += [Row([[], head, *waits[0].lines], waits[0].items), *waits[1:]]
    return rows


def _step(found: NextStep, key: str, cursor: str, hints: Hints, width: int, most: int) -> Row:
    room = width - 2 * PAD
    is_here = key == cursor
    lines: list[Line] = []
    if found.title:
        lines.append([(" " * PAD, ""), (fit(found.title, room), "dim")])
    lines += [[(" " * PAD, ""), (text, "strong")] for text in wrap(found.step, room, 2)]
    if found.foreign:
        lines += [[(" " * PAD, ""), (text, "warn")] for text in wrap(f"{found.foreign}:", room, 2)]
    if found.command:
        copies = f"{hints.copy} copies" if hints.copy else ""
        commands = wrap(found.command, max(room - cells(copies) - 3, 8), 3)
        for at, text in enumerate(commands):
            tail = copies if not at else ""
            well = fit(f" {text}", max(room - (cells(copies) + 1 if copies else 0), 0))
            lines.append([(" " * PAD, ""), (well, "@well strong"), (f" {tail}" if tail else "", "dim")])
    for word, text in (("expect", found.expect), ("if not", found.so)):
        for at, piece in enumerate(wrap(text, room - 8, most)):
            lines.append([(" " * PAD, ""), (fit("" if at else word, 8), "dim"), (piece, "")])
    if is_here and lines:
        lines[0] = _chosen(lines[0], True, width)
    return Row(lines or [[]], (Item(key),))


def _why(why: WhyNot, key: str, cursor: str, now: Epoch, width: int, *, has_rule: bool) -> Row:
    """What it would be, when, and what is missing; the rule that decides it below."""
    lines = why_not.lines(why, now, width, has_rule=has_rule)
    if key == cursor:
        lines[0] = _chosen(lines[0], True, width)
    return Row(lines, (Item(key),))
