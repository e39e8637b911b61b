"""Every screen shows a recorded evening as it did when somebody last looked at it."""

from __future__ import annotations

import difflib

import pytest
import snapshots

from statetrace_tui.present.ink import Theme


@pytest.mark.parametrize("ink", snapshots.THEMES, ids=lambda ink: ink.name)
@pytest.mark.parametrize(
    ("screen", "size"), snapshots.CASES, ids=[f"{screen}-{size[0]}x{size[1]}" for screen, size in snapshots.CASES]
)
async def test_the_screen_is_as_it_was_looked_at(screen: str, size: tuple[int, int], ink: Theme) -> None:
    wanted = snapshots.path_of(screen, size, ink).read_text(encoding="utf-8")
    found = await snapshots.taken(screen, size, ink)
    changes = "\n".join(difflib.unified_diff(wanted.splitlines(), found.splitlines(), "looked at", "now", lineterm=""))
    assert not changes, f"look at it, then: python -m tests.tui.snapshots\n{changes}"


def test_a_mono_screen_needs_no_glyph_beyond_ascii() -> None:
    for path in snapshots.FOLDER.glob("*-mono.txt"):
        assert path.read_text(encoding="utf-8").isascii()
