"""CPU work beside the engine: processes that read captures, how many there are, and whose turn it is."""
