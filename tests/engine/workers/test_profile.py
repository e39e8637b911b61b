"""The autoscale profile, by the table of PARSING."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.workers.profile import IngestSettings, Profile, resolve

AUTOMATIC = IngestSettings()


@pytest.mark.parametrize(
    ("cores", "files", "sites", "expected"),
    [
        (2, 40, 2, (2, 1, 2, 4, 1)),
        (8, 40, 1, (6, 4, 1, 4, 1)),
        (16, 4, 2, (4, 2, 2, 1, 1)),
        (64, 1000, 3, (48, 12, 3, 4, 2)),
        (4, 1, 1, (1, 1, 1, 1, 1)),
        (1, 5, 5, (1, 1, 1, 4, 1)),
        (4, 0, 0, (1, 1, 1, 1, 1)),
    ],
)
def test_the_machine_and_the_work_decide(
    cores: int, files: int, sites: int, expected: tuple[int, int, int, int, int]
) -> None:
    found = resolve(AUTOMATIC, cores=cores, files=files, sites=sites)

    assert found == Profile(
        workers=expected[0],
        workers_per_site=expected[1],
        active_sites=expected[2],
        jobs_per_worker=expected[3],
        min_workers=expected[4],
        source="automatic",
    )


def test_a_number_that_is_set_decides_and_says_so() -> None:
    found = resolve(IngestSettings(workers=3, jobs_per_worker=1), cores=2, files=40, sites=2)

    assert (found.workers, found.jobs_per_worker, found.source) == (3, 1, "settings")


def test_without_scaling_one_worker_reads_one_file_at_a_time() -> None:
    found = resolve(IngestSettings(auto_scale=False), cores=8, files=40, sites=2)

    assert (found.workers, found.jobs_per_worker, found.source) == (1, 1, "settings")


numbers = st.integers(0, 1024)


@given(
    st.builds(
        IngestSettings,
        auto_scale=st.booleans(),
        workers=numbers,
        workers_per_site=numbers,
        active_sites=numbers,
        jobs_per_worker=numbers,
        min_workers=numbers,
    ),
    st.integers(1, 256),
    st.integers(0, 5000),
    st.integers(0, 500),
)
def test_every_number_stays_within_the_machine_and_the_work(
    settings: IngestSettings, cores: int, files: int, sites: int
) -> None:
    found = resolve(settings, cores=cores, files=files, sites=sites)

    assert 1 <= found.workers <= min(2 * cores, max(1, files))
    assert 1 <= found.min_workers <= found.workers
    assert 1 <= found.active_sites <= max(1, sites)
    assert found.workers_per_site >= 1
    assert found.jobs_per_worker >= 1
