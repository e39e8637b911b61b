"""Planted secrets, all found, and nothing else of their lines."""

# ruff: noqa: E501 - a message stands on one line, as the device prints it
from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statetrace_engine.parsing import redact
from statetrace_engine.parsing.syslog_text import read

LAW = settings(max_examples=max(300, settings().max_examples), deadline=None)

IOS = b"<189>77: R1: Nov 23 14:03:27.104 UTC: %PARSER-5-CFGLOG_LOGGEDCMD: User:bob  logged command:"
JUNOS = b"<28>Nov 23 14:03:27  mx1 mgd[7729]: UI_CMDLINE_READ_LINE: User 'bob', command 'set "

PLANTED = [
    # line with its secrets between « and », which are not part of it
    *(
        IOS + text
        for text in [
            "username bob privilege 15 secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»".encode(),
            "username bob password 7 «08314942»".encode(),
            "username bob password 0 «hunter2»".encode(),
            "username bob password «hunter2»".encode(),
            "username bob password «for»".encode(),
            "username bob secret sha512 «$6$abc$defghi»".encode(),
            "username bob secret 10 «$6$abc$defghi»".encode(),
            "enable secret 9 «$9$nhEmQVczB7dqsO$X.HsgL6x1il0RxkOSSvyQYwucySCt7qFm4v7pqCxkKM»".encode(),
            "enable secret level 5 0 «hunter2»".encode(),
            "enable password «hunter2»".encode(),
            "snmp-server community «s3cr3t» RO 10".encode(),
            "snmp-server community «s3cr3t» group network-operator".encode(),
            "snmp-server host 10.0.0.1 «s3cr3t» bgp".encode(),
            "snmp-server host 10.0.0.1 version 2c «s3cr3t»".encode(),
            "snmp-server host 10.0.0.1 vrf MGMT informs version 2c «s3cr3t» bgp".encode(),
            "snmp-server user mon grp v3 auth sha «authpass» priv aes 128 «privpass»".encode(),
            "snmp-server user mon grp v3 encrypted auth md5 «authpass» priv des «privpass»".encode(),
            "snmp-server user admin network-admin auth md5 «0xabc123» priv «0xdef456» localizedkey".encode(),
            "key-string 7 «094F471A1A0A»".encode(),
            "key-string «three words long»".encode(),
            "key-string password «0822455D0A16»".encode(),
            "neighbor 10.0.0.1 password 7 «094F471A1A0A»".encode(),
            "neighbor 10.0.0.1 password «hunter2»".encode(),
            "tacacs-server key 7 «094F471A1A0A»".encode(),
            "tacacs-server host 10.0.0.1 key «hunter2»".encode(),
            "radius-server host 10.0.0.1 auth-port 1812 acct-port 1813 key 7 «094F471A1A0A»".encode(),
            "radius-server key «hunter2»".encode(),
            "server-private 10.0.0.1 key «hunter2»".encode(),
            "aaa server radius dynamic-author client 10.0.0.1 server-key 7 «094F471A1A0A»".encode(),
            "key 7 «094F471A1A0A»".encode(),
            "crypto isakmp key «hunter2» address 10.0.0.1".encode(),
            "crypto isakmp key 6 «hunter2» hostname peer".encode(),
            "pre-shared-key «hunter2»".encode(),
            "pre-shared-key local 6 «hunter2»".encode(),
            "pre-shared-key address 10.0.0.1 key «hunter2»".encode(),
            "ip ospf message-digest-key 1 md5 7 «094F471A1A0A»".encode(),
            "ip ospf message-digest-key 1 md5 «hunter2»".encode(),
            "ip ospf authentication-key «hunter2»".encode(),
            "area 0 virtual-link 1.1.1.1 authentication-key 0 «hunter2»".encode(),
            "ntp authentication-key 5 md5 «hunter2» 7".encode(),
            "standby 1 authentication «hunter2»".encode(),
            "standby 1 authentication md5 key-string «hunter2»".encode(),
            "vrrp 1 authentication text «hunter2»".encode(),
            "isis password «hunter2» level-2".encode(),
            "area-password «hunter2»".encode(),
            "ppp chap password 7 «094F471A1A0A»".encode(),
            "ppp pap sent-username bob password 0 «hunter2»".encode(),
            "key config-key password-encrypt «hunter2»".encode(),
            "ip nhrp authentication «hunter2»".encode(),
            "wpa-psk ascii 0 «hunter2»".encode(),
            "copy ftp://bob:«hunter2»@10.0.0.1/config flash:".encode(),
            "ip\tospf\tauthentication-key\t«hunter2»".encode(),
        ]
    ),
    *(
        JUNOS + text
        for text in [
            "system login user x authentication encrypted-password \"«$6$abc$def ghi»\" '".encode(),
            "system root-authentication plain-text-password «hunter2» '".encode(),
            "system radius-server 10.0.0.1 secret «hunter2» '".encode(),
            "protocols bgp group x authentication-key \"«$9$aBcDeF»\" '".encode(),
            "protocols ospf area 0 interface ge-0/0/0 authentication md5 1 key «hunter2» '".encode(),
            "security ike policy x pre-shared-key ascii-text «hunter2» '".encode(),
            "snmp community «s3cr3t» authorization read-only '".encode(),
        ]
    ),
    "<28>Nov 23 14:03:27  mx1 mgd[7]: UI_CFG_AUDIT_SET: User 'bob' set: [snmp community] «\"old -> \"new\"»".encode(),
    "<28>Nov 23 14:03:27  mx1 snmpd[7]: SNMPD_AUTH_FAILURE: nsa_log_community: unauthorized SNMP community from 10.0.0.1 to unknown community name («s3cr3t»)".encode(),
    "<28>Nov 23 14:03:27  sw1 Snmp: %SNMP-4-X: invalid community string «s3cr3t» from 10.0.0.1".encode(),
    "<28>Nov 23 14:03:27  web1 login: user=bob password=«hunter2» result=ok".encode(),
    "<30>1 2026-11-23T14:03:27.104+00:00 r1 bgpd 27 - - vty[21]@127.0.0.1(config-router)# neighbor 10.0.0.1 password «hunter2»".encode(),
    "<189>nx1: 2026 Nov 23 14:03:27 UTC: %AAA-6-AAA_ACCOUNTING_MESSAGE: update:1@pts/0:bob:configure terminal ; username x password 5 «$5$ABC$def» role network-admin (SUCCESS)".encode(),
    "<190>77: R1: Nov 23 14:03:27.104 UTC: %HA_EM-6-LOG: X: hash is «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0», kept".encode(),
]  # fmt: skip
OPEN, CLOSE = "«".encode(), "»".encode()


