"""Builds the network of `plan.py`, waits until it has converged, and gives the faults a hand.

with Network("st", with_bfd=True) as network:
    network.until_converged()
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.testbed import agents, plan, routers, shell

CONVERGES_S = 90.0
"""A session that is dying has its hold time for it."""
_LATE_MS = 3000
"""A keepalive may be, by jitter and by a clock of whole seconds."""
_LOOK_S = 0.2
_OPEN_S = 10.0
_FORWARDS = (
    "net.ipv4.ip_forward=1",
    "net.ipv6.conf.all.forwarding=1",
    "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.default.rp_filter=0",
)
_EVERYWHERE = (
    "net.ipv6.conf.all.accept_dad=0",
    "net.ipv6.conf.default.accept_dad=0",
    "net.ipv6.conf.all.keep_addr_on_down=1",
    "net.ipv6.conf.default.keep_addr_on_down=1",
)
_SOCKETS = ("zserv.api", "agentx", "log.sock")
"""That daemons call as soon as they start: who finds nobody at zebra's asks again after 10 s."""
_ROOT = Path(__file__).parent.parent.parent


class NotConvergedError(Exception):
    """What the network has not come to in time."""


class Network:
    def __init__(self, prefix: str, *, with_bfd: bool) -> None:
        """Two with different prefixes can be there at once. An earlier one of this prefix is taken down."""
        self.prefix = prefix
        self.with_bfd = with_bfd
        self.folder = Path(tempfile.mkdtemp(prefix=f"{prefix}-testbed-"))
        self._daemons: dict[tuple[str, str], subprocess.Popen[bytes]] = {}
        self._threads: dict[str, ThreadPoolExecutor] = {}
        """One in the namespace of each node whose links were touched."""
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        shell.sweep(self.prefix)
        self.folder.chmod(0o755)
        command = [sys.executable, "-m", "tests.testbed.guard", self.prefix, str(self.folder)]
        self._guard = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=_ROOT, start_new_session=True)
        try:
            self._wire()
            for node in plan.ROUTERS:
                self.start(node)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Takes everything down: the guard does it, as it would if we had died."""
        for thread in self._threads.values():
            thread.shutdown()
        self._threads.clear()
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
        for child in self._daemons.values():
            child.wait()
        self._daemons.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What it is made of ----------------------------------------------------------------------------------------------

    def name(self, node: str) -> str:
        return f"{self.prefix}-{node}"

    def inside(self, node: str, *command: str) -> list[str]:
        return ["ip", "netns", "exec", self.name(node), *command]

    def run(self, node: str, *command: str, text: str | None = None, is_checked: bool = True) -> str:
        return shell.run(self.inside(node, *command), text=text, is_checked=is_checked)

    def spawn(self, node: str, *command: str) -> subprocess.Popen[bytes]:
        """A command that goes on in the background; the caller ends it."""
        return subprocess.Popen(self.inside(node, *command), stdout=subprocess.DEVNULL, env=shell.environ())

    def link(self, node: str, interface: str, state: str) -> None:
        """Without a process in between: what breaks a link breaks it now."""
        if node not in self._threads:
            self._threads[node] = shell.thread_in(self.name(node))
        self._threads[node].submit(shell.set_link, interface, state == "up").result()

    def _wire(self) -> None:
        for node in plan.NODES:
            shell.run(["ip", "netns", "add", self.name(node)])
        for near, far in plan.LINKS:
            peer = ["peer", "name", far.interface, "netns", self.name(far.node)]
            near_end = ["name", near.interface, "netns", self.name(near.node)]
            shell.run(["ip", "link", "add", *near_end, "type", "veth", *peer])
        for node in plan.NODES:
            self._configure(node)

    def _configure(self, node: str) -> None:
        forwards = _FORWARDS if node in plan.ROUTERS and node != "host" else ()
        self.run(node, "sysctl", "-qw", *_EVERYWHERE, *forwards)
        ends = [end for link in plan.LINKS for end in link if end.node == node]
        lines = ["link set lo up"]
        if node == "wire":
            lines += ["link add wire type bridge mcast_snooping 0 forward_delay 0", "link set wire up"]
            lines += [f"link set dev {end} master wire" for end in plan.WIRE]
        for end in ends:
            lines += [f"address add {text} dev {end.interface}" for text in (end.v4, end.v6) if text]
            lines += [f"link set dev {end.interface} up"]
        if node in plan.ROUTERS:
            lines += [f"address add {plan.ROUTERS[node].loopback}/32 dev lo"]
        if node in plan.BEYOND:
            lines += ["link add beyond type veth peer name end", "link set dev beyond up", "link set dev end up"]
            lines += [f"address add {text} dev beyond" for text in plan.BEYOND[node]]
        shell.batch(self.name(node), lines)
        self.route_by_default(node)

    def route_by_default(self, node: str) -> None:
        """Also after its interface was down: that takes its routes with it."""
        v4, v6 = plan.DEFAULTS.get(node, ("", ""))
        lines = [f"route replace default via {v4}"] if v4 else []
        shell.batch(self.name(node), [*lines, *([f"route replace ::/0 via {v6}"] if v6 else ())])

    # Daemons ----------------------------------------------------------------------------------------------------------

    def start(self, node: str, *only: str) -> None:
        """Its agents, where it is watched, and its routing daemons; or those that are named."""
        folder = self.folder / node
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        for name in () if only else _SOCKETS:
            (folder / name).unlink(missing_ok=True)  # of those that were killed: nobody answers there
        if node in plan.WATCHED and not only:
            self._start_agents(node, folder)
        for daemon in only or plan.ROUTERS[node].daemons:
            self._start_daemon(node, daemon, folder)

    def _start_agents(self, node: str, folder: Path) -> None:
        jump = plan.LINKS[0][0].v4.partition("/")[0]
        hostname = plan.ROUTERS[node].hostname
        (folder / "rsyslog.conf").write_text(agents.rsyslogd(folder, hostname, jump), encoding="utf-8")
        (folder / "snmpd.conf").write_text(agents.snmpd(folder, jump), encoding="utf-8")
        (folder / "frr.conf").write_text(agents.subagent(folder), encoding="utf-8")
        self._launch(
            node, "rsyslogd", ["rsyslogd", "-n", "-f", f"{folder}/rsyslog.conf", "-i", f"{folder}/rsyslogd.pid"]
        )
        command = ["snmpd", "-f", "-C", "-c", f"{folder}/snmpd.conf", "-Lf", f"{folder}/snmpd.log"]
        self._launch(node, "snmpd", [*command, "-p", f"{folder}/snmpd.pid"])
        _until(
            lambda: (folder / "log.sock").exists() and (folder / "agentx").exists(), f"the agents of {node}", _OPEN_S
        )
        (folder / "log.sock").chmod(0o777)

    def _start_daemon(self, node: str, daemon: str, folder: Path) -> None:
        config = folder / f"{daemon}.conf"
        config.write_text(routers.config(node, daemon, folder, with_bfd=self.with_bfd), encoding="utf-8")
        modules = [word for module in routers.MODULES.get(daemon, ()) for word in ("-M", module)]
        command = [f"{shell.FRR}/{daemon}", "-f", str(config), "-i", f"{folder}/{daemon}.pid"]
        command += ["-z", f"{folder}/zserv.api", "--vty_socket", str(folder), *modules]
        (folder / f"{daemon}.vty").unlink(missing_ok=True)
        self._launch(node, daemon, command)
        if daemon == "zebra":
            _until((folder / "zserv.api").exists, f"zebra of {node}", _OPEN_S)

    def until_joined(self, node: str, protocol: str) -> None:
        """The daemon of a protocol has been told of the interfaces. Raises NotConvergedError."""
        _until(
            lambda: protocol in self.vty(node, "show zebra client summary").split(), f"{protocol} of {node}", _OPEN_S
        )

    def _launch(self, node: str, daemon: str, command: Sequence[str]) -> None:
        folder = self.folder / node
        environ = {
            **shell.environ(),
            "SNMPCONFPATH": str(folder),
            "SNMP_PERSISTENT_DIR": str(folder / "persist"),
            "MIBS": "",
        }
        with (folder / f"{daemon}.out").open("ab") as out:
            child = subprocess.Popen(self.inside(node, *command), stdout=out, stderr=out, env=environ)
        self._daemons[node, daemon] = child

    def stop(self, node: str) -> None:
        """All its daemons, without a word."""
        for known in [key for key in self._daemons if key[0] == node]:
            child = self._daemons.pop(known)
            child.kill()
            child.wait()

    def signal(self, node: str, daemon: str, number: int) -> None:
        self._daemons[node, daemon].send_signal(number)

    def vty(self, node: str, *commands: str) -> str:
        words = [word for command in commands for word in ("-c", command)]
        return shell.run(["vtysh", "--vty_socket", str(self.folder / node), *words], is_checked=False)

    def tell(self, node: str, daemon: str, *commands: str) -> str:
        """As `vty`, but to one daemon, without a process in between: what it is told happens now."""
        answers = []
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.folder / node / f"{daemon}.vty"))
            for command in ("enable", *commands):
                line.sendall(command.encode() + b"\0")
                answers.append(_answer(line))
        return "".join(answers)

    # Converged --------------------------------------------------------------------------------------------------------

    def until_converged(self, seconds: float = CONVERGES_S) -> float:
        """The seconds it took. Raises NotConvergedError, which says what is missing."""
        began = time.monotonic()
        while problem := self.problem():
            if time.monotonic() > began + seconds:
                raise NotConvergedError(problem)
            time.sleep(_LOOK_S)
        return time.monotonic() - began

    def problem(self) -> str:
        """What is not as it should be; empty when all is."""
        return next((text for text in (check() for check in (self._routes, self._sessions, self._reach)) if text), "")

    def sessions_lost(self, node: str, since: float) -> list[str]:
        """What a router's own log, which went by no network, says of sessions that ended since."""
        return [line for line in (self.folder / node / "syslog").read_text("utf-8").splitlines() if is_end(line, since)]

    def _routes(self) -> str:
        for target, via in _WAYS:
            found = shell.run(["ip", "-n", self.name("acc"), "route", "get", target], is_checked=False)
            if via not in found.split():
                return f"{target} of acc not via {via}: {found.strip()}"
        found = shell.run(["ip", "-n", self.name("core1"), "route", "get", "10.0.0.2"], is_checked=False)
        return "" if "10.1.1.1" in found else "10.0.0.2 of core1 not via 10.1.1.1"

    def _sessions(self) -> str:
        for node, count in (("acc", 5), ("core1", 4), ("far", 4)):
            told = _json(self.vty(node, "show bgp summary json"))
            states = [peer["state"] for family in told.values() for peer in family.get("peers", {}).values()]
            if states.count("Established") < count:
                return f"BGP of {node}: {states}"
            if waiting := unheard(_json(self.vty(node, "show bgp neighbors json"))):
                return f"BGP of {node} has not heard {', '.join(waiting)}"
        for node in ("acc", "core1"):
            told = _json(self.vty(node, "show ip ospf neighbor json"))
            found = [
                one.get("nbrState", one.get("state", "")) for many in told.get("neighbors", {}).values() for one in many
            ]
            if sum(state.startswith("Full") for state in found) < 2:
                return f"OSPF of {node}: {found}"
        return self._bfd() if self.with_bfd else ""

    def _bfd(self) -> str:
        peers = json.loads(self.vty("acc", "show bfd peers json") or "[]")
        states = {peer["peer"]: peer["status"] for peer in peers}
        up = [name for name, state in states.items() if state == "up"]
        return "" if len(up) >= 4 else f"BFD of acc: {states}"

    def _reach(self) -> str:
        for target in ("192.168.50.10", "2001:db8:50::10", plan.ROUTERS["core1"].loopback):
            if not self.run("jump", "ping", "-c1", "-W1", target, is_checked=False).count(" 0% packet loss"):
                return f"{target} does not answer jump"
        return ""


