"""What redaction costs: `python -m benchmarks.redaction [--seconds 0.5]`, on one core.

Workloads, generated: a route table of 20,000 entries, 4,000 lines of `show interfaces`, 150 configurations of a dozen
lines of secrets among 150 others, and log lines without a secret and with one. Beside each text stands a bare scan for
one word of the same bytes, in lower case: the distance to it is what redaction costs; no redaction can cost less.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import process_time

from statetrace_engine.parsing.redact import Redactor, line

KEY = bytes(range(32))
_INTERFACE = """\
GigabitEthernet0/{0} is up, line protocol is up (connected)
  Hardware is iGbE, address is 5254.0012.{0:04x} (bia 5254.0012.{0:04x})
  Description: uplink {0}
  Internet address is 10.0.{1}.1/24
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
  Last input never, output 00:00:01, output hang never
"""
_PLAIN = """\
interface GigabitEthernet0/{0}
 description uplink to site {0}
 ip address 10.{1}.0.1 255.255.255.0
 ip ospf network point-to-point
 service-policy output WAN-OUT
 no shutdown
!
"""
_SECRET = """\
username ops{0} privilege 15 secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX{0}
snmp-server community Tulip{0} RO 10
tacacs-server host 192.0.2.20 key 7 13061E0108035578{0}
router bgp 65000
 neighbor 192.0.2.1 password 7 0822455D0A1654{0}
 neighbor 192.0.2.1 send-community both
route-map OUT permit 10
 set community 65000:{0} additive
key chain EIGRP
 key 1
  key-string 7 060506324F41584{0}
set system root-authentication encrypted-password "$6$JuSalt01$Wx7uTe2Zt1nq8Yv{0}"
"""
_QUIET = (
    b"<189>77: R1: Nov 23 14:03:27.104 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up"
)
_TELLING = b"<189>77: R1: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:username x password 7 0822455D0A16"


def texts() -> dict[str, str]:
    routes = "".join(
        f"O        10.{i >> 8 & 255}.{i & 255}.0/24 [110/2] via 10.1.1.2, 00:00:12, GigabitEthernet0/1\n"
        for i in range(20_000)
    )
    interfaces = "".join(_INTERFACE.format(i, i % 256) for i in range(500))
    configuration = "".join(_SECRET.format(i) + "".join(_PLAIN.format(j, j) for j in range(22)) for i in range(150))
    return {"routes": routes, "interfaces": interfaces, "configurations": configuration}


def best(work: Callable[[], object], seconds: float) -> float:
    """The shortest of as many runs as fit, in seconds of CPU."""
    shortest, end = float("inf"), process_time() + seconds
    while process_time() < end:
        start = process_time()
        work()
        shortest = min(shortest, process_time() - start)
    return shortest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="for each measurement")
    seconds = parser.parse_args().seconds
    redactor = Redactor(KEY)
    print(f"{'workload':<16}{'MB':>6}{'secrets':>9}{'MB/s':>9}{'scan MB/s':>11}{'ratio':>8}")
    for name, text in texts().items():
        size = len(text) / 1e6
        rate = size / best(lambda text=text: redactor.text(text), seconds)  # type: ignore[misc]
        scan = size / best(lambda text=text: "password" in text.lower(), seconds)  # type: ignore[misc]
        print(f"{name:<16}{size:>6.2f}{len(redactor.text(text).edits):>9}{rate:>9.1f}{scan:>11.0f}{scan / rate:>8.0f}")
    for name, raw in {"quiet log line": _QUIET, "telling log line": _TELLING}.items():
        each = best(lambda raw=raw: [line(raw) for _ in range(1000)], seconds) / 1000  # type: ignore[misc]
        print(f"{name}: {each * 1e6:.1f} µs, {1 / each:,.0f} lines/s")


if __name__ == "__main__":
    main()
