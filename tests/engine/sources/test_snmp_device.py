"""One device's rounds: what is asked when, and what the answers are as signals. The clock is the test's."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from statetrace_engine.clock import Clock
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.signal import InstalledPath, Polled, PolledInterface, PolledSession, RouteReport
from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.client import Trouble, Value
from statetrace_engine.sources.snmp.device import Device
from statetrace_engine.sources.snmp.target import Credentials, Profile, Target
from tests.snmp.scripted import ScriptedAgent

ADMIN, OPER, IN = "1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.2.1.2.2.1.11"
BGP, OSPF = "1.3.6.1.2.1.15.3.1", "1.3.6.1.2.1.14.10.1"
INET, CIDR = "1.3.6.1.2.1.4.24.7.1", "1.3.6.1.2.1.4.24.4.1"
PROFILE = Profile(version="2c", interval_s=10, backoff_max_s=60, vitals_s=0)


def secrets() -> Credentials:
    return Credentials("public")


def a_target(**wanted: object) -> Target:
    return Target(**{"hostname": "R1", "address": "10.0.0.1", "profile": PROFILE, "reveal": secrets} | wanted)  # type: ignore[arg-type]


class Bench:
    """A device, the agent that it is, and the clock; `rounds(seconds)` lets time pass."""

    def __init__(self, target: Target, values: dict[str, Value]) -> None:
        self.now = 1000.0
        self.agent = ScriptedAgent(values)
        self.said: list[Polled | RouteReport] = []
        self.uptime_s = 5000.0
        self.shows_uptime = True
        self.device = Device(target, self.agent, Clock(lambda: 0.0, lambda: self.now), self.said.append, Random(1))
        self.device.next_at = self.steady()

    def steady(self) -> float:
        return self.device._clock.steady()

    async def round(self) -> list[Polled | RouteReport]:
        """The next round, when it is due; what it said."""
        wait_s = max(0.0, self.device.next_at - self.steady())
        self.now += wait_s
        self.uptime_s += wait_s
        if self.shows_uptime:
            self.agent.values[mib.UPTIME] = int(self.uptime_s * 100) % 2**32
        self.said.clear()
        await self.device.round()
        return list(self.said)

    async def rounds(self, seconds: float) -> list[Polled | RouteReport]:
        said: list[Polled | RouteReport] = []
        until = self.steady() + seconds
        while self.device.next_at <= until:
            said += await self.round()
        return said


def interfaces_of(said: list[Polled | RouteReport]) -> tuple[PolledInterface, ...]:
    return next((polled.interfaces for polled in said if isinstance(polled, Polled) and polled.interfaces), ())


def sessions_of(said: list[Polled | RouteReport]) -> tuple[PolledSession, ...]:
    return next((polled.sessions for polled in said if isinstance(polled, Polled) and polled.sessions), ())


def two_interfaces() -> dict[str, Value]:
    return {
        f"{mib.IF_NAME}.1": b"Gi0/1", f"{mib.IF_NAME}.2": b"Gi0/2",
        f"{ADMIN}.1": 1, f"{OPER}.1": 1, f"{ADMIN}.2": 1, f"{OPER}.2": 2,
    }  # fmt: skip


async def test_watched_interfaces_are_found_by_their_canonical_names() -> None:
    bench = Bench(a_target(interfaces=("GigabitEthernet0/2",)), two_interfaces())
    said = await bench.round()
    assert interfaces_of(said) == (PolledInterface(2, "Gi0/2", admin_up=True, oper_up=False),)
    assert all(isinstance(polled, Polled) and polled.is_answered and polled.uptime_s == 5000 for polled in said)


async def test_an_interface_that_ifname_does_not_name_is_found_by_ifdescr() -> None:
    values = two_interfaces() | {f"{mib.IF_NAME}.{i}": b"%d" % i for i in (1, 2)}
    values |= {f"{mib.IF_DESCR}.1": b"GigabitEthernet0/1", f"{mib.IF_DESCR}.2": b"GigabitEthernet0/2"}
    bench = Bench(a_target(interfaces=("GigabitEthernet0/1",)), values)
    assert interfaces_of(await bench.round()) == (PolledInterface(1, "GigabitEthernet0/1", True, True),)


@pytest.mark.parametrize(
    ("state", "is_up"), [(1, True), (2, False), (3, None), (4, None), (5, None), (6, False), (7, False)]
)
async def test_an_oper_status_that_says_neither_is_neither(state: int, is_up: bool | None) -> None:
    values = two_interfaces() | {f"{OPER}.1": state}
    bench = Bench(a_target(interfaces=("GigabitEthernet0/1",)), values)
    assert interfaces_of(await bench.round())[0].oper_up is is_up


async def test_after_a_restart_of_the_device_no_old_index_is_believed() -> None:
    bench = Bench(a_target(interfaces=("GigabitEthernet0/2",)), two_interfaces())
    await bench.round()
    bench.uptime_s = 3.0
    bench.agent.values |= {f"{mib.IF_NAME}.1": b"Gi0/2", f"{mib.IF_NAME}.2": b"Gi0/1"}
    said = await bench.round()
    assert interfaces_of(said) == (PolledInterface(1, "Gi0/2", admin_up=True, oper_up=True),)
    assert sum(isinstance(polled, Polled) and bool(polled.interfaces) for polled in said) == 1


async def test_names_are_read_every_minute_and_when_a_row_is_gone() -> None:
    bench = Bench(a_target(interfaces=("GigabitEthernet0/2",)), two_interfaces())
    await bench.rounds(50)
    assert bench.agent.walked == [mib.IF_NAME]
    await bench.rounds(25)
    assert bench.agent.walked == [mib.IF_NAME] * 2
    del bench.agent.values[f"{ADMIN}.2"], bench.agent.values[f"{OPER}.2"], bench.agent.values[f"{mib.IF_NAME}.2"]
    bench.agent.values |= {f"{mib.IF_NAME}.7": b"Gi0/2", f"{ADMIN}.7": 1, f"{OPER}.7": 1}
    assert interfaces_of(await bench.round()) == ()
    assert interfaces_of(await bench.round())[0].index == 7


async def test_names_that_cannot_be_walked_do_not_silence_the_sessions() -> None:
    values: dict[str, Value] = {f"{BGP}.2.10.1.1.2": 6, mib.IS_THERE["bgp"]: 65000}
    bench = Bench(a_target(interfaces=("GigabitEthernet0/1",), neighbours=("10.1.1.2",)), values)
    bench.agent.trouble_below[mib.IF_NAME] = Trouble.TIMED_OUT
    said = await bench.rounds(600)
    assert all(isinstance(polled, Polled) and polled.is_answered and polled.sessions for polled in said)
    assert len(said) > 50
    assert len(bench.agent.walked) < 6
    assert bench.device.error is None or not bench.device.is_silent


def a_bgp_peer(state: int = 6, admin: int = 2, error: bytes = b"\0\0") -> dict[str, Value]:
    peer = "10.1.1.2"
    return {
        f"{BGP}.1.{peer}": "10.255.0.2", f"{BGP}.2.{peer}": state, f"{BGP}.3.{peer}": admin, f"{BGP}.14.{peer}": error,
        mib.IS_THERE["bgp"]: 65000,
    }  # fmt: skip


async def test_a_bgp_neighbour_is_read_with_its_last_error() -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2",)), a_bgp_peer(1, 1, b"\x06\x02"))
    assert sessions_of(await bench.round()) == (
        PolledSession("bgp", "10.1.1.2", "10.255.0.2", "idle", is_up=False, is_admin_down=True, last_error=b"\x06\x02"),
    )


@pytest.mark.parametrize(("state", "name"), [(3, "active"), (7, "clearing"), (8, "deleted"), (99, "99")])
async def test_a_bgp_neighbour_may_be_in_a_state_that_only_its_maker_knows(state: int, name: str) -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2",)), a_bgp_peer(state))
    (told,) = sessions_of(await bench.round())
    assert (told.state, told.is_up) == (name, False)


@pytest.mark.parametrize(
    ("state", "name", "is_up"), [(8, "full", True), (4, "twoWay", True), (3, "init", False), (99, "99", False)]
)
async def test_an_ospf_neighbour_is_up_when_it_exchanges_or_need_not(state: int, name: str, is_up: bool) -> None:
    bench = Bench(
        a_target(neighbours=("10.1.1.2",)), {f"{OSPF}.6.10.1.1.2.0": state, f"{OSPF}.3.10.1.1.2.0": "10.255.0.2"}
    )
    assert sessions_of(await bench.round()) == (PolledSession("ospf", "10.1.1.2", "10.255.0.2", name, is_up),)


async def test_only_what_a_neighbour_is_is_asked_until_the_names_are_read_again() -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2", "2001:db8::2")), a_bgp_peer())
    await bench.round()
    await bench.round()
    await bench.round()
    assert len(bench.agent.asked[-1]) == 5
    assert not [oid for asked in bench.agent.asked for oid in asked if "2001" in oid]
    bench.agent.values[f"{OSPF}.6.10.1.1.2.0"] = 8
    assert "ospf" in [
        session.protocol
        for said in [await bench.rounds(80)]
        for polled in said
        if isinstance(polled, Polled)
        for session in polled.sessions
    ]


async def test_a_session_that_was_there_and_is_not_any_more_is_gone() -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2",)), {f"{OSPF}.6.10.1.1.2.0": 8, mib.IS_THERE["ospf"]: "10.255.0.1"})
    await bench.round()
    del bench.agent.values[f"{OSPF}.6.10.1.1.2.0"]
    assert sessions_of(await bench.round()) == (PolledSession("ospf", "10.1.1.2", "", mib.GONE, is_up=False),)


async def test_an_agent_without_its_routing_daemon_says_nothing_of_sessions() -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2",)), a_bgp_peer())
    await bench.round()
    for oid in a_bgp_peer():
        del bench.agent.values[oid]
    said = await bench.round()
    assert sessions_of(said) == ()
    assert [polled.is_answered for polled in said if isinstance(polled, Polled)] == [True]
    bench.agent.values |= a_bgp_peer()
    assert sessions_of(await bench.round())[0].is_up


async def test_silence_is_said_and_asked_ever_more_seldom_but_not_too_seldom() -> None:
    bench = Bench(a_target(), {})
    await bench.round()
    bench.agent.trouble = Trouble.TIMED_OUT
    pauses = []
    for _ in range(12):
        assert await bench.round() == [Polled("R1", is_answered=False)]
        pauses.append(bench.device.next_at - bench.steady())
    assert pauses[0] < 1.3
    assert all(after > before or after > 44 for before, after in pairwise(pauses))
    assert max(pauses) <= 60
    assert len({round(pause, 3) for pause in pauses}) > 6
    bench.agent.trouble = None
    assert [polled.is_answered for polled in await bench.round() if isinstance(polled, Polled)] == [True]
    assert bench.device.next_at - bench.steady() == pytest.approx(10, rel=0.06)


async def test_a_silent_device_of_which_something_is_heard_is_asked_at_once_and_soon_again() -> None:
    bench = Bench(a_target(), {})
    bench.agent.trouble = Trouble.TIMED_OUT
    await bench.rounds(300)
    assert bench.device.next_at > bench.steady() + 20
    bench.device.hurry()
    assert bench.device.next_at == bench.steady()
    await bench.round()
    assert bench.device.next_at < bench.steady() + 1.3


async def test_a_hurried_device_is_asked_every_second_and_its_interfaces_as_often_as_they_may_be_new() -> None:
    bench = Bench(
        a_target(interfaces=("GigabitEthernet0/1",), neighbours=("10.1.1.2",)), two_interfaces() | a_bgp_peer()
    )
    await bench.rounds(30)
    bench.device.hurry()
    said = await bench.rounds(9.5)
    live = [polled for polled in said if isinstance(polled, Polled) and polled.sessions]
    cached = [polled for polled in said if isinstance(polled, Polled) and polled.interfaces]
    assert 8 <= len(live) <= 11
    assert 2 <= len(cached) <= 4
    assert {polled.cache_s for polled in live} == {0.0}
    assert {polled.cache_s for polled in cached} == {3.0}
    await bench.rounds(3)
    assert bench.device.next_at - bench.steady() > 1.5


async def test_a_flood_of_traps_is_no_flood_of_questions() -> None:
    bench = Bench(a_target(), {})
    await bench.rounds(30)
    for _ in range(100):
        bench.device.hurry()
        await bench.rounds(0.01)
    assert len(bench.agent.asked) < 4 + 3


async def test_a_wrong_key_is_said_and_the_next_try_reveals_the_secrets_anew() -> None:
    bench = Bench(a_target(), {})
    await bench.round()
    bench.agent.trouble = Trouble.WRONG_KEY
    assert await bench.round() == [Polled("R1", is_answered=False, error="wrong key")]
    bench.agent.trouble = None
    await bench.round()
    assert (bench.agent.opened, bench.agent.closed) == (2, 1)


async def test_a_changed_engine_id_costs_one_round_and_no_signal() -> None:
    bench = Bench(a_target(), {})
    await bench.round()
    bench.agent.trouble = Trouble.ENGINE_CHANGED
    assert await bench.round() == []
    assert bench.device.next_at == bench.steady()
    bench.agent.trouble = None
    assert [polled.is_answered for polled in await bench.round() if isinstance(polled, Polled)] == [True]
    assert bench.agent.opened == 2


async def test_an_agent_that_comes_back_with_another_engine_id_is_asked_again_at_once() -> None:
    bench = Bench(a_target(), {})
    await bench.round()
    bench.agent.trouble = Trouble.TIMED_OUT
    for _ in range(8):
        await bench.round()
    bench.agent.trouble = Trouble.ENGINE_CHANGED
    assert await bench.round() == []
    assert bench.device.next_at == bench.steady()
    await bench.round()
    assert bench.device.next_at > bench.steady() + 30


async def test_a_secret_that_is_not_there_is_said() -> None:
    def reveal() -> Credentials:
        raise StateTraceError("no secret at env:COMMUNITY; set it or correct the reference")

    bench = Bench(a_target(reveal=reveal), {})
    (said,) = await bench.round()
    assert isinstance(said, Polled)
    assert not said.is_answered
    assert "env:COMMUNITY" in said.error


async def test_another_target_of_the_same_device_keeps_its_client() -> None:
    bench = Bench(a_target(), two_interfaces())
    await bench.round()
    assert bench.device.retarget(a_target(interfaces=("GigabitEthernet0/1",)))
    assert interfaces_of(await bench.round())
    assert bench.agent.opened == 1
    assert not bench.device.retarget(a_target(address="10.0.0.2"))


DEFAULT = "1.4.0.0.0.0.0"


def an_inet_route(via: str = "10.1.1.2", index: int = 1, protocol: int = 14, policy: str = "2.0.0") -> dict[str, Value]:
    row = f"{DEFAULT}.{policy}.1.4.{via}"
    return {f"{INET}.7.{row}": index, f"{INET}.9.{row}": protocol}


def routed(values: dict[str, Value], prefix: str = "0.0.0.0/0") -> Bench:
    return Bench(a_target(prefixes=(("default", prefix), ("red", prefix))), two_interfaces() | values)


def reports(said: list[Polled | RouteReport]) -> list[RouteReport]:
    return [report for report in said if isinstance(report, RouteReport)]


async def test_the_installed_paths_of_a_prefix_are_reported_every_minute() -> None:
    bench = routed(an_inet_route() | an_inet_route("10.1.2.2", 2, 13, "3.0.0.4"))
    said = reports(await bench.rounds(130))
    paths = (InstalledPath("10.1.1.2", "Gi0/1", "bgp"), InstalledPath("10.1.2.2", "Gi0/2", "ospf"))
    assert {frozenset(report.installed) for report in said} == {frozenset(paths)}
    assert said[0] == RouteReport("R1", "default", "0.0.0.0/0", said[0].installed, interval_s=60.0)
    assert 2 <= len(said) <= 3


async def test_a_prefix_is_not_walked_while_the_agent_would_show_the_same_copy() -> None:
    often = Profile(version="2c", interval_s=1)
    bench = Bench(a_target(prefixes=(("default", "0.0.0.0/0"),), profile=often), an_inet_route())
    at: list[float] = []
    while len(at) < 30:
        at += [bench.now for _ in reports(await bench.round())]
    assert min(later - earlier for earlier, later in pairwise(at)) >= 60.0


async def test_a_connected_route_has_no_next_hop_and_an_ipv6_one_is_spelled_as_ever() -> None:
    host = ".".join(["32", "1", "13", "184", *["0"] * 12])
    hop = ".".join(["254", "128", *["0"] * 13, "2"])
    v6 = {f"{INET}.7.2.16.{host}.32.2.0.0.2.16.{hop}": 2, f"{INET}.9.2.16.{host}.32.2.0.0.2.16.{hop}": 3}
    bench = routed(v6, "2001:db8::/32")
    assert reports(await bench.round())[0].installed == (InstalledPath("fe80::2", "Gi0/2", "static"),)
    connected = {f"{INET}.7.1.4.192.0.2.0.24.3.0.0.4.1.4.0.0.0.0": 1}
    assert reports(await routed(connected, "192.0.2.0/24").round())[0].installed == (InstalledPath(None, "Gi0/1"),)


@pytest.mark.parametrize(("kind", "word"), [(2, "reject"), (5, "blackhole"), (3, None), (1, None), (b"x", None)])
async def test_a_route_into_nothing_is_told_by_its_type(kind: Value, word: str | None) -> None:
    new = an_inet_route("0.0.0.0", 0, 3) | {f"{INET}.8.{DEFAULT}.2.0.0.1.4.0.0.0.0": kind}
    assert reports(await routed(new).round())[0].installed == (InstalledPath(None, word, "static"),)


async def test_the_old_table_knows_what_is_rejected() -> None:
    row = "0.0.0.0.0.0.0.0.0.0.0.0.0"
    bench = routed({f"{CIDR}.5.{row}": 0, f"{CIDR}.6.{row}": 2, f"{CIDR}.7.{row}": 3})
    assert reports(await bench.round())[0].installed == (InstalledPath(None, "reject", "static"),)


async def test_an_absent_prefix_is_told_from_an_empty_table() -> None:
    bench = routed(an_inet_route(), "10.9.0.0/16")
    (report,) = reports(await bench.round())
    assert (report.installed, report.is_complete) == ((), True)
    assert reports(await routed({}, "10.9.0.0/16").round()) == []
    for oid in an_inet_route():
        del bench.agent.values[oid]
    assert reports(await bench.rounds(90)) == []
    bench.agent.values |= an_inet_route()
    assert set(reports(await bench.rounds(90))) == {report}


async def test_the_old_table_serves_where_the_new_one_is_empty() -> None:
    row = "0.0.0.0.0.0.0.0.0.10.1.1.2"
    bench = routed({f"{CIDR}.5.{row}": 2, f"{CIDR}.7.{row}": 3})
    assert reports(await bench.round())[0].installed == (InstalledPath("10.1.1.2", "Gi0/2", "static"),)


async def test_a_truncated_walk_proves_no_absence() -> None:
    bench = routed(an_inet_route() | an_inet_route("10.1.2.2"))
    bench.agent.largest_walk = 1
    (report,) = reports(await bench.round())
    assert (len(report.installed), report.is_complete) == (1, False)


async def test_a_route_table_that_cannot_be_walked_does_not_silence_the_rest() -> None:
    bench = routed(an_inet_route())
    bench.agent.trouble_below[f"{INET}.7"] = Trouble.TIMED_OUT
    said = await bench.rounds(900)
    assert reports(said) == []
    assert all(isinstance(polled, Polled) and polled.is_answered for polled in said)
    assert bench.agent.walked.count(f"{INET}.7") < 8


async def test_names_that_cannot_be_walked_do_not_make_routes_rarer() -> None:
    bench = routed(an_inet_route())
    bench.agent.trouble_below[mib.IF_NAME] = Trouble.TIMED_OUT
    said = reports(await bench.rounds(600))
    assert 8 <= len(said) <= 11
    assert {report.installed for report in said} == {(InstalledPath("10.1.1.2", None, "bgp"),)}


async def test_nonsense_in_a_row_of_the_route_table_is_no_crash() -> None:
    rows: dict[str, Value] = {f"{INET}.7.{DEFAULT}.{junk}": value for junk, value in (
        ("9", b"x"), ("2.0.0", 1), ("99.1", None), ("0.7.4.1.2.3.4", 1), ("0.1.4.999.1.1.1", 1), ("0.1.250.1", "1.2"),
    )}  # fmt: skip
    (report,) = reports(await routed(rows).round())
    assert {path.next_hop for path in report.installed} == {None}


@pytest.mark.parametrize("nonsense", [b"\x06", 0, -6, "1.3.6"])
async def test_a_state_that_is_none_is_neither_down_nor_gone_and_is_said(nonsense: Value) -> None:
    values: dict[str, Value] = {f"{BGP}.2.10.1.1.2": 6, mib.IS_THERE["bgp"]: 65000}
    bench = Bench(a_target(neighbours=("10.1.1.2",)), values)
    assert sessions_of(await bench.round())[0].is_up
    bench.agent.values[f"{BGP}.2.10.1.1.2"] = nonsense
    assert not sessions_of(await bench.rounds(30))
    assert str(bench.device.error) == "malformed answer: the state of bgp 10.1.1.2 is none"
    bench.agent.values[f"{BGP}.2.10.1.1.2"] = 6
    assert sessions_of(await bench.round())[0].is_up
    assert bench.device.error is None


async def test_an_agent_that_lets_us_see_nothing_is_said() -> None:
    bench = Bench(a_target(neighbours=("10.1.1.2",)), {})
    bench.shows_uptime = False
    (polled,) = await bench.round()
    assert isinstance(polled, Polled)
    assert polled.is_answered
    assert str(bench.device.error).startswith("the agent could not answer: not even its uptime")
    assert not bench.device.is_silent


async def test_an_index_that_became_another_interface_without_a_restart_is_not_believed_to_be_down() -> None:
    bench = Bench(a_target(interfaces=("GigabitEthernet0/1",)), two_interfaces())
    await bench.rounds(30)
    bench.agent.values |= {f"{mib.IF_NAME}.1": b"Gi0/2", f"{mib.IF_NAME}.2": b"Gi0/1"}
    bench.agent.values |= {f"{OPER}.1": 2, f"{OPER}.2": 1}
    said = await bench.rounds(25)
    assert interfaces_of(said) == (PolledInterface(2, "Gi0/1", admin_up=True, oper_up=True),)
    assert all(row.oper_up for polled in said if isinstance(polled, Polled) for row in polled.interfaces)


async def test_the_name_of_an_interface_that_stays_down_is_asked_for_once() -> None:
    bench = Bench(a_target(interfaces=("GigabitEthernet0/1",)), two_interfaces())
    await bench.rounds(15)
    bench.agent.values[f"{OPER}.1"] = 2
    asked = len(bench.agent.asked)
    said = await bench.rounds(40)
    assert not interfaces_of(said)[0].oper_up
    assert sum(f"{mib.IF_NAME}.1" in oids for oids in bench.agent.asked[asked:]) == 1
