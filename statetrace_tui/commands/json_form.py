"""Outages, routes and audit entries as the JSON that SPEC 11 and `docs/commands.md` promise."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any  # JSON

import msgspec

from statetrace_engine.explain import weighing
from statetrace_engine.model import Epoch
from statetrace_engine.model.anomaly import AnomalyCard, CardFeedback, Rule, RuleCount, RuleStatus, Snooze
from statetrace_engine.model.capture_view import CaptureSpot
from statetrace_engine.model.explanation import BlastRadius, Explanation, NextStep, SignalRow
from statetrace_engine.model.filed import CaptureSummary
from statetrace_engine.model.health import Overlay, RouteHealth, WhyNot
from statetrace_engine.model.monitors import (
    Backlog,
    ConflictsToday,
    Delay,
    Lateness,
    Monitors,
    RunbooksUsed,
    Spread,
    Voice,
)
from statetrace_engine.model.outage import BetweenCaptures, EvidenceItem, Hypothesis, OutageEvent, RelatedChange
from statetrace_engine.model.people import AuditEntry

Json = dict[str, Any]


def moment(at: Epoch | None) -> str | None:
    """`2026-11-23T14:03:27.104Z`; None for None and for never."""
    if not at:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def spot(shown: CaptureSpot | None) -> Json:
    """Where a capture shows it."""
    return {
        "file": shown.name if shown else None,
        "start": shown.start if shown else None,
        "end": shown.end if shown else None,
    }


def outage(event: OutageEvent) -> Json:
    """One outage; text of devices is sanitised already, absent values are null."""
    return {
        "outage_id": event.outage_id,
        "route_id": event.route_id,
        "incident_id": event.incident_id or None,
        "site": event.site,
        "hostname": event.hostname,
        "vrf": event.vrf,
        "prefix": event.prefix,
        "state": str(event.state),
        "unseen_since": moment(event.unseen_since),
        "unseen_why": event.unseen_why or None,
        "severity": str(event.severity),
        "transient": event.is_transient,
        "cause": str(event.cause),
        "causes": [_cause(hypothesis) for hypothesis in weighing.weighed(event)],
        "evidence": [_evidence(item) for item in event.evidence],
        "runbook": event.runbook or None,
        "steps_done": len({(task.runbook, task.step) for task in event.work.tasks if not task.is_open}),
        "occurred_at": moment(event.occurred_at),
        "detected_at": moment(event.detected_at),
        "watched_at": moment(event.watched_at),
        "detection_latency_ms": round(event.detection_s * 1000, 1),
        "failover": str(event.failover),
        "acknowledged_by": event.acknowledged_by or None,
        "resolved_at": moment(event.resolved_at),
    }


def _evidence(item: EvidenceItem) -> Json:
    return {
        "source": str(item.source),
        "plane": str(item.plane),
        "verdict": str(item.verdict),
        "at": moment(item.at),
        "text": item.text,
    }


def _cause(hypothesis: Hypothesis) -> Json:
    return {
        "cause": str(hypothesis.cause),
        "detail": hypothesis.detail or None,
        "element": hypothesis.element or None,
        "weight": hypothesis.weight,
        "also_of": hypothesis.also_of or None,
        "evidence": [_weighed(item) for item in hypothesis.evidence],
    }


def _weighed(item: EvidenceItem) -> Json:
    """An item as it stands to its cause, and where it can be opened."""
    return {
        **_evidence(item),
        "agreement": str(item.agreement),
        "witness": item.witness,
        "seq": item.seq,
        **spot(item.spot),
    }


def explanation(found: Explanation) -> Json:
    """The four blocks of `explain`."""
    return {
        "outage": outage(found.outage),
        "sentence": found.sentence,
        "signals": [_signals(row) for row in found.signals],
        "causes": [_cause(hypothesis) for hypothesis in found.causes],
        "changes": [_change(change) for change in found.changes],
        "radius": _radius(found.radius) if found.radius else None,
        "next_step": _next_step(found.next_step) if found.next_step else None,
        "why_not_yet": [_why_not(why) for why in found.why_not_yet],
        "why_not_down": [_why_not(why) for why in found.why_not_down],
        "cards": [card(each) for each in found.cards],
    }


def _signals(row: SignalRow) -> Json:
    return {
        "source": row.source,
        "freshness": row.freshness,
        "last_at": moment(row.last_at),
        "interval_s": row.interval_s,
        "cells": [
            {
                "plane": str(cell.plane),
                "verdict": str(cell.verdict),
                "at": moment(cell.at),
                "text": cell.text,
                "agreement": str(cell.agreement),
                "seq": cell.seq,
                "count": cell.count,
            }
            for cell in row.cells
        ],
    }


def _change(change: RelatedChange) -> Json:
    return {
        "hostname": change.hostname,
        "at": moment(change.at),
        "before_s": change.before_s,
        "text": change.text,
        "by": change.by or None,
        "touches": list(change.touches),
        "likelihood": change.likelihood,
        "expected": change.is_expected,
        "seq": change.seq,
        "captures": _between(change.between) if change.between else None,
        **spot(change.spot),
    }


def _between(between: BetweenCaptures) -> Json:
    """The two captures that show a change."""
    return {
        "run_id": between.run_id,
        "previous_id": between.previous_id,
        "from": moment(between.from_at),
        "to": moment(between.to_at),
        "kind": str(between.kind),
        "change_type": str(between.change_type),
        "key": list(between.key),
        "drift": between.is_drift,
    }


def _radius(radius: BlastRadius) -> Json:
    return {
        "incident_id": radius.incident_id,
        "element": radius.element,
        "cause": str(radius.cause),
        "route_count": radius.route_count,
        "open_count": radius.open_count,
        "devices": list(radius.devices),
        "sites": list(radius.sites),
        "owners": list(radius.owners),
        "routes": [
            {
                "route_id": route.route_id,
                "hostname": route.hostname,
                "vrf": route.vrf,
                "prefix": route.prefix,
                "owner": route.owner or None,
                "outage_id": route.outage_id or None,
                "severity": str(route.severity) if route.severity else None,
                "open": route.is_open,
            }
            for route in radius.routes
        ],
        "linked": list(radius.linked),
    }


def _next_step(step: NextStep) -> Json:
    return {
        "runbook": step.runbook,
        "title": step.title,
        "step": step.step,
        "command": step.command or None,
        "foreign": step.foreign or None,
        "expect": step.expect or None,
        "so": step.so or None,
        "number": step.number,
        "of": step.of,
    }


def _why_not(why: WhyNot) -> Json:
    return {"what": why.what, "rule": why.rule, "missing": why.missing, "fires_at": moment(why.fires_at)}


def route(health: RouteHealth) -> Json:
    """One watched route and its health now."""
    record = health.route
    return {
        "route_id": record.route_id,
        "site": record.site,
        "hostname": record.hostname,
        "vrf": record.vrf,
        "prefix": record.prefix,
        "class": str(record.route_class),
        "owner": record.owner or None,
        "contact": record.contact or None,
        "state": str(health.state),
        "since": moment(health.since_at),
        "severity": str(health.severity) if health.severity else None,
        "overlays": [name.lower() for overlay in Overlay if overlay in health.overlays and (name := overlay.name)],
        "failover": str(health.failover),
        "via": health.via or None,
        "primaries": health.primaries,
        "primaries_lost": health.primaries_lost,
        "cause": health.cause or None,
        "remark": health.remark or None,
        "captured_at": moment(health.captured_at),
        "outage_id": health.outage_id or None,
        "acknowledged_by": health.acknowledged_by or None,
    }


def monitors(found: Monitors) -> Json:
    """What the engine says of its own sight; without an engine what only one knows is empty or null."""
    return {
        "at": moment(found.at),
        "live": found.is_live,
        "sources": [_voice(voice) for voice in found.voices],
        "devices_never_heard": found.unheard if found.is_live else None,
        "never_heard": list(found.unheard_devices),
        "routes": {str(each.concern): each.count for each in found.concerns},
        "route_ids": {str(each.concern): list(each.route_ids) for each in found.concerns},
        "conflicts": _conflicts(found.conflicts),
        "cards": [card(each) for each in found.cards],
        "rules_off": found.rules_off,
        "rules_skipped": found.rules_skipped if found.is_live else None,
        "unknown_senders": {"senders": found.senders, "messages": found.unknown, "loudest": found.unknown_senders},
        "shared_addresses": {"addresses": found.shared, "claimed_by": found.shared_addresses},
        "unparsed": found.unparsed if found.is_live else None,
        "last_unparsed": list(found.last_unparsed),
        "runbooks": _runbooks(found.runbooks),
        "backlog": _backlog(found.backlog) if found.is_live else None,
        "latency": {
            "today": _lateness(found.today),
            "recent": _lateness(found.recent),
            "last": [_delay(delay) for delay in found.last],
        },
    }


def _voice(voice: Voice) -> Json:
    return {
        "source": voice.name,
        "detail": voice.detail,
        "state": voice.state,
        "error": voice.error or None,
        "received": voice.received,
        "dropped": voice.dropped,
        "errors": voice.errors,
        "last_at": moment(voice.last_at),
        "per_s": _rounded(voice.per_s),
        "per_s_minute": _rounded(voice.per_s_minute),
    }


def _conflicts(today: ConflictsToday) -> Json:
    return {
        "windows": today.windows,
        "conflicting": today.conflicting,
        "rate": round(today.ratio, 4) if today.windows else None,
        "on_healthy": today.on_healthy,
        "now": [{"route_id": d.route_id, "since": moment(d.since_at), "text": d.text} for d in today.now],
    }


def _runbooks(used: RunbooksUsed) -> Json:
    return {
        "outages": used.outages,
        "generic": used.by_generic,
        "generic_ratio": round(used.generic_ratio, 4) if used.outages else None,
        "unknown": used.unknown,
        "opened": used.opened,
        "worked": used.worked,
    }


def _backlog(backlog: Backlog) -> Json:
    return {
        "waiting": backlog.waiting,
        "evaluation_ms": round(backlog.evaluation_ms, 1),
        "journal": backlog.journal,
        "store": backlog.store,
        "dropped": backlog.dropped,
    }


def _lateness(late: Lateness) -> Json:
    parts = {"signal": late.signal, "evaluation": late.evaluation, "notice": late.notice, "glass": late.glass}
    return {"outages": late.outages} | {f"{name}_ms": _spread_ms(spread) for name, spread in parts.items()}


def _spread_ms(spread: Spread | None) -> Json | None:
    if spread is None:
        return None
    durations = {"p50": spread.p50, "p95": spread.p95, "max": spread.max}
    return {name: round(seconds * 1e3, 1) for name, seconds in durations.items()} | {"count": spread.count}


def _delay(delay: Delay) -> Json:
    return {
        "outage_id": delay.outage_id,
        "detected_at": moment(delay.detected_at),
        "signal_ms": round(delay.signal_s * 1e3, 1),
        "uncertain_ms": round(delay.uncertain_s * 1e3, 1),
        "evaluation_ms": round(delay.evaluation_s * 1e3, 1),
        "notice_ms": None if delay.notice_s is None else round(delay.notice_s * 1e3, 1),
        "glass_ms": None if delay.glass_s is None else round(delay.glass_s * 1e3, 1),
        "total_ms": round(delay.total_s * 1e3, 1),
    }


def _rounded(per_s: float | None) -> float | None:
    return None if per_s is None else round(per_s, 2)


def audit_entry(entry: AuditEntry) -> Json:
    return {
        "seq": entry.seq,
        "at": moment(entry.at),
        "operator": entry.operator,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "digest": entry.digest,
    }


def capture(one: CaptureSummary) -> Json:
    """One capture of one device."""
    return {
        "capture_id": one.capture_id,
        "path": one.name,
        "member": one.member or None,
        "site": one.site or None,
        "hostname": one.hostname or None,
        "vendor": one.vendor or None,
        "model": one.model or None,
        "version": one.version or None,
        "captured_at": moment(one.captured_at),
        "by_device_clock": one.is_device_time,
        "sections": one.sections,
        "rows": one.rows,
        "unparsed": one.unparsed,
        "truncated": one.is_truncated,
    }


def rule(made: Rule) -> Json:
    """As its file has it, with every default."""
    found: Json = msgspec.to_builtins(made)
    return found


def rule_status(found: RuleStatus | RuleCount) -> Json:
    """How a rule did in 30 days; what only an engine knows is null without one."""
    live = found if isinstance(found, RuleStatus) else None
    return {
        "cards": found.cards,
        "true": found.true_cards,
        "false": found.false_cards,
        "precision": found.precision,
        "matched": live.matched if live else None,
        "subjects": live.subjects if live else None,
        "cost_us": live.cost_us if live else None,
        "off": (live.off or None) if live else None,
    }


def card(found: AnomalyCard) -> Json:
    return {
        "id": found.card_id,
        "rule": found.rule,
        "title": found.title,
        "severity": found.severity.value,
        "subject": found.subject,
        "subjects": list(found.subjects),
        "more_subjects": found.more,
        "hostname": found.hostname,
        "route_id": found.route_id or None,
        "why": found.text,
        "count": found.count,
        "first_at": moment(found.first_at),
        "last_at": moment(found.last_at),
        "ended_at": moment(found.ended_at),
        "samples": list(found.samples),
        "signals": list(found.seqs),
        "captures": [{"capture": spot.capture_id, "start": spot.start, "end": spot.end} for spot in found.spots],
        "runbook": found.runbook or None,
        "own": found.is_own,
        "over": found.is_over,
        "feedback": _feedback(found.feedback) if found.feedback is not None else None,
        "snooze": snooze(found.snooze) if found.snooze is not None else None,
    }


def _feedback(said: CardFeedback) -> Json:
    return {"verdict": said.verdict.value, "operator": said.operator, "at": moment(said.at), "note": said.note or None}


def snooze(found: Snooze) -> Json:
    return {
        "rule": found.rule,
        "subject": found.subject,
        "operator": found.operator,
        "at": moment(found.at),
        "until_at": moment(found.until_at),
        "reason": found.reason or None,
        "hidden": found.hidden,
    }
