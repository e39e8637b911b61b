"""Labelled faults: networks that break in virtual time, with the true cause and the exact routes of what was broken.

words      what each vendor prints about an event, beyond the demo's
traps      the notifications beside it
ground     a network: who is watched, probed and polled, and by which channels each device is heard
account    one fault: what it makes everybody say, and the truth
broken_*   what can break; `faults` says how often each is drawn
degrading  what of it never arrives, late, twice, out of order or with a wrong time, and what is then unknowable
telling    the signals, fed into a pipeline
scenario   one drawn at random, lived through and judged
"""
