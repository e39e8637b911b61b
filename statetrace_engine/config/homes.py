"""Where StateTrace lives: the home of this run, and the defaults that travel with the program (SPEC 10)."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import Struct

from statetrace_engine.errors import StateTraceError


class Home(Struct, frozen=True, kw_only=True):
    """A folder with `config/`, `data/` and `logs/`; it need not exist yet."""

    path: Path
    origin: str
    """What chose it: `--home`, `$STATETRACE_HOME`, `current folder`, `user directories`."""


class ConfigFile(Struct, frozen=True, kw_only=True):
    """One configuration file as it was found."""

    name: str
    """`statetrace.toml`, `runbooks/link-failure.md`."""
    label: str
    """What messages call it: its path, or `(shipped) NAME`."""
    text: str
    problem: str = ""
    """Why it has no text, as `file:line: what`."""


def resolve(flag: str | None, environ: Mapping[str, str], cwd: Path) -> Home:
    """The home by `--home`, `$STATETRACE_HOME`, the current folder, the user directories: the first that applies.

    Raises StateTraceError where it hangs on a user's folder and the system knows of none.
    """
    try:
        return _resolved(flag, environ, cwd)
    except RuntimeError as error:
        raise StateTraceError(
            "no home: this user has no folder of its own; choose one with --home or $STATETRACE_HOME"
        ) from error


def _resolved(flag: str | None, environ: Mapping[str, str], cwd: Path) -> Home:
    if flag:
        return Home(path=Path(flag).expanduser().absolute(), origin="--home")
    if named := environ.get("STATETRACE_HOME", ""):
        return Home(path=Path(named).expanduser().absolute(), origin="$STATETRACE_HOME")
    if (cwd / "config" / "statetrace.toml").is_file():
        return Home(path=cwd.absolute(), origin="current folder")
    from platformdirs import user_data_path  # only here: most runs name their home

    return Home(path=user_data_path("statetrace", appauthor=False), origin="user directories")


def create(home: Path) -> None:
    """Makes the home with `config/`, `data/` and `logs/`, readable by their owner only.

    Raises StateTraceError when the folder cannot be made.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("config", "data", "logs"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StateTraceError(
            f"cannot create the home {home}: {error.strerror or error}; choose another with --home"
        ) from error


def shipped() -> Traversable:
    """The shipped configuration: packaged in a wheel, the repository's `config/` in a checkout."""
    package = files("statetrace_engine")
    packaged = package / "defaults"
    if packaged.is_dir():
        return packaged
    return Path(str(package)).parent / "config"


def config_file(home: Path, name: str) -> ConfigFile | None:
    """The home's file of that name, else the shipped one, else None.

    Raises StateTraceError when it is there and cannot be read; what is no UTF-8 is a problem of the file.
    """
    own = home / "config" / name
    try:
        if own.is_fifo():  # to open it waits for somebody who writes
            raise StateTraceError(f"cannot read {own}: a pipe is no file")
        if own.exists() or own.is_symlink():
            return decoded(name, str(own), own.read_bytes())
        resource = shipped() / name
        if resource.is_file():
            return ConfigFile(name=name, label=f"(shipped) {name}", text=resource.read_text(encoding="utf-8"))
    except OSError as error:
        raise StateTraceError(f"cannot read {own}: {error.strerror or error}") from error
    return None


def decoded(name: str, label: str, raw: bytes) -> ConfigFile:
    """A file as it was read; what is no UTF-8 is a problem of it, with its line."""
    try:
        return ConfigFile(name=name, label=label, text=raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"{label}:{line}: not UTF-8 at byte {error.start}; save it as UTF-8"
        return ConfigFile(name=name, label=label, text="", problem=problem)


def runbook_files(home: Path) -> list[ConfigFile]:
    """Every runbook by name: the home's replace the shipped ones of the same name."""
    return _files(home, "runbooks", ".md")


def anomaly_files(home: Path) -> list[ConfigFile]:
    """Every rule by name: the home's replace the shipped ones of the same name."""
    return _files(home, "anomalies", ".json")


def _files(home: Path, folder: str, ending: str) -> list[ConfigFile]:
    both = (shipped() / folder, home / "config" / folder)
    names = {f"{folder}/{entry.name}" for each in both for entry in _entries(each) if entry.name.endswith(ending)}
    found = (_one_of_many(home, name) for name in sorted(names))
    return [file for file in found if file is not None]


def _one_of_many(home: Path, name: str) -> ConfigFile | None:
    """As `config_file`, but one that cannot be read is a problem of its own: the others serve without it."""
    try:
        return config_file(home, name)
    except StateTraceError as error:
        label = str(home / "config" / name)
        return ConfigFile(name=name, label=label, text="", problem=f"{label}:1: {error}")


def fingerprint(home: Path) -> str:
    """Changes whenever a configuration file of the home does; a few stat calls, cheap enough for once a second."""
    marks: list[str] = []
    for folder in (home / "config", home / "config" / "runbooks", home / "config" / "anomalies"):
        for path in sorted(_paths(folder)):
            try:
                stat = path.stat()
            except OSError:  # it vanished between the listing and here: an editor is saving
                continue
            marks.append(f"{path.name}:{stat.st_mtime_ns}:{stat.st_size}:{stat.st_ino}")
    return "|".join(marks)


def _paths(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix in (".toml", ".md", ".json")]
    except OSError:
        return []


def _entries(folder: Traversable) -> list[Traversable]:
    return list(folder.iterdir()) if folder.is_dir() else []
