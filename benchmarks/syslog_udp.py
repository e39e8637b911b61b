"""Claim: syslog over UDP is lossless at 50,000 datagrams a second for 2 s, where asyncio's DatagramProtocol is not.

    python -m benchmarks.syslog_udp [--rate 50000] [--seconds 2]

A sender in another process keeps the pace; each receiver also drains its inbox, as the engine's pump does.
Prints one JSON document; exit code 1 when the claim does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import LogLine, Source
from statetrace_engine.sources import address, syslog
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.syslog import SyslogSettings

MESSAGE = b"<189>%08d: Mar  1 18:46:11.123 UTC: %%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state"
QUIET_S = 0.5
Opened = Callable[[], object]


def send(port: int, rate: int, seconds: float) -> None:
    """Sends at the pace and prints how many datagrams left, and how long that took."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        total, sent, start = int(rate * seconds), 0, time.perf_counter()
        while sent < total:
            owed = min(total, int((time.perf_counter() - start) * rate))
            for number in range(sent, owed):
                sender.send(MESSAGE % number)
            sent = max(sent, owed)
            time.sleep(0.0005)
        print(json.dumps({"sent": sent, "seconds": time.perf_counter() - start}))


async def measure(
    open_receiver: Callable[[Inbox], Awaitable[tuple[int, Opened]]], rate: int, seconds: float
) -> dict[str, float]:
    """Received and sent, from one receiver under the paced load."""
    inbox = Inbox(200_000, Clock())
    port, close = await open_receiver(inbox)
    command = [
        sys.executable,
        "-m",
        "benchmarks.syslog_udp",
        "--send",
        str(port),
        "--rate",
        str(rate),
        "--seconds",
        str(seconds),
    ]
    sender = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: ASYNC220 - before the clock starts
    drained, cpu_start = 0, time.process_time()
    last = time.perf_counter()
    while sender.poll() is None or time.perf_counter() - last < QUIET_S:
        if signals := inbox.drain(500):
            drained += len(signals)
            last = time.perf_counter()
        await asyncio.sleep(0.001)
    cpu_s = time.process_time() - cpu_start
    close()
    said = json.loads(sender.communicate()[0])
    sent = said["sent"]
    return {
        "sent": sent,
        "sent_per_s": round(sent / said["seconds"]),
        "received": drained,
        "dropped_in_inbox": sum(inbox.dropped.values()),
        "lost_ratio": round(1 - drained / sent, 4),
        "cpu_us_per_datagram": round(cpu_s / max(drained, 1) * 1e6, 2),
    }


async def open_statetrace(inbox: Inbox) -> tuple[int, Opened]:
    bound: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    source = asyncio.ensure_future(
        syslog.run(
            SyslogSettings(udp="127.0.0.1:0", tcp=""),
            inbox,
            lambda status: None if bound.done() else bound.set_result(status.detail),
        )
    )
    return address.split(await bound)[1], source.cancel


class Protocol(asyncio.DatagramProtocol):
    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._inbox.put(Source.SYSLOG_UDP, addr[0], LogLine(data))


async def open_datagram_protocol(inbox: Inbox) -> tuple[int, Opened]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Protocol(inbox), local_addr=("127.0.0.1", 0)
    )
    return transport.get_extra_info("sockname")[1], transport.close


async def compare(rate: int, seconds: float) -> dict[str, dict[str, float]]:
    return {
        "statetrace": await measure(open_statetrace, rate, seconds),
        "asyncio_datagram_protocol": await measure(open_datagram_protocol, rate, seconds),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--send", type=int, metavar="PORT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.send:
        send(arguments.send, arguments.rate, arguments.seconds)
        return 0
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        found = runner.run(compare(arguments.rate, arguments.seconds))
    print(json.dumps(found, indent=2))
    return int(found["statetrace"]["lost_ratio"] > 0)


if __name__ == "__main__":
    sys.exit(main())
