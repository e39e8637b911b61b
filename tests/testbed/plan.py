"""Pure. Who is there, and who is joined to whom.

                     .-- wire -- core1 (AS 65010, primary) --.
jump 10.0.0.2 -- acc<   10.1.1.0/30          10.2.1.0/30      >far -- host 192.168.50.10
              AS 65001 `----- core2 (AS 65020, secondary) ---'  AS 65040
                        10.1.2.0/30 |        10.2.2.0/30
                        10.3.1.0/30 rr (AS 65001), reflects to acc what host (AS 65001) offers
"""

from __future__ import annotations

from typing import NamedTuple


class End(NamedTuple):
    node: str
    interface: str
    v4: str = ""
    v6: str = ""


class Router(NamedTuple):
    hostname: str
    number: int
    """The last octet of its loopback address."""
    daemons: tuple[str, ...] = ("zebra", "staticd", "bgpd", "ospfd", "bfdd")

    @property
    def loopback(self) -> str:
        return f"10.255.0.{self.number}"


ROUTERS = {
    "acc": Router("EDGE-ACC", 1),
    "core1": Router("NORT-CORE1", 2),
    "core2": Router("SOUT-CORE2", 3),
    "far": Router("AWAY-FAR", 4),
    "rr": Router("SOUT-RR", 5, ("zebra", "bgpd", "ospfd")),
    "host": Router("AWAY-HOST", 6, ("zebra", "bgpd")),
}
WATCHED = ("acc", "core1", "core2", "far", "rr")
"""Those of the inventory: they speak syslog and SNMP."""
NODES = ("jump", "wire", *ROUTERS)
LINKS = (
    (End("jump", "eth0", "10.0.0.2/30", "2001:db8::2/64"), End("acc", "toj", "10.0.0.1/30", "2001:db8::1/64")),
    (End("acc", "toc1", "10.1.1.1/30", "2001:db8:11::1/64"), End("wire", "a")),
    (End("wire", "c"), End("core1", "toacc", "10.1.1.2/30", "2001:db8:11::2/64")),
    (
        End("acc", "toc2", "10.1.2.1/30", "2001:db8:12::1/64"),
        End("core2", "toacc", "10.1.2.2/30", "2001:db8:12::2/64"),
    ),
    (
        End("core1", "tofar", "10.2.1.1/30", "2001:db8:21::1/64"),
        End("far", "toc1", "10.2.1.2/30", "2001:db8:21::2/64"),
    ),
    (
        End("core2", "tofar", "10.2.2.1/30", "2001:db8:22::1/64"),
        End("far", "toc2", "10.2.2.2/30", "2001:db8:22::2/64"),
    ),
    (End("core2", "torr", "10.3.1.1/30"), End("rr", "toc2", "10.3.1.2/30")),
    (
        End("far", "lan", "192.168.50.1/24", "2001:db8:50::1/64"),
        End("host", "eth0", "192.168.50.10/24", "2001:db8:50::10/64"),
    ),
)
WIRE = ("a", "c")
"""The two ends of the wire between acc and core1."""
BEYOND = {"far": ("192.168.60.1/24", "172.16.1.1/24", "172.16.2.1/24"), "host": ("203.0.113.1/24",)}
"""What lies behind these two, on an interface of its own."""
DEFAULTS = {"jump": ("10.0.0.1", "2001:db8::1"), "host": ("192.168.50.1", "2001:db8:50::1"), "rr": ("10.3.1.1", "")}


def addresses(node: str) -> tuple[str, ...]:
    """Every address of a router, its loopback first."""
    found = [
        text.partition("/")[0]
        for link in LINKS
        for end in link
        if end.node == node
        for text in (end.v4, end.v6)
        if text
    ]
    return (ROUTERS[node].loopback, *found)
