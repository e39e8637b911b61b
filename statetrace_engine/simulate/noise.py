"""Pure. What a network prints all day long that has nothing to do with a watched route."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

from collections.abc import Mapping
from random import Random

from statetrace_engine.simulate.messages import Line

_CISCO_AND_EOS = (
    Line(5, "", "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: {user}] [Source: 10.99.{a}.{b}] [localport: 22]"),
    Line(4, "", "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: {user}] [Source: 10.99.{a}.{b}] [localport: 22] [Reason: Login Authentication Failed]"),
)  # fmt: skip

_NOISE: Mapping[str, tuple[Line, ...]] = {
    "cisco_ios": (
        *_CISCO_AND_EOS,
        Line(3, "", "%LINK-3-UPDOWN: Interface GigabitEthernet{m}/0/{n}, changed state to down"),
        Line(5, "", "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet{m}/0/{n}, changed state to up"),
        Line(4, "", "%CDP-4-DUPLEX_MISMATCH: duplex mismatch discovered on GigabitEthernet1/0/{n} (not half duplex), with SEP00{a:02X}{b:02X} Port 1 (half duplex)."),
        Line(6, "", "%NTP-6-PEERREACH: Peer 10.99.0.{n} is reachable"),
        Line(4, "", "%ENVMON-4-FAN_WARNING: Fan {n} speed is {b}00 rpm"),
        Line(6, "", "%SEC-6-IPACCESSLOGP: list 101 denied tcp 10.99.{a}.{b}(4{n:02}12) -> 10.98.0.1(23), {n} packets"),
        Line(5, "", "%ILPOWER-5-POWER_GRANTED: Interface Gi1/0/{n}: Power granted"),
        Line(6, "", "%DOT1X-6-SUCCESS: Authentication successful for client (00{a:02x}.{b:02x}ff.0{n:03}) on Interface Gi1/0/{n}"),
    ),
    "cisco_nxos": (
        Line(6, "", "%AUTHPRIV-6-SYSTEM_MSG: pam_unix(dcos_sshd:session): session opened for user {user} by (uid=0) - dcos_sshd[12{n:03}]"),
        Line(5, "", "%ETHPORT-5-IF_DUPLEX: Interface Ethernet101/1/{n}, operational duplex mode changed to Full"),
        Line(5, "", "%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1{m:02}/1/{n} is down (Link failure)"),
        Line(5, "", "%ETHPORT-5-IF_UP: Interface Ethernet1{m:02}/1/{n} is up in mode access"),
        Line(5, "", "%PLATFORM-5-MOD_STATUS: Module {n} current-status is MOD_STATUS_ONLINE/OK"),
    ),
    "cisco_xr": (
        Line(6, "SSHD_[65793]", "%SECURITY-SSHD-6-INFO_SUCCESS : Successfully authenticated user '{user}' from '10.99.{a}.{b}' on 'vty0'"),
        Line(5, "ntpd[262]", "%IP-IP_NTP-5-SYNC_LOSS : Synchronization lost : 10.99.0.{n} : The association was removed"),
        Line(3, "ifmgr[214]", "%PKT_INFRA-LINK-3-UPDOWN : Interface GigabitEthernet0/{m}/0/{n}, changed state to Down"),
        Line(4, "envmon[205]", "%PLATFORM-ENVMON-4-ALARM : MINOR_TMP alarm set by inlet sensor {n}"),
    ),
    "arista_eos": (
        Line(5, "Ebra", "%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet{m}/{hundred}, changed state to down"),
        Line(5, "Ebra", "%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet{m}/{hundred}, changed state to up"),
        Line(5, "Lldp", "%LLDP-5-NEIGHBOR_NEW: LLDP neighbor with chassisId 001c.73{a:02x}.{b:02x}{n:02x} and portId \"eth0\" added on interface Ethernet{hundred}"),
        Line(6, "ProcMgr-worker", "%PROCMGR-6-PROCESS_STARTED: 'Lldp' starting with PID={b} (PPID=1612) -- execing '/usr/bin/Lldp'"),
    ),
    "juniper_junos": (
        Line(6, "sshd[49{n:03}]", "Accepted publickey for {user} from 10.99.{a}.{b} port 5{n:04} ssh2"),
        Line(5, "lldpd[2902]", "LLDP_NEIGHBOR_UP: A neighbor has come up for interface ge-1/0/{n}. Local system now has 3 neighbors"),
        Line(4, "mib2d[2891]", "SNMP_TRAP_LINK_DOWN: ifIndex 6{n:02}, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-{m}/0/{n}"),
        Line(4, "craftd[4817]", " Minor alarm set, RE 0 /var partition usage is high"),
        Line(5, "xntpd[3012]", "NTP Server 10.99.0.{n} is reachable"),
    ),
    "frr": (
        Line(6, "sshd", "Accepted publickey for {user} from 10.99.{a}.{b} port 5{n:04} ssh2"),
        Line(5, "zebra", "client {n} disconnected 0 static routes removed from the rib"),
        Line(6, "systemd", "Started Session {b} of User {user}."),
        Line(6, "CRON", "({user}) CMD (test -x /usr/sbin/anacron)"),
    ),
}  # fmt: skip

_USERS = ("oxidized", "jsm", "mko", "backup", "nagios")


def line(vendor: str, random: Random) -> Line:
    """One unrelated message of this vendor; its interfaces are never uplinks, and so many that hardly one comes thrice."""
    chosen = random.choice(_NOISE[vendor])
    n = random.randrange(1, 48)
    fields = {
        "user": random.choice(_USERS),
        "a": random.randrange(256),
        "b": random.randrange(256),
        "n": n,
        "hundred": 100 + n,
        "m": random.randrange(1, 25),
    }
    return Line(chosen.severity, chosen.program.format_map(fields), chosen.text.format_map(fields))
