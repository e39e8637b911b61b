"""Traps and informs of SNMPv3 through a whole engine: heard, answered, refused, and the same engine after a restart."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from statetrace_engine.model.signal import Malformed, Source, Trap
from statetrace_engine.sources import address
from statetrace_engine.wire import snmp, usm
from statetrace_engine.wire.ber import TimeTicks
from statetrace_engine.wire.snmp import Message, PduKind, V3Message, Version
from statetrace_engine.wire.usm import Complaint
from tests.e2e.engines import Running, journal, log, until, write
from tests.snmp.usm import Usm

AUTH, PRIV, COMMUNITY = "auth-pass-of-tests", "priv-pass-of-tests", "c0mmunity-of-tests"
SETTINGS = """[syslog]
udp = "127.0.0.1:0"
tcp = ""
[bmp]
tcp = ""
[traps]
udp = "127.0.0.1:0"
communities = ["env:ST_COMMUNITY"]
[snmp.core]
user = "oper"
auth_protocol = "sha256"
auth = "env:ST_AUTH"
priv_protocol = "aes256"
priv = "env:ST_PRIV"
"""
INVENTORY = """[[device]]
hostname = "AAAA-A01-AR-01"
addresses = ["127.0.0.1"]
[[device.route]]
prefix = "198.51.100.0/24"
primary = { interface = "Gi0/7", next_hop = "10.1.1.2", protocol = "static" }
secondary = [{ interface = "Gi0/8", next_hop = "10.1.2.2", protocol = "static" }]
"""
LINK_DOWN = snmp.notifying(
    TimeTicks(4200),
    "1.3.6.1.6.3.1.1.5.3",
    ("1.3.6.1.2.1.2.2.1.1.7", 7),
    ("1.3.6.1.2.1.2.2.1.2.7", b"GigabitEthernet0/7"),
    ("1.3.6.1.2.1.2.2.1.8.7", 2),
)
THEIRS = b"\x80\0\x1f\x88\x80theirs"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, secret in (("ST_COMMUNITY", COMMUNITY), ("ST_AUTH", AUTH), ("ST_PRIV", PRIV)):
        monkeypatch.setenv(name, secret)
    (tmp_path / "config").mkdir()
    write(tmp_path / "config" / "statetrace.toml", SETTINGS)
    write(tmp_path / "config" / "inventory.toml", INVENTORY)
    return tmp_path


def where(engine: Running) -> tuple[str, int]:
    (source,) = [source for source in engine.status().sources if source.name == Source.TRAP]
    return address.split(source.detail)


def told(kind: PduKind, community: str = "") -> Message:
    return Message(version=Version.V2C, community=community.encode(), kind=kind, request_id=99, varbinds=LINK_DOWN)


def asked(device: socket.socket, raw: bytes) -> V3Message:
    device.send(raw)
    answer = snmp.decode(device.recv(65535))
    assert isinstance(answer, V3Message)
    return answer


def an_inform(device: socket.socket) -> V3Message:
    """As a device sends one that has never heard of us; the engine that it found."""
    nobody = Usm("", AUTH, PRIV, "sha256", b"")
    found = asked(device, nobody.sealed(1, told(PduKind.GET), is_private=False, is_signed=False, is_reportable=True))
    assert usm.complaint(found) is Complaint.UNKNOWN_ENGINE
    sender = Usm("oper", AUTH, PRIV, "sha256", found.engine_id, found.engine_boots)
    sender.advance(found.engine_time - 10)
    answer = asked(device, sender.sealed(2, told(PduKind.INFORM), is_private=True, is_reportable=True))
    assert usm.complaint(answer) is None
    assert answer.flags == snmp.V3Flags.AUTHENTICATED | snmp.V3Flags.ENCRYPTED
    return found


def test_traps_and_informs_open_an_outage_and_what_is_wrong_is_counted_by_why(home: Path) -> None:
    engines = []
    with Running(home) as engine, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.settimeout(30.0)
        device.connect(where(engine))
        device.send(Usm("oper", AUTH, PRIV, "sha256", THEIRS).sealed(1, told(PduKind.TRAP), is_private=True))
        until(lambda: engine.open_outages())
        engines.append(an_inform(device))
        device.send(Usm("oper", "another password", PRIV, "sha256", THEIRS).sealed(
            1, told(PduKind.TRAP), is_private=True))  # fmt: skip
        device.send(snmp.encode(told(PduKind.TRAP, "public")))
        device.send(snmp.encode(told(PduKind.TRAP, COMMUNITY)))
        (source,) = until(lambda: [s for s in engine.status().sources if s.received >= 6])
        until(lambda: engine.status().counters.unparsed == 2)
        assert source.refused == {"wrong key": 1, "wrong community": 1}
        engine.stop()
    with Running(home) as engine, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        device.settimeout(30.0)
        device.connect(where(engine))
        engines.append(an_inform(device))
        engine.stop()
    assert engines[0].engine_id == engines[1].engine_id
    assert [found.engine_boots for found in engines] == [1, 2]
    kinds = [type(signal.payload) for signal in journal(home) if signal.source is Source.TRAP]
    assert kinds.count(Trap) == 4
    assert kinds.count(Malformed) == 2
    assert not [secret for secret in (AUTH, PRIV, COMMUNITY) if secret in log(home)]
    for path in home.rglob("*"):
        raw = path.read_bytes() if path.is_file() else b""
        assert not [secret for secret in (AUTH, PRIV, COMMUNITY, "another password") if secret.encode() in raw], path
