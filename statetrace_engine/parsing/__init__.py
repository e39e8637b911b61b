"""Pure. Text → facts: what a device's words say about which subject."""
