"""The child process: its JSON lines, its truth log, and its end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from statetrace_engine.simulate import truth
from statetrace_engine.wire import snmp, stamp
from statetrace_engine.wire.snmp import Message, PduKind, Version

PATIENCE_S = 30.0


class Child:
    """The process with its pipes."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.inventory = folder / "inventory.toml"
        self.truth = folder / "truth.jsonl"
        command = [sys.executable, "-m", "statetrace_engine.simulate", "--inventory-out", str(self.inventory)]
        command += ["--truth", str(self.truth), "--routes", "60", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.log.bind(("127.0.0.1", 0))
        self.log.settimeout(PATIENCE_S)
        self.streams = socket.create_server(("127.0.0.1", 0))

    def tell(self, command: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def start(self, **more: str) -> None:
        udp, tcp = (f"127.0.0.1:{s.getsockname()[1]}" for s in (self.log, self.streams))
        self.tell({"start": {"syslog_udp": udp, "syslog_tcp": tcp, **more}})

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        message: dict[str, Any] = json.loads(self.process.stdout.readline())
        return message

    def hear_until(self, is_last: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        heard = [self.hear()]
        while not is_last(heard[-1]):
            heard.append(self.hear())
        return heard

    def end(self) -> int:
        """Closes its stdin, as a parent that dies does; its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def child_of(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    children: list[Child] = []

    def make(*arguments: str) -> Child:
        children.append(Child(tmp_path, *arguments))
        return children[-1]

    yield make
    for child in children:
        child.process.kill()
        child.process.wait(PATIENCE_S)
        child.process.stdin.close()  # type: ignore[union-attr]
        child.process.stdout.close()  # type: ignore[union-attr]
        child.log.close()
        child.streams.close()


def is_error(message: dict[str, Any]) -> bool:
    return "error" in message


def is_caption(message: dict[str, Any]) -> bool:
    return "caption" in message


def test_its_inventory_names_live_reflectors(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "none")

    ready = child.hear()

    assert ready == {"ready": True, "inventory": str(child.inventory)}
    devices = tomllib.loads(child.inventory.read_text(encoding="utf-8"))["device"]
    ports = [probe["port"] for device in devices for probe in device["probe"]]
    assert len(set(ports)) == len(ports)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as prober:
        prober.settimeout(PATIENCE_S)
        for port in ports:
            prober.sendto(stamp.encode(stamp.SenderPacket(port, 1.0)), ("127.0.0.1", port))
            reflected = stamp.decode_reflected(prober.recv(2048))
            assert reflected is not None
            assert reflected.sender_seq == port


def test_its_inventory_says_where_its_agents_are(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "none")
    child.hear()
    devices = tomllib.loads(child.inventory.read_text(encoding="utf-8"))["device"]
    asked = {device["hostname"]: device["snmp_address"].split(":") for device in devices if device["snmp"] == "demo"}
    assert len(asked) == len(devices)
    sys_name = "1.3.6.1.2.1.1.5.0"
    request = Message(
        version=Version.V2C, community=b"demo", kind=PduKind.GET, request_id=1, varbinds=((sys_name, None),)
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(PATIENCE_S)
        for hostname, (host, port) in asked.items():
            asker.sendto(snmp.encode(request), (host, int(port)))
            answer = snmp.decode(asker.recv(2048))
            assert isinstance(answer, Message)
            assert answer.varbinds == ((sys_name, hostname.encode()),)


def test_its_routers_connect_where_bmp_is_heard(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "none", "--updates", "0")
    child.hear()
    with socket.create_server(("127.0.0.1", 0)) as bmp:
        bmp.settimeout(PATIENCE_S)
        child.start(bmp=f"127.0.0.1:{bmp.getsockname()[1]}")
        router, _ = bmp.accept()
        with router:
            router.settimeout(PATIENCE_S)
            assert router.recv(1)[0] == 3  # the version


def test_the_end_of_stdin_is_its_end(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "script", "--updates", "50")
    child.hear()
    child.start()
    child.log.recv(4096)

    assert child.end() == 0


def test_told_to_stop_it_stops(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "none")
    child.hear()

    child.tell({"stop": True})

    assert child.process.wait(PATIENCE_S) == 0


def test_a_viewer_breaks_and_heals_and_the_log_has_it(child_of: Callable[..., Child]) -> None:
    child = child_of("--faults", "none", "--updates", "0")
    child.hear()
    child.start()

    child.tell({"break": ["WLLS-A01-AR-01", "Gi0/1"]})
    injected, caption = child.hear_until(is_caption)
    line = child.log.recv(4096)
    child.tell({"heal": True})
    healed, relief = child.hear_until(is_caption)

    assert b"WLLS-A01-AR-01: " in line
    assert b"%LINK-3-UPDOWN" in line
    assert caption["at"] == injected["fault"]["injected_at"]
    assert relief["at"] == healed["fault"]["healed_at"]
    assert injected["fault"]["healed_at"] is None
    assert len(injected["fault"]["routes"]) > 0
    assert [json.loads(text) for text in child.truth.read_text(encoding="utf-8").splitlines()] == [
        injected["fault"],
        healed["fault"],
    ]


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ({"break": ["NOBODY", "Gi0/1"]}, "no device NOBODY"),
        ({"heal": True}, "nothing is broken"),
        ({"break": "WLLS"}, "no such command"),
        ({"start": {"syslog_udp": "nowhere", "syslog_tcp": "127.0.0.1:x"}}, "nowhere"),
        (["what"], "no such command"),
        ("\x1b[31m", "no such command"),
    ],
)
def test_a_bad_command_is_answered_and_survived(child_of: Callable[..., Child], command: object, why: str) -> None:
    child = child_of("--faults", "none")
    child.hear()

    child.tell(command)

    assert why in child.hear()["error"]
    child.tell({"break": ["WLLS-A01-AR-01", "Gi0/1"]})
    assert "fault" in child.hear()


def test_what_is_configured_is_filed_again_where_captures_are_read(
    child_of: Callable[..., Child], tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    child = child_of("--faults", "shutdown", "--pace", "10", "--updates", "0")
    child.hear()
    child.start(inbox=str(inbox))

    child.hear_until(lambda m: is_caption(m) and m["caption"].startswith("healed: shutdown"))
    (victim,) = {r.label.partition(" ")[0] for r in truth.read(child.truth.read_text(encoding="utf-8"))}
    first, changed, *_ = sorted(inbox.rglob(f"{victim}_*.log"))
    child.end()

    assert "\n shutdown\n" not in first.read_text(encoding="utf-8")
    assert "\n shutdown\n" in changed.read_text(encoding="utf-8")
    assert "by jsm\n" in changed.read_text(encoding="utf-8")


def test_a_loop_of_the_script_has_every_fault_healed_and_its_captions_agree_with_the_log(
    child_of: Callable[..., Child],
) -> None:
    child = child_of("--pace", "35", "--updates", "0")
    child.hear()
    child.start()

    heard = child.hear_until(lambda m: is_caption(m) and m["caption"].startswith("healed: withdraw"))
    child.end()

    assert not any(is_error(message) for message in heard)
    records = truth.read(child.truth.read_text(encoding="utf-8"))[:11]
    assert [record.kind for record in records] == [
        "cut", "withdraw", "logins", "noise", "shutdown", "blackhole", "port-flaps", "null0",
        "power", "site-lost", "isolation",
    ]  # fmt: skip
    assert all(record.healed_at is not None for record in records)
    times = {record.injected_at for record in records} | {record.healed_at for record in records}
    captions = [message for message in heard if is_caption(message)]
    assert len(captions) == 19
    assert all(caption["at"] in times for caption in captions)
    assert [record.kind for record in records if record.routes] == [
        "cut",
        "withdraw",
        "shutdown",
        "blackhole",
        "null0",
        "site-lost",
    ]


def test_an_unknown_kind_of_fault_is_wrong_usage(child_of: Callable[..., Child]) -> None:
    assert child_of("--faults", "earthquake").process.wait(PATIENCE_S) == 2


def test_an_inventory_that_cannot_be_written_is_exit_code_3(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "statetrace_engine.simulate", "--inventory-out", str(tmp_path / "no" / "where")]

    ended = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)

    assert ended.returncode == 3
    assert len(ended.stderr.splitlines()) == 1
