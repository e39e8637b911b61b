"""What the comparison with other monitors counts; it runs itself only as `python -m benchmarks.peers`."""

from __future__ import annotations

import json
import threading
import urllib.request
from pathlib import Path

import pytest

from benchmarks import peer_alerts, peer_monitors, peers
from benchmarks.peers import Run
from tests.testbed import shell


def _webhook(*alerts: tuple[str, str, str]) -> bytes:
    """`status, name, peer` of each."""
    told = [{"status": s, "labels": {"alertname": name, "bgpPeerRemoteAddr": peer}} for s, name, peer in alerts]
    return json.dumps({"status": "firing", "alerts": told}).encode()


def test_alerts_are_written_down_as_they_arrive_and_are_over_when_it_is_told(tmp_path: Path) -> None:
    alerts = peer_alerts.Alerts(tmp_path / "alerts.jsonl")
    with peer_alerts.receiver(tmp_path / "alerts.jsonl", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        urllib.request.urlopen(url, _webhook(("firing", "BgpPeerDown", "10.1.1.2"), ("firing", "Other", "x"))).close()
        assert alerts.open() == ["prometheus BgpPeerDown 10.1.1.2", "prometheus Other x"]
        urllib.request.urlopen(url, _webhook(("resolved", "BgpPeerDown", "10.1.1.2"))).close()
        server.shutdown()
    first = alerts.first("prometheus", 0.0)
    assert first is not None
    assert first.what == "BgpPeerDown 10.1.1.2"
    assert alerts.first("prometheus", first.at + 60) is None
    assert alerts.first("icinga2", 0.0) is None
    assert alerts.named("prometheus", 0.0) == ["BgpPeerDown 10.1.1.2", "Other x"]
    assert alerts.open() == ["prometheus Other x"]


def _run(opened_s: float | None, peer_s: float | None) -> Run:
    return Run(opened_s, 1.5, "admin-shutdown remote", {"icinga2": peer_s}, {"icinga2": ["ping"]})


def test_a_fault_is_counted_by_monitor_and_ours_must_be_within_the_bound() -> None:
    found = peers.figures("linkdown", True, ["icinga2"], [_run(0.2, 0.8), _run(0.2, None)])
    assert found["holds"] is True
    assert found["statetrace"]["outage"] == {"p50_s": 0.2, "p95_s": 0.2, "max_s": 0.2, "missed": 0}
    assert (found["statetrace"]["cause_right"], found["statetrace"]["causes"]) == (2, ["admin-shutdown remote"])
    icinga = found["icinga2"]
    assert (icinga["p50_s"], icinga["missed"], icinga["causes"], icinga["alerts"]) == (0.8, 1, [], ["ping"])
    assert (icinga["times_the_outage"], icinga["times_the_notice"]) == (4.0, 0.5)
    assert peers.figures("linkdown", True, ["icinga2"], [_run(3.0, 2.0)])["holds"] is False
    assert peers.figures("linkdown", True, ["icinga2"], [_run(None, 2.0)])["holds"] is False
    assert peers.figures("linkdown", True, ["icinga2"], [_run(0.2, 0.1)])["holds"] is True


def test_what_is_no_outage_is_counted_by_who_told_of_one() -> None:
    found = peers.calm("noise", True, ["icinga2"], [_run(None, 2.0), _run(None, None)])
    assert found["runs_with_false_alerts"] == {"statetrace": 0, "icinga2": 1}
    assert found["holds"] is True


def test_a_peer_that_is_not_installed_names_its_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shell, "PATH", str(tmp_path))
    assert {"prometheus", "prometheus-alertmanager"} <= set(peer_monitors.Prometheus.missing())
    assert {"icinga2-bin", "snmp"} <= set(peer_monitors.Icinga.missing())
