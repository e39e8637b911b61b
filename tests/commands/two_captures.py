"""A home with two captures of one router, before and after somebody was at work on it."""

from __future__ import annotations

import os
from pathlib import Path

HOST = "WLLS-A01-AR-01"
NOON = 1_795_867_200.0
"""2026-11-28T12:00:00Z."""
_CONFIG = """[syslog]
udp = "127.0.0.1:0"
tcp = "127.0.0.1:0"
[traps]
udp = "127.0.0.1:0"
[bmp]
tcp = "127.0.0.1:0"
"""
_INVENTORY = f"""[site.WLLS]
owner = "Network Core"
contact = "netcore@example.net"

[[device]]
hostname = "{HOST}"
addresses = ["127.0.0.9"]

[[device.route]]
prefix = "0.0.0.0/0"
primary = {{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "bgp" }}
"""
_RUNNING = (
    f"hostname {HOST}",
    "interface GigabitEthernet0/1",
    " description WAN to core 1",
    " ip address 10.1.1.1 255.255.255.252",
    ("", " shutdown"),
    "!",
    "interface GigabitEthernet0/3",
    " description floor 2",
    (" mtu 1500", " mtu 9000"),
    (" switchport trunk allowed vlan 10,20-24", " switchport trunk allowed vlan 10,20-24,30"),
    "!",
    "router bgp 65010",
    " neighbor 10.1.1.2 remote-as 65001",
    " address-family ipv4",
    ("  neighbor 10.1.2.2 route-map RM-BACKUP in", "  neighbor 10.1.2.2 route-map RM-DENY in"),
    ("  neighbor 10.1.2.2 maximum-prefix 50 80", ""),
    " exit-address-family",
    "!",
    ("route-map RM-BACKUP permit 10", "route-map RM-DENY deny 10"),
    (" match ip address prefix-list PL-DEFAULT", ""),
    (" set local-preference 50", ""),
    "!",
    "ntp server 10.0.0.9",
    "end",
)


def home(folder: Path) -> Path:
    """A home with configuration and inventory, that listens wherever there is room."""
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "statetrace.toml").write_text(_CONFIG, encoding="utf-8")
    (folder / "config" / "inventory.toml").write_text(_INVENTORY, encoding="utf-8")
    return folder


def logs(folder: Path) -> list[Path]:
    """Two session logs, an hour apart by their files' times."""
    folder.mkdir(parents=True)
    paths = []
    for is_after in (False, True):
        path = folder / f"{HOST}-{'after' if is_after else 'before'}.log"
        path.write_text(text(is_after=is_after), encoding="utf-8")
        at = NOON + 3600 * is_after
        os.utime(path, (at, at))
        paths.append(path)
    return paths


def text(*, is_after: bool) -> str:
    """What a person types and the router prints."""
    running = (line if isinstance(line, str) else line[is_after] for line in _RUNNING)
    shown = {
        "show running-config": "\n".join(["Building configuration...", "", *filter(None, running)]),
        "show ip route": "\n".join(_routes(is_after)),
        "show ip interface brief": "\n".join(_interfaces(is_after)),
        "show ip bgp summary": "\n".join(_peers(is_after)),
    }
    if not is_after:
        shown["show cdp neighbors"] = "\n".join(_neighbors())
    return "".join(f"{HOST}#{command}\n{output}\n" for command, output in shown.items()) + f"{HOST}#exit\n"


def _routes(is_after: bool) -> list[str]:
    hop = "10.1.2.2" if is_after else "10.1.1.2"
    out = ["Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP", ""]
    out += [f"Gateway of last resort is {hop} to network 0.0.0.0", "", f"B*    0.0.0.0/0 [20/0] via {hop}, 2d04h"]
    for n in range(24):
        if is_after and n % 8 == 5:
            continue
        moved = is_after and n % 4 == 0
        via = "10.1.2.2, 00:04:12, GigabitEthernet0/2" if moved else "10.1.1.2, 6d01h, GigabitEthernet0/1"
        out.append(f"O     10.20.{n}.0/24 [110/20] via {via}")
    return [*out, *(["O     10.99.1.0/24 [110/21] via 10.1.2.2, 00:04:12, GigabitEthernet0/2"] if is_after else [])]


def _interfaces(is_after: bool) -> list[str]:
    state = "administratively down down" if is_after else "up                    up"
    return [
        "Interface                  IP-Address      OK? Method Status                Protocol",
        f"GigabitEthernet0/1         10.1.1.1        YES NVRAM  {state}",
        "GigabitEthernet0/2         10.1.2.1        YES NVRAM  up                    up",
    ]


def _peers(is_after: bool) -> list[str]:
    state = "never    Idle (Admin)" if is_after else "1d00h        412"
    return [
        "BGP router identifier 10.255.0.1, local AS number 65010",
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
        f"10.1.1.2        4        65001    1200    1100        5    0    0 {state}",
        "10.1.2.2        4        65002    1200    1100        5    0    0 1d00h          1",
    ]


def _neighbors() -> list[str]:
    return [
        "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge",
        "",
        "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID",
        "WLLS-B01-CR-01   Gig 0/1           155          R S I     ISR4331/K Gig 0/0/1",
    ]
