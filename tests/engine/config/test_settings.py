"""`statetrace.toml`: defaults, changes, and every mistake in one pass."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from statetrace_engine import config
from statetrace_engine.config import Settings
from statetrace_engine.config.secrets import Secret
from statetrace_engine.config.settings import SnmpSecrets
from statetrace_engine.errors import ConfigError, StateTraceError
from statetrace_engine.health.policy import Policy
from statetrace_engine.model.inventory import ProbeKind, ProbeTests
from statetrace_engine.sources.snmp.target import Credentials

Home = Callable[..., Path]
Load = Callable[..., Settings]
Find = Callable[..., list[str]]


def test_the_shipped_file_shows_every_setting_at_its_default() -> None:
    shipped = (config.shipped() / "statetrace.toml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (community|auth|priv) = .*", r'\1 = "unset"', shipped, flags=re.MULTILINE)
    document = tomllib.loads(uncommented)
    shown = {}
    for section, name, default in config.in_force(Settings()):
        table = document
        for part in section.split("."):
            table = table[part]
        shown[section, name] = table.pop(name)
        assert shown[section, name] in (default, "unset") or (default == () and shown[section, name] == [])
    assert len(shown) > 60
    assert not list(_leaves(document))


def _leaves(document: object) -> list[object]:
    if not isinstance(document, dict):
        return [document]
    return [leaf for value in document.values() for leaf in _leaves(value)]


def test_every_setting_of_the_shipped_file_is_explained() -> None:
    shipped = (config.shipped() / "statetrace.toml").read_text(encoding="utf-8")
    sections = re.split(r"^\[", shipped, flags=re.MULTILINE)
    assert len(sections) > 15
    assert all("#" in section or "class." in section for section in sections)


def test_a_home_without_files_has_the_defaults_and_the_shipped_runbooks(tmp_path: Path) -> None:
    settings = config.load(tmp_path / "nowhere")
    assert settings.policy == Policy()
    assert settings.syslog.udp == "0.0.0.0:5514"
    assert settings.inventory.routes == ()
    assert len(settings.runbooks) >= 11
    assert not (tmp_path / "nowhere").exists()


def test_what_a_file_leaves_out_keeps_its_default(loaded: Load) -> None:
    settings = loaded(statetrace="[class.critical]\ngrace_s = 2\n[syslog.limits]\nconnections = 5\n")
    assert settings.policy.critical.grace_s == 2
    assert settings.policy.critical.recovery_hold_s == 30
    assert settings.syslog.limits.connections == 5
    assert settings.syslog.udp == "0.0.0.0:5514"


def test_every_problem_is_reported_in_one_pass_with_line_key_and_nearest_name(problems: Find) -> None:
    text = """
