"""What every engine is asked: once as Aloftly's JSON, once as SQL over a `Dialect`, once as Polars code."""

from .catalogue import all_questions
from .model import Question

__all__ = ["Question", "all_questions"]
