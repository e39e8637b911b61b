"""Pure. What the engine itself finds worth a card: rules without a file, beside those of `config/anomalies`."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model.anomaly import AnomalyCard, Own, RuleStatus
from statetrace_engine.model.health import Severity


class OwnRule(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    severity: Severity
    runbook: str = ""


OWN = {
    rule.id: rule
    for rule in (
        OwnRule(id="ProbeTargetSilent", title="A probe target answers nobody", severity=Severity.WARNING),
        OwnRule(id="LongConflict", title="Sources contradict each other", severity=Severity.WARNING),
    )
}


def key(found: Own) -> str:
    """What it is known by as long as it is open."""
    return f"{found.rule} {found.route_id or found.subject}"


def card(found: Own, card_id: str) -> AnomalyCard:
    rule = OWN[found.rule]
    return AnomalyCard(
        card_id=card_id,
        rule=rule.id,
        title=rule.title,
        severity=rule.severity,
        subject=found.subject,
        hostname=found.hostname,
        text=found.text,
        count=1,
        first_at=found.at,
        last_at=found.at,
        runbook=rule.runbook,
        is_own=True,
        route_id=found.route_id,
    )


def status(rule: OwnRule) -> RuleStatus:
    return RuleStatus(rule=rule.id, title=rule.title, severity=rule.severity, kind="engine", runbook=rule.runbook)
