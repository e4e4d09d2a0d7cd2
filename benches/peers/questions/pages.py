"""Tables of pages."""

import polars as pl

from ..scope import Scope
from .dialect import Dialect
from .frames import Frames, event, events, ratio, total
from .model import MONTH, QUARTER, Question, asked, by_most

_OF_PAGES = (
    "ga4/sessions_by_page",
    "ga4/page_views_by_page",
    "clarity/scrolled_by_page",
    "clarity/scroll_sessions_by_page",
    "clarity/active_seconds_by_page",
)
_OF_CLICKS = ("clarity/sessions_by_page", "clarity/rage_click_sessions_by_page", "clarity/dead_click_sessions_by_page")
_ROWS = 50
_PART = "/products/"


def _pages(d: Dialect, s: Scope) -> str:
    sessions, views, scrolled, scrolls, active = (d.event(name) for name in _OF_PAGES)
    figures = f"{sessions} AS sessions, {views} AS views, {d.ratio(scrolled, scrolls)} AS depth, {active} AS active"
    rows = d.rows("metric_events", s, MONTH, where=d.events(*_OF_PAGES))
    return f"SELECT page, {figures} FROM {rows} GROUP BY page ORDER BY sessions DESC, page LIMIT {_ROWS}"


def _polars_pages(f: Frames, s: Scope) -> pl.LazyFrame:
    sessions, views, scrolled, scrolls, active = (event(name) for name in _OF_PAGES)
    rows = f.rows("metric_events", s, MONTH).filter(events(*_OF_PAGES)).group_by("page")
    figures = rows.agg(sessions=sessions, views=views, depth=ratio(scrolled, scrolls), active=active)
    return figures.sort("sessions", "page", descending=[True, False]).head(_ROWS)


def _containing(d: Dialect, s: Scope) -> str:
    where = f"({d.events('ga4/sessions_by_page')}) AND {d.contains('page', _PART)}"
    rows = d.rows("metric_events", s, QUARTER, where=where)
    return f"SELECT page, {d.total('metric_value')} AS sessions FROM {rows} GROUP BY page ORDER BY sessions DESC, page LIMIT {_ROWS}"


def _polars_containing(f: Frames, s: Scope) -> pl.LazyFrame:
    rows = f.rows("metric_events", s, QUARTER).filter(events("ga4/sessions_by_page"), pl.col("page").str.contains(_PART, literal=True))
    return rows.group_by("page").agg(sessions=total("metric_value")).sort("sessions", "page", descending=[True, False]).head(_ROWS)


def _struggles(d: Dialect, s: Scope) -> str:
    sessions, rage, dead = (d.event(name) for name in _OF_CLICKS)
    figures = f"{sessions} AS sessions, {d.ratio(rage, sessions)} AS rage, {d.ratio(dead, sessions)} AS dead"
    rows = d.rows("metric_events", s, MONTH, where=f"({d.events(*_OF_CLICKS)}) AND device = 'mobile'")
    return f"SELECT page, {figures} FROM {rows} GROUP BY page ORDER BY sessions DESC, page LIMIT {_ROWS}"


def _polars_struggles(f: Frames, s: Scope) -> pl.LazyFrame:
    sessions, rage, dead = (event(name) for name in _OF_CLICKS)
    rows = f.rows("metric_events", s, MONTH).filter(events(*_OF_CLICKS), pl.col("device") == "mobile").group_by("page")
    figures = rows.agg(sessions=sessions, rage=ratio(rage, sessions), dead=ratio(dead, sessions))
    return figures.sort("sessions", "page", descending=[True, False]).head(_ROWS)


QUESTIONS = [
    Question(
        name="pages",
        about=f"the {_ROWS} pages of the most sessions, with views, scroll depth and active time, 30 days",
        cut=True,
        keys=("page",),
        figures=("ga4.sessions", "ga4.page_views", "clarity.scroll_depth", "clarity.active_time"),
        query=asked(
            ["ga4.sessions", "ga4.page_views", "clarity.scroll_depth", "clarity.active_time"],
            MONTH,
            group_by=["page"],
            order_by=by_most("ga4.sessions"),
            limit=_ROWS,
        ),
        sql=_pages,
        polars=_polars_pages,
    ),
    Question(
        name="pages_containing",
        about=f"the {_ROWS} pages of the most sessions whose path contains {_PART}, 90 days",
        cut=True,
        keys=("page",),
        figures=("ga4.sessions",),
        query=asked(
            ["ga4.sessions"],
            QUARTER,
            group_by=["page"],
            filters={"dimension": "page", "operator": "contains", "values": [_PART]},
            order_by=by_most("ga4.sessions"),
            limit=_ROWS,
        ),
        sql=_containing,
        polars=_polars_containing,
    ),
    Question(
        name="struggles",
        about=f"the {_ROWS} pages of the most sessions on mobiles, with rage and dead clicks, 30 days",
        cut=True,
        keys=("page",),
        figures=("clarity.sessions", "clarity.rage_click_rate", "clarity.dead_click_rate"),
        query=asked(
            ["clarity.sessions", "clarity.rage_click_rate", "clarity.dead_click_rate"],
            MONTH,
            group_by=["page"],
            filters={"device": "mobile"},
            order_by=by_most("clarity.sessions"),
            limit=_ROWS,
        ),
        sql=_struggles,
        polars=_polars_struggles,
    ),
]
