"""`statetrace drill` on a real engine and a lab that its own two commands break and heal."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from statetrace_engine.model.action import MarkShown
from statetrace_tui.commands import drill as command
from tests.commands.conftest import launch
from tests.e2e.engines import Network, Running, until

Run = Callable[..., Any]
HOST, PREFIX = "AAAA-A01-AR-01", "10.20.0.0/24"
OTHER = "BBBB-A02-AR-01"
TELL = """import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lab:
    lab.settimeout(20)
    lab.sendto(sys.argv[2].encode(), ("127.0.0.1", int(sys.argv[1])))
    print(lab.recv(100))
"""
NEVER = "import threading; threading.Event().wait()"


class Lab:
    """Does what it is told over UDP: `break HOST`, `heal HOST`; answers when it has."""

    def __init__(self, network: Network, engine: Running, folder: Path) -> None:
        self.did: list[str] = []
        self.late = threading.Event()
        """What `heal-later HOST` and `heal-slowly HOST` wait for; the latter answers only then."""
        self._network, self._engine = network, engine
        self._script = folder / "tell.py"
        self._script.write_text(TELL, encoding="utf-8")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def command(self, words: str) -> str:
        """A command line that tells the lab so."""
        return f'"{sys.executable}" "{self._script}" {self._port} "{words}"'

    def close(self) -> None:
        self.late.set()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wake:
            wake.sendto(b"end", ("127.0.0.1", self._port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while (words := self._socket.recvfrom(200))[0] != b"end":
            what, _, host = words[0].decode().partition(" ")
            self.did.append(what)
            if what == "break":
                self._network.lose(host, self._engine)
            elif what == "heal":
                self._network.mend(host, self._engine)
            elif what == "heal-slowly":
                self._mend_later(host)
            elif what == "heal-later":
                threading.Thread(target=self._mend_later, args=(host,), daemon=True).start()
            self._socket.sendto(b"done", words[1])

    def _mend_later(self, host: str) -> None:
        self.late.wait(20)
        self._network.mend(host, self._engine)


class Scene(NamedTuple):
    lab: Lab
    engine: Running
    home: Path

    def breaking(self, **said: str) -> list[str]:
        """The options of a drill of the first device."""
        commands = {"break": self.lab.command(f"break {HOST}"), "heal": self.lab.command(f"heal {HOST}"), **said}
        home = ["--home", str(self.home), "--json", "--keep", "0"]
        return ["drill", *home, "--break", commands["break"], "--heal", commands["heal"]]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Network() as network:
        home = network.home(tmp_path / "home", hold_s=0.5, grace_s=0.2)
        with Running(home) as engine:
            engine.until_healthy()
            lab = Lab(network, engine, tmp_path)
            yield Scene(lab, engine, home)
            lab.close()


def _python(code: str) -> str:
    return f'"{sys.executable}" -c "{code}"'


def test_a_drill_measures_every_run_and_heals_it(statetrace: Run, scene: Scene) -> None:
    said = statetrace(
        *scene.breaking(), "--route", HOST, PREFIX, "--runs", "2", "--keep", "0.5", "--expect-cause", "link-failure"
    )
    assert said.code == 0, said.err
    assert scene.lab.did == ["break", "heal"] * 2
    assert [run["verdict"] for run in said.json["runs"]] == ["found", "found"]
    for run in said.json["runs"]:
        (outage,) = run["outages"]
        parts = outage["parts_ms"]
        assert 0 <= outage["detected_ms"] < 10_000
        assert parts["occurrence"] + parts["signal"] + parts["evaluation"] == pytest.approx(outage["detected_ms"], 0.1)
        assert outage["notified_ms"] - outage["detected_ms"] == pytest.approx(parts["notice"], abs=0.2)
        assert parts["notice"] >= 199
        assert (outage["shown_ms"], parts["glass"]) == (None, None)
        assert outage["announced_ms"] - outage["resolved_ms"] >= 499
        assert (outage["cause_at_opening"], outage["cause_after_5_s"]) == ("link-failure", None)
        assert (run["incidents"][0]["routes"], run["others"]) == (1, [])
    assert said.json["spread"]["detected_ms"]["count"] == 2
    assert said.json["spread"]["shown_ms"] is None
    assert "run 2 of 2: breaking" in said.err


def test_the_audit_and_the_timeline_tell_a_drill_from_an_outage(statetrace: Run, scene: Scene) -> None:
    breaking = f"{scene.lab.command(f'break {HOST}')} --password hunter2"
    (outage,) = statetrace(*scene.breaking(**{"break": breaking}), "--device", HOST).json["runs"][0]["outages"]

    def written() -> list[tuple[str, str]]:
        entries = statetrace("audit", "show", "--home", scene.home, "--json").json["audit"]
        told = [(entry["subject"], entry["detail"]) for entry in reversed(entries) if entry["action"] == "drill"]
        return told if len(told) == 3 else []

    told = until(written)
    assert [subject for subject, _ in told] == [HOST, HOST, outage["outage_id"]]
    assert [detail.partition(":")[0] for _, detail in told] == ["begins", "ends", f"of {HOST}"]
    assert f"break {HOST}" in told[0][1]
    assert "hunter2" not in told[0][1]
    timeline = scene.engine.ask(lambda engine: engine.timeline(outage["outage_id"]))
    assert any(mark.text.startswith("a drill of ") for mark in timeline.marks)


def test_a_console_that_shows_the_outage_is_the_glass(statetrace: Run, scene: Scene) -> None:
    def show() -> None:
        ids = tuple(outage.outage_id for outage in until(scene.engine.open_outages))
        scene.engine.ask(lambda engine: engine.act(MarkShown("ana@jump", ids)))

    console = threading.Thread(target=show)
    console.start()
    (outage,) = statetrace(*scene.breaking(), "--keep", "1").json["runs"][0]["outages"]
    console.join()
    assert outage["parts_ms"]["glass"] >= 0
    assert outage["shown_ms"] == pytest.approx(outage["detected_ms"] + outage["parts_ms"]["glass"], abs=0.2)


def test_what_else_opens_is_told_and_is_not_counted_as_found(statetrace: Run, scene: Scene) -> None:
    both = _shell(scene.lab.command(f"break {OTHER}"), scene.lab.command(f"break {HOST}"))
    mend = _shell(scene.lab.command(f"heal {OTHER}"), scene.lab.command(f"heal {HOST}"))
    said = statetrace(*scene.breaking(**{"break": both, "heal": mend}), "--shell", "--route", HOST, PREFIX)
    assert said.code == 0, said.err
    (run,) = said.json["runs"]
    assert [outage["hostname"] for outage in run["outages"]] == [HOST]
    assert [(other["hostname"], other["same_incident"]) for other in run["others"]] == [(OTHER, False)]


def _shell(*commands: str) -> str:
    return " && ".join(commands)


def test_a_break_that_fails_is_healed_and_its_words_reach_no_terminal_raw(statetrace: Run, scene: Scene) -> None:
    fails = _python("import sys; print(chr(27) + '[2J' + chr(155) + 'no such lab'); sys.exit(7)")
    said = statetrace(*scene.breaking(**{"break": fails}))
    assert said.code == 3
    assert scene.lab.did == ["heal"]
    assert "exit code 7" in said.err
    assert "no such lab" in said.err
    assert not set(said.err) & {"\x1b", "\x9b"}
    assert said.json["runs"][0]["verdict"] == "not finished"


@pytest.mark.parametrize("lost", ["no-such-program-anywhere --now", _python(NEVER)], ids=["missing", "never ends"])
def test_a_break_that_cannot_be_done_is_healed(statetrace: Run, scene: Scene, lost: str) -> None:
    said = statetrace(*scene.breaking(**{"break": lost}), "--timeout", "5")
    assert (said.code, scene.lab.did) == (3, ["heal"])


def test_what_never_opens_is_missed_and_healed(statetrace: Run, scene: Scene) -> None:
    said = statetrace(*scene.breaking(**{"break": scene.lab.command("nothing")}), "--within", "0.3", "--runs", "2")
    assert (said.code, [run["verdict"] for run in said.json["runs"]]) == (1, ["missed"] * 2)
    assert scene.lab.did == ["nothing", "heal"] * 2
    assert said.json["spread"]["detected_ms"] is None


def test_another_cause_than_expected_is_the_answer_no(statetrace: Run, scene: Scene) -> None:
    said = statetrace(*scene.breaking(), "--expect-cause", "monitoring-gap", "--expect-cause", "unknown")
    assert (said.code, said.json["runs"][0]["verdict"]) == (1, "wrong cause")


def test_a_lab_that_mends_late_is_waited_for(statetrace: Run, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    heal = command.Drill._heal

    async def healed(drill: command.Drill, run: Any) -> None:
        await heal(drill, run)
        assert not run.is_over
        scene.lab.late.set()

    monkeypatch.setattr(command.Drill, "_heal", healed)
    said = statetrace(*scene.breaking(heal=scene.lab.command(f"heal-later {HOST}")))
    assert said.code == 0, said.err
    assert said.json["runs"][0]["outages"][0]["resolved_ms"] > 0


def test_a_lab_that_does_not_mend_ends_the_drill(statetrace: Run, scene: Scene) -> None:
    said = statetrace(*scene.breaking(heal=scene.lab.command("nothing")), "--settle", "0.3", "--runs", "3")
    assert (said.code, [run["verdict"] for run in said.json["runs"]]) == (1, ["not recovered"])
    assert "after the heal" in said.err
    assert "10.20.0.0/24 still has its outage, OUT-" in said.err
    again = statetrace(*scene.breaking())
    assert again.code == 3
    assert "has an outage already" in again.err
    assert scene.lab.did == ["break", "nothing"]


def test_a_heal_that_fails_is_tried_again_and_then_told(
    statetrace: Run, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "HEAL_PAUSE_S", 0.0)
    said = statetrace(*scene.breaking(heal=_python("import sys; sys.exit(4)")))
    assert said.code == 3
    assert said.err.count("--heal: exit code 4") == command.HEALS + 1
    assert "still broken, heal it by hand" in said.err.splitlines()[-1]


def test_a_break_that_fails_is_told_though_its_heal_fails_too(
    statetrace: Run, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "HEAL_PAUSE_S", 0.0)
    fails = _python("import sys; sys.exit(7)")
    said = statetrace(*scene.breaking(**{"break": fails, "heal": fails}))
    assert said.code == 3
    assert "run 1: --break: exit code 7" in said.err
    assert "still broken, heal it by hand" in said.err.splitlines()[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals for one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", 0)])
def test_a_drill_that_is_stopped_while_it_is_broken_heals(scene: Scene, number: int) -> None:
    with launch(*scene.breaking(), "--keep", "600") as process:
        until(scene.engine.open_outages)
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert scene.lab.did == ["break", "heal"]
    assert '"not finished"' in out
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals for one process there")
def test_ctrl_c_in_a_terminal_ends_the_command_that_breaks_and_heals(scene: Scene) -> None:
    """The whole foreground group hears it; the command that heals, later, must not."""
    breaking = _shell(scene.lab.command(f"break {HOST}"), _python(NEVER))
    arguments = [*scene.breaking(**{"break": breaking}), "--shell", "--timeout", "600"]
    with launch(*arguments, start_new_session=True) as process:
        until(lambda: scene.lab.did)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert (process.returncode, scene.lab.did) == (130, ["break", "heal"]), err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals for one process there")
def test_a_second_ctrl_c_does_not_reach_the_command_that_heals(scene: Scene) -> None:
    arguments = [*scene.breaking(heal=scene.lab.command(f"heal-slowly {HOST}")), "--keep", "600"]
    with launch(*arguments, start_new_session=True) as process:
        until(scene.engine.open_outages)
        os.killpg(process.pid, signal.SIGINT)
        until(lambda: "heal-slowly" in scene.lab.did)
        os.killpg(process.pid, signal.SIGINT)
        scene.lab.late.set()
        _, err = process.communicate(timeout=30)
    assert (process.returncode, scene.lab.did) == (130, ["break", "heal-slowly"])
    assert "run 1: healed" in err


def test_two_drills_at_once_are_refused(statetrace: Run, scene: Scene) -> None:
    with launch(*scene.breaking(), "--keep", "600") as process:
        until(scene.engine.open_outages)
        second = statetrace(*scene.breaking(), "--device", OTHER)
        assert (second.code, second.json["exit"]) == (3, 3)
        assert second.err == "statetrace: another drill runs on this home: wait for its end\n"
        process.terminate()
        process.communicate(timeout=30)
    assert scene.lab.did == ["break", "heal"] or sys.platform == "win32"


def test_the_engine_going_away_in_mid_drill_is_healed_and_told(scene: Scene) -> None:
    with launch(*scene.breaking(), "--keep", "600") as process:
        until(scene.engine.open_outages)
        scene.engine.kill()
        _, err = process.communicate(timeout=30)
    assert (process.returncode, scene.lab.did) == (3, ["break", "heal"])
    assert "the engine is gone in the midst of a drill" in err.splitlines()[-1]


def test_a_table_for_people(statetrace: Run, scene: Scene) -> None:
    arguments = [word for word in scene.breaking() if word != "--json"]
    said = statetrace(*arguments, "--runs", "2")
    assert said.code == 0
    assert said.out.startswith("RUN  OUTAGE")
    assert re.search(r"^detected +\d+ ms +\d+ ms +\d+ ms +2$", said.out, re.MULTILINE)
    assert "1 route, 1 device, 1 site" in said.out
    assert f"{HOST} {PREFIX}" in said.out


WRONG = (
    (["--break", " "], "--break: no command"),
    (["--device", "NOBODY"], "no route of it is watched"),
    (["--route", HOST, "10.99.0.0/16"], "no such route is watched"),
    (["--route", HOST, "everywhere"], "is no prefix"),
    (["--route", HOST, PREFIX, "10.0.0.2"], "--route takes a route's id, or HOST PREFIX"),
)


def test_wrong_usage_breaks_nothing(statetrace: Run, scene: Scene) -> None:
    for wrong, why in WRONG:
        said = statetrace(*scene.breaking(), *wrong)
        assert (said.code, said.json["exit"], scene.lab.did) == (2, 2, []), wrong
        assert why in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="there the program splits its own command line")
def test_a_quotation_without_an_end_is_wrong_usage(statetrace: Run) -> None:
    said = statetrace("drill", "--break", "x", "--heal", "ssh lab 'heal")
    assert (said.code, said.err) == (2, "statetrace: --heal: No closing quotation\n")


def test_without_an_engine_it_says_how_to_start_one(statetrace: Run, tmp_path: Path) -> None:
    said = statetrace("drill", "--home", tmp_path, "--break", "x", "--heal", "y")
    assert (said.code, said.out, said.err.count("\n")) == (3, "", 1)
    assert "start one with `statetrace engine`" in said.err


def test_a_home_that_is_for_looking_only_runs_no_drill(statetrace: Run, home: Path) -> None:
    with (home / "config" / "statetrace.toml").open("a", encoding="utf-8") as file:
        file.write("[console]\nread_only = true\n")
    said = statetrace("drill", "--home", home, "--break", "x", "--heal", "y")
    assert (said.code, said.err.count("\n")) == (3, 1)
    assert "read_only" in said.err


def test_a_cause_that_does_not_exist_is_wrong_usage(statetrace: Run) -> None:
    said = statetrace("drill", "--break", "x", "--heal", "y", "--expect-cause", "gremlins")
    assert said.code == 2
    assert "gremlins: not one of monitoring-gap" in said.err
