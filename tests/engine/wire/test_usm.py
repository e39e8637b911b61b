"""The outside of SNMPv3 messages: keys by the RFC's example, signatures that hold, and reports in the clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import tlv, usm
from statetrace_engine.wire.usm import Complaint
from tests.snmp import ber
from tests.snmp.usm import Usm

ENGINE = bytes(11) + b"\x02"


@pytest.mark.parametrize(
    ("protocol", "key"),
    [
        ("sha", "6695febc9288e36282235fc7151f128497b38f3f"),  # RFC 3414 A.3.2
        (
            "sha256",
            "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b",
        ),  # no RFC gives one; test_snmp_agents.py tries it on snmpd
    ],
)
def test_a_key_is_bound_to_its_engine(protocol: str, key: str) -> None:
    assert a_key(protocol).hex() == key


def a_key(protocol: str) -> bytes:
    return usm.localized_key(protocol, usm.master_key(protocol, "maplesyrup"), ENGINE)


def sealed(*, is_private: bool = False, is_signed: bool = True, digest: str = "sha256") -> bytes:
    agent = Usm("user", "maplesyrup", "maplesyrup", digest, ENGINE)
    scoped = ber.sequence(ber.octets(ENGINE), ber.octets(b""), ber.sequence(ber.integer(1), tag=ber.RESPONSE))
    return agent._sealed(b"\x01", scoped, is_private=is_private, is_signed=is_signed)


@pytest.mark.parametrize(("digest", "protocol"), [("sha1", "sha"), ("sha256", "sha256")])
@pytest.mark.parametrize("is_private", [False, True])
def test_a_signature_holds_for_its_message_and_no_other(digest: str, protocol: str, is_private: bool) -> None:
    raw = sealed(is_private=is_private, digest=digest)
    key = a_key(protocol)
    outside = usm.read(raw)
    assert outside is not None
    assert (outside.engine_id, outside.is_signed, outside.is_encrypted) == (ENGINE, True, is_private)
    assert usm.is_authentic(raw, outside, protocol, key)
    assert not usm.is_authentic(raw, outside, protocol, bytes(len(key)))
    changed = raw[:-1] + bytes((raw[-1] ^ 1,))
    assert (read := usm.read(changed)) is not None
    assert not usm.is_authentic(changed, read, protocol, key)


def test_an_empty_signature_never_holds() -> None:
    raw = sealed(is_signed=False)
    outside = usm.read(raw)
    assert outside is not None
    assert not outside.is_signed
    assert not usm.is_authentic(raw, outside, "sha256", b"key")


@pytest.mark.parametrize("which", list(Complaint))
def test_a_report_in_the_clear_says_what_the_agent_complains_of(which: Complaint) -> None:
    agent = Usm("user", "maplesyrup", "maplesyrup", "sha1", ENGINE)
    outside = usm.read(agent._report(b"\x01", which))
    assert outside is not None
    assert outside.complaint is which


@given(st.data())
def test_a_message_changed_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(sealed())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if tlv.is_sound(bytes(raw)):
        outside = usm.read(bytes(raw))
        assert outside is None or outside.engine_id in bytes(raw)