[sylog]
udp = "0.0.0.0:5514"
[syslog]
upd = "0.0.0.0:5514"
tcp = "0.0.0.0"
relays = ["10.0.0.1", "ten"]
files = 3
[class.critical]
grace_s = "one"
stale_min_s = 40
[class.medium]
grace_s = 1
[flap]
half_life_s = 0
[console]
theme = "drak"
[watcher]
isolation_share = 1.5
[store]
outages_days = 3
[policy]
undo = 3
[bmp]
relays = ["ten"]
"""
    assert problems(statetrace=text) == [
        "2: sylog: unknown key; did you mean 'syslog'?",
        "5: syslog.upd: unknown key; did you mean 'udp'?",
        "6: syslog.tcp: '0.0.0.0' is not ADDRESS:PORT, as 0.0.0.0:5514 or [::]:5514",
        "7: syslog.relays: 'ten' is not an IP address",
        "8: syslog.files: expected a list, got 3",
        "10: class.critical.grace_s: expected a number, got text 'one'",
        "11: class.critical.stale_min_s: stale_min_s 40 exceeds stale_max_s 30",
        "12: class.medium: unknown key",
        "15: flap.half_life_s: 0 is too small: it must be above 0",
        "17: console.theme: 'drak' is none of auto, dark, light, 16, mono; did you mean 'dark'?",
        "19: watcher.isolation_share: 1.5 is too large: a share is at most 1",
        "21: store.outages_days: 3 is out of range: at least 90",
        "23: policy.undo: unknown key; did you mean 'undo_s'?",
        "25: bmp.relays: 'ten' is not an IP address",
    ]


def test_problems_of_all_files_come_together_and_name_their_file(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(home(statetrace="[syslog]\nudp = 1\n", inventory="[[devcie]]\n"))
    first, second = caught.value.problems
    assert first.startswith(f"{tmp_path / 'config' / 'statetrace.toml'}:2: syslog.udp: ")
    assert second.startswith(f"{tmp_path / 'config' / 'inventory.toml'}:1: devcie: ")
    assert caught.value.exit_code == 2


def test_a_syntax_error_in_one_file_does_not_hide_the_other(problems: Find) -> None:
    found = problems(statetrace="[syslog]\nudp = \n", inventory='[[device]]\nhost = "x"\n')
    assert found[0].startswith("2: syntax: ")
    assert any("device.host: unknown key; did you mean 'hostname'?" in problem for problem in found)


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "true"])
def test_a_number_that_is_none_is_refused(problems: Find, value: str) -> None:
    (problem,) = problems(statetrace=f"[flap]\nhalf_life_s = {value}\n")
    assert problem.startswith("2: flap.half_life_s: ")


def test_a_file_that_is_not_utf8_is_named(home: Home, tmp_path: Path) -> None:
    (home() / "config" / "statetrace.toml").write_bytes(b"[bmp]\ntcp='\xff'")
    (tmp_path / "config" / "inventory.toml").write_text("[[device]]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert [problem.rpartition("/")[2] for problem in caught.value.problems] == [
        "statetrace.toml:2: not UTF-8 at byte 11; save it as UTF-8",
        "inventory.toml:1: device.hostname: a device needs a hostname without spaces and control characters",
    ]


@pytest.mark.parametrize("name", ["statetrace.toml", "inventory.toml"])
def test_a_folder_in_place_of_a_file_is_no_configuration(home: Home, tmp_path: Path, name: str) -> None:
    (home() / "config" / name).mkdir()
    with pytest.raises(StateTraceError, match=rf"cannot read .*{name}"):
        config.load(tmp_path)


def test_the_gateway_becomes_a_probe_of_no_device(loaded: Load) -> None:
    settings = loaded(statetrace='[watch]\ngateway = "10.0.0.254"\n')
    (probe,) = settings.inventory.probes
    assert (probe.hostname, probe.tests, probe.kind, probe.target) == (
        "", ProbeTests.GATEWAY, ProbeKind.ICMP, "10.0.0.254",
    )  # fmt: skip


def test_a_gateway_asked_by_stamp_needs_a_port(problems: Find) -> None:
    found = problems(statetrace='[watch]\ngateway = "10.0.0.254"\ngateway_kind = "stamp"\n')
    assert found == ["3: watch.gateway_kind: stamp needs gateway_port"]


def test_a_secret_in_clear_is_refused_and_not_repeated(problems: Find) -> None:
    found = problems(statetrace='[snmp.edge]\nversion = "2c"\ncommunity = "hunter2"\n')
    assert len(found) == 1
    assert found[0].startswith("3: snmp.edge.community: a secret is not written here")
    assert "hunter2" not in found[0]


@pytest.mark.parametrize("value", ['["env:ST_ONE", "hunter2"]', '"hunter2"', '[["hunter2"]]'])
def test_a_community_of_traps_in_clear_is_refused_and_not_repeated(problems: Find, value: str) -> None:
    (found,) = problems(statetrace=f"[traps]\ncommunities = {value}\n")
    assert found.startswith("2: traps.communities: ")
    assert "referred to: env:…, file:…, keyring:…" in found
    assert "hunter2" not in found


def test_communities_of_traps_are_kept_as_references(loaded: Load) -> None:
    settings = loaded(statetrace='[traps]\ncommunities = ["env:ST_ONE", "file:two"]\n')
    assert settings.traps.communities == ("env:ST_ONE", "file:two")


def test_a_secret_is_revealed_only_when_asked(loaded: Load, tmp_path: Path) -> None:
    text = '[snmp.a]\nversion = "2c"\ncommunity = "env:COMMUNITY"\n[snmp.b]\ncommunity = "file:data/secret"\n'
    settings = loaded(statetrace=text)
    from_env, from_file = settings.snmp["a"].community, settings.snmp["b"].community
    assert from_env is not None
    assert from_file is not None
    assert "s3cret" not in repr(settings)
    assert from_env.reveal({"COMMUNITY": "s3cret"}, tmp_path) == "s3cret"
    with pytest.raises(StateTraceError, match="env:COMMUNITY"):
        from_env.reveal({}, tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret").write_text("from a file\n", encoding="utf-8")
    assert from_file.reveal({}, tmp_path) == "from a file"


def test_a_profile_is_read_whole_and_its_mistakes_are_told(loaded: Load, problems: Find) -> None:
    text = (
        '[snmp.a]\nuser = "oper"\nauth = "env:A"\nauth_protocol = "sha256"\npriv = "env:P"\npriv_protocol = "aes256"\n'
    )
    profile = loaded(statetrace=text + "port = 1161\nretries = 0\ninterval_s = 2.5\n").snmp["a"]
    assert (profile.auth_protocol, profile.priv_protocol, profile.port) == ("sha256", "aes256", 1161)
    assert (profile.retries, profile.interval_s, profile.timeout_ms) == (0, 2.5, 1000)
    found = problems(
        statetrace='[snmp.a]\nauth_protocol = "sha265"\npriv = "env:P"\nport = 70000\ninterval_s = 0.1\ntimout_ms = 5\n'
    )
    assert [problem.split(": ")[1] for problem in sorted(found)] == [
        "snmp.a.auth_protocol", "snmp.a.priv", "snmp.a.port", "snmp.a.interval_s", "snmp.a.timout_ms",
    ]  # fmt: skip
    assert "did you mean 'sha256'" in sorted(found)[0]


def test_secrets_of_a_profile_are_equal_by_reference_and_revealed_by_a_call(
    loaded: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '[snmp.a]\nuser = "oper"\nauth = "env:SNMP_AUTH"\npriv = "file:priv"\ncommunity = "env:NOT_SET"\n'
    secrets = SnmpSecrets(loaded(statetrace=text).snmp["a"], tmp_path)
    assert secrets == SnmpSecrets(loaded(statetrace=text).snmp["a"], tmp_path)
    monkeypatch.setenv("SNMP_AUTH", "s3cret")
    with pytest.raises(StateTraceError, match="file:priv"):
        secrets()
    (tmp_path / "priv").write_text("pr1vate\n", encoding="utf-8")
    assert secrets() == Credentials("", "s3cret", "pr1vate")
    assert "s3cret" not in repr((secrets, secrets()))


def test_a_keyring_that_gives_nothing_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def locked(service: str, name: str) -> str:
        raise errors.KeyringError(f"{service} is locked")

    keyring = ModuleType("keyring")
    keyring.errors, keyring.get_password = errors, locked  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    with pytest.raises(StateTraceError, match="keyring:core: statetrace is locked"):
        Secret("keyring:core").reveal({}, tmp_path)


OURS = "# Ours\ncauses: link-failure\n## Steps\n### Look\n- any: `show`\n- expect: it\n"


def test_a_runbook_of_the_home_replaces_the_shipped_one_of_that_name(home: Home, tmp_path: Path) -> None:
    folder = home() / "config" / "runbooks"
    folder.mkdir()
    (folder / "link-failure.md").write_text(OURS, encoding="utf-8")
    (folder / "extra.md").write_text(
        "# Extra\n## Steps\n### Look\n- any: `show {nonsense}`\n- expect: it\n", encoding="utf-8"
    )
    (problem,) = config.load(tmp_path).runbook_problems
    assert "extra.md:4: extra: no placeholder {nonsense}" in problem
    (folder / "extra.md").unlink()
    by_name = {runbook.name: runbook for runbook in config.load(tmp_path).runbooks}
    assert by_name["link-failure"].title == "Ours"
    assert len(by_name) == len(config.load(tmp_path / "nowhere").runbooks)


def test_a_runbook_that_is_missing_or_broken_stops_nobody_and_is_told_with_what_does(
    home: Home, tmp_path: Path
) -> None:
    route = """[[device]]
