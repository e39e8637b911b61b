"""Pure. A router's whole feed, of which only the watched prefixes are told and all are counted.

An UPDATE that touches no watched prefix costs a look at its lengths; one that does is read in full.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.wire import bgp_nlri, bgp_update
from statetrace_engine.wire.bgp import DECODED, BgpError, Dialect, Family
from statetrace_engine.wire.bgp_attributes import Attributes
from statetrace_engine.wire.bgp_nlri import OCTETS, SAFI_UNICAST, SAFI_VPN, Prefix, Route, Section, rd_text
from statetrace_engine.wire.bgp_update import Anatomy

OWN = ""
"""The key of the table that the peer itself feeds; the others' are route distinguishers as `rd_text` prints them."""
_UNWATCHED, _WATCHED, _TOO_LONG = range(3)
_RD_OCTETS = 8
_PATH_ID_OCTETS = 4
_SMALL = b"\0\0"
"""What a path id begins with."""


class Announced(Struct, frozen=True, gc=False):
    """A watched prefix has this path now; an earlier one of the same peer, view and path id is gone."""

    route: Route
    next_hop: str
    link_local: str
    attributes: Attributes


class Withdrawn(Struct, frozen=True, gc=False):
    """A watched prefix has lost the path of this peer, view and path id."""

    route: Route


class TableComplete(Struct, frozen=True, gc=False):
    """End-of-RIB: what has not been announced by now is not there."""

    family: Family


Told = Announced | Withdrawn | TableComplete


class Feed:
    """One view of one peer, from its Peer Up to its Peer Down; its figures count all, watched or not."""

    def __init__(self, dialect: Dialect, watched: Watched) -> None:
        self.watched = watched
        """May be replaced at any time."""
        self.updates = 0
        self.announced = 0
        """Prefixes, in a malformed UPDATE too that withdraws them."""
        self.withdrawn = 0
        self.errors = 0
        """UPDATEs that cannot be read."""
        self.undecoded: dict[Family, int] = {}
        """UPDATEs with prefixes of a family that is not read."""
        self._dialect = dialect
        self._doubtful = dialect.add_path
        self._has_ids: dict[Family, bool] = {}

    def read(self, update: bytes, *, has_as4: bool = True) -> tuple[Told, ...]:
        """What an UPDATE says of watched prefixes, withdrawals first; `has_as4` as its per-peer header says.

        Raises BgpError, counted, when it cannot be read.
        """
        try:
            return self._read(update, has_as4)
        except BgpError:
            self.errors += 1
            raise

    def _read(self, update: bytes, has_as4: bool) -> tuple[Told, ...]:
        anatomy = bgp_update.dissect(update, self._dialect.limit)
        if self._doubtful:
            self._settle(update, anatomy)
        is_touched = False
        announced = withdrawn = 0
        for section in anatomy.sections:
            if section.family not in DECODED:
                self.undecoded[section.family] = self.undecoded.get(section.family, 0) + 1
                continue
            count, is_here = self._scan(update, section)
            is_touched = is_touched or is_here
            if section.is_withdrawn:
                withdrawn += count
            else:
                announced += count
        self.updates += 1
        self.announced += announced
        self.withdrawn += withdrawn
        if is_touched:
            return self._tell(update, anatomy, has_as4)
        if announced or withdrawn:
            return ()
        complete = bgp_update.end_of_rib(anatomy)
        return () if complete is None else (TableComplete(complete),)

    def _settle(self, raw: bytes, anatomy: Anatomy) -> None:
        """Decides for each family that may carry path ids whether it does.

        Not every router writes its messages as its OPENs say: FRR 8.4 leaves the ids out of its Route Monitoring. Most
        UPDATEs make sense in one reading only, which is then remembered. Where both do, two zeros begin an id, which is
        a small number: as prefixes they would be the default route twice, which no router sends in one UPDATE.
        """
        for family in {section.family for section in anatomy.sections} & self._doubtful:
            sections = [s for s in anatomy.sections if s.family == family and s.start < s.end]
            if not sections:
                continue
            plain, with_ids = (self._fits(raw, sections, has_ids) for has_ids in (False, True))
            if plain != with_ids:
                self._has_ids[family] = with_ids
                has_ids = with_ids
            else:
                has_ids = self._has_ids.get(family, raw.startswith(_SMALL, sections[0].start))
            if has_ids is not (family in self._dialect.add_path):
                self._dialect = replace(self._dialect, add_path=self._dialect.add_path ^ {family})

    def _fits(self, raw: bytes, sections: list[Section], has_ids: bool) -> bool:
        families = frozenset({section.family for section in sections}) if has_ids else frozenset()
        dialect = replace(self._dialect, add_path=families)
        try:
            for section in sections:
                bgp_nlri.spans(raw, section, dialect)
        except BgpError:
            return False
        return True

    def _scan(self, raw: bytes, section: Section) -> tuple[int, bool]:
        """How many prefixes, and whether a watched one is among them."""
        family = section.family
        if family.safi == SAFI_UNICAST:
            before = _PATH_ID_OCTETS if family in self._dialect.add_path else 0
            return self.watched.own.scan(raw, section.start, section.end, family.afi, before)
        found = bgp_nlri.spans(raw, section, self._dialect)
        if family.safi != SAFI_VPN:
            return len(found), any(self.watched.own.has(family.afi, raw[at:end], length) for at, end, length in found)
        if not self.watched.tables:
            return len(found), False
        return len(found), any(self._is_watched(family, raw, *span) for span in found)

    def _is_watched(self, family: Family, raw: bytes, at: int, end: int, length: int) -> bool:
        table = self.watched.tables.get(rd_text(raw[at - _RD_OCTETS : at]))
        return table is not None and table.has(family.afi, raw[at:end], length)

    def _tell(self, raw: bytes, anatomy: Anatomy, has_as4: bool) -> tuple[Told, ...]:
        dialect = self._dialect if has_as4 else replace(self._dialect, has_as4=False)
        update = bgp_update.read(raw, anatomy, dialect)
        told: list[Told] = [Withdrawn(route) for route in update.withdrawn if self._watches(route)]
        for reach in update.reaches:
            told += [
                Announced(route, reach.next_hop, reach.link_local, update.attributes)
                for route in reach.routes
                if self._watches(route)
            ]
        return tuple(told)

    def _watches(self, route: Route) -> bool:
        table = self.watched.tables.get(rd_text(route.rd) if route.rd else OWN)
        return table is not None and route.prefix in table.prefixes


