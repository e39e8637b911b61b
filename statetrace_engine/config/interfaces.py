"""Is this an interface's name, as some vendor writes it?"""

from __future__ import annotations

import re
from functools import lru_cache

from statetrace_engine.config.problems import nearest
from statetrace_engine.model import names

_KINDS = (
    "GigabitEthernet", "TenGigabitEthernet", "TenGigE", "TwentyFiveGigE", "TwentyFiveGigabitEthernet", "FortyGigE",
    "FortyGigabitEthernet", "FiftyGigE", "HundredGigE", "HundredGigabitEthernet", "TwoHundredGigE", "FourHundredGigE",
    "TwoGigabitEthernet", "FiveGigabitEthernet", "FastEthernet", "Ethernet", "Port-channel", "Bundle-Ether", "Vlan",
    "Loopback", "Tunnel", "tunnel-ip", "tunnel-te", "Serial", "POS", "ATM", "Cellular", "Dialer", "Multilink",
    "MgmtEth", "Management", "mgmt", "BVI", "BDI", "Virtual-Template", "Virtual-Access", "Virtual-TokenRing", "Null",
    "Vxlan", "nve", "Embedded-Service-Engine", "AppGigabitEthernet", "Wlan-GigabitEthernet", "ve", "lag",
)  # fmt: skip
_BY_LOWER = {kind.lower(): kind for kind in _KINDS}
_KIND_AND_NUMBER = re.compile(r"([A-Za-z][A-Za-z-]*?)(\d+(?:[/.:]\w+)*)")
_JUNOS = re.compile(r"(?:[a-z]{2,3}-\d+/\d+/\d+(?::\d+)?|[a-z]{2,4}\d{1,4})(?:\.\d+)?")
_LINUX = re.compile(r"[a-z][a-z0-9_.@-]{0,14}")
_NUMBERED = re.compile(r"\d+(?:/\d+){1,3}")
"""FastIron and AOS-CX name ports by number alone."""
_PROCURVE = "hp_procurve"


@lru_cache(maxsize=65536)
def problem(text: str, vendor: str = "") -> str:
    """Why it is none of this vendor's, with the nearest kind of interface; empty when it is one. A device that names no
    vendor may be any."""
    name = names.interface(text, vendor)
    if names.is_discard(name) or any(form.fullmatch(name) for form in (_JUNOS, _LINUX, _NUMBERED)):
        return ""
    parts = _KIND_AND_NUMBER.fullmatch(name)
    if parts and parts[1].lower() in _BY_LOWER:
        return ""
    if names.is_procurve_port(text):
        return "" if vendor in ("", _PROCURVE) else f"{text!r} is a port of {_PROCURVE}, and this device is a {vendor}"
    what = f"{text!r} is no interface name that a vendor writes"
    return what + (_with_number(nearest(parts[1], _KINDS), parts[2]) if parts else "")


def _with_number(offer: str, number: str) -> str:
    return offer.replace("'?", f"{number}'?")
