"""The peers beside StateTrace: Prometheus with Alertmanager, and Icinga 2, each on the jump host of a testbed.

Both ask the same two addresses by ICMP and acc's agent for its BGP peers and interfaces, as they are usually set up, at
the pace that is asked for: their fastest (1 s), or what their documentation proposes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from tests.testbed import agents, shell
from tests.testbed.network import Network

NEXT_HOP, HOST, AGENT = "10.1.1.2", "192.168.50.10", "10.0.0.1"
INTERFACE = "toc1"
PEER_STATE, OPER_STATUS = "1.3.6.1.2.1.15.3.1.2", "1.3.6.1.2.1.2.2.1.8"
PLUGINS = Path("/usr/lib/nagios/plugins")
_WEBHOOK, _PROMETHEUS, _ALERTMANAGER, _BLACKBOX, _SNMP = 9099, 9090, 9093, 9115, 9116


class Pace(NamedTuple):
    """How fast the peers are told to be."""

    name: str
    scrape: str
    evaluation: str
    holds: str
    """Prometheus's `for`."""
    group_wait: str
    group_interval: str
    check: str
    retry: str
    attempts: int


PACES = {
    pace.name: pace
    for pace in (
        Pace("1s", "1s", "1s", "0s", "0s", "1s", "1s", "1s", 3),
        Pace("defaults", "1m", "1m", "0s", "30s", "5m", "1m", "30s", 3),
    )
}


FIRST_CHECKS_S = {"1s": 3.0, "defaults": 65.0}


class Monitor(ABC):
    """One of them: `missing()`, then `start()`, `is_ready()` and `end()`."""

    name = ""
    needed: dict[str, str] = {}
    """Programs, and Debian's package of each."""
    services: tuple[str, ...] = ()
    """What these packages would run on the machine itself."""

    def __init__(self, network: Network, pace: Pace, alerts: Path) -> None:
        self.pace = pace
        self.alerts = alerts
        self.folder = network.folder / self.name
        self._network = network
        self._children: list[subprocess.Popen[bytes]] = []

    @classmethod
    def missing(cls) -> list[str]:
        """The packages that are not there."""
        return [package for program, package in cls.needed.items() if shutil.which(program, path=shell.PATH) is None]

    @classmethod
    @abstractmethod
    def version(cls) -> str:
        """Of what is installed."""

    @classmethod
    @abstractmethod
    def settings(cls, pace: Pace) -> dict[str, str]:
        """As they are printed."""

    @abstractmethod
    def start(self) -> None:
        """Its programs, in the network's home."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it has heard of all that it asks, and found it well."""

    def end(self) -> None:
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait()

    def _write(self, name: str, value: object) -> Path:
        """A file of its folder; JSON is YAML too."""
        path = self.folder / name
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1), encoding="utf-8")
        return path

    def _spawn(self, *command: str) -> None:
        with (self.folder / f"{Path(command[0]).name}.out").open("ab") as out:
            inside = self._network.inside("jump", *command)
            child = subprocess.Popen(inside, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=shell.environ())
        self._children.append(child)


class Prometheus(Monitor):
    name = "prometheus"
    needed = {
        "prometheus": "prometheus",
        "promtool": "prometheus",
        "prometheus-alertmanager": "prometheus-alertmanager",
        "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
        "prometheus-snmp-exporter": "prometheus-snmp-exporter",
    }
    services = (
        "prometheus",
        *(f"prometheus-{part}" for part in ("alertmanager", "blackbox-exporter", "snmp-exporter")),
    )

    @classmethod
    def version(cls) -> str:
        return "; ".join(_first_line(program, "--version") for program in cls.needed if program != "promtool")

    @classmethod
    def settings(cls, pace: Pace) -> dict[str, str]:
        return {
            "scrape_interval": pace.scrape, "evaluation_interval": pace.evaluation, "for": pace.holds,
            "group_wait": pace.group_wait, "group_interval": pace.group_interval,
            "asks": f"blackbox ICMP to {NEXT_HOP} and {HOST}; SNMPv3 bgpPeerState and ifOperStatus of acc",
        }  # fmt: skip

    def start(self) -> None:
        self.folder.mkdir()
        self._spawn(sys.executable, "-m", "benchmarks.peer_alerts", str(self.alerts), str(_WEBHOOK))
        blackbox = self._write("blackbox.yml", {"modules": {"icmp": {"prober": "icmp", "timeout": "400ms"}}})
        self._spawn("prometheus-blackbox-exporter", f"--config.file={blackbox}", f"--web.listen-address=:{_BLACKBOX}")
        snmp = self._write("snmp.yml", {"acc": _snmp_module()})
        self._spawn("prometheus-snmp-exporter", f"--config.file={snmp}", f"--web.listen-address=:{_SNMP}")
        manager = self._write("alertmanager.yml", _alertmanager(self.pace))
        self._spawn(
            "prometheus-alertmanager", f"--config.file={manager}", f"--storage.path={self.folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{_ALERTMANAGER}", "--cluster.listen-address=",
        )  # fmt: skip
        self._write("rules.yml", _rules(self.pace))
        config = self._write("prometheus.yml", _prometheus(self.pace))
        self._spawn(
            "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{_PROMETHEUS}",
        )  # fmt: skip

    def is_ready(self) -> bool:
        well = "count(bgpPeerState == 6) >= 2 and count(probe_success == 1) == 2 and count(ifOperStatus == 1) >= 3"
        url = f"http://127.0.0.1:{_PROMETHEUS}"
        return "=>" in self._network.run("jump", "promtool", "query", "instant", url, well, is_checked=False)


