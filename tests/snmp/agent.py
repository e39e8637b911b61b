"""An SNMP agent of the tests' own: answers v2c and v3 from a table, and misbehaves as a test asks it to.

agent = Agent({"1.3.6.1.2.1.1.3.0": ber.integer(100, ber.TICKS)})
agent.answer(datagram) -> datagram | None
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from tests.snmp import ber
from tests.snmp.usm import Usm


class Request(NamedTuple):
    """A PDU as it came."""

    kind: int
    request_id: int
    non_repeaters: int
    repetitions: int
    oids: tuple[ber.Oid, ...]


class Table:
    """OIDs in order, each with its encoded value."""

    def __init__(self, values: Mapping[str, bytes]) -> None:
        by_oid = {ber.as_oid(text): value for text, value in values.items()}
        self._order = sorted(by_oid)
        self._bindings = {oid: ber.sequence(ber.oid(oid), value) for oid, value in by_oid.items()}

    def set(self, text: str, value: bytes) -> None:
        """Changes what is there already."""
        oid = ber.as_oid(text)
        self._bindings[oid] = ber.sequence(ber.oid(oid), value)

    def get(self, oid: ber.Oid) -> bytes:
        return self._bindings.get(oid) or ber.sequence(ber.oid(oid), ber.NO_INSTANCE)

    def after(self, oid: ber.Oid, count: int) -> list[bytes]:
        at = bisect_right(self._order, oid)
        found = [self._bindings[near] for near in self._order[at : at + count]]
        if len(found) < count:
            found.append(ber.sequence(ber.oid(self._order[-1] if self._order else oid), ber.END_OF_VIEW))
        return found


def read_pdu(data: bytes) -> Request:
    tag, content, _ = ber.read(data)
    (_, request_id), (_, first), (_, second), (_, bindings) = ber.parts(content)
    oids = tuple(ber.read_oid(next(ber.parts(binding))[1]) for _, binding in ber.parts(bindings))
    return Request(tag, ber.number(request_id), ber.number(first), ber.number(second), oids)


def response(request_id: int, bindings: list[bytes], error: int = 0, at: int = 0, tag: int = ber.RESPONSE) -> bytes:
    return ber.sequence(ber.integer(request_id), ber.integer(error), ber.integer(at), ber.sequence(*bindings), tag=tag)


class Agent:
    """Answers what it is asked, in v2c for its community and in v3 for its `usm`."""

    def __init__(self, values: Mapping[str, bytes], community: str = "public", usm: Usm | None = None) -> None:
        self.table = Table(values)
        self.community = community.encode()
        self.usm = usm
        self.largest = 100
        """Bindings in an answer; a request for more by GET is tooBig."""
        self.requests: list[Request] = []
        self.is_recording = True

    def answer(self, datagram: bytes) -> bytes | None:
        _, message, _ = ber.read(datagram)
        tag, version, at = ber.read(message)
        if ber.number(version) == 3:
            return self.usm.answer(datagram, message, at, self.pdu) if self.usm else None
        _, community, at = ber.read(message, at)
        if community != self.community:
            return None
        return ber.sequence(ber.tlv(tag, version), ber.octets(community), self.pdu(message[at:]))

    def pdu(self, data: bytes) -> bytes:
        request = read_pdu(data)
        if self.is_recording:
            self.requests.append(request)
        if request.kind == ber.GET and len(request.oids) > self.largest:
            return response(request.request_id, [], error=1)
        return response(request.request_id, self.bindings(request))

    def bindings(self, request: Request) -> list[bytes]:
        if request.kind == ber.GET:
            return [self.table.get(oid) for oid in request.oids]
        if request.kind == ber.NEXT:
            return [self.table.after(oid, 1)[0] for oid in request.oids]
        single = request.oids[: request.non_repeaters]
        found = [self.table.after(oid, 1)[0] for oid in single]
        columns = [self.table.after(oid, min(request.repetitions, 100)) for oid in request.oids[len(single) :]]
        longest = max(map(len, columns), default=0)
        return found + [
            column[row] if row < len(column) else column[-1] for row in range(longest) for column in columns
        ]


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
