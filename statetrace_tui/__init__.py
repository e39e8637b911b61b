"""StateTrace's console and commands: shows what the engine says, takes the operator's keys; knows no socket, no SQL."""
