"""Pure. Counts that a device shows, and when one has changed: their day's noise is no change."""

from __future__ import annotations

COUNTED = ("prefixes_received",)
"""Fields that are such counts."""
_MANY = 0.25
"""A peer that sends a quarter more or fewer prefixes has changed; less is the day's noise."""
_FEW = 5
"""Fewer than so many do not count, however large a share of a small number they are."""


def is_other_count(before: object, after: object) -> bool:
    """Whether two counts differ so much that it is a change; from none or to none always. Of several rows, any."""
    if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        return any(map(is_other_count, before, after))
    if not isinstance(before, int) or not isinstance(after, int):
        return before != after
    difference = abs(before - after)
    if not before or not after:
        return difference > 0
    return difference > _FEW and difference > _MANY * max(before, after)
