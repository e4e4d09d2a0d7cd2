"""Which shops there are: their zones and how the trade is shared among them."""

from dataclasses import dataclass

LARGEST_SHARE = 0.30
"""Of all rows, what the largest shop has; the others follow a power law."""

_EXPONENT = 1.1

_ZONES = (
    "America/New_York",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Los_Angeles",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "America/Chicago",
    "Europe/Paris",
    "Asia/Singapore",
    "America/Toronto",
    "Asia/Kathmandu",
    "Europe/London",
    "Pacific/Auckland",
    "Asia/Dubai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Adelaide",
    "Asia/Kolkata",
)


@dataclass(frozen=True)
class Shop:
    """A shop: `share` is its part of all rows."""

    number: int
    name: str
    zone: str
    share: float


def all_shops() -> list[Shop]:
    """The shops, the largest first."""
    weights = [place**-_EXPONENT for place in range(1, len(_ZONES))]
    rest = [(1 - LARGEST_SHARE) * weight / sum(weights) for weight in weights]
    shares = [LARGEST_SHARE, *rest]
    return [Shop(n, f"Shop {n + 1:02}", zone, share) for n, (zone, share) in enumerate(zip(_ZONES, shares, strict=True))]
