"""The peers: engines in this process, or beside it, over the same rows."""

from .base import Engine, Place
from .clickhouse import ChDb
from .duck import DuckOverLake, DuckTables
from .polars_lake import PolarsOverLake
from .postgres import Postgres

ALL: tuple[type[Engine], ...] = (DuckOverLake, DuckTables, ChDb, PolarsOverLake, Postgres)
"""In the order of the tables; the first is what the others are compared with."""

__all__ = ["ALL", "ChDb", "DuckOverLake", "DuckTables", "Engine", "Place", "PolarsOverLake", "Postgres"]
