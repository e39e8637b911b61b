"""Claims: a show parser is at least 10 times as fast as TextFSM with ntc-templates on the same text and core, and the
whole `statetrace parse --json`, transcript, redaction and its start included, at least 5 times on route tables.

    python -m benchmarks.shows [--routes 100000] [--quick]

TextFSM with ntc-templates is `ntc_templates.parse.parse_output`, as everybody calls it: from a text to records. What
the bare TextFSM takes for it, without the library around it, stands beside it (`times_bare_textfsm`), and no claim is
made of that. The command is compared with a process that calls `parse_output` and prints JSON (`command_times_peer`);
with little to read, both mostly start, so small works are shown and not claimed.

The workloads are generated, seeded by nothing: route tables of IOS and EOS (a tenth of the routes with two next hops),
BGP summaries of 2,000 neighbours, `show interfaces` of 500, `show logging` of 5,000 lines. A bare scan with one
compiled expression of the same bytes stands beside each: the distance to the limit. CPU time of this process, and of
the command's process; the best of three. Prints one JSON document; exit code 1 when a claim does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import ntc_templates
import textfsm
from ntc_templates.parse import parse_output

from statetrace_engine.parsing import shows
from statetrace_engine.parsing.shown import Ask

PARSER_TIMES, COMMAND_TIMES = 10.0, 5.0
LARGE_MB = 2.0
"""From where a start hardly counts."""
_TEMPLATES = Path(ntc_templates.__file__).parent / "templates"
_IOS_CODES = """Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override

Gateway of last resort is 10.1.1.2 to network 0.0.0.0

S*    0.0.0.0/0 [1/0] via 10.1.1.2
      10.0.0.0/8 is variably subnetted, 200 subnets, 3 masks
"""
_EOS_CODES = """VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,
       E2 - OSPF external type 2, N1 - OSPF NSSA external type 1,
       N2 - OSPF NSSA external type2, B I - iBGP, B E - eBGP,
       R - RIP, I L1 - IS-IS level 1, I L2 - IS-IS level 2,
       O3 - OSPFv3, A B - BGP Aggregate, A O - OSPF Summary,
       NG - Nexthop Group Static Route, V - VXLAN Control Service,
       DH - DHCP client installed default route, M - Martian

Gateway of last resort:
 S      0.0.0.0/0 [1/0] via 10.1.1.2, Ethernet1

"""
_INTERFACE = """GigabitEthernet{slot}/0/{port} is up, line protocol is up (connected)
  Hardware is iGbE, address is fa16.3e57.{number:04x} (bia fa16.3e57.{number:04x})
  Description: to WLLS-A{port:02}-AS-{slot:02}
  Internet address is 10.{slot}.{port}.1/30
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  Full-duplex, 1000Mb/s, media type is RJ45
  output flow-control is unsupported, input flow-control is unsupported
  ARP type: ARPA, ARP Timeout 04:00:00
  Last input 00:00:01, output 00:00:02, output hang never
  Last clearing of "show interface" counters never
  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0
  Queueing strategy: fifo
  Output queue: 0/0 (size/max)
  5 minute input rate 123000 bits/sec, 45 packets/sec
  5 minute output rate 456000 bits/sec, 67 packets/sec
     324123 packets input, 48614123 bytes, 0 no buffer
     Received 1200 broadcasts (0 multicasts)
     0 runts, 0 giants, 0 throttles
     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 watchdog, 0 multicast, 0 pause input
     703123 packets output, 62737123 bytes, 0 underruns
     0 output errors, 0 collisions, 2 interface resets
     0 unknown protocol drops
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
     0 output buffer failures, 0 output buffers swapped out
