"""From distances, or from ranks, to scores with their intervals."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from touchline.reid.crops import Codes
from touchline.reid.distances import Distances, Places
from touchline.reid.metrics.chance import chance_scores
from touchline.reid.metrics.clusters import cluster_numbers, mean_by_cluster
from touchline.reid.metrics.positive_ranks import PositiveRanks, positive_ranks
from touchline.reid.metrics.query_scores import METRICS, average_precisions, query_scores
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.protocol import Protocol
from touchline.reporting.confidence import (
    Numbers,
    Score,
    centred_bootstrap,
    never_certain,
    wider,
    wilson,
)


def score_distances(
    distances: Distances,
    queries: Codes,
    gallery: Codes,
    protocol: Protocol,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> ReidScores:
    """Score a ranking by distance, without ever writing it down.

    Args:
        distances: of all queries to all the gallery; asked for in blocks.
        queries: who they are and where.
        gallery: the same of the gallery.
        protocol: what is compared.
        groups: one key a query; queries of one group are drawn together in the bootstrap. By
            default their action, or where there are none their identity.
        seed: of the bootstrap.

    Raises:
        UsageError: when no query has a positive, the distances do not belong to these crops, or
            one is not a number.
    """
    found = positive_ranks(distances, queries, gallery, protocol)
    keys = _usual_groups(queries) if groups is None else groups
    return score_ranks(found, protocol, len(gallery), keys, seed=seed)


def mean_average_precision(
    distances: Distances, queries: Codes, gallery: Codes, protocol: Protocol
) -> float:
    """The mAP alone, in [0, 1]: to choose an epoch or a weight by.

    Arguments and errors as for `score_distances`.
    """
    return float(average_precisions(positive_ranks(distances, queries, gallery, protocol)).mean())


def score_ranks(
    found: PositiveRanks,
    protocol: Protocol,
    gallery: int,
    groups: Sequence[Hashable],
    *,
    seed: int = 0,
) -> ReidScores:
    """Score lists of which the ranks of the positives are known.

    Args:
        found: of all queries.
        protocol: what was compared.
        gallery: how many gallery crops there are.
        groups: one key a query, for the intervals.
        seed: of the bootstrap.

    Raises:
        UsageError: when no query has a positive.
    """
    scored = found.scored
    clusters = cluster_numbers([groups[place] for place in scored.tolist()])
    values = query_scores(found)
    chance = chance_scores(found).mean(axis=0).tolist()
    ends = np.cumsum(found.counts)
    return ReidScores(
        **_with_intervals(values, clusters, seed),
        chance=dict(zip(METRICS, chance, strict=True)),
        protocol=protocol,
        queries=len(found.counts),
        gallery=gallery,
        compared=float(found.compared[scored].mean()),
        scored=scored,
        average_precisions=values[:, 0],
        first_ranks=found.ranks[(ends - found.counts)[scored]],
        clusters=clusters,
    )


def _usual_groups(queries: Codes) -> Sequence[int]:
    by_action = bool((queries.actions >= 0).any())
    groups: list[int] = (queries.actions if by_action else queries.identities).tolist()
    return groups


def _with_intervals(values: Numbers, clusters: Places, seed: int) -> dict[str, Score]:
    """The means of the columns of `METRICS`, shares no surer than Wilson's interval has them."""
    statistic, count = mean_by_cluster(values, clusters)
    scores: dict[str, Score] = {}
    means = centred_bootstrap(statistic, count, seed=seed)
    for name, mean in zip(METRICS, means, strict=True):
        score = replace(mean, n=len(values))
        if name.startswith("rank"):
            scores[name] = wider(score, wilson(round(score.value * score.n), score.n))
        else:
            scores[name] = never_certain(score)
    return scores
