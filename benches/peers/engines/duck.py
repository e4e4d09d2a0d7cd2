"""DuckDB, over Aloftly's own segments and over tables of its own."""

from pathlib import Path

import duckdb

from ..questions.dialect import Dialect, DuckDbLake, DuckDbTables
from ..questions.model import Question
from ..scope import Scope
from .base import THREADS, Engine, Place, Row
from .tables import COLUMNS, ORDER


class DuckOverLake(Engine):
    """DuckDB over the Parquet that Aloftly wrote; it keeps footers in memory."""

    name = "duckdb-lake"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._dialect: Dialect = DuckDbLake(place.lake())
        self._connection: duckdb.DuckDBPyConnection | None = None

    @staticmethod
    def version() -> str:
        return f"DuckDB {duckdb.__version__}"

    def open(self) -> None:
        self._connection = duckdb.connect(config={"threads": THREADS})
        self._connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET parquet_metadata_cache = true")

    def ask(self, question: Question, scope: Scope) -> list[Row]:
        assert self._connection is not None
        return self._connection.execute(question.sql(self._dialect, scope)).fetchall()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class DuckTables(DuckOverLake):
    """DuckDB's own tables, sorted by store and time."""

    name = "duckdb"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._dialect = DuckDbTables()

    @property
    def _file(self) -> Path:
        return self.place.folder / "tables.duckdb"

    def prepare(self) -> None:
        if self._file.exists():
            return
        begun = self._file.with_suffix(".begun")
        begun.unlink(missing_ok=True)
        lake = self.place.lake()
        with duckdb.connect(str(begun), config={"threads": THREADS, "memory_limit": "3GB"}) as connection:
            connection.execute("SET enable_progress_bar = false")
            for dataset, columns in COLUMNS.items():
                source = (
                    f"read_parquet({lake.files(dataset)!r}, hive_partitioning = true, hive_types = {{'store_id': VARCHAR, 'date': DATE}})"
                )
                connection.execute(
                    f"CREATE TABLE {dataset} AS SELECT store_id, {', '.join(columns)} FROM {source} ORDER BY {', '.join(ORDER[dataset])}"
                )
            connection.execute("CHECKPOINT")
        begun.rename(self._file)

    def open(self) -> None:
        self._connection = duckdb.connect(str(self._file), read_only=True, config={"threads": THREADS})
        self._connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")

    def written(self) -> int | None:
        return self._file.stat().st_size
