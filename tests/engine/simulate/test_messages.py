"""What the simulated devices print has the vendors' form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from statetrace_engine import config
from statetrace_engine.anomalies import rules
from statetrace_engine.anomalies.watch import Watch
from statetrace_engine.model.anomaly import AnomalyCard, CardStep, Rule
from statetrace_engine.parsing import messages as anomaly_messages
from statetrace_engine.simulate import faults, messages, network, noise
from statetrace_engine.simulate.messages import Event, Line
from statetrace_engine.simulate.network import Node

NETWORK = network.build()
LINK = NETWORK.links[NETWORK.nodes["WLLS-A01-AR-01"].uplinks[0]]
FIELDS = {
    **faults.port_fields(NETWORK, LINK.near, LINK.far),
    "prefix": "10.20.0.0/16",
    "next_hop": "10.1.2.2",
    "out": "GigabitEthernet0/2",
    "protocol": "bgp",
    "user": "jsm",
    "from": "10.99.0.10",
    "unit": "1",
}
AT = 1795442607.104
CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "syslog"

A, I, R = r"10\.1\.1\.2", r"GigabitEthernet0/1", r"10\.255\.1\.241"  # noqa: E741
FORMS = {
    ("cisco_ios", Event.LINK_DOWN): [
        rf"%LINK-3-UPDOWN: Interface {I}, changed state to down",
        rf"%LINEPROTO-5-UPDOWN: Line protocol on Interface {I}, changed state to down",
    ],
    ("cisco_ios", Event.BGP_DOWN): [
        rf"%BGP-5-NBR_RESET: Neighbor {A} reset \(Interface flap\)",
        rf"%BGP-5-ADJCHANGE: neighbor {A} Down Interface flap",
        rf"%BGP_SESSION-5-ADJCHANGE: neighbor {A} IPv4 Unicast topology base removed from session  Interface flap",
    ],
    ("cisco_ios", Event.BGP_UP): [rf"%BGP-5-ADJCHANGE: neighbor {A} Up"],
    ("cisco_ios", Event.OSPF_DOWN): [
        rf"%OSPF-5-ADJCHG: Process \d+, Nbr {R} on {I} from FULL to DOWN, Neighbor Down: .+"
    ],
    ("cisco_ios", Event.ROUTE): [
        r"%HA_EM-6-LOG: ROUTEWATCH: route modify 10\.20\.0\.0/16 via 10\.1\.2\.2 GigabitEthernet0/2 protocol bgp"
    ],
    ("cisco_nxos", Event.LINK_DOWN): [rf"%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface {I} is down \(Link failure\)"],
    ("cisco_nxos", Event.BGP_DOWN): [
        rf"%BGP-5-ADJCHANGE:  bgp-\d+ \[\d+\] \(default\) neighbor {A} Down - interface down"
    ],
    ("cisco_xr", Event.BGP_DOWN): [rf"%ROUTING-BGP-5-ADJCHANGE : neighbor {A} Down - .+ \(VRF: default\) \(AS: \d+\)"],
    ("cisco_xr", Event.BFD_UP): [rf"%L2-BFD-6-SESSION_STATE_UP : BFD session to neighbor {A} on interface {I} is up"],
    ("juniper_junos", Event.LINK_UP): [
        rf"SNMP_TRAP_LINK_UP: ifIndex \d+, ifAdminStatus up\(1\), ifOperStatus up\(1\), ifName {I}"
    ]
    * 2,
    ("frr", Event.OSPF_DOWN): [
        rf"AdjChg: Nbr {R}, NbrIP {A} \(default\) on {I}:10\.1\.1\.1: Full -> Deleted \(KillNbr\)"
    ],
    ("frr", Event.BGP_DOWN): [rf"%ADJCHANGE: neighbor {A}\(WLLS-C01-CR-01\) in vrf default Down Interface down"],
}
HEADERS = {
    "cisco_ios": r"<187>7: H-1: Nov 23 14:03:27\.104 UTC: x",
    "cisco_nxos": r"<187>H-1: 2026 Nov 23 14:03:27 UTC: x",
    "cisco_xr": r"<187>7: H-1 RP/0/RSP0/CPU0:Nov 23 14:03:27\.104 UTC: p: x",
    "arista_eos": r"<163>Nov 23 14:03:27 H-1 p: x",
    "juniper_junos": r"<27>Nov 23 14:03:27 H-1 p: x",
    "frr": r'<27>1 2026-11-23T14:03:27\.104\d{3}\+00:00 H-1 p \d+ - \[meta sequenceId="7"\] x',
}
SAMPLES = [
    ("arista_eos", Event.BGP_UP, 0, "eos/BGP_NEIGHBOR_STATE_CHANGED/openconfirm_to_established"),
    ("arista_eos", Event.BFD_DOWN, 0, "eos/BFD_STATE_CHANGE/up_to_down"),
    ("arista_eos", Event.LINK_DOWN, 0, "eos/INTERFACE_DOWN/default"),
    ("cisco_ios", Event.LINK_DOWN, 1, "ios/INTERFACE_DOWN/oper_down"),
    ("cisco_nxos", Event.LINK_DOWN, 0, "nxos/INTERFACE_DOWN/default"),
    ("juniper_junos", Event.BGP_UP, 0, "junos/BGP_NEIGHBOR_STATE_CHANGED/openconfirm_to_established"),
]


@pytest.mark.parametrize(("vendor", "event"), FORMS)
def test_a_message_has_the_form_of_its_vendor(vendor: str, event: Event) -> None:
    said = messages.lines(vendor, event, FIELDS)

    assert len(said) == len(FORMS[vendor, event])
    for line, form in zip(said, FORMS[vendor, event], strict=True):
        assert re.fullmatch(form, line.text)


@pytest.mark.parametrize("vendor", messages.TABLES)
def test_what_goes_down_comes_up_in_the_same_words(vendor: str) -> None:
    for down, up in (
        (Event.LINK_DOWN, Event.LINK_UP),
        (Event.BGP_DOWN, Event.BGP_UP),
        (Event.OSPF_DOWN, Event.OSPF_UP),
        (Event.BFD_DOWN, Event.BFD_UP),
    ):
        assert bool(messages.lines(vendor, down, FIELDS)) == bool(messages.lines(vendor, up, FIELDS))


@pytest.mark.parametrize("vendor", HEADERS)
def test_a_header_has_the_form_of_its_vendor(vendor: str) -> None:
    raw = messages.encode(vendor, "H-1", Line(3, "p", "x"), AT, 7)

    assert re.fullmatch(HEADERS[vendor].encode(), raw)


def test_a_day_below_ten_is_padded_as_rfc_3164_says() -> None:
    raw = messages.encode("arista_eos", "H-1", Line(5, "Ebra", "x"), AT - 20 * 86400, 1)

    assert raw.startswith(b"<165>Nov  3 14:03:27 H-1 Ebra: ")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
@pytest.mark.parametrize(("vendor", "event", "nth", "sample"), SAMPLES)
def test_a_message_reads_like_a_real_one(vendor: str, event: Event, nth: int, sample: str) -> None:
    real = (CORPUS / sample / "syslog.msg").read_text(encoding="utf-8").strip()

    text = messages.lines(vendor, event, FIELDS)[nth].text

    assert _shape(real).endswith(_shape(text))


def _shape(text: str) -> str:
    """The words of a message without what differs between networks."""
    text = re.sub(r"\d+\.\d+\.\d+\.\d+", "ADDRESS", text)
    return re.sub(r"(GigabitEthernet|FastEthernet|Ethernet)[\d/]+", "INTERFACE", re.sub(r"\bAS \d+", "AS N", text))


def test_noise_is_printable_and_names_no_uplink_and_no_neighbour() -> None:
    random = Random(1)
    watched = {port.interface for link in NETWORK.links.values() for port in (link.near, link.far)} - {""}
    watched |= {port.address for link in NETWORK.links.values() for port in (link.near, link.far)}

    for vendor in messages.TABLES:
        for _ in range(300):
            line = noise.line(vendor, random)
            assert line.text.isprintable()
            assert "{" not in line.text + line.program
            assert not watched & set(re.split(r"[\s,\[\]():]+", line.text))


def test_the_shipped_rules_find_what_is_planted_and_hardly_anything_in_the_noise() -> None:
    """A day's chatter raises no card; a power supply, a flapping port and tried passwords raise one each."""
    found = rules.read({f.label: f.text for f in config.anomaly_files(Path("no such home"))})[0]
    random = Random(4)
    nodes = list(NETWORK.nodes.values())
    said = [(node, noise.line(node.vendor, random)) for node in (random.choice(nodes) for _ in range(2280))]
    assert [card.rule for card in _raised(found, said)] == []
    access = NETWORK.nodes["WLLS-A01-AR-01"]
    core = NETWORK.nodes["BOYO-C01-CR-01"]
    planted = (
        faults.power(core.hostname),
        faults.flaps(access.hostname, "GigabitEthernet0/48"),
        faults.logins(access.hostname),
    )
    said = [
        (NETWORK.nodes[u.hostname], line)
        for fault in planted
        for u in fault.onset
        for line in messages.lines(NETWORK.nodes[u.hostname].vendor, u.event, u.fields)
    ]
    assert [(card.rule, card.subject) for card in _raised(found, said)] == [
        ("PowerSupply", "BOYO-C01-CR-01 1"),
        ("PortFlapEvents", "WLLS-A01-AR-01 GigabitEthernet0/48"),
        ("AuthFailureCount", "WLLS-A01-AR-01 from 10.99.66.6"),
    ]


@pytest.mark.parametrize("vendor", [v for v, table in messages.TABLES.items() if Event.POWER_DOWN in table])
def test_a_power_supply_that_is_well_again_raises_nothing(vendor: str) -> None:
    found = rules.read({f.label: f.text for f in config.anomaly_files(Path("no such home"))})[0]
    node = next(node for node in NETWORK.nodes.values() if node.vendor == vendor)
    for event, expected in ((Event.POWER_DOWN, ["PowerSupply"]), (Event.POWER_UP, [])):
        said = [(node, line) for line in messages.lines(vendor, event, FIELDS)]
        assert [card.rule for card in _raised(found, said)] == expected


def _raised(known: Sequence[Rule], said: Iterable[tuple[Node, Line]]) -> list[AnomalyCard]:
    """Of what is said, a hundred lines a second."""
    watch = Watch(known, lambda at: datetime.fromtimestamp(at, UTC))
    cards = []
    for number, (node, line) in enumerate(said):
        at = AT + number / 100
        event = anomaly_messages.of_line(
            messages.encode(node.vendor, node.hostname, line, at, number), number / 100, at
        )
        assert event is not None
        cards += [change.card for change in watch.take(event) if change.step is CardStep.RAISED]
    return cards
