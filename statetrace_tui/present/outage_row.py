"""Pure. An outage as a row: `X DOWN  1m12s  OUT-1123-7KQ2  WLLS-A01-AR-01 …`; filled means nobody has it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from statetrace_engine.model import Epoch
from statetrace_engine.model.health import HealthState, Severity
from statetrace_engine.model.outage import CauseKind, Hypothesis, OutageEvent
from statetrace_tui.present import list_columns
from statetrace_tui.present.book import is_open
from statetrace_tui.present.list_columns import Column
from statetrace_tui.present.text import Line, brief_dur, cells, dur, fit

NEW = "not acknowledged"
_SHORT = re.compile(
    r"\b(TwentyFive|Forty|Hundred|Ten)?(Gig(?:abit)?E(?:thernet)?|FastEthernet|Ethernet|Port-channel|Loopback|Tunnel|"
    r"Serial|Bundle-Ether)(?=\d)"
)
_SHORT_NAMES = {
    "GigabitEthernet": "Gi", "GigE": "Gi", "TenGigabitEthernet": "Te", "TenGigE": "Te", "TwentyFiveGigE": "Twe",
    "FortyGigabitEthernet": "Fo", "FortyGigE": "Fo", "HundredGigE": "Hu", "FastEthernet": "Fa", "Ethernet": "Eth",
    "Port-channel": "Po", "Loopback": "Lo", "Tunnel": "Tu", "Serial": "Se", "Bundle-Ether": "BE",
}  # fmt: skip


class Face(NamedTuple):
    """The word of an outage's state, its glyph, and its role."""

    glyph: str
    word: str
    role: str


def is_new(outage: OutageEvent) -> bool:
    """Open, and nobody has it, and no maintenance window explains it."""
    return (
        is_open(outage)
        and not outage.acknowledged_by
        and not outage.is_maintenance
        and outage.severity is not Severity.INFO
        and outage.state not in (HealthState.HEALTHY, HealthState.RECOVERED)
    )


def degraded_role(outage: OutageEvent) -> str:
    """An impairment is a warning; a lost primary is major."""
    is_impaired = outage.cause is CauseKind.CONGESTION_OR_LOSS or Severity.WARNING in (outage.severity, outage.worst)
    return "warn" if is_impaired and outage.worst is not Severity.CRITICAL else "major"


def face(outage: OutageEvent) -> Face:
    """How its state reads; one that is over reads `resolved`, or `transient` when nobody was told."""
    if outage.unseen_since is not None:  # whatever it was: a gap is never green and never down
        return Face("?", HealthState.UNKNOWN.value, "unk")
    if outage.state is HealthState.UNKNOWN and outage.closed_at is not None:  # nothing could prove that it recovered
        return Face("?", "ENDED" if outage.is_latched else "ended", "unk" if outage.is_latched else "dim")
    if outage.closed_at is not None or (outage.resolved_at is not None and outage.state is HealthState.HEALTHY):
        if outage.is_latched:
            return Face("o", "RESOLVED", "ok")
        return Face("o", "transient" if outage.is_transient else "resolved", "dim")
    if outage.resolved_at is not None and outage.state is not HealthState.UNKNOWN:
        return Face("+", "RECOVERED", "ok")
    if outage.state is HealthState.DOWN:
        return Face("X", "DOWN", "crit")
    if outage.state is HealthState.UNKNOWN:
        return Face("?", "UNKNOWN", "unk")
    if outage.state is HealthState.DEGRADED:
        role = degraded_role(outage)
        return Face("%" if role == "warn" else "!", "DEGRADED", role)
    return Face("+", outage.state.value, "ok")


_SEVERITY_RANK = {severity: i for i, severity in enumerate(Severity)}


def group(outage: OutageEvent) -> int:
    """0 nobody has it, 1 in hand, 2 recovering or recovered and not seen, 3 over."""
    if is_new(outage):
        return 0
    if is_open(outage):
        return 1
    is_recovering = outage.closed_at is None and outage.state is HealthState.RECOVERED
    return 2 if outage.is_latched or is_recovering else 3


def rank(outage: OutageEvent) -> tuple[int, int, float, str]:
    """Sorts a list: what nobody has first, then open ones, each worst and newest first; then what is over."""
    where = group(outage)
    severity = _SEVERITY_RANK[outage.severity] if where < 2 else 0
    return (where, severity, -outage.detected_at, outage.outage_id)


def lasted(outage: OutageEvent, now: Epoch) -> float:
    """Seconds from its occurrence to its recovery, or until now."""
    return max((outage.resolved_at if outage.resolved_at is not None else now) - outage.occurred_at, 0.0)


def next_step(outage: OutageEvent) -> str:
    """Its runbook, and where work by it goes on: `link-failure: is there light`; as far as the outage alone tells."""
    last = max(outage.work.workers, key=lambda worker: worker.since_at, default=None)
    if last is None:
        return f"{outage.runbook}: first step" if outage.runbook else ""
    return f"{last.place.runbook}: {last.place.step.replace('-', ' ') or 'all done'}"


def cause(outage: OutageEvent) -> str:
    """`link-failure`, and how often it flapped: `neighbour-loss x14`."""
    return outage.cause.value + (f" x{outage.flaps}" if outage.flaps > 1 else "")


def said(outage: OutageEvent) -> str:
    """What carries, in a sentence; `was DOWN, nobody sees it: device silent`."""
    if outage.unseen_since is None:
        return outage.survival
    return f"was {outage.state}, nobody sees it: {outage.unseen_why}"


def person(name: str) -> str:
    r"""`DOMAIN\jsm`, `jsm@host` and, where several work as one account, `root@host (jsm)` → `jsm`."""
    account, _, invoker = name.removesuffix(")").partition(" (")
    return (invoker or account).rpartition("\\")[2].partition("@")[0] or name


