"""Pure. What a device's neighbours offer it, as its BMP says, route by route; and its table of best paths.

    Adj-RIB-In, before and after policy   a neighbour offers a path: it is available, no more; withdrawn for 0.2 s, that
                                          is evidence against every path that is learned from that neighbour
    Loc-RIB                               what BGP takes: the device's own word on what is installed

What is missing proves nothing while the router still tells its tables, or no longer tells: an offer is in doubt from
the end of a session or connection until it is made again, or a table is complete without it. FRR tells no end
of a table after a session that came back: then it has its time.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from statetrace_engine.health import evidence
from statetrace_engine.health.agenda import Agenda, Due
from statetrace_engine.health.assessing import Assessor
from statetrace_engine.health.moment import Moment
from statetrace_engine.health.observing import POLL_GROWTH, Observer
from statetrace_engine.health.policy import Policy
from statetrace_engine.health.said import by_itself
from statetrace_engine.health.topology import Topology
from statetrace_engine.health.tracks import ALL, Held, Offer, plain
from statetrace_engine.health.turns import ROUTES
from statetrace_engine.health.watched import DeviceTrack, PathTrack, RouteTrack
from statetrace_engine.model import names
from statetrace_engine.model.health import HealthState, Overlay
from statetrace_engine.model.observation import Fact, Observation, Plane, Reason, SubjectKind, Verdict
from statetrace_engine.model.signal import (
    BmpPath,
    BmpPaths,
    BmpPeer,
    BmpSession,
    BmpTableComplete,
    InstalledPath,
    Signal,
)

NEIGHBOURS = 64
"""Of one prefix; those of more are not remembered."""
PATHS = 32
"""Of one neighbour and prefix; all further ones are one, which no withdrawal ends."""
_FURTHER = -1
_BEST = ""
"""Who offers the best paths: the device itself."""


class Offers:
    def __init__(
        self,
        topology: Topology,
        policy: Policy,
        agenda: Agenda,
        moment: Moment,
        assessor: Assessor,
        observer: Observer,
    ) -> None:
        self._topology = topology
        self._policy = policy
        self._agenda = agenda
        self._moment = moment
        self._assessor = assessor
        self._observer = observer
        self._known: dict[tuple[str, str], dict[str, RouteTrack]] = {}
        """(hostname, neighbour) → the routes whose prefix it has offered."""

    def restore(self) -> None:
        """What the routes remember, found again by neighbour."""
        for route in self._topology.routes.values():
            for offer in route.state.offers:
                self._index(route, offer)

    def take(self, device: DeviceTrack, told: BmpPaths, signal: Signal) -> bool:
        """What one UPDATE changes; whether any of it is about a watched route."""
        device.state.bmp_at = self._moment.now
        is_bound = False
        for paths, change in ((told.withdrawn, self._withdraw), (told.announced, self._announce)):
            for path in paths:
                route = self._route_of(device, told.peer, path.prefix)
                if route is not None:
                    is_bound = True
                    change(route, told, path, signal)
        return is_bound

    def complete(self, device: DeviceTrack, told: BmpTableComplete, signal: Signal) -> None:
        """What was in doubt and has not been offered again is offered no longer."""
        if told.is_partial:
            return
        for route, offer in self._of(device, told.peer):
            if (":" in route.record.prefix) is not told.is_v6:
                continue
            _note_hops(route, offer)
            offer.held = tuple(h for h in offer.held if h.is_sure or h.table != told.table)
            self._assessor.note(route)
            if told.table != "pre" or not offer.has_post:
                self._judge(route, offer, signal)

    def session(self, device: DeviceTrack, told: BmpSession, signal: Signal) -> None:
        """A session began or ended: its tables are told anew, or no longer."""
        for route, offer in self._of(device, told.peer):
            self._doubt(route, offer)
            if told.is_up and offer.held and offer.neighbour != _BEST:
                offer.observation = by_itself(route.record.hostname, _withdrawn(route, offer, (ALL,)), signal)
                self._agenda.set(Due.TABLE, _ident(route, offer), self._moment.now + self._policy.table_s)

    def connected(self, device: DeviceTrack, is_connected: bool) -> None:
        """A router's connection began or ended: all that it told is in doubt."""
        device.state.bmp_at, device.state.is_bmp_lost = self._moment.now, not is_connected
        for route in device.routes.values():
            for offer in route.state.offers:
                self._doubt(route, offer)
            self._look_again(route)

    def reported(self, device: DeviceTrack) -> None:
        """Its statistics came: what it told of its best paths is so still."""
        state, now = device.state, self._moment.now
        if state.reported_at >= 0:
            interval = now - state.reported_at
            state.report_interval_s = min(interval, POLL_GROWTH * (state.report_interval_s or interval))
        state.bmp_at = state.reported_at = now
        for route in device.routes.values():
            if route.report_interval_s:
                if route.state.state is HealthState.UNKNOWN:
                    self._assessor.reassess_in_turn(route)
                else:
                    self._assessor.tell_of(route)
            elif route.state.overlays & Overlay.UNPROBED:
                self._look_again(route)

    def _look_again(self, route: RouteTrack) -> None:
        """Whether anybody still tells of a route that nothing proves, or now does."""
        if route.state.offers and route.state.state is HealthState.UNKNOWN:
            self._assessor.reassess_in_turn(route)

    def confirm(self, ident: str) -> None:
        """It has been withdrawn for as long as it takes to be believed."""
        route_id, _, neighbour = ident.partition(" ")
        route = self._topology.routes.get(route_id)
        offer = _find(route, neighbour) if route is not None else None
        if route is None or offer is None or offer.observation is None:
            return
        self._assessor.note(route)
        if neighbour == _BEST:
            self._install(route, _best(route, offer), offer.observation)
        else:
            self._believe(route, offer, offer.observation, self._policy.withdrawn_s)

    def told_by_now(self, ident: str) -> None:
        """Its session has been up for so long that what is still in doubt is not offered."""
        route_id, _, neighbour = ident.partition(" ")
        route = self._topology.routes.get(route_id)
        offer = _find(route, neighbour) if route is not None else None
        if route is None or offer is None or offer.observation is None or all(h.is_sure for h in offer.held):
            return
        _note_hops(route, offer)
        offer.held = tuple(h for h in offer.held if h.is_sure)
        self._assessor.note(route)
        offer.waiting = tuple((hop, self._moment.now) for hop in offer.gone if hop not in offer.lost)
        self._believe(route, offer, offer.observation, 0.0)

    def _believe_all(self, route: RouteTrack) -> None:
        """Two neighbours that withdraw it are two witnesses (SPEC 2, debounce), when no other one offers it."""
        offers = [offer for offer in route.state.offers if offer.neighbour != _BEST and offer.hops]
        if len(offers) < 2 or any(offer.decides for offer in offers):
            return
        if any(offer.is_refused((ALL,)) for offer in offers):  # or the withdrawal of that table comes next
            return
        for offer in offers:
            if offer.waiting and offer.observation is not None:
                self._agenda.cancel(Due.WITHDRAWN, _ident(route, offer))
                self._believe(route, offer, offer.observation, 0.0)

    def _believe(self, route: RouteTrack, offer: Offer, observation: Observation, patience_s: float) -> None:
        now = self._moment.now
        believed = tuple(hop for hop, since in offer.waiting if since + patience_s <= now)
        if believed:
            offer.lost, offer.since = (*offer.lost, *believed), now
            offer.waiting = tuple(one for one in offer.waiting if one[0] not in believed)
            offer.observation = replace(observation, fact=_withdrawn(route, offer, believed))
            self._spread(route, offer, offer.observation)
        if offer.waiting:
            self._await(route, offer, observation, min(since for _, since in offer.waiting))

    # What changes -----------------------------------------------------------------------------------------------------

    def _withdraw(self, route: RouteTrack, told: BmpPaths, path: BmpPath, signal: Signal) -> None:
        offer = _find(route, told.peer.address)
        if offer is None:
            return  # it was never offered: some routers withdraw what their policy refuses
        held = tuple(h for h in offer.held if (h.table, h.path_id) != (told.table, path.path_id))
        if offer.neighbour != _BEST and any(not h.is_sure for h in offer.held if h not in held):
            self._forget(route, offer)
        elif held != offer.held:
            _note_hops(route, offer)
            offer.held = held
            self._assessor.note(route)
            self._judge(route, offer, signal)

    def _announce(self, route: RouteTrack, told: BmpPaths, path: BmpPath, signal: Signal) -> None:
        offer = _find(route, told.peer.address)
        if offer is None:
            if len(route.state.offers) >= NEIGHBOURS:
                return
            offer = Offer(told.peer.address)
            route.state.offers = (*route.state.offers, offer)
            self._index(route, offer)
        _note_hops(route, offer)
        others = tuple(h for h in offer.held if (h.table, h.path_id) != (told.table, path.path_id))
        path_id = path.path_id if len(others) < PATHS else _FURTHER
        if path_id == _FURTHER:
            others = tuple(h for h in others if h.path_id != _FURTHER)
        offer.held = (*others, Held(told.table, path_id, path.next_hop, path.link_local))
        offer.has_post = offer.has_post or told.table == "post"
        _note_hops(route, offer)
        self._assessor.note(route)
        self._judge(route, offer, signal)

    def _forget(self, route: RouteTrack, offer: Offer) -> None:
        """It is withdrawn and was not announced since its session came up: in this one it was never offered.

        FRR says so of a path whose next hop it has not resolved yet, and says no more when it has.
        """
        self._doubt(route, offer)
        route.state.offers = tuple(one for one in route.state.offers if one is not offer)
        self._assessor.reassess_in_turn(route)

    def _doubt(self, route: RouteTrack, offer: Offer) -> None:
        offer.held = tuple(replace(h, is_sure=False) for h in offer.held)
        offer.waiting = ()
        self._agenda.cancel(Due.WITHDRAWN, _ident(route, offer))
        self._agenda.cancel(Due.TABLE, _ident(route, offer))
        self._assessor.note(route)

    # What follows -----------------------------------------------------------------------------------------------------

    def _judge(self, route: RouteTrack, offer: Offer, signal: Signal) -> None:
        if offer.neighbour == _BEST:
            self._judge_best(route, offer, signal)
            return
        gone, now = offer.gone, self._moment.now
        if any(hop not in gone for hop in offer.lost):
            offer.lost, offer.since = tuple(hop for hop in offer.lost if hop in gone), now
            self._spread(route, offer, by_itself(route.record.hostname, _offered(route, offer), signal))
        since = dict(offer.waiting)
        offer.waiting = tuple((hop, since.get(hop, now)) for hop in gone if hop not in offer.lost)
        if offer.waiting:
            self._await(route, offer, by_itself(route.record.hostname, _withdrawn(route, offer, gone), signal), now)
            self._believe_all(route)
        else:
            self._agenda.cancel(Due.WITHDRAWN, _ident(route, offer))

    def _judge_best(self, route: RouteTrack, offer: Offer, signal: Signal) -> None:
        """A path that leads where it should is believed at once; another, or none, when it lasts.

        A router that never had the primary path there names its next hops otherwise than we do, and says nothing.
        """
        if any(path.path.protocol not in (None, "bgp") for path in route.primaries):
            return
        best = _best(route, offer)
        observation = by_itself(route.record.hostname, _installed(route, best), signal)
        if best and (not route.primaries or any(evidence.is_primary(route, path) for path in best)):
            offer.has_led = True
            self._agenda.cancel(Due.WITHDRAWN, _ident(route, offer))
            self._install(route, best, observation)
        elif offer.has_led and best != route.state.installed:
            self._await(route, offer, observation, self._moment.now)

    def _await(self, route: RouteTrack, offer: Offer, observation: Observation, since: float) -> None:
        """A deadline for what has gone first; what goes meanwhile has its own after it."""
        ident = _ident(route, offer)
        if self._agenda.at(Due.WITHDRAWN, ident) is None:
            offer.observation = observation
            self._agenda.set(Due.WITHDRAWN, ident, since + self._policy.withdrawn_s)

    def _install(self, route: RouteTrack, best: tuple[InstalledPath, ...], observation: Observation) -> None:
        self._observer.observe(replace(observation, fact=_installed(route, best)))

    def _spread(self, route: RouteTrack, offer: Offer, observation: Observation) -> None:
        """To the route. What still waits there goes first, for a loss is counted however short; but not in a storm."""
        state = route.state
        if state.waiting and len(self._known[route.record.hostname, offer.neighbour]) <= ROUTES:
            self._assessor.reassess(route)
        if any(offer.neighbour in path.neighbours for path in route.primaries):
            state.proof_after = self._moment.now
        self._assessor.hear(route, observation)

    # Who is meant -----------------------------------------------------------------------------------------------------

    def _index(self, route: RouteTrack, offer: Offer) -> None:
        self._known.setdefault((route.record.hostname, offer.neighbour), {})[route.record.route_id] = route

    def _of(self, device: DeviceTrack, peer: BmpPeer) -> Iterator[tuple[RouteTrack, Offer]]:
        """The offers of one session so far."""
        known = self._known.get((device.device.hostname, peer.address), {})
        for ident in sorted(known):  # in the order of a restart, too
            route = known[ident]
            offer = _find(route, peer.address)
            if offer is not None and _may_be_in(route, peer):
                yield route, offer

    def _route_of(self, device: DeviceTrack, peer: BmpPeer, prefix: str) -> RouteTrack | None:
        """A router seldom names the VRF of a session: then it is that of the route with such a neighbour."""
        host = device.device.hostname
        found = [r for r in self._topology.routes_to(host, prefix) if _may_be_in(r, peer)]
        named = [r for r in found if any(peer.address in p.neighbours for p in (*r.primaries, *r.secondaries))]
        if len(named) == 1:
            return named[0]
        vrf = names.vrf(peer.vrf)
        is_told = bool(peer.vrf) or not peer.distinguisher
        return next((r for r in found if r.record.vrf == vrf), None) if is_told else None


