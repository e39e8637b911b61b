"""Which edits of the configuration are taken, and when: real files, looked at when the test says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from statetrace_engine import config
from statetrace_engine.clock import Clock
from statetrace_engine.config.settings import Settings
from statetrace_engine.runtime import reloading
from statetrace_engine.runtime.reloading import Reloading

DEVICE = """[[device]]
hostname = "{host}"
vendor = "cisco_ios"
[[device.route]]
prefix = "10.20.0.0/16"
class = "critical"
owner = "x"
primary = {{ next_hop = "10.1.1.2", interface = "Gi0/1", protocol = "static" }}
"""
HOSTS = ["AAAA-A01-AR-01", "BBBB-A02-AR-01", "CCCC-A03-AR-01", "DDDD-A04-AR-01"]


class Desk:
    """A home that watches four routes, and what was taken of its edits: the hosts of each."""

    def __init__(self, home: Path) -> None:
        self.now = 1000.0
        self.file = home / "config" / "inventory.toml"
        config.create(home)
        self.write(HOSTS)
        clock = Clock(lambda: self.now, lambda: self.now)
        self.reloading = Reloading(home, clock, config.load(home), self._take)
        self.taken: list[list[str]] = []

    async def _take(self, settings: Settings) -> None:
        self.taken.append([route.hostname for route in settings.inventory.routes])

    def write(self, hosts: Iterable[str]) -> None:
        self.file.write_text("".join(DEVICE.format(host=host) for host in hosts), encoding="utf-8")

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.now += reloading.LOOK_S
            await self.reloading.look()

    @property
    def said(self) -> str:
        return self.reloading.banner.text if self.reloading.banner is not None else ""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_an_edit_is_taken_once_it_is_the_same_at_two_looks(desk: Desk) -> None:
    desk.write(HOSTS[:3])
    await desk.look()
    assert desk.taken == []
    await desk.look(3)
    assert desk.taken == [HOSTS[:3]]


async def test_a_file_that_changes_at_every_look_is_left_alone(desk: Desk) -> None:
    for count in (3, 4, 3, 4):
        desk.write(HOSTS[:count])
        await desk.look()
    assert (desk.taken, desk.said) == ([], "")


@pytest.mark.parametrize("what", ["empty", "blank", "gone"])
async def test_an_inventory_that_is_empty_or_gone_gives_no_route_up(desk: Desk, what: str) -> None:
    if what == "gone":
        desk.file.rename(desk.file.with_suffix(".away"))
    else:
        desk.file.write_text("" if what == "empty" else "\n# nothing\n", encoding="utf-8")
    await desk.look(2)
    assert "the 4 watched routes stay" in desk.said
    await desk.look(200)
    assert desk.taken == []
    desk.write(HOSTS[:3])
    await desk.look(2)
    assert (desk.taken, desk.said) == ([HOSTS[:3]], "")


@pytest.mark.parametrize("what", ["empty", "gone"])
async def test_settings_that_all_fall_back_at_once_wait_to_be_taken(desk: Desk, what: str) -> None:
    file = desk.file.with_name("statetrace.toml")
    file.write_text('[syslog]\nudp = "127.0.0.1:6514"\n', encoding="utf-8")
    await desk.look(2)
    assert desk.taken == [HOSTS]
    if what == "gone":
        file.unlink()
    else:
        file.write_text("", encoding="utf-8")
    await desk.look(2)
    assert "statetrace.toml is empty or gone" in desk.said
    assert "taken in 60 s" in desk.said
    await desk.look(59)
    assert desk.taken == [HOSTS]
    await desk.look(2)
    assert (desk.taken, desk.said) == ([HOSTS, HOSTS], "")


async def test_a_file_that_comes_back_as_it_was_ends_the_warning(desk: Desk) -> None:
    away = desk.file.with_suffix(".away")
    desk.file.rename(away)
    await desk.look(3)
    assert desk.said
    away.rename(desk.file)
    await desk.look(2)
    assert desk.said == ""
    assert desk.taken == [HOSTS], "equal to what is in force: it changes nothing"


async def test_an_edit_that_drops_most_routes_is_announced_and_then_taken(desk: Desk) -> None:
    desk.write(HOSTS[:1])
    await desk.look(2)
    assert desk.taken == []
    assert "drops 3 of 4 watched routes" in desk.said
    assert "taken in 60 s" in desk.said
    await desk.look(20)
    assert "taken in 40 s" in desk.said
    await desk.look(39)
    assert desk.taken == []
    await desk.look()
    assert (desk.taken, desk.said) == ([HOSTS[:1]], "")
    await desk.look(5)
    assert desk.taken == [HOSTS[:1]]


async def test_another_edit_begins_the_wait_anew(desk: Desk) -> None:
    desk.write(HOSTS[:1])
    await desk.look(50)
    desk.write(HOSTS[1:2])
    await desk.look(20)
    assert desk.taken == []
    desk.write(HOSTS)
    await desk.look(2)
    assert (desk.taken, desk.said) == ([HOSTS], "")
    await desk.look(100)
    assert desk.taken == [HOSTS]


async def test_an_edit_that_breaks_while_it_waits_is_not_taken(desk: Desk) -> None:
    desk.write(HOSTS[:1])
    await desk.look(10)
    desk.file.write_text("[[device]\n", encoding="utf-8")
    await desk.look(100)
    assert desk.taken == []
    assert "is not used" in desk.said


async def test_half_of_the_routes_may_go_at_once(desk: Desk) -> None:
    desk.write(HOSTS[2:])
    await desk.look(2)
    assert desk.taken == [HOSTS[2:]]


async def test_an_only_route_may_be_replaced_at_once(desk: Desk) -> None:
    for hosts in (HOSTS[:2], HOSTS[:1], HOSTS[3:]):
        desk.write(hosts)
        await desk.look(2)
    assert desk.taken == [HOSTS[:2], HOSTS[:1], HOSTS[3:]]


async def test_an_empty_inventory_that_watched_nothing_before_says_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.reloading = Reloading(tmp_path, Clock(lambda: desk.now, lambda: desk.now), Settings(), desk._take)
    desk.file.write_text("\n", encoding="utf-8")
    await desk.look(2)
    assert (desk.taken, desk.said) == ([[]], "")


async def test_an_edit_that_breaks_a_runbook_is_refused_and_one_beside_an_old_mistake_is_taken(desk: Desk) -> None:
    book = desk.file.parent / "runbooks" / "ours.md"
    book.parent.mkdir()
    book.write_text("# Ours\n## Steps\n### Look\n- any: `show {nonsense}`\n- expect: it\n", encoding="utf-8")
    await desk.look(3)
    assert desk.taken == []
    assert "no placeholder {nonsense}" in desk.said
    again = Desk(desk.file.parent.parent)
    assert again.reloading.banner is None, "an engine starts with it"
    again.write(["EEEE-A05-AR-01", *HOSTS])
    await again.look(3)
    assert again.taken == [["EEEE-A05-AR-01", *HOSTS]]
    book.write_text("# Ours\n\n## Steps\n### Look\n- any: `show {nonsense}`\n- expect: it\n", encoding="utf-8")
    await again.look(3)
    assert len(again.taken) == 2
    assert again.said == ""
