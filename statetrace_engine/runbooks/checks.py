"""Pure. What verifies a step: the engine's own sight of what the step checks, as of now and of this very signal.

    check: interface {interface}   the last word on the failed path's interface: trap, syslog, poll, newer capture
    check: session {neighbour}     every session and adjacency of the path
    check: bfd {neighbour}
    check: route {prefix}          installed by the failed path
    check: carried {prefix}        something carries it: it is installed, its destination answers
    check: arp {next_hop}          a newer capture shows its entry; `stp {port}`: that it forwards
    check: probe next-hop          its probes answer, without loss
    check: probe destination
    check: device {hostname}       it answers
    check: capture interfaces      a capture taken since shows them
    check: change reverted         a comparison of a capture taken since shows a related change taken back

A word counts when what it says was so after the step began: by the device's clock where that is trusted (one of whole
seconds may be a second late), by the time of the capture, by the age of an agent's copy. History counts for nothing:
the machine does not believe it, and it is not heard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct, field

from statetrace_engine.health.evidence import carrying, matches
from statetrace_engine.health.life import describe
from statetrace_engine.health.machine import Machine
from statetrace_engine.health.measuring import SOURCES
from statetrace_engine.health.tracks import OutageRecord
from statetrace_engine.health.watched import PathTrack, ProbeTrack, RouteTrack, Subject
from statetrace_engine.model import Epoch, names
from statetrace_engine.model.captured import Captured, CapturedFact, Kind
from statetrace_engine.model.compared import Compared, ComparedChange
from statetrace_engine.model.diff import ChangeType
from statetrace_engine.model.observation import Observation, SubjectKind, Verdict
from statetrace_engine.model.outage import BetweenCaptures
from statetrace_engine.model.remediation import StepEvidence
from statetrace_engine.model.runbook import Check
from statetrace_engine.model.signal import Source

_OPPOSITE = {ChangeType.ADDED: ChangeType.REMOVED, ChangeType.REMOVED: ChangeType.ADDED}
_OF_CAPTURES = {
    SubjectKind.INTERFACE: (Kind.INTERFACES,),
    SubjectKind.NEIGHBOUR: (Kind.BGP_NEIGHBORS, Kind.OSPF_NEIGHBORS),
}
"""Rows of a capture that tell of a subject."""


class Heard(Struct):
    """What a signal said, repeats included: what is known may be confirmed by it."""

    words: list[tuple[Observation, float]] = field(default_factory=list)
    """With the time of which each speaks, steady."""
    captured: Captured | None = None
    compared: Compared | None = None
    seq: int = 0
    steady: float = 0.0
    received_at: Epoch = 0.0

    def of(self, at: Epoch) -> float:
        """A capture's time on the engine's clock; never later than now."""
        return self.steady - max(self.received_at - at, 0.0)


class Scene(Struct, frozen=True):
    """Where a check looks."""

    machine: Machine
    record: OutageRecord
    route: RouteTrack
    path: PathTrack | None
    """The one that failed."""
    heard: Heard

    def told(self, observation: Observation, is_so: bool, steady: float) -> StepEvidence:
        at = observation.occurred_at or observation.received_at
        return StepEvidence(
            source=observation.source.value, is_so=is_so, at=at, text=describe(observation), seq=observation.seq,
            steady=steady,
        )  # fmt: skip

    def shown(self, fact: CapturedFact, is_so: bool) -> StepEvidence:
        captured, heard = self.heard.captured, self.heard
        assert captured is not None
        return StepEvidence(
            source=Source.CAPTURE.value, is_so=is_so, at=captured.captured_at, text=fact.text, seq=heard.seq,
            steady=heard.of(captured.captured_at), capture_id=captured.capture_id, span=fact.span,
        )  # fmt: skip


class Seen(Struct, frozen=True, kw_only=True):
    """What a check is about here, and the words on it, the last one of each thing it asks for."""

    text: str = ""
    """`GigabitEthernet0/1 is up`"""
    why_not: str = ""
    """Why it can verify nothing here."""
    words: tuple[StepEvidence, ...] = ()
    is_whole: bool = True
    """Of everything that it asks for there is a word."""


def look(check: Check, scene: Scene) -> Seen:
    return _LOOKS[check.kind](check, scene)


def decided(seen: Seen, since: float) -> StepEvidence | None:
    """The word newer than the step's start that decides it; None: there is none yet."""
    fresh = [word for word in seen.words if word.steady > since]
    bad = [word for word in seen.words if not word.is_so]
    if bad:
        return max((word for word in bad if word.steady > since), key=_steady, default=None)
    return max(fresh, key=_steady, default=None) if seen.is_whole else None


