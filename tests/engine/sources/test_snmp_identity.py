"""Our SNMP engine's ID and boots: they survive, they never come twice, and damage costs no more than the ID."""

from __future__ import annotations

from pathlib import Path

import pytest

from statetrace_engine.sources import snmp_identity
from statetrace_engine.sources.snmp_identity import NAME
from statetrace_engine.wire.usm_receiver import MAX_BOOTS


def test_it_is_one_engine_that_boots_ever_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    found = [snmp_identity.begin(data) for _ in range(3)]
    assert [identity.boots for identity in found] == [1, 2, 3]
    assert len({identity.engine_id for identity in found}) == 1
    assert len(found[0].engine_id) == 13
    assert found[0].engine_id[0] & 0x80


def test_two_homes_are_two_engines(tmp_path: Path) -> None:
    assert snmp_identity.begin(tmp_path / "a").engine_id != snmp_identity.begin(tmp_path / "b").engine_id


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"engine_id": "zz", "boots": 3}', b'{"engine_id": "00", "boots": 3}', b"\xff" * 40,
     b'{"engine_id": "80001f8880010203", "boots": -4}',
     b'{"engine_id": "80001f8880010203", "boots": %d}' % (MAX_BOOTS - 1)],
)  # fmt: skip
def test_what_cannot_be_used_is_another_engine_from_its_first_boot(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    fresh = snmp_identity.begin(tmp_path)
    assert fresh.boots == 1
    assert snmp_identity.begin(tmp_path).engine_id == fresh.engine_id


def test_a_disk_that_keeps_nothing_costs_the_id_and_not_the_start(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file where the folder should be")
    first, second = snmp_identity.begin(tmp_path / "data"), snmp_identity.begin(tmp_path / "data")
    assert first.engine_id != second.engine_id
    assert (first.boots, second.boots) == (1, 1)
