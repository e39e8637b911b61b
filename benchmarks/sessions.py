"""Session logs of devices that do not exist: the same seed, the same bytes. Benchmarks and tests read them.

for name, raw in sessions.corpus(devices=40, sites=2): …  # ("WLLS/WLLS-A01-AR-01.log", b"…"), 250 kB each
"""

# ruff: noqa: E501 - a line of a device is as long as the device makes it
from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

SITES = ("WLLS", "BOYO", "KARR", "NARR", "PERT")
Section = tuple[str, str]
"""Command and output."""


def corpus(
    *, devices: int = 40, sites: int = 2, size_bytes: int = 250_000, seed: int = 1
) -> Iterator[tuple[str, bytes]]:
    """File names below a folder of their site, and what is in them; vendors in turn."""
    makers = tuple(VENDORS.values())
    for number in range(devices):
        site = SITES[number % sites]
        host = f"{site}-A{number // sites + 1:02}-AR-01"
        yield f"{site}/{host}.log", session(host, makers[number % len(makers)], size_bytes, seed * 10_007 + number)


def session(host: str, maker: Maker, size_bytes: int, seed: int) -> bytes:
    """One device's log: prompts, commands and their outputs, its route table as long as it takes."""
    chance = Random(seed)
    prompt, sections = maker(host, chance, size_bytes)
    text = "".join(f"{prompt}{command}\r\n{output}" for command, output in sections)
    return f"{text}{prompt}exit\r\n".encode()


def _hops(chance: Random) -> str:
    return f"10.{chance.randrange(4)}.{chance.randrange(250)}.{chance.randrange(1, 250)}"


def _prefix(number: int) -> str:
    return f"172.{16 + number // 65536 % 16}.{number // 256 % 256}.{number % 256 & 0xFC}"


def _clock(chance: Random) -> str:
    return f"14:{chance.randrange(60):02}:{chance.randrange(60):02}"