def when(observation: Observation) -> float:
    """When it was so, on the engine's clock: by the device's own time where that is known, at the latest by a clock of
    whole seconds, else receipt."""
    at = observation.until if observation.occurred_at is None else observation.occurred_at
    return observation.steady if at is None else observation.steady - max(observation.received_at - at, 0.0)


def _steady(word: StepEvidence) -> float:
    return word.steady


# Interfaces, sessions ---------------------------------------------------------------------------------------------


def _interface(check: Check, scene: Scene) -> Seen:
    subjects = scene.path.interfaces if scene.path is not None else ()
    chosen = subjects[-1:] if check.subject == "{port}" else subjects[:1]
    return _subjects(chosen, scene, "no interface of the path is known", "is up")


def _session(_check: Check, scene: Scene) -> Seen:
    subjects = (*scene.path.members, *scene.path.adjacencies) if scene.path is not None else ()
    return _subjects(subjects, scene, "no session of the path is known", "is established")


def _bfd(_check: Check, scene: Scene) -> Seen:
    return _subjects(scene.path.bfd if scene.path is not None else (), scene, "no BFD of the path is known", "is up")


def _subjects(subjects: tuple[Subject, ...], scene: Scene, why_not: str, is_well: str) -> Seen:
    """Those of which anybody has spoken; of several that nobody speaks of any may be meant."""
    if not subjects:
        return Seen(why_not=why_not)
    told = [(subject, word) for subject in subjects if (word := _last_word(subject, scene)) is not None]
    named = [subject for subject, _ in told] or [subjects[0]]
    text = f"{', '.join(_name(subject) for subject in named)} {is_well}"
    return Seen(text=text, words=tuple(word for _, word in told), is_whole=bool(told))


def _name(subject: Subject) -> str:
    _, kind, name, protocol = subject.key
    plain = name.rpartition("|")[2]
    return f"BFD {plain}" if kind is SubjectKind.BFD else f"{protocol} {plain}".strip()


def _last_word(subject: Subject, scene: Scene) -> StepEvidence | None:
    """As the machine believes it: a single poll that says otherwise decides nothing yet."""
    state, found = subject.state, list[StepEvidence]()
    is_up = state.verdict is Verdict.UP
    last = state.observation
    if last is not None:
        is_by_time = state.verdict is not last.fact.verdict  # the patience with a graceful restart has ended
        found.append(scene.told(last, is_up, state.since if is_by_time else when(last)))
    for observation, steady in scene.heard.words:
        is_agreed = state.verdict is None or (observation.fact.verdict is Verdict.UP) is is_up
        if is_agreed and _is_of(observation, subject, scene.machine):
            found.append(scene.told(observation, observation.fact.verdict is Verdict.UP, steady))
    found += _shown(subject, scene)
    return max(found, key=_steady, default=None)


def _is_of(observation: Observation, subject: Subject, machine: Machine) -> bool:
    fact = observation.fact
    if fact.kind is not subject.key[1] or observation.hostname != subject.key[0]:
        return False
    named = (fact.name, *fact.peer_names)
    return machine.topology.resolve(observation.hostname, fact.kind, named, fact.protocol, fact.vrf) is subject


def _shown(subject: Subject, scene: Scene) -> Iterator[StepEvidence]:
    """What a capture that has just come shows of it."""
    captured = scene.heard.captured
    host, kind, name, _ = subject.key
    if captured is None or names.hostname(captured.hostname) != host:
        return
    for fact in captured.facts:
        if fact.kind in _OF_CAPTURES.get(kind, ()) and fact.name == name and fact.is_up is not None:
            yield scene.shown(fact, fact.is_up)


