"""Aloftly under many clients, and a dashboard that asks for all its widgets at once."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import orjson

from .asking import body, fresh_body
from .connections import Connections, Failed, Seen
from .product.binary import Server
from .product.client import Client
from .questions.model import Question
from .scope import Scope

CLIENTS = (1, 8, 64)
QUESTIONS = ("kpi", "revenue_by_day", "sessions_by_device", "pages")
WIDGETS = (
    "kpi", "aov_by_day", "revenue_by_day", "some_countries", "refunds_by_week", "new_and_returning", "top_products", "sessions_by_device", "funnel",
    "conversion_by_device", "campaigns", "pages",
)  # fmt: skip
"""Of the dashboard."""

BATCH = "/api/metrics/batch"
_QUERY = "/api/metrics/query"
_WARM_UP = 3
_TIMES = 21


@dataclass(frozen=True)
class Load:
    """What clients saw: seconds at the median and at 99 of 100, answers a second, and the share of requests that the server was too busy for."""

    question: str
    kept: bool
    clients: int
    p50: float
    p99: float
    rate: float
    refused: float


def under_load(server: Server, questions: Sequence[Question], scope: Scope, seconds: float) -> list[Load]:
    """Each question by one client and by many, answered from the cache and computed."""
    client = Client(server.port)
    found = []
    for question in questions:
        for kept, make in ((True, body), (False, fresh_body)):
            client.query(make(question, scope))
            for clients in CLIENTS:
                connections = Connections(server.port, client, clients)
                try:
                    seen = connections.keep_asking(_QUERY, partial(make, question, scope), seconds)
                finally:
                    connections.close()
                found.append(_load(question, kept, clients, seen))
    client.close()
    return found


def _load(question: Question, kept: bool, clients: int, seen: Seen) -> Load:
    latencies = sorted(seen.latencies)
    if not latencies:
        raise Failed(f"{question.name}: no request of {clients} clients was answered")
    p99 = latencies[min(len(latencies) * 99 // 100, len(latencies) - 1)]
    refused = seen.refused / (seen.refused + len(latencies))
    return Load(question.name, kept, clients, statistics.median(latencies), p99, len(latencies) / seen.elapsed, refused)


@dataclass(frozen=True)
class Dashboard:
    """Seconds until the last widget is there, by how it was asked for; or why it could not be."""

    medians: dict[str, float]
    refused: dict[str, str]


def dashboard(server: Server, widgets: Sequence[Question], scope: Scope, has_batch: bool) -> Dashboard:
    """All widgets at once: as requests side by side, and as one where the server takes that."""
    client = Client(server.port)
    connections = Connections(server.port, client, len(widgets))
    one = Connections(server.port, client, 1)
    medians: dict[str, float] = {}
    refused: dict[str, str] = {}
    try:
        for name, make in (("kept answers", body), ("computed", fresh_body)):
            times = [connections.ask_together(_QUERY, [make(widget, scope) for widget in widgets]) for _ in range(_WARM_UP + _TIMES)]
            medians[f"{len(widgets)} requests at once, {name}"] = statistics.median(times[_WARM_UP:])
        for name, make in (("kept answers", body), ("computed", fresh_body)):
            way = f"one POST {BATCH}, {name}"
            if not has_batch:
                refused[way] = "this server has no such route"
                continue
            status, said = client.post(BATCH, _batch([make(widget, scope) for widget in widgets]))
            if status != 200:
                refused[way] = f"{status} {said.decode()[:200]}"
                continue
            times = [one.ask_together(BATCH, [_batch([make(widget, scope) for widget in widgets])]) for _ in range(_WARM_UP + _TIMES)]
            medians[way] = statistics.median(times[_WARM_UP:])
    finally:
        connections.close()
        one.close()
        client.close()
    return Dashboard(medians, refused)


def _batch(queries: list[bytes]) -> bytes:
    return orjson.dumps({"queries": {str(number): orjson.Fragment(query) for number, query in enumerate(queries)}})
