"""What `--vendor` may be: whose output StateTrace reads itself, or one of ntc-templates'."""

from __future__ import annotations

from statetrace_engine.errors import ConfigError
from statetrace_engine.parsing import shows


def check(vendor: str | None) -> None:
    """Raises ConfigError, with the nearest one, when nobody knows it: all captures would be stored without a row."""
    if not vendor or vendor in shows.SHOWS:
        return
    from statetrace_engine.config.problems import nearest  # only where something is odd
    from statetrace_engine.workers import templates

    known = {*shows.SHOWS, *templates.vendors()}
    if vendor not in known:
        raise ConfigError((f"--vendor {vendor}: no such vendor{nearest(vendor, sorted(known))}",))
