"""The faults: how each is made and mended, which routes it touches, and what its cause is. SIGNALS calls it the truth.

`linkdown` and `farlink` are shut down at the other end, and the cable carries nothing then, as a real one. Only
`wirecut` is a cable that breaks: neither end was told to be down.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from tests.testbed import home
from tests.testbed.engine import Watching
from tests.testbed.network import Network

EVENT_S, SILENT_S, IMPAIRED_S = 0.3, 1.3, 5.0
"""From injection to open outage, p95."""


class Stage(NamedTuple):
    network: Network
    engine: Watching
    seconds: float
    """How long a fault is watched once its outage is open."""


Deed = Callable[[Stage], None]


class Fault(NamedTuple):
    name: str
    make: Deed
    mend: Deed
    key: str = "lan"
    """The route whose outage is measured; empty: there must be none."""
    radius: frozenset[str] = frozenset()
    """Routes that must have an outage, and no other may; empty where flaps make some of them come and go."""
    may: frozenset[str] = frozenset()
    """Those of which nothing that arrives here tells in time, or not in every run."""
    causes: tuple[str, ...] = ()
    """`cause` or `cause detail`, any of which is right."""
    without_bfd: tuple[str, ...] = ()
    """The same where BFD does not run; else as with it."""
    target_s: float | None = None
    opens_s: float = 8.0
    """Later it counts as missed."""
    is_flapping: bool | None = None
    """Whether the overlay must be there in the end; None: it is not asked for."""
    is_loss: bool = False
    """Never worse than impaired; only where BFD does not drop the session."""


def _link(*ends: tuple[str, str]) -> Callable[[str], Deed]:
    def to(state: str) -> Deed:
        def deed(stage: Stage) -> None:
            for node, end in ends:
                stage.network.link(node, end, state)

        return deed

    return to


# What lets nothing through is at one end of a wire; the wire's own end follows, as a cable's other end would.
_SHUT_BY_CORE1 = _link(("core1", "toacc"), ("wire", "a"))
_SHUT_BY_ACC = _link(("acc", "toc1"), ("wire", "c"))
_CUT = _link(("wire", "a"), ("wire", "c"))
_FAR = _link(("far", "toc1"))
_TOTAL = _link(("wire", "a"), ("wire", "c"), ("core2", "toacc"))
_JUMP = _link(("jump", "eth0"))


_SPARED = "ether type arp accept; icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept;"


def _drop(*ends: tuple[str, str], percent: int = 100) -> Deed:
    """What arrives at these ends is lost: ARP, OSPF and BFD too. Of a part of it the questions for a neighbour's
    address are spared: where six of them in a row are lost, nothing gets through for seconds, which is another fault.
    """
    some = f"{_SPARED} numgen random mod 100 < {percent} drop" if percent < 100 else "drop"

    def make(stage: Stage) -> None:
        for node, interface in ends:
            hook = f"type filter hook ingress device {interface} priority 0;"
            table = f"table netdev fault {{ chain lost {{ {hook} {some}; }}; }}\n"
            stage.network.run(node, "nft", "-f", "-", text=table)

    return make


def _undrop(stage: Stage) -> None:
    """Sessions that outlived it begin anew: TCP tries again so late that they could die of it in the next run."""
    for node in ("acc", "core1"):
        stage.network.run(node, "nft", "delete", "table", "netdev", "fault", is_checked=False)
    stage.network.vty("acc", "clear bgp *")


_ACC, _CORE1 = ("acc", "toc1"), ("core1", "toacc")


def _flap(times: int, down_s: float, up_s: float) -> Deed:
    """Up for long enough that BGP, which needs some 2 s, comes back: what has not come back is not lost again."""

    def make(stage: Stage) -> None:
        for _ in range(times):
            _SHUT_BY_CORE1("down")(stage)
            time.sleep(down_s)
            _SHUT_BY_CORE1("up")(stage)
            time.sleep(up_s)

    return make


def _tell(node: str, *commands: str) -> Deed:
    """Its bgpd."""

    def deed(stage: Stage) -> None:
        stage.network.tell(node, "bgpd", *commands)

    return deed


def _signal(node: str, daemon: str, name: str) -> Deed:
    """By its name, which not every system knows."""
    return lambda stage: stage.network.signal(node, daemon, signal.Signals[name])


def _reload(stage: Stage) -> None:
    """core1 is switched off: its links are dark, and nothing of it says so."""
    stage.network.stop("core1")
    _link(_CORE1, ("core1", "tofar"), ("wire", "a"))("down")(stage)


def _boot(stage: Stage) -> None:
    """Its links come last: bgpd may be called before it knows its interfaces, and then offers nothing over IPv6."""
    stage.network.start("core1")
    stage.network.until_joined("core1", "bgp")
    _link(_CORE1, ("core1", "tofar"), ("wire", "a"))("up")(stage)


def _cut_jump(stage: Stage) -> None:
    """Our own cable, for a while."""
    _JUMP("down")(stage)
    time.sleep(min(stage.seconds, 5.0))
    _JUMP("up")(stage)
    stage.network.route_by_default("jump")
    time.sleep(min(stage.seconds, 5.0))


def _stun(stage: Stage) -> None:
    stage.engine.stun(2.0)
    time.sleep(min(stage.seconds, 8.0))


_NOISE = 'logger -n 10.0.0.2 -P 5514 -d -t {tag} --rfc5424 --id=1 "{text}"'
_CHATTER = (
    ("sshd", "Failed password for invalid user admin from 203.0.113.9 port 4022 ssh2"),
    ("bgpd", "%NOTIFICATION: received from neighbor 198.51.100.7 6/0 (Cease) 0 bytes"),
    ("bgpd", "%ADJCHANGE: neighbor 198.51.100.7(unknown) in vrf default Down BGP Notification received"),
    ("ospfd", "AdjChg: Nbr 198.51.100.9, NbrIP 198.51.100.9 (default) on eth9:198.51.100.1: Full -> Deleted (KillNbr)"),
    ("zebra", "[EC 4043309122] Extended Error: Nexthop id does not exist"),
)


def _noise(stage: Stage) -> None:
    """1 % of loss each way, words about what nobody watches, and prefixes nobody watches that come and go."""
    network = stage.network
    _drop(_ACC, _CORE1, percent=1)(stage)
    until = time.monotonic() + min(stage.seconds, 30.0)
    while time.monotonic() < until:
        for tag, text in _CHATTER:
            network.run("acc", "sh", "-c", _NOISE.format(tag=tag, text=text), is_checked=False)
        for word in ("", "no "):
            network.tell("far", "bgpd", *_BGP_OF_FAR, f"{word}network 192.168.70.0/24")
            network.link("far", "end", "up" if word else "down")
            time.sleep(0.3)


def _nothing(stage: Stage) -> None:
    """It mends itself."""


def _up(*deeds: Deed) -> Deed:
    def mend(stage: Stage) -> None:
        for deed in deeds:
            deed(stage)

    return mend


_V4 = frozenset(("lan", "upstream", "default"))
_BGP = _V4 | {"v6"}
_LINK = _BGP | {"static", "ecmp", "return"}
_SILENT = _BGP | {"static", "ecmp"}
_RETURN = frozenset(("return",))
_ONE_WAY = _RETURN | {"static", "ecmp"}
"""Where BFD has turned the way back round, the static's way there works on, although core1 calls its sessions lost."""
_REMOTE = ("admin-shutdown remote",)
_HOP, _HOLE = ("next-hop-unreachable",), ("silent-blackhole",)
_BGP_OF_FAR = ("configure terminal", "router bgp 65040", "address-family ipv4 unicast")
_PREFIX = f"network {home.ROUTES['upstream'].prefix}"

