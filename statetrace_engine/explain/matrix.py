"""Pure. The signal matrix: a row a source, a column a plane, in each cell the newest word, openable.

icmp   X 10.1.1.2 0 of 21          and not the device's own address, which went on answering, whenever that was last;
                                   nor the destination, which answers again by the secondary path
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from statetrace_engine.model.explanation import SignalCell, SignalRow
from statetrace_engine.model.health import Freshness
from statetrace_engine.model.observation import Plane, Verdict
from statetrace_engine.model.outage import Agreement, EvidenceItem

REMOTE = "remote"
"""What the other end said, by whatever source."""
_ORDER = (
    *("syslog_udp", "syslog_tcp", "syslog_file", "syslog", "trap", "snmp", "bmp"),
    *("probe_icmp", "probe_tcp", "probe_stamp", "capture", "replay", REMOTE),
)
_PLANES = tuple(Plane)
_BADNESS = {Verdict.UP: 0, Verdict.IMPAIRED: 1, Verdict.DOWN: 2}
_WORST = ("stale", "old", "late", "never", "fresh", "event")
"""Of several words on one source, the first of these is the row's."""
_EVENT = Freshness(source="", last_at=None, interval_s=None, word="event")


def rows(
    items: Iterable[EvidenceItem],
    freshness: Sequence[Freshness],
    hostname: str,
    beside: Collection[EvidenceItem] = (),
) -> tuple[SignalRow, ...]:
    """Every source that said something of the outage of `hostname`, or watches its route, in the order of SPEC 11.

    What only stood `beside` it, mostly because it was well all the time, fills cells of which nothing else is known.
    """
    said: dict[str, dict[Plane, list[EvidenceItem]]] = {}
    for item in dict.fromkeys((*items, *beside)):
        planes = said.setdefault(source_of(item, hostname), {})
        planes.setdefault(item.plane, []).append(item)
    fresh = _by_source(freshness)
    named = sorted({*said, *fresh}, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    stood = frozenset(beside)
    return tuple(_row(name, said.get(name, {}), fresh.get(name, _EVENT), stood) for name in named)


def source_of(item: EvidenceItem, hostname: str) -> str:
    """Its source, or `remote` where another device than the route's speaks of itself."""
    return REMOTE if item.hostname and item.hostname != hostname else item.source


def _row(
    source: str, said: dict[Plane, list[EvidenceItem]], fresh: Freshness, stood: frozenset[EvidenceItem]
) -> SignalRow:
    newest = max((item.at for items in said.values() for item in items), default=None)
    at = max((at for at in (newest, fresh.last_at) if at is not None), default=None)
    return SignalRow(
        source=source,
        freshness=fresh.word,
        last_at=at,
        interval_s=fresh.interval_s,
        cells=tuple(_cell(plane, said[plane], stood) for plane in _PLANES if plane in said),
    )


def _cell(plane: Plane, items: list[EvidenceItem], stood: frozenset[EvidenceItem]) -> SignalCell:
    """The newest live word of what happened, on what is worst by its own last word; else of what stood beside it; where
    all is history, the newest of that."""
    best = max((i.agreement is not Agreement.STALE, i not in stood) for i in items)
    last: dict[tuple[str, ...], EvidenceItem] = {}
    for item in sorted(items, key=lambda i: (i.at, i.seq)):
        if (item.agreement is not Agreement.STALE, item not in stood) == best:
            last[subject(item)] = item
    newest = max(last.values(), key=lambda i: (_BADNESS[i.verdict], i.at, i.seq))
    return SignalCell(
        plane=plane,
        verdict=newest.verdict,
        at=newest.at,
        text=newest.text,
        seq=newest.seq,
        agreement=newest.agreement,
        count=len(items),
    )


def subject(item: EvidenceItem) -> tuple[str, ...]:
    """What its words begin with: the name, of a session behind its protocol; of an offer who makes it, too."""
    words = item.text.split()
    named = words[:2] if item.plane is Plane.SESSION else words[:1]
    return (item.hostname, *named, *(words[-1:] if item.about == "offer" else ()))


def _by_source(freshness: Sequence[Freshness]) -> dict[str, Freshness]:
    """By the names of SPEC 11. Whether the device itself answers counts where no other probe does."""
    found: dict[str, Freshness] = {}
    for one in sorted(freshness, key=lambda f: f.source.endswith(" control")):
        kind, _, tests = one.source.partition(" ")
        source = f"probe_{kind}" if f"probe_{kind}" in _ORDER else kind
        known = found.get(source)
        if known is None or (tests != "control" and _badness(one) < _badness(known)):
            found[source] = one
    return found


def _badness(one: Freshness) -> int:
    return _WORST.index(one.word) if one.word in _WORST else len(_WORST)
