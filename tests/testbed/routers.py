"""Pure. What each FRR daemon of each router is told: `config("acc", "bgpd", folder, with_bfd=True)`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.testbed.plan import ROUTERS

_LOG = """log extended remote
 destination unix {folder}/log.sock format rfc5424
 priority informational
exit
"""
_DUMB = ("staticd",)
"""Of FRR 8.4: it aborts where it should open the log's socket."""
MODULES = {"zebra": ("snmp",), "bgpd": ("snmp", "bmp"), "ospfd": ("snmp",)}


class Peer(NamedTuple):
    address: str
    remote_as: int
    came_by: str = ""
    """Route map for what comes, and for what goes."""
    goes_by: str = ""
    source: str = ""
    is_client: bool = False
    """What it offers is reflected."""


class Bgp(NamedTuple):
    own_as: int
    peers: tuple[Peer, ...]
    networks: tuple[str, ...] = ()
    more: str = ""


BEST, WORSE = "BEST", "WORSE"
_MAPS = f"""route-map {BEST} permit 10
 set local-preference 200
exit
route-map {WORSE} permit 10
 set as-path prepend 65020 65020
exit
"""
_BMP = """ bmp targets jump
  bmp stats interval 5000
  bmp monitor ipv4 unicast pre-policy
  bmp monitor ipv4 unicast post-policy
  bmp monitor ipv6 unicast pre-policy
  bmp monitor ipv6 unicast post-policy
  bmp connect 10.0.0.2 port 5000 min-retry 200 max-retry 1000
 exit
"""
_SPEAKERS = {
    "acc": Bgp(
        65001,
        (
            Peer("10.1.1.2", 65010, BEST),
            Peer("10.1.2.2", 65020),
            Peer("2001:db8:11::2", 65010, BEST),
            Peer("2001:db8:12::2", 65020),
            Peer("10.255.0.5", 65001, source="10.255.0.1"),
        ),
        ("10.0.0.0/30", "2001:db8::/64"),
        _BMP,
    ),
    "core1": Bgp(
        65010,
        (
            Peer("10.1.1.1", 65001),
            Peer("10.2.1.2", 65040),
            Peer("2001:db8:11::1", 65001),
            Peer("2001:db8:21::2", 65040),
        ),
    ),
    "core2": Bgp(
        65020,
        (
            Peer("10.1.2.1", 65001, goes_by=WORSE),
            Peer("10.2.2.2", 65040, goes_by=WORSE),
            Peer("2001:db8:12::1", 65001, goes_by=WORSE),
            Peer("2001:db8:22::2", 65040, goes_by=WORSE),
        ),
    ),
    "far": Bgp(
        65040,
        (
            Peer("10.2.1.1", 65010, BEST),
            Peer("10.2.2.1", 65020),
            Peer("2001:db8:21::1", 65010, BEST),
            Peer("2001:db8:22::1", 65020),
        ),
        ("192.168.50.0/24", "192.168.60.0/24", "0.0.0.0/0", "2001:db8:50::/64"),
    ),
    "rr": Bgp(
        65001,
        (
            Peer("10.255.0.1", 65001, source="10.255.0.5", is_client=True),
            Peer("192.168.50.10", 65001, source="10.255.0.5", is_client=True),
        ),
    ),
    "host": Bgp(65001, (Peer("10.255.0.5", 65001),), ("203.0.113.0/24",)),
}
_AREA = {
    "acc": {"toc1": 10, "toc2": 100, "toj": 1},
    "core1": {"toacc": 10, "tofar": 10},
    "core2": {"toacc": 100, "tofar": 100, "torr": 10},
    "far": {"toc1": 10, "toc2": 100},
    "rr": {"toc2": 10},
}
"""Interfaces in OSPF, and what each costs."""
_STUBS = ("toj",)
_FAST = ("toacc", "toc1", "toc2", "tofar")
"""Where BFD runs, if it does."""
_SOON = (" timers throttle lsa all 200", " timers lsa min-arrival 100")
"""Areas that are mended say so at once, and not after the default 5 s."""
_STATIC = {
    "acc": "ip route 172.16.1.0/24 10.1.1.2\nip route 172.16.1.0/24 10.1.2.2 200\n"
    "ip route 172.16.2.0/24 10.1.1.2\nip route 172.16.2.0/24 10.1.2.2\n",
    "core1": "ip route 172.16.0.0/16 10.2.1.2\n",
    "core2": "ip route 172.16.0.0/16 10.2.2.2\n",
}