"""
_SUMMARY = """BGP router identifier 10.255.0.1, local AS number 65000
BGP table version is 12345, main routing table version 12345
200 network entries using 28800 bytes of memory

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
"""


class Work(NamedTuple):
    name: str
    vendor: str
    command: str
    text: str
    rows: int
    scan: str
    """One expression that finds each row."""


def ios_routes(count: int) -> str:
    return _IOS_CODES + "".join(_ios_lines(count))


def _ios_lines(count: int) -> Iterator[str]:
    for n in range(count):
        prefix = f"{20 + n // 65536}.{n // 256 % 256}.{n % 256}.0/24"
        yield f"O E2     {prefix} [110/20] via 10.0.{n % 200}.2, {n % 50}w{n % 7}d, GigabitEthernet0/{n % 48}\n"
        if n % 10 == 0:
            yield f"                  [110/20] via 10.1.{n % 200}.2, 1d02h, TenGigabitEthernet1/{n % 4}\n"


def eos_routes(count: int) -> str:
    return _EOS_CODES + "".join(_eos_lines(count))


def _eos_lines(count: int) -> Iterator[str]:
    for n in range(count):
        prefix = f"{20 + n // 65536}.{n // 256 % 256}.{n % 256}.0/24"
        yield f" B E    {prefix} [200/0] via 10.0.{n % 200}.2, Ethernet{n % 48}\n"
        if n % 10 == 0:
            yield f"                              via 10.1.{n % 200}.2, Ethernet{n % 48}/1\n"


def works(routes: int) -> Iterator[Work]:
    both = routes + (routes + 9) // 10
    hop = r"(?m)^.*?\bvia ([0-9.]+)"
    yield Work("IOS routes", "cisco_ios", "show ip route", ios_routes(routes), both + 1, hop)
    yield Work("EOS routes", "arista_eos", "show ip route", eos_routes(routes), both + 1, hop)
    peers = "".join(
        f"10.{n // 250}.{n % 250}.2    4        {65001 + n} {n * 7:>7} {n * 5:>7}    12345    0    0 "
        f"{n % 50}w{n % 7}d  {n:>8}\n"
        for n in range(2000)
    )
    yield Work("IOS BGP summary", "cisco_ios", "show ip bgp summary", _SUMMARY + peers, 2000, r"(?m)^10\.\S+ .*?(\S+)$")
    faces = "".join(_INTERFACE.format(slot=n // 50, port=n % 50, number=n) for n in range(500))
    yield Work(
        "IOS interfaces", "cisco_ios", "show interfaces", faces, 500, r"(?m)^(\S+) is \S+, line protocol is (\S+)"
    )
    lines = "".join(
        f"Nov {1 + n % 28:>2} 14:{n // 60 % 60:02}:{n % 60:02}.{n % 1000:03}: %LINEPROTO-5-UPDOWN: Line protocol on "
        f"Interface GigabitEthernet0/{n % 48}, changed state to {'up' if n % 2 else 'down'}\n"
        for n in range(5000)
    )
    yield Work("IOS logging", "cisco_ios", "show logging", lines, 5000, r"(?m)^.*?%(\S+): (.*)$")


_Found = TypeVar("_Found")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--routes", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="once each, and no command")
    asked = parser.parse_args()
    found = [_measured(work, asked.quick) for work in works(asked.routes)]
    print(json.dumps({"routes": asked.routes, "works": found}, indent=2))
    has_claims = all(one["times_textfsm"] >= PARSER_TIMES for one in found)
    has_commands = asked.quick or all(
        one["command_times_peer"] >= COMMAND_TIMES for one in found if one["megabytes"] >= LARGE_MB
    )
    return 0 if has_claims and has_commands else 1


def _measured(work: Work, is_quick: bool) -> dict[str, Any]:
    size_mb = len(work.text) / 1e6
    show = shows.find(work.vendor, work.command)
    assert show is not None
    assert show.parse is not None
    parse, ask = show.parse, Ask(work.command, work.vendor)
    rounds = 1 if is_quick else 3
    ours_s, shown = _best(lambda: parse(work.text, ask), rounds)
    assert len(shown.rows) == work.rows, (work.name, len(shown.rows), work.rows)
    name = f"{work.vendor}_{work.command.replace(' ', '_')}.textfsm"
    with (_TEMPLATES / name).open(encoding="utf-8") as file:
        template = textfsm.TextFSM(file)
    bare_s, _ = _best(lambda: (template.Reset(), template.ParseTextToDicts(work.text)), 1)
    peer_s, _ = _best(lambda: parse_output(work.vendor, work.command, work.text), 1)
    scan = re.compile(work.scan)
    scan_s, _ = _best(lambda: sum(1 for _ in scan.finditer(work.text)), rounds)
    said: dict[str, Any] = {
        "work": work.name,
        "megabytes": round(size_mb, 2),
        "rows": work.rows,
        "unparsed": len(shown.unparsed),
        "mb_per_s": round(size_mb / ours_s, 1),
        "scan_mb_per_s": round(size_mb / scan_s, 1),
        "textfsm_mb_per_s": round(size_mb / peer_s, 2),
        "times_textfsm": round(peer_s / ours_s, 1),
        "times_bare_textfsm": round(bare_s / ours_s, 1),
    }
    if not is_quick:
        command_s, other_s = _commands(work)
        said["command_mb_per_s"] = round(size_mb / command_s, 2)
        said["command_times_peer"] = round(other_s / command_s, 1)
    return said


def _best(run: Callable[[], _Found], rounds: int) -> tuple[float, _Found]:
    took: list[float] = []
    results: list[_Found] = []
    for _ in range(rounds):
        begun = time.process_time()
        results[:] = [run()]
        took.append(time.process_time() - begun)
    return min(took), results[0]


_PEER = """
import json, sys
from ntc_templates.parse import parse_output
with open(sys.argv[3], encoding="utf-8") as file:
    print(json.dumps(parse_output(sys.argv[1], sys.argv[2], file.read())))
"""


def _commands(work: Work) -> tuple[float, float]:
    """CPU seconds of our whole command over a session log with this one section, and of the peer's over its bare text;
    the best of three, starts included."""
    with tempfile.TemporaryDirectory() as folder:
        session, bare = Path(folder) / "session.log", Path(folder) / "bare.txt"
        session.write_text(f"R1-A01#{work.command}\n{work.text}R1-A01#\n", encoding="utf-8")
        bare.write_text(work.text, encoding="utf-8")
        ours = [sys.executable, "-m", "statetrace_tui", "parse", "--json", "--vendor", work.vendor, str(session)]
        peer = [sys.executable, "-c", _PEER, work.vendor, work.command, str(bare)]
        return _cpu_s(ours, 3), _cpu_s(peer, 1)


def _cpu_s(command: list[str], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        before = os.times()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        best = min(best, after.children_user + after.children_system - before.children_user - before.children_system)
    return best


if __name__ == "__main__":
    sys.exit(main())
