"""From an outage to its runbook on a real terminal, through the door of a real engine: a key to the command, a step
that goes green when the device says so, a file that is taken away while it is open."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.at_runbook import Consoles, home_with, to_runbook
from tests.e2e.engines import Network, Running, until

COMMAND = "show interfaces GigabitEthernet0/1"
SEE = """### See the port at {interface}
- any: `show interfaces {interface}`
- expect: up/up
- check: interface {interface}
"""
HAND_OVER = """### Hand it over
- so: call the carrier
"""


def test_one_key_from_the_outage_to_the_command_and_green_when_the_device_says_so(tmp_path: Path) -> None:
    with Network(devices=1) as network:
        home, book = home_with(network, tmp_path, SEE, HAND_OVER)
        host = network.hosts[0]
        with Running(home) as engine, Consoles(home, tmp_path) as consoles:
            console = consoles.open(host)
            network.lose(host, engine)
            until(engine.open_outages)
            to_runbook(console)
            console.shows(f"{host}# {COMMAND}")
            console.shows("Gi0/1 is up")
            console.press("\r")
            console.shows("[>] 1")
            network.mend(host, engine)
            console.shows("verified")
            console.shows("[x] 1")
            book.unlink()
            console.shows("RUNBOOK EDITED")  # the shipped one of that name is back
            console.shows("no longer in it: See the port")
            console.press("q")
            assert console.ends() == 0
