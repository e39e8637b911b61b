"""Pure. Cisco IOS XR: IOS bodies behind another header, and these of its own.

    %ROUTING-BGP-5-ADJCHANGE : neighbor 10.0.0.1 Down - BGP Notification sent, hold time expired (VRF: RED) (AS: 65000)
    %L2-BFD-6-SESSION_STATE_DOWN : BFD session to neighbor 12.12.1.14 on interface TenGigE0/2/0/3 has gone down. Reason: …

Seen as printed in published logs, ADJCHANGE_DETAIL in a test of another project; COLD start, GO_ACTIVE
and bundle members are not checked against a device or a guide. BFD is worded as in NX-OS.
"""

# ruff: noqa: E501 - a pattern stands on one line, as the device prints the message
from __future__ import annotations

from statetrace_engine.parsing import facts, surroundings

MESSAGES = facts.table(
    "cisco_xr",
    ("BGP-ADJCHANGE|BGP-ADJCHANGE_DETAIL",
     rb" *neighbor (?P<name>\S+) (?P<state>Up|Down)\b(?: *- *(?P<why>.*?))? *\(VRF: *(?P<vrf>[^;)\s]+)", facts.session("bgp")),
    ("BM-ACTIVE", rb" *(?P<member>[A-Za-z]\S*) is (?P<state>Active|no longer Active) as part of (?P<iface>[A-Za-z][\w./-]*)(?: \((?P<why>.*)\))?",
     surroundings.member),
    ("CONFIG-DB_COMMIT|CONFIG-DB_COMMIT_ADMIN",
     rb" *(?P<text>Configuration committed by user '(?P<who>[^']*)'.*)", facts.configured),
    ("SYSMGR-NOTICE", rb" *(?P<text>Card is COLD started)", facts.restarted),
    ("SYSMGR-NOTICE", rb"", None),
    ("REDCON-GO_ACTIVE", rb" *(?P<text>.*)", facts.restarted),
)  # fmt: skip
