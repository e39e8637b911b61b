"""Every shipped rule finds what was planted for it, in the words of several vendors, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from statetrace_engine import config
from statetrace_engine.anomalies import hearing, matching, rules
from statetrace_engine.anomalies.hearing import Ear, Line
from statetrace_engine.anomalies.matching import Matcher
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import CardStep, Event, On, Rule, Spot
from statetrace_engine.model.reading import FactName, Reading
from statetrace_engine.parsing import messages

T0 = 1_795_442_400.0
"""14:00 on a Monday, UTC."""
NIGHT = T0 + 12 * 3600
FILES = config.anomaly_files(Path("no such home"))
READ, PROBLEMS = rules.read({f.label: f.text for f in FILES})
RULES = {rule.id: rule for rule in READ}
IOS_DOWN = "%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down"
LINE_DOWN = "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/1, changed state to down"
EOS_DOWN = "%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1 (to core), changed state to down"
NXOS_DOWN = "%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)"
JUNOS_DOWN = "mib2d[2]: SNMP_TRAP_LINK_DOWN: ifIndex 526, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/1"
MACFLAP = "%SW_MATM-4-MACFLAP_NOTIF: Host 0050.56b2.0001 in vlan 10 is flapping between port Gi1/0/1 and port Gi1/0/2"
HEADERS = ("<189>12: R1: Nov 23 14:00:00.1 UTC: ", "<189>1 2026-11-23T14:00:00Z R1 - - - - ", "<30>Nov 23 14:00:00 R1 ")
BGP_DOWN = "%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Down BGP Notification sent"

PLANTED: list[tuple[str, list[str], str]] = [
    ("AuthFailureCount", ["sshd[4]: Failed password for root from 10.9.9.9 port 22 ssh2"] * 5, "R1 from 10.9.9.9"),
    (
        "AuthFailureCount",
        ["%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 10.9.9.9] [localport: 22]"] * 5,
        "R1 from 10.9.9.9",
    ),
    ("PortFlapEvents", [IOS_DOWN] * 3, "R1 GigabitEthernet0/1"),
    ("PortFlapEvents", [EOS_DOWN] * 3, "R1 Ethernet1"),
    ("PortFlapEvents", [LINE_DOWN, IOS_DOWN, LINE_DOWN, IOS_DOWN, LINE_DOWN], "R1 GigabitEthernet0/1"),
    ("PortFlapEvents", [NXOS_DOWN] * 3, "R1 Ethernet1/1"),
    ("PortFlapEvents", [JUNOS_DOWN] * 3, "R1 ge-0/0/1"),
    ("StpRootChange", ["%SPANTREE-5-ROOTCHANGE: Root Changed for vlan 10: New Root Port is Gi1/0/1"], "R1"),
    ("StpTopologyChanges", ["%SPANTREE-5-TOPOTRAP: Topology Change Trap for vlan 10"] * 5, "R1"),
    ("LoopDetected", ["%ETHCNTR-3-LOOP_BACK_DETECTED: Loop-back detected on Gi1/0/3."], "R1 Gi1/0/3"),
    ("ErrDisabled", ["%PM-4-ERR_DISABLE: error on Gi1/0/3, putting Gi1/0/3 in err-disable state"], "R1 Gi1/0/3"),
    (
        "PortSecurity",
        ["%PORT_SECURITY-2-PSECURE_VIOLATION: Security violation, by MAC address 0050.56b2.0001 on port Gi1/0/3."],
        "R1 Gi1/0/3",
    ),
    ("PowerSupply", ["%PLATFORM-2-PS_FAIL: Power supply 2 failed or shut down (Serial number X)"], "R1 2"),
    ("FanFailure", ["%PLATFORM_ENV-1-FAN: Faulty fan detected: fan 1 not ok"], "R1"),
    ("TemperatureHigh", ["%PLATFORM_ENV-1-TEMP: Temperature is above critical threshold"], "R1"),
    ("CpuHigh", ["%SYS-1-CPURISINGTHRESHOLD: Threshold: Total CPU Utilization(Total/Intr): 97%/1%"], "R1"),
    ("MemoryLow", ["%SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6015, alignment 0"], "R1"),
    ("InterfaceErrors", ["%LINK-4-ERROR: excessive errors on Gi0/1"] * 3, "R1 Gi0/1"),
    ("NeighbourFlaps", [BGP_DOWN] * 3, "R1 10.1.1.2"),
    ("MacFlapping", [MACFLAP] * 3, "R1 0050.56b2.0001"),
    ("HsrpFlip", ["%HSRP-5-STATECHANGE: Vlan10 Grp 1 state Standby -> Active"] * 3, "R1 Vlan10 Grp 1"),
    ("ConfigBurst", ["%SYS-5-CONFIG_I: Configured from console by ana on vty0 (10.1.1.1)"] * 5, "R1"),
    ("StackMember", ["%STACKMGR-4-SWITCH_REMOVED: Switch 2 has been REMOVED from the stack"], "R1"),
    ("BpduGuard", ["%SPANTREE-2-BLOCK_BPDUGUARD: Received BPDU on port Gi1/0/3 with BPDU Guard enabled"], "R1"),
    ("DhcpSnooping", ["%DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: dropped on untrusted port"], "R1"),
    ("ConfigWithoutWindow", ["%STATETRACE-5-CONFIG_NO_WINDOW: Configured from console by ana"], "R1"),
    ("DuplexMismatch", ["%CDP-4-DUPLEX_MISMATCH: duplex mismatch discovered on Gi0/1 (not half duplex)"], "R1 Gi0/1"),
]  # fmt: skip


def events(texts: list[str], start: float = T0, step: float = 10.0) -> list[Event]:
    made = (
        messages.of_line(f"<189>1 - R1 - - - - {text}".encode(), 1000.0 + n * step, start + n * step)
        for n, text in enumerate(texts)
    )
    found = [event for event in made if event is not None]
    assert len(found) == len(texts)
    return found


def found(rule: Rule, given: list[Event]) -> list[str]:
    watch = Watch([structs.replace(rule, is_enabled=True)], lambda at: datetime.fromtimestamp(at, UTC))
    return [c.card.subject for event in given for c in watch.take(event) if c.step is CardStep.RAISED]


@pytest.mark.parametrize(
    ("rule", "texts", "subject"), PLANTED, ids=[f"{name} {n}" for n, (name, *_) in enumerate(PLANTED)]
)
def test_what_was_planted_is_found_once_and_at_its_last_message(rule: str, texts: list[str], subject: str) -> None:
    assert found(RULES[rule], events(texts)) == [subject]
    assert found(RULES[rule], events(texts[:-1])) == []


SHOWN: list[tuple[str, Reading, str, str]] = [
    ("CpuHigh", Reading(FactName.CPU, "cpu", 91.0), "R1", "91 above 85"),
    ("MemoryLow", Reading(FactName.MEMORY, "processor", 97.0), "R1", "97 above 95"),
    ("TemperatureHigh", Reading(FactName.TEMPERATURE_HIGH, "inlet", state="yellow"), "R1", "1 within 60 s"),
    ("FanFailure", Reading(FactName.FAN_FAILED, "fan 2", state="faulty"), "R1", "1 within 60 s"),
    ("PowerSupply", Reading(FactName.POWER_SUPPLY_FAILED, "PS2", state="bad"), "R1 PS2", "1 within 60 s"),
    (
        "InterfaceErrorRate",
        Reading(FactName.INPUT_ERRORS, "GigabitEthernet0/1", 2.5),
        "R1 GigabitEthernet0/1",
        "2.5 above 1",
    ),
    ("RoutesLost", Reading(FactName.ROUTES_LOST, "RED", 62.5), "R1 RED", "62.5 above 50"),
    ("StackMember", Reading(FactName.STACK_MEMBER_LOST, "switch 2", state="removed"), "R1", "1 within 60 s"),
]


@pytest.mark.parametrize(("name", "reading", "subject", "why"), SHOWN, ids=[name for name, *_ in SHOWN])
def test_what_a_capture_shows_is_found_by_its_rule_alone(name: str, reading: Reading, subject: str, why: str) -> None:
    watch = Watch([rule for rule in RULES.values() if rule.is_enabled], lambda at: datetime.fromtimestamp(at, UTC))
    changes = watch.take(hearing.fact(reading, "R1", 1000.0, T0, 7, 12))
    assert [(c.card.rule, c.card.subject, c.card.text, c.card.spots) for c in changes] == [
        (name, subject, why, (Spot(12, 0, 0),))
    ]


def test_numbers_within_their_bounds_and_parts_that_are_well_raise_nothing() -> None:
    for fact, value in (
        (FactName.CPU, 85.0),
        (FactName.MEMORY, 95.0),
        (FactName.TEMPERATURE, 99.0),
        (FactName.ROUTES_LOST, 50.0),
    ):
        for rule in RULES.values():
            assert found(rule, [hearing.fact(Reading(fact, "x", value), "R1", 1000.0, T0)]) == []


def test_a_table_that_is_nearly_full_by_whoever_knows_how_much_fits() -> None:
    full = [hearing.fact(Reading(FactName.ROUTES, "default", 950_000.0), "R1", 1000.0, T0)]
    assert found(RULES["RoutesNearLimit"], full) == ["R1 default"]
    assert not RULES["RoutesNearLimit"].is_enabled


def test_a_change_at_night_and_at_the_weekend() -> None:
    text = ["%SYS-5-CONFIG_I: Configured from console by ana on vty0 (10.1.1.1)"]
    assert found(RULES["ConfigOffHours"], events(text)) == []
    assert found(RULES["ConfigOffHours"], events(text, NIGHT)) == ["R1"]
    assert found(RULES["ConfigOffHours"], events(text, T0 + 5 * 86400)) == ["R1"]


def test_power_that_goes_before_a_restart() -> None:
    texts = ["%PLATFORM_ENV-1-PWR: Power supply lost", "%SYS-5-RESTART: System restarted --"]
    assert found(RULES["RestartAfterPowerLoss"], events(texts)) == ["R1"]
    assert found(RULES["RestartAfterPowerLoss"], events(texts[::-1])) == []


def test_a_fan_that_failed_before_a_restart_is_no_power_loss() -> None:
    texts = ["%ENVMON-3-FAN_FAILED: Fan 1 has failed", "%SYS-5-RELOAD: Reload requested by x on vty0 (10.1.1.1)."]
    assert found(RULES["RestartAfterPowerLoss"], events(texts)) == []


def test_routing_that_is_busier_than_usual() -> None:
    usual = events(["%BGP-5-ADJCHANGE: neighbor 10.1.1.2 Up"] * 130, step=30.0)
    storm = [structs.replace(e, steady=usual[-1].steady + n * 0.1) for n, e in enumerate(usual[:100])]
    assert found(RULES["RouteChurn"], usual) == []
    assert found(RULES["RouteChurn"], [*usual, *storm]) == ["R1"]


def test_a_device_that_falls_silent_and_a_message_never_sent_before() -> None:
    spoke = events([IOS_DOWN, "%SYS-2-MALLOCFAIL: Memory"], step=2 * 86400.0)
    assert found(RULES["SilentDevice"], spoke) == ["R1"]
    assert found(RULES["NewMessageType"], spoke) == ["R1"]
    assert found(RULES["NewMessageType"], events([IOS_DOWN, IOS_DOWN], step=2 * 86400.0)) == []


def test_a_device_that_nobody_captures_any_more() -> None:
    captured = events(["%STATETRACE-6-CAPTURED: capture 1", "%STATETRACE-6-CAPTURED: capture 2"], step=8 * 86400.0)
    assert found(RULES["MissingCaptures"], captured) == ["R1"]
    assert found(RULES["MissingCaptures"], events([m.text for m in captured], step=6 * 86400.0)) == []


def test_every_shipped_rule_runs() -> None:
    assert not PROBLEMS


def test_every_shipped_rule_was_planted_here() -> None:
    elsewhere = {
        "MissingCaptures",
        "RoutesNearLimit",
        "ConfigOffHours",
        "RestartAfterPowerLoss",
        "RouteChurn",
        "SilentDevice",
        "NewMessageType",
    }
    assert {name for name, *_ in (*PLANTED, *SHOWN)} | elsewhere == set(RULES)
    assert {name for name, rule in RULES.items() if not rule.is_enabled} == {
        "BpduGuard", "DhcpSnooping", "DuplexMismatch", "SilentDevice", "NewMessageType", "RoutesNearLimit",
    }  # fmt: skip


HOSTILE = (
    "a" * 4000, "a-" * 2000, "1." * 2000, "fan " * 1000, "fan fai " * 400, "down " * 800, "port e1/" * 500, "by " * 99,
    "interface " + "a1" * 2000, "interface e1 " + "x " * 1900, "down " * 40 + "ifName " * 500, "hsrp grp " * 400,
    "interface " + "a1" * 30 + " " * 3900, "from " + "1.:" * 1300, "cpu utili " + "9." * 1900, "neighbor " * 450,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(RULES))
def test_no_text_of_a_device_switches_a_shipped_rule_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five times what an expression may take: this machine may be busy."""
    monkeypatch.setattr(matching, "TIMEOUT_S", 0.1)
    rule = RULES[name]
    looks = (rule.on, *getattr(rule.find, "then", ()))
    steps = [On(pattern=pattern) for on in looks for pattern in (on.pattern, on.unless) if pattern]
    for step in steps:  # tried on every message, whatever its words
        matcher = Matcher([structs.replace(rule, is_enabled=True, on=step, subject="{hostname}")])
        for text in HOSTILE:
            matcher.of(Event(1.0, T0, "R1", "", text))
        assert matcher.slow == {}


