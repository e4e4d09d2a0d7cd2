"""Asks Aloftly, so that no kept answer is given unless it is wanted."""

import copy
import itertools
from typing import Any

import orjson

from .product.binary import Server
from .product.client import Client
from .questions.model import Question
from .scope import Scope

_numbers = itertools.count(1)


def body(question: Question, scope: Scope) -> bytes:
    """The question as it is sent; asked again it is answered from the cache."""
    return orjson.dumps(question.json(scope))


def fresh_body(question: Question, scope: Scope) -> bytes:
    """The question under a title that no other had: the same work, and no kept answer to it."""
    query = copy.deepcopy(question.json(scope))
    first = query["metrics"][0]
    query["metrics"][0] = ({"metric": first} if isinstance(first, str) else first) | {"title": f"Figure {next(_numbers)}"}
    return orjson.dumps(query)


class Asker:
    """One client of a server. Without the cache it is off where the server can turn it off, else gone around by titles."""

    def __init__(self, server: Server, *, cache_is_off: bool, cookie: str | None = None) -> None:
        self.client = Client(server.port, cookie)
        self._body = body if cache_is_off else fresh_body

    def ask(self, question: Question, scope: Scope) -> dict[str, Any]:
        """The answer, computed now."""
        response = self.client.query(self._body(question, scope))
        if response["meta"]["cache"] != "miss":
            raise RuntimeError(f"{question.name}: an answer was kept that was to be computed")
        return response

    def close(self) -> None:
        """Closes the connection."""
        self.client.close()
