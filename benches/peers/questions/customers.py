"""Who buys: distinct customers, and new ones beside those who come back."""

import polars as pl

from ..scope import Scope
from .dialect import Dialect
from .frames import Frames, total
from .model import YEAR, Question, asked


def _with_first(d: Dialect, s: Scope) -> str:
    """A year's orders with `first_at`: when their customer's first order of all time was."""
    everything = d.rows("orders", s, None, counted=True, where="customer_id IS NOT NULL")
    firsts = f"(SELECT customer_id AS known, min(created_at) AS first_at FROM {everything} GROUP BY customer_id) AS f"
    return f"{d.rows('orders', s, YEAR, bucket='month', counted=True)} LEFT JOIN {firsts} ON r.customer_id = f.known"


def _new_and_returning(d: Dialect, s: Scope) -> str:
    new, returning = (f"count(DISTINCT CASE WHEN created_at {than} first_at THEN customer_id END)" for than in ("<=", ">"))
    return f"SELECT bucket, {new} AS new_ones, {returning} AS returning_ones FROM {_with_first(d, s)} GROUP BY bucket"


def _by_type(d: Dialect, s: Scope) -> str:
    kind = "CASE WHEN customer_id IS NULL THEN NULL WHEN created_at <= first_at THEN 'new' ELSE 'returning' END"
    figures = f"{d.total('total')} AS revenue, {d.count()} AS orders"
    return f"SELECT bucket, kind, {figures} FROM (SELECT bucket, total, {kind} AS kind FROM {_with_first(d, s)}) AS k GROUP BY bucket, kind"


def _polars_with_kind(f: Frames, s: Scope) -> pl.LazyFrame:
    firsts = (
        f.rows("orders", s, None, counted=True)
        .filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(first_at=pl.col("created_at").min())
    )
    rows = f.rows("orders", s, YEAR, bucket="month", counted=True).join(firsts, on="customer_id", how="left")
    kind = (
        pl.when(pl.col("customer_id").is_null())
        .then(None)
        .when(pl.col("created_at") <= pl.col("first_at"))
        .then(pl.lit("new"))
        .otherwise(pl.lit("returning"))
    )
    return rows.with_columns(kind=kind)


def _polars_new_and_returning(f: Frames, s: Scope) -> pl.LazyFrame:
    def customers(kind: str) -> pl.Expr:
        return pl.col("customer_id").filter(pl.col("kind") == kind).n_unique()

    return _polars_with_kind(f, s).group_by("bucket").agg(new=customers("new"), returning=customers("returning"))


QUESTIONS = [
    Question(
        name="customers",
        about="distinct customers, a year",
        keys=(),
        figures=("shopify.customers",),
        query=asked(["shopify.customers"], YEAR),
        sql=lambda d, s: f"SELECT count(DISTINCT customer_id) AS customers FROM {d.rows('orders', s, YEAR, counted=True)}",
        polars=lambda f, s: f.rows("orders", s, YEAR, counted=True).select(pl.col("customer_id").drop_nulls().n_unique()),
    ),
    Question(
        name="new_and_returning",
        about="new and returning customers by month, a year",
        keys=("time",),
        figures=("shopify.new_customers", "shopify.returning_customers"),
        query=asked(["shopify.new_customers", "shopify.returning_customers"], YEAR, granularity="month"),
        sql=_new_and_returning,
        polars=_polars_new_and_returning,
    ),
    Question(
        name="revenue_by_customer_type",
        about="revenue and orders of new and returning customers by month, a year",
        keys=("time", "customer_type"),
        figures=("shopify.revenue", "shopify.orders"),
        query=asked(["shopify.revenue", "shopify.orders"], YEAR, granularity="month", group_by=["customer_type"]),
        sql=_by_type,
        polars=lambda f, s: _polars_with_kind(f, s).group_by("bucket", "kind").agg(total("total"), pl.len()),
    ),
]
