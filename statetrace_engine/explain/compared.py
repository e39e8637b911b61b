"""Pure. The changes between captures that touch the route of an outage: which, how likely, and what causes they back.

    previous capture ── interface Gi0/1: shutdown added ── capture        first evidence somewhere here, or after
    before 14:02                                           by 14:31

It was done in between, nobody knows when. So it weighs less than what a device logged, the less the wider the time is;
what a log tells of it too has the log's time, and stands once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from statetrace_engine.explain import changes, commands
from statetrace_engine.explain.commands import Command
from statetrace_engine.health.marks import Marks
from statetrace_engine.health.policy import ExplainPolicy
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import Between, OutageRecord, Run
from statetrace_engine.health.watched import DeviceTrack, RouteTrack
from statetrace_engine.model import names
from statetrace_engine.model.captured import Kind
from statetrace_engine.model.compared import CLOCK_S, ComparedChange, becomes, done
from statetrace_engine.model.observation import Observation, Plane
from statetrace_engine.model.outage import BetweenCaptures, RelatedChange
from statetrace_engine.model.peer_states import FULL
from statetrace_engine.model.signal import Source

MOST = 40
"""Changes between captures that an outage remembers: the likeliest."""
_SURE = {True: 0.95, False: 0.75, None: 0.55}
"""What is left of a change's likelihood by how well its time is known, as in `width`."""
_INDEXED = 200
"""Runs at once; more are looked through again."""
_CONSEQUENCE, _OF_PARSER = 0.3, 0.3


class Weighed(Struct, frozen=True):
    """One of them, held against one outage."""

    between: Between
    since_s: float
    """Seconds before the first evidence at which it was done at the earliest …"""
    until_s: float
    """… and at the latest; negative: after it."""
    logged: RelatedChange | None
    """The same in a device's log."""
    hostname: str
    """The outage's."""

    def width(self, policy: ExplainPolicy) -> bool | None:
        """Whether it was done shortly before; None: nobody can tell."""
        if self.since_s <= policy.change_near_s:
            return True
        return False if self.since_s <= policy.change_far_s else None

    def may_be_near(self, policy: ExplainPolicy) -> bool:
        return self.until_s <= policy.change_near_s

    @property
    def backs(self) -> bool:
        """It can be behind an outage: somebody did it, to the device and not to the parser, or the device itself, to a
        session with too many prefixes."""
        return (self.between.change.is_deed or self.is_of_a_limit) and self.between.is_drift

    @property
    def is_of_a_limit(self) -> bool:
        """A session of the path is held down for its number of prefixes."""
        change = self.between.change
        return becomes(change.kind, change.steps, FULL)


# Which ----------------------------------------------------------------------------------------------------------------


def first_evidence(record: OutageRecord) -> float:
    """Steady. What a capture shows was so when it was taken."""
    deciding = (_since(o) for o in record.evidence if o.fact.plane is not Plane.CONTEXT)
    return min(deciding, default=record.opened)


def _since(o: Observation) -> float:
    if o.source is not Source.CAPTURE or o.occurred_at is None:
        return o.steady
    return o.steady - max(o.received_at - o.occurred_at, 0.0)


def is_of(route: RouteTrack, device: DeviceTrack, topology: Topology) -> bool:
    """Whether the device is the route's, or that of one of its next hops."""
    if route.device is device:
        return True
    host = route.record.hostname
    return any(topology.beyond(host, path.path.next_hop or "") is device for path in route.primaries)


def far_of(route: RouteTrack, topology: Topology) -> list[DeviceTrack]:
    """The devices of its next hops."""
    hops = (path.path.next_hop for path in route.primaries)
    found = (topology.beyond(route.record.hostname, hop) for hop in hops if hop)
    return list({device.device.hostname: device for device in found if device is not None}.values())


