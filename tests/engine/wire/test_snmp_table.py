"""An agent's answers: what there is, what comes next, and where it ends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from statetrace_engine.wire.ber import Absent, Value
from statetrace_engine.wire.snmp import Message, PduKind, VarBind, Version
from statetrace_engine.wire.snmp_table import LARGEST, Table, respond

TABLE = Table({f"1.3.6.1.{n}.0": n for n in (9, 10, 100)})


def ask(kind: PduKind, *oids: str, status: int = 0, index: int = 0, table: Table = TABLE) -> Message | None:
    varbinds: tuple[VarBind, ...] = tuple((oid, None) for oid in oids)
    request = Message(
        version=Version.V2C, community=b"c", kind=kind, request_id=7, error_status=status, error_index=index,
        varbinds=varbinds,
    )  # fmt: skip
    return respond(table, request)


def told(answer: Message | None) -> dict[str, Value]:
    assert answer is not None
    assert (answer.kind, answer.request_id) == (PduKind.RESPONSE, 7)
    return dict(answer.varbinds)


def test_a_get_says_what_is_there_and_what_is_not() -> None:
    assert told(ask(PduKind.GET, "1.3.6.1.9.0", "1.3.6.1.9.1")) == {
        "1.3.6.1.9.0": 9,
        "1.3.6.1.9.1": Absent.NO_SUCH_INSTANCE,
    }


def test_what_comes_next_is_in_the_order_of_numbers_and_ends() -> None:
    assert told(ask(PduKind.GET_NEXT, "1.3.6.1")) == {"1.3.6.1.9.0": 9}
    assert told(ask(PduKind.GET_NEXT, "1.3.6.1.10")) == {"1.3.6.1.10.0": 10}
    assert told(ask(PduKind.GET_NEXT, "1.3.6.1.100.0")) == {"1.3.6.1.100.0": Absent.END_OF_MIB_VIEW}
    assert told(ask(PduKind.GET_NEXT, "1.3.6.1", table=Table({}))) == {"1.3.6.1": Absent.END_OF_MIB_VIEW}


def test_a_bulk_is_one_of_the_first_and_rows_of_the_others() -> None:
    answer = ask(PduKind.GET_BULK, "1.3.6.1", "1.3.6.1", status=1, index=2)
    assert answer is not None
    assert answer.varbinds == (("1.3.6.1.9.0", 9), ("1.3.6.1.9.0", 9), ("1.3.6.1.10.0", 10))


def test_too_much_is_too_big_and_nothing_can_be_set() -> None:
    many = ask(PduKind.GET, *["1.3.6.1.9.0"] * (LARGEST + 1))
    written = ask(PduKind.SET, "1.3.6.1.9.0")
    assert many is not None
    assert written is not None
    assert (many.error_status, many.varbinds, written.error_status) == (1, (), 17)
    assert ask(PduKind.TRAP, "1.3.6.1.9.0") is None


@given(
    st.sampled_from([PduKind.GET_NEXT, PduKind.GET_BULK]),
    st.lists(st.sampled_from(["1.3", "1.3.6.1.10.0", "2.1"]), max_size=150),
    st.integers(-(2**31), 2**31),
    st.integers(-(2**31), 2**31),
)
def test_no_request_makes_a_long_answer(kind: PduKind, oids: list[str], status: int, index: int) -> None:
    answer = ask(kind, *oids, status=status, index=index)
    assert answer is not None
    assert len(answer.varbinds) <= LARGEST
