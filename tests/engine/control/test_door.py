"""The door: who has the token gets an engine, who has not gets nothing, and nobody can fill it up."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from small_engine import PATIENCE_S, T0, SmallEngine, outage, row, status

from statetrace_engine.api import Engine, Subscription
from statetrace_engine.control import door as doors
from statetrace_engine.control import messages
from statetrace_engine.control.door import Door
from statetrace_engine.control.lease import Lease
from statetrace_engine.control.messages import Call, Hello, MalformedError, Splitter, Watch
from statetrace_engine.control.remote import RemoteEngine
from statetrace_engine.errors import StateTraceError
from statetrace_engine.model.action import Acknowledge, Undo
from statetrace_engine.model.status import Frame

ROOT = Path(__file__).parents[3]


class House:
    """A home with an engine of 1,200 rows and its door."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.engine = SmallEngine(map(row, range(1_200)))
        self.lease = Lease.acquire(data_dir)
        self.door = Door(self.engine, self.lease.token, push_s=0.01)
        self.port = 0
        self._pushing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        self.port = await self.door.open()
        self.lease.publish(self.port)
        self._pushing = asyncio.get_running_loop().create_task(self.door.run())

    async def close(self) -> None:
        assert self._pushing is not None
        self._pushing.cancel()
        await self.door.close()
        self.lease.release()

    async def knock(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def enter(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await self.knock()
        writer.write(say(Hello(self.lease.token)))
        assert await reader.readexactly(4)
        assert await reader.read(100)
        return reader, writer


def say(request: messages.Request) -> bytes:
    return messages.encode(request, 1 << 30)


async def until(claim: Callable[[], object]) -> None:
    """Waits for something another task does; fails when it never comes."""
    async with asyncio.timeout(PATIENCE_S):
        while not claim():  # noqa: ASYNC110  # what it waits for has no event
            await asyncio.sleep(0.001)


async def pulled(subscription: Subscription) -> Frame:
    async with asyncio.timeout(PATIENCE_S):
        while (frame := subscription.pull()) is None:  # noqa: ASYNC110  # it has no event
            await asyncio.sleep(0.001)
    return frame


async def closed(reader: asyncio.StreamReader) -> bool:
    """True once the door has closed the connection."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            while await reader.read(1 << 16):
                pass
        except ConnectionError:
            pass
    return True


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    built = House(tmp_path / "data")
    await built.open()
    yield built
    await built.close()


@pytest_asyncio.fixture
async def guest(house: House) -> AsyncIterator[RemoteEngine]:
    engine = await RemoteEngine.connect(house.data_dir)
    yield engine
    await engine.close()


async def test_every_method_of_the_engine_answers_through_the_door(house: House, guest: RemoteEngine) -> None:
    known: Engine = guest
    action = Acknowledge("a1", "ana@jump", ("OUT-1", "OUT-2"), "on it", T0 + 60)
    assert await known.act(action) == await house.engine.act(action)
    assert house.engine.acts == [action, action]
    assert await known.routes() == house.engine.rows
    assert await known.outages() == (outage(1), outage(2))
    assert await known.incidents() == ()
    assert await known.status() == status()
    assert await known.route_detail(row(7).route.route_id) == await house.engine.route_detail(row(7).route.route_id)
    assert await known.route_detail("rt-none") is None
    assert await known.timeline("OUT-1123-0001") == await house.engine.timeline("OUT-1123-0001")
    assert await known.explain("OUT-1123-0001") == await house.engine.explain("OUT-1123-0001")
    assert await known.explain("OUT-none") is None
    assert await known.signal_text(9) == "signal 9"
    assert await known.signal_text(0) is None
    assert await known.runbook("generic") == await house.engine.runbook("generic")
    assert [entry.seq for entry in await known.audit()] == list(range(200, 0, -1))
    assert len(await known.audit(1_200)) == 1_200


def test_the_door_knows_every_method_of_the_engine() -> None:
    methods = {name for name in vars(Engine) if not name.startswith("_")}
    assert methods - {"subscribe", "close"} == set(messages.METHODS)


async def test_calls_side_by_side_get_their_own_answers(guest: RemoteEngine) -> None:
    texts = await asyncio.gather(*(guest.signal_text(seq) for seq in range(1, 50)))
    assert texts == [f"signal {seq}" for seq in range(1, 50)]


async def test_the_engines_own_errors_come_through(guest: RemoteEngine) -> None:
    with pytest.raises(StateTraceError, match="nothing to acknowledge"):
        await guest.act(Acknowledge("a1", "ana", ()))
    assert await guest.signal_text(1) == "signal 1"


async def test_an_action_too_big_for_the_door_is_refused_before_it_is_sent(guest: RemoteEngine) -> None:
    with pytest.raises(StateTraceError, match="too much at once"):
        await guest.act(Acknowledge("a1", "ana", ("OUT",), note="x" * (messages.MAX_IN + 1)))
    assert await guest.signal_text(1) == "signal 1"


async def test_a_watcher_gets_everything_and_then_what_changes(house: House, guest: RemoteEngine) -> None:
    subscription = guest.subscribe()
    first = await pulled(subscription)
    assert first.is_full
    assert first.routes == house.engine.rows, "a frame in several parts arrives as one"
    house.engine.offer(row(3, T0 + 1))
    change = await pulled(subscription)
    assert (change.is_full, change.routes) == (False, (row(3, T0 + 1),))
    subscription.close()
    await until(lambda: not house.engine.subscriptions)


async def test_each_subscription_starts_with_a_full_frame(guest: RemoteEngine) -> None:
    first, second = guest.subscribe(), guest.subscribe()
    assert (await pulled(first)).is_full
    assert (await pulled(second)).is_full


async def test_a_watcher_that_leaves_is_forgotten(house: House, guest: RemoteEngine) -> None:
    guest.subscribe()
    await until(lambda: house.engine.subscriptions)
    await guest.close()
    await until(lambda: not house.engine.subscriptions and not house.door.clients)


async def test_when_the_engine_goes_calls_fail_and_the_silence_grows(house: House, guest: RemoteEngine) -> None:
    subscription = guest.subscribe()
    await pulled(subscription)
    await house.door.close()
    await until(lambda: not guest.is_connected)
    with pytest.raises(StateTraceError, match="gone"):
        await guest.routes()
    before = subscription.silent_s()
    await until(lambda: subscription.silent_s() > before)


async def test_a_call_under_way_fails_when_the_engine_goes(house: House, guest: RemoteEngine) -> None:
    asked = asyncio.Event()

    async def never(seq: int) -> str | None:
        asked.set()
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    house.engine.signal_text = never  # type: ignore[method-assign]
    call = asyncio.ensure_future(guest.signal_text(1))
    await asked.wait()
    await house.door.close()
    with pytest.raises(StateTraceError, match="gone"):
        await call


async def test_nobody_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(StateTraceError, match="no engine runs"):
        await RemoteEngine.connect(tmp_path / "data")


async def test_a_killed_process_is_noticed_and_its_home_is_free(tmp_path: Path) -> None:
    program = Path(__file__).with_name("small_engine.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(program), str(tmp_path)]
    child = await asyncio.to_thread(lambda: subprocess.Popen(command, stdout=subprocess.PIPE, env=environment))
    assert child.stdout is not None
    await asyncio.to_thread(child.stdout.readline)
    guest = await RemoteEngine.connect(tmp_path)
    assert len(await guest.routes()) == 5
    child.kill()
    await asyncio.to_thread(child.communicate)
    await until(lambda: not guest.is_connected)
    with pytest.raises(StateTraceError):
        await guest.routes()
    with pytest.raises(StateTraceError, match="no engine runs"):
        await RemoteEngine.connect(tmp_path)
    Lease.acquire(tmp_path).release()


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_wrong_token_is_shown_out_and_counted(house: House, token: str) -> None:
    reader, writer = await house.knock()
    writer.write(say(Hello(token)) + say(Call(1, "routes", msgspec.Raw(b"\x90"))))
    assert await reader.read() == b""
    assert house.door.turned.wrong_token == 1
    assert house.engine.subscriptions == []
    writer.close()


async def test_a_client_of_a_lease_with_another_token_is_told(house: House) -> None:
    words = house.lease.publish(house.port)
    path = house.data_dir / "lease.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(words, token="f" * 64)))
    with pytest.raises(StateTraceError, match="does not answer"):
        await RemoteEngine.connect(house.data_dir)


async def test_an_engine_of_another_version_is_said(tmp_path: Path) -> None:
    async def welcome(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(messages.encode(messages.Welcome(messages.PROTOCOL + 1), messages.MAX_OUT))
        writer.close()

    server = await asyncio.start_server(welcome, "127.0.0.1", 0)
    held = Lease.acquire(tmp_path)
    held.publish(server.sockets[0].getsockname()[1])
    with pytest.raises(StateTraceError, match="another version"):
        await RemoteEngine.connect(tmp_path)
    server.close()
    held.release()


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x01\xc1",
        say(Hello("0" * messages.MAX_HELLO)),
        say(Watch(1)),
    ],
)
async def test_noise_before_the_token_closes_and_is_counted(house: House, noise: bytes) -> None:
    reader, writer = await house.knock()
    writer.write(noise)
    assert await closed(reader)
    assert house.door.turned.malformed == 1
    writer.close()


@pytest.mark.parametrize(
    "noise",
    [
        (messages.MAX_IN + 1).to_bytes(4, "big"),
        b"\x00\x00\x00\x01\xc1",
        say(Hello("again")),
        say(Call(1, "route_detail", msgspec.Raw(b"\x91\x07"))),
        say(Call(1, "routes", msgspec.Raw(b"\x91\x07"))),
        say(Call(1, "act", msgspec.Raw(msgspec.msgpack.encode([["ack", 1]])))),
        say(Call(1, "runbook", msgspec.Raw(b"\x91" * 100_000 + b"\xc0"))),
        say(Call(1, "runbook", msgspec.Raw(b"\x91\xa2\xff\xfe"))),
        say(Watch(1)) + say(Watch(1)),
        b"".join(say(Watch(number)) for number in range(doors.MAX_WATCHES + 1)),
    ],
)
async def test_noise_behind_the_token_closes_and_is_counted(house: House, noise: bytes) -> None:
    reader, writer = await house.enter()
    writer.write(noise)
    assert await closed(reader)
    await until(lambda: house.door.turned.malformed == 1 and house.door.clients == 0)
    assert house.engine.subscriptions == []
    writer.close()


async def test_an_unknown_method_is_answered_and_private_ones_are_unknown(house: House) -> None:
    for name in ("frobnicate", "close", "subscribe", "__init__"):
        reader, writer = await house.enter()
        writer.write(say(Call(1, name, msgspec.Raw(b"\x90"))))
        size = int.from_bytes(await reader.readexactly(4), "big")
        reply = messages.decode_reply(await reader.readexactly(size))
        assert isinstance(reply, messages.Failed)
        assert name in reply.text
        writer.close()


async def test_whoever_says_nothing_is_shown_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "HELLO_S", 0.05)
    reader, writer = await house.knock()
    assert await closed(reader)
    assert house.door.turned.late == 1
    writer.close()


async def test_sixteen_clients_and_no_more(house: House) -> None:
    guests = [await RemoteEngine.connect(house.data_dir) for _ in range(doors.MAX_CLIENTS)]
    assert house.door.clients == doors.MAX_CLIENTS
    with pytest.raises(StateTraceError):
        await RemoteEngine.connect(house.data_dir)
    assert house.door.turned.crowded == 1
    await guests[0].close()
    await until(lambda: house.door.clients < doors.MAX_CLIENTS)
    guests[0] = await RemoteEngine.connect(house.data_dir)
    for each in guests:
        await each.close()


async def test_a_slow_client_costs_bounded_memory_and_gets_the_last_word(house: House) -> None:
    slow = socket.create_connection(("127.0.0.1", house.port))
    slow.sendall(say(Hello(house.lease.token)) + say(Watch(1)))
    await until(lambda: house.engine.subscriptions)
    subscription = house.engine.subscriptions[0]
    (client,) = house.door._clients
    buffered = client.writer.transport.get_write_buffer_size
    rounds = 0
    while not buffered():  # until the socket takes no more
        rounds += 1
        house.engine.offer(*(row(number, T0 + rounds) for number in range(1_200)))
        await asyncio.sleep(0.001)
    pulls = subscription.pulls
    part = messages.PART_ITEMS * 1_000
    for late in range(1, 51):
        house.engine.offer(*(row(number, T0 + 1e6 + late) for number in range(1_200)))
        await asyncio.sleep(0.001)
        assert buffered() < 2 * part
    assert subscription.pulls <= pulls + 1, "it is not even asked while the client does not read"
    splitter, last = Splitter(messages.MAX_OUT), 0.0
    slow.setblocking(False)
    async with asyncio.timeout(PATIENCE_S):
        while last < T0 + 1e6 + 50:
            for body in splitter.feed(await asyncio.get_running_loop().sock_recv(slow, 1 << 16)):
                reply = messages.decode_reply(body)
                if isinstance(reply, messages.Part) and reply.frame.routes:
                    last = reply.frame.routes[-1].since_at
    slow.close()


async def test_a_slow_client_does_not_hold_up_the_others(house: House, guest: RemoteEngine) -> None:
    stuck = socket.create_connection(("127.0.0.1", house.port))
    stuck.sendall(say(Hello(house.lease.token)) + say(Watch(1)) + b"".join(_calls(200)))
    subscription = guest.subscribe()
    assert (await pulled(subscription)).is_full
    house.engine.offer(row(1, T0 + 5))
    assert (await pulled(subscription)).routes == (row(1, T0 + 5),)
    assert await guest.signal_text(1) == "signal 1"
    stuck.close()


def _calls(count: int) -> list[bytes]:
    return [say(Call(number, "routes", msgspec.Raw(b"\x90"))) for number in range(count)]


@given(bodies=st.lists(st.binary(max_size=40), max_size=6), cuts=st.lists(st.integers(0, 300), max_size=10))
def test_messages_do_not_depend_on_how_the_stream_is_cut(bodies: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(len(body).to_bytes(4, "big") + body for body in bodies)
    splitter, found = Splitter(40), []
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        found += list(splitter.feed(stream[start:end]))
    assert found == bodies


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), st.builds(msgspec.msgpack.encode, st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=6) | st.sampled_from(
        ["hello", "call", "watch", "unwatch", "ack", "undo", "act", "routes"]),
    lambda inner: st.lists(inner, max_size=5), max_leaves=12,
))))  # fmt: skip
def test_any_bytes_are_a_request_or_malformed(body: bytes) -> None:
    with suppress(MalformedError):
        request = messages.decode_request(body)
        if isinstance(request, Call) and request.method in messages.METHODS:
            messages.decode_params(messages.METHODS[request.method], request.params)
    with suppress(MalformedError):
        messages.decode_reply(body)


@settings(max_examples=40, deadline=None)
@given(streams=st.lists(st.binary(max_size=120), min_size=1, max_size=5), has_token=st.booleans())
def test_no_stream_brings_the_door_down(
    tmp_path_factory: pytest.TempPathFactory, streams: list[bytes], has_token: bool
) -> None:
    async def run() -> None:
        house = House(tmp_path_factory.mktemp("home"))
        await house.open()
        for stream in streams:
            reader, writer = await (house.enter() if has_token else house.knock())
            writer.write(stream)
            writer.write_eof()
            assert await closed(reader)
            writer.close()
        guest = await RemoteEngine.connect(house.data_dir)
        assert await guest.act(Undo("a1", "ana")) is not None
        await guest.close()
        await house.close()

    asyncio.run(run())
