"""Traps and informs of SNMPv3 through the socket, from our own encoder and from net-snmp's commands."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from statetrace_engine.model.signal import Malformed, Source, Trap
from statetrace_engine.sources import address, traps
from statetrace_engine.sources.snmp.target import Credentials
from statetrace_engine.sources.trap_secrets import TrapUser, revealed
from statetrace_engine.sources.traps import Listening, Taker
from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import TimeTicks
from statetrace_engine.wire.usm_receiver import Identity, Receiver, Refusal, User
from tests.engine.sources.conftest import Desk
from tests.engine.sources.test_traps import LINK_DOWN, VALUES, Known, v1_trap
from tests.snmp.usm import Usm

AUTH, PRIV = "auth-pass-of-tests", "priv-pass-of-tests"
THEIRS = b"\x80\0\x1f\x88\x80theirs"
COMMANDS = {kind: shutil.which(f"snmp{kind}") for kind in ("trap", "inform")}
net_snmp = pytest.mark.skipif(not all(COMMANDS.values()), reason="no snmptrap here: apt-get install snmp")
SENT_AS = {"sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
CIPHERS = {
    "aes128": "AES",
    "aes192": "AES-192",
    "aes256": "AES-256",
    "aes192-cisco": "AES-192-C",
    "aes256-cisco": "AES-256-C",
}
PAIRS = [
    ("sha", "aes128"), ("sha224", "aes128"), ("sha256", "aes256"), ("sha384", "aes256"), ("sha512", "aes192"),
    ("sha", "aes192"), ("sha", "aes256"), ("sha224", "aes256"), ("sha", "aes192-cisco"), ("sha", "aes256-cisco"),
]  # fmt: skip


class Secrets:
    """Those of one user, which a test may change."""

    def __init__(self, auth: str = AUTH, priv: str = PRIV) -> None:
        self.auth, self.priv = auth, priv

    def __call__(self) -> Credentials:
        return Credentials("", self.auth, self.priv)


def a_user(auth: str = "sha256", priv: str = "aes256", secrets: Secrets | None = None) -> TrapUser:
    return TrapUser(profile="core", name="oper", auth_protocol=auth, priv_protocol=priv, reveal=secrets or Secrets())


async def listening(desk: Desk, home: Path, *users: TrapUser) -> str:
    """Where."""
    desk.start(traps.run(Listening(udp="127.0.0.1:0", users=users, data=home), desk.inbox, desk.report))
    return (await desk.status("trap")).detail


def a_trap(context: bytes = b"") -> bytes:
    varbinds = snmp.notifying(TimeTicks(4200), LINK_DOWN, *VALUES)
    told = snmp.Message(
        version=snmp.Version.V2C, community=b"", kind=snmp.PduKind.TRAP, request_id=5, varbinds=varbinds
    )
    return Usm("oper", AUTH, PRIV, "sha256", THEIRS).sealed(1, told, is_private=True, context=context)


def send(where: str, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        for raw in datagrams:
            device.sendto(raw, address.split(where))


def name(payload: object) -> str:
    assert isinstance(payload, Trap)
    message = snmp.decode(payload.message)
    assert isinstance(message, snmp.Message)
    return snmp.notification(message).trap_oid


async def test_a_trap_becomes_a_signal_as_one_of_v2c(desk: Desk, tmp_path: Path) -> None:
    send(await listening(desk, tmp_path, a_user()), a_trap())
    (signal,) = await desk.count(1)
    assert (signal.source, signal.peer, name(signal.payload)) == (Source.TRAP, "127.0.0.1", LINK_DOWN)


async def test_the_context_that_a_trap_is_about_is_kept(desk: Desk, tmp_path: Path) -> None:
    send(await listening(desk, tmp_path, a_user()), a_trap(b"RED"), a_trap())
    assert [signal.payload.context for signal in await desk.count(2)] == ["RED", ""]


async def test_the_older_versions_are_taken_beside_it(desk: Desk, tmp_path: Path) -> None:
    send(await listening(desk, tmp_path, a_user()), v1_trap(), a_trap())
    assert [name(signal.payload) for signal in await desk.count(2)] == [LINK_DOWN, LINK_DOWN]


@pytest.mark.parametrize(
    ("users", "why", "words"),
    [
        ((), Refusal.UNKNOWN_USER, "SNMPv3, of the user 'oper': no [snmp] profile names a user"),
        ((a_user(secrets=Secrets("another password")),), Refusal.WRONG_KEY, "SNMPv3, of the user 'oper': wrong key"),
    ],
)
async def test_what_is_refused_is_said_and_counted_apart(
    desk: Desk, tmp_path: Path, users: tuple[TrapUser, ...], why: Refusal, words: str
) -> None:
    send(await listening(desk, tmp_path, *users), a_trap(), a_trap())
    assert {signal.payload for signal in await desk.count(2)} == {Malformed(words)}
    assert (await desk.status("trap", lambda status: status.errors == 2)).refused == {why: 2}


async def test_a_user_without_his_secrets_is_said_and_the_others_are_heard(desk: Desk, tmp_path: Path) -> None:
    class Missing(Secrets):
        def __call__(self) -> Credentials:
            return Credentials("", Known("env:NOWHERE")())

    lost = replace(a_user(secrets=Missing()), profile="edge", name="other")
    send(await listening(desk, tmp_path, lost, a_user()), a_trap())
    assert name((await desk.count(1))[0].payload) == LINK_DOWN
    assert (await desk.status("trap")).error == "snmp.edge: no secret at env:NOWHERE"


async def test_a_secret_that_is_put_right_is_found_without_a_restart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(traps, "LOOK_AGAIN_S", 0.01)
    secrets = Secrets("another password")
    where = await listening(desk, tmp_path, a_user(secrets=secrets))
    send(where, a_trap())
    await desk.status("trap", lambda status: status.refused == {Refusal.WRONG_KEY: 1})
    secrets.auth = AUTH

    async def until_taken() -> None:
        while not any(isinstance(signal.payload, Trap) for signal in desk.signals):
            send(where, a_trap())
            await desk.count(len(desk.signals) + 1)

    await asyncio.wait_for(until_taken(), 20.0)


def test_secrets_are_not_in_what_is_printed() -> None:
    found = revealed((Known("community-of-tests"),), (a_user(),))
    assert "community-of-tests" not in repr(found)
    assert repr(found) == "TrapSecrets(…)"


async def test_any_octets_of_a_user_are_shown_as_text(desk: Desk) -> None:
    receiver = Receiver(Identity(b"ours-ours", 1), [User(b"oper")], 0.0, 1)
    taker = Taker(desk.inbox, revealed((), ()), receiver, is_open=True)
    opened = snmp.decode(a_trap())
    assert isinstance(opened, snmp.V3Message)
    raw = snmp.encode_v3(replace(opened, user_name=b"\x1b[2J\xff" * 5000, scoped=b"\x30\x00"))
    assert taker.take(raw, "10.0.0.1", 0.0) == (False, b"")
    (signal,) = desk.inbox.drain(1)
    assert isinstance(signal.payload, Malformed)
    assert signal.payload.why.isprintable()
    assert len(signal.payload.why) < 100


async def net_snmps(kind: str, where: str, home: Path, *more: str, protocols: tuple[str, str]) -> int:
    """Sends a linkDown by net-snmp's command; its exit code, which for an inform says whether it was answered."""
    auth, priv = protocols
    arguments = [
        "-v3", "-l", "authPriv", "-u", "oper", "-a", SENT_AS[auth], "-A", AUTH, "-x", CIPHERS[priv], "-X", PRIV,
        "-r", "0", "-t", "10", *more, f"udp:{where}", "4200", LINK_DOWN, "1.3.6.1.2.1.2.2.1.1.7", "i", "7",
    ]  # fmt: skip
    command = COMMANDS[kind]
    assert command is not None
    environ = {**os.environ, "SNMP_PERSISTENT_DIR": str(home), "MIBS": "", "SNMPCONFPATH": str(home)}
    child = await asyncio.create_subprocess_exec(
        command, *arguments, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await child.communicate()
    assert child.returncode is not None
    if b"Invalid auth" in said or b"Invalid priv" in said:
        pytest.skip(f"this net-snmp does not know {protocols}: {said.decode(errors='replace').strip()[:120]}")
    return child.returncode


@net_snmp
@pytest.mark.parametrize("kind", COMMANDS)
@pytest.mark.parametrize("protocols", PAIRS, ids="-".join)
async def test_net_snmps_own_are_taken_and_its_informs_answered(
    desk: Desk, tmp_path: Path, kind: str, protocols: tuple[str, str]
) -> None:
    where = await listening(desk, tmp_path, a_user(*protocols))
    assert await net_snmps(kind, where, tmp_path, protocols=protocols) == 0
    (signal,) = await desk.count(1)
    assert name(signal.payload) == LINK_DOWN
    status = await desk.status("trap")
    assert (status.errors, status.refused) == (0, {})


@net_snmp
async def test_net_snmp_learns_our_engine_again_after_our_restart(desk: Desk, tmp_path: Path) -> None:
    for count in (1, 2):
        where = await listening(desk, tmp_path, a_user())
        assert await net_snmps("inform", where, tmp_path, protocols=("sha256", "aes256")) == 0
        await desk.count(count)
        desk.statuses.clear()


@net_snmp
@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("-A", "another password"), Refusal.WRONG_KEY),
        (("-u", "stranger"), Refusal.UNKNOWN_USER),
        (("-X", "another password"), Refusal.DECRYPTION),
        (("-l", "authNoPriv"), Refusal.WRONG_LEVEL),
        (("-e", "0x80001f888074686569727374686569"), Refusal.UNKNOWN_ENGINE),
    ],
    ids=str,
)
async def test_net_snmps_informs_are_refused_for_what_is_wrong(
    desk: Desk, tmp_path: Path, more: tuple[str, ...], why: Refusal
) -> None:
    where = await listening(desk, tmp_path, a_user())
    assert await net_snmps("inform", where, tmp_path, *more, protocols=("sha256", "aes256")) != 0
    status = await desk.status("trap", lambda status: status.refused)
    assert set(status.refused) == {why}
    assert not [signal for signal in desk.signals if isinstance(signal.payload, Trap)]
