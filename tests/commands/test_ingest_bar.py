"""The bar of `ingest`: first what is read, then what is compared."""

from __future__ import annotations

import pytest
from msgspec import structs

from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffMetadata, DiffRun, KindCount
from statetrace_engine.runtime.ingesting.files import File
from statetrace_engine.runtime.ingesting.run import Planned, Settled, Settlement
from statetrace_tui.commands import comparing
from statetrace_tui.commands.comparing import Compared
from statetrace_tui.commands.ingest_bar import Bar

RUN = DiffRun(
    run_id=9, previous_id=7, site="WLLS", hostname="R1", captured_at=1.0, previous_at=0.0, compared_at=1.0, counts=(),
    metadata=DiffMetadata(compared=()),
)  # fmt: skip


def test_what_is_read_and_then_what_is_compared(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    bar.show(Planned(1, 100))
    bar.show(Settled(File("a.log", 100, 0.0), Settlement.STORED))
    for number in range(1, 41):
        bar.show(Compared(RUN, number, 40))
    bar.close()
    said = capsys.readouterr().err
    assert "1/1 files" in said
    assert said.index("reading") < said.index("comparing 40 of 40")


def test_without_comparisons_there_is_no_second_bar(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    bar.show(Planned(0, 0))
    bar.close()
    assert "comparing" not in capsys.readouterr().err


def test_what_was_not_compared_is_not_said_to_be_unchanged() -> None:
    partly = structs.replace(RUN, metadata=DiffMetadata(compared=(), warnings=("show running-config: cut off",)))
    assert comparing.sentence([RUN]) == "nothing changed since the captures before"
    assert comparing.sentence([partly]) == (
        "nothing changed since the captures before, but not all was compared; `statetrace diff HOST` says what not: R1"
    )
    changed = structs.replace(partly, counts=(KindCount(Kind.CONFIG, ChangeType.ADDED, 2),))
    assert comparing.sentence([changed]) == (
        "1 device changed: 2 changes; `statetrace diff HOST` shows them: R1; not all was compared of R1"
    )
