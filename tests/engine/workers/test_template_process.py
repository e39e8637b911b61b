"""ntc-templates beside us: rows of what they know, and no template holds up the rest."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context

import msgspec
import pytest
import reading_children

from statetrace_engine.parsing.capture import Fallen
from statetrace_engine.workers import templates
from statetrace_engine.workers.template_process import TemplateProcess

PATIENCE_S = 20.0
CLOCK = "*10:00:00.000 UTC Mon Nov 23 2026\n"


@pytest.fixture
def process() -> Iterator[TemplateProcess]:
    process = TemplateProcess()
    yield process
    process.close()


def test_a_command_with_a_template_gives_rows(process: TemplateProcess) -> None:
    rows = process.parse("cisco_ios", "show clock", CLOCK).rows
    assert [(row["time"], row["year"]) for row in rows] == [("10:00:00.000", "2026")]


def test_rows_of_one_output_are_not_told_of_the_next(process: TemplateProcess) -> None:
    for hour in ("10", "11", "12"):
        rows = process.parse("cisco_ios", "show clock", CLOCK.replace("10:", f"{hour}:")).rows
        assert [row["time"] for row in rows] == [f"{hour}:00:00.000"]


def test_an_output_that_does_not_fit_spoils_none_behind_it(process: TemplateProcess) -> None:
    whole = "  Name                             Default RD            Protocols   Interfaces\n"
    row = "  MGMT                             <not set>             ipv4        Gi0\n"
    wanted = process.parse("cisco_ios", "show vrf", whole + row)
    assert len(wanted.rows) == 1
    assert process.parse("cisco_ios", "show vrf", whole + row + "this is no table\n").rows == []
    assert process.parse("cisco_ios", "show vrf", whole + row) == wanted


def test_a_command_without_a_template_gives_nothing_and_no_reason(process: TemplateProcess) -> None:
    assert process.parse("cisco_ios", "show frobs", "x\n") == Fallen([], "")
    assert process.parse("nobody", "show clock", CLOCK) == Fallen([], "")


def test_an_output_that_does_not_fit_is_said(process: TemplateProcess) -> None:
    fallen = process.parse("cisco_ios", "show vrf", "this is no table\n")
    assert fallen.rows == []
    assert "does not fit" in fallen.reason


def test_nothing_runs_before_it_is_needed(process: TemplateProcess) -> None:
    assert process._process is None


def test_a_section_that_takes_too_long_is_stopped_and_the_next_one_read(process: TemplateProcess) -> None:
    process.parse("cisco_ios", "show clock", CLOCK)
    first = process._process
    process._limit_s = 0.0
    assert "took longer" in process.parse("cisco_ios", "show clock", CLOCK * 1000).reason
    assert process.killed == 1
    assert first is not None
    assert not first.is_alive()
    process._limit_s = 30.0
    assert process.parse("cisco_ios", "show clock", CLOCK).rows


def test_a_template_that_hangs_ends_when_nobody_is_left_to_stop_it() -> None:
    """Its reader was killed: by Ctrl-C, or because the file took too long."""
    context = get_context("spawn")
    connection, theirs = context.Pipe()
    process = context.Process(target=reading_children.hanging_templates, args=(theirs, 0.2), daemon=True)
    process.start()
    theirs.close()
    assert connection.recv_bytes() == templates.READY
    connection.send_bytes(msgspec.msgpack.encode(templates.Task("cisco_ios", "show clock", CLOCK)))
    connection.close()

    process.join(PATIENCE_S)
    assert process.exitcode == 1


def test_a_process_that_dies_is_replaced(process: TemplateProcess) -> None:
    process.parse("cisco_ios", "show clock", CLOCK)
    assert process._process is not None
    process._process.kill()
    process._process.join()
    assert "died" in process.parse("cisco_ios", "show clock", CLOCK).reason
    assert process.parse("cisco_ios", "show clock", CLOCK).rows


@pytest.mark.parametrize("command", ["show clock", "sh clo", "SHOW CLOCK"])
def test_a_template_is_found_by_abbreviations_too(command: str) -> None:
    assert templates.template_of("cisco_ios", command) == "cisco_ios_show_clock.textfsm"


def test_a_template_is_compiled_once() -> None:
    templates._compiled.cache_clear()
    for _ in range(3):
        templates.parsed(templates.Task("cisco_ios", "show clock", CLOCK))
    assert templates._compiled.cache_info().misses == 1
