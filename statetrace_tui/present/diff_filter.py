"""Pure. Which changes an operator wants to see: `kind:routes type:removed prefix:10.0.0.0/8 !mgmt`, one chip a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from ipaddress import ip_network
from typing import NamedTuple

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType
from statetrace_tui.present.diff_changes import Item
from statetrace_tui.present.diff_rows import title_of

Test = Callable[[Item], bool]
Block = tuple[int, int, int]
"""A prefix: its version, its first and its last address as numbers."""

KIND_LETTERS = (
    ("c", Kind.CONFIG), ("i", Kind.INTERFACES), ("b", Kind.BGP_NEIGHBORS), ("o", Kind.OSPF_NEIGHBORS),
    ("r", Kind.ROUTES), ("n", Kind.NEIGHBORS), ("v", Kind.VERSION), ("a", Kind.ARP), ("m", Kind.MAC_ADDRESSES),
    ("l", Kind.VLANS), ("s", Kind.SPANNING_TREE), ("h", Kind.VITALS), ("t", Kind.TABLE),
)  # fmt: skip
TYPE_LETTERS = (("-", ChangeType.REMOVED), ("~", ChangeType.CHANGED), ("+", ChangeType.ADDED))
"""The letter after `f`, and what it leaves."""
HINT = "text  kind: type: vrf: prefix: vlan: if: device:  !not"
_WITH_VRF = (Kind.ROUTES, Kind.BGP_NEIGHBORS, Kind.OSPF_NEIGHBORS, Kind.ARP)
_ADDRESS = re.compile(
    r"(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})"
    r"(?:/(\d{1,3})| (\d{1,3}(?:\.\d{1,3}){3}))?(?![\w.:])",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:/(\d{1,2}))?")
_VLANS = re.compile(r"\bvlans?[ _-]?(?:id |add |remove |allowed )*([\d,\- ]*\d)")


class Query(NamedTuple):
    """What was typed, ready to match."""

    text: str = ""
    chips: tuple[str, ...] = ()
    tests: tuple[Test, ...] = ()
    problem: str = ""
    """Why it is not what was meant."""

    def matches(self, item: Item) -> bool:
        return all(test(item) for test in self.tests)


def query_of(text: str) -> Query:
    """Words are joined with and; those of one `kind:` or `type:` field with or."""
    tests: list[Test] = []
    either: dict[str, list[Test]] = {}
    chips, problem = tuple(dict.fromkeys(text.split())), ""
    for word in chips:
        field, colon, value = word.partition(":")
        try:
            test = _test(word)
        except ValueError as error:
            problem = problem or str(error)
            continue
        if colon and value and field in ("kind", "type"):
            either.setdefault(field, []).append(test)
        else:
            tests.append(test)
    tests = [*(_any(found) for found in either.values()), *tests]
    return Query(text, chips, tuple(tests), problem)


def choices(kinds: Collection[Kind]) -> list[tuple[str, str]]:
    """Letters and what they leave: types, and those kinds that there are."""
    types = [(letter, change_type.value.lower()) for letter, change_type in TYPE_LETTERS]
    return [*types, *((letter, title_of(kind).lower()) for letter, kind in KIND_LETTERS if kind in kinds)]


def word_of(letter: str) -> str:
    """`type:removed`, `kind:routes`."""
    types, kinds = dict(TYPE_LETTERS), dict(KIND_LETTERS)
    return f"type:{types[letter].value.lower()}" if letter in types else f"kind:{kinds[letter].value}"


def toggled(text: str, word: str) -> str:
    """With the word, or without it where it was there."""
    words = text.split()
    return " ".join([each for each in words if each != word] if word in words else [*words, word])


def _any(tests: Sequence[Test]) -> Test:
    return lambda item: any(test(item) for test in tests)


def _test(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        test = _test(word[1:])
        return lambda item: not test(item)
    field, colon, value = word.partition(":")
    make = _FIELDS.get(field.lower()) if colon and value else None
    if make is not None:
        return make(value.lower())
    if "/" in word and (block := block_of(word)) is not None:
        return _touches(block)
    lowered = word.lower()
    return lambda item: lowered in item.words


def _of_kind(value: str) -> Test:
    kinds = {kind for kind in Kind if kind.value.startswith(value)}
    if not kinds:
        raise ValueError(f"no kind {value}: {', '.join(kind.value for _, kind in KIND_LETTERS)}")
    return lambda item: item.kind in kinds


def _of_type(value: str) -> Test:
    signs = dict(TYPE_LETTERS)
    found = signs.get(value) or next((each for each in ChangeType if each.value.lower().startswith(value)), None)
    if found is None:
        raise ValueError(f"no type {value}: removed, changed, added")
    return lambda item: item.change_type is found


def _of_vrf(value: str) -> Test:
    named = re.compile(rf"\b(?:vrf|routing-instances?) (?:\w+ )?{re.escape(value)}(?!\S)")

    def test(item: Item) -> bool:
        if item.kind in _WITH_VRF:
            return bool(item.keys[0]) and item.keys[0][0].lower() == value
        return named.search(item.words) is not None

    return test


def _of_vlan(value: str) -> Test:
    if not value.isdecimal():
        raise ValueError(f"vlan:{value}: a VLAN is a number")
    number = int(value)
    return lambda item: any(_holds(found[1], number) for found in _VLANS.finditer(item.words))


def _holds(numbers: str, wanted: int) -> bool:
    """`10,20-30` holds 25."""
    for part in numbers.replace(" ", ",").split(","):
        low, _, high = part.partition("-")
        if low.isdecimal() and int(low) <= wanted <= int(high if high.isdecimal() else low):
            return True
    return False


def _of_interface(value: str) -> Test:
    """Whichever way it is written: `Gi0/1` is `GigabitEthernet0/1`, and its subinterfaces are of it."""
    found = re.fullmatch(r"([a-z-]*?) ?(\d.*)", value)
    if found is None:
        return lambda item: value in item.words
    letters, number = found.groups()
    pattern = re.compile(rf"(?<![a-z-])([a-z-]+) ?{re.escape(number)}(?![\d/:])")

    def test(item: Item) -> bool:
        return any(
            word.startswith(letters) or letters.startswith(word)
            for word in (each[1] for each in pattern.finditer(item.words))
        )

    return test


def _of_prefix(value: str) -> Test:
    block = block_of(value)
    if block is None:
        raise ValueError(f"prefix:{value}: an address or a prefix")
    return _touches(block)


def _touches(wanted: Block) -> Test:
    """What is in it, and what covers it: two prefixes overlap only where one covers the other."""
    version, low, high = wanted

    def test(item: Item) -> bool:
        blocks = (block for key in item.keys for block in blocks_of(key))
        return any(one == version and first <= high and low <= last for one, first, last in blocks)

    return test


def blocks_of(key: tuple[str, ...]) -> list[Block]:
    """The addresses and prefixes in a key, masks taken for lengths: `10.0.0.0 255.0.0.0` is `10.0.0.0/8`."""
    out = []
    for part in key:
        whole = block_of(part) if "/" in part or part.count(".") == 3 or ":" in part else None
        found = [whole] if whole is not None else [block_of(_joined(each)) for each in _ADDRESS.finditer(part)]
        out += [each for each in found if each is not None]
    return out


def _joined(found: re.Match[str]) -> str:
    address, length, mask = found.groups()
    if length is not None:
        return f"{address}/{length}"
    looks_like_mask = mask is not None and mask.startswith(("255.", "0."))
    return f"{address}/{mask}" if looks_like_mask else str(address)


def block_of(text: str) -> Block | None:
    """None for what is no address and no prefix."""
    found = _IPV4.fullmatch(text)
    if found is not None:  # without `ipaddress`, four times as fast: of 100,000 routes it is asked at once
        a, b, c, d, length = (int(each) if each is not None else 32 for each in found.groups())
        if max(a, b, c, d) > 255 or length > 32:
            return None
        rest = (1 << (32 - length)) - 1
        low = (a << 24 | b << 16 | c << 8 | d) & ~rest
        return 4, low, low + rest
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def _of_device(value: str) -> Test:
    return lambda item: value in item.hostname.lower()


_FIELDS: dict[str, Callable[[str], Test]] = {
    "kind": _of_kind,
    "type": _of_type,
    "vrf": _of_vrf,
    "prefix": _of_prefix,
    "vlan": _of_vlan,
    "if": _of_interface,
    "interface": _of_interface,
    "device": _of_device,
}
FIELDS = tuple(_FIELDS)
"""Names for `field:value`."""
