"""Orders and sessions in one figure, and all stores in one table."""

import polars as pl

from ..scope import Scope
from .dialect import Dialect
from .frames import Frames, events, ratio, total
from .model import MONTH, YEAR, Question, asked
from .traffic import polars_sessions_by_device

_PERIODS = (("current", MONTH), ("previous", MONTH.before()))


def _conversion(d: Dialect, s: Scope) -> str:
    orders = f"SELECT country, {d.count()} AS orders, 0 AS sessions FROM {d.rows('orders', s, MONTH, counted=True)} GROUP BY country"
    rows = d.rows("metric_events", s, MONTH, where=d.events("ga4/sessions_by_device"))
    sessions = f"SELECT country, 0 AS orders, {d.total('metric_value')} AS sessions FROM {rows} GROUP BY country"
    return f"SELECT country, {d.ratio('sum(orders)', 'sum(sessions)')} AS conversion FROM ({orders} UNION ALL {sessions}) AS u GROUP BY country"


def _polars_conversion(f: Frames, s: Scope) -> pl.LazyFrame:
    orders = f.rows("orders", s, MONTH, counted=True).group_by("country").agg(orders=pl.len())
    sessions = (
        f.rows("metric_events", s, MONTH).filter(events("ga4/sessions_by_device")).group_by("country").agg(sessions=total("metric_value"))
    )
    both = orders.join(sessions, on="country", how="full", coalesce=True)
    return both.select("country", conversion=ratio(pl.col("orders").fill_null(0), pl.col("sessions")))


def _everywhere(d: Dialect, s: Scope) -> str:
    figures = f"{d.total('total')} AS revenue, {d.count()} AS orders"
    return " UNION ALL ".join(
        f"SELECT '{name}' AS period, {figures} FROM {d.rows('orders', s, days, counted=True)}" for name, days in _PERIODS
    )


def _polars_everywhere(f: Frames, s: Scope) -> pl.LazyFrame:
    figures = {"revenue": total("total"), "orders": pl.len()}
    return pl.concat([f.rows("orders", s, days, counted=True).select(pl.lit(name).alias("period"), **figures) for name, days in _PERIODS])


def _devices_everywhere(d: Dialect, s: Scope) -> str:
    rows = d.rows("metric_events", s, MONTH, bucket="day", where=d.events("ga4/sessions_by_device"))
    return f"SELECT bucket, device, {d.total('metric_value')} AS sessions FROM {rows} GROUP BY bucket, device"


QUESTIONS = [
    Question(
        name="store_conversion",
        about="orders over sessions by country, 30 days",
        rollup=True,
        keys=("country",),
        figures=("store.conversion_rate",),
        query=asked(["store.conversion_rate"], MONTH, group_by=["country"]),
        sql=_conversion,
        polars=_polars_conversion,
    ),
    Question(
        name="everywhere_kpi",
        about="revenue and orders of all stores, 30 days, beside the 30 before",
        rollup=True,
        everywhere=True,
        compares=True,
        keys=("period",),
        figures=("shopify.revenue", "shopify.orders"),
        query=asked(["shopify.revenue", "shopify.orders"], MONTH, compare_to="previous_period"),
        sql=_everywhere,
        polars=_polars_everywhere,
    ),
    Question(
        name="stores_by_week",
        about="revenue by store and week, all stores, a year",
        rollup=True,
        everywhere=True,
        keys=("time", "store"),
        figures=("shopify.revenue",),
        query=asked(["shopify.revenue"], YEAR, granularity="week", group_by=["store"], limit=10_000),
        sql=lambda d, s: (
            f"SELECT bucket, store_id, {d.total('total')} AS revenue FROM {d.rows('orders', s, YEAR, bucket='week', counted=True)} GROUP BY bucket, store_id"
        ),
        polars=lambda f, s: f.rows("orders", s, YEAR, bucket="week", counted=True).group_by("bucket", "store_id").agg(total("total")),
    ),
    Question(
        name="everywhere_devices",
        about="sessions of all stores by day and device, 30 days",
        rollup=True,
        everywhere=True,
        keys=("time", "device"),
        figures=("ga4.sessions",),
        query=asked(["ga4.sessions"], MONTH, granularity="day", group_by=["device"]),
        sql=_devices_everywhere,
        polars=polars_sessions_by_device,
    ),
    Question(
        name="everywhere_p95",
        about="95th percentile of the order values of all stores, 30 days",
        everywhere=True,
        keys=(),
        figures=("p95",),
        query=asked([{"metric": "shopify.revenue", "aggregation": "p95", "as": "p95"}], MONTH),
        sql=lambda d, s: f"SELECT {d.percentile('total', 0.95)} AS p95 FROM {d.rows('orders', s, MONTH, counted=True)}",
        polars=lambda f, s: f.rows("orders", s, MONTH, counted=True).select(pl.col("total").cast(pl.Float64).quantile(0.95, "linear")),
    ),
]
