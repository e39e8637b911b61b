"""A real network in namespaces, the real engine beside it, and faults whose moment and truth are known.

plan.py       PURE  who is there, and who is joined to whom
routers.py    PURE  what each FRR daemon is told
agents.py     PURE  what each SNMP agent and syslog daemon is told
home.py       PURE  what the engine is told: settings and inventory
shell.py            commands in namespaces; what is missing here; taking everything down
network.py          builds it, waits until it has converged, gives faults a hand
faults.py           a table: how each fault is made and mended, which routes it touches, and why
engine.py           `statetrace engine` in the jump host's namespace, and its door
measure.py          one run of one fault; many runs in figures
guard.py            takes a testbed down when who built it has died

python -m tests.testbed --runs 10 [--no-bfd] [--faults a,b]      (root, and the Debian packages of shell.NEEDED)
"""
