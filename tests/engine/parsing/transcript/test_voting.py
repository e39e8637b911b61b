"""Whose session it is: what the many patterns of all vendors say, found with few looks at the text."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from statetrace_engine.parsing import capture, shows
from statetrace_engine.parsing.transcript import voting

CAPTURES = sorted((Path(__file__).parents[3] / "captures").glob("*/*.txt"))
SESSION = (Path(__file__).parents[3] / "captures" / "cisco_ios" / "show_ip_interface_brief.plain.txt").read_text(
    "utf-8"
)


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_heading_votes_for_each_vendor_that_prints_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text("utf-8")[:4096]
    monkeypatch.setattr(voting, "_SAYINGS", ())

    assert voting.of_output(text) == {
        vendor: 2
        for vendor, table in shows.SHOWS.items()
        if any(show.header is not None and show.header.search(text) for show in table)
    }


def test_every_heading_begins_a_line() -> None:
    """All of a vendor's are looked for at once, at the beginnings of lines."""
    for vendor, table in shows.SHOWS.items():
        for show in table:
            assert show.header is None or show.header.pattern.startswith("^"), f"{vendor}: {show.command}"


def test_words_within_a_line_vote_too() -> None:
    assert voting.of_output("  Copyright (c) Arista Networks, Inc.\n") == {"arista_eos": 6}
    assert voting.of_output("!\n!RANCID-CONTENT-TYPE: juniper\n") == {"juniper_junos": 20}
    assert voting.of_output("system {\n    host-name r1;\n") == {"juniper_junos": 4}


def test_votes_take_a_small_part_of_reading_many_short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    spent = 0.0
    of_output = voting.of_output

    def timed(text: str) -> dict[str, int]:
        nonlocal spent
        begun = time.thread_time()
        votes = of_output(text)
        spent += time.thread_time() - begun
        return votes

    monkeypatch.setattr(voting, "of_output", timed)
    session = "".join(f"r1#show ip interface brief\n{SESSION}" for _ in range(300)) + "r1#\n"
    capture.read(session.encode())  # patterns are compiled when they are first used
    spent, begun = 0.0, time.thread_time()
    capture.read(session.encode())

    assert spent < 0.5 * (time.thread_time() - begun)
