"""Many clients at once, by one thread: plain HTTP/1.1 over connections that are kept alive, with as little work for each request as goes."""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from .product.client import Client

_HEAD_ENDS = b"\r\n\r\n"
_PATIENCE = 60.0
_BUSY = 503
_PAUSE = 0.05
"""Seconds after which a client that was told that the server is busy asks again."""


class Failed(Exception):
    """The server did not answer a request under load."""


@dataclass
class _Connection:
    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    expected: int = 0
    status: int = 0
    sent_at: float = 0.0

    def is_whole(self) -> bool:
        """Whether the answer has come."""
        if not self.expected:
            head_ends = self.received.find(_HEAD_ENDS)
            if head_ends < 0:
                return False
            head = bytes(self.received[:head_ends]).lower()
            at = head.find(b"content-length:")
            if at < 0:
                raise Failed("an answer without its length")
            self.status = int(head[9:12])
            self.expected = head_ends + len(_HEAD_ENDS) + int(head[at + 15 :].split(b"\r\n", 1)[0])
        return len(self.received) >= self.expected


@dataclass(frozen=True)
class Seen:
    """What clients saw: the latencies of answers, how often they were told that the server is busy, and the seconds from first to last."""

    latencies: list[float]
    refused: int
    elapsed: float


class Connections:
    """So many connections of somebody who has signed in."""

    def __init__(self, port: int, client: Client, count: int) -> None:
        self._head = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._connections = [_Connection(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]
        for each in self._connections:
            each.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(each.socket, selectors.EVENT_READ, each)

    def close(self) -> None:
        """Closes them all."""
        for each in self._connections:
            each.socket.close()
        self._selector.close()

    def _send(self, connection: _Connection, path: str, body: bytes) -> None:
        connection.received.clear()
        connection.expected = 0
        request = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(request)

    def _answered(self, patience: float = _PATIENCE) -> list[_Connection]:
        """Those whose answers have come by now; waits for something to happen."""
        events = self._selector.select(patience)
        if not events and patience == _PATIENCE:
            raise Failed("no answer within a minute")
        whole = []
        for key, _ in events:
            piece = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]  # only sockets are registered
            if not piece:
                raise Failed("the server closed a connection")
            key.data.received += piece
            if key.data.is_whole():
                whole.append(key.data)
        return whole

    def keep_asking(self, path: str, body: Callable[[], bytes], seconds: float) -> Seen:
        """Each connection asks anew as soon as it has its answer, or a little after it was told that the server is busy."""
        latencies: list[float] = []
        refused = 0
        pausing: deque[tuple[float, _Connection]] = deque()
        start = time.perf_counter()
        for each in self._connections:
            self._send(each, path, body())
        asking = len(self._connections)
        while asking:
            now = time.perf_counter()
            while pausing and pausing[0][0] <= now:
                _, rested = pausing.popleft()
                self._send(rested, path, body())
            for each in self._answered(max(pausing[0][0] - now, 0.0) if pausing else _PATIENCE):
                now = time.perf_counter()
                if each.status not in {200, _BUSY}:
                    raise Failed(f"{each.status}: {bytes(each.received[-300:])!r}")
                if each.status == 200:
                    latencies.append(now - each.sent_at)
                else:
                    refused += 1
                if now - start >= seconds:
                    asking -= 1
                elif each.status == 200:
                    self._send(each, path, body())
                else:
                    pausing.append((now + _PAUSE, each))
        return Seen(latencies, refused, time.perf_counter() - start)

    def ask_together(self, path: str, bodies: list[bytes]) -> float:
        """One body on each connection, all at once; the seconds until all answers are there."""
        start = time.perf_counter()
        for each, body in zip(self._connections, bodies, strict=True):
            self._send(each, path, body)
        waiting = len(bodies)
        while waiting:
            for each in self._answered():
                if each.status != 200:
                    raise Failed(f"{each.status}: {bytes(each.received[-300:])!r}")
                waiting -= 1
        return time.perf_counter() - start