def _snmp_module() -> dict[str, object]:
    def column(name: str, oid: str, index: str, kind: str) -> dict[str, object]:
        return {
            "name": name,
            "oid": oid,
            "type": "gauge",
            "help": name,
            "indexes": [{"labelname": index, "type": kind}],
        }

    return {
        "walk": [PEER_STATE, OPER_STATUS],
        "version": 3,
        "timeout": "800ms",
        "retries": 0,
        "auth": {
            "security_level": "authPriv", "username": agents.USER, "password": agents.AUTH, "auth_protocol": "SHA",
            "priv_password": agents.PRIV, "priv_protocol": "AES",
        },
        "metrics": [
            column("bgpPeerState", PEER_STATE, "bgpPeerRemoteAddr", "InetAddressIPv4"),
            column("ifOperStatus", OPER_STATUS, "ifIndex", "gauge"),
        ],
    }  # fmt: skip


def _prometheus(pace: Pace) -> dict[str, object]:
    def job(name: str, module: str, targets: list[str], exporter: int) -> dict[str, object]:
        relabel = [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "target"},
            {"target_label": "__address__", "replacement": f"127.0.0.1:{exporter}"},
        ]
        path = "/probe" if exporter == _BLACKBOX else "/snmp"
        return {
            "job_name": name, "metrics_path": path, "params": {"module": [module]},
            "static_configs": [{"targets": targets}], "relabel_configs": relabel,
        }  # fmt: skip

    timeout = pace.scrape if pace.scrape.endswith("s") else "10s"
    return {
        "global": {"scrape_interval": pace.scrape, "scrape_timeout": timeout, "evaluation_interval": pace.evaluation},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{_ALERTMANAGER}"]}]}]},
        "scrape_configs": [
            job("ping", "icmp", [NEXT_HOP, HOST], _BLACKBOX),
            job("snmp", "acc", [AGENT], _SNMP),
        ],
    }


_ALERTS = {
    "Unreachable": "probe_success == 0",
    "BgpPeerDown": "bgpPeerState != 6",
    "InterfaceDown": "ifOperStatus == 2",
}


def _rules(pace: Pace) -> dict[str, object]:
    exprs = {
        "Unreachable": "probe_success == 0",
        "BgpPeerDown": "bgpPeerState != 6",
        "InterfaceDown": "ifOperStatus == 2",
    }
    rules = [{"alert": name, "expr": expr, "for": pace.holds} for name, expr in exprs.items()]
    return {"groups": [{"name": "routes", "rules": rules}]}


def _alertmanager(pace: Pace) -> dict[str, object]:
    route = {"receiver": "us", "group_by": ["..."], "repeat_interval": "12h"}
    waits = {"group_wait": pace.group_wait, "group_interval": pace.group_interval}
    hook = {"url": f"http://127.0.0.1:{_WEBHOOK}/", "send_resolved": True}
    return {"route": {**route, **waits}, "receivers": [{"name": "us", "webhook_configs": [hook]}]}


