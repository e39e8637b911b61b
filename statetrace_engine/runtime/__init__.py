"""The engine alive: its thread and loop, its tasks, and the one object that front ends hold."""

from statetrace_engine.runtime.live import LiveEngine

__all__ = ["LiveEngine"]
