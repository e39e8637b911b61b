"""Who signed messages of SNMPv3: keys by the RFC's example, signatures that hold, and reports in the clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire import snmp, usm
from statetrace_engine.wire.ber import BerError
from statetrace_engine.wire.snmp import Message, PduKind, V3Flags, V3Message, Version
from statetrace_engine.wire.usm import Complaint
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


def an_agent(protocol: str = "sha256") -> Usm:
    return Usm("user", "maplesyrup", "maplesyrup", protocol, ENGINE)


def sealed(*, is_private: bool = False, is_signed: bool = True, protocol: str = "sha256") -> bytes:
    told = Message(version=Version.V2C, community=b"", kind=PduKind.RESPONSE, request_id=1)
    return an_agent(protocol).sealed(1, told, is_private=is_private, is_signed=is_signed)


def read(raw: bytes) -> V3Message:
    message = snmp.decode(raw)
    assert isinstance(message, V3Message)
    return message


@pytest.mark.parametrize("protocol", ["sha", "sha256"])
@pytest.mark.parametrize("is_private", [False, True])
def test_a_signature_holds_for_its_message_and_no_other(protocol: str, is_private: bool) -> None:
    raw = sealed(is_private=is_private, protocol=protocol)
    key = a_key(protocol)
    message = read(raw)
    assert (message.engine_id, V3Flags.ENCRYPTED in message.flags) == (ENGINE, is_private)
    assert usm.is_authentic(raw, message, protocol, key)
    assert not usm.is_authentic(raw, message, protocol, bytes(len(key)))
    changed = raw[:-1] + bytes((raw[-1] ^ 1,))
    assert not usm.is_authentic(changed, read(changed), protocol, key)


def test_an_empty_signature_never_holds() -> None:
    raw = sealed(is_signed=False)
    assert not usm.is_authentic(raw, read(raw), "sha256", b"key")


@pytest.mark.parametrize("which", list(Complaint))
def test_a_report_in_the_clear_says_what_the_agent_complains_of(which: Complaint) -> None:
    assert usm.complaint(read(an_agent("sha").report(1, which))) is which


@pytest.mark.parametrize("is_private", [False, True])
def test_an_answer_is_no_complaint(is_private: bool) -> None:
    assert usm.complaint(read(sealed(is_private=is_private))) is None


@given(st.data())
def test_a_message_changed_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(sealed())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        message = snmp.decode(bytes(raw))
    except BerError:
        return
    if isinstance(message, V3Message):
        assert message.engine_id in bytes(raw)
        assert usm.complaint(message) is None
