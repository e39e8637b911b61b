"""Claim: 2,000 devices polled by SNMP cost at most 10 % of one core by version 2c, and 25 % by version 3 (authPriv).

    python -m benchmarks.snmp [--devices 2000] [--seconds 60]

Of each device 10 values every 10 s, every 60 s the names of its 50 interfaces, in two columns of ifTable and ifXTable,
and every 300 s how it does: 13 values of Cisco's tables, and the errors of its watched interfaces. A process of its own
is all the agents, one on each of as many ports of the loopback. The cost is the CPU time of the polling process over a
whole cycle of 60 s, after every device has answered once; one in five looks for what its agent has in it. Prints one
JSON document; exit code 1 when a claim does not hold, a device did not answer, or fewer rounds came than were due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import selectors
import socket
import subprocess
import sys
import time

from statetrace_engine import descriptors
from statetrace_engine.clock import Clock
from statetrace_engine.model.signal import Polled
from statetrace_engine.model.status import SourceStatus
from statetrace_engine.sources.inbox import Inbox
from statetrace_engine.sources.snmp.poller import Polling
from statetrace_engine.sources.snmp.target import Credentials, PollSettings, Profile, Target
from statetrace_engine.wire.ber import Counter32, Gauge32, IpAddress, TimeTicks, Value
from tests.snmp.agent import Agent
from tests.snmp.usm import Usm

CLAIMS = {"2c": 10.0, "3": 25.0}
INTERVAL_S, NAMES_S = 10.0, 60.0
ROWS = 50
PEER = "10.1.1.2"
COMMUNITY, USER, AUTH, PRIV = "community", "poller", "auth-of-benchmark", "priv-of-benchmark"
_CISCO = "1.3.6.1.4.1.9.9"
_ENVMON = f"{_CISCO}.13.1"
_IF_TABLE, _IF_X_TABLE, _BGP = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.15"


def values() -> dict[str, Value]:
    """The same of every device: interfaces, of which ifName names none as the inventory does, and a BGP neighbour."""
    found: dict[str, Value] = {
        "1.3.6.1.2.1.1.3.0": TimeTicks(4200),
        "1.3.6.1.2.1.4.20.1.2.127.0.0.1": 1,
        f"{_BGP}.2.0": 65000,
        f"{_BGP}.3.1.1.{PEER}": IpAddress(bytes((10, 255, 0, 2))),
        f"{_BGP}.3.1.2.{PEER}": 6,
        f"{_BGP}.3.1.3.{PEER}": 2,
        f"{_BGP}.3.1.14.{PEER}": b"\0\0",
        "1.3.6.1.6.3.1.1.6.1.0": 7,
    }
    for index in range(1, ROWS + 1):
        found[f"{_IF_X_TABLE}.1.{index}"] = b"%d" % index
        found[f"{_IF_TABLE}.2.{index}"] = b"GigabitEthernet1/0/%d" % index
        found[f"{_IF_TABLE}.7.{index}"] = found[f"{_IF_TABLE}.8.{index}"] = 1
        found[f"{_IF_TABLE}.11.{index}"] = Counter32(4711)
        found[f"{_IF_TABLE}.14.{index}"] = Counter32(12)
    for table, state, rows in (("3", "6", 4), ("4", "3", 4), ("5", "3", 2)):
        for index in range(1, rows + 1):
            found[f"{_ENVMON}.{table}.1.2.{index}"] = b"part %d" % index
            found[f"{_ENVMON}.{table}.1.{state}.{index}"] = 1
    found |= {f"{_CISCO}.109.1.1.1.1.8.1": 7, f"{_CISCO}.48.1.1.1.2.1": b"Processor"}
    found |= {f"{_CISCO}.48.1.1.1.5.1": Gauge32(300), f"{_CISCO}.48.1.1.1.6.1": Gauge32(700)}
    return found


def serve(devices: int) -> None:
    """All the agents: prints their ports, and answers until it is stopped."""
    descriptors.allowed(devices + 64)
    shared = values()
    started = time.monotonic()
    first = Agent(shared, COMMUNITY)
    with selectors.DefaultSelector() as selector:
        for number in range(devices):
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            opened.bind(("127.0.0.1", 0))
            engine = Usm(USER, AUTH, PRIV, "sha", b"\x80\x00\x1f\x88\x04" + b"%06d" % number)
            agent = Agent({}, COMMUNITY, engine)
            agent.table, agent.is_recording = first.table, False
            selector.register(opened, selectors.EVENT_READ, agent)
        print(json.dumps([key.fileobj.getsockname()[1] for key in selector.get_map().values()]), flush=True)  # type: ignore[union-attr]
        while True:
            for key, _ in selector.select():
                datagram, sender = key.fileobj.recvfrom(65535)  # type: ignore[union-attr]
                first.table.set("1.3.6.1.2.1.1.3.0", TimeTicks(int((time.monotonic() - started) * 100)))
                answer = key.data.answer(datagram)
                if answer is not None:
                    key.fileobj.sendto(answer, sender)  # type: ignore[union-attr]


def reveal() -> Credentials:
    return Credentials(COMMUNITY, AUTH, PRIV)


def targets(version: str, ports: list[int]) -> list[Target]:
    return [
        Target(
            hostname=f"R{number:04}",
            address="127.0.0.1",
            profile=Profile(
                version=version, port=port, user=USER, interval_s=INTERVAL_S, names_s=NAMES_S, timeout_ms=3000
            ),
            reveal=reveal,
            interfaces=("GigabitEthernet1/0/1", "GigabitEthernet1/0/2"),
            neighbours=(PEER,),
        )
        for number, port in enumerate(ports)
    ]


async def measure(version: str, ports: list[int], seconds: float) -> dict[str, object]:
    inbox = Inbox(200_000, Clock())
    said: list[SourceStatus] = []
    polling = asyncio.ensure_future(Polling(targets(version, ports), PollSettings(), inbox, said.append).run())
    heard: set[str] = set()
    began, cpu_began = time.perf_counter(), time.process_time()
    while len(heard) < len(ports) and time.perf_counter() - began < 10 * INTERVAL_S:
        heard |= {signal.payload.hostname for signal in await drained(inbox) if is_interfaces(signal.payload)}
    first_s, first_cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    began, cpu_began, rounds = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        rounds += sum(is_interfaces(signal.payload) for signal in await drained(inbox))
    cpu_s, took_s = time.process_time() - cpu_began, time.perf_counter() - began
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    return {
        "library": said[-1].detail,
        "devices_heard": len(heard),
        "first_round_s": round(first_s, 1),
        "first_round_cpu_s": round(first_cpu_s, 1),
        "seconds": round(took_s, 1),
        "rounds_per_s": round(rounds / took_s, 1),
        "rounds_due_per_s": len(ports) / INTERVAL_S,
        "failed": said[-1].errors,
        "cpu_percent": round(100 * cpu_s / took_s, 1),
        "claim_percent": CLAIMS[version],
    }


async def drained(inbox: Inbox) -> list:  # type: ignore[type-arg]
    await asyncio.sleep(0.05)
    return inbox.drain(100_000)


def is_interfaces(payload: object) -> bool:
    return isinstance(payload, Polled) and bool(payload.interfaces)


def holds(found: dict[str, object], devices: int) -> bool:
    cpu, rounds = found["cpu_percent"], found["rounds_per_s"]
    assert isinstance(cpu, float)
    assert isinstance(rounds, float)
    is_heard = found["devices_heard"] == devices and not found["failed"]
    return is_heard and cpu <= CLAIMS[str(found["version"])] and rounds >= 0.95 * devices / INTERVAL_S


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=NAMES_S)
    parser.add_argument("--version", choices=CLAIMS, help="only this one")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.devices)
        return 0
    command = [sys.executable, "-m", "benchmarks.snmp", "--serve", "--devices", str(arguments.devices)]
    found = []
    with subprocess.Popen(command, stdout=subprocess.PIPE) as agents:
        try:
            assert agents.stdout is not None
            ports = json.loads(agents.stdout.readline())
            for version in [arguments.version] if arguments.version else CLAIMS:
                with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                    figures = runner.run(measure(version, ports, arguments.seconds))
                found.append({"version": version, **figures})
        finally:
            agents.terminate()
    print(json.dumps(found, indent=2))
    return int(not all(holds(figures, arguments.devices) for figures in found))


if __name__ == "__main__":
    sys.exit(main())