def _may_be_in(route: RouteTrack, peer: BmpPeer) -> bool:
    if peer.vrf:
        return route.record.vrf == names.vrf(peer.vrf)
    return not peer.distinguisher or route.record.vrf != "default"


def _find(route: RouteTrack, neighbour: str) -> Offer | None:
    return next((offer for offer in route.state.offers if offer.neighbour == neighbour), None)


def _ident(route: RouteTrack, offer: Offer) -> str:
    return f"{route.record.route_id} {offer.neighbour}"


def _best(route: RouteTrack, offer: Offer) -> tuple[InstalledPath, ...]:
    """A table of best paths shows one of several that are equally good: where one of them leads, all do."""
    found = [_as_known(route, held) for held in offer.held]
    if any(evidence.is_primary(route, path) for path in found):
        found += [_installed_path(path) for path in route.primaries]
    return tuple(dict.fromkeys(found))


def _as_known(route: RouteTrack, held: Held) -> InstalledPath:
    """As the route's paths write it: with the interface, which BGP does not tell."""
    for path in (*route.primaries, *route.secondaries):
        hop = plain(path.path.next_hop)
        if hop and hop in (held.next_hop, held.link_local) and path.path.protocol in (None, "bgp"):
            return _installed_path(path)
    return InstalledPath(held.next_hop or None, None, "bgp")


