"""Pure. How many processes read captures, and for how many sites at once: from the machine, the work and the settings.

40 files of 2 sites on 2 cores → 2 workers, 1 a site, 2 sites at once, 4 files ahead a worker, at least 1 worker
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Automatic = Annotated[int, Meta(ge=0, le=1024)]
"""0: by the machine and the work."""
MOST_AHEAD = 4
MOST_OF_ONE_SITE = 4
MOST_OF_SEVERAL = 12


class IngestSettings(Struct, frozen=True, kw_only=True):
    """`[ingest]` of statetrace.toml."""

    auto_scale: bool = True
    """Off: one worker, except where a number says otherwise."""
    workers: Automatic = 0
    """Processes that read captures."""
    workers_per_site: Automatic = 0
    active_sites: Automatic = 0
    jobs_per_worker: Automatic = 0
    """Files that a worker holds, the one it reads included."""
    min_workers: Automatic = 0
    """Started at once; the others when there is work for them."""
    file_limit_s: Annotated[int, Meta(ge=1, le=3600)] = 120
    """A file that takes longer is rejected."""
    memory_limit_mb: Annotated[int, Meta(ge=128, le=65536)] = 2048
    """A file whose reading needs more is rejected."""
    inbox_after: str = "done"
    """What becomes of a file of the inbox once it is stored: `done` moves it there, `delete` removes it."""


class Profile(Struct, frozen=True, kw_only=True):
    """What is in force for one run."""

    workers: int
    workers_per_site: int
    active_sites: int
    jobs_per_worker: int
    min_workers: int
    source: str
    """`automatic`, or `settings` where one of them decided."""


NUMBERS = ("workers", "workers_per_site", "active_sites", "jobs_per_worker", "min_workers")
"""Settings that are automatic at 0."""


def resolve(settings: IngestSettings, *, cores: int, files: int, sites: int) -> Profile:
    """The profile for so many files of so many sites (PARSING, "Autoscale profile"); each number at least 1."""
    files, sites = max(1, files), max(1, sites)
    most = min(2 * max(1, cores), files)
    is_automatic = settings.auto_scale
    workers = _within(settings.workers or (min(-(-3 * cores // 4), files) if is_automatic else 1), most)
    a_site = settings.workers_per_site or min(-(-workers // sites), MOST_OF_ONE_SITE if sites == 1 else MOST_OF_SEVERAL)
    active = _within(settings.active_sites or -(-workers // a_site), sites)
    ahead = settings.jobs_per_worker or (_within(-(-files // workers), MOST_AHEAD) if is_automatic else 1)
    least = _within(settings.min_workers or -(-sites // 2), workers)
    is_set = not is_automatic or any(getattr(settings, name) for name in NUMBERS)
    return Profile(
        workers=workers,
        workers_per_site=a_site,
        active_sites=active,
        jobs_per_worker=ahead,
        min_workers=least,
        source="settings" if is_set else "automatic",
    )


def _within(wanted: int, most: int) -> int:
    return max(1, min(wanted, most))
