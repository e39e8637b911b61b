"""Captures from files into the store, once each: by a command, with or without an engine, and by the engine's inbox."""
