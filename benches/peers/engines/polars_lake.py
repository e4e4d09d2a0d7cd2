"""Polars' lazy frames over Aloftly's own segments."""

import polars as pl

from ..questions.frames import Frames
from ..questions.model import Question
from ..scope import Scope
from .base import Engine, Place, Row


class PolarsOverLake(Engine):
    """Polars over the Parquet that Aloftly wrote. It uses as many threads as `POLARS_MAX_THREADS` said when it was imported."""

    name = "polars-lake"

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._frames = Frames(place.lake())

    @staticmethod
    def version() -> str:
        return f"Polars {pl.__version__}"

    def open(self) -> None:
        """There is nothing to connect to."""

    def ask(self, question: Question, scope: Scope) -> list[Row]:
        return question.polars(self._frames, scope).collect().rows()

    def close(self) -> None:
        """There is nothing to disconnect from."""
