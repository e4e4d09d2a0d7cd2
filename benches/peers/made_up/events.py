"""Metric events as sources deliver them: GA4's and Clarity's reports, each cut by few dimensions, and custom events."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import SEED
from .calendar import Clock, Month
from .choices import COUNTRIES, DEVICES, Skewed
from .shops import Shop

_PAGES = Skewed(
    ["/", "/cart", "/search", "/collections/all"]
    + [f"/products/item-{number:03}" for number in range(1, 261)]
    + [f"/collections/season-{number:02}" for number in range(1, 41)]
    + [f"/blogs/journal/story-{number:03}" for number in range(1, 97)],
    exponent=0.9,
)
_CHANNELS = [
    (source, medium, campaign)
    for source, medium in [
        ("google", "organic"),
        ("(direct)", "(none)"),
        ("google", "cpc"),
        ("meta", "paid_social"),
        ("newsletter", "email"),
        ("bing", "cpc"),
    ]
    for campaign in (["(not set)"] if medium in {"organic", "(none)"} else [f"{source}-{number:02}" for number in range(1, 13)])
]
_CHANNEL = Skewed([str(number) for number in range(len(_CHANNELS))], exponent=0.8)
_PRODUCTS = Skewed([f"Item {number:03}" for number in range(1, 301)])

MAPPING = {
    "source": {"column": "source"},
    "recorded_at": {"column": "recorded_at"},
    "event_id": "id",
    "metrics": [{"name": {"column": "metric"}, "value": "value"}],
    "currency": {"column": "currency"},
    **{name: {"column": name} for name in ("device", "country", "page", "traffic_source", "medium", "campaign", "product")},
}
"""Which column of the files is what, for `aloftly import events --mapping`."""


@dataclass(frozen=True)
class Kind:
    """Rows of one metric name: what they are cut by, how many there are of them, and how large their values."""

    source: str
    name: str
    cut: str
    often: float
    mean: float
    cents: bool = False


_DAY, _DEVICE, _SOURCE, _PAGE, _ITEM, _PAGE_DEVICE = "", "device", "source", "page", "item", "page_device"

KINDS = [
    Kind("ga4", "sessions", _DAY, 2, 40),
    Kind("ga4", "sessions_by_device", _DEVICE, 8, 12),
    Kind("ga4", "sessions_by_source", _SOURCE, 7, 10),
    Kind("ga4", "sessions_by_page", _PAGE, 9, 6),
    Kind("ga4", "engaged_sessions", _DAY, 1, 22),
    Kind("ga4", "engaged_sessions_by_device", _DEVICE, 3, 7),
    Kind("ga4", "engaged_sessions_by_page", _PAGE, 3, 3),
    Kind("ga4", "page_views", _DAY, 1, 110),
    Kind("ga4", "page_views_by_page", _PAGE, 9, 9),
    Kind("ga4", "page_views_by_device", _DEVICE, 3, 30),
    Kind("ga4", "users", _DAY, 0.2, 30),
    Kind("ga4", "new_users_by_device", _DEVICE, 2, 6),
    Kind("ga4", "add_to_carts", _DAY, 1, 12),
    Kind("ga4", "add_to_carts_by_device", _DEVICE, 3, 4),
    Kind("ga4", "add_to_carts_by_source", _SOURCE, 2, 3),
    Kind("ga4", "checkouts", _DAY, 1, 6),
    Kind("ga4", "checkouts_by_device", _DEVICE, 2, 3),
    Kind("ga4", "purchases", _DAY, 1, 3),
    Kind("ga4", "purchases_by_device", _DEVICE, 1.5, 2),
    Kind("ga4", "purchases_by_source", _SOURCE, 1.5, 2),
    Kind("ga4", "purchase_revenue", _DAY, 1, 210, cents=True),
    Kind("ga4", "purchase_revenue_by_device", _DEVICE, 1.5, 130, cents=True),
    Kind("ga4", "purchase_revenue_by_source", _SOURCE, 1.5, 130, cents=True),
    Kind("ga4", "items_viewed", _ITEM, 5, 5),
    Kind("ga4", "items_added_to_cart", _ITEM, 2, 2),
    Kind("clarity", "sessions", _DEVICE, 2, 14),
    Kind("clarity", "sessions_by_page", _PAGE_DEVICE, 6, 5),
    Kind("clarity", "scrolled_by_page", _PAGE_DEVICE, 5, 2, cents=True),
    Kind("clarity", "scroll_sessions_by_page", _PAGE_DEVICE, 5, 5),
    Kind("clarity", "active_seconds_by_page", _PAGE_DEVICE, 4, 70, cents=True),
    Kind("clarity", "rage_click_sessions_by_page", _PAGE_DEVICE, 2, 1),
    Kind("clarity", "dead_click_sessions_by_page", _PAGE_DEVICE, 2, 1),
    Kind("custom", "web_vital_lcp", _PAGE_DEVICE, 6, 2, cents=True),
    Kind("custom", "search", _DEVICE, 3, 1),
    Kind("custom", "video_play", _PAGE_DEVICE, 2, 1),
]
_KIND = Skewed([f"{kind.source}/{kind.name}" for kind in KINDS], weights=[kind.often for kind in KINDS])


def _of_kinds(flags: list[bool]) -> np.ndarray:
    return np.array(flags, dtype=bool)


_HAS = {
    "device": _of_kinds([kind.cut in {_DEVICE, _PAGE_DEVICE} for kind in KINDS]),
    "country": _of_kinds([kind.cut == _DEVICE and kind.source == "ga4" for kind in KINDS]),
    "page": _of_kinds([kind.cut in {_PAGE, _PAGE_DEVICE} for kind in KINDS]),
    "channel": _of_kinds([kind.cut == _SOURCE for kind in KINDS]),
    "product": _of_kinds([kind.cut == _ITEM for kind in KINDS]),
    "cents": _of_kinds([kind.cents for kind in KINDS]),
    "money": _of_kinds([kind.name.startswith("purchase_revenue") for kind in KINDS]),
}
_MEANS = np.array([kind.mean for kind in KINDS])


@dataclass(frozen=True)
class Counted:
    """What a file holds, added up while it was made: rows, and cents of value, by source and metric name."""

    rows: dict[str, int]
    cents: dict[str, int]


def write(shop: Shop, month: Month, count: int, first_id: int, file: Path) -> Counted:
    """Writes a month of a shop's events as Parquet."""
    rng = np.random.default_rng([SEED, 1, shop.number, month.number])
    at = Clock(shop.zone, month).draw(rng, count)
    kinds = _KIND.draw(rng, count)
    whole = rng.poisson(_MEANS[kinds]).astype(np.int64) + 1
    cents = whole * 100 + np.where(_HAS["cents"][kinds], rng.integers(0, 100, count), 0)
    channel = _CHANNEL.draw(rng, count)

    def drawn(choice: Skewed, dimension: str) -> pa.DictionaryArray:
        return choice.column(choice.draw(rng, count), ~_HAS[dimension][kinds])

    def of_channel(part: int) -> pa.DictionaryArray:
        return Skewed([each[part] for each in _CHANNELS]).column(channel, ~_HAS["channel"][kinds])

    def of_kind(names: list[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(kinds), pa.array(names))

    usd = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32), mask=~_HAS["money"][kinds]), pa.array(["USD"]))
    columns = {
        "id": pa.array(np.arange(first_id, first_id + count)).cast(pa.string()),
        "source": of_kind([kind.source for kind in KINDS]),
        "metric": of_kind([kind.name for kind in KINDS]),
        "value": pa.array(cents / 100.0),
        "recorded_at": pa.array(at, pa.timestamp("us", "UTC")),
        "currency": usd,
        "device": drawn(DEVICES, "device"),
        "country": drawn(COUNTRIES, "country"),
        "page": drawn(_PAGES, "page"),
        "traffic_source": of_channel(0),
        "medium": of_channel(1),
        "campaign": of_channel(2),
        "product": drawn(_PRODUCTS, "product"),
    }
    plain = {name: column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column for name, column in columns.items()}
    pq.write_table(pa.table(plain), file, compression="snappy", row_group_size=128 * 1024)
    rows, sums = np.bincount(kinds, minlength=len(KINDS)), np.bincount(kinds, weights=cents, minlength=len(KINDS))
    return Counted(
        {name: int(number) for name, number in zip(_KIND.names, rows, strict=True) if number},
        {name: round(number) for name, number in zip(_KIND.names, sums, strict=True) if number},
    )