class Watched:
    """The watched prefixes of each table, made ready once for all peers of a router."""

    def __init__(self, prefixes: Mapping[str, frozenset[Prefix]]) -> None:
        """By table: `OWN`, and the VRFs that come in a VPN family by their RDs."""
        self.tables = {table: _Table(of_it) for table, of_it in prefixes.items()}
        self.own = self.tables.get(OWN) or _Table(frozenset())


class _Table:
    """Watched prefixes, found by their octets as they stand in a message."""

    def __init__(self, prefixes: frozenset[Prefix]) -> None:
        self.prefixes = prefixes
        self._packed = {
            afi: frozenset(bytes((one.length,)) + one.octets for one in prefixes if one.afi == afi) for afi in (1, 2)
        }
        self._lengths = {afi: _lengths(self._packed[afi], bits) for afi, bits in ((1, 32), (2, 128))}

    def has(self, afi: int, octets: bytes, length: int) -> bool:
        """Whether a prefix is watched, given as it stands in a message."""
        if self._lengths[afi][length] != _WATCHED:
            return False
        return bytes((length,)) + bgp_nlri.trimmed(octets, length) in self._packed[afi]

    def scan(self, raw: bytes, at: int, end: int, afi: int, before: int) -> tuple[int, bool]:
        """`bgp_nlri.spans` for unicast, without a word about where: the loop that a whole feed goes through."""
        lengths, packed = self._lengths[afi], self._packed[afi]
        count, is_watched = 0, False
        while at < end:
            at += before
            if at >= end:
                raise BgpError("a path id without its prefix")
            length = raw[at]
            stop = at + 1 + OCTETS[length]
            known = lengths[length]
            if known:
                if known == _TOO_LONG:
                    raise BgpError(f"a prefix of {length} bits")
                if stop <= end and bgp_nlri.trimmed(raw[at:stop], length) in packed:
                    is_watched = True
            at = stop
            count += 1
        if at > end:
            raise BgpError("a prefix is cut short")
        return count, is_watched


def _lengths(packed: frozenset[bytes], bits: int) -> bytes:
    """For each length in bits whether a watched prefix has it, or no prefix can."""
    watched = {one[0] for one in packed}
    return bytes(_TOO_LONG if length > bits else _WATCHED if length in watched else _UNWATCHED for length in range(256))
