"""Where a device asks: every shape of prompt, and the lines that only look like one."""

from __future__ import annotations

import pytest

from statetrace_engine.parsing.transcript import prompts, sections


@pytest.mark.parametrize(
    ("line", "hostname", "command"),
    [
        ("R1#show version", "R1", "show version"),
        ("R1>sh ver", "R1", "sh ver"),
        ("WLLS-A05-AS-55# sh run", "WLLS-A05-AS-55", "sh run"),
        ("R1(config)#hostname R2", "R1", "hostname R2"),
        ("R1(config-if)#no shutdown", "R1", "no shutdown"),
        ("RP/0/RSP0/CPU0:core1#show route", "core1", "show route"),
        ("admin@PA-3220(active)> show routing route", "PA-3220", "show routing route"),
        ("SSH@ICX7450-48 Router#show ip route", "ICX7450-48 Router", "show ip route"),
        ("ICX7450-48 Router>show ip route", "ICX7450-48 Router", "show ip route"),
        ("lab@mx1-re0> show route | no-more", "mx1-re0", "show route | no-more"),
        ("lab@mx1# run show route", "mx1", "run show route"),
        ("root@mx1:RE:0% cat x", "mx1", "cat x"),
        ("cumulus@leaf01:mgmt:~$ sudo vtysh", "leaf01", "sudo vtysh"),
        ("[admin@eos1 ~]$ ls", "eos1", "ls"),
        ("fw/ctx1# show route", "fw/ctx1", "show route"),
        ("*A:pe1# show router", "pe1", "show router"),
    ],
)
def test_a_prompt_with_a_command_is_found(line: str, hostname: str, command: str) -> None:
    text = f"x\n{line}\nanswer\n{line.split(command)[0]}"
    first = prompts.find(text)[0]
    assert (first.hostname, first.command) == (hostname, command)


@pytest.mark.parametrize(
    "line",
    [
        "B>* 10.0.0.0/8 [20/0] via 10.0.0.1, eth0",
        "O>r 10.0.0.0/8 [110/2]",
        " description R1#show",
        "<config>",
        "95%",
        "cost is 10$ to",
        "! R1#",
        "> to 10.0.0.1 via ge-0/0/0.0",
        "12#",
        "10.0.0.0/8#x",
        "Codes: C - connected, > - selected",
    ],
)
def test_what_only_looks_like_a_prompt_is_none(line: str) -> None:
    assert prompts.find(f"x\n{line}\ny\n") == []


def test_a_route_cut_after_its_mark_closes_nothing() -> None:
    text = "R1# show ip route\nK>* 0.0.0.0/0 via 10.0.0.1\nB>"
    found = sections.find(text)
    assert [(each.is_truncated, text[each.start : each.end][-2:]) for each in found.sections] == [(True, "B>")]


def test_a_nested_session_returns_to_the_old_device() -> None:
    found = sections.find("R1#sh ver\na\nR1#ssh R2\nR2>sh ver\nb\nR2>exit\nR1#sh clock\nc\nR1#\n")
    assert [(each.hostname, each.typed, each.is_truncated) for each in found.sections] == [
        ("R1", "sh ver", False),
        ("R1", "ssh R2", False),
        ("R2", "sh ver", False),
        ("R2", "exit", False),
        ("R1", "sh clock", False),
    ]


def test_another_device_closes_a_slice_and_leaves_it_truncated() -> None:
    found = sections.find("R1#sh ver\na\nR2#sh ver\nb\nR2#\n")
    assert [each.is_truncated for each in found.sections] == [True, False]


def test_the_header_of_a_new_log_closes_what_the_old_one_left_open() -> None:
    header = "=~=~=~=~=~=~=~= PuTTY log 2026.11.23 10:00:00 =~=~=~=~=~=~="
    text = f"R1#sh ver\na\n{header}\nR1#sh clock\nb\nR1#"
    found = sections.find(text)
    assert [text[each.start : each.end] for each in found.sections] == ["a\n", "b\n"]
    assert [each.is_truncated for each in found.sections] == [True, False]


def test_mode_lines_above_a_prompt_belong_to_the_prompt() -> None:
    text = "{master:0}\nlab@mx1> show route\ninet.0: 1\n\n{master:0}\nlab@mx1> \n"
    only = sections.find(text).sections[0]
    assert text[only.start : only.end] == "inet.0: 1\n"


def test_a_mistyped_command_at_a_known_prompt_ends_the_section_before() -> None:
    text = "R1#sh ver\na\nR1#hsow ver\n% Invalid\nR1#\n"
    assert [each.typed for each in sections.find(text).sections] == ["sh ver", "hsow ver"]


def test_a_prompt_in_a_configured_banner_is_none() -> None:
    banner = "banner motd ^C\nR9#show ip route\nS* 0.0.0.0/0 [1/0] via 6.6.6.6\nR9#\n^C\n"
    text = f"R1#sh run\nhostname R1\n{banner}line vty 0 4\nR1#sh ver\nR9#\n"
    only, _ = found = sections.find(text).sections
    assert [each.hostname for each in found] == ["R1", "R1"]
    assert text[only.start : only.end].endswith("line vty 0 4\n")
    assert not only.is_truncated


@pytest.mark.parametrize("end", ["", "banner login ^C\nhello\n^C\n"])
def test_a_banner_that_was_cut_hides_no_prompt(end: str) -> None:
    text = f"R1#sh run\nbanner motd ^C\nhello\nR1#sh ver\na\nR1#exit\nR2#sh run\n{end}R2#"
    assert [each.typed for each in sections.find(text).sections] == ["sh run", "sh ver", "exit", "sh run"]
