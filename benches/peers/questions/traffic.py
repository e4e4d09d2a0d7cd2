"""Sessions and what becomes of them."""

import polars as pl

from ..scope import Scope
from .dialect import Dialect
from .frames import Frames, event, events, ratio, total
from .model import MONTH, YEAR, Question, asked, by_most

_STEPS = ("ga4/sessions", "ga4/add_to_carts", "ga4/checkouts", "ga4/purchases")
_BY_DEVICE = ("ga4/sessions_by_device", "ga4/purchases_by_device")
_BY_SOURCE = ("ga4/sessions_by_source", "ga4/purchases_by_source", "ga4/purchase_revenue_by_source")
_CAMPAIGNS = 20


def _sessions_by_device(d: Dialect, s: Scope) -> str:
    rows = d.rows("metric_events", s, MONTH, bucket="day", where=d.events("ga4/sessions_by_device"))
    return f"SELECT bucket, device, {d.total('metric_value')} AS sessions FROM {rows} GROUP BY bucket, device"


def polars_sessions_by_device(f: Frames, s: Scope) -> pl.LazyFrame:
    """Sessions by day and device, of one store or of several."""
    return (
        f.rows("metric_events", s, MONTH, bucket="day")
        .filter(events("ga4/sessions_by_device"))
        .group_by("bucket", "device")
        .agg(total("metric_value"))
    )


def _sessions_by_day(d: Dialect, s: Scope) -> str:
    rows = d.rows("metric_events", s, YEAR, bucket="day", where=d.events("ga4/sessions"))
    return f"SELECT bucket, {d.total('metric_value')} AS sessions FROM {rows} GROUP BY bucket"


def _funnel(d: Dialect, s: Scope) -> str:
    steps = ", ".join(f"{d.event(step)} AS step_{number}" for number, step in enumerate(_STEPS))
    return f"SELECT {steps} FROM {d.rows('metric_events', s, MONTH, where=d.events(*_STEPS))}"


def _conversion(d: Dialect, s: Scope) -> str:
    sessions, purchases = (d.event(name) for name in _BY_DEVICE)
    rows = d.rows("metric_events", s, MONTH, where=d.events(*_BY_DEVICE))
    return f"SELECT device, {sessions} AS sessions, {d.ratio(purchases, sessions)} AS conversion FROM {rows} GROUP BY device"


def _polars_conversion(f: Frames, s: Scope) -> pl.LazyFrame:
    sessions, purchases = (event(name) for name in _BY_DEVICE)
    rows = f.rows("metric_events", s, MONTH).filter(events(*_BY_DEVICE)).group_by("device")
    return rows.agg(sessions=sessions, conversion=ratio(purchases, sessions))


def _campaigns(d: Dialect, s: Scope) -> str:
    dimensions = "traffic_source, medium, campaign"
    figures = ", ".join(f"{d.event(name)} AS figure_{number}" for number, name in enumerate(_BY_SOURCE))
    rows = d.rows("metric_events", s, MONTH, where=d.events(*_BY_SOURCE))
    return f"SELECT {dimensions}, {figures} FROM {rows} GROUP BY {dimensions} ORDER BY figure_0 DESC, {dimensions} LIMIT {_CAMPAIGNS}"


def _polars_campaigns(f: Frames, s: Scope) -> pl.LazyFrame:
    dimensions = ["traffic_source", "medium", "campaign"]
    rows = f.rows("metric_events", s, MONTH).filter(events(*_BY_SOURCE)).group_by(dimensions)
    figures = rows.agg(**{f"figure_{number}": event(name) for number, name in enumerate(_BY_SOURCE)})
    return figures.sort("figure_0", *dimensions, descending=[True, False, False, False]).head(_CAMPAIGNS)


QUESTIONS = [
    Question(
        name="sessions_by_device",
        about="sessions by day and device, 30 days",
        rollup=True,
        keys=("time", "device"),
        figures=("ga4.sessions",),
        query=asked(["ga4.sessions"], MONTH, granularity="day", group_by=["device"]),
        sql=_sessions_by_device,
        polars=polars_sessions_by_device,
    ),
    Question(
        name="sessions_by_day",
        about="sessions by local day, a year",
        rollup=True,
        keys=("time",),
        figures=("ga4.sessions",),
        query=asked(["ga4.sessions"], YEAR, granularity="day"),
        sql=_sessions_by_day,
        polars=lambda f, s: (
            f.rows("metric_events", s, YEAR, bucket="day").filter(events("ga4/sessions")).group_by("bucket").agg(total("metric_value"))
        ),
    ),
    Question(
        name="funnel",
        about="sessions, added to cart, checkouts and purchases, 30 days",
        rollup=True,
        keys=(),
        figures=("ga4.sessions", "ga4.add_to_carts", "ga4.checkouts", "ga4.purchases"),
        query=asked(["ga4.sessions", "ga4.add_to_carts", "ga4.checkouts", "ga4.purchases"], MONTH),
        sql=_funnel,
        polars=lambda f, s: f.rows("metric_events", s, MONTH).filter(events(*_STEPS)).select(**{name: event(name) for name in _STEPS}),
    ),
    Question(
        name="conversion_by_device",
        about="sessions and conversion by device, 30 days",
        rollup=True,
        keys=("device",),
        figures=("ga4.sessions", "ga4.conversion_rate"),
        query=asked(["ga4.sessions", "ga4.conversion_rate"], MONTH, group_by=["device"]),
        sql=_conversion,
        polars=_polars_conversion,
    ),
    Question(
        name="campaigns",
        about=f"the {_CAMPAIGNS} campaigns of the most sessions, by source and medium, with purchases and revenue, 30 days",
        cut=True,
        keys=("traffic_source", "medium", "campaign"),
        figures=("ga4.sessions", "ga4.purchases", "ga4.purchase_revenue"),
        query=asked(
            ["ga4.sessions", "ga4.purchases", "ga4.purchase_revenue"],
            MONTH,
            group_by=["traffic_source", "medium", "campaign"],
            order_by=by_most("ga4.sessions"),
            limit=_CAMPAIGNS,
        ),
        sql=_campaigns,
        polars=_polars_campaigns,
    ),
]
