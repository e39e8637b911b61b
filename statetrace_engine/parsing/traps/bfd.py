"""Pure. BFD sessions: RFC 7331, and the drafts before it that Cisco and Juniper implement.

    bfdSessDiag.5 controlDetectionTimeExpired(1), bfdSessDiag.5 controlDetectionTimeExpired(1)

The two variables are the ends of a range of sessions. A session is named by its peer where a variable tells that, else
`ld:5` as in IOS's syslog: by its local discriminator, or the index of its row, which agents mostly make the same. The
MIBs want the new state in place of the diagnostic code, so that a code which is a state as well says nothing. From the
MIBs, not checked against a device.
"""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model.observation import SubjectKind
from statetrace_engine.parsing import facts
from statetrace_engine.parsing.facts import Said
from statetrace_engine.parsing.traps.varbinds import Build, Trap, UntoldError, Varbinds, arcs, number_of

MOST_SESSIONS = 256
"""Of one range."""
_STATES = (1, 2)
"""adminDown and down."""
_DIAGNOSTICS = {
    1: b"control detection time expired", 2: b"echo function failed", 3: b"neighbor signaled session down",
    4: b"forwarding plane reset", 5: b"path down", 6: b"concatenated path down", 7: b"administratively down",
    8: b"reverse concatenated path down", 9: b"misconnectivity defect",
}  # fmt: skip
"""RFC 5880 section 4.1."""
_ADMIN = 7


class _Sessions(Struct, frozen=True):
    """The columns of a MIB's table of sessions; empty where it has none."""

    diagnostic: str
    discriminator: str
    address: str
    if_index: str = ""
    interface: str = ""
    """A name."""
    offset: int = 0
    """What the MIB adds to the protocol's codes."""


_RFC7331 = _Sessions(
    diagnostic="1.3.6.1.2.1.222.1.2.1.13",
    discriminator="1.3.6.1.2.1.222.1.2.1.4",
    address="1.3.6.1.2.1.222.1.2.1.22",
    if_index="1.3.6.1.2.1.222.1.2.1.18",
)
_CISCO = _Sessions(
    diagnostic="1.3.6.1.4.1.9.10.137.1.2.1.8",
    discriminator="1.3.6.1.4.1.9.10.137.1.2.1.3",
    address="1.3.6.1.4.1.9.10.137.1.2.1.14",
    if_index="1.3.6.1.4.1.9.10.137.1.2.1.25",
    offset=1,
)
_JUNIPER = _Sessions(
    diagnostic="1.3.6.1.4.1.2636.5.3.1.1.2.1.8",
    discriminator="1.3.6.1.4.1.2636.5.3.1.1.2.1.3",
    address="1.3.6.1.4.1.2636.5.3.1.1.2.1.14",
    interface="1.3.6.1.4.1.2636.3.45.1.1.1.1.5",
    offset=1,
)

_bfd = facts.session("bfd", SubjectKind.BFD)


def _session(sessions: _Sessions, is_up: bool) -> Build:
    def build(varbinds: Varbinds) -> tuple[Said, ...]:
        words = b"" if is_up else _why(varbinds, sessions)
        state = b"up" if is_up else b"admindown" if words == _DIAGNOSTICS[_ADMIN] else b"down"
        names, interfaces = _names(varbinds, sessions), _interfaces(varbinds, sessions)
        return tuple(
            _bfd(
                {
                    "name": names.get(row, f"ld:{row}").encode(),
                    "iface": interfaces.get(row),
                    "state": state,
                    "why": words,
                },
                "",
            )
            for row in map(str, _rows(varbinds, sessions))
        )

    return build


def _rows(varbinds: Varbinds, sessions: _Sessions) -> range:
    ends = [number for index, _ in varbinds.rows(sessions.diagnostic) for number in arcs(index)]
    ends = ends or [number for index, _ in varbinds.rows(sessions.discriminator) for number in arcs(index)]
    if not ends:
        raise UntoldError("no variable names the session")
    low, high = min(ends), max(ends)
    if high - low >= MOST_SESSIONS:
        raise UntoldError(f"sessions {low} to {high}, more than {MOST_SESSIONS}")
    return range(low, high + 1)


def _why(varbinds: Varbinds, sessions: _Sessions) -> bytes:
    found = varbinds.number(sessions.diagnostic)
    if found is None or found in _STATES:
        return b""
    return _DIAGNOSTICS.get(found - sessions.offset, b"")


def _names(varbinds: Varbinds, sessions: _Sessions) -> dict[str, str]:
    """By row: the peer's address, else the local discriminator."""
    told = {row: number_of(value) for row, value in varbinds.rows(sessions.discriminator)}
    peers = {row: varbinds.address_of(value) for row, value in varbinds.rows(sessions.address)}
    return {
        **{row: f"ld:{number}" for row, number in told.items() if number},
        **{row: address for row, address in peers.items() if address},
    }


def _interfaces(varbinds: Varbinds, sessions: _Sessions) -> dict[str, bytes | None]:
    """By row, as far as they are told and known."""
    indexes = {row: number_of(value) for row, value in varbinds.rows(sessions.if_index)}
    named = {row: value for row, value in varbinds.rows(sessions.interface) if isinstance(value, bytes)}
    return {
        **{row: varbinds.interface(number).encode("utf-8", "replace") for row, number in indexes.items()},
        **{row: name[:255] for row, name in named.items()},
    }


def _pair(base: str, sessions: _Sessions, names: tuple[str, str]) -> dict[str, Trap]:
    return {f"{base}.{number}": Trap(names[number - 1], _session(sessions, number == 1)) for number in (1, 2)}


TRAPS = {
    **_pair("1.3.6.1.2.1.222.0", _RFC7331, ("bfdSessUp", "bfdSessDown")),
    **_pair("1.3.6.1.4.1.9.10.137.0", _CISCO, ("ciscoBfdSessUp", "ciscoBfdSessDown")),
    **_pair("1.3.6.1.4.1.2636.5.3.1.0", _JUNIPER, ("bfdSessUp", "bfdSessDown")),
}
