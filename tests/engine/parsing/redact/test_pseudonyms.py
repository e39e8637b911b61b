"""Other addresses, other names, and otherwise the same capture."""

# ruff: noqa: E501 - a set stands on one line
from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.parsing import capture
from statetrace_engine.parsing.redact import Redactor
from statetrace_engine.parsing.redact.addresses import Addresses
from statetrace_engine.parsing.redact.hostnames import Hostnames, hostnames
from statetrace_engine.parsing.redact.pseudonyms import Pseudonyms

KEY = bytes(range(32))
CORPUS = Path(__file__).parents[5] / "shared" / "corpus" / "ntc"
IPV4 = st.integers(0, 2**32 - 1)
IPV6 = st.integers(0, 2**128 - 1)


def common(one: int, other: int, width: int) -> int:
    return width - (one ^ other).bit_length()


@given(IPV4, st.integers(0, 32), IPV4)
def test_ipv4_addresses_share_as_many_bits_as_before(one: int, shared: int, noise: int) -> None:
    other = (one >> (32 - shared) << (32 - shared)) | (noise & ((1 << (32 - shared)) - 1))
    made = Addresses(KEY)

    assert common(made.ipv4(one), made.ipv4(other), 32) == common(one, other, 32)


@given(IPV6, st.integers(0, 128), IPV6)
def test_ipv6_addresses_share_as_many_bits_as_before(one: int, shared: int, noise: int) -> None:
    other = (one >> (128 - shared) << (128 - shared)) | (noise & ((1 << (128 - shared)) - 1))
    made = Addresses(KEY)

    assert common(made.ipv6(one), made.ipv6(other), 128) == common(one, other, 128)


@pytest.mark.parametrize(
    "special",
    ["0.0.0.0", "0.0.0.255", "255.255.255.0", "255.255.255.255", "254.0.0.0", "128.0.0.0", "127.0.0.1", "169.254.7.7",
     "224.0.0.5", "239.1.2.3", "::", "::1", "fe80::1", "ff02::5"],
)  # fmt: skip
def test_special_addresses_stay(special: str) -> None:
    assert Pseudonyms(KEY).text(special).text == special


@given(IPV4)
def test_no_address_becomes_special(number: int) -> None:
    new = IPv4Address(Addresses(KEY).ipv4(number))
    old = IPv4Address(number)

    for claim in ("is_multicast", "is_loopback", "is_link_local"):
        assert getattr(new, claim) == getattr(old, claim)


@given(IPV4, st.integers(0, 32))
def test_a_network_stays_a_network_of_its_length(number: int, length: int) -> None:
    network = ip_network((number >> (32 - length) << (32 - length), length))

    new = Pseudonyms(KEY).text(f"O    {network} via 192.0.2.7").text.split()[1]

    assert ip_network(new).prefixlen == length  # raises when host bits are set


@given(IPV6, st.integers(0, 128))
def test_an_ipv6_network_stays_one(number: int, length: int) -> None:
    network = ip_network((number >> (128 - length) << (128 - length), length))

    assert ip_network(Pseudonyms(KEY).text(str(network)).text).prefixlen == length


@given(IPV4)
def test_both_ends_of_a_link_of_two_addresses_stay_two_and_themselves(number: int) -> None:
    """RFC 3021: of a /31 both are hosts, and one of them looks like its network."""
    made = Pseudonyms(KEY)
    ends = [str(IPv4Address(number & ~1 | last)) for last in (0, 1)]

    with_length = [made.text(f"{end}/31").text for end in ends]

    assert with_length[0] != with_length[1]
    assert [Addresses(KEY).ipv4(int(IPv4Address(end))) for end in ends] == [
        int(IPv4Address(text.removesuffix("/31"))) for text in with_length
    ]


@given(st.integers(0x2000 << 112, 0x3FFF << 112))
def test_both_ends_of_an_ipv6_link_of_two_addresses_stay_two_and_themselves(number: int) -> None:
    """RFC 6164, of a /127."""
    made = Addresses(KEY)
    network, other = number & ~1, number | 1

    assert made.ipv6(network, 127) == made.ipv6(network) != made.ipv6(other)


def test_what_was_inside_is_inside() -> None:
    text = "ip route 10.20.0.0 255.255.0.0 10.20.3.4\nnetwork 10.20.0.0 0.0.255.255 area 0\nvia 10.20.3.4 10.20.0.0/16"

    words = Pseudonyms(KEY).text(text).text.split()

    inside = ip_network(words[-1])
    assert ip_address(words[4]) in inside
    assert words[2] == words[6] == str(inside.network_address)
    assert (words[3], words[7]) == ("255.255.0.0", "0.0.255.255")
    assert words[4] == words[11]


