"""Numbers and what they count, in words; apart from `text`, because commands without a terminal say them too."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 route`, `2 routes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