def test_a_rule_looks_only_at_its_own() -> None:
    """A shipped rule that is on finds nothing in what was planted for others, but where two tell of one thing."""
    kin = {("AuthFailureCount", "AuthFailureCount"), ("ErrDisabled", "BpduGuard"), ("RouteChurn", "NeighbourFlaps")}
    for name, texts, _ in PLANTED:
        for rule in RULES.values():
            if rule.is_enabled and rule.id != name and {rule.id, name} not in [set(pair) for pair in kin]:
                assert found(rule, events(texts)) == [], (rule.id, name)


def test_every_rule_names_a_runbook_that_is_shipped_and_serves_no_outage_of_unknown_cause() -> None:
    names = {book.name for book in config.load(Path("no such home")).runbooks}
    assert {rule.runbook for rule in RULES.values()} <= names - {"generic"}


@pytest.mark.parametrize(("rule", "texts"), [(name, texts) for name, texts, _ in PLANTED])
def test_what_was_planted_is_heard_behind_any_header(rule: str, texts: list[str]) -> None:
    matcher = Matcher([RULES[rule]])
    for header in (
        "<189>12: R1: Nov 23 14:00:00.123 UTC: ",
        "<189>1 2026-11-23T14:00:00Z R1 - - - - ",
        "<30>Nov 23 14:00:00 R1 ",
    ):
        raw = (header + texts[-1]).encode()
        event = Ear().read(Line(raw, 1.0, T0, "R1", "", 1, "syslog_udp"), matcher)
        found = messages.of_line(raw, 1.0, T0, "R1", 1)
        assert event == found or (isinstance(found, Event) and not matcher.of(found))


