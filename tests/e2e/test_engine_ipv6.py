"""A device that has IPv6 addresses only: it is asked and probed there, and whatever comes from there is its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from statetrace_engine.model.signal import Polled
from statetrace_engine.sources import address
from statetrace_engine.wire import bmp_encode, snmp
from statetrace_engine.wire.ber import TimeTicks
from statetrace_engine.wire.snmp import Message, PduKind, Version
from tests.e2e.engines import Running, journal, log, until, write
from tests.snmp import snmpd

HOST = "AAAA-A01-AR-01"
SETTINGS = """[syslog]
udp = "[::1]:0"
tcp = "[::1]:0"
[traps]
udp = "[::1]:0"
[bmp]
tcp = "[::1]:0"
[snmp.core]
version = "2c"
community = "env:ST_COMMUNITY"
interval_s = 1
timeout_ms = 2000
"""
INVENTORY = f"""[[device]]
hostname = "{HOST}"
vendor = "cisco_ios"
addresses = ["0:0:0:0:0:0:0:1"]
snmp = "core"
snmp_address = "[::1]:{{port}}"
[[device.route]]
prefix = "2001:db8:9::/48"
primary = {{{{ interface = "Gi0/7", next_hop = "2001:db8::2", protocol = "static" }}}}
[[device.route]]
prefix = "2001:db8:a::/48"
primary = {{{{ interface = "Gi0/8", next_hop = "2001:db8::6", protocol = "static" }}}}
"""
LINK_DOWN = snmp.notifying(
    TimeTicks(4200),
    "1.3.6.1.6.3.1.1.5.3",
    ("1.3.6.1.2.1.2.2.1.1.7", 7),
    ("1.3.6.1.2.1.2.2.1.2.7", b"GigabitEthernet0/7"),
    ("1.3.6.1.2.1.2.2.1.8.7", 2),
)
TRAP = Message(version=Version.V2C, community=b"public", kind=PduKind.TRAP, request_id=9, varbinds=LINK_DOWN)
SYSLOG = b"<187>1 - - - - - - %LINK-3-UPDOWN: Interface GigabitEthernet0/8, changed state to down"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


pytestmark = [
    pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here"),
    pytest.mark.skipif(snmpd.SNMPD is None, reason="no snmpd here: apt-get install snmpd"),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ST_COMMUNITY", snmpd.COMMUNITY)
    (tmp_path / "config").mkdir()
    (tmp_path / "agent").mkdir()
    with snmpd.running(tmp_path / "agent", "::1") as port:
        write(tmp_path / "config" / "statetrace.toml", SETTINGS)
        write(tmp_path / "config" / "inventory.toml", INVENTORY.format(port=port))
        yield tmp_path


def where(engine: Running, source: str) -> tuple[str, int]:
    return address.split(until(lambda: [s for s in engine.status().sources if s.name == source])[0].detail)


def test_what_comes_from_an_ipv6_address_is_the_devices(home: Path) -> None:
    with Running(home) as engine:
        until(lambda: engine.status().counters.signals.get("snmp"))
        until(lambda: engine.status().counters.signals.get("probe_icmp"))
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as device:
            device.sendto(snmp.encode(TRAP), where(engine, "trap"))
            until(lambda: {o.prefix for o in engine.open_outages()} == {"2001:db8:9::/48"})
            device.sendto(SYSLOG, where(engine, "syslog_udp"))
            until(lambda: len(engine.open_outages()) == 2)
        assert {o.hostname for o in engine.open_outages()} == {HOST}
        with socket.create_connection(where(engine, "bmp")) as router:
            router.sendall(bmp_encode.initiation(HOST))
            until(lambda: [s for s in engine.status().sources if s.name == "bmp" and s.connections == 1])
        assert engine.status().counters.unknown_senders == {}
        engine.settle()
        assert engine.stop()[0] == 0
    assert any(isinstance(s.payload, Polled) and s.payload.is_answered and s.peer == "::1" for s in journal(home))
    assert "Traceback" not in log(home)
