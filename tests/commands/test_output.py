"""What commands print."""

from __future__ import annotations

import pytest

from statetrace_tui.commands import output


def test_the_last_column_of_a_table_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    path = f"captures 1 and 2: /home/{'x' * 200}/done/a.log 10-20"
    output.table(("WHAT", "SHOWN BY"), [("w" * 99, path), ("b", "c\x1b")])
    head, row, last = capsys.readouterr().out.splitlines()
    assert head.split() == ["WHAT", "SHOWN", "BY"]
    assert row.endswith(path)
    assert len(row.split("  ")[0]) == 60
    assert last.endswith("c.")