class Index:
    """By which names each change of a run may touch a route: one run is asked by every outage of its device."""

    def __init__(self) -> None:
        self._of_run: dict[tuple[str, int, int], dict[str, list[ComparedChange]]] = {}

    def naming(self, run: Run, wanted: Iterable[str]) -> list[ComparedChange]:
        """The changes of a run that name any of these, each once."""
        compared = run.compared
        key = (compared.hostname, compared.run_id, run.seq)
        known = self._of_run.get(key)
        if known is None:
            if len(self._of_run) >= _INDEXED:
                self._of_run.clear()
            known = self._of_run[key] = _by_name(compared.changes)
        return list({id(change): change for name in wanted for change in known.get(name, ())}.values())


def _by_name(changes_of_run: Iterable[ComparedChange]) -> dict[str, list[ComparedChange]]:
    found: dict[str, list[ComparedChange]] = {}
    for change in changes_of_run:
        said = change.key[1:2] if change.kind is Kind.ROUTES else (*changes.names_in(_said(change)), *change.reach)
        for name in dict.fromkeys(said):
            found.setdefault(name, []).append(change)
    return found


def _said(change: ComparedChange) -> str:
    return " ".join(change.key) if change.kind is Kind.CONFIG else change.text


def gather(
    record: OutageRecord,
    route: RouteTrack,
    topology: Topology,
    policy: ExplainPolicy,
    index: Index,
    *,
    is_settled: bool,
) -> None:
    """Takes in what its devices' comparisons show, once each; what they no longer remember, the outage does.
    `is_settled`: only comparisons can be news."""
    devices = [route.device, *(far for far in far_of(route, topology) if far is not route.device)]
    newest = max(device.state.runs_seq for device in devices)
    if not newest or (is_settled and newest <= record.runs_seq):
        return
    first = first_evidence(record)
    present = {(d.device.hostname, run.compared.run_id) for d in devices for run in d.state.runs}
    kept = [each for each in record.between if (each.hostname, each.run_id) not in present]
    found = [each for device in devices for each in _touching(device, route, first, policy, index)]
    if len(kept) + len(found) > MOST:
        found.sort(key=lambda each: (not each.change.is_deed, -each.until))
    both = (kept + found)[:MOST]
    record.between = tuple(sorted(both, key=lambda each: (each.until, each.run_id, each.change.text)))
    record.runs_seq = newest


def _touching(
    device: DeviceTrack, route: RouteTrack, first: float, policy: ExplainPolicy, index: Index
) -> Iterator[Between]:
    """Those that may have been made in the time before an outage that counts."""
    if not device.state.runs:
        return
    objects = changes.objects_of(route, device)
    is_far = device is not route.device
    for run in device.state.runs:
        for change in index.naming(run, (*objects, route.record.prefix)):
            since, until = _time(run, change)
            if since >= first + changes.ALMOST_S or until < first - policy.change_far_s:
                continue
            touches = _touches(change, objects, route, is_far=is_far)
            if touches:
                yield Between(
                    hostname=device.device.hostname,
                    run_id=run.compared.run_id,
                    previous_id=change.previous_id or run.compared.previous_id,
                    since=since,
                    until=until,
                    is_drift=run.compared.is_drift,
                    seq=run.seq,
                    touches=touches,
                    change=change,
                    site=run.compared.site.upper() or device.device.site,
                )


def _time(run: Run, change: ComparedChange) -> tuple[float, float]:
    """After what and by when it was done: a device that says when is believed as far as both captures allow it."""
    at_end = run.until - run.compared.captured_at
    since = min(change.previous_at + at_end, run.until) if change.previous_id else run.since
    if change.at is None:
        return since, run.until
    at = change.at + at_end
    if not since - CLOCK_S <= at <= run.until + CLOCK_S:
        return since, run.until
    at = min(max(at, since), run.until)
    return (since if change.is_by_then else at), at


