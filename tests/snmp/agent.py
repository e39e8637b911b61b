"""An SNMP agent of the tests' own: answers v2c and v3 from a table, and misbehaves as a test asks it to.

agent = Agent({"1.3.6.1.2.1.1.3.0": TimeTicks(100)})
agent.answer(datagram) -> datagram | None
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from statetrace_engine.wire import snmp
from statetrace_engine.wire.ber import Value
from statetrace_engine.wire.snmp import Message, PduKind, V3Message
from statetrace_engine.wire.snmp_table import Table, bindings, response
from tests.snmp.usm import Usm


class Agent:
    """Answers what it is asked, in v2c for its community and in v3 for its `usm`."""

    def __init__(self, values: Mapping[str, Value], community: str = "public", usm: Usm | None = None) -> None:
        self.table = Table(values)
        self.community = community.encode()
        self.usm = usm
        self.largest = 100
        """Bindings in an answer; a request for more by GET is tooBig."""
        self.requests: list[Message] = []
        self.is_recording = True

    def answer(self, datagram: bytes) -> bytes | None:
        request = snmp.decode(datagram)
        if isinstance(request, V3Message):
            return self.usm.answer(datagram, request, self.respond) if self.usm else None
        return snmp.encode(self.respond(request)) if request.community == self.community else None

    def respond(self, request: Message) -> Message:
        if self.is_recording:
            self.requests.append(request)
        if request.kind is PduKind.GET and len(request.varbinds) > self.largest:
            return response(request, [], error=1)
        return response(request, bindings(self.table, request))


Behaviour = Callable[[Agent, bytes], "list[bytes]"]


def behave(agent: Agent, datagram: bytes) -> list[bytes]:
    """As an agent should."""
    answer = agent.answer(datagram)
    return [] if answer is None else [answer]


class Served(asyncio.DatagramProtocol):
    """An agent on a loopback port, whose behaviour a test may change at any time."""

    def __init__(self, agent: Agent, behaviour: Behaviour = behave) -> None:
        self.agent = agent
        self.behaviour = behaviour
        self.heard = 0
        self.transport: asyncio.DatagramTransport

    @classmethod
    async def on(cls, agent: Agent, behaviour: Behaviour = behave, host: str = "127.0.0.1", port: int = 0) -> Served:
        loop = asyncio.get_running_loop()
        _, served = await loop.create_datagram_endpoint(lambda: cls(agent, behaviour), local_addr=(host, port))
        return served

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard += 1
        for answer in self.behaviour(self.agent, data):
            self.transport.sendto(answer, addr)

    @property
    def port(self) -> int:
        port: int = self.transport.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        self.transport.close()