hostname = "WLLS-A01-AR-01"
[[device.route]]
prefix = "0.0.0.0/0"
runbook = "gone"
"""
    settings = config.load(home(inventory=route))
    assert len(settings.inventory.routes) == 1
    (problem,) = settings.runbook_problems
    assert problem.endswith("inventory.toml:5: device.route.runbook: no runbook 'gone'")
    with pytest.raises(ConfigError) as caught:
        config.load(home(inventory=route + 'clas = "critical"\n'))
    assert [each.rpartition("toml:")[2] for each in caught.value.problems] == [
        "5: device.route.runbook: no runbook 'gone'",
        "6: device.route.clas: unknown key; did you mean 'class'?",
    ]


@pytest.mark.parametrize("name", ["runbooks/ours.md", "anomalies/Ours.json"])
def test_a_runbook_or_rule_that_cannot_be_read_stops_nobody(home: Home, name: str) -> None:
    """A folder of that name is what nobody can read, whoever asks; a file without permission is another."""
    folder = home()
    (folder / "config" / name).mkdir(parents=True)
    settings = config.load(folder)
    (problem,) = (*settings.runbook_problems, *settings.rule_problems)
    assert f"{Path(name).name}:1: cannot read" in problem
    assert len(settings.runbooks) == len(config.load(folder / "nowhere").runbooks)


def test_the_fingerprint_changes_with_every_edit_and_only_then(home: Home, tmp_path: Path) -> None:
    folder = home(inventory="")
    before = config.fingerprint(folder)
    assert config.fingerprint(folder) == before
    (folder / "config" / "inventory.toml").write_text("# edited\n", encoding="utf-8")
    edited = config.fingerprint(folder)
    (folder / "config" / "statetrace.toml").write_text("", encoding="utf-8")
    assert len({before, edited, config.fingerprint(folder), config.fingerprint(tmp_path / "nowhere")}) == 4


def test_a_byte_order_mark_of_a_windows_editor_is_no_problem(home: Home) -> None:
    text = "\ufeff[engine]\r\nslice_ms = 7\r\n"
    (home() / "config" / "statetrace.toml").write_bytes(text.encode())
    assert config.load(home()).engine.slice_ms == 7


def test_a_pipe_in_the_place_of_a_rule_is_a_problem_of_it_and_nobody_waits(home: Home) -> None:
    if sys.platform == "win32":
        pytest.skip("no pipe among files")
    folder = home()
    pipe = folder / "config" / "anomalies" / "Pipe.json"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    made, problems = config.anomaly_rules(folder)
    assert (problems, bool(made)) == ([f"{pipe}:1: cannot read {pipe}: a pipe is no file"], True)
