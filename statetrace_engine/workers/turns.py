"""Pure. Whose file is next: sites take turns, so that none waits behind more than 8 files of another.

A site that is active may have a few files out at a time; after 8 in a row it makes room for one that waits.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from msgspec import Struct, field

BURST = 8
"""Files of one site while another waits."""

Job = TypeVar("Job")


class _Site(Struct, Generic[Job], eq=False):
    name: str
    waiting: deque[Job] = field(default_factory=deque)
    out: int = 0
    """Handed out and not finished."""
    taken: int = 0
    """Handed out since it became active."""


class Turns(Generic[Job]):
    """`add` work, `take` the next, say `finish` when it is done. Every call costs a step a waiting site at most."""

    def __init__(self, *, active_sites: int, out_per_site: int) -> None:
        """`active_sites` at a time have files out, and each `out_per_site` at the most."""
        self._active_sites = max(1, active_sites)
        self._out_per_site = max(1, out_per_site)
        self._sites: dict[str, _Site[Job]] = {}
        self._active: deque[_Site[Job]] = deque()
        self._queue: deque[_Site[Job]] = deque()
        self.waiting = 0
        """Not handed out yet."""

    def add(self, site: str, job: Job) -> None:
        """Behind the others of its site."""
        known = self._sites.get(site)
        if known is None:
            known = self._sites[site] = _Site(site)
        if not known.waiting and known not in self._active:
            self._queue.append(known)
        known.waiting.append(job)
        self.waiting += 1

    def put_back(self, site: str, job: Job) -> None:
        """A job that was taken and not begun: the first of its site again."""
        self.finish(site)
        self.add(site, job)
        self._sites[site].waiting.rotate(1)

    def take(self) -> tuple[str, Job] | None:
        """The next job and its site; None when nothing may be handed out before something is finished."""
        self._rotate()
        for _ in range(len(self._active)):
            site = self._active[0]
            self._active.rotate(-1)
            if site.waiting and site.out < self._out_per_site:
                site.out += 1
                site.taken += 1
                self.waiting -= 1
                return site.name, site.waiting.popleft()
        return None

    def finish(self, site: str) -> None:
        """A job of this site is out no more."""
        done = self._sites[site]
        done.out -= 1
        if not done.out and not done.waiting:
            del self._sites[site]
            if done in self._active:
                self._active.remove(done)

    def _rotate(self) -> None:
        """Sites that have had their turn, or have nothing left, make room for those that wait."""
        for site in tuple(self._active):
            if not site.waiting or (site.taken >= BURST and self._queue):
                self._active.remove(site)
                site.taken = 0
                if site.waiting:
                    self._queue.append(site)
        while self._queue and len(self._active) < self._active_sites:
            self._active.append(self._queue.popleft())
