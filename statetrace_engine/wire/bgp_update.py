"""Pure. BGP's UPDATE (RFC 4271 4.3, RFC 4760): which prefixes it withdraws and announces, by which next hop.

ff × 16, length, 2, withdrawn, attributes, prefixes; those of other families are in attributes 15 and 14
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.wire import bgp_attributes, bgp_nlri
from statetrace_engine.wire.bgp import (
    DECODED,
    HEADER_LENGTH,
    IPV4,
    BgpError,
    Dialect,
    Family,
    MessageKind,
    check_header,
    envelope,
)
from statetrace_engine.wire.bgp_attributes import Attributes, Code, Fault, Span, Treatment
from statetrace_engine.wire.bgp_nlri import SAFI_VPN, Route, Section

_FAMILIES = {(family.afi, family.safi): family for family in DECODED}
_RD_OCTETS = 8
_NEXT_HOPS = (4, 16, 32)
"""Octets of a next hop: IPv4, IPv6, IPv6 with a link-local address (RFC 2545, RFC 8950)."""


class Reach(Struct, frozen=True):
    """Prefixes of one family that are announced with one next hop."""

    family: Family
    next_hop: str
    link_local: str
    """Beside a global address of IPv6; empty without."""
    routes: tuple[Route, ...]


class Update(Struct, frozen=True, kw_only=True):
    """One UPDATE, once RFC 7606 has been applied to it."""

    withdrawn: tuple[Route, ...] = ()
    """Also announced ones whose attributes are malformed."""
    reaches: tuple[Reach, ...] = ()
    attributes: Attributes = Attributes()
    faults: tuple[Fault, ...] = ()
    undecoded: tuple[tuple[Family, int], ...] = ()
    """Families whose prefixes are not read, with the octets that hold them."""
    end_of_rib: Family | None = None
    """The first table of this family is complete (RFC 4724 section 2)."""


class Anatomy(Struct, frozen=True, gc=False):
    """Where the parts of an UPDATE stand."""

    sections: tuple[Section, ...]
    """Withdrawals before announcements, as they take effect."""
    attributes: list[Span]
    is_overrun: bool
    """The attributes do not fit into their own length: what is announced is treated as withdrawn."""


def dissect(raw: bytes, limit: int) -> Anatomy:
    """Raises BgpError when `raw` is no UPDATE of at most `limit` octets, or its prefixes cannot be found."""
    check_header(raw, MessageKind.UPDATE, limit)
    size = len(raw)
    withdrawn_end = HEADER_LENGTH + 2 + (raw[19] << 8 | raw[20] if size > 20 else size)
    attributes_at = withdrawn_end + 2
    if attributes_at > size:
        raise BgpError("the withdrawn prefixes are longer than their UPDATE")
    attributes_end = attributes_at + (raw[withdrawn_end] << 8 | raw[withdrawn_end + 1])
    if attributes_end > size:
        raise BgpError("the attributes are longer than their UPDATE")
    found, is_overrun = bgp_attributes.spans(raw, attributes_at, attributes_end)
    sections = []
    if withdrawn_end > HEADER_LENGTH + 2:
        sections.append(Section(IPV4, HEADER_LENGTH + 2, withdrawn_end, True, b""))
    for code in (Code.MP_UNREACH_NLRI, Code.MP_REACH_NLRI):
        span = bgp_attributes.only(found, code)
        if span is not None:
            sections.append(_unreach(raw, span) if code == Code.MP_UNREACH_NLRI else _reach(raw, span))
    if attributes_end < size:
        sections.append(Section(IPV4, attributes_end, size, False, b""))
    return Anatomy(tuple(sections), found, is_overrun)


def _family(raw: bytes, at: int) -> Family:
    numbers = (raw[at] << 8 | raw[at + 1], raw[at + 2])
    return _FAMILIES.get(numbers) or Family(*numbers)


def _unreach(raw: bytes, span: Span) -> Section:
    if span.end - span.start < 3:
        raise BgpError("MP_UNREACH_NLRI is cut short")
    return Section(_family(raw, span.start), span.start + 3, span.end, True, b"")


def _reach(raw: bytes, span: Span) -> Section:
    if span.end - span.start < 5:
        raise BgpError("MP_REACH_NLRI is cut short")
    family = _family(raw, span.start)
    at = span.start + 4
    size = raw[at - 1]
    if at + size + 1 > span.end:
        raise BgpError("the next hop of MP_REACH_NLRI is cut short")
    next_hop = raw[at : at + size]
    if family in DECODED:
        next_hop = _without_rds(next_hop) if family.safi == SAFI_VPN else next_hop
        if len(next_hop) not in _NEXT_HOPS:
            raise BgpError(f"a next hop of {size} octets")
    return Section(family, at + size + 1, span.end, False, next_hop)


def _without_rds(next_hop: bytes) -> bytes:
    """A VPN's next hop has a zero RD before each address (RFC 4364 4.3.2, RFC 4659 3.2.1, RFC 8950 section 4)."""
    if len(next_hop) == 2 * (_RD_OCTETS + 16):
        return next_hop[8:24] + next_hop[32:]
    return next_hop[_RD_OCTETS:]


