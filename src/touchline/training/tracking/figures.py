"""Settings and scores with groups within groups, laid out flat for those who know no groups."""

from collections.abc import Iterator, Mapping
from typing import Any

Plain = bool | int | float | str


def flat_settings(values: Mapping[str, Any], above: str = "") -> dict[str, Plain]:
    """Each setting by its dotted key; lists and what is not set become text.

    >>> flat_settings({"seed": 1, "head": {"dropout": 0.5, "hidden": None, "sizes": [8, 4]}})
    {'seed': 1, 'head.dropout': 0.5, 'head.hidden': 'None', 'head.sizes': '[8, 4]'}
    """
    flat: dict[str, Plain] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flat_settings(value, f"{above}{name}.")
        else:
            flat[f"{above}{name}"] = value if isinstance(value, Plain) else str(value)
    return flat


def flat_figures(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Each figure of a `metrics.json` by its path; a score also has `low` and `high` below it.

    Lists, texts and what was not measured are left out.

    >>> score = {"value": 0.8, "n": 10, "low": 0.5, "high": 0.9}
    >>> flat_figures({"test": {"mAP": score, "chance": {"mAP": 0.1}}, "classes": ["a"]})
    {'test/mAP': 0.8, 'test/mAP/low': 0.5, 'test/mAP/high': 0.9, 'test/chance/mAP': 0.1}
    """
    return dict(_figures(metrics, ""))


def _figures(values: Mapping[str, Any], path: str) -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        here = f"{path}/{name}" if path else name
        if is_score(value):
            ends = ((here, "value"), (f"{here}/low", "low"), (f"{here}/high", "high"))
            yield from ((end, float(value[key])) for end, key in ends if value[key] is not None)
        elif isinstance(value, Mapping):
            yield from _figures(value, here)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield here, float(value)


def is_score(value: Any) -> bool:
    """Whether a part of a `metrics.json` is a score with its count and interval."""
    return isinstance(value, Mapping) and value.keys() == {"value", "n", "low", "high"}
