"""Pure. Clean text → what was typed and what came, per device: a new hostname closes what the old one began.

`R1#sh ver` … `R1#ssh R2` … `R2#sh ver` … `R2#exit` … `R1#`: two devices, R1 again at the end.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from statetrace_engine.parsing.transcript import prompts
from statetrace_engine.parsing.transcript.prompts import Prompt

_LEAVES = re.compile(
    r"(?:do |sudo )?(?:ssh|telnet|exit|quit|logout|end|attach|session|connect|resume|disconnect|su|vtysh|slogin)\b"
)
_NAMES = re.compile(
    r"^(?:hostname|switchname|sysname|set system host-name|set deviceconfig system hostname) +\"?([\w.\-]+)"
    r"|^([\w.\-]+) uptime is |^hostname: +(\S+)|^ *host-name +([\w.\-]+);|^Hostname *: +(\S+)",
    re.MULTILINE,
)
_HEAD = 16384


class Raw(Struct):
    """One command as typed and where its output stands in the clean text."""

    hostname: str
    typed: str
    prompt: Prompt | None
    start: int
    end: int
    is_truncated: bool
    """No prompt of the same device closed it."""


class Found(Struct):
    sections: list[Raw] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    has_commands: bool = False


def find(text: str) -> Found:
    """The sections of a session; none where there are no prompts with a command."""
    seen = prompts.find(text)
    found = Found(prompts=seen, has_commands=any(each.command for each in seen))
    for position, prompt in enumerate(seen):
        if not prompt.command:
            continue
        after = seen[position + 1] if position + 1 < len(seen) else None
        start = min(prompt.end + 1, len(text))
        end = (
            prompts.before(text, start, after.start)
            if after and after.hostname
            else after.start
            if after
            else len(text)
        )
        is_closed = after is not None and (
            after.hostname == prompt.hostname or _LEAVES.match(prompt.command) is not None
        )
        is_cut_command = after is None and prompt.end >= len(text)
        if not is_cut_command:
            found.sections.append(Raw(prompt.hostname, prompt.command, prompt, start, max(start, end), not is_closed))
    return found


def prelude(text: str, found: Found) -> int:
    """Where the text before the first prompt ends."""
    return prompts.before(text, 0, found.prompts[0].start) if found.prompts else len(text)


def named(text: str, start: int, end: int) -> str:
    """The hostname that an output says by itself; empty: none."""
    match = _NAMES.search(text, start, min(end, start + _HEAD))
    return next((name for name in match.groups() if name), "") if match else ""
