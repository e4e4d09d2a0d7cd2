"""Twenty shops that never existed: their events and orders over one year, from a fixed seed."""

SEED = 20_261_031
"""Every run makes the same rows."""

FULL_EVENTS = 40_000_000
"""Metric events of all shops at full size."""

FULL_ORDERS = 3_000_000
"""Orders of all shops at full size."""
