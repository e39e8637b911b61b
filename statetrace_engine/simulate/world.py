"""The network as it stands: its sockets, the faults that are open, and the record of when each began and ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random

from statetrace_engine.model import Epoch, names
from statetrace_engine.simulate import captures, faults, messages, noise, traps
from statetrace_engine.simulate.agent import Agent
from statetrace_engine.simulate.bmp_voices import BmpVoices
from statetrace_engine.simulate.captures import Edit
from statetrace_engine.simulate.faults import Fault, Kind, State, Utterance
from statetrace_engine.simulate.messages import Event, Line
from statetrace_engine.simulate.network import Link, Network, Node
from statetrace_engine.simulate.reflectors import Reflectors
from statetrace_engine.simulate.truth import Record
from statetrace_engine.simulate.udp_ports import UdpPorts
from statetrace_engine.simulate.voices import Framing, Voices

_STREAMED = {"frr": Framing.OCTET_COUNTING, "arista_eos": Framing.NEWLINE}
"""Vendors that send by TCP here: rsyslog counts octets, EOS ends with a newline."""
_MOST_STREAMS = 8
_UPTIME_S = 41 * 86400.0


@dataclass(frozen=True, slots=True)
class Open:
    """A fault that lasts."""

    fault: Fault
    record: Record


class RefusedError(ValueError):
    """A fault that cannot be made now; the message says why, for the viewer."""


class World:
    """Injects and heals; everything it does is visible to others through sockets only."""

    def __init__(
        self, network: Network, report: Callable[[Fault, Record], None], random: Random, rest_s: float
    ) -> None:
        self.network = network
        self.reflectors = Reflectors()
        self.agents = UdpPorts(self._asked)
        """Of the monitored devices, by hostname."""
        self._report = report
        self._random = random
        self._rest_s = rest_s
        self._numbers = count(1)
        self._began = time.monotonic()
        self._open: dict[int, Open] = {}
        self.state = State(network)
        """What is so now."""
        self._settled = self.state
        """What the devices have noticed."""
        self._healed_at: dict[str, float] = {}
        self._sequence = dict.fromkeys(network.nodes, 0)
        self._voices: Voices | None = None
        self._bmp: BmpVoices | None = None
        self._edits: dict[str, Edit] = {}
        self._untouched = Edit(time.time() - _UPTIME_S, "ops")
        self._when_configured: Callable[[str], None] | None = None
        self._talkers = tuple(network.nodes.values())
        self._links = tuple(network.links.values())
        self._agents = {name: Agent(network, network.nodes[name]) for name in network.monitored}

    @property
    def open_faults(self) -> tuple[Open, ...]:
        return tuple(self._open.values())

    def streams(self) -> dict[str, Framing]:
        """The devices that send their log by TCP, and how they frame it."""
        some = [(n.hostname, _STREAMED[n.vendor]) for n in self.network.nodes.values() if n.vendor in _STREAMED]
        return dict(some[:_MOST_STREAMS])

    def speak_by(self, voices: Voices) -> None:
        """Until then the devices talk to nobody."""
        self._voices = voices

    def speak_bmp_by(self, voices: BmpVoices) -> None:
        """Until then no router tells of its BGP."""
        self._bmp = voices
        voices.tell(self._settled)

    def configured_to(self, when_configured: Callable[[str], None]) -> None:
        """Called with the hostname of a device that says that somebody has configured it."""
        self._when_configured = when_configured

    def session(self, hostname: str) -> str | None:
        """What its terminal shows to a collector now; None: it cannot be reached."""
        if not self.reaches(hostname):
            return None
        edit = self._edits.get(hostname, self._untouched)
        return captures.session(self.network, self.network.nodes[hostname], self._settled, edit)

    def reaches(self, hostname: str) -> bool:
        """Whether what this device says arrives now, and what is asked of it."""
        return self.state.reaches(hostname)

    def is_free(self, hostname: str) -> bool:
        """No open fault touches this device, and its routes have been whole for a while."""
        return self._rests_for(hostname) <= 0 and not any(
            hostname in open_.fault.devices for open_ in self._open.values()
        )

    def inject(self, fault: Fault) -> Open:
        """Breaks it; the time on record is taken right before the first effect."""
        before, after = self._faults(), (*self._faults(), fault)
        expected = faults.failing(self.network, after) - faults.failing(self.network, before)
        state = State(self.network, after)
        number = next(self._numbers)
        record = Record(number, fault.kind.value, fault.label, time.time(), None, tuple(sorted(expected)))
        opened = self._open[number] = Open(fault, record)
        self._take_effect(state, fault.onset, faults.SESSION_S)
        self._report(fault, record)
        return opened

    def heal(self, opened: Open) -> Record | None:
        """Repairs it, at the time on record; None when somebody was faster."""
        if self._open.pop(opened.record.fault_id, None) is None:
            return None
        state = State(self.network, self._faults())
        healed = opened.record.healed(time.time())
        self._take_effect(state, opened.fault.recovery, faults.SESSION_UP_S)
        now = time.monotonic()
        self._healed_at.update(dict.fromkeys(opened.fault.devices, now))
        self._report(opened.fault, healed)
        return healed

    def cut_at(self, device: str, interface: str) -> Fault:
        """The fault of cutting the link at an interface, by any of their spellings.

        Raises RefusedError when there is no such link, it is cut already, or its routes have only just recovered.
        """
        hostname, name = names.hostname(device), names.interface(interface)
        if hostname not in self.network.nodes:
            raise RefusedError(f"no device {hostname}")
        link = self._link_at(hostname, name)
        if any(opened.fault.kind is Kind.ISOLATION for opened in self._open.values()):
            raise RefusedError("the jump host is isolated; try again in a moment")
        if any(link.name in opened.fault.links for opened in self._open.values()):
            raise RefusedError(f"{hostname} {name} is cut already")
        if not self.reaches(link.near.hostname):
            raise RefusedError(f"{link.near.hostname} is unreachable already")
        rest_s = self._rests_for(link.near.hostname)
        if rest_s > 0:
            raise RefusedError(f"{link.near.hostname} has only just recovered; try again in {rest_s:.0f} s")
        return faults.cut(self.network, link)

    def chatter(self) -> None:
        """One device that can be heard says something unrelated."""
        node = self._random.choice(self._talkers)
        self._say(node, noise.line(node.vendor, self._random))

    def repeat(self) -> None:
        """One device says once more that a link or session which is up is up."""
        link = self._random.choice(self._links)
        node = self.network.nodes[link.near.hostname]
        if not self.is_free(node.hostname):
            return
        event = self._random.choice((Event.LINK_UP, Event.OSPF_UP if link.protocol == "ospf" else Event.BGP_UP))
        fields = faults.port_fields(self.network, link.near, link.far)
        self._say(node, messages.lines(node.vendor, event, fields)[-1])

    def _faults(self) -> tuple[Fault, ...]:
        return tuple(opened.fault for opened in self._open.values())

    def _rests_for(self, hostname: str) -> float:
        """Seconds until it may fail again."""
        healed = self._healed_at.get(hostname)
        return 0.0 if healed is None else healed + self._rest_s - time.monotonic()

    def _link_at(self, hostname: str, interface: str) -> Link:
        if link := self.network.link_at(hostname, interface):
            return link
        known = (link for link in self.network.links.values() if hostname in (link.near.hostname, link.far.hostname))
        ports = sorted({p.interface for link in known for p in (link.near, link.far) if p.hostname == hostname})
        raise RefusedError(f"{hostname} has no interface {interface}; it has {', '.join(ports[:4])}")

    def _take_effect(self, state: State, said: Iterable[Utterance], settles_s: float) -> None:
        self.state = state
        self.reflectors.silent = state.silent
        loop = asyncio.get_running_loop()
        loop.call_later(settles_s, self._settle)
        for utterance in said:
            if utterance.after_s > 0:
                loop.call_later(utterance.after_s, self._utter, utterance)
            else:
                self._utter(utterance)

    def _settle(self) -> None:
        """The devices' tables show what is so."""
        self._settled = self.state
        if self._bmp is not None:
            self._bmp.tell(self._settled)

    def _utter(self, utterance: Utterance) -> None:
        self._say_event(self.network.nodes[utterance.hostname], utterance.event, utterance.fields)

    def _say_event(self, node: Node, event: Event, fields: Mapping[str, str]) -> None:
        for line in messages.lines(node.vendor, event, fields):
            self._say(node, line)
        if event is Event.CONFIG:
            self._edits[node.hostname] = Edit(time.time(), fields["user"])
            if self._when_configured is not None:
                self._when_configured(node.hostname)
        trap = traps.datagram(node, event, fields, self._uptime_s())
        if trap is not None and self._voices is not None and self.reaches(node.hostname):
            self._voices.notify(trap)

    def _asked(self, hostname: str, request: bytes) -> bytes | None:
        """What its SNMP agent answers."""
        if not self.reaches(hostname):
            return None
        return self._agents[hostname].answer(request, self._settled, self._uptime_s())

    def _uptime_s(self) -> float:
        """All were started together, long ago."""
        return _UPTIME_S + time.monotonic() - self._began

    def _say(self, node: Node, line: Line) -> None:
        if self._voices is None or not self.reaches(node.hostname):
            return
        self._sequence[node.hostname] += 1
        at: Epoch = time.time()
        message = messages.encode(node.vendor, node.hostname, line, at, self._sequence[node.hostname])
        self._voices.send(node.hostname, message)
