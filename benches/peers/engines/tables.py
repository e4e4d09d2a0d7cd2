"""The columns that peers keep: those that questions ask for. Ids of events, raw data and the like stay in the lake."""

ORDER_CONTEXT = ("currency", "customer_id", "channel", "country", "discount_code", "financial_status", "is_test", "cancelled_at")

COLUMNS: dict[str, tuple[str, ...]] = {
    "metric_events": (
        "source", "metric_name", "metric_value", "recorded_at", "currency", "device", "country", "page", "traffic_source", "medium", "campaign", "product",
    ),
    "orders": ("order_id", "created_at", *ORDER_CONTEXT, "units", "subtotal", "discount", "shipping", "tax", "total", "refunded"),
    "order_items": ("order_id", "created_at", *ORDER_CONTEXT, "product_id", "product", "variant", "vendor", "quantity", "unit_price", "discount", "amount"),
    "refunds": ("order_id", "created_at", *ORDER_CONTEXT, "refunded_at", "amount"),
}  # fmt: skip

INSTANTS = {"recorded_at", "created_at", "cancelled_at", "refunded_at"}
MONEY = {"subtotal", "discount", "shipping", "tax", "total", "refunded", "unit_price", "amount"}
WHOLE = {"units", "quantity"}
FLAGS = {"is_test"}
NEVER_NULL = {
    "store_id", "source", "metric_name", "metric_value", "recorded_at", "order_id", "created_at", "is_test", "units", "subtotal", "discount", "shipping",
    "tax", "total", "refunded", "product_id", "quantity", "unit_price", "amount",
}  # fmt: skip
DISTINCT = {"order_id", "customer_id"}
"""Texts of which nearly every row has another."""

ORDER: dict[str, tuple[str, ...]] = {
    "metric_events": ("store_id", "recorded_at"),
    "orders": ("store_id", "created_at"),
    "order_items": ("store_id", "created_at"),
    "refunds": ("store_id", "created_at"),
}
"""What a table is sorted by where all are sorted by time."""


def kind(column: str) -> str:
    """`instant`, `money`, `value`, `whole`, `flag` or `text`."""
    for name, columns in (("instant", INSTANTS), ("money", MONEY), ("whole", WHOLE), ("flag", FLAGS), ("value", {"metric_value"})):
        if column in columns:
            return name
    return "text"
