"""Pure. The nouns of StateTrace as frozen msgspec Structs; they cross every package border.

Times are `Epoch`: seconds since 1970 in UTC as a float, because a signal is handled in microseconds and a
`datetime` costs more than the rest of its path. The edges (screens, commands, SQL) print ISO 8601.

Two clocks are told apart by name. A field ending in `_at` is wall time, for people. A field named `steady`
is engine time: wall time when the engine started plus the monotonic seconds since; it never steps, and every
duration and deadline is measured on it (SPEC 3).

Nouns hold no cycles, and those of which there are many say so (`gc=False`): the collector need not look at them. With
5,000 open outages each of its full looks held the loop for 75 ms.
"""

Epoch = float
