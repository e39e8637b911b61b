"""A file that hangs, dies or eats memory costs itself and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from statetrace_engine.errors import StateTraceError
from statetrace_engine.workers.pool import Outcome, Pool, Work
from statetrace_engine.workers.turns import Turns

READ = "reading_children:read"


def turns_of(*words: str) -> Turns[Work]:
    turns = Turns[Work](active_sites=2, out_per_site=8)
    for number, word in enumerate(words):
        turns.add("AB"[number % 2], Work("AB"[number % 2], 10, word.encode()))
    return turns


def outcomes_of(pool: Pool[Work], turns: Turns[Work]) -> list[Outcome[Work]]:
    return [outcome for outcome in pool.run(turns) if outcome is not None]


def by_word(outcomes: list[Outcome[Work]]) -> dict[str, str]:
    return {outcome.work.job.decode(): outcome.refusal or outcome.answer.decode() for outcome in outcomes}


def test_every_file_is_answered_once_whatever_becomes_of_its_neighbours() -> None:
    words = ["a", "b", "die", "c", "hang", "d", "bug", "e", "f", "g"]
    pool = Pool[Work](READ, workers=2, ahead=4, file_limit_s=1.0)

    outcomes = outcomes_of(pool, turns_of(*words))

    assert sorted(outcome.work.job.decode() for outcome in outcomes) == sorted(words)
    said = by_word(outcomes)
    assert [said[word] for word in "abcdefg"] == list("ABCDEFG")
    assert "killed or died" in said["die"]
    assert said["hang"] == "reading it took longer than 1 s"
    assert pool.killed == 2


def test_a_defect_names_its_place_and_not_what_was_read() -> None:
    said = by_word(outcomes_of(Pool[Work](READ, workers=1), turns_of("bug", "a")))

    assert said["bug"].startswith("a defect in reading it: KeyError: reading_children line ")
    assert "hunter2" not in said["bug"]
    assert said["a"] == "A"


@pytest.mark.skipif(sys.platform != "linux", reason="only there can memory be limited")
def test_a_file_that_needs_too_much_memory_is_refused() -> None:
    said = by_word(outcomes_of(Pool[Work](READ, workers=1, memory_limit_mb=512), turns_of("eat", "a")))

    assert said == {"eat": "reading it needs more than 512 MB", "a": "A"}


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_a_reader_does_not_hear_ctrl_c() -> None:
    assert by_word(outcomes_of(Pool[Work](READ, workers=1), turns_of("interrupt"))) == {"interrupt": "INTERRUPT"}


BELOW_A_CONSOLE = f"""
import io
from contextlib import redirect_stderr
from statetrace_engine.workers.pool import Pool, Work
from statetrace_engine.workers.turns import Turns

class Captured(io.StringIO):
    def fileno(self):
        return -1

turns = Turns[Work](active_sites=1, out_per_site=1)
turns.add("A", Work("A", 10, b"a"))
with redirect_stderr(Captured()):
    print([found.answer for found in Pool("{READ}", workers=1).run(turns) if found is not None])
"""


def test_readers_start_where_a_console_has_taken_the_error_output(pytestconfig: pytest.Config) -> None:
    paths = os.pathsep.join((str(pytestconfig.rootpath), str(Path(__file__).parent)))
    child = [sys.executable, "-c", BELOW_A_CONSOLE]  # of its own: what multiprocessing keeps is kept once a process
    done = subprocess.run(child, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr) == ("[b'A']\n", "")


@pytest.mark.skipif(os.name == "nt", reason="no such signal")
def test_a_reader_killed_from_outside_costs_the_file_it_was_at(tmp_path: Path) -> None:
    pool = Pool[Work](READ, workers=1, ahead=3)
    turns = turns_of("pid", f"wait {tmp_path / 'go'}", "a")
    outcomes = []
    for outcome in pool.run(turns):
        if outcome is None:
            continue
        outcomes.append(outcome)
        if outcome.work.job == b"pid":
            os.kill(int(outcome.answer), signal.SIGKILL)

    said = by_word(outcomes)
    assert said.pop("a") == "A"
    assert "signal 9" in next(text for word, text in said.items() if word.startswith("wait"))


def test_files_that_are_large_together_are_read_one_after_the_other() -> None:
    turns = Turns[Work](active_sites=1, out_per_site=8)
    for number in range(3):
        turns.add("A", Work("A", 60, b"pid %d" % number))
    pool = Pool[Work](READ, workers=3, min_workers=3, ahead=4, together_bytes=100)

    seen = [sum(len(each.works) for each in pool._workers) for _ in pool.run(turns)]

    assert turns.waiting == 0
    assert max(seen) <= 1


def test_no_process_is_started_for_files_that_must_wait() -> None:
    turns = Turns[Work](active_sites=1, out_per_site=8)
    for number in range(3):
        turns.add("A", Work("A", 160, b"pid %d" % number))
    pool = Pool[Work](READ, workers=3, together_bytes=100)

    assert max(len(pool._workers) for _ in pool.run(turns)) == 1


def test_no_process_is_left_when_a_run_is_given_up(tmp_path: Path) -> None:
    pool = Pool[Work](READ, workers=2, min_workers=2)
    running = pool.run(turns_of("a", f"wait {tmp_path / 'never'}"))
    while next(running) is None:
        pass
    processes = [each.process for each in pool._workers]

    running.close()

    assert [process.is_alive() for process in processes] == [False] * len(processes)


def test_a_run_that_should_stop_ends_soon(tmp_path: Path) -> None:
    asked = iter([False, False, True, True, True])

    outcomes = list(Pool[Work](READ, workers=1).run(turns_of(f"wait {tmp_path / 'never'}"), lambda: next(asked)))

    assert outcomes == [None, None]


def test_readers_that_cannot_start_end_the_run_and_say_so_here_and_not_on_the_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(StateTraceError, match="no process can be started to read captures: ModuleNotFoundError"):
        list(Pool[Work]("no_such_module:read", workers=1).run(turns_of("a")))

    assert capfd.readouterr().err == ""