def _touches(change: ComparedChange, objects: set[str], route: RouteTrack, *, is_far: bool) -> tuple[str, ...]:
    record = route.record
    if change.kind is Kind.ROUTES:  # of any other route it says nothing, whatever the way
        is_ours = not is_far and change.key[1] == record.prefix and names.vrf(change.key[0]) == record.vrf
        return (record.prefix,) if is_ours else ()
    found = changes.touched(_said(change), objects, record.prefix, record.vrf)
    return tuple(dict.fromkeys((*found, *(name for name in change.reach if name in objects))))


# How likely -----------------------------------------------------------------------------------------------------------


def weigh(
    record: OutageRecord,
    hostname: str,
    logged: Sequence[RelatedChange],
    marks: Marks,
    offset: float,
) -> list[Weighed]:
    """Those that no operator has said to be as they should, or none, and of others what nobody has; `offset` is wall
    time less steady time."""
    first = first_evidence(record)
    told = [(change, commands.of_text(change.text)) for change in logged]
    found = []
    for every in record.between:
        change = marks.unexpected(every.site, every.hostname, every.change)
        if change is None:
            continue
        between = every if change is every.change else replace(every, change=change)
        same = next((one for one, command in told if _is_same(between, one, command, offset)), None)
        since, until = between.since, between.until
        if same is not None:
            since = until = same.at - offset
        found.append(Weighed(between, first - since, first - until, same, hostname))
    return found


def related(
    logged: Sequence[RelatedChange], found: Iterable[Weighed], offset: float, policy: ExplainPolicy
) -> tuple[RelatedChange, ...]:
    """One list, likeliest first; what both tell of stands once, as it was logged."""
    seen: list[RelatedChange] = []
    known: dict[int, RelatedChange] = {}
    for weighed in found:
        told = _related(weighed, offset, policy)
        if weighed.logged is None:
            seen.append(told)
        else:
            known[id(weighed.logged)] = told
    both = [known.get(id(change), change) for change in logged] + seen
    return tuple(sorted(both, key=lambda c: (c.is_expected, -c.likelihood, c.before_s, -c.seq, c.text))[: changes.MOST])


def _related(weighed: Weighed, offset: float, policy: ExplainPolicy) -> RelatedChange:
    between, likelihood = weighed.between, _likelihood(weighed, policy)
    change, logged = between.change, weighed.logged
    where = BetweenCaptures(
        run_id=between.run_id,
        previous_id=between.previous_id,
        from_at=between.since + offset if logged is None else logged.at,
        to_at=between.until + offset if logged is None else logged.at,
        kind=change.kind,
        key=change.key,
        change_type=change.change_type,
        command=change.command,
        span=change.span,
        is_drift=between.is_drift,
        steps=done(change),
    )
    if logged is not None:
        touches = tuple(dict.fromkeys((*logged.touches, *between.touches)))
        return replace(logged, between=where, touches=touches, likelihood=max(logged.likelihood, likelihood))
    return RelatedChange(
        hostname=between.hostname,
        at=between.until + offset,
        before_s=round(weighed.until_s, 3),
        text=change.text if between.is_drift else f"{change.text}, or only read otherwise",
        by=change.by,
        touches=between.touches,
        likelihood=likelihood,
        seq=between.seq,
        source=Source.CAPTURE.value,
        between=where,
        is_deed=weighed.backs,
    )


def _likelihood(weighed: Weighed, policy: ExplainPolicy) -> float:
    change = weighed.between.change
    found = changes.LIKELY[True, weighed.may_be_near(policy)] * _SURE[weighed.width(policy)] * change.confidence
    if not change.is_deed and not weighed.is_of_a_limit:
        found *= _CONSEQUENCE
    return round(found if weighed.between.is_drift else found * _OF_PARSER, 2)


# The same in a log ----------------------------------------------------------------------------------------------------


def _is_same(between: Between, logged: RelatedChange, command: Command, offset: float) -> bool:
    is_in_time = between.since + offset - CLOCK_S <= logged.at <= between.until + offset + CLOCK_S
    if not is_in_time or logged.hostname != between.hostname or between.change.kind is not Kind.CONFIG:
        return False
    return command == commands.of_line(between.change.key, between.change.change_type)
