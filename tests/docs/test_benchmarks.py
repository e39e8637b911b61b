"""Every benchmark imports what it measures and says what it does: a changed name or signature breaks none unseen."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="some need a pseudo-terminal")
ROOT = Path(__file__).parents[2]
MODULES = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
WITH_OPTIONS = [
    name for name in MODULES if "ArgumentParser(" in (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
]


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some put folders on the path; other tests keep theirs."""
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.mark.parametrize("name", MODULES)
def test_a_benchmark_imports(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__


@pytest.mark.parametrize("name", WITH_OPTIONS)
def test_a_benchmark_says_its_options(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"benchmarks.{name}").main()
    assert not ended.value.code
    assert f"usage: {name}" in capsys.readouterr().out