def decode(raw: bytes, dialect: Dialect) -> Update:
    """Raises BgpError when a router would have to end the session (RFC 7606 section 2)."""
    return read(raw, dissect(raw, dialect.limit), dialect)


def read(raw: bytes, anatomy: Anatomy, dialect: Dialect) -> Update:
    """What `decode` does behind `dissect`."""
    attributes, faults = bgp_attributes.decode(raw, anatomy.attributes, has_as4=dialect.has_as4)
    withdrawn: list[Route] = []
    reaches: list[Reach] = []
    undecoded = []
    for section in anatomy.sections:
        if section.family not in DECODED:
            undecoded.append((section.family, section.end - section.start))
        elif section.is_withdrawn:
            withdrawn += bgp_nlri.routes(raw, section, dialect)
        else:
            found = tuple(bgp_nlri.routes(raw, section, dialect))
            next_hop, link_local = _next_hops(section, attributes)
            reaches.append(Reach(section.family, next_hop, link_local, found))
    if anatomy.is_overrun:
        faults.append(Fault(0, Treatment.WITHDRAW, "the attributes are longer than their list"))
    if reaches:
        faults = _judged(anatomy, faults)
    if any(fault.treatment == Treatment.WITHDRAW for fault in faults):
        withdrawn += [route for reach in reaches for route in reach.routes]
        reaches = []
    return Update(
        withdrawn=tuple(withdrawn),
        reaches=tuple(reaches),
        attributes=attributes,
        faults=tuple(faults),
        undecoded=tuple(undecoded),
        end_of_rib=end_of_rib(anatomy),
    )


def end_of_rib(anatomy: Anatomy) -> Family | None:
    """The family whose first table an UPDATE that holds nothing else declares complete."""
    sections = anatomy.sections
    if anatomy.is_overrun or len(anatomy.attributes) != len(sections):
        return None
    if not sections:
        return IPV4
    (section, *others) = sections
    is_bare = not others and section.is_withdrawn and section.start == section.end
    return section.family if is_bare and anatomy.attributes[0].code == Code.MP_UNREACH_NLRI else None


def _judged(anatomy: Anatomy, faults: list[Fault]) -> list[Fault]:
    """With what an announcement must have and lacks, which withdraws it (RFC 7606 section 3 d).

    NEXT_HOP is for the prefixes in RFC 4271's own field; beside MP_REACH_NLRI alone it is ignored (RFC 4760 section 3).
    """
    wanted = [Code.ORIGIN, Code.AS_PATH]
    if any(not section.is_withdrawn and not section.next_hop for section in anatomy.sections):
        wanted.append(Code.NEXT_HOP)
    else:
        faults = [fault for fault in faults if fault.code != Code.NEXT_HOP]
    there = {span.code for span in anatomy.attributes}
    return faults + [Fault(code, Treatment.WITHDRAW, "missing") for code in wanted if code not in there]