def test_a_heading_says_the_mask_of_the_lines_below() -> None:
    text = "     172.16.0.0/24 is subnetted, 1 subnets\nO       172.16.5.0 [110/2] via 172.16.5.9\n"

    found = re.findall(r"\d+\.\d+\.\d+\.\d+", Pseudonyms(KEY).text(text).text)

    assert found[0].endswith(".0.0")
    assert ip_address(found[2]) in ip_network(f"{found[1]}/24")


@pytest.mark.parametrize(
    "kept",
    ["00:1a:2b:3c:4d:5e", "001a.2b3c.4d5e", "12:34:56", "65000:100", "Gi1/0/1.100", "1.3.6.1.4.1.9.2.1", "TenGigE0/0/0/1",
     "10.20.30", "256.1.1.1", "<redacted:hash:0a0b0c0d>", "show ip route"],
)  # fmt: skip
def test_what_is_no_address_stays(kept: str) -> None:
    assert Pseudonyms(KEY).text(kept).text == kept


def test_columns_stand_where_they_stood() -> None:
    text = (
        "GigabitEthernet0/1     10.1.1.1        YES NVRAM  up\nGigabitEthernet0/2     172.16.200.201  YES NVRAM  up\n"
    )

    new = Pseudonyms(KEY).text(text).text

    assert {line.index("YES") for line in new.splitlines()} == {39}


def test_letters_of_ipv6_are_those_of_the_device() -> None:
    new = Pseudonyms(KEY).text("2001:DB8:AB::1 2001:db8:ab::1").text.split()

    assert new[0] == new[0].upper()
    assert new[1] == new[1].lower()
    assert IPv6Address(new[0]) == IPv6Address(new[1])


SEEN = """\
WLLS-A01-AR-01#show cdp neighbors
Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
WLLS-A02-AS-02.corp.invalid
                 Gig 0/1           170              R S   ISR       Gig 0/1
PERT-A02-AS-03   Gig 0/2           170              R S   ISR       Gig 0/1

bob@mx1-perth> show version
RP/0/RSP0/CPU0:XR9K-1#show clock
core7 uptime is 1 week
System Name: "leaf-12"
hostname spine-1
"""


def test_names_are_learnt_where_devices_say_them() -> None:
    assert hostnames(SEEN) == {
        "WLLS-A01-AR-01", "WLLS-A02-AS-02", "corp.invalid", "PERT-A02-AS-03", "mx1-perth", "XR9K-1", "core7", "leaf-12", "spine-1",
    }  # fmt: skip


def test_the_devices_of_a_site_keep_a_common_prefix() -> None:
    names = Hostnames(KEY, hostnames(SEEN))

    one, other, elsewhere = (names.of(n) or "" for n in ("WLLS-A01-AR-01", "WLLS-A02-AS-02", "PERT-A02-AS-03"))

    assert one.split("-")[0] == other.split("-")[0] != elsewhere.split("-")[0]
    assert len({one, other, elsewhere}) == 3
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]\d\d-[A-Z]{2}-\d\d", one)
    assert (names.of("wlls-a01-ar-01") or "").upper() == one


def test_words_of_the_devices_language_are_no_names() -> None:
    assert hostnames("Router#show ip route\nSwitch>enable\nhostname localhost\n") == set()


@given(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,3}(-[a-z0-9]{1,3})?", fullmatch=True), max_size=30, unique=True))
def test_two_devices_never_become_one(names: list[str]) -> None:
    made = Hostnames(KEY, names)

    assert len({made.of(name) for name in names}) == len(names)


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    Pseudonyms(KEY, hostnames(text)).text(text)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus here")
def test_captures_of_every_vendor_are_read_the_same() -> None:
    shows = re.compile(r"route|bgp_summ|ospf_nei|lldp|cdp|ip_int")
    files = [path for path in sorted(CORPUS.rglob("*.raw")) if shows.search(path.name)]
    assert len(files) > 50
    redactor = Redactor(KEY)

    for path in files:
        vendor, command = path.parent.parent.name, path.parent.name.replace("_", " ")
        text = path.read_text(encoding="utf-8", errors="replace")
        other = Pseudonyms(KEY, hostnames(text)).text(redactor.text(text).text).text

        before, after = (capture.read(one.encode(), vendor=vendor, command=command).sections for one in (text, other))

        assert [(len(s.records), len(s.unparsed)) for s in before] == [(len(s.records), len(s.unparsed)) for s in after]
