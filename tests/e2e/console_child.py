"""The console over an engine in memory, as a program of its own: what the terminal tests run.

python console_child.py [afternoon | quiet | many | busy | broken] [option=value …]
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "tui")]


def main() -> int:
    """Runs until it is left; answers its exit code."""
    import afternoon
    from fake_engine import FakeEngine
    from synthetic import Synthetic

    from statetrace_tui.app import ConsoleOptions, run

    scene, *settings = [*sys.argv[1:], "afternoon"][: max(len(sys.argv) - 1, 1)]
    engine: FakeEngine = afternoon.engine()
    if scene == "quiet":
        engine = Synthetic(60, 0, True, Random(1))
    elif scene == "many":
        engine = Synthetic(10_000, 0, False, Random(1))
    elif scene == "busy":
        engine = Synthetic(400, 500, False, Random(1))
    options = ConsoleOptions(operator="me@host", home=Path(os.environ.get("TEST_HOME", ".")))
    for setting in settings:
        name, _, value = setting.partition("=")
        if name == "crash_folder":
            options = replace(options, crash_folder=Path(os.environ["TEST_HOME"], "stays"))
            continue
        options = replace(options, **{name: value if name in ("theme", "screen") else value == "yes"})  # type: ignore[arg-type]
    if scene == "broken":

        def fail(*_: object) -> None:
            raise RuntimeError("a bug in the detail")

        engine.route_detail = fail  # type: ignore[method-assign, assignment]
    return run(engine, options)


if __name__ == "__main__":
    raise SystemExit(main())
