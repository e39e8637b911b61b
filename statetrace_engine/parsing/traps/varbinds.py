"""Pure. The variables of a notification, as a table's row reads them: by column, each with the index of its row.

1.3.6.1.2.1.14.10.1.6.10.1.1.2.0 = 8        column 1.3.6.1.2.1.14.10.1.6 (ospfNbrState), index 10.1.1.2.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address

from msgspec import Struct

from statetrace_engine.parsing.facts import Said
from statetrace_engine.wire.ber import Counter32, Counter64, Gauge32, IpAddress, TimeTicks, Value

MOST = 64
"""Variables that are looked at: no notification of ours has more."""
_INET_SIZES = {1: 4, 2: 16, 3: 8, 4: 20}
"""InetAddressType (RFC 4001): the last two end in a zone, which is an ifIndex."""
_NAME_LIMIT = 255


class UntoldError(ValueError):
    """A notification of ours does not tell what it is about."""


class Varbinds:
    """What a notification binds, and the names of the device's interfaces."""

    __slots__ = ("_interfaces", "_values", "are_interfaces_known")

    def __init__(self, values: Sequence[tuple[str, Value]], interfaces: Mapping[int, str] | None) -> None:
        self._values = values[:MOST]
        self._interfaces = interfaces or {}
        self.are_interfaces_known = interfaces is not None

    def rows(self, column: str) -> Iterator[tuple[str, Value]]:
        """Index and value of each variable of a column; the index is empty where an agent leaves it out."""
        if not column:  # the MIB has none
            return
        prefix = column + "."
        for name, value in self._values:
            if name.startswith(prefix):
                yield name[len(prefix) :], value
            elif name == column:
                yield "", value

    def index(self, *columns: str) -> str:
        """That of the first variable of any of the columns; empty when there is none."""
        return next((index for column in columns for index, _ in self.rows(column)), "")

    def number(self, column: str) -> int | None:
        """Whichever type of number an agent chose."""
        return next((number for _, value in self.rows(column) if (number := number_of(value)) is not None), None)

    def words(self, column: str) -> bytes:
        """A text, as sent, without padding; empty when there is none."""
        found = next((value for _, value in self.rows(column) if isinstance(value, bytes)), b"")
        return found[: 4 * _NAME_LIMIT].strip(b"\0 \t\r\n")

    def address(self, column: str) -> str:
        """An IpAddress or InetAddress; empty when there is none."""
        return next((text for _, value in self.rows(column) if (text := self.address_of(value))), "")

    def address_of(self, value: Value) -> str:
        """Empty when it is no address, or 0.0.0.0 or ::, which stand for none."""
        octets = value.octets if isinstance(value, IpAddress) else value
        if not isinstance(octets, bytes) or len(octets) not in _INET_SIZES.values():
            return ""
        has_zone = len(octets) in (8, 20)
        found = ip_address(octets[:-4] if has_zone else octets)
        if found.is_unspecified:
            return ""
        zone = self.interface(int.from_bytes(octets[-4:], "big")) if has_zone and found.version == 6 else ""
        return f"{found}%{zone}" if zone else str(found)

    def interface(self, if_index: int | None) -> str:
        """Its name as polls know it; empty when they do not."""
        return "" if if_index is None else self._interfaces.get(if_index, "")


def number_of(value: Value) -> int | None:
    if isinstance(value, int):
        return value
    return value.value if isinstance(value, Counter32 | Gauge32 | TimeTicks | Counter64) else None


def arcs(index: str) -> list[int]:
    """The numbers of an index. Raises UntoldError when it is none."""
    words = index.split(".")
    if not all(word.isascii() and word.isdigit() and len(word) <= 10 for word in words):
        raise UntoldError(f"index {index[:80]!r} is none")
    return [int(word) for word in words]


def plain_index(index: str) -> bytes:
    """The address of an index that is an IPv4 address; empty when it is none."""
    numbers = arcs(index) if index else []
    return bytes(numbers) if len(numbers) == 4 and max(numbers) <= 255 else b""


class InetForm(Struct, frozen=True):
    """How an index ends in an InetAddressType and an InetAddress, as MIBs and agents differ."""

    before: int
    """Numbers before the addresses."""
    addresses: int
    is_sized: bool
    """Each has its length between its type and its octets."""


def inet_index(index: str, *forms: InetForm) -> bytes:
    """The last address of an index of the first form that it has; empty when it has none of them."""
    numbers = arcs(index)
    return next((found for form in forms if (found := _last_address(numbers[form.before :], form))), b"")


def _last_address(numbers: list[int], form: InetForm) -> bytes:
    """Empty when the numbers are not of this form throughout."""
    at, last = 0, b""
    for _ in range(form.addresses):
        size = _INET_SIZES.get(numbers[at], 0) if at < len(numbers) else 0
        start = at + (2 if form.is_sized else 1)
        octets = numbers[start : start + size]
        if not size or len(octets) != size or max(octets) > 255 or (form.is_sized and numbers[at + 1] != size):
            return b""
        at, last = start + size, bytes(octets)
    return last if at == len(numbers) else b""


Build = Callable[[Varbinds], tuple[Said, ...]]
"""What the variables say; nothing, where that is understood and no verdict. Raises ValueError when a name is none."""


class Trap(Struct, frozen=True):
    """One row of a table."""

    name: str
    """As the MIB calls it."""
    build: Build


def nothing(_varbinds: Varbinds) -> tuple[Said, ...]:
    """A notification of ours that decides nothing by itself: what follows from it, the device says."""
    return ()