@lru_cache(maxsize=4096)
def brief(text: str) -> str:
    """Interfaces by their short names: `GigabitEthernet0/1 down` → `Gi0/1 down`."""
    return _SHORT.sub(lambda match: _SHORT_NAMES.get(match[0], match[0]), text)


def failed(cause: Hypothesis, hostname: str) -> str:
    """How it failed, and what: `Gi0/1 to B  link to B 10.1.1.0/30`; without the device that the line is about."""
    element = cause.element
    if hostname and element != f"device {hostname}":
        element = element.replace(f"{hostname} -- ", "to ").replace(f" -- {hostname}", "").replace(f" {hostname}", "")
        element = element if " " in element else ""
    detail = "" if cause.detail in element else cause.detail
    also = f"also {cause.also_of}:" if cause.also_of else ""
    return brief("  ".join(part for part in (also, detail, element) if part))


_COLUMNS = (
    Column("state", " STATE", 12, 0, "l", 0),
    Column("lasted", "LASTED", 6, 2, "r", 0),
    Column("outage", "OUTAGE", 13, 2, "l", 0),
    Column("device", "DEVICE", 14, 2, "m", 0, 6, 4),
    Column("prefix", "PREFIX", 15, 2, "m", 96, 5, 1),
    Column("cause", "CAUSE", 14, 2, "l", 0, 7, 0),
    Column("detect", "DETECT", 7, 1, "r", 124),
    Column("notice", "NOTICE", 7, 2, "r", 124),
    Column("ack", "ACK", 8, 1, "l", 0, 2, 5),
    Column("owner", "OWNER", 12, 1, "l", 114, 4, 3),
    Column("next", "NEXT STEP", 28, 2, "l", 222, 16, 4),
    Column("incident", "INCIDENT", 13, 2, "l", 176),
    Column("survival", "WHAT CARRIES", 20, 1, "l", 160, 60, 2),
)


@lru_cache(maxsize=16)
def columns(width: int) -> tuple[Column, ...]:
    return list_columns.fitting(_COLUMNS, width)


def heading(width: int, is_was: bool = False) -> Line:
    """`is_was`: what follows is what was, not what is."""
    state, *others = columns(width)
    return list_columns.heading((state._replace(title=" WAS" if is_was else " STATE"), *others))


def line(
    outage: OutageEvent, width: int, now: Epoch, *, is_here: bool = False, is_marked: bool = False, is_was: bool = False
) -> Line:
    """One row of `width` cells; `is_here`: the cursor is on it."""
    tone = "@sel " if is_here else ""
    look = face(outage)
    hot = is_new(outage)
    is_over = group(outage) == 3
    firm = "dim" if is_over else "strong" if hot else ""
    soft = "dim" if is_over else ""
    out = list_columns.lead(tone, is_here=is_here, is_marked=is_marked)
    for column in columns(width):
        if column.key == "state":
            glyph = "?" if is_was else look.glyph
            role = f"{tone}{look.role}{'*' if hot and not is_was else ''}"
            out.append((fit(f" {glyph} {look.word}", column.cells), role))
            continue
        text = _TEXTS[column.key](outage, now)
        role = {"owner": "dim", "incident": "dim", "survival": "dim", "next": "dim"}.get(column.key, soft)
        if column.key in ("lasted", "device", "prefix", "ack"):
            role = firm
        if column.key == "ack" and outage.is_latched:
            role = "ok"
        out.append((fit(text, column.cells, column.how) + " " * column.gap, tone + role))
    return out


def search_text(outage: OutageEvent) -> str:
    """All that a filter looks at, in lower case."""
    words = (
        outage.outage_id, outage.incident_id, face(outage).word, outage.site, outage.hostname, outage.vrf,
        outage.prefix,
        outage.cause.value, outage.cause_detail, outage.element, outage.owner or "unowned", outage.acknowledged_by,
        outage.severity.value, outage.route_class, "new" if is_new(outage) else "",
    )  # fmt: skip
    return " ".join(words).lower()


def _latency(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds < 100 else dur(seconds)


def _notice(outage: OutageEvent, _: Epoch) -> str:
    if outage.notified_at is not None and outage.watched_at is not None:
        return "told"
    if outage.notified_at is not None:
        return _latency(max(outage.notified_at - outage.occurred_at, 0.0))
    return "silent" if outage.is_silent else "-"


def _ack(outage: OutageEvent, now: Epoch) -> str:
    if outage.acknowledged_by:
        age = f" {brief_dur(now - outage.acked_at)}" if outage.acked_at is not None and group(outage) < 3 else ""
        name = person(outage.acknowledged_by)
        return name[: max(8 - cells(age), 3)] + age
    if is_new(outage):
        return "NEW"
    if outage.is_latched:
        return "unseen"
    return "maint" if outage.is_maintenance else "-"


_TEXTS: dict[str, Callable[[OutageEvent, Epoch], str]] = {
    "lasted": lambda outage, now: dur(lasted(outage, now)),
    "outage": lambda outage, _: outage.outage_id,
    "device": lambda outage, _: outage.hostname,
    "prefix": lambda outage, _: outage.prefix,
    "cause": lambda outage, _: cause(outage),
    "detect": lambda outage, _: _latency(outage.detection_s) if outage.watched_at is None else "-",
    "notice": _notice,
    "ack": _ack,
    "owner": lambda outage, _: outage.owner or "unowned",
    "incident": lambda outage, _: outage.incident_id,
    "survival": lambda outage, _: said(outage),
    "next": lambda outage, _: next_step(outage) if group(outage) < 2 else "",
}
