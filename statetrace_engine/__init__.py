"""StateTrace's engine: signals in, outages out; it knows no terminal."""

__version__ = "0.1.0"