_ICINGA = """const PluginDir = "{plugins}"
library "checker"
library "notification"
object CheckerComponent "checker" {{ }}
object NotificationComponent "notification" {{ }}
object CheckCommand "passive" {{ command = [ "/bin/true" ] }}
object CheckCommand "ping" {{
  command = [ PluginDir + "/check_icmp", "-H", "$target$", "-n", "1", "-w", "400,100%", "-c", "500,100%", "-t", "1" ]
}}
object CheckCommand "snmp" {{
  command = [ PluginDir + "/check_snmp", "-H", "{agent}", "-P", "3", "-L", "authPriv", "-U", "{user}", "-a", "SHA",
    "-A", "{auth}", "-x", "AES", "-X", "{priv}", "-t", "1", "-e", "0", "-o", "$oid$", "-c", "$good$:$good$" ]
}}
object NotificationCommand "write" {{
  command = [ "{script}", "$service.name$", "$notification.type$" ]
}}
object User "us" {{ }}
object Host "acc" {{ check_command = "passive"; enable_active_checks = false }}
"""
_SERVICE = """object Service "{name}" {{
  host_name = "acc"
  check_command = "{command}"
  check_interval = {pace.check}
  retry_interval = {pace.retry}
  max_check_attempts = {pace.attempts}
{vars}}}
object Notification "of {name}" {{
  host_name = "acc"
  service_name = "{name}"
  command = "write"
  users = [ "us" ]
  types = [ Problem, Recovery ]
  interval = 0
}}
"""
_SCRIPT = """#!/bin/sh
at=$(date +%s.%N)
case "$2" in PROBLEM) problem=true ;; *) problem=false ;; esac
printf '{"at": %s, "monitor": "icinga2", "what": "%s", "is_problem": %s}\\n' "$at" "$1" "$problem" >> ALERTS
"""


class Icinga(Monitor):
    name = "icinga2"
    needed = {
        "icinga2": "icinga2-bin",
        str(PLUGINS / "check_icmp"): "monitoring-plugins-basic",
        str(PLUGINS / "check_snmp"): "monitoring-plugins-standard",
        "snmpget": "snmp",
    }
    services = ("icinga2",)

    def __init__(self, network: Network, pace: Pace, alerts: Path) -> None:
        super().__init__(network, pace, alerts)
        self._active = 0.0

    @classmethod
    def version(cls) -> str:
        return _first_line("icinga2", "--version")

    @classmethod
    def settings(cls, pace: Pace) -> dict[str, str]:
        return {
            "check_interval": pace.check, "retry_interval": pace.retry, "max_check_attempts": str(pace.attempts),
            "asks": f"check_icmp {NEXT_HOP} and {HOST}; check_snmp bgpPeerState and ifOperStatus of acc by SNMPv3",
        }  # fmt: skip

    def start(self) -> None:
        self.folder.mkdir()
        script = self._write("notify", _SCRIPT.replace("ALERTS", str(self.alerts)))
        script.chmod(0o755)
        config = self._write("icinga2.conf", self._config(script))
        folders = {name: self.folder / name.lower() for name in ("Data", "Log", "Cache", "Spool", "InitRun")}
        for folder in folders.values():
            folder.mkdir()
        defined = [f"-DConfiguration.{name}Dir={folder}" for name, folder in folders.items()]
        defined += ["-DConfiguration.RunAsUser=root", "-DConfiguration.RunAsGroup=root"]
        defined += [f"-DConfiguration.PidPath={self.folder}/pid", f"-DConfiguration.StatePath={self.folder}/state"]
        self._spawn("icinga2", "daemon", "-c", str(config), *defined, "-x", "information")

    def is_ready(self) -> bool:
        """It says when it has begun, and each check has come once an interval later."""
        if not self._active and "Activated all objects" in (self.folder / "icinga2.out").read_text(encoding="utf-8"):
            self._active = time.monotonic()
        return bool(self._active) and time.monotonic() - self._active > FIRST_CHECKS_S[self.pace.name]

    def _config(self, script: Path) -> str:
        head = _ICINGA.format(
            plugins=PLUGINS, agent=AGENT, user=agents.USER, auth=agents.AUTH, priv=agents.PRIV, script=script
        )
        index = self._network.run("acc", "cat", f"/sys/class/net/{INTERFACE}/ifindex").strip()
        services = (
            (f"ping {NEXT_HOP}", "ping", {"target": NEXT_HOP}),
            (f"ping {HOST}", "ping", {"target": HOST}),
            (f"bgp {NEXT_HOP}", "snmp", {"oid": f"{PEER_STATE}.{NEXT_HOP}", "good": "6"}),
            (f"interface {INTERFACE}", "snmp", {"oid": f"{OPER_STATUS}.{index}", "good": "1"}),
        )
        return head + "".join(
            _SERVICE.format(
                name=name,
                command=command,
                pace=self.pace,
                vars="".join(f'  vars.{key} = "{value}"\n' for key, value in named.items()),
            )
            for name, command, named in services
        )


MONITORS: tuple[type[Monitor], ...] = (Prometheus, Icinga)


def _first_line(program: str, *arguments: str) -> str:
    """Some say it on standard error."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env=shell.environ(), check=False)
    return (done.stdout or done.stderr).partition("\n")[0].partition(" (branch")[0]
