"""Pure. The secrets of one line: the rules until nothing is new, and what they leave over fails closed."""

from __future__ import annotations

import re
from typing import NamedTuple

from statetrace_engine.parsing.redact.closed import unrecognised
from statetrace_engine.parsing.redact.rules import MASK, Rule, password_rule, worth_trying

_PASSES = 8
UNKNOWN = "unknown"


class Secret(NamedTuple):
    start: int
    end: int
    kind: str


_MASKED = re.compile(MASK + "+")
TOKEN = re.compile(r"<redacted(?::[a-z0-9-]{1,20}:[0-9a-f]{8})?>")


def masked(text: str) -> str:
    """The text as the rules see it, of the same length: what is redacted already is no value."""
    if MASK in text:
        text = text.replace(MASK, "\ufffd")
    return TOKEN.sub(lambda found: MASK * len(found[0]), text) if "<redacted" in text else text


def hide(text: str, secrets: list[Secret]) -> str:
    """The masked text with these masked too; sorted, not overlapping."""
    pieces: list[str] = []
    at = 0
    for start, end, _ in secrets:
        pieces += (text[at:start], MASK * (end - start))
        at = end
    return "".join((*pieces, text[at:]))


def in_line(line: str) -> list[Secret]:
    """Where the secrets of a masked line stand, sorted and apart; what a secret covered may be the next keyword."""
    found: list[Secret] = []
    for _ in range(_PASSES):
        line, new = _once(line)
        if not new:
            break
        found += new
    else:
        found.append(Secret(0, len(line), UNKNOWN))  # it does not settle
    return joined(found)


def _once(line: str) -> tuple[str, list[Secret]]:
    lowered = line.lower().replace("\t", " ")
    new: list[Secret] = []
    for rule in worth_trying(lowered):
        line = _apply(rule, line, new)
    rule = password_rule(lowered)
    if any(trigger in lowered for trigger in rule.triggers):
        line = _apply(rule, line, new)
    if not new and (span := unrecognised(line)):
        new.append(Secret(*span, UNKNOWN))
        line = hide(line, new)
    return line, new


def _apply(rule: Rule, line: str, new: list[Secret]) -> str:
    here = [Secret(*match.span(match.lastgroup or 0), rule.kind) for match in rule.pattern.finditer(line)]
    if not here:
        return line
    new += here
    return hide(line, here)


def joined(secrets: list[Secret]) -> list[Secret]:
    """Sorted; those that touch or overlap are one, of the kind of the first."""
    whole: list[Secret] = []
    for secret in sorted(secrets):
        if whole and secret.start <= whole[-1].end:
            whole[-1] = Secret(whole[-1].start, max(whole[-1].end, secret.end), whole[-1].kind)
        else:
            whole.append(secret)
    return whole
