"""Configuration of a running engine: edited, broken, repaired; and the starts that are refused."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from statetrace_engine.control import lease
from tests.e2e.engines import PATIENCE_S, ROOT, SETTINGS, Network, Running, journal, log, until, write

OURS = "# Ours\n## Steps\n### Look\n- any: `show`\n- expect: it\n"
HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01", "CCCC-A03-AR-01"]


def _refused(home: Path) -> tuple[int, list[str]]:
    """`statetrace engine` that does not start: its exit code and its complaints."""
    done = subprocess.run(
        [sys.executable, "-m", "statetrace_tui", "engine", "--home", str(home)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return done.returncode, done.stderr.splitlines()


def test_a_second_engine_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine:
            engine.until_healthy()
            code, complaints = _refused(home)
            assert (code, len(complaints)) == (3, 1)
            assert str(engine.process.pid) in complaints[0]
            network.cut(HOSTS[0], engine)
            until(engine.open_outages)
            assert engine.stop()[0] == 0
        assert "Traceback" not in log(home)


def test_a_port_that_is_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    with Network(1) as network, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        home = network.home(tmp_path / "home", udp=other.getsockname()[1])
        code, complaints = _refused(home)
        assert (code, len(complaints)) == (3, 1)
        assert "[syslog] udp" in complaints[0]
        assert not lease.is_owned(home / "data")
        assert not (home / "data" / "statetrace.db").exists()
        assert journal(home) == []
        other.close()
        with Running(home) as engine:
            engine.until_healthy()


def test_a_broken_configuration_is_refused_with_every_problem(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home", more="[class.critcal]\ngrace_s = 1\n[console]\nthem = 1\n")
        code, complaints = _refused(home)
        assert code == 2
        assert any("critcal" in line for line in complaints)
        assert any("them" in line for line in complaints)
        assert not lease.is_owned(home / "data")


def test_a_broken_edit_keeps_the_old_settings_until_it_is_repaired(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        inventory = home / "config" / "inventory.toml"
        good = inventory.read_text(encoding="utf-8")
        with Running(home) as engine:
            engine.until_healthy()
            write(inventory, good + "\n[[device]\n")
            text = until(lambda: engine.banners().get("config", ""))
            assert "inventory.toml" in text
            network.cut(HOSTS[0], engine)
            until(engine.open_outages)
            write(inventory, good)
            until(lambda: "config" not in engine.banners())
            assert len(engine.open_outages()) == 1
            assert engine.stop()[0] == 0


def test_an_inventory_that_is_emptied_or_deleted_keeps_every_route_and_its_open_outage(tmp_path: Path) -> None:
    with Network(2) as network:
        home = network.home(tmp_path / "home")
        inventory = home / "config" / "inventory.toml"
        good = inventory.read_text(encoding="utf-8")
        with Running(home) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (outage,) = until(engine.open_outages)
            inventory.write_text("", encoding="utf-8")
            assert "the 2 watched routes stay" in until(lambda: engine.banners().get("config", ""))
            inventory.unlink()
            network.cut(HOSTS[1], engine)
            until(lambda: len(engine.open_outages()) == 2)
            assert set(engine.states()) == set(HOSTS[:2])
            assert "the 2 watched routes stay" in engine.banners()["config"]
            write(inventory, good)
            until(lambda: "config" not in engine.banners())
            assert outage.outage_id in {o.outage_id for o in engine.open_outages()}
            assert engine.stop()[0] == 0
        kinds = [type(signal.payload).__name__ for signal in journal(home)]
        assert kinds.count("SettingsChanged") == 1


def test_a_runbook_that_is_deleted_keeps_no_engine_from_starting(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        inventory, book = home / "config" / "inventory.toml", home / "config" / "runbooks" / "ours.md"
        book.parent.mkdir()
        book.write_text(OURS, encoding="utf-8")
        write(inventory, inventory.read_text(encoding="utf-8").replace("owner =", 'runbook = "ours"\nowner ='))
        with Running(home) as engine:
            engine.until_healthy()
            assert not engine.banners()
            book.unlink()
            assert "no runbook 'ours'" in until(lambda: engine.banners().get("config", ""))
            assert engine.stop()[0] == 0
        with Running(home) as engine:
            engine.until_healthy()
            assert "no runbook 'ours'" in engine.banners()["runbooks"]
            network.cut(HOSTS[0], engine)
            (outage,) = until(engine.open_outages)
            guided = engine.ask(lambda e: e.guide(outage.outage_id, "jsm@jump"))
            assert guided.steps, "that of its cause"
            book.write_text(OURS, encoding="utf-8")
            until(lambda: not engine.banners())
            assert engine.stop()[0] == 0


def test_an_edit_that_drops_most_routes_is_announced_before_it_ends_their_outages(tmp_path: Path) -> None:
    hasty = "from statetrace_engine.runtime import reloading; reloading.REMOVAL_S = 3.0"
    with Network(3) as network:
        home = network.home(tmp_path / "home")
        with Running(home, code=hasty) as engine:
            engine.until_healthy()
            network.cut(HOSTS[0], engine)
            (outage,) = until(engine.open_outages)
            write(home / "config" / "inventory.toml", network.inventory(HOSTS[2:]))
            text = until(lambda: engine.banners().get("config", ""))
            assert "drops 2 of 3 watched routes" in text
            until(lambda: set(engine.states()) == {HOSTS[2]})
            until(lambda: "config" not in engine.banners())
            (ended,) = [o for o in engine.outages() if o.outage_id == outage.outage_id]
            assert ended.closed_at is not None
            assert "no longer watched" in ended.survival
            assert engine.stop()[0] == 0


def test_an_edited_inventory_takes_effect_and_keeps_what_is_known(tmp_path: Path) -> None:
    with Network(3) as network:
        home = network.home(tmp_path / "home", hosts=HOSTS[:2])
        inventory = home / "config" / "inventory.toml"
        with Running(home) as engine:
            engine.until_healthy()
            for host in HOSTS[:2]:
                network.cut(host, engine)
            until(lambda: len(engine.open_outages()) == 2)
            stays = next(o.outage_id for o in engine.open_outages() if o.hostname == HOSTS[1])
            write(inventory, network.inventory(HOSTS[1:]))
            until(lambda: set(engine.states()) == set(HOSTS[1:]))
            until(lambda: engine.states()[HOSTS[2]] == "HEALTHY")
            assert [o.outage_id for o in engine.open_outages()] == [stays]
            assert engine.status().routes == 2
            network.cut(HOSTS[2], engine)
            until(lambda: len(engine.open_outages()) == 2)
            engine.settle()
            engine.kill()
        with Running(home) as engine:
            assert {o.hostname for o in engine.open_outages()} == set(HOSTS[1:])
            assert set(engine.states()) == set(HOSTS[1:])
            assert engine.stop()[0] == 0


def test_an_inventory_edited_while_nothing_ran_is_a_change_like_any_other(tmp_path: Path) -> None:
    with Network(3) as network:
        home = network.home(tmp_path / "home", hosts=HOSTS[:2])
        with Running(home) as engine:
            engine.until_healthy()
            for host in HOSTS[:2]:
                network.cut(host, engine)
            until(lambda: len(engine.open_outages()) == 2)
            engine.stop()
        write(home / "config" / "inventory.toml", network.inventory(HOSTS[1:]))
        with Running(home) as engine:
            assert set(engine.states()) == set(HOSTS[1:])
            until(lambda: {o.hostname for o in engine.open_outages()} == {HOSTS[1]})
            engine.stop()
        kinds = [type(signal.payload).__name__ for signal in journal(home)]
        assert kinds.count("SettingsChanged") == 2


def test_settings_that_did_not_change_are_journaled_once(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        for _ in range(3):
            with Running(home) as engine:
                engine.until_healthy()
                engine.stop()
        kinds = [type(signal.payload).__name__ for signal in journal(home)]
        assert (kinds.count("SettingsChanged"), kinds.count("Gap")) == (1, 2)


def test_a_listener_moves_without_losing_the_others(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with Running(home) as engine:
            engine.until_healthy()
            settings = home / "config" / "statetrace.toml"
            text = SETTINGS.format(hold_s=600, grace_s=1, udp=port)
            write(settings, text.replace('tcp = ""', 'tcp = "127.0.0.1:0"'))
            until(lambda: {s.name for s in engine.status().sources} >= {"syslog_udp", "syslog_tcp"})
            found = {s.name: s.detail for s in engine.status().sources}
            assert found["syslog_udp"] == f"127.0.0.1:{port}"
            engine.addresses["syslog_udp"] = ("127.0.0.1", port)
            network.cut(HOSTS[0], engine)
            until(engine.open_outages)
            tcp = found["syslog_tcp"]
            write(settings, text.replace('tcp = ""', 'tcp = "127.0.0.1:0"').replace(f":{port}", ":0"))
            until(lambda: {s.name: s.detail for s in engine.status().sources}["syslog_udp"] != f"127.0.0.1:{port}")
            assert {s.name: s.detail for s in engine.status().sources}["syslog_tcp"] == tcp, "it was not interrupted"
            assert engine.stop()[0] == 0


def test_a_listener_that_cannot_move_is_shown_and_tried_again(tmp_path: Path) -> None:
    with Network(1) as network:
        home = network.home(tmp_path / "home")
        with Running(home) as engine, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            engine.until_healthy()
            other.bind(("127.0.0.1", 0))
            port = other.getsockname()[1]
            write(home / "config" / "statetrace.toml", SETTINGS.format(hold_s=600, grace_s=1, udp=port))
            text = until(lambda: engine.banners().get("source", ""))
            assert "syslog_udp" in text
            assert str(port) in text
            (failed,) = [s for s in engine.status().sources if s.name == "syslog_udp"]
            assert failed.state == "failed"
            other.close()
            until(lambda: "source" not in engine.banners())
            (running,) = [s for s in engine.status().sources if s.name == "syslog_udp"]
            assert (running.state, running.detail) == ("running", f"127.0.0.1:{port}")
            assert engine.stop()[0] == 0
