"""Both SNMP libraries against a real agent: versions, protocols, and keys that are wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address

import pytest
import pytest_asyncio

from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.client import Client, Clients, SnmpError, Trouble
from statetrace_engine.sources.snmp.routes import Routes
from statetrace_engine.sources.snmp.target import Credentials, Profile
from tests.snmp import snmpd
from tests.snmp.libraries import LIBRARIES, made
from tests.snmp.snmpd import AUTH, COMMUNITY, PRIV, USERS

pytestmark = pytest.mark.skipif(snmpd.SNMPD is None, reason="no snmpd here: apt-get install snmpd")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with snmpd.running(tmp_path_factory.mktemp("snmpd")) as port:
        yield port


@pytest_asyncio.fixture(params=LIBRARIES)
async def clients(request: pytest.FixtureRequest) -> AsyncIterator[Clients]:
    clients = made(request.param)
    yield clients
    clients.close()


def v3(port: int, protocols: tuple[str, str], user: str = "") -> Profile:
    auth, priv = protocols
    return Profile(
        port=port, user=user or snmpd.user(auth, priv), auth_protocol=auth, priv_protocol=priv, timeout_ms=2000
    )


async def loopback(client: Client) -> bytes:
    """The name of the first interface, by a walk and a GET that agree."""
    walk = await client.walk(mib.IF_NAME, 1000)
    name, value = walk.rows[0]
    assert walk.is_complete
    found = await client.get([name, mib.UPTIME, f"{mib.IF_NAME}.999999"])
    assert found.keys() == {name, mib.UPTIME}
    assert found[name] == value
    assert isinstance(value, bytes)
    return value


async def test_version_2c_reads_values_and_walks_tables(clients: Clients, port: int) -> None:
    client = await clients.open("127.0.0.1", Profile(version="2c", port=port), Credentials(COMMUNITY))
    assert await loopback(client) == b"lo"
    cut = await client.walk(mib.IF_DESCR.rpartition(".")[0], 1)
    assert (len(cut.rows), cut.is_complete) == (1, False)


@pytest.mark.parametrize("protocols", USERS, ids="-".join)
async def test_version_3_signs_and_encrypts(clients: Clients, port: int, protocols: tuple[str, str]) -> None:
    client = await clients.open("127.0.0.1", v3(port, protocols), Credentials("", AUTH, PRIV))
    assert await loopback(client) == b"lo"


@pytest.mark.parametrize(
    ("secrets", "user", "troubles"),
    [
        (Credentials("", "not-" + AUTH, PRIV), "", {Trouble.WRONG_KEY}),
        (Credentials("", AUTH, "not-" + PRIV), "", {Trouble.WRONG_KEY, Trouble.TIMED_OUT}),
        (Credentials("", AUTH, PRIV), "nobody", {Trouble.UNKNOWN_USER}),
    ],
    ids=["auth", "priv", "user"],
)
async def test_a_wrong_key_is_told_from_silence_and_not_repeated(
    clients: Clients, port: int, secrets: Credentials, user: str, troubles: set[Trouble]
) -> None:
    timeout_ms = 2000 if Trouble.TIMED_OUT in troubles else 20_000  # pysnmp stretches keys for long on a busy machine
    profile = Profile(port=port, user=user or snmpd.user("sha", "aes128"), timeout_ms=timeout_ms, retries=0)
    with pytest.raises(SnmpError) as caught:
        await (await clients.open("127.0.0.1", profile, secrets)).get([mib.UPTIME])
    assert caught.value.trouble in troubles
    assert not [secret for secret in (AUTH, PRIV) if secret in str(caught.value) or secret in repr(secrets)]


async def test_a_wrong_community_is_silence(clients: Clients, port: int) -> None:
    profile = Profile(version="2c", port=port, timeout_ms=100, retries=1)
    client = await clients.open("127.0.0.1", profile, Credentials("not-" + COMMUNITY))
    with pytest.raises(SnmpError) as caught:
        await client.get([mib.UPTIME])
    assert caught.value.trouble is Trouble.TIMED_OUT
    assert COMMUNITY not in str(caught.value)


async def test_the_installed_route_of_a_prefix_is_read(clients: Clients, port: int) -> None:
    client = await clients.open("127.0.0.1", Profile(version="2c", port=port), Credentials(COMMUNITY))
    asking, routes = Asking(client, 20), Routes("R1", 0.0)
    absent = await routes.ask(asking, "default", "198.51.100.0/24", {})
    if absent is None:
        pytest.skip("this machine has no route at all")
    assert (absent.installed, absent.is_complete) == ((), True)
    default = await routes.ask(asking, "default", "0.0.0.0/0", {index: f"if{index}" for index in range(100)})
    assert default is not None
    assert all(path.interface and path.interface.startswith("if") for path in default.installed)
    assert [ip_address(path.next_hop) for path in default.installed if path.next_hop] or not default.installed