def split(planted: bytes) -> tuple[bytes, bytes, list[bytes]]:
    """The line as sent, as it should be kept, and its secrets."""
    pieces = planted.replace(CLOSE, OPEN).split(OPEN)
    return b"".join(pieces), b"".join(p if i % 2 == 0 else redact.MARK for i, p in enumerate(pieces)), pieces[1::2]


@pytest.mark.parametrize("planted", PLANTED)
def test_the_secret_goes_and_the_line_stays(planted: bytes) -> None:
    sent, kept, secrets = split(planted)

    assert redact.line(sent) == (kept, len(secrets))


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(PLANTED) >= 40


@pytest.mark.parametrize(
    "raw",
    [
        b"<86>Nov 23 14:03:27 vm1 sshd[7]: Failed password for root from 10.0.0.1 port 22 ssh2",
        b"<86>Nov 23 14:03:27 vm1 sshd[7]: Accepted publickey for oxidized from 10.0.0.1 port 5 ssh2: RSA SHA256:abc",
        b"<189>7: R1: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Reason: Login Authentication Failed]",
        b"<189>7: R1: %TCP-6-BADAUTH: Invalid MD5 digest from 10.0.0.1(179)",
        b"<189>7: R1: %AAA-3-X: shared secret mismatch for 10.0.0.1",
        b"<189>7: R1: %X-3-Y: password has expired",
        b"<189>7: R1: %SNMP-3-AUTHFAIL: Authentication failure for SNMP req from host 10.0.0.1",
        IOS + b"set community 65000:100 additive",
        IOS + b"ip community-list standard X permit 1:1",
        IOS + b"neighbor 10.0.0.1 send-community both",
        IOS + b"key chain BGP",
        IOS + b"no service password-encryption",
        IOS + b"snmp-server group G v3 priv read VIEW",
        IOS + b"snmp-server enable traps bgp",
        IOS + b"aaa authentication login default group tacacs+ local",
        IOS + b"ip ospf authentication message-digest",
        b"<189>7: R1: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
    ],
)
def test_a_line_without_a_secret_is_returned_itself(raw: bytes) -> None:
    kept, found = redact.line(raw)

    assert kept is raw
    assert found == 0


@pytest.mark.parametrize("planted", PLANTED)
def test_a_redacted_line_still_says_the_same(planted: bytes) -> None:
    sent, kept, _ = split(planted)

    assert read(kept, 1.8e9) == read(sent, 1.8e9)


WORDS = st.sampled_from(
    b"password|secret|key|key-string|community|snmp-server|host|auth|sha|priv|aes|128|7|5|0|\"|'|$1$x$y|$9$|://a:b@c|<redacted>|"
    b"<redacted>x|logged command:|username|pre-shared-key|authentication-key|md5|1|tacacs-server|:|=|(|)|[|]|UI_CFG_AUDIT|for|x|\t".split(
        b"|"
    )
)


@LAW
@given(
    st.one_of(
        st.binary(max_size=200), st.lists(WORDS, max_size=25).map(b" ".join), st.lists(WORDS, max_size=25).map(b"".join)
    )
)
def test_to_redact_twice_is_to_redact_once(raw: bytes) -> None:
    once, found = redact.line(raw)

    assert redact.line(once) == (once, 0)
    assert len(once) <= len(raw) + found * len(redact.MARK)
    assert (found == 0) == (once == raw)


@LAW
@given(st.sampled_from(PLANTED), st.binary(max_size=20))
def test_what_stands_before_a_line_does_not_hide_its_secret(planted: bytes, before: bytes) -> None:
    sent, _, secrets = split(planted)

    once, found = redact.line(before + b" " + sent)

    assert found >= len(secrets)
    assert not any(secret in once for secret in secrets if len(secret) > 4)


@LAW
@given(st.lists(WORDS, min_size=1, max_size=12).map(b" ".join), st.integers(8192, 9000))
def test_a_line_too_long_to_be_a_devices_fails_closed_once(piece: bytes, length: int) -> None:
    raw = ((b"password x " + piece + b" ") * length)[: length + 11 * 200]

    once, found = redact.line(raw)

    assert len(once) < 8192
    assert found > 0
    assert redact.line(once) == (once, 0)
