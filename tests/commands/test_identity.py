"""Who the operator is: the operating system's word, not the environment's."""

from __future__ import annotations

import os
import sys

import pytest

from statetrace_engine.model.people import Operator
from statetrace_tui.commands import identity


def test_it_names_a_user_at_a_place() -> None:
    name = identity.current().name
    assert "@" in name or "\\" in name


@pytest.mark.skipif(sys.platform == "win32", reason="the account database of POSIX")
def test_what_the_environment_claims_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = identity.current()
    for name in ("USER", "LOGNAME", "USERNAME", "LNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert identity.current() == before


@pytest.mark.skipif(sys.platform == "win32", reason="sudo")
def test_sudo_is_believed_only_by_root_and_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    other = next(account for account in pwd.getpwall() if account.pw_uid not in (0, os.geteuid()))
    monkeypatch.setattr(identity, "_login_uid", lambda: None)
    environ = {"SUDO_USER": "somebody-else", "SUDO_UID": str(other.pw_uid)}
    assert identity._invoker(0, environ) == other.pw_name
    assert identity._invoker(1000, environ) == ""
    assert identity._invoker(0, {"SUDO_UID": "x"}) == ""


def test_both_names_are_spoken() -> None:
    assert identity.spoken(Operator(name="root@jump1", invoked_by="alice")) == "root@jump1 (alice)"
    assert identity.spoken(Operator(name="CORP\\alice")) == "CORP\\alice"
