"""Pure. Observations in, states of routes out: SPEC 2 as code."""