_ZEBRA = dict.fromkeys(("rr", "host"), "ip nht resolve-via-default\n")
"""They have little more than a default route, and their sessions go over it."""


def config(node: str, daemon: str, folder: Path, *, with_bfd: bool) -> str:
    """Everything that the daemon reads when it starts."""
    hostname = f"hostname {ROUTERS[node].hostname}\n"
    log = "" if daemon in _DUMB else _LOG.format(folder=folder)
    agentx = "agentx\n" if "snmp" in MODULES.get(daemon, ()) else ""
    return hostname + log + agentx + _DAEMONS[daemon](node, with_bfd)


def _bgpd(node: str, with_bfd: bool) -> str:
    speaker = _SPEAKERS[node]
    lines = [
        f"router bgp {speaker.own_as}",
        f" bgp router-id {ROUTERS[node].loopback}",
        " bgp log-neighbor-changes",
        " no bgp ebgp-requires-policy",
        " no bgp network import-check",
    ]
    for peer in speaker.peers:
        lines += [f" neighbor {peer.address} {line}" for line in _session(peer, speaker.own_as, with_bfd)]
    for family in ("ipv4", "ipv6"):
        lines += [f" address-family {family} unicast", *_family(speaker, family), " exit-address-family"]
    return _MAPS + "\n".join(lines) + f"\n{speaker.more}exit\n"


def _session(peer: Peer, own_as: int, with_bfd: bool) -> list[str]:
    lines = [
        f"remote-as {peer.remote_as}",
        "timers connect 2",
        *([f"update-source {peer.source}"] if peer.source else ()),
    ]
    return [*lines, "bfd"] if with_bfd and peer.remote_as != own_as else lines


def _family(speaker: Bgp, family: str) -> list[str]:
    lines = [f"  network {prefix}" for prefix in speaker.networks if (":" in prefix) == (family == "ipv6")]
    for peer in speaker.peers:
        if (":" in peer.address) != (family == "ipv6"):
            lines += [f"  no neighbor {peer.address} activate"] if family == "ipv4" else []
            continue
        said = [
            "activate",
            *([f"route-map {peer.came_by} in"] if peer.came_by else ()),
            *([f"route-map {peer.goes_by} out"] if peer.goes_by else ()),
            *(["route-reflector-client"] if peer.is_client else ()),
        ]
        lines += [f"  neighbor {peer.address} {words}" for words in said]
    return lines


def _ospfd(node: str, with_bfd: bool) -> str:
    """Hellos every second, for neighbours to be found soon; the dead interval stays what it is by default."""
    lines = ["interface lo", " ip ospf area 0", "exit"]
    for interface, cost in _AREA[node].items():
        lines += [f"interface {interface}", " ip ospf area 0", f" ip ospf cost {cost}"]
        if interface in _STUBS:
            lines += [" ip ospf passive"]
        else:
            lines += [" ip ospf network point-to-point", " ip ospf hello-interval 1", " ip ospf dead-interval 40"]
            lines += [" ip ospf retransmit-interval 1"]
        if with_bfd and interface in _FAST:
            lines += [" ip ospf bfd"]
        lines += ["exit"]
    return "\n".join([*lines, "router ospf", f" ospf router-id {ROUTERS[node].loopback}",
                      " log-adjacency-changes detail", *_SOON, "exit", ""])  # fmt: skip


_DAEMONS: dict[str, Callable[[str, bool], str]] = {
    "zebra": lambda node, with_bfd: _ZEBRA.get(node, ""),
    "staticd": lambda node, with_bfd: _STATIC.get(node, ""),
    "bgpd": _bgpd,
    "ospfd": _ospfd,
    "bfdd": lambda node, with_bfd: "",
}
