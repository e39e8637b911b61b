"""A console outlives its engine: when another one owns the home, the same subscriptions go on with that one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from small_engine import PATIENCE_S, T0, SmallEngine, row

from statetrace_engine.api import Subscription
from statetrace_engine.control.door import Door
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.remote import RemoteEngine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import Acknowledge
from statetrace_engine.model.health import RouteHealth
from statetrace_engine.model.status import Frame


@asynccontextmanager
async def door_on(data_dir: Path, rows: Iterable[RouteHealth]) -> AsyncIterator[SmallEngine]:
    """An engine that owns the home until the block ends: its own port, its own token."""
    engine, lease = SmallEngine(rows), Lease.acquire(data_dir)
    door = Door(engine, lease.token, push_s=0.01)
    lease.publish(await door.open())
    pushing = asyncio.get_running_loop().create_task(door.run())
    try:
        yield engine
    finally:
        pushing.cancel()
        await door.close()
        lease.release()


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not claim():  # noqa: ASYNC110  # what it waits for has no event
            await asyncio.sleep(0.001)


async def pulled(subscription: Subscription) -> Frame:
    async with asyncio.timeout(PATIENCE_S):
        while (frame := subscription.pull()) is None:  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0.001)
    return frame


async def test_every_subscription_goes_on_with_the_next_engine_from_a_full_frame(tmp_path: Path) -> None:
    async with door_on(tmp_path, [row(1)]):
        guest = await RemoteEngine.connect(tmp_path, retry_s=0.01)
        subscriptions = guest.subscribe(), guest.subscribe()
        for subscription in subscriptions:
            await pulled(subscription)
    await until(lambda: not guest.is_connected)
    async with door_on(tmp_path, [row(1, T0 + 9), row(2)]) as second:
        for subscription in subscriptions:
            frame = await pulled(subscription)
            assert (frame.is_full, frame.routes) == (True, second.rows)
        second.offer(row(2, T0 + 10))
        assert (await pulled(subscriptions[0])).routes == (row(2, T0 + 10),)
        action = Acknowledge("a1", "ana@jump", ("OUT-1",))
        await guest.act(action)
        assert second.acts == [action]
        await guest.close()
        await until(lambda: not second.subscriptions)


async def test_the_silence_grows_until_the_next_engine_speaks(tmp_path: Path) -> None:
    async with door_on(tmp_path, [row(1)]):
        guest = await RemoteEngine.connect(tmp_path, retry_s=0.01)
        subscription = guest.subscribe()
        await pulled(subscription)
    await until(lambda: not guest.is_connected)
    with pytest.raises(StateTraceError, match="gone"):
        await guest.routes()
    await until(lambda: subscription.silent_s() > 0.3)
    async with door_on(tmp_path, [row(1)]):
        await pulled(subscription)
        assert subscription.silent_s() < 0.3
        await guest.close()


async def test_what_is_subscribed_while_nobody_is_there_is_for_the_next_engine(tmp_path: Path) -> None:
    async with door_on(tmp_path, []):
        guest = await RemoteEngine.connect(tmp_path, retry_s=0.01)
    await until(lambda: not guest.is_connected)
    early, left = guest.subscribe(), guest.subscribe()
    left.close()
    async with door_on(tmp_path, [row(3)]) as second:
        assert (await pulled(early)).routes == second.rows
        assert len(second.subscriptions) == 1
        await guest.close()


async def test_an_engine_that_owns_the_home_and_does_not_answer_is_waited_for(tmp_path: Path) -> None:
    async with door_on(tmp_path, []):
        guest = await RemoteEngine.connect(tmp_path, retry_s=0.01)
        subscription = guest.subscribe()
        await pulled(subscription)
    knocks: list[asyncio.StreamWriter] = []

    def shut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        knocks.append(writer)
        writer.close()

    lease = Lease.acquire(tmp_path)
    mute = await asyncio.start_server(shut, "127.0.0.1", 0)
    lease.publish(mute.sockets[0].getsockname()[1])
    await until(lambda: len(knocks) > 1)
    lease.release()
    mute.close()
    async with door_on(tmp_path, [row(4)]) as second:
        assert (await pulled(subscription)).routes == second.rows
        await guest.close()


async def test_who_has_left_does_not_come_back(tmp_path: Path) -> None:
    async with door_on(tmp_path, []):
        guest = await RemoteEngine.connect(tmp_path, retry_s=0.01)
        guest.subscribe()
        await guest.close()
    async with door_on(tmp_path, []) as second:
        other = await RemoteEngine.connect(tmp_path)
        assert await other.routes() == ()
        assert second.subscriptions == []
        assert not guest.is_connected
        await other.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
