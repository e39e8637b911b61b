"""A real agent, net-snmp's, as a child of the test on a port of the loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SNMPD = shutil.which("snmpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
COMMUNITY, AUTH, PRIV = "c0mmunity-of-tests", "auth-pass-of-tests", "priv-pass-of-tests"
USERS = {
    ("sha", "aes128"): "SHA {auth} AES {priv}",
    ("sha256", "aes256"): "SHA-256 {auth} AES256 {priv}",
    ("sha512", "aes192"): "SHA-512 {auth} AES192 {priv}",
    ("sha", "aes256"): "SHA {auth} AES256 {priv}",
    ("sha", "aes256-cisco"): "SHA {auth} AES256C {priv}",
}
_PATIENCE_S = 10.0


def user(auth_protocol: str, priv_protocol: str) -> str:
    return f"{auth_protocol}-{priv_protocol}"


@contextmanager
def running(folder: Path, host: str = "127.0.0.1") -> Iterator[int]:
    """The port it listens on; it knows the community, and a user for each pair of protocols."""
    assert SNMPD, "see is_there"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    lines = (
        [f"agentaddress udp6:[{host}]:{port}", f"rocommunity6 {COMMUNITY} {host}"]
        if ":" in host
        else [f"agentaddress udp:{host}:{port}", f"rocommunity {COMMUNITY} {host}"]
    )
    for protocols, keys in USERS.items():
        lines += [
            f"createUser {user(*protocols)} {keys.format(auth=AUTH, priv=PRIV)}",
            f"rouser {user(*protocols)} priv",
        ]
    (folder / "snmpd.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = (folder / "log").open("wb")
    command = [SNMPD, "-f", "-Lo", "-C", "-c", str(folder / "snmpd.conf"), "-I", "-smux", "-p", str(folder / "pid")]
    environ = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""}
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environ) as child:
        try:
            _wait_for(folder / "log", child)
            yield port
        finally:
            child.terminate()


def _wait_for(log: Path, child: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while b"NET-SNMP version" not in log.read_bytes():
        assert child.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < until, log.read_text(errors="replace")
        time.sleep(0.01)
