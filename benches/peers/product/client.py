"""Somebody who has signed in, on one connection that is kept alive."""

import http.client
import json
import socket
from typing import Any

import orjson

EMAIL = "owner@example.com"
PASSWORD = "correct horse battery staple"


class Unsupported(Exception):
    """The server does not know what a question asks for; with what it said."""


class Client:
    """Requests of one browser, one after the other."""

    def __init__(self, port: int, cookie: str | None = None) -> None:
        self._origin = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._connect()
        self.cookie = cookie or self._sign_in()

    def _connect(self) -> None:
        self._connection.close()
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _sign_in(self) -> str:
        body = json.dumps({"email": EMAIL, "password": PASSWORD}).encode()
        self._connection.request("POST", "/api/auth/sign-in", body, {"Origin": self._origin, "Content-Type": "application/json"})
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"sign-in: {answer.status} {said.decode()}")
        return answer.headers["Set-Cookie"].split(";")[0]

    @property
    def headers(self) -> dict[str, str]:
        """What each request carries."""
        return {"Origin": self._origin, "Content-Type": "application/json", "Cookie": self.cookie}

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Sends a body; the status and the body that come back."""
        try:
            return self._post(path, body)
        except (BrokenPipeError, ConnectionResetError):
            # The server closes connections that were idle for long.
            self._connect()
            return self._post(path, body)

    def _post(self, path: str, body: bytes) -> tuple[int, bytes]:
        self._connection.request("POST", path, body, self.headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> Any:
        """What is at a path."""
        self._connection.request("GET", path, None, self.headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {said.decode()}")
        return orjson.loads(said)

    def query(self, body: bytes) -> dict[str, Any]:
        """Asks the metrics service; the answer as Python objects."""
        status, said = self.post("/api/metrics/query", body)
        if status in {400, 404, 422}:
            raise Unsupported(_complaints(said))
        if status != 200:
            raise RuntimeError(f"{body.decode()}: {status} {said.decode()}")
        return orjson.loads(said)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def _complaints(said: bytes) -> str:
    """What is wrong with a query, each with its place."""
    problem = orjson.loads(said)
    errors = problem.get("errors") or []
    return "; ".join(f"{error['pointer']}: {error['detail']}" for error in errors) or str(problem.get("detail", problem))
