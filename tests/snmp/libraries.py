"""The SNMP libraries that are installed here, by name."""

from __future__ import annotations

from importlib.util import find_spec

from statetrace_engine.sources.snmp.client import Clients

LIBRARIES = [*(["gufo_snmp"] if find_spec("gufo") else []), "pysnmp"]


def made(name: str) -> Clients:
    if name == "gufo_snmp":
        from statetrace_engine.sources.snmp.gufo_client import GufoClients

        return GufoClients()
    from statetrace_engine.sources.snmp.pysnmp_client import PysnmpClients

    return PysnmpClients()