def test_a_device_that_speaks_in_structured_data_is_heard_as_another() -> None:
    head = b'<28>1 2026-11-23T14:00:00.1Z R1 mib2d 18 SNMP_TRAP_LINK_DOWN [junos@2636.1.1.1.2.25 a="7"] '
    raw = head + b"ifIndex 7, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/1"
    matcher = Matcher(rule for rule in RULES.values() if rule.on.pattern != r"\S")
    event = Ear().read(Line(raw, 1.0, T0, "R1", "", 1, "syslog_udp"), matcher)
    assert event is not None
    met = [(match.trigger.rule.id, match.subject) for match in matcher.of(event)]
    assert met == [("PortFlapEvents", "R1 ge-0/0/1")]


def test_an_attempt_that_ios_logs_twice_is_one() -> None:
    """By the login and by SSH: four attempts are not five failures."""
    login = "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 10.9.9.9] [localport: 22]"
    ssh = "%SSH-5-SSH2_USERAUTH: User 'x' authentication for SSH2 Session from 10.9.9.9 (tty = 0) Failed"
    assert found(RULES["AuthFailureCount"], events([login, ssh] * 4)) == []
    assert found(RULES["AuthFailureCount"], events([login, ssh] * 5)) == ["R1 from 10.9.9.9"]
