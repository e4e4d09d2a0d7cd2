"""What a question is about: stores with their zones, and days of theirs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Store:
    """A store of the product."""

    id: str
    name: str
    zone: str


@dataclass(frozen=True)
class Days:
    """Local days, both inclusive."""

    first: date
    last: date

    def instants(self, zone: str) -> tuple[datetime, datetime]:
        """The half-open range of instants that they are in a zone. None of our zones skips a midnight in the year."""
        tz = ZoneInfo(zone)
        begins = datetime(self.first.year, self.first.month, self.first.day, tzinfo=tz)
        after = self.last + timedelta(days=1)
        ends = datetime(after.year, after.month, after.day, tzinfo=tz)
        return begins.astimezone(UTC), ends.astimezone(UTC)

    def before(self) -> "Days":
        """As many days, right before."""
        length = self.last - self.first + timedelta(days=1)
        return Days(self.first - length, self.last - length)

    def json(self) -> dict[str, str]:
        """As a query writes it."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


@dataclass(frozen=True)
class Scope:
    """One store, or all of them; `name` is for people."""

    name: str
    stores: tuple[Store, ...]

    def by_zone(self) -> dict[str, list[Store]]:
        """The stores of each zone: their days are the same instants."""
        zones: dict[str, list[Store]] = {}
        for store in self.stores:
            zones.setdefault(store.zone, []).append(store)
        return zones

    @property
    def ids(self) -> list[str]:
        """The stores' ids."""
        return [store.id for store in self.stores]
