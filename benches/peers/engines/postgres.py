"""Postgres: tables partitioned by month with indexes, and materialized views of the sums of local days.

Questions that a day rollup can answer are asked of the views, the others of the tables.
"""

import tempfile
from datetime import date
from pathlib import Path

import duckdb
import psycopg

from ..questions.dialect import COUNTED, OWN_DAY, TIME, PostgresDaily, PostgresTables
from ..questions.model import Question
from ..scope import Scope
from .base import Engine, Place, Row, size
from .postgres_cluster import Cluster, installed_version
from .tables import COLUMNS, NEVER_NULL, kind

_TYPES = {
    "instant": "timestamptz",
    "money": "numeric(18,4)",
    "value": "numeric(18,6)",
    "whole": "bigint",
    "flag": "boolean",
    "text": "text",
}
_INDEXES = {
    "metric_events": "(store_id, source, metric_name, recorded_at)",
    "orders": "(store_id, created_at) INCLUDE (total, is_test, cancelled_at)",
    "order_items": "(store_id, created_at)",
    "refunds": "(store_id, created_at)",
}
_VIEWS = {
    "orders": (
        f"SELECT store_id, CAST(created_at AT TIME ZONE zone AS date) AS day, country, channel, count(*) AS orders, sum(total) AS total, "
        f"sum(refunded) AS refunded, sum(discount) AS discount FROM orders JOIN stores USING (store_id) WHERE {COUNTED} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2"
    ),
    "refunds": (
        f"SELECT store_id, CAST({OWN_DAY} AT TIME ZONE zone AS date) AS day, sum(amount) AS amount "
        f"FROM refunds JOIN stores USING (store_id) WHERE {COUNTED} GROUP BY 1, 2 ORDER BY 1, 2"
    ),
    "metric_events": (
        "SELECT store_id, source, metric_name, CAST(recorded_at AT TIME ZONE zone AS date) AS day, device, country, sum(metric_value) AS metric_value "
        "FROM metric_events JOIN stores USING (store_id) WHERE page IS NULL GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4"
    ),
}
_VIEW_INDEXES = {"orders": "(store_id, day)", "refunds": "(store_id, day)", "metric_events": "(store_id, source, metric_name, day)"}
_CHUNK = 1 << 20


class Postgres(Engine):
    """A cluster of its own, over a unix socket."""

    name = "postgres"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._cluster = Cluster(place.folder / "postgres")
        self._connection: psycopg.Connection[Row] | None = None
        self._tables, self._daily = PostgresTables(), PostgresDaily()

    @staticmethod
    def version() -> str:
        return installed_version()

    def prepare(self) -> None:
        done = self.place.folder / "postgres.done"
        if done.exists():
            return
        self._cluster.make()
        self.open()
        try:
            self._load()
        finally:
            self.close()
        done.touch()

    def open(self) -> None:
        self._cluster.start()
        self._connection = psycopg.connect(self._cluster.conninfo, autocommit=True)

    def ask(self, question: Question, scope: Scope) -> list[Row]:
        assert self._connection is not None
        dialect = self._daily if question.rollup else self._tables
        return self._connection.execute(question.sql(dialect, scope)).fetchall()  # type: ignore[arg-type]  # psycopg wants literals; this is our own text

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._cluster.stop()

    def written(self) -> int | None:
        return size(self._cluster.folder / "data" / "base")

    def _execute(self, sql: str) -> None:
        assert self._connection is not None
        self._connection.execute(sql)  # type: ignore[arg-type]  # psycopg wants literals; this is our own text

    def _load(self) -> None:
        assert self._connection is not None
        self._execute("CREATE TABLE stores (store_id uuid PRIMARY KEY, zone text NOT NULL)")
        for store in self.place.stores:
            self._execute(f"INSERT INTO stores VALUES ('{store.id}', '{store.zone}')")
        lake = self.place.lake()
        for dataset, columns in COLUMNS.items():
            declared = ", ".join(f"{name} {_TYPES[kind(name)]}{' NOT NULL' if name in NEVER_NULL else ''}" for name in columns)
            self._execute(f"CREATE TABLE {dataset} (store_id uuid NOT NULL, {declared}) PARTITION BY RANGE ({TIME[dataset]})")
            for month in sorted({segment.month for segment in lake.segments if segment.dataset == dataset}):
                self._load_month(
                    dataset, columns, month, [str(each.file) for each in lake.segments if each.dataset == dataset and each.month == month]
                )
            self._execute(f"CREATE INDEX ON {dataset} {_INDEXES[dataset]}")
            self._execute(f"VACUUM (ANALYZE, FREEZE) {dataset}")
        for dataset, query in _VIEWS.items():
            self._execute(f"CREATE MATERIALIZED VIEW daily_{dataset} AS {query}")
            self._execute(f"CREATE INDEX ON daily_{dataset} {_VIEW_INDEXES[dataset]}")
            self._execute(f"VACUUM (ANALYZE, FREEZE) daily_{dataset}")
        self._execute("CHECKPOINT")

    def _load_month(self, dataset: str, columns: tuple[str, ...], month: date, files: list[str]) -> None:
        """Copies a month, in the order of the index, into a partition of its own."""
        assert self._connection is not None
        after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        partition = f"{dataset}_{month:%Y_%m}"
        order = _INDEXES[dataset].split(")")[0].strip("(")
        with tempfile.TemporaryDirectory(dir=self.place.folder) as folder:
            file = Path(folder) / "rows.csv"
            with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as duck:
                duck.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
                source = f"read_parquet({files!r}, hive_partitioning = true, hive_types = {{'store_id': VARCHAR, 'date': DATE}})"
                duck.execute(
                    f"COPY (SELECT store_id, {', '.join(columns)} FROM {source} ORDER BY {order}) TO '{file}' (FORMAT csv, HEADER false)"
                )
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.execute(
                    f"CREATE TABLE {partition} PARTITION OF {dataset} FOR VALUES FROM ('{month} 00:00+00') TO ('{after} 00:00+00')"
                )  # type: ignore[arg-type]  # psycopg wants literals; this is our own text
                copying = f"COPY {partition} FROM STDIN (FORMAT csv, FREEZE)"
                with cursor.copy(copying) as copy, file.open("rb") as rows:  # type: ignore[arg-type]  # as above
                    while block := rows.read(_CHUNK):
                        copy.write(block)
