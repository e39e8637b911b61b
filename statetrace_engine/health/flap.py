"""Pure. Flap damping in the manner of RFC 2439 section 4, with an operator's constants (SPEC 2)."""

from __future__ import annotations

from math import log2

from statetrace_engine.health.policy import FlapPolicy


def decayed(penalty: float, elapsed_s: float, policy: FlapPolicy) -> float:
    """The penalty after `elapsed_s` without a loss."""
    return penalty * float(2.0 ** (-max(elapsed_s, 0.0) / policy.half_life_s))


def after_loss(penalty: float, elapsed_s: float, policy: FlapPolicy) -> float:
    """The penalty right after one more loss of the primary path."""
    return min(decayed(penalty, elapsed_s, policy) + policy.penalty, policy.ceiling)


def release_in_s(penalty: float, policy: FlapPolicy) -> float:
    """Seconds until a suppressed route is released: at most 180 with the default constants."""
    return policy.half_life_s * log2(penalty / policy.reuse) if penalty > policy.reuse else 0.0
