"""Pure. Whose an address is: one device's, or one device's a site where sites are numbered alike.

10.0.0.1    of WLLS-A01-AR-01 and of BOYO-A01-AR-01: each for its own site, and nobody's who sends from it
"""

from __future__ import annotations

from statetrace_engine.health.watched import DeviceTrack


class Addresses:
    def __init__(self) -> None:
        self._owners: dict[str, tuple[DeviceTrack, ...]] = {}
        self._shown: set[str] = set()
        """Those that only captures tell of."""
        self.shared: dict[str, tuple[str, ...]] = {}
        """Addresses that several devices claim, and their hostnames."""

    def claim(self, address: str, device: DeviceTrack) -> None:
        """One of the device's own, by the inventory."""
        owners = self._owners.get(address, ())
        if device in owners:
            return
        self._owners[address] = (*owners, device)
        if owners:
            self.shared[address] = tuple(owner.device.hostname for owner in self._owners[address])

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
