"""Pure. How the simulated devices are reached: what the demo's settings and its network must agree on."""

LOOPBACK = "127.0.0.1"
"""All devices share it."""
SNMP = "demo"
"""The `[snmp.NAME]` that asks the agents."""
COMMUNITY = "demo"
_ROUTES_S = 5.0
_ROUTES_PER_S = 400
"""Of all that are watched; of a large network few devices are asked."""


def routes_s(routes: int) -> float:
    """How long agents keep their route table, of a network with so many watched routes, and how often it is asked for.

    Net-snmp keeps it for 60 s; everything is shorter here.
    """
    return max(_ROUTES_S, routes / _ROUTES_PER_S)
