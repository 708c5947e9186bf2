"""Two runs on the same queries, by what they have written down."""

import numpy as np
import pandas as pd

from touchline.reid.metrics.clusters import cluster_numbers
from touchline.reid.metrics.paired import paired_difference
from touchline.reid.records import PREDICTIONS
from touchline.reporting.confidence import Score
from touchline.runs import Run
from touchline.training.tuning.pair import Pair


def pair_of_runs(winner: Run, untuned: Run, split: str) -> Pair | None:
    """The mAP of both on a split, and its paired difference; None where there is no such split.

    Args:
        winner: a finished run.
        untuned: another on the same crops.
        split: `valid` or `test`.

    Raises:
        UsageError: a run is not finished.
    """
    parts = [run.read_json("metrics.json").get(split) for run in (winner, untuned)]
    if None in parts:
        return None
    tables = [pd.read_parquet(run.file(PREDICTIONS)) for run in (winner, untuned)]
    own, other = (table[table["split"] == split] for table in tables)
    # As they were scored: whole actions are drawn, or identities where there are no actions.
    groups = own["action"] if own["action"].astype(bool).any() else own["identity"]
    first, second = (
        table["average_precision"].to_numpy(dtype=np.float64) for table in (own, other)
    )
    lead = paired_difference(first, second, cluster_numbers(groups.tolist()))
    winner_map, untuned_map = (Score.from_dict(part["mAP"]) for part in parts)
    return Pair(f"mAP on {split}", winner_map, untuned_map, lead)
