"""Who owns a home, and how others talk to the engine that does: the lease and the door."""
