"""Takes a testbed down when who built it has died, however: its standard input ends then.

python -m tests.testbed.guard PREFIX FOLDER
"""

from __future__ import annotations

import shutil
import signal
import sys
from pathlib import Path

from tests.testbed import shell


def main(prefix: str, folder: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    shell.sweep(prefix)
    shutil.rmtree(Path(folder), ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
