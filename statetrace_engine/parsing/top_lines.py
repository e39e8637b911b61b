"""Pure. What `top` prints above its processes, on systems that are a Linux and show it.

    %Cpu(s):  4.2 us,  1.1 sy,  0.0 ni, 94.3 id,  0.0 wa,  0.2 hi,  0.2 si,  0.0 st
    MiB Mem :   7938.1 total,   3061.3 free,   2813.8 used,   2062.9 buff/cache

Older ones count their buffers as used, and say nothing of how full the memory is.
"""

from __future__ import annotations

from statetrace_engine.model.captured import Vital, VitalRow
from statetrace_engine.parsing import scan, vital_lines
from statetrace_engine.parsing.vital_lines import Said

_LINES = scan.rows(
    r"%?Cpu\(s\):[^\n]*?(?P<cpu_idle>\d{1,3}(?:\.\d{1,3})?)[ ]?%?[ ]?id(?:le)?\b[^\n]*+(?P<cpu>)",
    r"[KMG]iB[ ]Mem[ ]*+:[ ]*+(?P<memory_total>[\d.]{1,15})[ ]total,[ ]*+[\d.]++[ ]free,"
    r"[ ]*+(?P<memory_used>[\d.]{1,15})[ ]used,[ ]*+[\d.]++[ ]buff/cache(?P<memory>)",
    vital_lines.known(
        r"top[ ]-", r"Tasks:", r"(?:[KMG]iB[ ])?(?:Mem|Swap)[ ]*+:", r"[ ]*+PID[ ]",
        r"[ ]*+\d++[ ]++[\w.+-]++[ ]++(?:-?\d|rt|RT)"
    ),
)  # fmt: skip


def _cpu(said: Said, _within: Said) -> VitalRow | None:
    return vital_lines.busy("cpu", said["idle"])


def _memory(said: Said, _within: Said) -> VitalRow | None:
    return vital_lines.share(Vital.MEMORY, "memory", said["used"], said["total"])


parse = vital_lines.parser(_LINES, {"cpu": _cpu, "memory": _memory})
"""The processor and the memory; each process is understood, and no row."""
