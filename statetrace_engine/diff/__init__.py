"""Pure. Normalised objects × normalised objects → changes (SPEC 5)."""
