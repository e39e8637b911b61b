"""Pure. Over which links two devices meet, as far as the next hops of their paths tell: there may be several.

A01 10.1.1.1 ── 10.1.1.2 B01        one link, by two next hops of one subnet; IPv4's names it for both families
A01 10.1.2.1 ── 10.1.2.2 B01        another one: what is said of it is said of no path of the first
"""

from __future__ import annotations

from collections.abc import Callable

from statetrace_engine.health.watched import DeviceTrack
from statetrace_engine.model import names
from statetrace_engine.model.route import RoutePath


class Links:
    def __init__(self, beyond: Callable[[str, str], DeviceTrack | None]) -> None:
        """`beyond(host, address)`: the device that has the address, as `host` knows it."""
        self._beyond = beyond
        self._v4_hops: dict[tuple[str, str, str], str] = {}
        """(hostname, interface, the device beyond) → the first IPv4 next hop there."""
        self._hops: dict[tuple[str, str], set[str]] = {}
        """(hostname, the device beyond) → the next hops of its paths there."""

    def note(self, host: str, path: RoutePath) -> None:
        """A path of that device leads over one."""
        far = self._beyond(host, path.next_hop or "")
        if far is None or not path.next_hop:
            return
        self._hops.setdefault((host, far.device.hostname), set()).add(path.next_hop)
        if path.interface and ":" not in path.next_hop:
            key = (host, path.interface, far.device.hostname)
            self._v4_hops[key] = min(path.next_hop, self._v4_hops.get(key, path.next_hop))

    def hop(self, host: str, path: RoutePath) -> str:
        """The next hop that names the link of a path: an IPv4 one where there is one, the same for both families."""
        hop = path.next_hop or ""
        far = self._beyond(host, hop)
        return self._v4_hops.get((host, path.interface or "", far.device.hostname), hop) if far is not None else hop

    def is_elsewhere(self, speaker: DeviceTrack, device: DeviceTrack, address: str, hop: str) -> bool:
        """Whether that address of `device` is known to lie on another link than `hop`, an address of `speaker`: two
        devices may have several, and a path of either says that it uses that one."""
        ends = names.link_mates(address, speaker.device.addresses)
        if not ends or hop in ends:
            return False
        one, other = speaker.device.hostname, device.device.hostname
        used = self._hops.get((one, other), set()) | self._hops.get((other, one), set())
        return not used.isdisjoint((address, *ends))
