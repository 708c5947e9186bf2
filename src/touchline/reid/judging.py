"""What distances are worth, learnt on queries whose answers are known."""

import numpy as np

from touchline.reid.crops import NOBODY
from touchline.reid.galleries import EmbeddedGallery
from touchline.reid.matching.confidence import Confidence, fit_confidence


def judge_confidence(found: EmbeddedGallery) -> Confidence:
    """Learn from a named gallery how sure a first candidate is, by its distance and its lead.

    Queries of one action (of one identity, where there are no actions) count as one witness.
    """
    best, second, right, groups = [], [], [], []
    for ranking in found.ranked(top=2):
        query = found.gallery.queries[ranking.query]
        if query.identity == NOBODY or not len(ranking.gallery):
            continue
        first = found.gallery.gallery[ranking.gallery[0]]
        best.append(float(ranking.distances[0]))
        second.append(float(ranking.distances[1]) if len(ranking.distances) > 1 else np.nan)
        right.append(first.identity == query.identity)
        groups.append(query.action or query.identity)
    return fit_confidence(np.array(best), np.array(second), np.array(right, dtype=bool), groups)
