"""Pure. The lines that would take a configuration back to what it was: candidates for a person to read and to copy.

hier-config (MIT) knows how each system negates and nests its lines. Nothing here is ever sent to a device.
"""

from __future__ import annotations

from collections.abc import Sequence

PLATFORMS = {
    "arista_eos": "ARISTA_EOS",
    "aruba_aoscx": "ARUBA_AOSCX",
    "brocade_fastiron": "RUCKUS_FASTIRON",
    "cisco_ios": "CISCO_IOS",
    "cisco_nxos": "CISCO_NXOS",
    "cisco_xr": "CISCO_XR",
    "hp_procurve": "HP_PROCURVE",
    "juniper_junos": "JUNIPER_JUNOS",
    "ruckus_fastiron": "RUCKUS_FASTIRON",
}
"""Vendor → hier-config's name of it; the others have no driver."""
UNKNOWN = "<redacted:"
"""A secret that was replaced cannot be put back from a capture."""


def candidates(vendor: str, before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Lines to type where the device has `after` and should have `before`; none where nothing differs.

    Raises ValueError, with the reason, where no driver knows the system or the configuration is beyond it.
    """
    if vendor not in PLATFORMS:
        raise ValueError(f"nobody knows how {vendor or 'an unknown system'} takes lines back")
    # Here and not above: it brings pydantic along, 0.3 s that only those pay who ask.
    from hier_config import Platform, WorkflowRemediation, get_hconfig
    from hier_config.exceptions import DuplicateChildError

    platform = Platform[PLATFORMS[vendor]]
    try:
        running, wanted = (get_hconfig(platform, "\n".join(_once(lines))) for lines in (after, before))
        found = WorkflowRemediation(running, wanted).remediation_config.all_children_sorted()
        return tuple(line.cisco_style_text() for line in found)
    except (DuplicateChildError, ValueError, AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"the configuration could not be taken apart: {error}") from error


def _once(lines: Sequence[str]) -> list[str]:
    """Without a line at the margin that was there already: it stands for the same thing, and the library refuses it."""
    seen: set[str] = set()
    kept, is_kept = [], True
    for line in lines:
        if line[:1].strip():
            is_kept = line not in seen
            seen.add(line)
        if is_kept:
            kept.append(line)
    return kept
