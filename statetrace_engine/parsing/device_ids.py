"""Pure. The Device ID that CDP tells → a hostname, whichever system prints it."""

from __future__ import annotations


def hostname(device_id: str) -> str:
    """`leaf-2(FDO00000001)` → `leaf-2`: a Nexus adds its serial number."""
    bare, parenthesis, _ = device_id.partition("(")
    return bare if parenthesis and bare else device_id
