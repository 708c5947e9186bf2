"""Which ensembles are one and the same, whatever they are called and whatever the data.

Two rows of a table that algebra makes equal are not two findings. Everything said here follows
from three facts, for runs whose distance is the squared Euclidean one of unit vectors:

- `|[a x, b y] - [a x', b y']|² = a² |x - x'|² + b² |y - y'|²`, so features multiplied by the roots
  of weights and set one behind the other are apart by the weighted mean of the squared distances;
- weights count by their shares, so multiplying all of them by one number changes nothing;
- a fusion of one list keeps its order.
"""

from collections.abc import Mapping
from itertools import combinations

from touchline.reid.ensembles.ensemble import Ensemble

DIGITS = 12  # shares that agree to so many digits differ by rounding only


def same_by_algebra(ensembles: Mapping[str, Ensemble]) -> list[str]:
    """A plain sentence for each pair of ensembles that must rank alike on any data.

    Nothing is said of ensembles that merely happen to rank alike on some data.

    Args:
        ensembles: by the names they are reported under; their runs give features.

    Raises:
        UsageError: when the weights of one are negative, not finite or all 0.

    >>> runs = {"osnet": 1.0, "resnet": 1.0}
    >>> for sentence in same_by_algebra(
    ...     {"joined": Ensemble("concatenation", runs), "averaged": Ensemble("mean", runs)}
    ... ):
    ...     print(sentence)
    'joined' and 'averaged' are one method: the squared distance of unit features set one behind \
the other is the mean of their squared distances.
    """
    return [
        f"{first!r} and {second!r} are one method: {_why(ensembles[first], ensembles[second])}."
        for first, second in combinations(ensembles, 2)
        if _essence(ensembles[first]) == _essence(ensembles[second])
    ]


def _essence(ensemble: Ensemble) -> tuple[str, frozenset[tuple[str, float]]]:
    """What an ensemble comes down to: equal for those that rank alike on any data."""
    shares = ensemble.shares()
    rounded = frozenset((run, round(share, DIGITS)) for run, share in shares.items())
    if len(shares) == 1:
        return "one run", rounded
    return ensemble.method.replace("concatenation", "mean"), rounded


def _why(first: Ensemble, second: Ensemble) -> str:
    shares = first.shares()
    if len(shares) == 1:
        return f"both rank as the one run that counts, {next(iter(shares))!r}, does"
    reasons = []
    if first.method != second.method:
        reasons.append(_joining(len(set(shares.values())) == 1))
    if _counting(first) != _counting(second):
        reasons.append("their weights are proportional to each other, and only shares count")
    return "; and ".join(reasons) or "they mix the same runs in the same way"


def _joining(alike: bool) -> str:
    if alike:
        return (
            "the squared distance of unit features set one behind the other is the mean of their "
            "squared distances"
        )
    return (
        "the squared distance of unit features, multiplied by the roots of weights and set one "
        "behind the other, is the weighted mean of their squared distances"
    )


def _counting(ensemble: Ensemble) -> dict[str, float]:
    return {run: float(weight) for run, weight in ensemble.weights.items() if weight}
