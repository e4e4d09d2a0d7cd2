"""Revenue, orders and refunds."""

import polars as pl

from ..scope import Scope
from .dialect import OWN_DAY, Dialect
from .frames import OWN_DAY as POLARS_OWN_DAY
from .frames import Frames, ratio, total
from .model import MONTH, QUARTER, WEEK, YEAR, Question, asked

_PERIODS = (("current", MONTH), ("previous", MONTH.before()))
_NORTH_AMERICA = ["US", "CA"]
_IN_NORTH_AMERICA = "country IN ('US', 'CA')"
_OFTEN = 40
"""Orders that a country must have to be listed."""


def _kpi(d: Dialect, s: Scope) -> str:
    figures = f"{d.total('total')} AS revenue, {d.count()} AS orders, {d.total('total')} - {d.total('refunded')} AS net"
    return " UNION ALL ".join(
        f"SELECT '{name}' AS period, {figures} FROM {d.rows('orders', s, days, counted=True)}" for name, days in _PERIODS
    )


def _polars_kpi(f: Frames, s: Scope) -> pl.LazyFrame:
    figures = {"revenue": total("total"), "orders": pl.len(), "net": total("total") - total("refunded")}
    return pl.concat([f.rows("orders", s, days, counted=True).select(pl.lit(name).alias("period"), **figures) for name, days in _PERIODS])


def _some_countries(d: Dialect, s: Scope) -> str:
    rows = d.rows("orders", s, QUARTER, bucket="day", counted=True, where=_IN_NORTH_AMERICA)
    return f"SELECT bucket, {d.total('total')} AS revenue, {d.count()} AS orders FROM {rows} GROUP BY bucket"


def _polars_some_countries(f: Frames, s: Scope) -> pl.LazyFrame:
    rows = f.rows("orders", s, QUARTER, bucket="day", counted=True).filter(pl.col("country").is_in(_NORTH_AMERICA))
    return rows.group_by("bucket").agg(total("total"), pl.len())


def _refunds(d: Dialect, s: Scope) -> str:
    rows = d.rows("refunds", s, YEAR, bucket="week", counted=True, by=OWN_DAY)
    return f"SELECT bucket, {d.total('amount')} AS refunds FROM {rows} GROUP BY bucket"


def _channels_beside(d: Dialect, s: Scope) -> str:
    web, shops = d.total("total", "channel = 'web'"), d.total("total", "channel = 'pos'")
    return (
        f"SELECT bucket, {web} AS online, {shops} AS in_shops FROM {d.rows('orders', s, YEAR, bucket='week', counted=True)} GROUP BY bucket"
    )


def _polars_channels_beside(f: Frames, s: Scope) -> pl.LazyFrame:
    rows = f.rows("orders", s, YEAR, bucket="week", counted=True).group_by("bucket")
    return rows.agg(online=total("total", pl.col("channel") == "web"), in_shops=total("total", pl.col("channel") == "pos"))


def _countries(d: Dialect, s: Scope) -> str:
    figures = f"{d.count()} AS orders, {d.total('total')} AS revenue, {d.ratio(d.total('refunded'), d.total('total'))} AS refund_share"
    return f"SELECT country, {figures} FROM {d.rows('orders', s, YEAR, counted=True)} GROUP BY country HAVING {d.count()} >= {_OFTEN}"


def _polars_countries(f: Frames, s: Scope) -> pl.LazyFrame:
    rows = f.rows("orders", s, YEAR, counted=True).group_by("country")
    figures = rows.agg(orders=pl.len(), revenue=total("total"), refund_share=ratio(total("refunded"), total("total")))
    return figures.filter(pl.col("orders") >= _OFTEN)


def _codes(d: Dialect, s: Scope) -> str:
    figures = f"{d.count()} AS orders, {d.total('total')} AS revenue, {d.total('discount')} AS discounts"
    return f"SELECT discount_code, {figures} FROM {d.rows('orders', s, QUARTER, counted=True)} GROUP BY discount_code"


def _only(channel: str, name: str) -> dict[str, object]:
    filters = {"dimension": "channel", "operator": "equals", "values": [channel]}
    return {"metric": "shopify.revenue", "filters": filters, "as": name}


