"""Secrets by reference: `env:NAME`, `file:PATH`, `keyring:NAME`; resolved when used, never written or logged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from statetrace_engine.errors import StateTraceError

KINDS = ("env", "file", "keyring")


class Secret(Struct, frozen=True):
    """Where a secret is, not what it is."""

    reference: str

    def reveal(self, environ: Mapping[str, str], home: Path) -> str:
        """The secret itself; a file's path is relative to the home.

        Raises StateTraceError, naming the reference, when it is not there.
        """
        kind, _, name = self.reference.partition(":")
        if kind == "env":
            found = environ.get(name)
        elif kind == "file":
            found = _from_file(home / Path(name).expanduser())
        else:
            found = _from_keyring(name)
        if not found:
            raise StateTraceError(f"no secret at {self.reference}; set it or correct the reference")
        return found


def is_reference(text: str) -> bool:
    kind, _, name = text.partition(":")
    return kind in KINDS and bool(name.strip())


def _from_file(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        return None


def _from_keyring(name: str) -> str | None:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise StateTraceError(
            "keyring: references need the package `keyring`; install it or use env: or file:"
        ) from error
    try:
        found: str | None = keyring.get_password("statetrace", name)
    except keyring.errors.KeyringError as error:  # locked, or there is none on this machine
        raise StateTraceError(f"the keyring did not give keyring:{name}: {error}") from error
    return found
