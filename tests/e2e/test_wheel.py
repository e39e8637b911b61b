"""The wheel, as a user installs it: built without a network, in an environment of its own, run from an empty folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from statetrace_engine import __version__
from statetrace_engine.simulate import truth

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by this environment's hatchling."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def statetrace(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command: the wheel in a fresh environment that borrows only this one's dependencies."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    done = subprocess.run(pip, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (site,) = folder.rglob("site-packages")
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # As code and in ASCII: Python 3.11 reads the file in the locale's encoding, which may lack the folder's letters.
    (site / "borrowed.pth").write_text(f"import sys; sys.path.extend({sorted(borrowed)!a})\n", encoding="ascii")
    return scripts / ("statetrace.exe" if os.name == "nt" else "statetrace")


def _run(command: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "STATETRACE_HOME")}
    return subprocess.run(
        [str(command), *arguments],
        cwd=cwd,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def test_the_wheel_carries_the_shipped_configuration(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert "statetrace_engine/defaults/statetrace.toml" in names
    assert "statetrace_engine/defaults/inventory.example.toml" in names
    assert sum(name.startswith("statetrace_engine/defaults/runbooks/") for name in names) >= 11
    assert not any(name.startswith(("tests", "data", "logs")) for name in names)


def test_the_source_distribution_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_the_installed_command_runs_from_an_empty_folder(statetrace: Path, tmp_path: Path) -> None:
    assert _run(statetrace, "--version", cwd=tmp_path).stdout == f"statetrace {__version__}\n"
    shown = _run(statetrace, "config", "show", "--home", "home", "--json", cwd=tmp_path)
    files = json.loads(shown.stdout)["files"]
    assert files[0] == "(shipped) statetrace.toml", "the checkout's config/ was read instead of the wheel's"
    assert list(tmp_path.iterdir()) == []


def test_the_installed_demo_finds_what_it_breaks(statetrace: Path, tmp_path: Path) -> None:
    done = _run(statetrace, "demo", "--headless", "--seconds", "8", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    score = truth.score(document["faults"], document["outages"], time.time())
    assert score.expected > 0
    assert (score.missed, score.false) == ((), ())
    assert list(tmp_path.iterdir()) == []