def _installed_path(path: PathTrack) -> InstalledPath:
    return InstalledPath(path.path.next_hop, path.path.interface, path.path.protocol)


def _note_hops(route: RouteTrack, offer: Offer) -> None:
    """By which of the route's own next hops it is offered, while it is."""
    for path in (*route.primaries, *route.secondaries):
        hop = plain(path.path.next_hop)
        if hop and hop not in offer.hops and any(hop in (h.next_hop, h.link_local) for h in offer.decides):
            offer.hops = (*offer.hops, hop)


def _offered(route: RouteTrack, offer: Offer) -> Fact:
    return _fact(route, offer, Verdict.UP, f"offered by {offer.neighbour}")


def _withdrawn(route: RouteTrack, offer: Offer, hops: tuple[str, ...]) -> Fact:
    via = "" if ALL in hops else "".join(f"via {hop} " for hop in hops)
    if offer.is_refused(hops):
        words = f"{via}refused by its policy, offered by {offer.neighbour}"
        return _fact(route, offer, Verdict.DOWN, words, Reason.CONFIG)
    return _fact(route, offer, Verdict.DOWN, f"{via}withdrawn by {offer.neighbour}")


def _fact(route: RouteTrack, offer: Offer, verdict: Verdict, detail: str, reason: Reason = Reason.NONE) -> Fact:
    return Fact(
        plane=Plane.ROUTE,
        kind=SubjectKind.OFFER,
        name=route.record.prefix,
        verdict=verdict,
        protocol="bgp",
        vrf=route.record.vrf,
        reason=reason,
        detail=detail,
        peer_names=(offer.neighbour,),
    )


def _installed(route: RouteTrack, best: tuple[InstalledPath, ...]) -> Fact:
    return Fact(
        plane=Plane.ROUTE,
        kind=SubjectKind.PREFIX,
        name=route.record.prefix,
        verdict=Verdict.UP if best else Verdict.DOWN,
        protocol="bgp",
        vrf=route.record.vrf,
        installed=best,
    )