def _shown_only(kind: Kind, says: str) -> Callable[[Check, Scene], Seen]:
    """Of what only captures tell."""

    def look(check: Check, scene: Scene) -> Seen:
        path = scene.path
        of_port = path.interfaces[-1].key[2] if path is not None and path.interfaces else ""
        name = of_port if check.subject == "{port}" else (path.path.next_hop if path is not None else "")
        if not name:
            return Seen(why_not="the path that failed is not known")
        captured = scene.heard.captured
        is_ours = captured is not None and names.hostname(captured.hostname) == scene.route.record.hostname
        told = captured.facts if captured is not None and is_ours else ()
        words = [scene.shown(f, bool(f.is_up)) for f in told if f.kind is kind and f.name == name]
        return Seen(text=f"a newer capture shows that {name} {says}", words=tuple(words), is_whole=bool(words))

    return look


# Routes, probes, devices ------------------------------------------------------------------------------------------


def _route(_check: Check, scene: Scene) -> Seen:
    route, paths = scene.route, (scene.path,) if scene.path is not None else scene.route.primaries
    hop = scene.path.path.next_hop or scene.path.path.interface if scene.path is not None else None
    text = f"{route.record.prefix} is installed by {hop or 'its primary path'}"
    if not paths:
        return Seen(why_not="no primary path is known")
    is_so = any(matches(path, row) for row in carrying(route.state.installed) for path in paths)
    found = []
    recent = ((observation, when(observation)) for observation in route.state.recent)
    for observation, steady in (*recent, *scene.heard.words):
        told = any(matches(path, row) for row in carrying(observation.fact.installed) for path in paths)
        if _is_about(observation, route) and told is is_so and route.state.installed is not None:
            found.append(scene.told(observation, is_so, steady))
    last = max(found, key=_steady, default=None)
    return Seen(text=text, words=(last,) if last is not None else (), is_whole=last is not None)


def _carried(check: Check, scene: Scene) -> Seen:
    """By whatever path: it is installed, and its destination answers, as far as either is known."""
    route = scene.route
    installed, is_so = route.state.installed, bool(carrying(route.state.installed))
    said = (*((seen, when(seen)) for seen in route.state.recent), *scene.heard.words)
    found = [
        scene.told(seen, is_so, at)
        for seen, at in said
        if installed is not None and _is_about(seen, route) and bool(carrying(seen.fact.installed)) is is_so
    ]
    far = _probe(Check(kind=check.kind, subject="destination"), scene)
    if installed is None and far.why_not and not scene.route.primaries:
        return Seen(why_not="nothing tells what carries it")
    words = (*far.words, *([max(found, key=_steady)] if found else ()))
    return Seen(text=f"something carries {route.record.prefix}", words=words, is_whole=bool(words))


def _is_about(observation: Observation, route: RouteTrack) -> bool:
    fact, record = observation.fact, route.record
    is_ours = fact.kind is SubjectKind.PREFIX and (fact.name, fact.vrf) == (record.prefix, record.vrf)
    return is_ours and observation.hostname == record.hostname


def _probe(check: Check, scene: Scene) -> Seen:
    if check.subject == "destination":
        tracks: tuple[ProbeTrack, ...] = scene.route.destinations
    else:
        tracks = scene.path.probes if scene.path is not None else ()
    asked = tuple(t for t in tracks if t.state.has_answered and not t.probe.is_silent and not t.state.is_silent_target)
    if not asked:
        return Seen(why_not=f"no {check.subject} probe tests it" if not tracks else "its target never answers")
    targets = ", ".join(dict.fromkeys(track.probe.target for track in asked))
    words = [word for track in asked if (word := _answer(track, scene)) is not None]
    return Seen(text=f"{targets} answers, without loss", words=tuple(words), is_whole=len(words) == len(asked))


def _answer(track: ProbeTrack, scene: Scene) -> StepEvidence | None:
    """By the time at which the packets were sent."""
    state = track.state
    if state.verdict is None or not state.seq:
        return None
    is_so = state.verdict is Verdict.UP and state.suspect_since is None
    if state.verdict is Verdict.UP and not is_so:
        return None  # a first miss: its burst decides
    steady = state.last_good if is_so else max(state.last_miss, state.since)
    said = "answers" if is_so else "does not answer" if state.verdict is Verdict.DOWN else "answers with loss"
    return _probed(track, f"{track.probe.target} {said}, {state.text}", is_so, steady, scene)


