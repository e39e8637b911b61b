"""Changes lead to the bytes of the files that were captured, whichever capture is told by another."""

from __future__ import annotations

from pathlib import Path

from benchmarks import drift
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.diff import Diff, DiffObject
from statetrace_engine.model.packed_changes import unpack
from statetrace_engine.runtime import diff_places
from statetrace_engine.store.captures import Captures
from statetrace_engine.store.session import Session
from statetrace_engine.workers import comparing


def test_bytes_of_an_older_capture_are_its_own(tmp_path: Path) -> None:
    store = tmp_path / "statetrace.db"
    session = Session(store, lambda: drift.START)
    shown = list(drift.Device(200, drift=0.3).captures(2))
    before, after = (session.write_captures([drift.filed(raw, at)]).captures[0].capture_id for at, raw in shown)
    run = comparing.with_previous(store, after, drift.START)
    assert run is not None
    session.write_runs([run])
    session.close()
    assert not Captures(store).is_whole(before)

    diff = comparing.between(store, before, after)
    assert diff is not None
    found = diff_places.in_files(Captures(store), diff, before, after)
    routes = [change for change in found.changes if change.kind is Kind.ROUTES]
    assert routes
    for change in routes:
        for side, (_, raw) in zip((change.before, change.after), shown, strict=True):
            if side is not None:
                [(start, end)] = side.spans
                assert change.key[1].encode() in raw[start:end]
                assert raw[start:end].startswith(b"O E2")


HIDDEN = b"R1#show running-config\nhostname R1\nenable secret 5 $1$abcd$abcdefghijklmnopqrstu0\nend\n"
ROUTES = b"R1#show ip route\nCodes: S - static\n\nS        10.8.0.0/16 [1/0] via 10.1.1.%d\n"
ARP = b"""R1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.1.1.2                 5   0050.56b2.000%d  ARPA   GigabitEthernet0/1
"""
CHANGED = b"""R1#show logging
Nov 23 13:%d:07.123 UTC: %%SYS-5-CONFIG_I: Configured from console by jdoe on vty0 (10.0.0.5)
"""
END = b"""R1#show version
Cisco IOS Software, C3900e Software (C3900e-UNIVERSALK9-M), Version 15.4(3)M3, RELEASE SOFTWARE (fc2)
R1#exit
"""


def test_bytes_are_those_of_the_capture_that_shows_it_and_of_who_did_it(tmp_path: Path) -> None:
    """What the capture before does not show is of an older one; a secret before it makes the text another than the
    file."""
    raws = [
        HIDDEN + ROUTES % 2 + END,
        ARP % 1 + END,
        HIDDEN.replace(b"hostname R1", b"hostname R1\nip routing") + CHANGED % 20 + ARP % 2 + ROUTES % 3 + END,
    ]
    store = tmp_path / "statetrace.db"
    session = Session(store, lambda: drift.START)
    filed = [drift.filed(raw, drift.START + 3600 * number) for number, raw in enumerate(raws)]
    first, second, last = (session.write_captures([each]).captures[0].capture_id for each in filed)
    run = comparing.with_previous(store, last, drift.START)
    session.close()
    assert run is not None
    assert run.run.previous_id == second
    diff = Diff(tuple(change for piece in run.changes for change in unpack(piece)), run.run.metadata)

    found = diff_places.in_files(Captures(store), diff, second, last)
    (route,) = (change for change in found.changes if change.kind is Kind.ROUTES)
    (arp,) = (change for change in found.changes if change.kind is Kind.ARP)
    (line,) = (change for change in found.changes if change.kind is Kind.CONFIG)
    assert {each.capture_id for each in found.metadata.elsewhere} == {first}
    assert _shown(raws[2], line.after) == [b"ip routing"]
    assert _shown(raws[0], route.before) == [b"S        10.8.0.0/16 [1/0] via 10.1.1.2"]
    assert _shown(raws[2], route.after) == [b"S        10.8.0.0/16 [1/0] via 10.1.1.3"]
    assert [text.split()[3] for text in _shown(raws[1], arp.before)] == [b"0050.56b2.0001"]
    (author,) = found.metadata.authors
    assert b"by jdoe on vty0" in raws[2][slice(*author.span)]
    assert raws[2][slice(*author.span)].startswith(b"Nov 23")


def _shown(raw: bytes, side: DiffObject | None) -> list[bytes]:
    assert side is not None
    return [raw[start:end] for start, end in side.spans]
