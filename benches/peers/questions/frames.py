"""Aloftly's segments as Polars' lazy frames, as `dialect` has them for SQL."""

from datetime import timedelta

import polars as pl

from ..product.lake import Lake
from ..scope import Days, Scope
from .dialect import TIME

OWN_DAY = pl.coalesce("refunded_at", "created_at")
"""When a refund happened; its order's time where it does not say."""

COUNTED = ~pl.col("is_test") & pl.col("cancelled_at").is_null()
"""Orders that count."""


def total(column: str, condition: pl.Expr | None = None) -> pl.Expr:
    """The sum of a column."""
    return (pl.col(column) if condition is None else pl.col(column).filter(condition)).sum()


def event(*names: str) -> pl.Expr:
    """The sum of the values of these metrics, among rows of several."""
    return total("metric_value", events(*names))


def events(*names: str) -> pl.Expr:
    """That a row is of one of these metrics."""
    parts = [name.split("/") for name in names]
    sources = {source for source, _ in parts}
    each = [
        (pl.col("source") == source) & pl.col("metric_name").is_in([name for of, name in parts if of == source])
        for source in sorted(sources)
    ]
    return pl.any_horizontal(each) if len(each) > 1 else each[0]


def ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """A sum over a sum, null where that is by zero."""
    below = denominator.cast(pl.Float64)
    return numerator.cast(pl.Float64) / pl.when(below != 0).then(below)


class Frames:
    """The lake."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def rows(
        self, dataset: str, scope: Scope, days: Days | None, *, bucket: str | None = None, counted: bool = False, by: pl.Expr | None = None
    ) -> pl.LazyFrame:
        """The rows of a dataset, with their local hour, day, week or month as `bucket`."""
        time = pl.col(TIME[dataset]) if by is None else by
        frames = []
        for zone, stores in scope.by_zone().items():
            of = frozenset(store.id for store in stores)
            begins, ends = days.instants(zone) if days else (None, None)
            first = begins.date() if begins and by is None else None
            last = (ends - timedelta(microseconds=1)).date() if ends else None
            files = self._lake.files(dataset, of, first, last)
            frame = pl.scan_parquet(files or self._lake.files(dataset)[:1], hive_partitioning=len(scope.stores) > 1)
            if not files:
                frame = frame.filter(False)
            if begins and ends:
                frame = frame.filter(time >= begins, time < ends)
            if counted:
                frame = frame.filter(COUNTED)
            if bucket is not None:
                frame = frame.with_columns(bucket=self._local(time, bucket, zone))
            frames.append(frame)
        return frames[0] if len(frames) == 1 else pl.concat(frames)

    @staticmethod
    def _local(time: pl.Expr, bucket: str, zone: str) -> pl.Expr:
        wall = time.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        if bucket == "hour":
            return wall.dt.truncate("1h")
        return wall.dt.date() if bucket == "day" else wall.dt.truncate({"week": "1w", "month": "1mo"}[bucket]).dt.date()
