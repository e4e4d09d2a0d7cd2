"""Answers in one form, so that they can be compared: rows of keys and figures."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from .questions.model import Question

Figure = Decimal | float | int | None
Keys = tuple[str | None, ...]


@dataclass(frozen=True)
class Answer:
    """Rows in the order in which they came. Those whose figures are all zero or null are left out: only some engines list them."""

    rows: list[tuple[Keys, tuple[Figure, ...]]]


def of_product(question: Question, response: dict[str, Any]) -> tuple[Answer, list[str | None]]:
    """What Aloftly answered, and what each figure measures."""
    units = {column["key"]: column.get("unit") for column in response["columns"]}
    if question.compares:
        compared = response["comparison"]["totals"]
        rows: list[tuple[Keys, tuple[Figure, ...]]] = [
            (("current",), tuple(_figure(response["totals"][name]) for name in question.figures)),
            (("previous",), tuple(_figure(compared[name]["value"]) for name in question.figures)),
        ]
    else:
        rows = [
            (tuple(_key(row[key]) for key in question.keys), tuple(_figure(row[name]) for name in question.figures))
            for row in response["rows"]
        ]
    return Answer(_with_figures(rows)), [units[name] for name in question.figures]


def of_peer(question: Question, rows: list[tuple[Any, ...]]) -> Answer:
    """What a peer answered."""
    keys = len(question.keys)
    return Answer(
        _with_figures([(tuple(_key(value) for value in row[:keys]), tuple(_figure(value) for value in row[keys:])) for row in rows])
    )


def _with_figures(rows: list[tuple[Keys, tuple[Figure, ...]]]) -> list[tuple[Keys, tuple[Figure, ...]]]:
    return [row for row in rows if any(row[1])]


def _key(value: Any) -> str | None:
    """A day as `2026-10-31`, an hour as `2026-10-31T23:00` of the store's clock."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and len(value) > 16 and value[10:11] == "T":
        return value[:16]
    return value


def _figure(value: Any) -> Figure:
    """Amounts are texts in JSON. What is no number is null."""
    if isinstance(value, str):
        return Decimal(value)
    if isinstance(value, float) and value != value:
        return None
    return value
