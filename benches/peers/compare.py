"""Whether two engines say the same.

Counts and sums must be equal, amounts to their last decimal. Aloftly rounds ratios and percentiles once, exactly, to the decimals of their unit; peers
have them as floats, so they may differ by half of the last decimal and by a billionth of the figure.
"""

from decimal import Decimal

from .answer import Answer, Figure, Keys
from .questions.model import Question

_DECIMALS = {"currency": 4}
_OTHER_DECIMALS = 6
_RELATIVE = 1e-9


class Disagreement(Exception):
    """Two engines answered differently."""


def check(question: Question, scope: str, engine: str, ours: Answer, units: list[str | None], theirs: Answer) -> None:
    """Compares an engine's answer with Aloftly's."""
    where = f"{question.name} of {scope}: {engine} disagrees with Aloftly"
    ours_by_key, theirs_by_key = dict(ours.rows), dict(theirs.rows)
    for name, answer, by_key in (("Aloftly", ours, ours_by_key), (engine, theirs, theirs_by_key)):
        if len(by_key) != len(answer.rows):
            raise Disagreement(f"{where}: {name} lists a row twice")
    if missing := sorted(map(str, theirs_by_key.keys() - ours_by_key.keys())):
        raise Disagreement(f"{where}: {len(missing)} rows that Aloftly has not, such as {missing[0]}")
    if missing := sorted(map(str, ours_by_key.keys() - theirs_by_key.keys())):
        raise Disagreement(f"{where}: {len(missing)} rows of Aloftly are not there, such as {missing[0]}")
    for keys, figures in ours.rows:
        _check_row(question, where, keys, figures, theirs_by_key[keys], units)
    if question.cut:
        _check_order(where, [keys for keys, _ in ours.rows], [keys for keys, _ in theirs.rows])


def _check_row(
    question: Question, where: str, keys: Keys, ours: tuple[Figure, ...], theirs: tuple[Figure, ...], units: list[str | None]
) -> None:
    if len(ours) != len(theirs):
        raise Disagreement(f"{where}: {len(theirs)} figures a row, not {len(ours)}")
    for name, unit, our, their in zip(question.figures, units, ours, theirs, strict=True):
        if not _same(our, their, _DECIMALS.get(unit or "", _OTHER_DECIMALS)):
            raise Disagreement(f"{where}: row {keys}, {name}: Aloftly says {our}, it says {their}")


def _check_order(where: str, ours: list[Keys], theirs: list[Keys]) -> None:
    for place, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        if our != their:
            raise Disagreement(f"{where}: row {place + 1} is {our} at Aloftly and {their} there")


def _same(ours: Figure, theirs: Figure, decimals: int) -> bool:
    if isinstance(theirs, float):
        return ours is not None and abs(float(ours) - theirs) <= 0.5000001 * 10**-decimals + _RELATIVE * abs(theirs)
    if ours is None or theirs is None:
        # The sum of nothing is null to some and zero to others. A ratio that one cannot tell is null to all.
        return not ours and not theirs and not isinstance(ours, float)
    return _exact(ours) == _exact(theirs)


def _exact(figure: Decimal | float | int) -> Decimal:
    """Floats of Aloftly's JSON are the shortest decimals that stand for them."""
    return figure if isinstance(figure, Decimal) else Decimal(str(figure))
