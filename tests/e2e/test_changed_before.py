"""The change behind an outage that nobody logged: two captures in the inbox, a link that falls, and what the
explanation makes of them, before and after a restart."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from statetrace_engine import config
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.explanation import Explanation
from statetrace_engine.model.outage import CauseKind
from statetrace_engine.runtime import LiveEngine
from tests.e2e.engines import until
from tests.e2e.test_captures import ask

HOST = "BOYO-A01-AR-01"
INVENTORY = f"""[[device]]
hostname = "{HOST}"
vendor = "cisco_ios"
addresses = ["127.0.0.1"]
route = [{{ prefix = "0.0.0.0/0", class = "critical", primary = {{ next_hop = "10.5.1.2", interface = "Gi0/0/1", protocol = "bgp" }} }}]
"""  # noqa: E501 - a route is a line
SESSION = """BOYO-A01-AR-01#show running-config
Building configuration...

hostname BOYO-A01-AR-01
!
interface GigabitEthernet0/0/1
 ip address 10.5.1.1 255.255.255.252
{shut}!
interface GigabitEthernet0/0/7
 description {description}
!
ip route 10.9.0.0 255.255.0.0 10.5.2.2
end

BOYO-A01-AR-01#exit
"""
DOWN = b"<187>%LINK-3-UPDOWN: Interface GigabitEthernet0/0/1, changed state to down"


@contextmanager
def running(home: Path) -> Iterator[LiveEngine]:
    (home / "config").mkdir(parents=True, exist_ok=True)
    settings = '[syslog]\nudp = "127.0.0.1:0"\ntcp = ""\n[traps]\nudp = ""\n[bmp]\ntcp = ""\n'
    (home / "config" / "statetrace.toml").write_text(settings, encoding="utf-8")
    (home / "config" / "inventory.toml").write_text(INVENTORY, encoding="utf-8")
    engine = LiveEngine.start(config.load(home), home)
    try:
        yield engine
    finally:
        engine.stop()
        assert engine.failure is None


def drop(home: Path, name: str, shut: str, description: str, age_s: float) -> bytes:
    """A session log in the inbox, as old as that."""
    raw = SESSION.format(shut=shut, description=description).encode()
    path = home / "data" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    at = path.stat().st_mtime - age_s
    os.utime(path, (at, at))
    return raw


def say(engine: LiveEngine, message: bytes) -> None:
    host, _, port = engine.addresses()["syslog_udp"].rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(message, (host, int(port)))


def explained(engine: LiveEngine) -> Explanation | None:
    outages = ask(engine, lambda e: e.outages())
    return ask(engine, lambda e: e.explain(outages[0].outage_id)) if outages else None


def with_changes(engine: LiveEngine) -> Explanation:
    def found() -> Explanation | None:
        known = explained(engine)
        spots = [change.spot for change in known.changes if change.spot is not None] if known is not None else []
        return known if spots and all(Path(spot.name).exists() for spot in spots) else None  # moved, and named so

    return until(found)


def test_an_outage_names_the_change_that_two_captures_show(tmp_path: Path) -> None:
    with running(tmp_path) as engine:
        drop(tmp_path, "before.log", "", "spare", age_s=600)
        until(lambda: ask(engine, lambda e: e.captures()))
        say(engine, DOWN)
        first = until(lambda: explained(engine))
        assert (first.outage.cause, first.changes) == (CauseKind.LINK_FAILURE, ())
        after = drop(tmp_path, "after.log", " shutdown\n", "not ours", age_s=0)
        found = with_changes(engine)
        (change,) = found.changes
        assert change.text == "interface GigabitEthernet0/0/1: shutdown added"
        assert change.touches == ("gigabitethernet0/0/1",)
        assert change.between is not None
        assert change.between.change_type is ChangeType.ADDED
        assert 595 < change.between.to_at - change.between.from_at < 605
        assert change.spot is not None
        assert after[change.spot.start : change.spot.end] == b" shutdown"
        assert Path(change.spot.name).read_bytes() == after
        assert found.outage.cause is CauseKind.ADMIN_SHUTDOWN
        assert found.outage.incident_id == first.outage.incident_id
        assert [i.spot for i in found.causes[0].evidence if i.about == "change"] == [change.spot]
    with running(tmp_path) as engine:
        again = with_changes(engine)
        assert [(c.cause, c.weight) for c in again.causes] == [(c.cause, c.weight) for c in found.causes]
        assert again.changes == found.changes
        drop(tmp_path, "between.log", " shutdown\n", "spare", age_s=300)
        narrower = until(lambda: explained_by(engine, 500))
        assert len(narrower.changes) == 1


def explained_by(engine: LiveEngine, width_s: float) -> Explanation | None:
    """Once the change is known to lie between two captures that are no further apart."""
    found = explained(engine)
    spans = [c.between.to_at - c.between.from_at for c in found.changes if c.between] if found is not None else []
    return found if spans and max(spans) < width_s else None
