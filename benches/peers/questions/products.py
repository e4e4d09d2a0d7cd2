"""What is sold."""

import polars as pl

from ..scope import Scope
from .dialect import Dialect
from .frames import Frames, total
from .model import MONTH, YEAR, Question, asked, by_most


def _top(d: Dialect, s: Scope) -> str:
    figures = f"{d.total('amount')} AS revenue, {d.total('quantity')} AS units"
    return f"SELECT product, {figures} FROM {d.rows('order_items', s, MONTH, counted=True)} GROUP BY product ORDER BY revenue DESC, product LIMIT 10"


def _polars_top(f: Frames, s: Scope) -> pl.LazyFrame:
    rows = f.rows("order_items", s, MONTH, counted=True).group_by("product").agg(revenue=total("amount"), units=total("quantity"))
    return rows.sort("revenue", "product", descending=[True, False]).head(10)


QUESTIONS = [
    Question(
        name="top_products",
        about="the 10 products of the most revenue, with units, 30 days",
        cut=True,
        keys=("product",),
        figures=("shopify.product_revenue", "shopify.units"),
        query=asked(
            ["shopify.product_revenue", "shopify.units"], MONTH, group_by=["product"], order_by=by_most("shopify.product_revenue"), limit=10
        ),
        sql=_top,
        polars=_polars_top,
    ),
    Question(
        name="vendors_by_month",
        about="product revenue by month and vendor, a year",
        keys=("time", "vendor"),
        figures=("shopify.product_revenue",),
        query=asked(["shopify.product_revenue"], YEAR, granularity="month", group_by=["vendor"]),
        sql=lambda d, s: (
            f"SELECT bucket, vendor, {d.total('amount')} AS revenue FROM {d.rows('order_items', s, YEAR, bucket='month', counted=True)} GROUP BY bucket, vendor"
        ),
        polars=lambda f, s: f.rows("order_items", s, YEAR, bucket="month", counted=True).group_by("bucket", "vendor").agg(total("amount")),
    ),
]
