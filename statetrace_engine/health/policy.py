"""Pure. Every constant of SPEC 2 and 3, by route class where they differ."""

from __future__ import annotations

from msgspec import Struct

from statetrace_engine.model.route import RouteClass


class ClassPolicy(Struct, frozen=True, kw_only=True):
    grace_s: float
    """Delays the notice, never the outage."""
    recovery_hold_s: float
    unproven_s: float
    """How long survival may stay unproven before DOWN."""
    probe_interval_ms: int
    stale_min_s: float
    stale_max_s: float


class FlapPolicy(Struct, frozen=True, kw_only=True):
    """Damping in the manner of RFC 2439 with an operator's constants."""

    penalty: float = 1000.0
    half_life_s: float = 60.0
    suppress: float = 2500.0
    reuse: float = 1000.0
    ceiling: float = 8000.0


class ProbePolicy(Struct, frozen=True, kw_only=True):
    burst_count: int = 20
    burst_spacing_ms: int = 30
    timeout_min_ms: int = 150
    timeout_max_ms: int = 400
    timeout_rtt_factor: float = 4.0
    good_for_up: int = 2
    loss_percent: float = 5.0
    """Impaired at or above, over `loss_window_s` and at least `loss_min_probes`."""
    loss_window_s: int = 30
    loss_min_probes: int = 20
    clear_percent: float = 2.0
    clear_window_s: int = 60
    latency_factor: float = 3.0
    latency_add_ms: float = 50.0
    latency_window_s: int = 30


class WatcherPolicy(Struct, frozen=True, kw_only=True):
    isolation_share: float = 0.5
    isolation_sites: int = 2
    isolation_window_s: float = 2.0
    gap_s: float = 1.0
    """A scheduler gap longer than this voids probes in flight."""
    captured_limit_s: float = 7 * 86400.0


class ExplainPolicy(Struct, frozen=True, kw_only=True):
    reevaluate_s: float = 30.0
    change_near_s: float = 120.0
    change_far_s: float = 1800.0
    incident_window_s: float = 30.0
    site_window_s: float = 10.0
    site_share: float = 0.5
    site_devices: int = 2


class ClockPolicy(Struct, frozen=True, kw_only=True):
    trust_s: float = 2.0
    history_s: float = 60.0


class ConflictPolicy(Struct, frozen=True, kw_only=True):
    window_s: float = 10.0
    overlap_s: float = 3.0
    split_s: float = 30.0


class Policy(Struct, frozen=True, kw_only=True):
    critical: ClassPolicy = ClassPolicy(
        grace_s=1, recovery_hold_s=30, unproven_s=5, probe_interval_ms=250, stale_min_s=10, stale_max_s=30
    )
    standard: ClassPolicy = ClassPolicy(
        grace_s=3, recovery_hold_s=60, unproven_s=15, probe_interval_ms=1000, stale_min_s=30, stale_max_s=90
    )
    best_effort: ClassPolicy = ClassPolicy(
        grace_s=10, recovery_hold_s=120, unproven_s=60, probe_interval_ms=5000, stale_min_s=60, stale_max_s=300
    )
    flap: FlapPolicy = FlapPolicy()
    probe: ProbePolicy = ProbePolicy()
    watcher: WatcherPolicy = WatcherPolicy()
    explain: ExplainPolicy = ExplainPolicy()
    clock: ClockPolicy = ClockPolicy()
    conflict: ConflictPolicy = ConflictPolicy()
    baseline_s: float = 900.0
    """A best path set seen so long while HEALTHY is the primary, where the inventory names none."""
    baseline_accept_s: float = 86400.0
    graceful_restart_s: float = 120.0
    withdrawn_s: float = 0.2
    """What BMP says is withdrawn is lost when it has not been announced again by then."""
    table_s: float = 180.0
    """What a neighbour offered before its session ended is gone when it is not announced again by then."""
    undo_s: float = 10.0
    ack_expires_s: float = 86400.0

    def of(self, route_class: RouteClass) -> ClassPolicy:
        if route_class is RouteClass.CRITICAL:
            return self.critical
        return self.standard if route_class is RouteClass.STANDARD else self.best_effort
