"""A banner's lines are no lines of the configuration."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.parsing import banners, statics

IOS = ("hostname R1", "banner motd ^C", "interface Gi0/1", " shutdown", "the end^C", "ip routing")
EOS = ("banner login", "no ip routing", "EOF", "hostname E1")


def test_what_a_banner_says_stands_below_it() -> None:
    assert list(banners.nested(IOS)) == [
        "hostname R1",
        "banner motd ^C",
        " interface Gi0/1",
        " shutdown",
        " the end",
        "ip routing",
    ]
    assert list(banners.nested(EOS)) == ["banner login", " no ip routing", "", "hostname E1"]


def test_a_banner_is_taken_out_whole() -> None:
    assert banners.apart(IOS) == (["hostname R1", "ip routing"], {"banner motd": IOS[1:5]})
    assert banners.apart(EOS) == (["hostname E1"], {"banner login": EOS[:3]})


def test_a_banner_on_one_line_holds_nothing_below_it() -> None:
    for head in ("banner motd #Keep out#", "banner motd ##", "banner motd line Keep out", "banner motd ^CKeep out^C"):
        assert list(banners.nested((head, "ip routing"))) == [head, "ip routing"]


def test_a_banner_without_an_end_holds_nothing() -> None:
    lines = ("banner motd ^C", "interface Gi0/1", " shutdown")
    assert banners.nested(lines) == lines
    assert banners.apart(lines) == (lines, {})


_lines = st.lists(
    st.sampled_from(["banner motd ^C", "banner login", "EOF", "^C", "a ^C", " b", "c", "banner exec #x#"])
)


@given(_lines)
def test_every_line_keeps_its_number_and_no_line_is_lost(lines: list[str]) -> None:
    assert len(banners.nested(lines)) == len(lines)
    rest, found = banners.apart(lines)
    assert len(rest) + sum(map(len, found.values())) <= len(lines)
    assert list(banners.apart(rest)[0]) == list(rest) or found


def test_no_static_route_is_read_out_of_a_banner() -> None:
    route = "ip route 0.0.0.0 0.0.0.0 10.1.1.2"
    found = list(statics.routes(("banner motd ^C", route.replace("10.1.1.2", "10.9.9.9"), "^C", route), "cisco_ios"))
    assert [path.next_hop for _, path in found] == ["10.1.1.2"]
