"""When which peer alerted: one line of JSON a notice, in a file that both write to as soon as they notify.

    python -m benchmarks.peer_alerts FILE PORT     receives Alertmanager's webhooks on 127.0.0.1 and writes them down

Icinga's notification command writes its lines itself.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple


class Alert(NamedTuple):
    at: float
    """Wall time of its arrival."""
    monitor: str
    what: str
    """`BgpPeerDown 10.1.1.2`, `bgp of 10.1.1.2`."""
    is_problem: bool


class Alerts:
    """The file, read again and again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.write_text("", encoding="utf-8")

    def all(self) -> list[Alert]:
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [Alert(**json.loads(line)) for line in lines]

    def first(self, monitor: str, since: float) -> Alert | None:
        """Its first problem from there on."""
        return next((a for a in self.all() if a.monitor == monitor and a.is_problem and a.at >= since), None)

    def named(self, monitor: str, since: float) -> list[str]:
        """All that it alerted of from there on, once each."""
        return sorted({a.what for a in self.all() if a.monitor == monitor and a.is_problem and a.at >= since})

    def open(self) -> list[str]:
        """What was told to be a problem, and not yet to be over."""
        last = {(alert.monitor, alert.what): alert.is_problem for alert in self.all()}
        return [f"{monitor} {what}" for (monitor, what), is_problem in last.items() if is_problem]


def receiver(path: Path, port: int) -> HTTPServer:
    """Writes down every alert of every webhook, once it serves; port 0: any."""

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at = time.time()
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told = [Alert(at, "prometheus", _what(a["labels"]), a["status"] == "firing") for a in body["alerts"]]
            with path.open("a", encoding="utf-8") as file:
                file.write("".join(json.dumps(alert._asdict()) + "\n" for alert in told))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # the base's name
            pass

    return HTTPServer(("127.0.0.1", port), Webhook)


def _what(labels: dict[str, str]) -> str:
    about = next((labels[name] for name in ("bgpPeerRemoteAddr", "ifIndex", "target") if name in labels), "")
    return f"{labels['alertname']} {about}".strip()


if __name__ == "__main__":
    receiver(Path(sys.argv[1]), int(sys.argv[2])).serve_forever()