def _probed(track: ProbeTrack, text: str, is_so: bool, steady: float, scene: Scene) -> StepEvidence:
    return StepEvidence(
        source=SOURCES[track.probe.kind].value, is_so=is_so, at=scene.machine.moment.wall(steady), text=text,
        seq=track.state.seq, steady=steady,
    )  # fmt: skip


def _device(_check: Check, scene: Scene) -> Seen:
    """Its control probe's answers, and whatever it says itself."""
    device, state = scene.route.device, scene.route.device.state
    host = device.device.hostname
    text, controls = f"{host} answers", [track for track in device.controls if track.state.seq]
    if state.is_unreachable or state.control is Verdict.DOWN:
        at = state.unreachable_at or state.lost_at or 0.0
        lost = [_probed(track, f"{host} does not answer", False, at, scene) for track in controls[:1]]
        return Seen(text=text, words=tuple(lost), is_whole=bool(lost))
    found = [
        _probed(track, f"{track.probe.target} answers, {track.state.text}", True, track.state.last_good, scene)
        for track in controls
        if track.state.verdict is Verdict.UP
    ]
    found += [scene.told(seen, True, at) for seen, at in scene.heard.words if seen.witness == host]
    last = max(found, key=_steady, default=None)
    return Seen(text=text, words=(last,) if last is not None else (), is_whole=last is not None)


# Captures ---------------------------------------------------------------------------------------------------------


def _capture(check: Check, scene: Scene) -> Seen:
    host, captured = scene.route.record.hostname, scene.heard.captured
    text = f"a newer capture of {host} shows its {check.subject.replace('_', ' ')}"
    if captured is None or names.hostname(captured.hostname) != host:
        return Seen(text=text, is_whole=False)
    found = next((fact for fact in captured.facts if fact.kind == check.subject and not fact.name), None)
    return Seen(text=text, words=(scene.shown(found, True),) if found else (), is_whole=found is not None)


def _change(_check: Check, scene: Scene) -> Seen:
    related = [
        (change.hostname, change.between)
        for change in scene.record.changes
        if change.between is not None and change.is_deed
    ]
    if not related:
        return Seen(why_not="no capture shows a change that may be behind it")
    text = "a newer capture shows a change before it taken back"
    compared = scene.heard.compared
    found = _reverted(compared, related, scene) if compared is not None else None
    return Seen(text=text, words=(found,) if found is not None else (), is_whole=found is not None)


def _reverted(compared: Compared, related: Iterable[tuple[str, BetweenCaptures]], scene: Scene) -> StepEvidence | None:
    """A change of that very device by the same key, the other way round."""
    heard, host = scene.heard, names.hostname(compared.hostname)
    done = {(between.kind, between.key): between for where, between in related if where == host}
    for change in compared.changes:
        before = done.get((change.kind, change.key))
        if before is not None and _is_taken_back(before, change):
            return StepEvidence(
                source=Source.CAPTURE.value, is_so=True, at=compared.captured_at, text=change.text, seq=heard.seq,
                steady=heard.of(compared.captured_at), capture_id=compared.run_id,
                span=change.span if change.change_type is not ChangeType.REMOVED else (0, 0),
            )  # fmt: skip
    return None


def _is_taken_back(before: BetweenCaptures, change: ComparedChange) -> bool:
    """What was there is gone, what was gone is there; each value that was changed is what it had been."""
    if before.change_type is not ChangeType.CHANGED:
        return change.change_type is _OPPOSITE[before.change_type]
    if change.change_type is not ChangeType.CHANGED:
        return False
    now = {step.field: step.after for step in change.steps}
    return bool(before.steps) and all(step.field in now and now[step.field] == step.before for step in before.steps)


_LOOKS: Mapping[str, Callable[[Check, Scene], Seen]] = {
    "interface": _interface,
    "session": _session,
    "bfd": _bfd,
    "route": _route,
    "carried": _carried,
    "arp": _shown_only(Kind.ARP, "is resolved"),
    "stp": _shown_only(Kind.SPANNING_TREE, "forwards"),
    "probe": _probe,
    "device": _device,
    "capture": _capture,
    "change": _change,
}
