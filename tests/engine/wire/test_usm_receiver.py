"""Notifications of SNMPv3 by the octet: who may send them, whose clock counts, and what a hostile sender costs."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from statetrace_engine.wire import snmp, usm, usm_receiver
from statetrace_engine.wire.ber import Counter32, TimeTicks
from statetrace_engine.wire.snmp import Message, PduKind, V3Flags, V3Message, Version
from statetrace_engine.wire.usm import Complaint
from statetrace_engine.wire.usm_receiver import ENGINES, MAX_BOOTS, WINDOW_S, Identity, Receiver, Refusal, Taken, User
from tests.snmp.usm import Usm

AUTH, PRIV = "auth-pass-of-tests", "priv-pass-of-tests"
OURS = Identity(b"\x80\0\x1f\x88\x80oursours", 7)
THEIRS = b"\x80\0\x1f\x88\x80theirs"
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
TOLD = snmp.notifying(TimeTicks(4200), LINK_DOWN, ("1.3.6.1.2.1.2.2.1.1.7", 7))
BEGAN = 1000.0
PRIVACY = {"sha": "aes128", "sha256": "aes256"}
ALWAYS = V3Flags.AUTHENTICATED | V3Flags.ENCRYPTED


def a_user(protocol: str = "sha256", auth: str = AUTH, priv: str = PRIV) -> User:
    return User(
        b"oper",
        protocol,
        usm.master_key(protocol, auth) if auth else b"",
        PRIVACY[protocol],
        usm.master_key(protocol, priv) if priv else b"",
    )


def a_receiver(*users: User) -> Receiver:
    return Receiver(OURS, users or (a_user(),), BEGAN, salt=2**64 - 1)


def a_sender(
    protocol: str = "sha256", engine_id: bytes = THEIRS, boots: int = 1, auth: str = AUTH, user: str = "oper"
) -> Usm:
    return Usm(user, auth, PRIV, protocol, engine_id, boots)


def trap(sender: Usm, *, is_private: bool = True, is_signed: bool = True, is_reportable: bool = False) -> bytes:
    told = Message(version=Version.V2C, community=b"", kind=PduKind.TRAP, request_id=5, varbinds=TOLD)
    return sender.sealed(1, told, is_private=is_private, is_signed=is_signed, is_reportable=is_reportable)


def inform(sender: Usm, *, is_private: bool = True) -> bytes:
    told = Message(version=Version.V2C, community=b"", kind=PduKind.INFORM, request_id=99, varbinds=TOLD)
    return sender.sealed(17, told, is_private=is_private, is_reportable=True)


def one_of_ours(receiver: Receiver, at: float, protocol: str = "sha256", **changed: str) -> Usm:
    """A sender of informs that knows our engine and its time."""
    sender = a_sender(protocol, receiver.identity.engine_id, receiver.identity.boots, **changed)
    sender.advance(at - BEGAN - 10)
    return sender


def take(receiver: Receiver, raw: bytes, at: float = BEGAN) -> Taken:
    return receiver.take(raw, read(raw), at)


def read(raw: bytes) -> V3Message:
    message = snmp.decode(raw)
    assert isinstance(message, V3Message)
    return message


def told(taken: Taken) -> snmp.Notification:
    message = snmp.decode(taken.bare)
    assert isinstance(message, Message)
    return snmp.notification(message)


@pytest.mark.parametrize("protocol", PRIVACY)
def test_a_trap_is_decrypted_and_tells_what_it_told(protocol: str) -> None:
    taken = take(a_receiver(a_user(protocol)), trap(a_sender(protocol)))
    assert (taken.refusal, taken.answer) == (None, b"")
    assert told(taken).trap_oid == LINK_DOWN


def test_a_trap_that_is_only_signed_is_taken_of_a_user_without_privacy() -> None:
    taken = take(a_receiver(a_user(priv="")), trap(a_sender(), is_private=False))
    assert told(taken).trap_oid == LINK_DOWN


@pytest.mark.parametrize(
    ("user", "raw", "why"),
    [
        (a_user(), trap(a_sender(), is_private=False), Refusal.WRONG_LEVEL),
        (a_user(priv=""), trap(a_sender()), Refusal.WRONG_LEVEL),
        (a_user(), trap(a_sender(), is_private=False, is_signed=False), Refusal.UNKNOWN_USER),
        (a_user(), trap(a_sender(auth="another password")), Refusal.WRONG_KEY),
        (a_user("sha"), trap(a_sender("sha256")), Refusal.WRONG_KEY),
        (a_user(), trap(a_sender(user="stranger")), Refusal.UNKNOWN_USER),
        (a_user(priv="another password"), trap(a_sender()), Refusal.DECRYPTION),
        (a_user(), trap(a_sender(), is_reportable=True), Refusal.UNKNOWN_ENGINE),
        (a_user(), trap(a_sender(boots=MAX_BOOTS)), Refusal.NOT_IN_TIME),
        (a_user(), a_sender().report(1, 3, is_signed=True), Refusal.WRONG_LEVEL),
    ],
)
def test_what_is_not_taken_is_counted_by_why(user: User, raw: bytes, why: Refusal) -> None:
    receiver = a_receiver(user)
    taken = take(receiver, raw)
    assert (taken.bare, taken.refusal, receiver.refused) == (b"", why, {why: 1})
    assert bool(taken.answer) == (V3Flags.REPORTABLE in read(raw).flags)


def test_two_users_of_one_name_are_told_apart_by_their_keys() -> None:
    receiver = a_receiver(a_user(auth="another password"), a_user("sha"), a_user())
    assert told(take(receiver, trap(a_sender()))).trap_oid == LINK_DOWN


def test_a_replay_is_refused_once_its_time_is_over_and_after_a_restart_of_its_engine() -> None:
    receiver, sender = a_receiver(), a_sender()
    old = trap(sender)
    assert take(receiver, old).bare
    assert take(receiver, old, BEGAN + WINDOW_S - 1).bare
    assert take(receiver, old, BEGAN + WINDOW_S + 1).refusal is Refusal.NOT_IN_TIME
    sender.boots += 1
    assert take(receiver, trap(sender), BEGAN + WINDOW_S + 2).bare
    assert take(receiver, old, BEGAN + WINDOW_S + 2).refusal is Refusal.NOT_IN_TIME


def test_what_nobody_signed_moves_no_clock() -> None:
    receiver, forger = a_receiver(), a_sender(auth="another password", boots=99)
    assert take(receiver, trap(forger)).refusal is Refusal.WRONG_KEY
    assert take(receiver, trap(a_sender())).bare


def test_an_engine_id_that_changes_is_another_engine() -> None:
    receiver = a_receiver()
    assert take(receiver, trap(a_sender(boots=50))).bare
    assert take(receiver, trap(a_sender(engine_id=THEIRS + b"2"))).bare


@pytest.mark.parametrize("is_private", [False, True])
@pytest.mark.parametrize("protocol", PRIVACY)
def test_an_inform_is_answered_as_signed_and_as_secret_as_it_came(protocol: str, is_private: bool) -> None:
    user = a_user(protocol, priv=PRIV if is_private else "")
    receiver = a_receiver(user)
    for _ in range(2):
        taken = take(receiver, inform(one_of_ours(receiver, BEGAN, protocol), is_private=is_private))
        assert told(taken).trap_oid == LINK_DOWN
        answer = read(taken.answer)
        assert (answer.message_id, answer.engine_id, answer.engine_boots) == (17, OURS.engine_id, OURS.boots)
        assert answer.flags == (ALWAYS if is_private else V3Flags.AUTHENTICATED)
        key = usm.localized_key(protocol, user.auth, OURS.engine_id)
        assert usm.is_authentic(taken.answer, answer, protocol, key)
        said = opened(answer, user)
        assert (said.kind, said.request_id, said.varbinds) == (PduKind.RESPONSE, 99, TOLD)


def opened(answer: V3Message, user: User) -> Message:
    if V3Flags.ENCRYPTED not in answer.flags:
        return snmp.scoped_pdu(answer.scoped)
    cipher = usm_receiver.aes.Cfb(usm.privacy_key(user.auth_protocol, user.priv_protocol, user.priv, answer.engine_id))
    vector = usm_receiver.aes.vector(answer.engine_boots, answer.engine_time, answer.salt)
    return snmp.scoped_pdu(cipher.decrypted(vector, answer.scoped))


def test_who_asks_for_our_engine_and_our_time_is_told_and_nothing_is_counted_against_him() -> None:
    receiver = a_receiver()
    asked = Message(version=Version.V2C, community=b"", kind=PduKind.GET, request_id=3)
    taken = take(
        receiver, a_sender(engine_id=b"").sealed(4, asked, is_private=False, is_signed=False, is_reportable=True)
    )
    first = read(taken.answer)
    assert (first.engine_id, first.message_id, usm.complaint(first)) == (OURS.engine_id, 4, Complaint.UNKNOWN_ENGINE)
    assert snmp.scoped_pdu(first.scoped).request_id == 3

    unaware = a_sender(engine_id=first.engine_id, boots=0)
    unaware.advance(-10.5)  # it says 0
    taken = take(receiver, inform(unaware), BEGAN + 500)
    second = read(taken.answer)
    assert (taken.bare, usm.complaint(second)) == (b"", Complaint.NOT_IN_TIME)
    assert (second.engine_boots, second.engine_time) == (OURS.boots, 500)
    key = usm.localized_key("sha256", a_user().auth, OURS.engine_id)
    assert usm.is_authentic(taken.answer, second, "sha256", key)
    assert receiver.refused == {}


@pytest.mark.parametrize("late_s", [-WINDOW_S - 5, WINDOW_S + 5])
def test_an_inform_out_of_our_time_is_told_so_under_signature(late_s: int) -> None:
    receiver = a_receiver()
    taken = take(receiver, inform(one_of_ours(receiver, BEGAN + 1000 + late_s)), BEGAN + 1000)
    assert (taken.bare, taken.refusal) == (b"", Refusal.NOT_IN_TIME)
    assert usm.complaint(read(taken.answer)) is Complaint.NOT_IN_TIME


def test_an_inform_from_before_our_restart_is_told_so() -> None:
    receiver = a_receiver()
    sender = one_of_ours(receiver, BEGAN)
    sender.boots -= 1
    assert take(receiver, inform(sender)).refusal is Refusal.NOT_IN_TIME


def test_an_engine_that_can_count_its_boots_no_further_takes_no_inform() -> None:
    receiver = Receiver(Identity(OURS.engine_id, MAX_BOOTS), (a_user(),), BEGAN, salt=1)
    assert take(receiver, inform(one_of_ours(receiver, BEGAN))).refusal is Refusal.NOT_IN_TIME


def test_an_inform_in_its_senders_own_time_waits_for_nobody_and_is_not_taken() -> None:
    told = Message(version=Version.V2C, community=b"", kind=PduKind.INFORM, request_id=99, varbinds=TOLD)
    taken = take(a_receiver(), a_sender().sealed(17, told, is_private=True, is_reportable=False))
    assert (taken.bare, taken.answer, taken.refusal) == (b"", b"", Refusal.NO_NOTIFICATION)


@pytest.mark.parametrize(
    ("changed", "why", "complaint"),
    [
        ({"user": "stranger"}, Refusal.UNKNOWN_USER, Complaint.UNKNOWN_USER),
        ({"auth": "another password"}, Refusal.WRONG_KEY, Complaint.WRONG_DIGEST),
    ],
)
def test_the_sender_of_an_inform_is_told_what_is_wrong(
    changed: dict[str, str], why: Refusal, complaint: Complaint
) -> None:
    receiver = a_receiver()
    taken = take(receiver, inform(one_of_ours(receiver, BEGAN, **changed)))
    assert (taken.refusal, usm.complaint(read(taken.answer))) == (why, complaint)


def test_a_question_is_no_trap() -> None:
    receiver = a_receiver()
    get = Message(version=Version.V2C, community=b"", kind=PduKind.GET, request_id=3)
    raw = one_of_ours(receiver, BEGAN).sealed(4, get, is_private=True, is_reportable=True)
    assert take(receiver, raw) == Taken(refusal=Refusal.NO_NOTIFICATION)


def test_another_security_model_is_refused() -> None:
    raw = snmp.encode_v3(replace(read(trap(a_sender())), security_model=2, scoped=b"\x04\0"))
    assert take(a_receiver(), raw).refusal is Refusal.MODEL


def test_endless_engines_that_nobody_signs_for_leave_nothing_and_cost_no_key_of_a_megabyte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver = a_receiver(replace(a_user("sha"), priv_protocol="aes256-cisco"))
    sample = read(trap(a_sender("sha", auth="another password")))
    monkeypatch.setattr(usm, "_stretched", None)
    for number in range(2000):
        forged = replace(sample, engine_id=b"%032d" % number)
        assert receiver.take(b"", forged, BEGAN).refusal is Refusal.WRONG_KEY
    assert (len(receiver._keys), len(receiver._clocks)) == (0, 0)


def test_endless_engines_of_one_who_knows_the_key_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usm_receiver, "ENGINES", 5)
    receiver = a_receiver()
    for number in range(20):
        assert take(receiver, trap(a_sender(engine_id=THEIRS + bytes((number,))))).bare
    assert (len(receiver._keys), len(receiver._clocks)) == (5, 5)
    assert ENGINES == 10_000


def test_other_keys_are_in_force_at_once() -> None:
    receiver = a_receiver()
    assert take(receiver, trap(a_sender())).bare
    receiver.replace([a_user(auth="another password")])
    assert take(receiver, trap(a_sender())).refusal is Refusal.WRONG_KEY
    assert take(receiver, trap(a_sender(auth="another password"))).bare


def test_a_report_is_counted_as_rfc_3414_counts() -> None:
    receiver = a_receiver()
    for number in (1, 2):
        taken = take(receiver, inform(one_of_ours(receiver, BEGAN, user="stranger")))
        (_, count), *_ = snmp.scoped_pdu(read(taken.answer).scoped).varbinds
        assert count == Counter32(number)


def test_no_key_is_in_what_is_printed() -> None:
    user = a_user()
    assert user.auth.hex() not in repr(user)
    assert repr(user) == "User(b'oper', …)"
