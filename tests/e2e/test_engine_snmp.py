"""The engine asks a device by SNMP, each version: what it sees, what it says when it cannot, and what it never says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from statetrace_engine.api import Engine
from statetrace_engine.model.reading import FactName
from statetrace_engine.model.signal import Polled, RouteReport, Source
from statetrace_tui.commands.checks import engine as checks
from tests.e2e.engines import Running, journal, log, until, write
from tests.snmp import snmpd
from tests.snmp.snmpd import AUTH, COMMUNITY, PRIV

pytestmark = pytest.mark.skipif(snmpd.SNMPD is None, reason="no snmpd here: apt-get install snmpd")
HOST = "AAAA-A01-AR-01"
SETTINGS = """[syslog]
udp = "127.0.0.1:0"
tcp = ""
[traps]
udp = ""
[bmp]
tcp = ""
[snmp.core]
port = {port}
interval_s = 1
vitals_s = 1
timeout_ms = 2000
{how}
"""
INVENTORY = f"""[[device]]
hostname = "{HOST}"
addresses = ["127.0.0.1"]
snmp = "core"
[[device.route]]
prefix = "198.51.100.0/24"
primary = {{ interface = "lo", protocol = "static" }}
"""
HOW = {
    "2c": 'version = "2c"\ncommunity = "env:ST_COMMUNITY"',
    "3": f'version = "3"\nuser = "{snmpd.user("sha256", "aes256")}"\nauth = "env:ST_AUTH"\npriv = "env:ST_PRIV"\n'
    'auth_protocol = "sha256"\npriv_protocol = "aes256"',
}
WRONG = {"2c": (COMMUNITY, "1 of 1 devices do not answer: " + HOST), "3": (AUTH, f"{HOST}: wrong key")}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd.running(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest.fixture(params=HOW)
def version(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its secrets are in the environment of the engine."""
    for name, secret in (("ST_COMMUNITY", COMMUNITY), ("ST_AUTH", AUTH), ("ST_PRIV", PRIV), ("ST_WRONG", "x" * 12)):
        monkeypatch.setenv(name, secret)
    return str(request.param)


def a_home(path: Path, port: int, how: str) -> Path:
    (path / "config").mkdir(parents=True, exist_ok=True)
    write(path / "config" / "statetrace.toml", SETTINGS.format(port=port, how=how))
    write(path / "config" / "inventory.toml", INVENTORY)
    return path


def polls(home: Path) -> list[Polled]:
    return [signal.payload for signal in journal(home) if isinstance(signal.payload, Polled)]


def trouble(engine: Running) -> str:
    return "; ".join(source.error for source in engine.status().sources if source.name == Source.SNMP)


def sources_of_the_route(engine: Running) -> dict[str, str]:
    async def ask(asked: Engine) -> dict[str, str]:
        (row,) = await asked.routes()
        detail = await asked.route_detail(row.route.route_id)
        assert detail is not None
        return {fresh.source: fresh.word for fresh in detail.freshness}

    return engine.ask(ask)


def test_a_device_is_asked_and_what_it_says_is_seen(tmp_path: Path, port: int, version: str) -> None:
    home = a_home(tmp_path / "home", port, HOW[version])
    with Running(home) as engine:
        until(lambda: sources_of_the_route(engine).get("snmp") == "fresh")
        until(lambda: engine.status().counters.signals.get("snmp", 0) >= 4)
        (source,) = [source for source in engine.status().sources if source.name == Source.SNMP]
        assert (source.state, source.error) == ("running", "")
        code, document, _ = engine.stop()
    assert code == 0
    assert document["signals"]["snmp"] >= 4
    assert all(poll.is_answered and poll.uptime_s is not None for poll in polls(home))
    (interface,) = {i for poll in polls(home) for i in poll.interfaces}
    assert (interface.name, interface.admin_up, interface.oper_up) == ("lo", True, True)
    reports = [signal.payload for signal in journal(home) if isinstance(signal.payload, RouteReport)]
    assert all((report.prefix, report.installed) == ("198.51.100.0/24", ()) for report in reports)
    assert_no_secret(home)


def test_it_says_how_it_does(tmp_path: Path, port: int, version: str) -> None:
    """By HOST-RESOURCES-MIB; its agent knows a load only after a minute."""

    def told() -> dict[FactName, float | None]:
        return {reading.fact: reading.value for poll in polls(home) for reading in poll.readings}

    home = a_home(tmp_path / "home", port, HOW[version])
    with Running(home):
        until(lambda: FactName.MEMORY in told())
    assert all(value is not None and 0 <= value <= 100 for value in told().values())


def test_a_wrong_key_is_said_and_a_right_one_put_in_force(tmp_path: Path, port: int, version: str) -> None:
    secret, words = WRONG[version]
    how = HOW[version]
    reference = "ST_COMMUNITY" if version == "2c" else "ST_AUTH"
    home = a_home(tmp_path / "home", port, how.replace(reference, "ST_WRONG"))
    with Running(home) as engine:
        until(lambda: words in trouble(engine))
        checked = [check for check in checks.checks(home, must_live=False) if check.name == "source snmp"]
        assert [(check.mark, words in check.found) for check in checked] == [("warn", True)]
        assert not any(poll.is_answered for poll in polls(home))
        write(home / "config" / "statetrace.toml", SETTINGS.format(port=port, how=how))
        until(lambda: any(poll.is_answered for poll in polls(home)))
        until(lambda: not trouble(engine))
    assert secret not in log(home)
    assert_no_secret(home)


def test_a_missing_secret_is_said_and_the_engine_goes_on(tmp_path: Path, port: int, version: str) -> None:
    home = a_home(tmp_path / "home", port, HOW[version].replace("env:ST_", "env:ST_NONE_"))
    with Running(home) as engine:
        until(lambda: f"{HOST}: no secret: at env:ST_NONE_" in trouble(engine))
        assert engine.banners() == {}
        assert engine.stop()[0] == 0


def assert_no_secret(home: Path) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert not [secret for secret in (COMMUNITY, AUTH, PRIV, "x" * 12) if secret.encode() in raw], path
