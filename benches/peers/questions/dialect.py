"""SQL in the ways of each engine. Questions are written once over this; what differs is here.

The rows of a dataset are those of some stores, in local days of theirs: half-open ranges of instants, computed once for each zone. `bucket` adds
the local hour, day, week (from Monday) or month as a column of that name.
"""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta

from ..product.lake import Lake
from ..scope import Days, Scope, Store

COUNTED = "NOT is_test AND cancelled_at IS NULL"
"""Orders that count."""

TIME = {"metric_events": "recorded_at", "orders": "created_at", "order_items": "created_at", "refunds": "created_at"}

OWN_DAY = "coalesce(refunded_at, created_at)"
"""When a refund happened; its order's time where it does not say."""


def instant(at: datetime) -> str:
    """An instant as SQL writes it, without its zone."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


class Dialect(ABC):
    """How an engine writes what our questions need."""

    def rows(
        self,
        dataset: str,
        scope: Scope,
        days: Days | None,
        *,
        bucket: str | None = None,
        where: str = "",
        counted: bool = False,
        by: str | None = None,
    ) -> str:
        """The rows of a dataset, as something to select from. `by` is the time that decides, its partition's unless given."""
        time = by or TIME[dataset]
        branches = []
        for zone, stores in scope.by_zone().items():
            columns = "*" if bucket is None else f"*, {self.local(time, bucket, zone)} AS bucket"
            conditions = [*self.of_stores(stores)]
            if days is not None:
                begins, ends = days.instants(zone)
                conditions += [f"{time} >= {self.at(begins)}", f"{time} < {self.at(ends)}"]
                if by is not None:
                    # Nothing is paid back before it was ordered.
                    conditions.append(f"{TIME[dataset]} < {self.at(ends)}")
            conditions += [COUNTED] if counted else []
            conditions += [f"({where})"] if where else []
            table = self.table(dataset, stores, self._months(days, zone, by is not None), len(scope.stores) > 1)
            branches.append(f"SELECT {columns} FROM {table} WHERE {' AND '.join(conditions) or 'true'}")
        return f"({' UNION ALL '.join(branches)}) AS r"

    @staticmethod
    def _months(days: Days | None, zone: str, from_the_beginning: bool) -> Days | None:
        """The days of UTC that hold the rows."""
        if days is None:
            return None
        begins, ends = days.instants(zone)
        first = datetime.min if from_the_beginning else begins
        return Days(first.date(), (ends - timedelta(microseconds=1)).date())

    @abstractmethod
    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        """Where the rows of these stores are; whether those of `several` are asked for, so that a row must tell its store."""

    def of_stores(self, stores: list[Store]) -> list[str]:
        """That a row is of these stores."""
        if len(stores) == 1:
            return [f"store_id = '{stores[0].id}'"]
        return [f"store_id IN ({', '.join(repr(store.id) for store in stores)})"]

    def at(self, instant_of: datetime) -> str:
        """An instant."""
        return f"TIMESTAMPTZ '{instant(instant_of)}+00'"

    def local(self, time: str, bucket: str, zone: str) -> str:
        """The beginning of the local hour, day, week or month of an instant."""
        wall = f"{time} AT TIME ZONE '{zone}'"
        if bucket == "hour":
            return f"date_trunc('hour', {wall})"
        return f"CAST({wall} AS date)" if bucket == "day" else f"CAST(date_trunc('{bucket}', {wall}) AS date)"

    def count(self, condition: str = "") -> str:
        """How many orders there are."""
        return f"count(*) FILTER (WHERE {condition})" if condition else "count(*)"

    def total(self, column: str, condition: str = "") -> str:
        """The sum of a column, zero of nothing."""
        return f"coalesce(sum({column}) FILTER (WHERE {condition}), 0)" if condition else f"coalesce(sum({column}), 0)"

    def event(self, *names: str) -> str:
        """The sum of the values of these metrics, among rows of several."""
        return self.total(
            "metric_value", " OR ".join(f"(source = '{name.split('/')[0]}' AND metric_name = '{name.split('/')[1]}')" for name in names)
        )

    def events(self, *names: str) -> str:
        """That a row is of one of these metrics."""
        by_source: dict[str, list[str]] = {}
        for name in names:
            source, metric = name.split("/")
            by_source.setdefault(source, []).append(metric)
        parts = [
            f"(source = '{source}' AND metric_name IN ({', '.join(repr(metric) for metric in metrics)}))"
            for source, metrics in by_source.items()
        ]
        return " OR ".join(parts)

    def ratio(self, numerator: str, denominator: str) -> str:
        """A sum over a sum, null where that is by zero."""
        return f"{self.double(numerator)} / nullif({self.double(denominator)}, 0)"

    def double(self, value: str) -> str:
        """A number as a float."""
        return f"CAST({value} AS double precision)"

    def contains(self, column: str, text: str) -> str:
        """That a text is part of a column."""
        return f"strpos({column}, '{text}') > 0"

    def percentile(self, column: str, share: float) -> str:
        """Between the two nearest values."""
        return f"percentile_cont({share}) WITHIN GROUP (ORDER BY {self.double(column)})"


