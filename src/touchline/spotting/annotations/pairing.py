"""Which predictions are of which match: by name, as far as names are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.matches import Match

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Pair:
    """A match whose events are known and what was predicted for it."""

    match: Match
    predictions: tuple[Event, ...]


@dataclass(frozen=True)
class Pairing:
    """Every match to score, and what to tell the person about the others.

    Attributes:
        pairs: in the order of the matches.
        notes: sentences on matches that are not scored, or scored without predictions.
    """

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def pair_games(
    truth: Sequence[Match],
    predictions: Mapping[str, tuple[Event, ...]],
    *,
    allow_missing: bool = False,
) -> Pairing:
    """Find the predictions of every annotated match.

    Names are equal, or one is the end of the other (`a/b/game` and `b/game`) and of no third; a
    single match and a single set of predictions belong together whatever their names. Matches that
    nobody has annotated and predictions of other matches are not scored, which the notes say.

    Args:
        truth: matches.
        predictions: by name.
        allow_missing: score a match without predictions as one in which nothing was found. It is
            refused otherwise, as the official scorer does, for a forgotten file would pass for a
            poor model.

    Raises:
        UsageError: no match is annotated, no name fits, or a match lacks predictions.
    """
    annotated = [match for match in truth if match.labelled]
    if not annotated:
        raise UsageError(
            "at least one annotated match to score against", _listed([m.name for m in truth]),
            "Name the annotations, or mend the file that could not be read.",
        )  # fmt: skip
    named = _by_match(annotated, predictions)
    missing = [match.name for match in annotated if match.name not in named]
    if missing and (len(missing) == len(annotated) or not allow_missing):
        raise UsageError(
            f"predictions of {_listed(missing)}", f"those of {_listed(list(predictions))}",
            "Predict the missing ones, score one split only, or allow missing ones to count as "
            "matches in which nothing was found.",
        )  # fmt: skip
    pairs = tuple(Pair(m, predictions[named[m.name]] if m.name in named else ()) for m in annotated)
    unlabelled = [match.name for match in truth if not match.labelled]
    spare = [name for name in predictions if name not in named.values()]
    told = {
        "Scored without predictions, as if nothing had been found": missing,
        "Not scored, for nobody has annotated them": unlabelled,
        "Predictions not scored, for they are of no match with annotations": spare,
    }
    return Pairing(
        pairs, tuple(f"{why}: {_listed(names)}." for why, names in told.items() if names)
    )


def _by_match(
    matches: Sequence[Match], predictions: Mapping[str, tuple[Event, ...]]
) -> dict[str, str]:
    """The name of the predictions of each match that has some."""
    names = [match.name for match in matches]
    if len(names) == len(predictions) == 1:
        return {names[0]: next(iter(predictions))}
    found = {}
    for name in names:
        fitting = [other for other in predictions if _is_end(name, other)]
        if name in predictions:
            found[name] = name
        elif len(fitting) == 1 and sum(_is_end(other, fitting[0]) for other in names) == 1:
            found[name] = fitting[0]
    return found


def _is_end(one: str, other: str) -> bool:
    """Whether one name is the end of the other, part by part."""
    shorter, longer = sorted((one, other), key=len)
    return f"/{longer}".endswith(f"/{shorter}")


def _listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are.

    >>> _listed(["a", "b", "c", "d", "e"]), _listed([])
    ("'a', 'b', 'c' and 2 more", 'none')
    """
    shown = ", ".join(repr(name) for name in names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown or "none"
