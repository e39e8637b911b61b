"""Pure. What leaves StateTrace as a document: interchange, figures of what was done."""
