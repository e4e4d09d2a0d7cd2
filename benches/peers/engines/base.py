"""What a peer is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ..product.lake import Lake
from ..questions.model import Question
from ..scope import Scope, Store

THREADS = 2
"""Threads of a peer that answers one question."""

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Place:
    """Where a peer keeps what it made of the lake, and what there is."""

    folder: Path
    lake_folder: Path
    stores: tuple[Store, ...]

    def lake(self) -> Lake:
        """The rows."""
        return Lake(self.lake_folder)


class Engine(ABC):
    """A peer. `prepare` is done once for each load, `open` before questions, `close` after them."""

    name: ClassVar[str]

    def __init__(self, place: Place) -> None:
        self.place = place

    @staticmethod
    @abstractmethod
    def version() -> str:
        """The engine and its version."""

    def prepare(self) -> None:  # noqa: B027 (those that read the lake have nothing to do)
        """Copies the rows into the engine's own form, unless that was done before."""

    @abstractmethod
    def open(self) -> None:
        """Connects."""

    @abstractmethod
    def ask(self, question: Question, scope: Scope) -> list[Row]:
        """The answer's rows as Python objects."""

    @abstractmethod
    def close(self) -> None:
        """Disconnects, and stops what was started."""

    def written(self) -> int | None:
        """Bytes on disk beside the lake; `None` for those that read the lake itself."""
        return None


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
