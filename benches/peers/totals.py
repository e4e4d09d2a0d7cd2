"""Whether the lake holds what was made: each row once, adding up to what was added up while the rows were made."""

from decimal import Decimal

import duckdb

from .product.lake import Lake
from .product.loading import Loaded
from .questions.dialect import COUNTED


class Wrong(Exception):
    """The lake holds something else."""


def check(loaded: Loaded, lake: Lake) -> None:
    """Compares rows and sums."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET enable_progress_bar = false")

        def ask(figures: str, dataset: str, more: str = "") -> list[tuple[object, ...]]:
            return connection.execute(f"SELECT {figures} FROM read_parquet({lake.files(dataset)!r}) {more}").fetchall()

        expected = loaded.orders
        _same("orders", expected["orders"], ask("count(*)", "orders")[0][0])
        _same("items", expected["items"], ask("count(*)", "order_items")[0][0])
        orders = ask("count(*), sum(total), sum(refunded)", "orders", f"WHERE {COUNTED}")[0]
        items = ask("sum(amount), sum(quantity)", "order_items", f"WHERE {COUNTED}")[0]
        _same("orders that count", expected["counted_orders"], orders[0])
        _same("revenue", _money(expected["total"]), orders[1])
        _same("refunds", _money(expected["refunded"]), orders[2])
        _same("product revenue", _money(expected["item_amounts"]), items[0])
        _same("units", expected["units"], items[1])
        events = ask("source || '/' || metric_name, count(*), sum(metric_value)", "metric_events", "GROUP BY 1")
        _same("metric names", sorted(loaded.event_rows), sorted(str(name) for name, _, _ in events))
        for name, rows, value in events:
            _same(f"rows of {name}", loaded.event_rows[str(name)], rows)
            _same(f"sum of {name}", _money(loaded.event_cents[str(name)]), value)


def _money(cents: int) -> Decimal:
    return Decimal(cents) / 100


def _same(what: str, expected: object, found: object) -> None:
    if expected != found:
        raise Wrong(f"the lake has {found} as {what}, and {expected} was imported")