FAULTS = {
    fault.name: fault
    for fault in (
        Fault(
            "linkdown", _SHUT_BY_CORE1("down"), _SHUT_BY_CORE1("up"), "lan", _LINK, frozenset(), _REMOTE,
            target_s=EVENT_S,
        ),
        Fault(
            "admindown", _SHUT_BY_ACC("down"), _SHUT_BY_ACC("up"), "lan", _LINK, frozenset(), ("admin-shutdown local",),
            target_s=EVENT_S,
        ),
        Fault("wirecut", _CUT("down"), _CUT("up"), "lan", _LINK, frozenset(), ("link-failure",), target_s=EVENT_S),
        Fault(
            "farlink", _FAR("down"), _FAR("up"), "lan", _BGP, frozenset(), ("upstream-failure",), target_s=EVENT_S
        ),
        Fault(
            "withdraw", _tell("far", *_BGP_OF_FAR, f"no {_PREFIX}"), _tell("far", *_BGP_OF_FAR, _PREFIX), "upstream",
            frozenset(("upstream",)), frozenset(), ("upstream-failure",), target_s=EVENT_S,
        ),
        Fault(
            "bgpclear", _tell("core1", "clear bgp ipv4 unicast 10.1.1.1"), _nothing, "lan", _V4 | _RETURN, frozenset(),
            ("neighbour-loss",), target_s=EVENT_S,
        ),
        Fault("blackhole", _drop(_CORE1, _ACC), _undrop, "lan", _SILENT, _RETURN, _HOP, _HOLE, SILENT_S),
        Fault("uni-in", _drop(_ACC), _undrop, "lan", _BGP, _ONE_WAY, _HOP, _HOLE, SILENT_S),
        Fault("uni-out", _drop(_CORE1), _undrop, "lan", _SILENT, _RETURN, _HOP, _HOLE, SILENT_S),
        Fault(
            "loss", _drop(_ACC, _CORE1, percent=30), _undrop, "lan", _SILENT, _RETURN, ("congestion-or-loss",),
            target_s=IMPAIRED_S, opens_s=20.0, is_loss=True,
        ),
        Fault(
            "deadpeer", _signal("core1", "bgpd", "SIGSTOP"), _signal("core1", "bgpd", "SIGCONT"), "lan", _BGP,
            _RETURN, ("neighbour-loss",), opens_s=200.0,
        ),
        Fault("reload", _reload, _boot, "lan", _LINK, frozenset(), ("device-unreachable",), opens_s=8.0),
        Fault(
            "total", _TOTAL("down"), _TOTAL("up"), "lan", _BGP | {"static", "ecmp"}, frozenset(("return", "reflected")),
            ("link-failure",), target_s=EVENT_S,
        ),
        Fault("flap-4x1", _flap(4, 1.0, 4.0), _nothing, "lan", causes=(*_REMOTE, "link-failure"), is_flapping=True),
        Fault("flap-4x3", _flap(4, 3.0, 15.0), _nothing, "lan", causes=(*_REMOTE, "link-failure"), is_flapping=True),
        Fault("flap-6x5", _flap(6, 5.0, 45.0), _nothing, "default", causes=(*_REMOTE, "link-failure")),
        Fault("jumpcut", _cut_jump, _nothing, ""),
        Fault("stun", _stun, _nothing, ""),
        Fault("noise", _noise, _up(_undrop, lambda stage: stage.network.link("far", "end", "up")), ""),
    )
}  # fmt: skip
LONG = ("deadpeer", "flap-4x3", "flap-6x5")
"""Those that take minutes: left out of a short run."""
