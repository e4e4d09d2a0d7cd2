"""Where the live rows are: the Parquet segments that every peer gets.

The lake's folder holds retired segments too until they are swept. `loading` sweeps with no grace, so that afterwards the folder has live segments
alone; that it has each row exactly once is then checked against what was added up while the rows were made.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATASETS = ("metric_events", "orders", "order_items", "refunds")


@dataclass(frozen=True)
class Segment:
    """One file: a UTC month of one store's dataset, or a part of it."""

    dataset: str
    store: str
    month: date
    file: Path


class Lake:
    """The live segments."""

    def __init__(self, folder: Path) -> None:
        self.segments = [self._segment(file) for file in sorted(folder.rglob("*.parquet")) if file.relative_to(folder).parts[0] in DATASETS]

    @staticmethod
    def _segment(file: Path) -> Segment:
        dataset, store, month = file.parts[-4:-1]
        return Segment(dataset, store.removeprefix("store_id="), date.fromisoformat(month.removeprefix("date=")), file)

    def files(self, dataset: str, stores: frozenset[str] | None = None, first: date | None = None, last: date | None = None) -> list[str]:
        """The files of some stores whose months overlap with the days from `first` to `last`, both in UTC and inclusive."""
        return [
            str(segment.file)
            for segment in self.segments
            if segment.dataset == dataset
            and (stores is None or segment.store in stores)
            and (first is None or segment.month >= first.replace(day=1))
            and (last is None or segment.month <= last)
        ]

    def bytes(self) -> dict[str, int]:
        """The size of each dataset."""
        return {name: sum(each.file.stat().st_size for each in self.segments if each.dataset == name) for name in DATASETS}
