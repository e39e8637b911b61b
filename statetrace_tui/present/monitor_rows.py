"""Pure. The Monitors: what the engine hears, sees and misses, as blocks of rows, the troubled ones first.

    BACKLOG ──────────────────────────────────────────── nothing waits
    ROUTES NOBODY CAN VOUCH FOR ────────────────────── 17 of 120 routes
     ? unprobed      14  no probe or poll watches them

A row names something, and `goes` where that is shown: a route, an outage, the engine's own page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from statetrace_engine.model.anomaly import AnomalyCard
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.monitors import (
    Concern,
    Concerned,
    ConflictsToday,
    Disagreement,
    Monitors,
    Voice,
)
from statetrace_engine.model.text import sanitise
from statetrace_tui.present import lateness_rows
from statetrace_tui.present.engine_page import SOURCE_MARKS
from statetrace_tui.present.hours import Zone, clock_there, minute_there, utc
from statetrace_tui.present.monitor_block import BAD, ENGINE, FINE, ODD, WORST, Block, Row
from statetrace_tui.present.text import Line, count, fit, rule, size, wrap

SPEAKING_S = 10.0
TARGET = 0.02
"""SPEC 2: fewer windows of a day than this conflict."""
_WIDE = 110
_HARDLY = 0.1
_SENTENCE = 2
"""Lines that it may take."""
_ROWS = 5
"""Of senders, devices and contradictions; the whole lists are where they lead."""
_CAPTURE = "capture"
_MARKS = {WORST: ("X", "crit"), BAD: ("%", "warn"), ODD: ("?", "unk")}
"""Of a source that runs."""


class Seen(NamedTuple):
    """What the page is made of."""

    monitors: Monitors
    routes: Mapping[str, RouteHealth]
    zone: Zone = utc


def steady(old: Monitors | None, new: Monitors) -> Monitors:
    """The new one with the old rates where they have hardly changed: what stands still costs no byte."""
    if old is None:
        return new
    before = {(voice.name, voice.detail): voice for voice in old.voices}
    return replace(new, voices=tuple(_steadied(before.get((v.name, v.detail)), v) for v in new.voices))


def _steadied(old: Voice | None, new: Voice) -> Voice:
    if old is None:
        return new
    return replace(new, per_s=_nearly(old.per_s, new.per_s), per_s_minute=_nearly(old.per_s_minute, new.per_s_minute))


def _nearly(old: float | None, new: float | None) -> float | None:
    if old is None or new is None:
        return new
    return old if abs(new - old) <= _HARDLY * old else new


def rows(seen: Seen, width: int, *, is_airy: bool) -> list[Row]:
    """Heads and rows, worst first; `is_airy`: there is room for a blank line between blocks."""
    found: list[Row] = []
    for block in sorted(blocks(seen, width), key=lambda block: -block.rank):
        if found and is_airy:
            found.append(Row([]))
        role = {WORST: "crit!", BAD: "warn!", ODD: "unk!"}.get(block.rank, "dim")
        found.append(Row(rule(width, block.title, 1, role, block.right)))
        found += block.rows
    return found


def blocks(seen: Seen, width: int) -> tuple[Block, ...]:
    makers: tuple[Callable[[Seen, int], Block], ...] = (
        _sources, _conflicts, _routes, _unheard, _cards, _strangers, _runbooks, _backlog,
    )  # fmt: skip
    made = (*(make(seen, width) for make in makers), lateness_rows.block(seen.monitors, width))
    return tuple(block for block in made if block.rows or block.right)


def sentence(monitors: Monitors, width: int) -> list[Line]:
    """First what is wrong, the worst first, in at most two lines; else that nothing is."""
    said = list(_wrong(monitors)) or [("every source speaks, every route is seen, nothing contradicts", "strong")]
    out: list[Line] = [[]]
    for text, role in said:
        if size(out[-1]) + len(text) + 2 > width and out[-1]:
            if len(out) == _SENTENCE:
                return [*out[:-1], [*out[-1], (" ..", "dim")]]
            out.append([])
        out[-1] += [("; ", "dim")] if out[-1] else []
        out[-1].append((text, role))
    return out


def _wrong(found: Monitors) -> Iterator[tuple[str, str]]:
    failed = sum(voice.state != "running" for voice in found.voices)
    dropped = sum(found.backlog.dropped.values())
    quiet = sum(map(is_missing, found.voices))
    routes = {each.concern: each.count for each in found.concerns}
    unseen = routes.get(Concern.STALE, 0) + routes.get(Concern.BLIND, 0)
    disagreeing, unwatched = routes.get(Concern.CONFLICTING, 0), routes.get(Concern.UNPROBED, 0)
    ailing = sum(_trouble(voice) == BAD for voice in found.voices)
    if failed:
        yield f"{count(failed, 'source does', 'sources do')} not run", "crit!"
    if dropped:
        yield f"{count(dropped, 'signal')} dropped", "crit!"
    if ailing:
        yield f"{count(ailing, 'source is', 'sources are')} in trouble", "warn!"
    if disagreeing:
        yield f"sources contradict on {count(disagreeing, 'route')}", "warn!"
    if found.conflicts.ratio >= TARGET:
        yield f"conflict rate {_percent(found.conflicts.ratio)}", "warn!"
    if found.rules_skipped:
        yield f"no rule looked at {count(found.rules_skipped, 'message')}", "warn!"
    unserved = found.runbooks.by_generic - found.runbooks.unknown
    if unserved > 0:
        yield f"no runbook of its own serves {count(unserved, 'outage')}", "warn!"
    if unseen:
        yield f"{count(unseen, 'route')} nobody sees", "unk!"
    if unwatched:
        yield f"{count(unwatched, 'route')} nobody watches", "unk!"
    if quiet:
        yield f"{count(quiet, 'source has', 'sources have')} never spoken", "unk!"
    if found.unheard:
        yield f"{count(found.unheard, 'device has', 'devices have')} never spoken", "unk!"


# Sources --------------------------------------------------------------------------------------------------------------


def _sources(seen: Seen, width: int) -> Block:
    voices = sorted(seen.monitors.voices, key=lambda voice: (-_trouble(voice), voice.name, voice.detail))
    most = max((voice.per_s_minute or voice.per_s or 0.0 for voice in voices), default=0.0)
    made = tuple(row for voice in voices for row in _source(voice, most, width, seen))
    rank = max(map(_trouble, voices), default=BAD)
    total = rate(sum(voice.per_s or 0.0 for voice in voices))
    return Block("SOURCES", f"{total} in all" if voices else "none", rank, (_source_heads(width), *made))


def _bar_width(width: int) -> int:
    return 20 if width >= _WIDE else 10


def _source_heads(width: int) -> Row:
    gap = " " * (_bar_width(width) + 16)
    return Row([(f"{gap}{'10 s':>8}{'1 min':>10}", "dim")])


def _trouble(voice: Voice) -> int:
    if voice.state != "running" or voice.dropped:
        return WORST
    if voice.error:
        return BAD
    return ODD if is_missing(voice) else FINE


def is_missing(voice: Voice) -> bool:
    """It was configured and has never spoken; that nobody has put files into the inbox is no such thing."""
    return voice.state == "running" and voice.last_at is None and voice.name != _CAPTURE


def _source(voice: Voice, most: float, width: int, seen: Seen) -> Iterator[Row]:
    """What is wrong stands below it, whole."""
    mark = _MARKS.get(_trouble(voice)) if voice.state == "running" else None
    glyph, role = mark or SOURCE_MARKS.get(voice.state, ("?", "unk"))
    line: Line = [
        (f" {glyph} ", "" if role == "ok" else role),
        (fit(voice.name, 12), "strong"),
        (" ", ""),
        *bar(voice.per_s or 0.0, most, _bar_width(width)),
        (f"{rate(voice.per_s):>8}", "strong"),
        (f"{rate(voice.per_s_minute):>10}", "dim"),
        ("   ", ""),
        *_tail(voice, seen),
    ]
    room = width - size(line) - 4
    if room >= 12:
        line += [("   ", ""), (fit(sanitise(voice.detail), room, "m").rstrip(), "dim")]
    yield Row(line, f"source {voice.name} {voice.detail}", ENGINE, "", f"{voice.name} {voice.error or voice.detail}")
    for text in wrap(sanitise(voice.error), width - 8):
        yield Row([("      ", ""), (text, "warn")])


def _tail(voice: Voice, seen: Seen) -> Line:
    if voice.state != "running":
        return [(fit(voice.state, 15), "crit" if voice.state == "failed" else "warn")]
    if voice.dropped:
        return [(fit(f"{voice.dropped:,} dropped", 15), "crit")]
    if voice.last_at is None:
        return [(fit("never spoke", 15), "unk" if is_missing(voice) else "dim")]
    if seen.monitors.at - voice.last_at < SPEAKING_S:
        return [(fit("speaks", 15), "dim")]
    return [(fit(f"last {minute_there(voice.last_at, seen.zone)}", 15), "dim")]


def rate(per_s: float | None) -> str:
    """`0.2/s`, `14/s`, `1,250/s`: two digits that count, so that it stands still while little changes."""
    if per_s is None:
        return "-"
    if per_s < 0.05:
        return "0/s"
    if per_s < 9.5:
        return f"{per_s:.1f}/s"
    step = 10 ** max(len(str(int(per_s))) - 2, 0)
    return f"{int(round(per_s / step) * step):,}/s"


def bar(value: float, most: float, width: int) -> Line:
    """Filled by its share of the most; anything at all is one cell."""
    full = min(round(width * value / most), width) if most > 0 else 0
    full = max(full, 1) if value > 0 else 0
    return [("█" * full, "accent"), ("─" * (width - full), "faint")]


# Contradictions and blind spots ---------------------------------------------------------------------------------------


def _conflicts(seen: Seen, width: int) -> Block:
    today = seen.monitors.conflicts
    made = tuple(_disagreement(each, seen, width) for each in today.now[:_ROWS])
    rank = BAD if made or today.ratio >= TARGET else FINE
    return Block("CONTRADICTIONS", _rate_words(today, width), rank, made)


def _rate_words(today: ConflictsToday, width: int) -> str:
    """`0.8 % of 1,512 windows today, target < 2 %`."""
    beside = f", {today.on_healthy:,} more on healthy routes" if today.on_healthy else ""
    if not today.windows:
        return f"nothing to compare today{beside}"
    target = ", target < 2 %" if width >= _WIDE or not beside else ""
    return f"{_percent(today.ratio)} of {count(today.windows, 'window')} today{beside}{target}"


def _percent(ratio: float) -> str:
    return f"{100 * ratio:.1f} %"


def _disagreement(each: Disagreement, seen: Seen, width: int) -> Row:
    since = clock_there(each.since_at, seen.zone)
    line: Line = [
        (" % ", "warn"),
        (fit(_name(each.route_id, seen.routes), 34, "m"), "strong"),
        (f"  since {since}  ", "dim"),
    ]
    text = sanitise(each.text)
    line.append((fit(text, max(width - size(line) - 1, 0)).rstrip(), ""))
    return Row(line, f"conflict {each.route_id}", "routes", each.route_id, text)


def _name(route_id: str, routes: Mapping[str, RouteHealth]) -> str:
    row = routes.get(route_id)
    if row is None:
        return route_id
    vrf = "" if row.route.vrf == "default" else f" {row.route.vrf}"
    return f"{row.route.hostname} {row.route.prefix}{vrf}"


class _Meaning(NamedTuple):
    glyph: str
    role: str
    words: str
    filter: str
    """Of the Routes screen: shows these and no others."""


_MEANINGS = {
    Concern.CONFLICTING: _Meaning("%", "warn", "sources contradict each other", "is:conflicting"),
    Concern.STALE: _Meaning("?", "unk", "nothing was heard for too long", "is:stale"),
    Concern.BLIND: _Meaning("?", "unk", "nothing answers, or nothing yet", "state:unknown !is:stale !is:unprobed"),
    Concern.UNPROBED: _Meaning("?", "unk", "no probe or poll watches them", "is:unprobed"),
    Concern.UNOWNED: _Meaning("-", "warn", "nobody is named who would be called", "owner:unowned"),
}


def _routes(seen: Seen, width: int) -> Block:
    concerned = [each for each in seen.monitors.concerns if each.count]
    made = tuple(_concern(each, seen, width) for each in concerned)
    rank = FINE if not made else BAD if concerned[0].concern is Concern.CONFLICTING else ODD
    return Block("ROUTES NOBODY CAN VOUCH FOR", "" if made else "none: every route is watched", rank, made)


def _concern(each: Concerned, seen: Seen, width: int) -> Row:
    meaning = _MEANINGS[each.concern]
    line: Line = [
        (f" {meaning.glyph} ", meaning.role),
        (fit(each.concern.value, 12), "strong"),
        (f"{each.count:>8,}  ", meaning.role),
        (fit(meaning.words, 37), ""),
    ]
    room = width - size(line) - 1
    if room >= 20:
        names = ", ".join(_name(ident, seen.routes) for ident in each.route_ids[:3])
        line.append((fit(names, room).rstrip(), "dim"))
    return Row(line, f"concern {each.concern}", "routes", f"/{meaning.filter}", meaning.filter)


def _runbooks(seen: Seen, width: int) -> Block:
    """How many outages nothing but `generic` serves: no more than those of which nobody knows the cause."""
    used = seen.monitors.runbooks
    if not used.outages:
        return Block("RUNBOOKS", "", FINE, ())
    share = f"{_percent(used.generic_ratio)} of {count(used.outages, 'outage')} of 24 h by generic"
    beside = f", {used.unknown:,} of unknown cause, {used.opened:,} worked by" if width >= _WIDE else ""
    return Block("RUNBOOKS", share + beside, BAD if used.by_generic > used.unknown else FINE, ())


def _unheard(seen: Seen, _: int) -> Block:
    found = seen.monitors
    shown = found.unheard_devices[:_ROWS]
    made = [
        Row([(" ? ", "unk"), (fit(host, 24, "m"), "strong"), ("  no log line, trap or answer so far", "dim")],
            f"device {host}", "routes", f"/device:{host}", host)
        for host in shown
    ]  # fmt: skip
    more = found.unheard - len(shown)
    if more > 0:
        made.append(Row([("   ", ""), (f"and {more:,} more", "dim")]))
    right = count(found.unheard, "device") if found.unheard else ""
    return Block("NEVER HEARD", right, ODD if found.unheard else FINE, tuple(made))


def _cards(seen: Seen, width: int) -> Block:
    cards = [_card(card, width, seen) for card in seen.monitors.cards]
    off = [_off(rule, why, width) for rule, why in list(seen.monitors.rules_off.items())[:_ROWS]]
    words = [f"{len(cards)} open"] if cards else []
    words += [count(len(seen.monitors.rules_off), "rule") + " off"] if off else []
    if skipped := seen.monitors.rules_skipped:
        text = f"{count(skipped, 'message')} of floods: no rule looked at them"
        off.append(Row([(" % ", "warn"), (fit(text, max(width - 4, 0)).rstrip(), "")], "skipped", ENGINE, "", text))
        words.append(f"{skipped:,} not looked at")
    return Block("CARDS", ", ".join(words), BAD if words else FINE, (*cards, *off))


def _off(rule: str, why: str, width: int) -> Row:
    """A rule that was too slow."""
    words = fit(sanitise(why), max(width - 40, 0)).rstrip()
    line: Line = [(" % ", "warn"), (fit(sanitise(rule), 34, "m"), "strong"), ("  ", ""), (words, "")]
    return Row(line, f"rule {rule}", ENGINE, "", f"{sanitise(rule)} is switched off: {sanitise(why)}")


def _card(card: AnomalyCard, width: int, seen: Seen) -> Row:
    subject = card.route_id or f"/device:{card.hostname}"
    name = _name(card.route_id, seen.routes) if card.route_id else sanitise(card.subject)
    text = f"{card.title}: {sanitise(card.text)}"
    words = fit(text, max(width - 40, 0)).rstrip()
    line: Line = [(" % ", "warn"), (fit(name, 34, "m"), "strong"), ("  ", ""), (words, "")]
    return Row(line, f"card {card.card_id}", "routes", subject, text)


def _strangers(seen: Seen, width: int) -> Block:
    found = seen.monitors
    shown = list(found.unknown_senders.items())[:_ROWS]
    most = max((number for _, number in shown), default=0)
    made = [
        Row([(" ? ", "unk"), (fit(sanitise(name, 60), 24, "m"), "strong"), ("  ", ""), *bar(number, most, 10),
             (f"  {count(number, 'message')}", "")],
            f"sender {name}", ENGINE, "", sanitise(name))
        for name, number in shown
    ]  # fmt: skip
    claimed = list(found.shared_addresses.items())[:_ROWS]
    made += [_shared(address, hosts, width) for address, hosts in claimed]
    if found.shared > len(claimed):
        words = f"and {found.shared - len(claimed):,} more addresses of several devices"
        made.append(Row([("   ", ""), (words, "dim")]))
    if found.unparsed:
        last = f": {sanitise(found.last_unparsed[-1], 120)}" if found.last_unparsed else ""
        text = f"{count(found.unparsed, 'message')} not understood{last}"
        made.append(Row([(" % ", "warn"), (fit(text, width - 4).rstrip(), "")], "unparsed", ENGINE, "", text))
    right = f"{count(found.unknown, 'message')} of {count(found.senders, 'unknown sender')}" if found.senders else ""
    return Block("NOT KNOWN, NOT UNDERSTOOD", right, ODD if made else FINE, tuple(made))


def _shared(address: str, hosts: Sequence[str], width: int) -> Row:
    text = f"of {' and '.join(hosts)}: what comes from it counts only with its name"
    line: Line = [(" % ", "warn"), (fit(address, 24, "m"), "strong"), ("  ", "")]
    line.append((fit(text, max(width - size(line) - 1, 0)).rstrip(), ""))
    return Row(line, f"address {address}", "routes", f"/device:{hosts[0]}", f"{address} {text}")


# What waits, and how late we know ------------------------------------------------------------------------------------


def _backlog(seen: Seen, _: int) -> Block:
    """What a source lost is said beside it; here the sum, and what only the queue knows of."""
    backlog = seen.monitors.backlog
    dropped, named = sum(backlog.dropped.values()), {voice.name for voice in seen.monitors.voices}
    made = tuple(
        Row([(" X ", "crit"), (fit(name, 12), "strong"), (f"  {number:,} dropped", "crit")], f"dropped {name}", ENGINE)
        for name, number in backlog.dropped.items()
        if name not in named
    )
    waits = [f"{count(backlog.waiting, 'signal waits', 'signals wait')}"] if backlog.waiting else []
    waits += [f"{dropped:,} dropped"] if dropped else []
    waits += [f"{backlog.journal:,} not on disk"] if backlog.journal > _MANY else []
    waits += ["the store is behind"] if backlog.store > _MANY else []
    right = ", ".join(waits) or "nothing waits"
    return Block("BACKLOG", right, WORST if dropped else BAD if backlog.waiting > _MANY else FINE, made)


_MANY = 1000
"""So many that wait for the disk, or for their evaluation, are no matter of a moment."""


def legend() -> list[Line]:
    return [
        [("X", "crit"), (" does not run, or was dropped   ", ""), ("%", "warn"), (" contradicts   ", ""),
         ("?", "unk"), (" nobody knows", "")],
        [("█", "accent"), (" the half of them, ", ""), ("─", "faint"), (" nineteen of twenty; ", ""),
         ("s e g", "strong"), (" the parts of one outage", "")],
    ]  # fmt: skip
