"""Pure. The SNMP agent of one simulated device, which answers v2c out of caches as real ones do.

interfaces every 3 s, routes every 5 s and less often in a large network, sessions at once
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from statetrace_engine.simulate import mib
from statetrace_engine.simulate.faults import State
from statetrace_engine.simulate.mib import Row, Rows
from statetrace_engine.simulate.network import Network, Node
from statetrace_engine.simulate.profile import COMMUNITY, routes_s
from statetrace_engine.wire import snmp, snmp_table
from statetrace_engine.wire.ber import BerError, TimeTicks
from statetrace_engine.wire.snmp import Message, Version
from statetrace_engine.wire.snmp_table import Table

_INTERFACES_S = 3.0


class Agent:
    def __init__(self, network: Network, node: Node) -> None:
        self._caches = (
            _Cache(network, node, mib.system, inf),
            _Cache(network, node, mib.interfaces, _INTERFACES_S),
            _Cache(network, node, mib.routes, routes_s(len(network.routes))),
            _Cache(network, node, mib.sessions, 0.0),
        )
        self._table = Table({})

    def answer(self, datagram: bytes, state: State, uptime_s: float) -> bytes | None:
        """None to what is no request of this community."""
        try:
            request = snmp.decode(datagram)
            if not isinstance(request, Message) or request.version is not Version.V2C:
                return None
            if request.community != COMMUNITY.encode():
                return None
            answer = snmp_table.respond(self._now(state, uptime_s), request)
            return None if answer is None else snmp.encode(answer)
        except BerError:
            return None

    def _now(self, state: State, uptime_s: float) -> Table:
        news = [cache.look(state, uptime_s) for cache in self._caches]
        if True in news:
            self._table = Table({mib.UPTIME: TimeTicks(0)} | {o: v for cache in self._caches for o, v in cache.rows})
        self._table.set(mib.UPTIME, TimeTicks(int(uptime_s * 100)))
        return self._table


class _Cache:
    """A part of the table, as it was when the agent looked last."""

    def __init__(self, network: Network, node: Node, rows: Rows, age_s: float) -> None:
        self.rows: Sequence[Row] = ()
        self._network = network
        self._node = node
        self._make = rows
        self._age_s = age_s
        self._state: State | None = None
        self._until = 0.0

    def look(self, state: State, now: float) -> bool:
        """Looks again when it is time; whether there is news."""
        if now < self._until:
            return False
        self._until = now + self._age_s
        if state is self._state:
            return False
        before, self._state = self.rows, state
        self.rows = tuple(self._make(self._network, self._node, state))
        return self.rows != before
