"""Captures without their secrets: every planted one found, the rest kept, and the laws that callers rely on."""

# ruff: noqa: E501 - a line stands on one line, as the device prints it
from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.parsing.redact import Redactor
from tests.engine.parsing.redact.planted import PLANTED, Planted, planted

REDACTOR = Redactor(bytes(range(32)))
LINES = planted()
TOKEN = re.compile(r"<redacted:[a-z0-9-]{1,20}:[0-9a-f]{8}>")
CORPUS = Path(__file__).parents[5] / "shared" / "corpus"


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in REDACTOR.text(text).edits]


def words(text: str) -> Counter[str]:
    return Counter(word.strip("\";'") for word in text.split())


@pytest.mark.parametrize("one", LINES, ids=lambda one: f"{one.vendor}-{one.line.strip()[:30]}")
def test_a_planted_secret_goes_and_nothing_else(one: Planted) -> None:
    assert cut(one.line) == list(one.secrets)


@pytest.mark.parametrize("vendor", PLANTED)
def test_the_byte_lines_have_the_same_rules(vendor: str) -> None:
    for one in LINES:
        if one.vendor == vendor:
            clean, found = REDACTOR.line(one.line.encode())

            assert found == len(one.secrets)
            assert clean.decode() == REDACTOR.text(one.line).text


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert sum(len(one.secrets) for one in LINES) >= 120


def test_nearly_every_other_word_of_those_lines_is_kept() -> None:
    before, lost = Counter[str](), Counter[str]()
    for one in LINES:
        other = words(" ".join(one.kept))
        before += other
        lost += other - words(TOKEN.sub(" ", REDACTOR.text(one.line).text))

    assert lost.total() <= 0.05 * before.total()


@pytest.mark.parametrize("width", [80, 132, 101])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_secret_survives_the_edge_of_a_terminal(width: int, end: str) -> None:
    for shift in range(0, width, 9):
        lines = [" " * shift + one.line for one in LINES]
        broken = [end.join(line[at : at + width] for at in range(0, len(line), width)) for line in lines]

        shown = REDACTOR.text(f"{end}!{end}".join(broken)).text.replace(end, "")

        assert not [secret for one in LINES for secret in one.secrets if secret in shown]


