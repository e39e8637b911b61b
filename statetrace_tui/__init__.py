"""The console: shows what the engine knows and takes the operator's keys."""
