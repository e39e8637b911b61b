"""`report monitors`: the same figures through the engine's door, and afterwards from the store as far as it knows."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
INVENTORY = """[site.WLLS]
owner = "Network Core"
[[device]]
hostname = "WLLS-A01-AR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.1", "10.1.1.1"]
route = [{ prefix = "0.0.0.0/0", primary = { next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" } }]
[[device]]
hostname = "WLLS-B01-CR-01"
vendor = "cisco_ios"
addresses = ["10.255.1.2", "10.1.1.2"]
route = [{ prefix = "10.1.0.0/16", primary = { next_hop = "10.1.1.1", interface = "Te1/1", protocol = "static" } }]
[[device]]
hostname = "WLLS-C01-AS-01"
"""
WINDOWS = "[conflict]\nwindow_s = 1.0\noverlap_s = 0.3\n"


def _say(where: tuple[str, int], host: str, text: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(f"<187>Nov 23 09:00:00 {host} 77: {text}".encode(), where)


def _until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def _link(interface: str, state: str) -> str:
    return f"%LINK-3-UPDOWN: Interface {interface}, changed state to {state}"


def test_what_the_engine_sees_is_told_by_the_door_and_kept_by_the_store(
    statetrace: Run, engine: Callable[[], Any], home: Path
) -> None:
    settings = home / "config" / "statetrace.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + WINDOWS, encoding="utf-8")
    (home / "config" / "inventory.toml").write_text(INVENTORY, encoding="utf-8")
    at = ("report", "monitors", "--home", home, "--json")
    with engine() as running:
        _say(running.syslog_udp, "STRANGER-1", "%SYS-5-RESTART: hello")
        _say(running.syslog_udp, "WLLS-A01-AR-01", _link("GigabitEthernet0/1", "down"))
        _until(lambda: statetrace("outages", "--home", home, "--json").json["outages"])
        _say(running.syslog_udp, "WLLS-B01-CR-01", _link("TenGigabitEthernet1/1", "up"))
        told = _until(lambda: (found := statetrace(*at).json)["conflicts"]["conflicting"] >= 2 and found)
        assert told["live"] is True
        assert told["routes"]["conflicting"] == len(told["route_ids"]["conflicting"]) == 2
        assert "disagree on link" in told["conflicts"]["now"][0]["text"]
        assert 0 < told["conflicts"]["rate"] <= 1
        assert (told["devices_never_heard"], told["never_heard"]) == (1, ["WLLS-C01-AS-01"])
        assert told["unknown_senders"] == {"senders": 1, "messages": 1, "loudest": {"STRANGER-1": 1}}
        (syslog,) = (source for source in told["sources"] if source["source"] == "syslog_udp")
        assert (syslog["state"], syslog["dropped"]) == ("running", 0)
        assert told["latency"]["today"]["outages"] == 1
        (last,) = told["latency"]["last"]
        assert abs(last["total_ms"] - last["signal_ms"] - last["evaluation_ms"]) < 0.2, "rounded, each by itself"
        lines = statetrace("report", "monitors", "--home", home).out
        assert "WLLS-B01-CR-01 disagree on link" in lines
        running.stop()
        running.process.communicate(timeout=20)
    kept = statetrace(*at).json
    assert set(kept) == set(told)
    assert kept["live"] is False
    assert kept["conflicts"]["conflicting"] >= told["conflicts"]["conflicting"]
    assert kept["conflicts"]["windows"] >= told["conflicts"]["windows"]
    assert kept["routes"]["conflicting"] == 2
    assert kept["latency"]["today"] == told["latency"]["today"]
    assert (kept["backlog"], kept["devices_never_heard"], kept["unparsed"]) == (None, None, None)
    assert "No engine runs" in statetrace("report", "monitors", "--home", home).out
    with engine():
        again = statetrace(*at).json
        assert again["conflicts"]["conflicting"] >= kept["conflicts"]["conflicting"], "a restart forgets nothing"


def test_of_an_empty_home_nothing_is_known_and_no_rate_is_claimed(statetrace: Run, tmp_path: Path) -> None:
    told = statetrace("report", "monitors", "--home", tmp_path, "--json").json
    assert (told["live"], told["conflicts"]["windows"], told["conflicts"]["rate"]) == (False, 0, None)
    assert told["latency"]["recent"]["signal_ms"] is None


def test_what_is_wrong_with_a_source_stands_beside_it(statetrace: Run, engine: Callable[[], Any], home: Path) -> None:
    settings = home / "config" / "statetrace.toml"
    profile = '[snmp.core]\nversion = "2c"\ncommunity = "env:ST_NO_SUCH"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + profile, encoding="utf-8")
    polled = 'addresses = ["127.0.0.1"]\nsnmp = "core"\n'
    (home / "config" / "inventory.toml").write_text(INVENTORY + polled, encoding="utf-8")
    with engine():
        at = ("report", "monitors", "--home", home)
        _until(lambda: "no secret: at env:ST_NO_SUCH" in statetrace(*at).out)
