"""Each shipped rule hears each vendor that has such a message, in the vendor's own words, and not its all-clear.

The messages are in `vendors.tsv`, with the subject of the card that they raise, `-` for none.
"""

from __future__ import annotations

import re
from csv import QUOTE_NONE, DictReader
from pathlib import Path

import pytest

from tests.engine.anomalies.test_shipped import NIGHT, RULES, events, found

with Path(__file__).with_name("vendors.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(DictReader(file, delimiter="\t", quoting=QUOTE_NONE))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['rule']} {row['vendor']} {n}" for n, row in enumerate(ROWS)])
def test_a_vendor_is_heard_in_its_own_words(row: dict[str, str]) -> None:
    rule = RULES[row["rule"]]
    texts = [row["message"]] * getattr(rule.find, "at_least", 1)
    if row["subject"] == "-":
        assert found(rule, events(texts * 5)) == []
    else:
        assert found(rule, events(texts)) == [row["subject"]]


TYPED = (
    "%PARSER-5-CFGLOG_LOGGEDCMD: User:jdoe  logged command:description {}",
    "mgd[2]: UI_CMDLINE_READ_LINE: User 'jdoe', command 'annotate x \"{}\" '",
    'mgd[2]: UI_CFG_AUDIT_SET: User \'jdoe\' set: [interfaces ge-0/0/0 description] "" -> "{}"',
    "%AAA-6-AAA_ACCOUNTING_MESSAGE: update:10.9.9.9@pts/0:jdoe:interface Ethernet1/1 ; description {} (SUCCESS)",
    "Aaa: %ACCOUNTING-6-CMD: jdoe vty5 10.9.9.9 stop service=shell priv-lvl=15 cmd=description {} <cr>",
)
"""How devices log what somebody types."""
BEFORE = re.compile(r"(?:[\w.-]+(?:\[\d+\])?: *)?(?:%[\w-]+ ?: *)?")


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("name", sorted({row["rule"] for row in ROWS} - {"RouteChurn"}))
def test_what_somebody_types_is_nothing_that_the_device_says(name: str, typed: str) -> None:
    rule = RULES[name]
    said = [BEFORE.sub("", row["message"], count=1) for row in ROWS if row["rule"] == name]
    for text in said:
        assert found(rule, events([typed.format(text)] * getattr(rule.find, "at_least", 1), NIGHT)) == []


@pytest.mark.parametrize(
    "text", [row["message"] for row in ROWS if row["rule"] == "ConfigBurst" and row["subject"] != "-"]
)
def test_a_change_at_night_is_heard_of_each_vendor(text: str) -> None:
    assert found(RULES["ConfigOffHours"], events([text], NIGHT)) == ["R1"]


def test_a_connection_that_ends_after_wrong_passwords_is_no_failure_more() -> None:
    wrong = ["sshd[4]: Failed password for root from 10.9.9.9 port 50022 ssh2"] * 4
    closed = "sshd[4]: Connection closed by authenticating user root 10.9.9.9 port 50022 [preauth]"
    too_many = (
        "sshd[4]: error: maximum authentication attempts exceeded for root from 10.9.9.9 port 50022 ssh2 [preauth]"
    )
    assert found(RULES["AuthFailureCount"], events([*wrong, too_many, closed])) == []


def test_no_rule_is_heard_without_its_near_miss() -> None:
    heard = {row["rule"] for row in ROWS if row["subject"] != "-"}
    assert heard == {row["rule"] for row in ROWS if row["subject"] == "-"}
