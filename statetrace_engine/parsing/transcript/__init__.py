"""Pure. A raw session log as clean text, device slices and command sections, with the way back to every byte."""
