"""Orders as Shopify's admin exports them: items, discounts, refunds, cancellations, tests, and customers who come back."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from . import SEED
from .calendar import LAST_DAY, Clock, Month
from .choices import COUNTRIES, Skewed
from .shops import Shop

_PRODUCTS = Skewed([f"Item {number:03}" for number in range(1, 301)], exponent=1.0)
_VENDORS = ["Alder", "Birch", "Cedar", "Damson", "Elm", "Fir", "Gorse", "Hazel"]
_CODES = Skewed(["WELCOME10", "SPRING", "VIP", "FRIENDS", "SALE15", "NEWS", "APP", "BACK"])
_SOURCES = Skewed(["web", "pos", "instagram", "shopify_draft_order"], weights=[80, 12, 6, 2])
_LINES = np.array([0.45, 0.27, 0.15, 0.08, 0.05])
_DAY_MICROS = 86_400 * 1_000_000


@dataclass
class Customers:
    """How many customers a shop has had so far; later orders come from these."""

    known: int = 0


@dataclass
class Counted:
    """What the files hold, added up while they were made. Cents, of orders that are neither cancelled nor a test."""

    orders: int = 0
    items: int = 0
    counted_orders: int = 0
    total: int = 0
    refunded: int = 0
    item_amounts: int = 0
    units: int = 0


@dataclass(frozen=True)
class _Orders:
    """A month of them: arrays with a value for each. `source`, `country` and `code` are places in lists of names."""

    at: np.ndarray
    customer: np.ndarray
    lines: np.ndarray
    discount_percent: np.ndarray
    is_test: np.ndarray
    is_cancelled: np.ndarray
    source: np.ndarray
    country: np.ndarray
    code: np.ndarray
    refund_share: np.ndarray
    refund_delay: np.ndarray
    shipping: np.ndarray


def _draw_customers(rng: np.random.Generator, count: int, customers: Customers) -> np.ndarray:
    """A customer for each order, 0 for none: new ones, and those who come again, the newest and the keenest most."""
    returning = rng.random(count) < 0.38
    new_before = customers.known + np.cumsum(~returning)
    back = (rng.random(count) ** 1.7 * new_before).astype(np.int64)
    customer = np.where(returning, np.maximum(new_before - back, 1), new_before)
    customers.known = int(new_before[-1]) if count else customers.known
    return np.where(rng.random(count) < 0.03, 0, customer)


def _draw(rng: np.random.Generator, shop: Shop, month: Month, count: int, customers: Customers) -> _Orders:
    return _Orders(
        at=Clock(shop.zone, month).draw(rng, count),
        customer=_draw_customers(rng, count, customers),
        lines=rng.choice(np.arange(1, 6), size=count, p=_LINES),
        discount_percent=np.where(rng.random(count) < 0.2, rng.choice([5, 10, 15, 25], size=count), 0),
        is_test=rng.random(count) < 0.005,
        is_cancelled=rng.random(count) < 0.02,
        source=_SOURCES.draw(rng, count),
        country=COUNTRIES.draw(rng, count),
        code=_CODES.draw(rng, count),
        refund_share=np.where(rng.random(count) < 0.05, rng.choice([1.0, 0.5, 0.25], size=count), 0.0),
        refund_delay=rng.integers(1, 30 * 86_400, count) * 1_000_000,
        shipping=rng.choice([0, 495, 995, 1500], size=count, p=[0.4, 0.3, 0.2, 0.1]),
    )


def _price(products: np.ndarray) -> np.ndarray:
    """What a product costs, in cents."""
    return 495 + (products.astype(np.int64) * 7_919) % 14_500


def write(shop: Shop, month: Month, count: int, first_number: int, customers: Customers, file: Path) -> Counted:
    """Writes a month of a shop's orders as CSV."""
    rng = np.random.default_rng([SEED, 2, shop.number, month.number])
    orders = _draw(rng, shop, month, count, customers)
    lines = int(orders.lines.sum())
    order_of = np.repeat(np.arange(count), orders.lines)
    begins = np.concatenate([[0], np.cumsum(orders.lines)[:-1]])
    is_first = np.zeros(lines, dtype=bool)
    is_first[begins] = True
    products = _PRODUCTS.draw(rng, lines)
    quantity = rng.choice([1, 2, 3], size=lines, p=[0.8, 0.15, 0.05])
    price = _price(products)

    gross = np.add.reduceat(price * quantity, begins) if count else np.zeros(0, dtype=np.int64)
    discount = gross * orders.discount_percent // 100
    subtotal = gross - discount
    tax = (subtotal * 8 + 50) // 100
    total = subtotal + orders.shipping + tax
    refunded = (total * orders.refund_share).astype(np.int64)
    end = int(np.datetime64(LAST_DAY, "us").astype(np.int64))
    refunded_at = np.minimum(orders.at + orders.refund_delay, np.maximum(end, orders.at))

    numbers = np.arange(first_number, first_number + count)
    of_orders = pl.DataFrame(
        {
            "Name": numbers,
            "Email": orders.customer,
            "Currency": np.full(count, "USD"),
            "Financial Status": np.where(refunded == 0, "paid", np.where(refunded == total, "refunded", "partially_refunded")),
            "Paid at": orders.at,
            "Subtotal": subtotal,
            "Shipping": orders.shipping,
            "Taxes": tax,
            "Total": total,
            "Discount Code": orders.code,
            "Discount Amount": discount,
            "Created at": orders.at,
            "Cancelled at": np.where(orders.is_cancelled, orders.at + _DAY_MICROS // 24, 0),
            "Payment Method": np.where(orders.is_test, "Bogus Gateway", "Shopify Payments"),
            "Refunded Amount": refunded,
            "Refunded at": np.where(refunded > 0, refunded_at, 0),
            "Shipping Country": orders.country,
            "Source": orders.source,
        }
    )
    _csv(of_orders, shop, order_of, is_first, products, quantity, price).write_csv(file)

    counts = ~(orders.is_test | orders.is_cancelled)
    return Counted(
        orders=count,
        items=lines,
        counted_orders=int(counts.sum()),
        total=int(total[counts].sum()),
        refunded=int(refunded[counts].sum()),
        item_amounts=int(subtotal[counts].sum()),
        units=int(quantity[counts[order_of]].sum()),
    )


def _csv(
    of_orders: pl.DataFrame,
    shop: Shop,
    order_of: np.ndarray,
    is_first: np.ndarray,
    products: np.ndarray,
    quantity: np.ndarray,
    price: np.ndarray,
) -> pl.DataFrame:
    """One line for each item, with what is said of the order as a whole on its first."""

    def money(name: str) -> pl.Expr:
        return (pl.col(name).cast(pl.Decimal(18, 2)) / pl.lit(100).cast(pl.Decimal(18, 2))).cast(pl.Decimal(18, 2)).cast(pl.String)

    def time(name: str) -> pl.Expr:
        written = pl.from_epoch(pl.col(name), "us").dt.strftime("%Y-%m-%d %H:%M:%S +0000")
        return pl.when(pl.col(name) != 0).then(written)

    def named(name: str, choice: Skewed) -> pl.Expr:
        return pl.col(name).replace_strict(list(range(len(choice.names))), choice.names)

    written = of_orders.select(
        pl.format("#{}", "Name").alias("Name"),
        pl.when(pl.col("Email") > 0).then(pl.format("customer-{}-{}@example.com", pl.lit(shop.number), "Email")).alias("Email"),
        "Currency",
        "Financial Status",
        time("Paid at"),
        *[money(name) for name in ("Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Refunded Amount")],
        pl.when(pl.col("Discount Amount") > 0).then(named("Discount Code", _CODES)).alias("Discount Code"),
        time("Created at"),
        time("Cancelled at"),
        "Payment Method",
        time("Refunded at"),
        named("Shipping Country", COUNTRIES),
        named("Source", _SOURCES),
        (pl.col("Name") + 1_000_000_000 * (shop.number + 1)).alias("Id"),
    )
    repeated = written[order_of]
    only_first = [name for name in repeated.columns if name not in {"Name", "Email", "Created at"}]
    items = pl.DataFrame({"first": is_first, "product": products, "Lineitem quantity": quantity, "Lineitem price": price})
    together = pl.concat([repeated, items], how="horizontal")
    vendors = [_VENDORS[number % len(_VENDORS)] for number in range(len(_PRODUCTS.names))]
    return together.select(
        "Name",
        "Email",
        "Created at",
        *[pl.when("first").then(pl.col(name)).alias(name) for name in only_first],
        "Lineitem quantity",
        named("product", _PRODUCTS).alias("Lineitem name"),
        money("Lineitem price"),
        pl.col("product").replace_strict(list(range(len(vendors))), vendors).alias("Vendor"),
    )
