"""Laws of the order in which files are handed out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.workers.turns import BURST, Turns

sites = st.sampled_from("ABCDE")
steps = st.lists(st.one_of(st.tuples(st.just("add"), sites), st.tuples(st.sampled_from(["take", "finish"]), sites)))


@given(st.dictionaries(sites, st.integers(1, 30)), steps, st.integers(1, 4), st.integers(1, 30))
def test_no_site_waits_behind_more_than_eight_files_of_another(
    begun: dict[str, int], story: list[tuple[str, str]], active: int, out_per_site: int
) -> None:
    turns = Turns[int](active_sites=active, out_per_site=out_per_site)
    waiting: Counter[str] = Counter()
    out: Counter[str] = Counter()
    overtaken: dict[str, Counter[str]] = {site: Counter() for site in "ABCDE"}
    added = [("add", site) for site, count in begun.items() for _ in range(count)]
    for number, (what, site) in enumerate([*added, *story, *[("take", "")] * 60]):
        if what == "add":
            turns.add(site, number)
            waiting[site] += 1
        elif what == "finish" and out[site]:
            turns.finish(site)
            out[site] -= 1
        elif what == "take" and (taken := turns.take()) is not None:
            name, _ = taken
            waiting[name] -= 1
            out[name] += 1
            overtaken[name].clear()
            for other in overtaken:
                if waiting[other] and out[other] < out_per_site:
                    overtaken[other][name] += other != name
        assert all(count <= BURST for counts in overtaken.values() for count in counts.values())
        assert all(count <= out_per_site for count in out.values())


@given(
    st.lists(sites, max_size=60), st.integers(1, 4), st.integers(1, 5), st.randoms(use_true_random=False), st.booleans()
)
def test_every_file_is_handed_out_once_and_in_the_order_of_its_site(
    added: list[str], active: int, out_per_site: int, chance: object, returned: bool
) -> None:
    turns = Turns[tuple[str, int]](active_sites=active, out_per_site=out_per_site)
    for number, site in enumerate(added):
        turns.add(site, (site, number))
    handed: list[tuple[str, int]] = []
    out: list[tuple[str, tuple[str, int]]] = []
    is_plain = returned
    while turns.waiting or out:
        taken = turns.take()
        if taken is None:
            site, job = out.pop(chance.randrange(len(out)))  # type: ignore[attr-defined]
            if not returned and len(out) == 0:
                returned = True
                turns.put_back(site, job)
                handed.remove(job)
            else:
                turns.finish(site)
        else:
            out.append(taken)
            handed.append(taken[1])

    assert sorted(handed, key=lambda job: job[1]) == [(site, number) for number, site in enumerate(added)]
    for site in set(added) if is_plain else set():
        own = [job for job in handed if job[0] == site]
        assert own == sorted(own, key=lambda job: job[1])
