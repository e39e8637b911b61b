"""Pure. How the simulated devices are reached: what the demo's settings and its network must agree on."""

LOOPBACK = "127.0.0.1"
"""All devices share it."""
SNMP = "demo"
"""The `[snmp.NAME]` that asks the agents."""
COMMUNITY = "demo"
ROUTES_S = 5.0
"""How long an agent keeps its route table. Net-snmp does for 60 s; everything is shorter here."""
