"""The demo's network: a process of its own, real loopback sockets, and a true log of its faults.

`network` (what there is), `messages` and `noise` (what devices say), `faults` (what breaks and what that means),
`script` (when) and `truth` (how an engine did) are pure; `world` owns the sockets and `director` the clock.
"""
