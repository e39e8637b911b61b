"""One device: what is to be asked when, and what the answers are as signals.

A round asks what is due, one request after the other. The uptime is in every round: when it says that the device has
restarted, every ifIndex is void, and so is what was answered for one in the same round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from hashlib import blake2b
from random import Random

from statetrace_engine.clock import Clock
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.signal import Polled, RouteReport
from statetrace_engine.sources.snmp import mib
from statetrace_engine.sources.snmp.asking import Asking
from statetrace_engine.sources.snmp.cache_age import CacheAge
from statetrace_engine.sources.snmp.client import Clients, SnmpError, Trouble, Value
from statetrace_engine.sources.snmp.routes import Routes
from statetrace_engine.sources.snmp.target import Target
from statetrace_engine.sources.snmp.uptime import Uptime
from statetrace_engine.sources.snmp.vitals import Vitals

HURRY_S = 10.0
"""How long a device is asked as often as is of use, after something was heard of it."""
_HURRIED_EVERY_S = 1.0
_LEAST_SPACING_S = 0.5
_FIRST_RETRY_S = 1.0
_JITTER = 0.05
_BACKOFF_JITTER = 0.25
_LEAST_OFTEN_S = 600.0
"""What an agent fails to walk is walked so seldom in the end."""
_NAMES = 10_000
"""Interfaces of one device."""
_WALK_S = 60.0
"""What takes longer is given up: an agent that never comes to an end must not keep its device from being asked."""
_SHOWS_NOTHING = "not even its uptime, does it let us see anything?"
_STALE_KEYS = (Trouble.ENGINE_CHANGED, Trouble.WRONG_KEY, Trouble.UNKNOWN_USER, Trouble.WRONG_LEVEL)
"""The next try begins with a new client, and secrets revealed anew."""
Put = Callable[[Polled | RouteReport], None]


class Device:
    def __init__(self, target: Target, clients: Clients, clock: Clock, put: Put, rng: Random) -> None:
        self.target = target
        self.error: SnmpError | None = None
        """Why the last round failed, or a part of it."""
        self._walk_error: SnmpError | None = None
        """Of the round that is under way."""
        self.is_silent = False
        """It did not answer the last round."""
        self.is_removed = False
        """Not to be asked any more, nor heard."""
        self._clients = clients
        self._clock = clock
        self._put_signal = put
        self._rng = rng
        self._asking: Asking | None = None
        self._asked_of = target.others
        """The further addresses that the client knows of."""
        self._failures = 0
        self._hurried_until = 0.0
        self._started_at = float("-inf")
        self.next_at = clock.steady() + target.profile.interval_s * _share(target.hostname)
        """When a round is due, in steady seconds."""
        self._names = _Walked(target.profile.names_s)
        self._routes = _Walked(target.profile.routes_s * (1 + 2 * _JITTER))  # sooner is the same copy once more
        self._vitals, self._vitals_due = Vitals(), _Walked(target.profile.vitals_s)
        wait_s = target.profile.vitals_s * _share(target.hostname)
        self._vitals_due.due_at = self.next_at + wait_s if target.profile.vitals_s else float("inf")
        self._indexes: dict[str, int] = {}
        """Of every interface."""
        self._watched: dict[str, int] = {}
        self._down: set[str] = set()
        """Of them, those that were down by the last answer."""
        self._traffic = ""
        """The count of the interface that we ask through."""
        self._interfaces_at = float("-inf")
        self._sessions = list(mib.sessions_of(target.neighbours))
        """Those to ask for: all that there could be after each reading of the names, else those that there are."""
        self._seen: set[mib.Session] = set()
        self._uptime = Uptime()
        self._cache = CacheAge(target.profile.interface_cache_s)
        self._table = Routes(target.hostname, target.profile.routes_s)

    def hurry(self) -> bool:
        """Something was heard of it: asks at once, and for a while as often as there may be news.

        False when that changes nothing: a flood of traps does not become a flood of questions.
        """
        now = self._clock.steady()
        self._hurried_until = now + HURRY_S
        self._failures = 0
        at = now if self.is_silent else max(now, self._started_at + _LEAST_SPACING_S)
        if self.next_at <= at:
            return False
        self.next_at = at
        return True

    def retarget(self, target: Target) -> bool:
        """Asks for something else from now on; False when it is another device, or asked in another way."""
        before = self.target
        if (target.address, target.profile, target.reveal) != (before.address, before.profile, before.reveal):
            return False
        if target != before:
            self.target = target
            self._names.due_at = self._routes.due_at = self.next_at = self._clock.steady()
            self._sessions = list(mib.sessions_of(target.neighbours))
        return True

    async def round(self) -> None:
        """Asks what is due, says what came, and sets `next_at`. Whatever the device does is an answer too."""
        started_at = self._started_at = self._clock.steady()
        self.next_at = float("inf")
        self._walk_error = None
        try:
            if self._asked_of != self.target.others:
                self.close()
            if self._asking is None:
                self._asking = await self._connected()
            await self._ask(self._asking)
        except SnmpError as error:
            self._fail(error)
            return
        self._failures, self.is_silent, self.error = 0, False, self._walk_error
        every_s = _HURRIED_EVERY_S if started_at < self._hurried_until else self.target.profile.interval_s
        self.next_at = min(self.next_at, started_at + self._jittered(every_s, _JITTER))

    def close(self) -> None:
        """Not while a round is running."""
        if self._asking is not None:
            self._asking.client.close()
            self._asking = None

    async def _connected(self) -> Asking:
        target = self.target
        try:
            secrets = await asyncio.to_thread(target.reveal)
        except StateTraceError as error:
            raise SnmpError(Trouble.NO_SECRET, str(error).removeprefix(f"{Trouble.NO_SECRET} ")) from None
        client = await self._clients.open(target.address, target.profile, secrets, target.others)
        self._asked_of = target.others
        return Asking(client, target.profile.varbinds)

    def _fail(self, error: SnmpError) -> None:
        is_news = self.error is None or self.error.trouble is not error.trouble
        self.error, self.is_silent = error, True
        self._failures += 1
        if error.trouble in _STALE_KEYS:
            self.close()
        if error.trouble is Trouble.ENGINE_CHANGED and is_news:
            self.next_at = self._clock.steady()
            return
        profile = self.target.profile
        pause_s = self._jittered(_FIRST_RETRY_S * 2 ** min(self._failures - 1, 20), _BACKOFF_JITTER)
        self.next_at = min(self.next_at, self._clock.steady() + min(pause_s, profile.backoff_max_s))
        self._put(Polled(self.target.hostname, False, error="" if error.trouble is Trouble.TIMED_OUT else str(error)))

    async def _ask(self, asking: Asking) -> None:
        now = self._clock.steady()
        with_interfaces = now - self._interfaces_at >= self._wait_s(now)
        asked = self._oids(with_interfaces)
        values = await asking.get(asked)
        ticks = values.get(mib.UPTIME)
        uptime_s = ticks / 100 if isinstance(ticks, int) else None
        if uptime_s is None:
            self._walk_error = SnmpError(Trouble.AGENT_ERROR, _SHOWS_NOTHING)
        is_reset = isinstance(ticks, int) and self._uptime.is_reset(ticks, self._clock.steady())
        await self._say_sessions(asking, values, uptime_s)
        if is_reset:
            self._watched, self._names.due_at = {}, now
            self._vitals.forget()
        elif await self._has_moved(asking, values):
            self._watched, self._names.due_at = {}, now
        if self._names.due_at <= now:
            await self._guarded(self._names, self._read_names(asking))
        if with_interfaces and self._watched:
            again = self._interface_oids()
            values |= await asking.get([oid for oid in again if oid not in asked])
            self._say_interfaces(values, uptime_s)
        if self.target.prefixes and self._routes.due_at <= now:
            await self._guarded(self._routes, self._read_routes(asking))
        if self._vitals_due.due_at <= now:
            await self._guarded(self._vitals_due, self._read_vitals(asking, uptime_s))

    def _wait_s(self, now: float) -> float:
        return self._cache.trial_s() if now < self._hurried_until else self._cache.age_s

    def _oids(self, with_interfaces: bool) -> list[str]:
        sessions = [oid for session in self._sessions for oid in mib.session_oids(session)]
        return [mib.UPTIME, *(self._interface_oids() if with_interfaces else ()), *sessions]

    async def _has_moved(self, asking: Asking, values: Mapping[str, Value]) -> bool:
        """Whether an index of which we hear for the first time that it is down is another interface's by now."""
        fresh = {name: index for name, index in self._watched.items() if mib.is_down(index, values)}
        for name in self._down.intersection(fresh):
            del fresh[name]
        if not fresh:
            return False
        named = await asking.get([oid for index in fresh.values() for oid in mib.name_oids(index)])
        return any(mib.is_of_another(name, index, named) for name, index in fresh.items())

    def _interface_oids(self) -> list[str]:
        oids = [oid for index in self._watched.values() for oid in mib.interface_oids(index)]
        return [*oids, self._traffic] if self._traffic and oids else oids

    async def _guarded(self, walked: _Walked, walk: Coroutine[None, None, None]) -> None:
        """Walks; what goes wrong there is no reason not to say the rest."""
        failure: SnmpError | None = None
        try:
            async with asyncio.timeout(_WALK_S):
                await walk
        except SnmpError as error:
            failure = error
        except TimeoutError:
            failure = SnmpError(Trouble.MALFORMED, "a walk that does not come to an end")
        self._walk_error = failure or self._walk_error
        walked.over(self._clock.steady(), failure is not None, self._jittered(1.0, _JITTER))

    async def _read_names(self, asking: Asking) -> None:
        """Which interface has which index, and whatever depends on it."""
        target = self.target
        self._sessions = list(mib.sessions_of(target.neighbours))
        if not target.interfaces and not target.prefixes:
            return
        found: dict[str, int] = {}
        for column in (mib.IF_NAME, mib.IF_DESCR):
            walk = await asking.client.walk(column, _NAMES)
            found = mib.indexes(walk) | found
            if found and mib.has_all(found, target.interfaces):
                break
        self._indexes, self._watched = found, mib.wanted(found, target.interfaces)
        self._traffic = await self._find_traffic(asking)

    async def _find_traffic(self, asking: Asking) -> str:
        if ":" in self.target.address or not self._watched:
            return ""
        oid = f"{mib.ADDRESS_INTERFACE}.{self.target.address}"
        index = (await asking.get([oid])).get(oid)
        return mib.traffic_oid(index) if isinstance(index, int) else ""

    async def _read_routes(self, asking: Asking) -> None:
        interfaces = {index: name for name, index in reversed(self._indexes.items())}
        for vrf, prefix in self.target.prefixes:
            report = await self._table.ask(asking, vrf, prefix, interfaces) if vrf == "default" else None
            if report is not None:
                self._put(report)

    async def _read_vitals(self, asking: Asking, uptime_s: float | None) -> None:
        found = await self._vitals.ask(asking, self._watched, self._clock.steady())
        if found:
            self._put(Polled(self.target.hostname, True, uptime_s, interval_s=self._vitals_due.every_s, readings=found))

    async def _say_sessions(self, asking: Asking, values: Mapping[str, Value], uptime_s: float | None) -> None:
        found = {which: session for which in self._sessions if (session := mib.session(which, values))}
        self._seen.update(found)
        untold = [which for which in self._sessions if mib.is_nonsense(which, values)]
        if untold:
            self._walk_error = SnmpError(Trouble.MALFORMED, f"the state of {' '.join(untold[0])} is none")
        missing = [which for which in self._sessions if which in self._seen and which not in (*found, *untold)]
        if missing:  # an agent that has just started, or lost its routing daemon, has no sessions at all
            witnesses = await asking.get([mib.IS_THERE[protocol] for protocol in sorted({p for p, _ in missing})])
            found |= {which: mib.gone(which) for which in missing if mib.IS_THERE[which[0]] in witnesses}
        self._sessions = [which for which in self._sessions if which in self._seen]
        every_s = self.target.profile.interval_s
        self._put(Polled(self.target.hostname, True, uptime_s, sessions=tuple(found.values()), interval_s=every_s))

    def _say_interfaces(self, values: Mapping[str, Value], uptime_s: float | None) -> None:
        now = self._clock.steady()
        count = values.get(self._traffic)
        self._cache.saw(count if isinstance(count, int) else None, now)
        self._interfaces_at = now
        found = [mib.interface(name, index, values) for name, index in self._watched.items()]
        if None in found:  # its row is gone: another may have come
            self._names.due_at = now
        interfaces = tuple(interface for interface in found if interface is not None)
        self._down = {name for name, index in self._watched.items() if mib.is_down(index, values)}
        cache_s = self._cache.age_s
        every_s = max(self.target.profile.interval_s, cache_s)
        self._put(Polled(self.target.hostname, True, uptime_s, interfaces, cache_s=cache_s, interval_s=every_s))

    def _put(self, payload: Polled | RouteReport) -> None:
        if not self.is_removed:
            self._put_signal(payload)

    def _jittered(self, seconds: float, share: float) -> float:
        return seconds * self._rng.uniform(1 - share, 1 + share)


class _Walked:
    """When something is to be walked again."""

    def __init__(self, every_s: float) -> None:
        self.due_at = float("-inf")
        self.every_s = every_s
        self._failures = 0

    def over(self, now: float, is_failed: bool, jitter: float) -> None:
        self._failures = self._failures + 1 if is_failed else 0
        self.due_at = now + min(max(_LEAST_OFTEN_S, self.every_s), self.every_s * 2 ** min(self._failures, 10)) * jitter


def _share(hostname: str) -> float:
    """Where in its interval a device's first round falls, 0 to 1: spread evenly, and the same after every restart."""
    return int.from_bytes(blake2b(hostname.encode(), digest_size=4).digest(), "big") / 2**32
