"""All questions, in the order of the tables."""

from . import commerce, customers, pages, products, together, traffic
from .model import Question


def all_questions() -> list[Question]:
    """All of them."""
    return [*commerce.QUESTIONS, *customers.QUESTIONS, *products.QUESTIONS, *traffic.QUESTIONS, *pages.QUESTIONS, *together.QUESTIONS]