class DuckDbTables(Dialect):
    """DuckDB's own tables."""

    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        return dataset

    def percentile(self, column: str, share: float) -> str:
        return f"quantile_cont({self.double(column)}, {share})"


class DuckDbLake(DuckDbTables):
    """DuckDB over Aloftly's segments. Which files hold which store and month it is told, as Aloftly's manifest tells Aloftly."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        of = frozenset(store.id for store in stores)
        files = self._lake.files(dataset, of, *((months.first, months.last) if months else (None, None)))
        # A folder's name tells the store where there are several.
        hive = ", hive_partitioning = true, hive_types = {'store_id': VARCHAR, 'date': DATE}" if several else ", hive_partitioning = false"
        if not files:
            return f"(SELECT * FROM read_parquet(['{self._lake.files(dataset)[0]}']{hive}) LIMIT 0)"
        return f"read_parquet([{', '.join(repr(file) for file in files)}]{hive})"

    def of_stores(self, stores: list[Store]) -> list[str]:
        return []


class ClickHouse(Dialect):
    """ClickHouse's tables, in chDB."""

    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        return dataset

    def at(self, instant_of: datetime) -> str:
        return f"toDateTime64('{instant(instant_of)}', 6, 'UTC')"

    def local(self, time: str, bucket: str, zone: str) -> str:
        functions = {
            "hour": f"toDateTime64(toStartOfHour({time}, '{zone}'), 0, '{zone}')",
            "day": f"toDate({time}, '{zone}')",
            "week": f"toStartOfWeek({time}, 1, '{zone}')",
            "month": f"toStartOfMonth({time}, '{zone}')",
        }
        return functions[bucket]

    def double(self, value: str) -> str:
        return f"toFloat64({value})"

    def contains(self, column: str, text: str) -> str:
        return f"position({column}, '{text}') > 0"

    def percentile(self, column: str, share: float) -> str:
        return f"quantileExactInclusive({share})({self.double(column)})"


class PostgresTables(Dialect):
    """Postgres: tables that are partitioned by month."""

    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        return dataset


class PostgresDaily(Dialect):
    """Postgres: materialized views of the sums of local days, which have the columns of the rows that they sum up."""

    def rows(
        self,
        dataset: str,
        scope: Scope,
        days: Days | None,
        *,
        bucket: str | None = None,
        where: str = "",
        counted: bool = False,
        by: str | None = None,
    ) -> str:
        conditions = [*self.of_stores(list(scope.stores))]
        if days is not None:
            conditions += [f"day >= DATE '{days.first}'", f"day <= DATE '{days.last}'"]
        conditions += [f"({where})"] if where else []
        step = {None: "", "day": ", day AS bucket"}.get(bucket, f", CAST(date_trunc('{bucket}', day) AS date) AS bucket")
        return f"(SELECT *{step} FROM daily_{dataset} WHERE {' AND '.join(conditions)}) AS r"

    def table(self, dataset: str, stores: list[Store], months: Days | None, several: bool) -> str:
        return f"daily_{dataset}"

    def count(self, condition: str = "") -> str:
        return self.total("orders", condition)
