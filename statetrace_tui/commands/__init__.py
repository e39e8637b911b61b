"""The composition root: one command a module, each with `run(options) -> exit code`."""
