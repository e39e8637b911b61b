"""A route into nothing carries nothing, however its vendor prints it (SPEC 1): it must never pass for a failover."""

import pytest

from statetrace_engine.health import evidence
from statetrace_engine.model.signal import InstalledPath
from statetrace_engine.parsing import observed, shows
from statetrace_engine.parsing.observed import Section
from statetrace_engine.parsing.shown import Ask

JUNOS = "inet.0: 1 destinations, 1 routes (1 active, 0 holddown, 0 hidden)\n"
NXOS = 'IP Route Table for VRF "default"\n'
FASTIRON = "        Destination        Gateway         Port           Cost          Type Uptime src-vrf\n"
PROCURVE = (
    "  Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.\n"
    "  ------------------ --------------- ---- --------- ---------- ---------- -----\n"
)
PRINTED = {
    ("juniper_junos", "show route"): (
        f"{JUNOS}0.0.0.0/0          *[Static/5] 00:10:00\n                       Discard\n",
        f"{JUNOS}0.0.0.0/0          *[Aggregate/130] 00:10:00\n                       Reject\n",
    ),
    ("juniper_junos", "show route terse"): (
        "A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path\n"
        "* ? 0.0.0.0/0          S   5                        Discard\n",
        "A V Destination        P Prf   Metric 1   Metric 2  Next hop        AS path\n"
        "* ? 0.0.0.0/0          A 130                        Reject\n",
    ),
    ("juniper_junos", "show route detail"): (
        f"{JUNOS}0.0.0.0/0 (1 entry, 1 announced)\n        *Static Preference: 5\n"
        "                Next hop type: Discard, Next hop index: 0\n                Age: 10:00 \n",
    ),
    ("frr", "show ip route"): (
        "S>* 0.0.0.0/0 [250/0] unreachable (blackhole), weight 1, 00:00:05\n",
        "S>* 0.0.0.0/0 [250/0] unreachable (ICMP unreachable), weight 1, 00:00:05\n",
        "S>* 0.0.0.0/0 [250/0] unreachable (ICMP admin-prohibited), weight 1, 00:00:05\n",
        'Routing entry for 0.0.0.0/0\n  Known via "static", distance 250, metric 0, best\n'
        "  Last update 00:00:05 ago\n  * unreachable (blackhole), weight 1\n",
        'Routing entry for 0.0.0.0/0\n  Known via "static", distance 250, metric 0, best\n'
        "  Last update 00:00:05 ago\n  * directly connected, Null0, weight 1\n",
    ),
    ("frr", "show ip route json"): (
        '{"0.0.0.0/0":[{"prefix":"0.0.0.0/0","protocol":"static","selected":true,"distance":250,"metric":0,'
        '"uptime":"00:00:05","nexthops":[{"fib":true,"unreachable":true,"blackhole":true,"active":true}]}]}\n',
        '{"0.0.0.0/0":[{"prefix":"0.0.0.0/0","protocol":"static","selected":true,"distance":250,"metric":0,'
        '"uptime":"00:00:05","nexthops":[{"fib":true,"unreachable":true,"reject":true,"active":true}]}]}\n',
    ),
    ("brocade_fastiron", "show ip route"): (
        f"{FASTIRON}1       0.0.0.0/0          DIRECT          drop           250/1          S    3d4h   -\n",
        f"{FASTIRON}1       0.0.0.0/0          DIRECT          null0          250/1          S    3d4h   -\n",
    ),
    ("cisco_ios", "show ip route"): ("S*    0.0.0.0/0 is directly connected, Null0\n",),
    ("cisco_nxos", "show ip route"): (
        f"{NXOS}0.0.0.0/0, ubest/mbest: 1/0\n    *via Null0, [220/0], 02:03:04, static\n",
    ),
    ("cisco_xr", "show route"): ("S*   0.0.0.0/0 is directly connected, 4w0d, Null0\n",),
    ("arista_eos", "show ip route"): (" S        0.0.0.0/0 is directly connected, Null0\n",),
    ("aruba_aoscx", "show ip route"): (
        "Prefix              Nexthop          Interface     VRF(egress)       Origin/   Distance/    Age\n"
        "0.0.0.0/0           -                reject        -                 S         [1/0]        00h:00m:10s\n",
    ),
    ("hp_procurve", "show ip route"): (
        f"{PROCURVE}  0.0.0.0/0          reject               static               0          0    \n",
        f"{PROCURVE}  0.0.0.0/0          blackhole            static               1          1    \n",
    ),
    ("paloalto_panos", "show routing route"): (
        "destination                  nexthop          metric flags      age   interface          next-AS\n"
        "0.0.0.0/0                    discard          10     A S              \n",
        "destination                  nexthop          metric flags      age   interface          next-AS\n"
        "0.0.0.0/0                    0.0.0.0          10     A S              discard\n",
    ),
}


@pytest.mark.parametrize(
    ("vendor", "command", "text"),
    [
        pytest.param(vendor, command, text, id=f"{vendor}-{command}-{number}")
        for (vendor, command), texts in PRINTED.items()
        for number, text in enumerate(texts)
    ],
)
def test_a_route_into_nothing_carries_nothing(vendor: str, command: str, text: str) -> None:
    show = shows.find(vendor, command)
    assert show is not None
    assert show.parse is not None
    rows = show.parse(text, Ask(command, vendor, False)).rows
    (route,) = observed.routes([Section(command, show.kind, rows, True)], vendor)
    (path,) = route.paths
    assert path.is_active
    installed = InstalledPath(path.next_hop, path.interface, path.protocol)
    assert evidence.carrying((installed,)) == ()
