"""Whether two captures of one hostname are of one device, by what stays with a device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.model.identity import Identity, judge

DAY = 86_400
PORTS = ("GigabitEthernet0/1", "GigabitEthernet0/2", "Loopback0", "router-id")


def macs(*ends: int) -> dict[str, str]:
    return {port: f"005056b200{end:02x}" for port, end in zip(PORTS, ends, strict=False)}


def addresses(*ends: int) -> dict[str, str]:
    return {port: f"10.0.{at}.{end}" for at, (port, end) in enumerate(zip(PORTS, ends, strict=False))}


ONE = Identity(("FTX1",), "C3900", "cisco_ios", macs(1, 2), addresses(1, 1, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Identity(("FTX1",)), Identity(("FTX2",))),
        (Identity(macs=macs(1, 2)), Identity(macs=macs(7, 8))),
        (Identity(addresses=addresses(1, 1, 1)), Identity(addresses=addresses(2, 2, 2))),
        (Identity(model="C3900", addresses=addresses(1)), Identity(model="ISR4451", addresses=addresses(2))),
        (Identity(("FTX1",), macs=macs(1, 2, 3)), Identity(("FTX2",), macs=macs(1, 8, 9))),  # one that both have
        (Identity(("FTX1",), addresses=addresses(1, 1, 1)), Identity(("FTX2",), addresses=addresses(1, 8, 9))),
        (Identity(model="C3900", vendor="cisco_ios"), Identity(model="EX4300", vendor="juniper_junos")),
        (
            Identity(addresses=addresses(1), booted_at=100.0 * DAY, uptime_s=DAY),
            Identity(addresses=addresses(2), booted_at=1.0 * DAY, uptime_s=101 * DAY),
        ),
    ],
)
def test_two_devices_are_told_apart(before: Identity, after: Identity) -> None:
    for found in (judge(before, after), judge(after, before)):
        assert found.is_other
        assert not found.is_same
        assert found.differing


@pytest.mark.parametrize(
    "after",
    [
        Identity(("FTX2", "FTX1"), "ISR4451"),  # a stack shows more than its first member
        Identity(("FTX2",), "C3900", "cisco_ios", macs(1, 2)),  # another supervisor has taken over
        Identity(("FTX2",), "ISR4451", "cisco_ios", macs(7, 8), addresses(1, 1, 2)),  # replaced, configured as before
    ],
)
def test_what_agrees_outweighs_what_differs(after: Identity) -> None:
    found = judge(ONE, after)
    assert found.is_same
    assert not found.is_other


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Identity(addresses=addresses(1)), Identity(addresses=addresses(2))),  # renumbered
        (Identity(macs=macs(1)), Identity(macs=macs(2))),  # a line card, or an address that was set
        (Identity(vendor="cisco_ios"), Identity(vendor="cisco_nxos")),  # a vote
        (Identity(macs=macs(1, 2, 3)), Identity(macs=macs(1, 8, 9))),
        (
            Identity(booted_at=1.0 * DAY, uptime_s=99 * DAY),  # restarted since
            Identity(booted_at=100.0 * DAY, uptime_s=DAY),
        ),
        (
            Identity(booted_at=3.5 * DAY, uptime_s=400 * DAY),  # printed in weeks
            Identity(booted_at=1.0 * DAY, uptime_s=410 * DAY),
        ),
        (ONE, Identity()),
        (ONE, Identity(macs={"GigabitEthernet9/1": "0050569900ff"})),
    ],
)
def test_a_doubt_alone_tells_no_two_devices_apart(before: Identity, after: Identity) -> None:
    assert not judge(before, after).is_other
    assert not judge(after, before).is_other


def test_half_of_what_both_show_is_enough_to_be_one() -> None:
    assert judge(Identity(("FTX1",), macs=macs(1, 2)), Identity(("FTX2",), macs=macs(1, 9))).is_same
    assert judge(Identity(("FTX1",), addresses=addresses(1, 2)), Identity(("FTX2",), addresses=addresses(1, 9))).is_same


def test_a_model_that_is_told_at_more_length_is_no_other() -> None:
    short, long = Identity(model="WS-C3750"), Identity(model="ws-c3750-24ts")
    assert judge(short, long).differing == judge(long, short).differing == ()
    assert judge(short, Identity(model="WS-C2960")).differing == ("WS-C3750 before, WS-C2960 after",)


_some = st.dictionaries(st.sampled_from(PORTS), st.sampled_from("abcd"), max_size=4)
_identities = st.builds(
    Identity, st.lists(st.sampled_from("AB"), max_size=2).map(tuple), st.sampled_from(["", "C1", "C2"]),
    st.sampled_from(["", "x", "y"]), _some, _some, st.none() | st.floats(0, 1e9), st.integers(0, 10**9),
)  # fmt: skip


@given(_identities, _identities)
def test_it_does_not_matter_which_is_asked_first(one: Identity, other: Identity) -> None:
    forth, back = judge(one, other), judge(other, one)
    assert (forth.is_same, forth.is_other) == (back.is_same, back.is_other)
    assert not (forth.is_same and forth.is_other)
    assert not judge(one, one).is_other
    assert not judge(one, one).differing
