"""Pure. Whose an address is: one device's, or one device's a site where sites are numbered alike.

10.0.0.1    of WLLS-A01-AR-01 and of BOYO-A01-AR-01: each for its own site, and nobody's who sends from it
"""

from __future__ import annotations

from itertools import islice

from statetrace_engine.health.watched import DeviceTrack

_LOOPBACKS = ("127.", "::1")
"""Devices of a lab may all be on one machine."""


class Addresses:
    def __init__(self) -> None:
        self._owners: dict[str, list[DeviceTrack]] = {}
        self._shown: set[str] = set()
        """Those that only captures tell of."""
        self._shared: dict[str, None] = {}
        """Those that several devices claim."""
        self._alike: set[str] = set()
        """Sites that have an address in common with another."""

    def claim(self, address: str, device: DeviceTrack) -> None:
        """One of the device's own, by the inventory."""
        owners = self._owners.setdefault(address, [])
        if owners and owners[-1] is device:
            return
        owners.append(device)
        if len(owners) > 1:
            self._shared[address] = None
            sites = {owners[0].device.site, device.device.site}
            if len(sites) > 1 and not address.startswith(_LOOPBACKS):
                self._alike |= sites

    def show(self, address: str, device: DeviceTrack) -> None:
        """A capture shows it as one of the device's, which takes nothing away from what the inventory says."""
        if address not in self._owners:
            self._shown.add(address)
        if address in self._shown:
            self.claim(address, device)

    def owner(self, address: str) -> DeviceTrack | None:
        """The only device that has it: what comes from an address of several is taken for nobody's."""
        owners = self._owners.get(address, ())
        return owners[0] if len(owners) == 1 else None

    def is_known(self, address: str) -> bool:
        """Of one device or several."""
        return address in self._owners

    def near(self, site: str, address: str) -> DeviceTrack | None:
        """The one that a device of that site means by it."""
        owners = self._owners.get(address, ())
        if len(owners) > 1:
            return next((device for device in owners if device.device.site == site), None)
        return owners[0] if owners else None

    def is_alike(self, site: str) -> bool:
        """Whether the same address means another device at another site."""
        return site in self._alike

    @property
    def shared(self) -> int:
        """How many addresses several devices claim."""
        return len(self._shared)

    def some_shared(self, most: int) -> dict[str, tuple[str, ...]]:
        """So many of them, and of each so many of those devices."""
        named = islice(self._shared, most)
        return {a: tuple(owner.device.hostname for owner in islice(self._owners[a], most)) for a in named}