_WAYS = (
    ("192.168.50.10", "10.1.1.2"),
    ("192.168.60.1", "10.1.1.2"),
    ("8.8.8.8", "10.1.1.2"),
    ("172.16.1.1", "10.1.1.2"),
    ("2001:db8:50::10", "toc1"),
    ("203.0.113.1", "10.1.1.2"),
)
"""A target, and what acc must lead it by."""


def is_end(line: str, since: float) -> bool:
    """`<30>1 2026-11-28T19:02:06.126186+00:00 ACC bgpd … %ADJCHANGE: neighbor 10.1.1.2 … Down Hold Timer Expired`."""
    at = line.split(" ", 2)[1:2]
    has_ended = ("%ADJCHANGE:" in line and " Down " in line) or "Full -> " in line
    return has_ended and datetime.fromisoformat(at[0]).timestamp() >= since


def unheard(neighbours: dict[str, Any]) -> list[str]:  # Any: JSON
    """Who has missed a keepalive, by what a router shows of its neighbours (ms): such a session may be dying."""
    return [
        name
        for name, told in neighbours.items()
        if isinstance(told, dict)
        and told.get("bgpTimerLastRead", 0) > told.get("bgpTimerKeepAliveIntervalMsecs", 0) + _LATE_MS
    ]


def _answer(line: socket.socket) -> str:
    """To one command: text, three zero octets, and whether it was understood."""
    told = b""
    while told[-4:-1] != b"\0\0\0":
        more = line.recv(65536)
        if not more:
            raise ConnectionError(told.decode(errors="replace"))
        told += more
    return told[:-4].decode(errors="replace")


def _json(text: str) -> dict[str, Any]:  # Any: JSON
    found: dict[str, Any] = json.loads(text) if text.strip() else {}
    return found


def _until(true: Callable[[], bool], what: str, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise NotConvergedError(f"{what} did not start")
        time.sleep(0.02)
