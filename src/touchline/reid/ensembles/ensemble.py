"""An ensemble by name: which runs, how they are mixed and what each counts for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from touchline.errors import UsageError
from touchline.reid.distances import Distances, FeatureDistances
from touchline.reid.ensembles.concatenation import concatenated
from touchline.reid.ensembles.distance_mean import distance_mean
from touchline.reid.ensembles.rank_fusion import fused_ranks
from touchline.reid.ensembles.weights import shares_of
from touchline.reid.reranking.actions import Actions

Method = Literal["concatenation", "mean", "borda", "reciprocal"]


@dataclass(frozen=True)
class Ensemble:
    """How runs are mixed.

    Attributes:
        method: `concatenation` of features, `mean` of distances, or a fusion of ranks, `borda` or
            `reciprocal`.
        weights: by run, not negative, in any scale; for concatenation they are those of squared
            distances, so that features are multiplied by their roots.
    """

    method: Method
    weights: Mapping[str, float]

    def shares(self) -> dict[str, float]:
        """What each run counts for, summing to 1, without those that count for nothing.

        Raises:
            UsageError: when the weights are negative, not finite or all 0.

        >>> Ensemble("mean", {"osnet": 3, "resnet": 1, "vit": 0}).shares()
        {'osnet': 0.75, 'resnet': 0.25}
        """
        parts = shares_of(list(self.weights.values()), len(self.weights)).tolist()
        return {run: part for run, part in zip(self.weights, parts, strict=True) if part}


def mixed(
    ensemble: Ensemble, runs: Mapping[str, Distances], actions: Actions | None = None
) -> Distances:
    """The distances of an ensemble.

    Args:
        ensemble: which runs, and how.
        runs: the distances of at least those runs, all of the same crops.
        actions: inside which ranks are fused; None ranks the whole gallery. Other methods do
            without.

    Raises:
        UsageError: for a run without distances, a concatenation of what has no features (e.g.
            re-ranked distances), and as `shares` does.
    """
    parts = ensemble.shares()
    unknown = sorted(parts.keys() - runs.keys())
    if unknown:
        raise UsageError(
            f"an ensemble of the runs {', '.join(runs)}", ", ".join(unknown), "Check the names."
        )
    members, weights = [runs[run] for run in parts], list(parts.values())
    if ensemble.method == "mean":
        return distance_mean(members, weights)
    if ensemble.method != "concatenation":
        return fused_ranks(members, weights, ensemble.method, actions)
    with_features = [member for member in members if isinstance(member, FeatureDistances)]
    if len(with_features) < len(members):
        raise UsageError(
            "runs with features to set one behind the other", "distances without features",
            "Take the mean of distances, or join the features first and re-rank then.",
        )  # fmt: skip
    return concatenated(with_features, weights)
