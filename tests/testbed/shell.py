"""Commands in namespaces: what is missing here to run them, and how everything of a testbed is taken down."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FRR = Path("/usr/lib/frr")
NEEDED = {
    "ip": "iproute2",
    "nft": "nftables",
    "snmpd": "snmpd",
    "rsyslogd": "rsyslog",
    "vtysh": "frr",
    "ping": "iputils-ping",
}
"""Programs, and Debian's package of each; FRR also needs its module for SNMP, of the package frr-snmp."""
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
RUNTIME = Path("/run/netns")
_END_S = 3.0
_CLONE_NEWNET = 0x40000000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
"""Of linux/sockios.h and linux/if.h."""
_IFREQ = struct.Struct("16sh22x")


def missing() -> str:
    """Why no testbed can be built here; empty when one can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are Linux's"
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    packages = [package for program, package in NEEDED.items() if shutil.which(program, path=PATH) is None]
    if not [*Path("/usr/lib").glob("*/frr/modules/bgpd_snmp.so")]:
        packages.append("frr-snmp")
    if packages:
        return f"not installed: apt-get install {' '.join(packages)}"
    probe = f"st-probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True, env=environ())
    if made.returncode == 0:
        made = subprocess.run(
            ["ip", "-n", probe, "link", "add", "joint", "type", "bridge"], capture_output=True, text=True
        )
        subprocess.run(["ip", "netns", "del", probe], capture_output=True)
    return "" if made.returncode == 0 else f"no namespaces here: {made.stderr.strip()}"


def environ() -> dict[str, str]:
    return {**os.environ, "PATH": PATH}


def run(command: Sequence[str], *, text: str | None = None, is_checked: bool = True) -> str:
    """Its standard output. Raises CalledProcessError, after its complaints were printed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=environ())
    if is_checked and done.returncode != 0:
        print(f"{' '.join(command)}: {done.stderr.strip()}", file=sys.stderr)
        done.check_returncode()
    return done.stdout


def batch(namespace: str, lines: Sequence[str]) -> None:
    """Several commands of `ip` in one process."""
    run(["ip", "-n", namespace, "-batch", "-"], text="\n".join(lines) + "\n")


def thread_in(namespace: str) -> ThreadPoolExecutor:
    """One thread whose sockets are those of a namespace."""
    return ThreadPoolExecutor(1, initializer=_enter, initargs=(str(RUNTIME / namespace),))


def _enter(namespace: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open(namespace, os.O_RDONLY)
    try:
        if libc.setns(handle, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    finally:
        os.close(handle)


def set_link(interface: str, is_up: bool) -> None:
    """Of the namespace of this thread, before it returns."""
    import fcntl  # Linux's, as all this is

    name = interface.encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        _, flags = _IFREQ.unpack(fcntl.ioctl(handle, _GET_FLAGS, _IFREQ.pack(name, 0)))
        flags = flags | _UP if is_up else flags & ~_UP
        fcntl.ioctl(handle, _SET_FLAGS, _IFREQ.pack(name, flags))


def namespaces(prefix: str) -> list[str]:
    """Those of a testbed that are there."""
    return sorted(path.name for path in RUNTIME.glob(f"{prefix}-*")) if RUNTIME.is_dir() else []


def sweep(prefix: str) -> None:
    """Ends whatever runs in the namespaces of a testbed, and takes them down. Nothing else is touched."""
    found = namespaces(prefix)
    for number in (signal.SIGTERM, signal.SIGKILL):
        _end(found, number)
    for name in found:
        run(["ip", "netns", "del", name], is_checked=False)


def _end(found: Sequence[str], number: int) -> None:
    for pid in _processes(found):
        _send(pid, number)
        _send(pid, signal.SIGCONT)  # one that is stopped hears nothing
    until = time.monotonic() + _END_S
    while any(True for _ in _processes(found)) and time.monotonic() < until:
        time.sleep(0.05)


def _processes(found: Sequence[str]) -> Iterator[int]:
    for name in found:
        yield from map(int, run(["ip", "netns", "pids", name], is_checked=False).split())


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
