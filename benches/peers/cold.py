"""The first question to an engine that has just been started.

Aloftly and Postgres are started anew before each question; DuckDB, chDB and Polars are opened by a process that did nothing before. Counted is the
first question alone, from when the engine takes questions. The system's cache of files stays as it is: nothing waits for the disk.
"""

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from .asking import Asker
from .engines import ALL, Engine, Place
from .product.binary import Binary
from .questions import Question, all_questions
from .scope import Scope
from .timing import OURS

QUESTIONS = ("kpi", "revenue_by_day", "customers", "top_products", "pages")
_REPEATS = 3


def in_a_process_of_its_own(name: str, place: Place, question: str | None, scope: Scope | None) -> float:
    """Prepares an engine, or asks it one question; the seconds that it took."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_work, name, place, question, scope).result()


def _work(name: str, place: Place, question: str | None, scope: Scope | None) -> float:
    engine = next(engine for engine in ALL if engine.name == name)(place)
    if question is None or scope is None:
        start = time.perf_counter()
        engine.prepare()
        return time.perf_counter() - start
    asked = next(each for each in all_questions() if each.name == question)
    engine.open()
    try:
        start = time.perf_counter()
        engine.ask(asked, scope)
        return time.perf_counter() - start
    finally:
        engine.close()


def measure(questions: Sequence[Question], scope: Scope, binary: Binary, place: Place, engines: Sequence[Engine]) -> dict[str, dict[str, float]]:
    """Medians in seconds, by question and engine. The engines must be closed."""
    found: dict[str, dict[str, float]] = {}
    for question in questions:
        medians = {OURS: statistics.median(_ours(question, scope, binary) for _ in range(_REPEATS))}
        for engine in engines:
            medians[engine.name] = statistics.median(in_a_process_of_its_own(engine.name, place, question.name, scope) for _ in range(_REPEATS))
        found[question.name] = medians
    return found


def _ours(question: Question, scope: Scope, binary: Binary) -> float:
    server = binary.serve(keep_answers=True)
    try:
        asker = Asker(server, cache_is_off=True)
        start = time.perf_counter()
        asker.ask(question, scope)
        taken = time.perf_counter() - start
        asker.close()
        return taken
    finally:
        server.stop()
