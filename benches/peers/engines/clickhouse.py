"""ClickHouse in this process: chDB with MergeTree tables."""

import shutil
from pathlib import Path
from typing import Any

from ..questions.dialect import ClickHouse
from ..questions.model import Question
from ..scope import Scope
from .base import THREADS, Engine, Place, Row, size
from .tables import COLUMNS, DISTINCT, NEVER_NULL, kind

_ORDER = {
    "metric_events": "(store_id, source, metric_name, recorded_at)",
    "orders": "(store_id, created_at)",
    "order_items": "(store_id, created_at)",
    "refunds": "(store_id, created_at)",
}
_TYPES = {"instant": "DateTime64(6, 'UTC')", "money": "Decimal(18, 4)", "value": "Decimal(18, 6)", "whole": "Int64", "flag": "Bool"}


class ChDb(Engine):
    """MergeTree tables ordered by store, metric and time."""

    name = "chdb"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._dialect = ClickHouse()
        self._session: Any = None

    @staticmethod
    def version() -> str:
        import chdb

        return f"chDB {chdb.chdb_version if isinstance(chdb.chdb_version, str) else '.'.join(map(str, chdb.chdb_version))}"

    @property
    def _folder(self) -> Path:
        return self.place.folder / "chdb"

    def prepare(self) -> None:
        done = self.place.folder / "chdb.done"
        if done.exists():
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        self.open()
        try:
            for dataset, columns in COLUMNS.items():
                declared = ", ".join(f"{name} {_type(name)}" for name in ("store_id", *columns))
                self._session.query(f"CREATE TABLE {dataset} ({declared}) ENGINE = MergeTree ORDER BY {_ORDER[dataset]}")
                for store in self.place.stores:
                    files = f"{self.place.lake_folder}/{dataset}/store_id={store.id}/*/*.parquet"
                    if any((self.place.lake_folder / dataset / f"store_id={store.id}").rglob("*.parquet")):
                        self._session.query(
                            f"INSERT INTO {dataset} SELECT '{store.id}', {', '.join(columns)} FROM file('{files}', Parquet) SETTINGS use_hive_partitioning = 0"
                        )
                self._session.query(f"OPTIMIZE TABLE {dataset} FINAL")
        finally:
            self.close()
        done.touch()

    def open(self) -> None:
        from chdb import session

        self._session = session.Session(str(self._folder))
        self._session.query(f"SET max_threads = {THREADS}")

    def ask(self, question: Question, scope: Scope) -> list[Row]:
        table = self._session.query(question.sql(self._dialect, scope), "ArrowTable")
        return list(zip(*[column.to_pylist() for column in table.columns], strict=True))

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def written(self) -> int | None:
        return size(self._folder / "store") if (self._folder / "store").exists() else size(self._folder)


def _type(column: str) -> str:
    of = kind(column)
    if of != "text":
        return _TYPES[of] if column in NEVER_NULL else f"Nullable({_TYPES[of]})"
    text = "String" if column in NEVER_NULL else "Nullable(String)"
    return text if column in DISTINCT else f"LowCardinality({text})"