PEM = """\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz
c2gtZWQyNTUxOQAAACDinventedinventedinventedinventedinvented==
-----END OPENSSH PRIVATE KEY-----
"""
CERTIFICATE = """\
crypto pki certificate chain TP-1
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  31312F30 2D060355 04031326 494F532D
  \tquit
interface Gi0/1
"""
BLOCKS = {
    "pem": (PEM, ["b3BlbnNz", "c2gtZWQy"], ["BEGIN OPENSSH", "END OPENSSH"]),
    "a pem that was cut off": (PEM[:150], ["b3BlbnNz", "c2gtZWQy"], ["BEGIN OPENSSH"]),
    "certificate": (CERTIFICATE, ["30820330", "494F532D"], ["self-signed 01", "quit", "interface Gi0/1"]),
    "banner": (
        "banner motd ^C\nWelcome to WLLS.\nlogin with oper / hunter2x or ask.\nThe password is Sesame\n^C\nhostname r1\n",
        ["hunter2x", "Sesame"],
        ["Welcome to WLLS.", "or ask.", "hostname r1"],
    ),
    "eem": (
        'action 1.0 cli command "enable" pattern "assword"\naction 1.1 cli command "Larch77"\n',
        ["Larch77"],
        ['action 1.1 cli command "'],
    ),
    "community table": (
        "Community            Group / Access      context\n---------            --------------      -------\n"
        "Aspen88              network-operator\nsw1# show clock\n",
        ["Aspen88"],
        ["network-operator", "sw1# show clock"],
    ),
    "keyring table": (
        "Keyring      Hostname/Address                   Preshared Key\n\ndefault      192.0.2.1                          Poplar9\n",
        ["Poplar9"],
        ["192.0.2.1"],
    ),
    "keys by the line": (
        "  key-string\n   30819F30 0D06092A\n   864886F7\n   quit\n",
        ["0D06092A", "864886F7"],
        ["quit"],
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_secrets_of_several_lines_go(name: str) -> None:
    text, secrets, kept = BLOCKS[name]

    shown = REDACTOR.text(text).text

    assert not [secret for secret in secrets if secret in shown]
    assert not [piece for piece in kept if piece not in shown]


@pytest.mark.parametrize(
    "line",
    [
        "    Password set:             no", "PW: 10.0.0.1, VC 7 up", "session-key lifetime 3600", "mail server 192.0.2.9",
        "snmpwalk -v2c 192.0.2.1 1.3.6.1.2.1.1", "curl https://192.0.2.1/rest", "test aaa group tacacs+",
        "key chain BGP-KEYS", " key 1", " set community 65000:100 additive", "ip community-list standard X permit 65000:1",
        "  neighbor 192.0.2.1 send-community both", "no service password-encryption", "crypto key generate rsa modulus 2048",
        "  description uplink, key account 7", "  Last input never, output 00:00:01, output hang never, key none",
        "  Keepalive set (10 sec)", "      Community: 65000:1 65000:2 no-export", "      Extended Community: RT:65000:1",
        "Nov 23 14:03:27 vm1 sshd[7]: Accepted publickey for bob from 192.0.2.1 port 5 ssh2",
        "license key ABCD-1234-EFGH", "  authentication key-chain EIGRP-KEYS", "username bob nopassword", "Key: 5, secret *****",
        "ip ssh pubkey-chain", "security passwords min-length 10", "aaa authentication login default group tacacs+ local",
    ],
)  # fmt: skip
def test_what_is_no_secret_stays(line: str) -> None:
    assert REDACTOR.text(line).text == line


@pytest.mark.parametrize("line", ["frobnicate-key Zebra12 now", "secret-thing Zebra12", "my-community Zebra12 x"])
def test_what_no_rule_knows_fails_closed(line: str) -> None:
    shown = REDACTOR.text(line)

    assert "Zebra12" not in shown.text
    assert shown.kinds == {"unknown": 1}


PIECES = st.sampled_from(
    ["password", "secret", "key", "community", "7", "5", "md5", "key-string", '"', "'", "$9$", "$1$a$b", "\n", "\r\n", " ", "\t",
     "<redacted>", "<redacted:key:0a1b2c3d>", "x" * 79, " " * 40, "banner motd #", "#", "-----BEGIN X-----\n", "AAAA\n", "hunter2",
     "https://a:b@c", "snmp-server", "host", "auth", "sha", "priv", ";", ",", ")", "{", "}", "is", "for", "\ufdd0", "İ", "é", "name",
     "Community   Group\n", "certificate ca 01\n", "01020304 05060708\n", "-AQ==x"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES, max_size=30).map(" ".join)
)


@given(TEXTS)
def test_edits_lead_from_the_old_text_to_the_new(text: str) -> None:
    shown = REDACTOR.text(text)

    pieces, at, length = [], 0, 0
    for start, end, new in shown.edits:
        assert at <= start < end <= len(text)
        length += start - at
        token = shown.text[length : length + new]
        assert TOKEN.fullmatch(token)
        pieces += [text[at:start], token]
        length += new
        at = end
    assert "".join(pieces) + text[at:] == shown.text
    assert sum(shown.kinds.values()) == len(shown.edits)


@given(TEXTS)
def test_what_is_redacted_stays_as_it_is(text: str) -> None:
    once = REDACTOR.text(text).text

    assert REDACTOR.text(once).text == once


def test_a_planted_capture_is_redacted_once() -> None:
    once = REDACTOR.text("\n".join(one.line for one in LINES)).text

    assert REDACTOR.text(once).edits == []


def test_the_same_secret_is_the_same_token_and_another_key_another() -> None:
    text = "enable password Larch77\nusername bob password Larch77\nusername eve password Larch78\n"
    one, same, other = TOKEN.findall(REDACTOR.text(text).text)

    assert one == same != other
    assert TOKEN.findall(Redactor(bytes(32)).text(text).text)[0] != one


def test_a_wrapped_secret_has_the_token_of_the_whole_one() -> None:
    line = " " * 60 + "username bob password 7 094F471A1A0A57"

    whole, broken = TOKEN.findall(REDACTOR.text(f"{line}\n!\n{line[:80]}\n{line[80:]}\n").text)

    assert whole == broken


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_secret_that_ends_at_the_edge_takes_no_separator_with_it(end: str) -> None:
    line = "username bob password 7 094F471A1A0A57"
    text = f"{' ' * (80 - len(line))}{line}{end}!{end}interface Vlan1{end}"

    shown = REDACTOR.text(text).text

    assert shown.endswith(f"{end}!{end}interface Vlan1{end}")
    assert "094F471A1A0A57" not in shown


@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus here")
def test_tables_of_routes_neighbours_and_interfaces_lose_nothing() -> None:
    shows = re.compile(r"route|neighbor|neighbour|bgp|ospf|interface|arp|mac|lldp|cdp|version|bfd")
    files = [path for path in CORPUS.rglob("*") if path.suffix in (".raw", ".txt") and shows.search(path.name)]
    assert len(files) > 50

    touched = {
        str(path): cut for path in files if (cut := REDACTOR.text(path.read_bytes().decode("utf-8", "replace")).kinds)
    }

    assert touched == {}