def _next_hops(section: Section, attributes: Attributes) -> tuple[str, str]:
    """The next hop, and the link-local address beside it; alone, that is the next hop."""
    raw = section.next_hop
    if not raw:
        return attributes.next_hop, ""
    if len(raw) == 4:
        return str(IPv4Address(raw)), ""
    globally, locally = IPv6Address(raw[:16]), raw[16:]
    if not locally or locally == raw[:16]:
        # 6PE and 6VPE write the IPv4 address of a router so (RFC 4798 section 2).
        return str(globally.ipv4_mapped or globally), ""
    local = str(IPv6Address(locally))
    return (local, "") if globally.is_unspecified else (str(globally), local)


def encode(update: Update, dialect: Dialect) -> bytes:
    """The message. IPv4 unicast by an IPv4 next hop goes into the fields of RFC 4271, all else into attributes.

    Raises ValueError for what one UPDATE cannot say: a second family beside IPv4 unicast in one direction, too long.
    """
    classic = [reach for reach in update.reaches if reach.family == IPV4 and ":" not in reach.next_hop]
    others = [reach for reach in update.reaches if reach not in classic]
    families = {route.family for route in update.withdrawn} - {IPV4}
    if len(others) > 1 or len(families) > 1 or len(classic) > 1:
        raise ValueError("an UPDATE of more than one family beside IPv4 unicast")
    attributes = update.attributes
    if classic:
        attributes = replace(attributes, next_hop=classic[0].next_hop)
    written = bgp_attributes.encode(attributes, has_as4=dialect.has_as4)
    written += b"".join(_encode_reach(reach, dialect) for reach in others)
    for family in families:
        routes = [route for route in update.withdrawn if route.family == family]
        written += _encode_unreach(family, bgp_nlri.encode(routes, dialect, is_withdrawn=True))
    plain = [route for route in update.withdrawn if route.family == IPV4]
    withdrawn = bgp_nlri.encode(plain, dialect, is_withdrawn=True)
    announced = b"".join(bgp_nlri.encode(reach.routes, dialect, is_withdrawn=False) for reach in classic)
    message = _assemble(withdrawn, written, announced)
    if len(message) > dialect.limit:
        raise ValueError(f"an UPDATE of {len(message)} octets, where {dialect.limit} are the most")
    return message


def encode_end_of_rib(family: Family) -> bytes:
    """The UPDATE that says that the first table of `family` is complete."""
    return _assemble(b"", b"" if family == IPV4 else _encode_unreach(family, b""), b"")


def _assemble(withdrawn: bytes, attributes: bytes, announced: bytes) -> bytes:
    body = len(withdrawn).to_bytes(2, "big") + withdrawn + len(attributes).to_bytes(2, "big") + attributes + announced
    return envelope(MessageKind.UPDATE, body)


def _encode_unreach(family: Family, prefixes: bytes) -> bytes:
    value = family.afi.to_bytes(2, "big") + bytes((family.safi,)) + prefixes
    return bgp_attributes.envelope(Code.MP_UNREACH_NLRI, value)


def _encode_reach(reach: Reach, dialect: Dialect) -> bytes:
    family = reach.family
    if ":" in reach.next_hop:
        addresses = [IPv6Address(reach.next_hop).packed]
    elif family.afi == 1:
        addresses = [IPv4Address(reach.next_hop).packed]
    else:
        addresses = [IPv6Address(f"::ffff:{reach.next_hop}").packed]
    if reach.link_local:
        addresses.append(IPv6Address(reach.link_local).packed)
    before = bytes(_RD_OCTETS) if family.safi == SAFI_VPN else b""
    next_hop = b"".join(before + address for address in addresses)
    value = family.afi.to_bytes(2, "big") + bytes((family.safi, len(next_hop))) + next_hop + b"\0"
    value += bgp_nlri.encode(reach.routes, dialect, is_withdrawn=False)
    return bgp_attributes.envelope(Code.MP_REACH_NLRI, value)
