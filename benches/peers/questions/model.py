"""A question, in every language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from ..made_up.calendar import FIRST_DAY, LAST_DAY
from ..scope import Days, Scope
from .dialect import Dialect
from .frames import Frames

MONTH = Days(date(2026, 10, 2), LAST_DAY)
"""The last thirty days: London's clocks change within them."""

QUARTER = Days(date(2026, 8, 3), LAST_DAY)
"""The last ninety days."""

WEEK = Days(date(2026, 10, 5), date(2026, 10, 11))

YEAR = Days(FIRST_DAY, LAST_DAY)


@dataclass(frozen=True)
class Question:
    """A widget's question.

    `keys` are the columns that name a row and `figures` those that say how much, as Aloftly calls them, in the order in which `sql` and `polars`
    give them. A question that `compares` has no keys in its query: its rows are `current` and `previous`. Of one that is `cut` the order of rows
    counts too. `rollup` says whether sums of local days by device, channel or country can answer it.
    """

    name: str
    about: str
    keys: tuple[str, ...]
    figures: tuple[str, ...]
    query: dict[str, Any]
    sql: Callable[[Dialect, Scope], str]
    polars: Callable[[Frames, Scope], pl.LazyFrame]
    rollup: bool = False
    compares: bool = False
    cut: bool = False
    everywhere: bool = False

    def json(self, scope: Scope) -> dict[str, Any]:
        """The query about these stores."""
        return self.query | {"stores": scope.ids}


def asked(metrics: list[Any], days: Days, **more: Any) -> dict[str, Any]:
    """A query without its stores."""
    return {"metrics": metrics, "time_range": days.json()} | more


def by_most(metric: str) -> list[dict[str, str]]:
    """The order of a table of the most."""
    return [{"field": metric, "direction": "desc"}]
