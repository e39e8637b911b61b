"""Sound octets made unsound, fast: some ten microseconds a case, where Hypothesis needs a millisecond."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

NUMBERS = (
    b"\0", b"\1", b"\x7f", b"\x80", b"\x81", b"\x82", b"\x84", b"\xff", b"\0\0", b"\xff\xff", b"\x7f\xff", b"\x80\0",
    b"\0\x13", b"\x10\0", b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x84\xff\xff\xff\xff", b"\x30\x80",
    b"\x02\x08\x80\0\0\0\0\0\0\0", b"\x06\x01\x80", b"\x1b[2J", b"\xe2\x80\xae",
)  # fmt: skip
"""What lengths, counts, tags and texts are put in the place of."""
_MOST = 6


class Mutator:
    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self._random = self.rng.random

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def choice(self, items: Sequence[bytes]) -> bytes:
        return items[int(self._random() * len(items))]

    def mutated(self, seeds: Sequence[bytes]) -> bytes:
        """One of them with a few octets changed; often its length stays, so that what stands deep inside is reached."""
        raw = bytearray(self.choice(seeds))
        is_same_length = self._random() < 0.6
        for number in range(_MOST):
            if number and self._random() < 0.5:
                break
            if is_same_length:
                self._replace(raw)
            else:
                self._reshape(raw, seeds)
        return bytes(raw)

    def _replace(self, raw: bytearray) -> None:
        if not raw:
            return
        at = self.below(len(raw))
        if self._random() < 0.5:
            raw[at] = self.below(256)
        elif self._random() < 0.5:
            raw[at] ^= 1 << self.below(8)
        else:
            put = self.choice(NUMBERS)[: len(raw) - at]
            raw[at : at + len(put)] = put

    def _reshape(self, raw: bytearray, seeds: Sequence[bytes]) -> None:
        at, kind = self.below(len(raw) + 1), self.below(6)
        if kind == 0:
            raw[at:at] = self.choice(NUMBERS)
        elif kind == 1:
            del raw[at : at + 1 + self.below(8)]
        elif kind == 2:
            del raw[at:]
        elif kind == 3:  # a piece of itself once more
            raw[at:at] = raw[at : at + self.below(40)]
        elif kind == 4:  # a piece of another
            other = self.choice(seeds)
            start = self.below(len(other) + 1)
            raw[at : at + self.below(20)] = other[start : start + self.below(60)]
        else:
            raw[at : at + 2] = self.choice(NUMBERS)
