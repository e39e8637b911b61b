"""Several sockets on one UDP port, among which the system deals out senders by their address; Linux alone does.

A program of five steps (socket(7), SO_ATTACH_REUSEPORT_CBPF) says which socket a datagram is for. Left to itself the
system would go by the port as well, and messages of a device that takes another port for each could come in disorder.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct
import sys
from collections.abc import Iterator

_ATTACH = 51
"""SO_ATTACH_REUSEPORT_CBPF, include/uapi/asm-generic/socket.h; Python does not name it."""
_HEADER = -0x10_0000
"""SKF_NET_OFF: offsets from here are into the IP header."""
_WORD, _BYTE, _TO_X = 0x20, 0x30, 0x07
_MULTIPLY, _SHIFT, _MODULO, _XOR_X = 0x24, 0x74, 0x94, 0xAC
_GOTO, _IF_EQUAL, _ANSWER = 0x05, 0x15, 0x16
"""linux/bpf_common.h: load a word or an octet, copy what was loaded to X, calculate, jump, and answer the result."""
_GOLDEN = 2_654_435_761
"""2**32 over the golden ratio: neighbouring addresses come far apart."""
_Step = tuple[int, int, int, int]
"""Code, steps to leave out when true, when false, operand."""


def joined(first: socket.socket, count: int) -> list[socket.socket]:
    """`first`, a bound datagram socket, and `count - 1` more on its address; the first alone where that is not to be.

    The first was bound for itself alone: a port that another engine has was refused before anything was shared.
    """
    more: list[socket.socket] = []
    if sys.platform == "linux" and count > 1:
        try:
            first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            while len(more) < count - 1:
                more.append(_beside(first))
            _deal(first, count)
        except OSError:  # too many files, or a kernel older than 4.5
            while more:
                more.pop().close()
            with contextlib.suppress(OSError):
                first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 0)
    return [first, *more]


def _beside(first: socket.socket) -> socket.socket:
    """Raises OSError."""
    if sys.platform == "win32":
        raise OSError("Windows shares no port")
    other = socket.socket(first.family, socket.SOCK_DGRAM)
    try:
        other.setblocking(False)
        if first.family == socket.AF_INET6:
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(first.getsockname())
    except OSError:
        other.close()
        raise
    return other


def _deal(first: socket.socket, count: int) -> None:
    """Raises OSError."""
    steps = list(_by_address(first.family, count))
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    first.setsockopt(socket.SOL_SOCKET, _ATTACH, struct.pack("@HP", len(steps), ctypes.addressof(program)))


def _by_address(family: int, count: int) -> Iterator[_Step]:
    """The sender's address, mixed, modulo the number of sockets."""
    if family == socket.AF_INET:
        yield _loaded(_WORD, 12)
    else:
        yield _loaded(_BYTE, 0)
        yield _SHIFT, 0, 0, 4
        yield _IF_EQUAL, 0, 2, 4  # version 4 on a socket for both
        yield _loaded(_WORD, 12)
        yield _GOTO, 0, 0, 10
        yield _loaded(_WORD, 8)
        for at in (12, 16, 20):
            yield _TO_X, 0, 0, 0
            yield _loaded(_WORD, at)
            yield _XOR_X, 0, 0, 0
    yield _MULTIPLY, 0, 0, _GOLDEN
    yield _SHIFT, 0, 0, 16
    yield _MODULO, 0, 0, count
    yield _ANSWER, 0, 0, 0


def _loaded(size: int, offset: int) -> _Step:
    return size, 0, 0, (_HEADER + offset) & 0xFFFF_FFFF
