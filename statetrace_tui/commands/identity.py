"""Who is at the keyboard, as the operating system authenticated them: never a name that was typed (SPEC 6)."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from statetrace_engine.model.people import Operator
from statetrace_engine.model.text import sanitise

_LOGIN_UID = Path("/proc/self/loginuid")
_NO_LOGIN = 4294967295
"""What Linux's audit says of a process that nobody logged in for."""
_SAM_COMPATIBLE = 2
"""`DOMAIN\\user`: NameSamCompatible of EXTENDED_NAME_FORMAT in secext.h."""


def current() -> Operator:
    """The operator of this process: `DOMAIN\\user` or `user@host`, and under sudo who invoked it."""
    if sys.platform == "win32":
        return Operator(name=sanitise(_windows_name() or _with_host("unknown"), 120))
    name = _account(os.geteuid())
    invoker = _invoker(os.geteuid(), os.environ)
    return Operator(name=sanitise(_with_host(name), 120), invoked_by=sanitise(invoker, 120))


def spoken(operator: Operator) -> str:
    """As it stands in acknowledgements and in the audit: `root@jump1 (alice)`."""
    return f"{operator.name} ({operator.invoked_by})" if operator.invoked_by else operator.name


def _account(uid: int) -> str:
    """By the system's account database and not by $USER, which anybody may set."""
    if sys.platform == "win32":
        raise AssertionError("there the security subsystem is asked")
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid{uid}"


def _invoker(effective: int, environ: Mapping[str, str]) -> str:
    """Who logged in before sudo or su: by the kernel's login id, else by what sudo says."""
    login = _login_uid()
    if login is None and effective == 0:
        stated = environ.get("SUDO_UID", "")
        login = int(stated) if stated.isdecimal() else None
    return "" if login is None or login == effective else _account(login)


def _login_uid() -> int | None:
    try:
        uid = int(_LOGIN_UID.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == _NO_LOGIN else uid


def _with_host(name: str) -> str:
    """A name of a directory service already says where it belongs."""
    if "@" in name or "\\" in name:
        return name
    return f"{name}@{socket.gethostname().partition('.')[0]}"


def _windows_name() -> str:
    """What the security subsystem says, not %USERNAME%."""
    import ctypes

    size = ctypes.c_ulong(256)
    buffer = ctypes.create_unicode_buffer(size.value)
    library = getattr(ctypes, "windll").secur32  # noqa: B009  # mypy on other systems does not know windll
    is_known = library.GetUserNameExW(_SAM_COMPATIBLE, buffer, ctypes.byref(size))
    return str(buffer.value) if is_known else ""
