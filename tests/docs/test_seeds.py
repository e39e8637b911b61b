"""The same commit is always judged alike: the seed that CI gives reaches everything that is drawn by chance."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEED = "966946065"
_LAW = """
import os
from pathlib import Path
import pytest
from hypothesis import given, settings, strategies as st
from tests import seeds

@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.xdist_group(n)) for n in ("one", "other")])
def test_what_is_drawn(name):
    drawn = []

    @given(st.integers(0, 10**9))
    @settings(max_examples=5)
    def law(number):
        drawn.append(number)

    law()
    said = f"{drawn} {seeds.SEED} {settings.default.database} {hash('a word')}"
    Path(__file__).with_name(name + os.environ["PYTEST_XDIST_WORKER"]).write_text(said, encoding="utf-8")
"""


def test_every_worker_draws_by_the_seed_of_ci(tmp_path: Path) -> None:
    (tmp_path / "test_law.py").write_text(_LAW, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    given = {"STATETRACE_SEED": SEED, "PYTHONHASHSEED": SEED, "PYTEST_ADDOPTS": f"--hypothesis-seed={SEED}"}
    options = ("-p", "tests.conftest", "-p", "no:cacheprovider", "-q", "-n", "2", "--dist", "loadgroup")
    command = (sys.executable, "-m", "pytest", *options, "-c", tmp_path / "pytest.ini", tmp_path)
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | given, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert not ran.returncode, ran.stdout + ran.stderr
    said = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*gw*")}
    assert {name[-3:] for name in said} == {"gw0", "gw1"}
    assert len(said) == 2
    assert len(set(said.values())) == 1, said
    assert f"] {SEED} None " in said.popitem()[1]
