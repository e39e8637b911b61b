"""Claim: traps are lossless at 5,000 a second, of v2c, and of v3 signed and encrypted.

    python -m benchmarks.traps [--rate 5000] [--seconds 2]

A sender in another process keeps the pace, by turns as a hundred devices; the inbox is drained as by the engine's pump.
Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import Trap
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources import address, traps
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.snmp.target import Credentials
from statetrace_engine.sources.trap_secrets import TrapUser
from statetrace_engine.wire import aes, ber, snmp, usm
from statetrace_engine.wire.ber import TimeTicks
from statetrace_engine.wire.snmp import Message, PduKind, V3Flags, V3Message, Version

DEVICES = 100
QUIET_S = 0.5
SECRETS = Credentials("", "auth-pass-of-benchmark", "priv-pass-of-benchmark")
TOLD = snmp.notifying(
    TimeTicks(4200), "1.3.6.1.6.3.1.1.5.3",
    ("1.3.6.1.2.1.2.2.1.1.7", 7), ("1.3.6.1.2.1.2.2.1.7.7", 1), ("1.3.6.1.2.1.2.2.1.8.7", 2),
    ("1.3.6.1.2.1.31.1.1.1.1.7", b"GigabitEthernet0/7"),
)  # fmt: skip
KINDS = {"v2c": ("", ""), "v3_sha_aes128": ("sha", "aes128"), "v3_sha512_aes256": ("sha512", "aes256")}


def datagrams(kind: str) -> Iterator[bytes]:
    """One of each device."""
    told = Message(version=Version.V2C, community=b"public", kind=PduKind.TRAP, request_id=1, varbinds=TOLD)
    auth, priv = KINDS[kind]
    for number in range(DEVICES):
        yield _sealed(told, auth, priv, b"\x80\0\x1f\x88\x80device%03d" % number) if auth else snmp.encode(told)


def _sealed(told: Message, auth: str, priv: str, engine_id: bytes) -> bytes:
    salt = engine_id[-8:]
    scoped = ber.sequence(ber.octets(engine_id), ber.octets(b""), snmp.encode_pdu(told))
    key = usm.localized_key(auth, usm.master_key(auth, SECRETS.auth), engine_id)
    cipher = aes.Cfb(usm.privacy_key(auth, priv, usm.master_key(auth, SECRETS.priv), engine_id))
    clear = V3Message(
        message_id=1,
        max_size=65507,
        flags=V3Flags.AUTHENTICATED | V3Flags.ENCRYPTED,
        security_model=snmp.USM,
        engine_id=engine_id,
        engine_boots=1,
        engine_time=100,
        user_name=b"oper",
        salt=salt,
        scoped=ber.octets(cipher.encrypted(aes.vector(1, 100, salt), scoped)),
    )
    return usm.signed(clear, auth, key)


def send(kind: str, port: int, rate: int, seconds: float) -> None:
    """Sends at the pace and prints how many left, and how long that took."""
    ready = list(datagrams(kind))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        total, sent, start = int(rate * seconds), 0, time.perf_counter()
        while sent < total:
            owed = min(total, int((time.perf_counter() - start) * rate))
            for number in range(sent, owed):
                sender.send(ready[number % DEVICES])
            sent = max(sent, owed)
            time.sleep(0.0005)
        print(json.dumps({"sent": sent, "seconds": time.perf_counter() - start}))


@contextmanager
def sending(kind: str, port: int, rate: int, seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    pace = ["--rate", str(rate), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "benchmarks.traps", "--send", f"{kind}:{port}", *pace]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        yield child


async def opened(kind: str, inbox: Inbox, data: Path) -> tuple[int, Callable[[], object]]:
    bound: asyncio.Future[SourceStatus] = asyncio.get_running_loop().create_future()
    auth, priv = KINDS[kind]
    user = TrapUser(profile="core", name="oper", auth_protocol=auth, priv_protocol=priv, reveal=lambda: SECRETS)
    wanted = traps.Listening(udp="127.0.0.1:0", users=(user,) if auth else (), data=data)
    source = asyncio.ensure_future(
        traps.run(wanted, inbox, lambda status: None if bound.done() else bound.set_result(status))
    )
    return address.split((await bound).detail)[1], source.cancel


async def measure(kind: str, rate: int, seconds: float, data: Path) -> dict[str, float]:
    inbox = Inbox(200_000, Clock())
    port, close = await opened(kind, inbox, data)
    with sending(kind, port, rate, seconds) as sender:
        taken, cpu_start, last = 0, time.process_time(), time.perf_counter()
        while sender.poll() is None or time.perf_counter() - last < QUIET_S:
            if signals := inbox.drain(500):
                taken += sum(isinstance(signal.payload, Trap) for signal in signals)
                last = time.perf_counter()
            await asyncio.sleep(0.001)
        cpu_s = time.process_time() - cpu_start
        said = json.loads(sender.communicate()[0])
    close()
    return {
        "sent": said["sent"],
        "sent_per_s": round(said["sent"] / said["seconds"]),
        "taken": taken,
        "cpu_us_per_trap": round(cpu_s / max(taken, 1) * 1e6, 1),
    }


async def compare(rate: int, seconds: float) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        return {kind: await measure(kind, rate, seconds, Path(folder)) for kind in KINDS}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--send", metavar="KIND:PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.send:
        kind, _, port = arguments.send.partition(":")
        send(kind, int(port), arguments.rate, arguments.seconds)
        return 0
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        found = runner.run(compare(arguments.rate, arguments.seconds))
    print(json.dumps(found, indent=2))
    return int(any(kind["taken"] < kind["sent"] for kind in found.values()))


if __name__ == "__main__":
    sys.exit(main())
