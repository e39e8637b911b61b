"""Pure. The engine about itself, in full: its addresses, its counters, and what it could not read, and from whom.

How well it sees now is on the Monitors, whose rows lead here.
"""

from __future__ import annotations

from collections.abc import Mapping

from statetrace_engine.model import Epoch
from statetrace_engine.model.status import EngineStatus, SourceStatus
from statetrace_engine.model.text import sanitise
from statetrace_tui.present.text import Line, cells, count, dur, fit, size, wrap

SOURCE_MARKS = {"running": ("o", "ok"), "restarting": ("%", "warn"), "failed": ("X", "crit")}
_SENDERS = 20


def lines(status: EngineStatus | None, now: Epoch, width: int) -> list[Line]:
    """The whole page, as long as it is."""
    if status is None:
        return [[("   the engine has not spoken yet", "unk")]]
    inner = width - 6
    return [
        *_facts(status, now),
        *_sources(status, now, inner),
        *_counters(status),
        *_unknown(status.counters.unknown_senders),
        *_unparsed(status.counters.last_unparsed, inner),
        *_banners(status, inner),
    ]


def _head(title: str) -> list[Line]:
    return [[], [("   ", ""), (title, "dim")]]


def _pair(name: str, value: str, role: str = "") -> Line:
    return [("   ", ""), (fit(name, 18), "dim"), (value, role)]


def _facts(status: EngineStatus, now: Epoch) -> list[Line]:
    return [
        _pair("home", sanitise(status.home)),
        _pair("running for", f"{dur(max(now - status.started_at, 0))}, process {status.pid}, version {status.version}"),
        _pair("watches", f"{count(status.routes, 'route')} on {count(status.devices, 'device')}"),
    ]


def _sources(status: EngineStatus, now: Epoch, width: int) -> list[Line]:
    found = _head("SOURCES")
    for source in sorted(status.sources, key=lambda s: (s.name, s.detail)):
        found += _source(source, now, width)
        if source.refused:
            words = "refused: " + ", ".join(f"{count} {sanitise(why)}" for why, count in sorted(source.refused.items()))
            found += [[("     ", ""), (row, "warn")] for row in wrap(words, width - 2)]
        if source.error:
            found += [[("     ", ""), (row, "warn")] for row in wrap(sanitise(source.error), width - 2)]
    return found if status.sources else [*found, [("   none", "unk")]]


def _source(source: SourceStatus, now: Epoch, width: int) -> list[Line]:
    """What it heard; what it lost stands below where there is no room for it behind."""
    glyph, role = SOURCE_MARKS.get(source.state, ("?", "unk"))
    heard = f"heard {dur(max(now - source.last_at, 0))} ago" if source.last_at is not None else "never heard"
    counts = (
        (source.connections, "connected"),
        (source.silent, "silent"),
        (source.dropped, "dropped"),
        (source.errors, "errors"),
    )
    more = "   ".join(f"{n} {word}" for n, word in counts if n)
    room = max(width - 46, 10)
    row: Line = [
        ("   ", ""),
        (glyph, role),
        (f" {fit(source.name, 14)}", "strong"),
        (fit(sanitise(source.detail), room, "m"), ""),
        (f"{source.received:>9} ", ""),
        (heard, "dim"),
    ]
    if not more:
        return [row]
    if size(row) + cells(more) <= width:
        return [[*row, (f"   {more}", "warn")]]
    return [row, [("     ", ""), (more, "warn")]]


def _counters(status: EngineStatus) -> list[Line]:
    counters = status.counters
    total = sum(counters.signals.values())
    rows = (
        ("signals", total, ""),
        ("unrelated", counters.unrelated, ""),
        ("unparsed", counters.unparsed, "warn"),
        ("dropped", counters.dropped, "crit"),
        ("secrets redacted", counters.redacted, ""),
        ("task restarts", counters.restarts, "warn"),
    )
    return [*_head("COUNTED SINCE THE START"), *(_pair(name, str(n), role if n else "") for name, n, role in rows)]


def _unknown(senders: Mapping[str, int]) -> list[Line]:
    if not senders:
        return []
    loudest = sorted(senders.items(), key=lambda item: (-item[1], item[0]))
    rows = [_pair(sanitise(name, 60), count(number, "message")) for name, number in loudest[:_SENDERS]]
    more: list[Line] = (
        [[("   ", ""), (f"and {len(loudest) - _SENDERS} more", "dim")]] if len(loudest) > _SENDERS else []
    )
    return [*_head("UNKNOWN SENDERS: NO DEVICE OF THE INVENTORY HAS THIS ADDRESS OR NAME"), *rows, *more]


def _unparsed(texts: tuple[str, ...], width: int) -> list[Line]:
    found = _head("LAST NOT UNDERSTOOD, KEPT IN THE JOURNAL") if texts else []
    for text in reversed(texts):
        found += [[("   ", ""), (row, "")] for row in wrap(sanitise(text, 400), width)]
    return found


def _banners(status: EngineStatus, width: int) -> list[Line]:
    found = _head("WHAT IS WRONG") if status.banners else []
    for banner in status.banners:
        found += [[("   ", ""), (row, "warn")] for row in wrap(sanitise(banner.text), width)]
    return found