def _lines(lines: Iterator[str] | list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def _until(size_bytes: int, line: Callable[[int], str]) -> str:
    """So many lines that they take so many bytes."""
    parts, size, number = [], 0, 0
    while size < size_bytes:
        parts.append(line(number) + "\r\n")
        size += len(parts[-1])
        number += 4
    return "".join(parts)


def _logging(chance: Random, size_bytes: int) -> str:
    def line(number: int) -> str:
        return (
            f"Nov 23 {_clock(chance)}.{number % 1000:03}: %LINEPROTO-5-UPDOWN: Line protocol on Interface "
            f"GigabitEthernet0/{number % 48}, changed state to {chance.choice(('up', 'down'))}"
        )

    return f"Syslog logging: enabled (0 messages dropped)\r\n\r\nLog Buffer (8192 bytes):\r\n\r\n{_until(size_bytes, line)}"


def _ios(host: str, chance: Random, size_bytes: int) -> tuple[str, list[Section]]:
    def route(number: int) -> str:
        return (
            f"B        {_prefix(number)}/30 [200/{chance.randrange(100)}] via {_hops(chance)}, "
            f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"
        )

    interfaces = [f"GigabitEthernet0/{n:<9} 10.{n}.0.1        YES NVRAM  up                    up" for n in range(48)]
    arp = [f"Internet  10.{n % 48}.0.{n % 250 + 2:<12}{n % 90:>6}   0011.22{n:02x}.3344  ARPA   GigabitEthernet0/{n % 48}"
           for n in range(200)]  # fmt: skip
    neighbours = [f"10.0.{n}.2        4        65{n:03}  123456  123457   998877    0    0 2w3d        {n * 100}"
                  for n in range(12)]  # fmt: skip
    return f"{host}#", [
        ("terminal length 0", ""),
        ("show clock", f"{_clock(chance)}.123 UTC Mon Nov 23 2026\r\n"),
        ("show version", _lines([
            "Cisco IOS Software, C3900e Software (C3900e-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)",
            "", f"{host} uptime is 2 weeks, 3 days, 4 hours, 12 minutes",
            "cisco C3945-CHASSIS (revision 1.0) with 1832960K/264192K bytes of memory.",
            "Processor board ID FGL1234ABCD", "Configuration register is 0x2102",
        ])),
        ("show ip interface brief", _lines([
            "Interface                  IP-Address      OK? Method Status                Protocol", *interfaces,
        ])),
        ("show ip bgp summary", _lines([
            "BGP router identifier 10.255.0.1, local AS number 65000", "",
            "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd", *neighbours,
        ])),
        ("show arp", _lines(["Protocol  Address          Age (min)  Hardware Addr   Type   Interface", *arp])),
        ("show logging", _logging(chance, size_bytes // 6)),
        ("show running-config", _config(host, chance)),
        ("show ip route", _lines([
            "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP", "",
            "Gateway of last resort is 10.1.1.2 to network 0.0.0.0", "",
            "S*    0.0.0.0/0 [1/0] via 10.1.1.2",
        ]) + "      172.16.0.0/16 is variably subnetted, 4000 subnets, 2 masks\r\n" + _until(size_bytes * 2 // 3, route)),
    ]  # fmt: skip


def _config(host: str, chance: Random) -> str:
    interfaces = [
        f"interface GigabitEthernet0/{n}\r\n description to {_hops(chance)}\r\n ip address 10.{n}.0.1 255.255.255.0\r\n!"
        for n in range(48)
    ]
    return _lines([
        "Building configuration...", "", "Current configuration : 12345 bytes", "!", "version 15.4", f"hostname {host}",
        f"enable secret 5 $1$mERr${chance.randrange(10**9):022}", "!", *interfaces,
        "router bgp 65000", " neighbor 10.0.1.2 remote-as 65001", f" neighbor 10.0.1.2 password 7 {chance.randrange(10**9):010}",
        "!", "ip route 0.0.0.0 0.0.0.0 10.1.2.2 250", f"snmp-server community s{chance.randrange(10**6)} RO", "end",
    ])  # fmt: skip


def _nxos(host: str, chance: Random, size_bytes: int) -> tuple[str, list[Section]]:
    def route(number: int) -> str:
        return (
            f"{_prefix(number)}/30, ubest/mbest: 1/0\r\n"
            f"    *via {_hops(chance)}, Eth1/{chance.randrange(1, 48)}, [110/41], 1d02h, ospf-1, intra"
        )

    return f"{host}# ", [
        ("show clock", f"{_clock(chance)}.123 UTC Mon Nov 23 2026\r\n"),
        ("show version", _lines([
            "Cisco Nexus Operating System (NX-OS) Software", "Software", "  BIOS: version 07.65",
            "  NXOS: version 9.3(5)", "Hardware", "  cisco Nexus9000 C93180YC-EX chassis",
            f"  Device name: {host}", "Kernel uptime is 12 day(s), 3 hour(s), 4 minute(s), 5 second(s)",
        ])),
        ("show logging logfile", _logging(chance, size_bytes // 8).partition("\r\n\r\n")[2]),
        ("show ip route", _lines([
            'IP Route Table for VRF "default"', "'*' denotes best ucast next-hop", "'**' denotes best mcast next-hop",
            "'[x/y]' denotes [preference/metric]", "'%<string>' in via output denotes VRF <string>", "",
        ]) + _until(size_bytes * 5 // 6, route)),
    ]  # fmt: skip


def _eos(host: str, chance: Random, size_bytes: int) -> tuple[str, list[Section]]:
    def route(number: int) -> str:
        return f" B E      {_prefix(number)}/30 [200/0] via {_hops(chance)}, Ethernet{chance.randrange(1, 48)}"

    return f"{host}#", [
        ("show clock", f"Mon Nov 23 {_clock(chance)} 2026\r\nTimezone: UTC\r\nClock source: local\r\n"),
        ("show version", _lines([
            "Arista DCS-7050TX-64-R", "Hardware version:    01.01", "Serial number:       JPE1234567",
            "Software image version: 4.24.2F", "Uptime:                 2 weeks, 3 days, 4 hours and 12 minutes",
        ])),
        ("show ip route", _lines([
            "", "VRF: default", "Codes: C - connected, S - static, K - kernel,",
            "       O - OSPF, IA - OSPF inter area, E1 - OSPF external type 1,", "",
            "Gateway of last resort:", " S        0.0.0.0/0 [1/0] via 10.1.1.2, Ethernet1", "",
        ]) + _until(size_bytes * 9 // 10, route) + "\r\n"),
    ]  # fmt: skip


def _junos(host: str, chance: Random, size_bytes: int) -> tuple[str, list[Section]]:
    def route(number: int) -> str:
        return (
            f"{_prefix(number) + '/30':<19}*[BGP/170] 2w3d 04:05:06, localpref 100\r\n"
            f"                      AS path: 65001 I, validation-state: unverified\r\n"
            f"                    > to {_hops(chance)} via ge-0/0/{chance.randrange(48)}.0"
        )

    return f"ops@{host}> ", [
        ("show system uptime", f"Current time: 2026-11-23 {_clock(chance)} UTC\r\n"),
        ("show version", _lines([f"Hostname: {host}", "Model: mx240", "Junos: 18.4R2.7"])),
        ("show route", _lines([
            "", "inet.0: 4000 destinations, 4000 routes (4000 active, 0 holddown, 0 hidden)",
            "+ = Active Route, - = Last Active, * = Both", "",
        ]) + _until(size_bytes, route) + "\r\n"),
    ]  # fmt: skip


Maker = Callable[[str, Random, int], tuple[str, list[Section]]]
VENDORS: dict[str, Maker] = {
    "cisco_ios": _ios,
    "cisco_nxos": _nxos,
    "arista_eos": _eos,
    "juniper_junos": _junos,
}
