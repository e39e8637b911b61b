"""Linux, macOS and Windows: what mypy on three platforms cannot see is asked here of the sources."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("statetrace_engine", "statetrace_tui")
FOLDERS = (*PACKAGES, "benchmarks", "config", "docs", "tests")
NOT_ON_WINDOWS = frozenset({"curses", "fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"})
ONLY_ON_POSIX = frozenset({"statetrace_tui/widgets/posix_driver.py"})
"""Imported by a function that has asked which system this is."""
SYSTEM_PATHS = {
    ("statetrace_tui/commands/identity.py", "/proc/self/loginuid"),
    ("statetrace_engine/workers/worker.py", "/proc/self/statm"),
}
"""Tried, and done without where they are missing."""
RESERVED = re.compile(r'[<>:"\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)
"""Names that Windows refuses."""
LONGEST_PATH = 120
"""Of the 260 characters of a Windows path the rest is for the folder it is cloned into."""

_OPENERS = frozenset({"open", "read_text", "write_text", "fdopen", "NamedTemporaryFile"})
_TEXT_FLAGS = frozenset({"text", "universal_newlines"})
_NOT_EVERYWHERE = frozenset(
    {"create_subprocess_exec", "create_subprocess_shell", "connect_read_pipe", "fork", "forkpty"}
)
"""A selector loop on Windows has no subprocesses and no pipes; fork exists on POSIX only."""


_PLACE = re.compile(r"/(tmp|var|usr|etc|dev|proc|home|opt|run)/|[A-Za-z]:[\\/]")
_IMPORTER = f"""
import importlib, sys

LACKING = {sorted(NOT_ON_WINDOWS)}

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in LACKING:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

for name in LACKING:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError:
        print(name)
"""


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _module(place: str) -> str:
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _sources() -> tuple[tuple[str, ast.Module], ...]:
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple((_place(path), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: everything outside its functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _at_import(child)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", "") or getattr(node.func, "id", "")


def _is_text(call: ast.Call, name: str) -> bool:
    """Whether it opens text and does not say in which encoding."""
    given = {keyword.arg for keyword in call.keywords}
    if "encoding" in given:
        return False
    if name in ("Popen", "run", "check_output"):
        return bool(given & _TEXT_FLAGS)
    if name not in _OPENERS:
        return False
    if name == "open" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os":
        return False
    values = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    modes = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    is_named = name != "open" or bool(modes) or isinstance(call.func, ast.Name)  # `door.open()` opens no file
    return is_named and not any("b" in mode for mode in modes)


def test_nothing_that_one_system_lacks_is_imported_with_a_module() -> None:
    imported = {
        (place, name)
        for place, tree in _sources()
        if place not in ONLY_ON_POSIX
        for node in _at_import(tree)
        for name in _imported(node)
    }
    assert not [found for found in imported if found[1].partition(".")[0] in NOT_ON_WINDOWS]
    assert not [found for found in imported if found[1] in map(_module, ONLY_ON_POSIX)]


def test_text_is_read_and_written_in_a_named_encoding() -> None:
    assert not [
        f"{place}:{call.lineno}" for place, tree in _sources() for call, name in _calls(tree) if _is_text(call, name)
    ], "else it is the code page on Windows"


def test_nothing_is_asked_of_an_event_loop_that_it_cannot_do_everywhere() -> None:
    assert not [
        f"{place}:{call.lineno}: {name}"
        for place, tree in _sources()
        for call, name in _calls(tree)
        if name in _NOT_EVERYWHERE
    ]
    functions = [
        (place, node)
        for place, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    handling = [(place, text) for place, node in functions if "add_signal_handler" in (text := ast.unparse(node))]
    assert not [place for place, text in handling if "sys.platform" not in text], "Windows has no add_signal_handler"


def test_no_place_of_one_system_is_written_down() -> None:
    found = {
        (place, node.value)
        for place, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACE.match(node.value)
    }
    assert found <= SYSTEM_PATHS


def test_every_module_can_be_imported_without_what_windows_lacks() -> None:
    modules = [_module(place) for place, _ in _sources() if not place.endswith("__main__.py")]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORTER, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(map(_module, ONLY_ON_POSIX))


def _files() -> Iterator[tuple[str, Path]]:
    """Everything in the project's folders but what running it leaves there."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            place = _place(path)
            if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in place.split("/")):
                yield place, path


def test_every_file_can_be_checked_out_on_every_system() -> None:
    places = [place for place, _ in _files()]
    assert not [place for place in places if len(place) > LONGEST_PATH]
    assert not [place for place in places if any(RESERVED.search(part) for part in place.split("/"))]
    same = Counter(place.lower() for place in places)
    assert not [place for place, count in same.items() if count > 1], "one file where case does not count"


def test_lines_end_alike_on_every_system() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert not [place for place, path in _files() if b"\r\n" in path.read_bytes()]
