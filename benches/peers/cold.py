"""The first question to an engine that has just been started.

Aloftly and Postgres are started anew before each question; DuckDB, chDB and Polars are opened by a process that did nothing before. Counted is the
first question alone, from when the engine takes questions. The system's cache of files stays as it is: nothing waits for the disk.
"""

import signal
import statistics
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection

from .asking import Asker
from .engines import ALL, Engine, Place
from .engines.base import THREADS
from .product.binary import Binary
from .questions import Question, all_questions
from .scope import Scope
from .timing import OURS

QUESTIONS = ("kpi", "revenue_by_day", "customers", "top_products", "pages")
_REPEATS = 3


def in_a_process_of_its_own(name: str, place: Place, question: str | None = None, scope: Scope | None = None) -> float:
    """Asks an engine one question, or without one prepares it; the seconds that it took."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(sender, name, place, question, scope))
    process.start()
    sender.close()
    try:
        outcome = receiver.recv()
    except EOFError:
        raise RuntimeError(f"the process of {name} ended early") from None
    except BaseException:
        # It may have a database of its own to stop, so it is told and waited for.
        process.terminate()
        raise
    finally:
        process.join()
    if isinstance(outcome, Exception):
        raise outcome
    return float(outcome)


def _work(sender: Connection, name: str, place: Place, question: str | None, scope: Scope | None) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sender.send(_timed(next(engine for engine in ALL if engine.name == name)(place), question, scope))
    except Exception as error:
        sender.send(RuntimeError(f"{name}: {type(error).__name__}: {error}"))


def _timed(engine: Engine, question: str | None, scope: Scope | None) -> float:
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


def measure(
    questions: Sequence[Question], scope: Scope, binary: Binary, place: Place, engines: Sequence[Engine]
) -> dict[str, dict[str, float]]:
    """Medians in seconds, by question and engine. The engines must be closed."""
    found: dict[str, dict[str, float]] = {}
    for question in questions:
        medians = {OURS: statistics.median(_ours(question, scope, binary) for _ in range(_REPEATS))}
        for engine in engines:
            medians[engine.name] = statistics.median(
                in_a_process_of_its_own(engine.name, place, question.name, scope) for _ in range(_REPEATS)
            )
        found[question.name] = medians
    return found


def _ours(question: Question, scope: Scope, binary: Binary) -> float:
    server = binary.serve(threads=THREADS)
    try:
        asker = Asker(server, cache_is_off=True)
        start = time.perf_counter()
        asker.ask(question, scope)
        taken = time.perf_counter() - start
        asker.close()
        return taken
    finally:
        server.stop()
