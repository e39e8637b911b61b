"""Asks devices by SNMP, v2c and v3, what their interfaces, sessions and routes are like.

Polling (poller.py) → Device (device.py) → Client (client.py) → gufo_snmp, or pysnmp
                          ↓ mib.py, routes.py: values → PolledInterface, PolledSession, RouteReport
"""
