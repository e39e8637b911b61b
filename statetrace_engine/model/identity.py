"""Pure. What a capture shows that stays with a device, and whether two captures of one hostname are of one device.

Two devices may go by one name. Nothing of it is certain alone: a chassis is replaced, a supervisor takes over, a
network is renumbered. So what agrees outweighs what differs, and it takes more than a doubt to call two captures those
of two devices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec import Struct

from statetrace_engine.model import Epoch

_ENOUGH = 2
"""So much has to speak against it."""
_MANY = 3
"""Addresses that nobody changes all at once."""
_SLACK_S, _SLACK_SHARE = 86_400.0, 0.01
"""Clocks are set, and uptimes are printed in weeks."""


class Identity(Struct, frozen=True, array_like=True, omit_defaults=True):
    serials: tuple[str, ...] = ()
    model: str = ""
    vendor: str = ""
    macs: dict[str, str] = {}
    """By interface, canonical; the addresses in hexadecimal digits only."""
    addresses: dict[str, str] = {}
    """By interface; the router's ID beside them."""
    booted_at: Epoch | None = None
    """By the device's clock."""
    uptime_s: int = 0

    @property
    def is_known(self) -> bool:
        """It says something beside the vendor."""
        return bool(self.serials or self.model or self.macs or self.addresses or self.booted_at is not None)


class Judgement(NamedTuple):
    is_same: bool
    """What stays with a device is the same in both. Neither this nor `is_other`: nobody can tell."""
    is_other: bool
    differing: tuple[str, ...] = ()
    """What differs, in words: `serial number A before, B after`."""


def judge(before: Identity, after: Identity) -> Judgement:
    """Whether both are of one device."""
    told = [found for each in _TRAITS if (found := each(before, after)) is not None]
    differing = tuple(words for _, words in told if words)
    is_same = any(not words for _, words in told)
    against = sum(weight for weight, _ in told)
    return Judgement(is_same, not is_same and against >= _ENOUGH, differing)


_Told = tuple[int, str] | None
"""How much speaks against one device, and what, in words; no words: it is one. None: nothing is told."""


def _serials(before: Identity, after: Identity) -> _Told:
    if not before.serials or not after.serials:
        return None
    if set(before.serials) & set(after.serials):
        return 0, ""
    return 2, f"serial number {', '.join(before.serials)} before, {', '.join(after.serials)} after"


def _macs(before: Identity, after: Identity) -> _Told:
    both, same = _shared(before.macs, after.macs)
    if same and 2 * same >= both:
        return 0, ""
    return (2, f"other MAC addresses on all {both} interfaces") if both > 1 and not same else None


def _addresses(before: Identity, after: Identity) -> _Told:
    both, same = _shared(before.addresses, after.addresses)
    if same and 2 * same >= both:
        return 0, ""
    if same or not both:
        return None
    which = next(iter(sorted(before.addresses.keys() & after.addresses.keys())))
    more = f" and {both - 1} more" if both > 1 else ""
    words = f"{which}{more} had {before.addresses[which]} before, has {after.addresses[which]} after"
    return (2 if both >= _MANY else 1), words


def _models(before: Identity, after: Identity) -> _Told:
    old, new = before.model.lower(), after.model.lower()
    if not old or not new or old.startswith(new) or new.startswith(old):
        return None
    return 1, f"{before.model} before, {after.model} after"


def _vendors(before: Identity, after: Identity) -> _Told:
    if not before.vendor or not after.vendor or before.vendor == after.vendor:
        return None
    return 1, f"{before.vendor} before, {after.vendor} after"


def _boots(before: Identity, after: Identity) -> _Told:
    """A device that has run since before it was seen to have started is another one."""
    if before.booted_at is None or after.booted_at is None:
        return None
    first, last = sorted((before, after), key=lambda each: (each.booted_at or 0.0) + each.uptime_s)
    slack = _SLACK_S + _SLACK_SHARE * max(before.uptime_s, after.uptime_s)
    if (last.booted_at or 0.0) >= (first.booted_at or 0.0) - slack:
        return None
    return 1, f"up for {before.uptime_s // 86400:,} days before, for {after.uptime_s // 86400:,} days after"


_TRAITS: tuple[Callable[[Identity, Identity], _Told], ...] = (
    _serials, _macs, _addresses, _models, _vendors, _boots,
)  # fmt: skip


def _shared(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[int, int]:
    """How many names are in both, and of how many the value is the same."""
    both = before.keys() & after.keys()
    return len(both), sum(before[name] == after[name] for name in both)
