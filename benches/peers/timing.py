"""How long each engine takes for each question, one client, warm.

Engines take turns within each question, each round beginning with another one, so that whatever else the machine does hits all of them.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import answer, compare
from .asking import Asker
from .engines import Engine
from .product.client import Unsupported
from .questions.model import Question
from .scope import Scope

OURS = "aloftly"
FROM_ROWS = "aloftly-rows"
"""Aloftly without rollups."""
_WARM_UP = 2
_FEWEST = 3
_PATIENCE = 6.0
"""Seconds that one engine may take for one question before fewer rounds must do."""


@dataclass
class Timed:
    """One question about some stores: seconds of each engine, or why Aloftly did not answer."""

    question: Question
    scope: Scope
    rows: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    unsupported: str | None = None

    def median(self, engine: str) -> float | None:
        """Of the rounds, in seconds."""
        return statistics.median(self.seconds[engine]) if self.seconds.get(engine) else None


def measure(question: Question, scope: Scope, asker: Asker, engines: Sequence[Engine], rounds: int) -> Timed:
    """Compares all answers, then takes the times."""
    timed = Timed(question, scope)
    try:
        ours, units = answer.of_product(question, asker.ask(question, scope))
    except Unsupported as error:
        timed.unsupported = str(error)
        return timed
    timed.rows = len(ours.rows)
    for engine in engines:
        compare.check(question, scope.name, engine.name, ours, units, answer.of_peer(question, engine.ask(question, scope)))

    asks: list[tuple[str, Callable[[Question, Scope], object]]] = [(OURS, asker.ask), *((engine.name, engine.ask) for engine in engines)]
    _take_turns(timed, asks, rounds)
    return timed


def measure_again(timed: Timed, name: str, asker: Asker, rounds: int) -> None:
    """Takes the times of another server of ours."""
    _take_turns(timed, [(name, asker.ask)], rounds)


def _take_turns(timed: Timed, asks: Sequence[tuple[str, Callable[[Question, Scope], object]]], rounds: int) -> None:
    for name, ask in asks:
        timed.seconds[name] = []
        for _ in range(_WARM_UP - 1):
            ask(timed.question, timed.scope)
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            turn = number % len(asks)
            for name, ask in [*asks[turn:], *asks[:turn]]:
                taken = timed.seconds[name]
                if len(taken) >= _FEWEST and sum(taken) > _PATIENCE:
                    continue
                start = time.perf_counter()
                ask(timed.question, timed.scope)
                taken.append(time.perf_counter() - start)
    finally:
        gc.enable()
