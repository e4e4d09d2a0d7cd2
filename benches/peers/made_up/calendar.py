"""When things happen in a shop: by its own days, weeks and hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

FIRST_DAY = date(2025, 11, 1)
LAST_DAY = date(2026, 10, 31)
"""The last local day that the rows tell of, inclusive."""

_HOURS = np.array([2, 1, 1, 1, 1, 1, 2, 3, 5, 6, 7, 7, 7, 7, 7, 7, 7, 8, 9, 10, 10, 9, 6, 4], dtype=float)
_WEEK = np.array([1.10, 1.0, 0.98, 1.0, 1.02, 0.95, 1.15])


@dataclass(frozen=True)
class Month:
    """A calendar month within the year, and the days of it."""

    number: int
    days: tuple[date, ...]


def months() -> list[Month]:
    """The months of the year, in order."""
    by_month: dict[tuple[int, int], list[date]] = {}
    day = FIRST_DAY
    while day <= LAST_DAY:
        by_month.setdefault((day.year, day.month), []).append(day)
        day += timedelta(days=1)
    return [Month(number, tuple(days)) for number, days in enumerate(by_month.values())]


def weight(day: date) -> float:
    """How busy a day is: its weekday, growth over the year, and a November with sales."""
    growth = 1 + 0.25 * (day - FIRST_DAY).days / 365
    sales = 2.5 if (day.month, day.day) in {(11, 27), (11, 28), (11, 29), (11, 30)} else 1.0
    return float(_WEEK[day.weekday()] * growth * sales)


def share_of_year(month: Month) -> float:
    """The month's part of the year's trade."""
    year = sum(weight(day) for each in months() for day in each.days)
    return sum(weight(day) for day in month.days) / year


class Clock:
    """Draws instants, in microseconds since the epoch, in the local days of a zone."""

    def __init__(self, zone: str, month: Month) -> None:
        tz = ZoneInfo(zone)
        hours = [datetime(day.year, day.month, day.day, hour, tzinfo=tz) for day in month.days for hour in range(24)]
        self._begins = np.array([int(hour.astimezone(UTC).timestamp()) for hour in hours], dtype=np.int64)
        weights = np.concatenate([weight(day) * _HOURS / _HOURS.sum() for day in month.days])
        self._cumulated = np.cumsum(weights / weights.sum())

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """So many instants, whole seconds, in order."""
        hours = np.minimum(np.searchsorted(self._cumulated, rng.random(count), side="right"), len(self._begins) - 1)
        seconds = self._begins[hours] + rng.integers(0, 3600, count)
        seconds.sort()
        return seconds * 1_000_000
