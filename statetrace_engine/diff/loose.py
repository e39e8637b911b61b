"""Pure. Tables of a fallback template: rows whose fields nobody has classed, so that a row is its own identity.

What passes is known by the name of its column, or by how it reads: `1d02h`, `3 days, 4 hours`, `00:12:34`. A row that
is not as it was is one removed and one added.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any  # rows of any template

from statetrace_engine.diff.compare import Table, one_sided
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import ChangeType, DiffChange, DiffObject, Value

_COUNTED = re.compile(
    r"^(?:dhcp_drop|dropped_packet|inspect_dp|prefixes_(?:in|out)|tcp_(?:dup|rst|seq))_", re.IGNORECASE
)
"""Counters that end in what they count."""
_PASSING = re.compile(
    r"(?:^|_)(?:up_?time|down_?time|time|time_?stamp|elapsed|duration|age|timer|last|expir(?:es?|ed|y|ation)|"
    r"dead|hold|seq_num|lsa_seq\w*|rate|load|util|utili[sz]ation|cpu|temp|temperature|packets?|pkts?|"
    r"bytes?|octets?|errors?|drops?|discards?|hits?|counts?|counter|rx|tx|input|output|free|used|available|clock|date|"
    r"msg_?\w*|tbl_?ver\w*|pfx\w*|sent|rcvd|received|voltage|rpm|since|restarts?|"
    r"day|day_?week|week_?day|month|year|time_?zone|remaining|left|lease|ttl|rtt|srtt|rto|watts|volts|matches|cnt|"
    r"transitions|flaps|state_?changes|retrans\w*|expedited|lsa_checksum|xmit_serial|invoked|allocated|freed|holding|"
    r"sa_lifetime)(?:_|$)"
    r"|^(?:in|out)(?:_(?:pause(?:_resume)?|resume|q|queue))?$|_(?:in|out)$"
    r"|(?:^|_)(?:current|power(?:_(?:dbm|mw|watts|value))?)$"
    r"|^current_(?:calls?|value|index|neighbors|online_users|(?:in|out)bound_spi\w*|bias_ma|tx_power_level)$"
    r"|(?:^|_)(?:runtime|usage|percent|pct|pps|bps|secs|runts|giants|overruns?|underruns?|collisions|crc|babbles?|deferred|"
    r"dropped|enqueued|dequeued|rssi|snr|amps|idle|occupancy|occupation|failures)$",
    re.IGNORECASE,
)
"""Ages, counters, rates, gauges and clocks: a word of the name, or, where the word has other meanings before another
one (`in_acl`, `current_firmware`, `power_class`), the last."""
_STAYING = re.compile(
    r"(?:^|_)(?:status|state|mode|type|class|reason|cause|source|strategy|policy|acl|label|filter|interface|interval|"
    r"interface_list|(?<!xmit_)serial|serial_number|model|pid|part|description|manufacturer|family|vendor|version|revision|"
    r"location|priority|supply|group|capability|threshold|thresh|trig|supported|"
    r"(?:alarm|warn|warning)(?:_(?:dbm|mw))?_(?:high|low)|(?:high|low)_(?:alarm|warn|warning))$"
    r"|(?:^|_)mtu_|(?:^|_)(?:build|compile|release|manufactur(?:e|ing))_(?:date|time)$|^date_code$"
    r"|^(?:access_group|service_policy|flowcontrol)_|^acl_(?:in|out)$|^poe_out$"
    r"|^(?:(?:egress|ingress)_)?rate_limit$|^(?:hello|debounce)_time$|(?:^|_)max_(?:age|count)$|^time_range$|_forward_vlan$"
    r"|^(?:max|min|supported_max|def)_(?:bit_)?rate(?:_mbps)?$|^system_caps_available|^max_prefixes_warn_percent$"
    r"|^certificate_usage$",
    re.IGNORECASE,
)
"""What a name says that it is where a word before it passes, by its end, as names are read: `power_supply_status`,
`last_reset_reason`, `rx_power_high_alarm`."""

_UNIT = r"(?:year|week|day|hour|minute|min|second|sec)s?"
_MOMENT = re.compile(
    rf"""\b\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{{1,9}})?(?:Z\b|[+-]\d\d:?\d\d\b)?
    | (?:(?:[A-Z][a-z]{{2}},?[ ])?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ ]{{1,3}}\d{{1,2}}[ ]{{1,3}})?
      (?<![\w:.-])\d{{1,3}}:\d\d:\d\d(?:\.\d{{1,9}})?(?![\w:])
      (?:[ ][A-Z]{{3,5}}\b)?(?:[ ]\d{{4}}\b)?(?:[ ][A-Z]{{3,5}}\b)?
    | \b(?:\d{{1,6}}[ywdhms]){{2,6}}\b
    | \b\d{{1,6}}(?:\.\d{{1,6}})?[ ]{_UNIT}\b(?:,?[ ](?:and[ ])?\d{{1,6}}(?:\.\d{{1,6}})?[ ]{_UNIT}\b)+
    | \b\d{{1,6}}[ ]{_UNIT}[ ]ago\b""",
    re.VERBOSE,
)
"""Ages and moments as devices print them. One number with its unit (`180 seconds`) may be a setting, and stays."""
_PASSED = "\N{HORIZONTAL ELLIPSIS}"


def changes(before: Table, after: Table) -> list[DiffChange]:
    """Rows added and removed, in the order of what they say."""
    old, new = Counter(map(_settled, before.rows)), Counter(map(_settled, after.rows))
    gone = _told(after, old - new, ChangeType.REMOVED, absent_from=after) if after.is_whole else []
    come = _told(after, new - old, ChangeType.ADDED, absent_from=before) if before.is_whole else []
    return sorted([*gone, *come], key=lambda each: (each.key, each.change_type))


_Row = tuple[tuple[str, Value], ...]


def _settled(row: dict[str, Any]) -> _Row:
    return tuple((name, _value(row[name])) for name in sorted(row) if not passes(name))


def passes(column: str) -> bool:
    """Whether what stands in a column of this name is other whenever one looks."""
    if _COUNTED.search(column):
        return True
    return _PASSING.search(column) is not None and _STAYING.search(column) is None


def _value(found: object) -> Value:
    if isinstance(found, (list, tuple)):
        return tuple(_value(each) for each in found)
    if isinstance(found, str):
        return _MOMENT.sub(_PASSED, found)
    return found if found is None or isinstance(found, (int, bool)) else str(found)


def _told(after: Table, found: Counter[_Row], change_type: ChangeType, *, absent_from: Table) -> list[DiffChange]:
    return [
        one_sided(change_type, after.command, DiffObject(Kind.TABLE, _key(row), row), absent_from=absent_from)
        for row in found.elements()
    ]


def _key(row: _Row) -> tuple[str, ...]:
    return tuple(str(value) for _, value in row if value not in ("", None, ()))
