"""What the store brings into an engine's memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import statetrace_engine.store


def test_no_part_of_the_store_loads_the_object_mapper() -> None:
    """Six megabytes for nothing: tables and questions are all that is used."""
    folder = Path(statetrace_engine.store.__file__).parent
    modules = ", ".join(f"statetrace_engine.store.{path.stem}" for path in sorted(folder.glob("[a-z]*.py")))
    program = f"import sys, {modules}\nsys.exit('sqlalchemy.orm' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=folder.parents[1], check=False)
    assert done.returncode == 0