QUESTIONS = [
    Question(
        name="kpi",
        about="revenue, orders and net revenue of 30 days, beside the 30 before",
        rollup=True,
        compares=True,
        keys=("period",),
        figures=("shopify.revenue", "shopify.orders", "shopify.net_revenue"),
        query=asked(["shopify.revenue", "shopify.orders", "shopify.net_revenue"], MONTH, compare_to="previous_period"),
        sql=_kpi,
        polars=_polars_kpi,
    ),
    Question(
        name="aov_by_day",
        about="average order value by day, 90 days",
        rollup=True,
        keys=("time",),
        figures=("shopify.aov",),
        query=asked(["shopify.aov"], QUARTER, granularity="day"),
        sql=lambda d, s: (
            f"SELECT bucket, {d.ratio(d.total('total'), d.count())} AS aov FROM {d.rows('orders', s, QUARTER, bucket='day', counted=True)} GROUP BY bucket"
        ),
        polars=lambda f, s: (
            f.rows("orders", s, QUARTER, bucket="day", counted=True).group_by("bucket").agg(aov=ratio(total("total"), pl.len()))
        ),
    ),
    Question(
        name="revenue_by_day",
        about="revenue by local day, a year",
        rollup=True,
        keys=("time",),
        figures=("shopify.revenue",),
        query=asked(["shopify.revenue"], YEAR, granularity="day"),
        sql=lambda d, s: (
            f"SELECT bucket, {d.total('total')} AS revenue FROM {d.rows('orders', s, YEAR, bucket='day', counted=True)} GROUP BY bucket"
        ),
        polars=lambda f, s: f.rows("orders", s, YEAR, bucket="day", counted=True).group_by("bucket").agg(total("total")),
    ),
    Question(
        name="revenue_by_channel",
        about="revenue and orders by month and channel, a year",
        rollup=True,
        keys=("time", "channel"),
        figures=("shopify.revenue", "shopify.orders"),
        query=asked(["shopify.revenue", "shopify.orders"], YEAR, granularity="month", group_by=["channel"]),
        sql=lambda d, s: (
            f"SELECT bucket, channel, {d.total('total')} AS revenue, {d.count()} AS orders FROM {d.rows('orders', s, YEAR, bucket='month', counted=True)} GROUP BY bucket, channel"
        ),
        polars=lambda f, s: (
            f.rows("orders", s, YEAR, bucket="month", counted=True).group_by("bucket", "channel").agg(total("total"), pl.len())
        ),
    ),
    Question(
        name="some_countries",
        about="revenue and orders by day where the country is US or CA, 90 days",
        rollup=True,
        keys=("time",),
        figures=("shopify.revenue", "shopify.orders"),
        query=asked(
            ["shopify.revenue", "shopify.orders"],
            QUARTER,
            granularity="day",
            filters={"dimension": "country", "operator": "in", "values": _NORTH_AMERICA},
        ),
        sql=_some_countries,
        polars=_polars_some_countries,
    ),
    Question(
        name="refunds_by_week",
        about="refunds by week, each on its own day, a year",
        rollup=True,
        keys=("time",),
        figures=("shopify.refunds",),
        query=asked(["shopify.refunds"], YEAR, granularity="week", refunds="refund_date"),
        sql=_refunds,
        polars=lambda f, s: (
            f.rows("refunds", s, YEAR, bucket="week", counted=True, by=POLARS_OWN_DAY).group_by("bucket").agg(total("amount"))
        ),
    ),
    Question(
        name="channels_beside",
        about="revenue online and in shops side by side by week (each figure with a filter of its own), a year",
        rollup=True,
        keys=("time",),
        figures=("online", "in_shops"),
        query=asked([_only("web", "online"), _only("pos", "in_shops")], YEAR, granularity="week"),
        sql=_channels_beside,
        polars=_polars_channels_beside,
    ),
    Question(
        name="countries_having",
        about=f"countries of {_OFTEN} orders or more: orders, revenue, share of refunds (a formula), a year",
        rollup=True,
        keys=("country",),
        figures=("shopify.orders", "shopify.revenue", "refund_share"),
        query=asked(
            [
                "shopify.orders",
                "shopify.revenue",
                {"formula": "shopify.refunds / shopify.revenue", "as": "refund_share", "unit": "percentage"},
            ],
            YEAR,
            group_by=["country"],
            having={"metric": "shopify.orders", "operator": "gte", "values": [_OFTEN]},
        ),
        sql=_countries,
        polars=_polars_countries,
    ),
    Question(
        name="orders_by_hour",
        about="orders by local hour, a week",
        keys=("time",),
        figures=("shopify.orders",),
        query=asked(["shopify.orders"], WEEK, granularity="hour"),
        sql=lambda d, s: (
            f"SELECT bucket, {d.count()} AS orders FROM {d.rows('orders', s, WEEK, bucket='hour', counted=True)} GROUP BY bucket"
        ),
        polars=lambda f, s: f.rows("orders", s, WEEK, bucket="hour", counted=True).group_by("bucket").agg(pl.len()),
    ),
    Question(
        name="p95_by_day",
        about="95th percentile of order values by day, 90 days",
        keys=("time",),
        figures=("p95",),
        query=asked([{"metric": "shopify.revenue", "aggregation": "p95", "as": "p95"}], QUARTER, granularity="day"),
        sql=lambda d, s: (
            f"SELECT bucket, {d.percentile('total', 0.95)} AS p95 FROM {d.rows('orders', s, QUARTER, bucket='day', counted=True)} GROUP BY bucket"
        ),
        polars=lambda f, s: (
            f.rows("orders", s, QUARTER, bucket="day", counted=True)
            .group_by("bucket")
            .agg(pl.col("total").cast(pl.Float64).quantile(0.95, "linear"))
        ),
    ),
    Question(
        name="discount_codes",
        about="orders, revenue and discounts by discount code, 90 days",
        keys=("discount_code",),
        figures=("shopify.orders", "shopify.revenue", "shopify.discounts"),
        query=asked(["shopify.orders", "shopify.revenue", "shopify.discounts"], QUARTER, group_by=["discount_code"]),
        sql=_codes,
        polars=lambda f, s: (
            f.rows("orders", s, QUARTER, counted=True)
            .group_by("discount_code")
            .agg(orders=pl.len(), revenue=total("total"), discounts=total("discount"))
        ),
    ),
]
