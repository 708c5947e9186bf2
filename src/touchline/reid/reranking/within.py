"""Re-ranked distances inside actions, where SoccerNet compares crops."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.reid.distances import Block, Features, Places
from touchline.reid.reranking.actions import Actions
from touchline.reid.reranking.neighbours import nearest_inside
from touchline.reid.reranking.reranked import Reranked, from_neighbours, readable_rows
from touchline.reid.reranking.settings import RerankSettings


@dataclass(frozen=True)
class RerankedWithin:
    """Distances re-ranked inside each action, to be asked for one action at a time.

    Attributes:
        reranked: the distances; those of two actions mean nothing.
        actions: which action each crop is of.
        alone: bool, `(queries,)`: queries whose action is too small to re-rank; their distances
            are the original ones, `2 - 2 cos`.
        left_alone: how many actions are too small.
    """

    reranked: Reranked
    actions: Actions
    alone: NDArray[np.bool_]
    left_alone: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        return self.reranked.shape

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Final distances of some queries to some of the gallery of their action.

        Raises:
            ValueError: when the block reaches over several actions.
        """
        self.actions.of_block(queries, gallery)
        if self.alone[queries].any():
            return self.reranked.original.block(queries, gallery)
        return self.reranked.block(queries, gallery)


def rerank_within(
    features_query: Features,
    features_gallery: Features,
    query_actions: NDArray[np.int64],
    gallery_actions: NDArray[np.int64],
    settings: RerankSettings,
) -> RerankedWithin:
    """Re-rank each action by itself: neighbours, largest distances and sets stay inside it.

    The definition is that of `rerank`, applied to the queries and the gallery of one action.
    Actions with no more than `k1 + 1` readable crops are left alone: there everybody is everybody's
    neighbour.

    Args:
        features_query: unit vectors or NaN, as for `rerank`, `(queries, features)`.
        features_gallery: unit vectors or NaN, `(gallery, features)`.
        query_actions: int64, `(queries,)`.
        gallery_actions: int64, `(gallery,)`.
        settings: k1, k2 and the weight of the original distance.
    """
    features = np.concatenate([features_query, features_gallery])
    actions = Actions(query_actions, gallery_actions)
    readable, count = readable_rows(features), settings.k1 + 1
    groups = [members[readable[members]] for members in actions.members()]
    large = [members for members in groups if len(members) > count]
    neighbours = nearest_inside(features, large, count)
    reranked = from_neighbours(features, len(features_query), neighbours, settings)
    alone = _small(actions, large)
    return RerankedWithin(reranked, actions, alone, len(groups) - len(large))


def _small(actions: Actions, large: Sequence[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Queries whose action is not among the large ones, `(queries,)`."""
    every = np.concatenate([actions.queries, actions.gallery])
    return ~np.isin(actions.queries, [every[members[0]] for members in large])
