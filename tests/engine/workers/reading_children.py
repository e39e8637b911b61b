"""What a pool's workers run in tests: a job is a word that says what happens to its reader."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def read(job: bytes) -> bytes:
    word, _, rest = job.decode().partition(" ")
    match word:
        case "die":
            os._exit(9)
        case "hang":
            time.sleep(600)
        case "bug":
            raise KeyError("hunter2")
        case "eat":
            return bytes(bytearray(4 << 30))[:1]
        case "interrupt":
            os.kill(os.getpid(), signal.SIGINT)
        case "pid":
            return str(os.getpid()).encode()
        case "wait":
            while not Path(rest).exists():
                time.sleep(0.01)
    return word.upper().encode()
