"""Pure. What the engine is told: the shipped defaults, and what this network alone can say."""

from __future__ import annotations

from typing import NamedTuple

from tests.testbed import agents
from tests.testbed.plan import ROUTERS, WATCHED, addresses

SETTINGS = f"""[snmp.core]
version = "3"
user = "{agents.USER}"
auth = "env:ST_AUTH"
priv = "env:ST_PRIV"
"""
SECRETS = {"ST_AUTH": agents.AUTH, "ST_PRIV": agents.PRIV}


class Path(NamedTuple):
    next_hop: str
    interface: str = ""
    protocol: str = "bgp"
    learned_from: str = ""

    def text(self) -> str:
        named = {"next_hop": self.next_hop, "interface": self.interface, "protocol": self.protocol}
        words = [f'{key} = "{value}"' for key, value in named.items() if value]
        words += [f'learned_from = ["{self.learned_from}"]'] if self.learned_from else []
        return f"{{ {', '.join(words)} }}"


class Route(NamedTuple):
    node: str
    prefix: str
    route_class: str
    primary: tuple[Path, ...]
    secondary: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        return f"{ROUTERS[self.node].hostname} {self.prefix}"


_C1, _C2 = Path("10.1.1.2", "toc1"), Path("10.1.2.2", "toc2")
_STATIC1, _STATIC2 = Path("10.1.1.2", "toc1", "static"), Path("10.1.2.2", "toc2", "static")
ROUTES = {
    "lan": Route("acc", "192.168.50.0/24", "critical", (_C1,), (_C2,)),
    "upstream": Route("acc", "192.168.60.0/24", "critical", (_C1,), (_C2,)),
    "default": Route("acc", "0.0.0.0/0", "standard", (_C1,), (_C2,)),
    "static": Route("acc", "172.16.1.0/24", "standard", (_STATIC1,), (_STATIC2,)),
    "ecmp": Route("acc", "172.16.2.0/24", "standard", (_STATIC1, _STATIC2)),
    "v6": Route(
        "acc",
        "2001:db8:50::/64",
        "critical",
        (Path("2001:db8:11::2", "toc1"),),
        (Path("2001:db8:12::2", "toc2"),),
    ),
    "reflected": Route("acc", "203.0.113.0/24", "standard", (Path("192.168.50.10", learned_from="10.255.0.5"),)),
    "return": Route("core1", "10.0.0.0/30", "standard", (Path("10.1.1.1", "toacc"),)),
}
_PROBES = {
    "acc": (
        ("next-hop", "10.1.1.2", ""),
        ("next-hop", "10.1.2.2", ""),
        ("next-hop", "2001:db8:11::2", ""),
        ("destination", "192.168.50.10", "192.168.50.0/24"),
        ("destination", "2001:db8:50::10", "2001:db8:50::/64"),
    ),
}


def inventory() -> str:
    return "".join(_device(node) for node in WATCHED)


def _device(node: str) -> str:
    own = ", ".join(f'"{address}"' for address in addresses(node))
    lines = [
        "[[device]]",
        f'hostname = "{ROUTERS[node].hostname}"',
        'vendor = "frr"',
        f"addresses = [{own}]",
        'snmp = "core"',
    ]
    for route in ROUTES.values():
        if route.node == node:
            lines += [
                "[[device.route]]",
                f'prefix = "{route.prefix}"',
                f'class = "{route.route_class}"',
                'owner = "Testbed"',
            ]
            lines += [f"primary = [{', '.join(path.text() for path in route.primary)}]"]
            if route.secondary:
                lines += [f"secondary = [{', '.join(path.text() for path in route.secondary)}]"]
    control = tuple(("control", address, "") for address in addresses(node))
    for tests, target, prefix in (*control, *_PROBES.get(node, ())):
        lines += ["[[device.probe]]", 'kind = "icmp"', f'tests = "{tests}"', f'target = "{target}"']
        lines += [f'prefix = "{prefix}"'] if prefix else []
        lines += ["interval_ms = 250"] if tests == "control" else []
    return "\n".join(lines) + "\n"
