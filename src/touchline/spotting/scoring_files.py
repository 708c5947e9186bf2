"""Score a file or tree of predictions against a file or tree of annotations."""

from dataclasses import replace
from pathlib import Path

from touchline.spotting.annotations.pairing import pair_games
from touchline.spotting.annotations.predictions import read_predictions
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.metrics.scoring import score_events
from touchline.spotting.metrics.spotting_scores import SpottingScores


def score_files(
    truth: Path, predictions: Path, frames_per_second: float = 25.0, allow_missing: bool = False
) -> SpottingScores:
    """Score predictions in any known form against annotations in any known layout.

    Args:
        truth: a Labels file, a tree of games, a frame list or a CSV.
        predictions: a results file, a tree of games, a CSV or JSON lines.
        frames_per_second: of the official grid.
        allow_missing: count matches without predictions as having none.

    Raises:
        UsageError: when either cannot be read or they do not belong together.
    """
    found = read_matches(truth)
    pairing = pair_games(found.matches, read_predictions(predictions), allow_missing=allow_missing)
    scores = score_events(
        {pair.match.name: pair.match.events for pair in pairing.pairs},
        {pair.match.name: pair.predictions for pair in pairing.pairs},
        found.classes, frames_per_second=frames_per_second,
    )  # fmt: skip
    faults = tuple(map(str, found.faults))
    return replace(scores, notes=(*pairing.notes, *faults, *scores.notes))
