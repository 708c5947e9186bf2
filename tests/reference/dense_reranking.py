"""k-reciprocal re-ranking as the paper writes it: every matrix dense, every set a Python set.

Zhong, Zheng, Cao and Li, "Re-ranking Person Re-identification with k-reciprocal Encoding", CVPR
2017. The distance is that of `touchline.reid.reranking.reranked.rerank`.
"""

import numpy as np


def reranked(queries, gallery, k1, k2, weight):
    """Final distances, `(queries, gallery)`, float64."""
    distance = all_distances(np.concatenate([queries, gallery]).astype(np.float64))
    count = len(distance)
    ranked = [by_distance(row, distance[row]) for row in range(count)]
    scaled = distance / distance.max(axis=1, keepdims=True)

    encoding = np.zeros((count, count))
    for probe in range(count):
        members = sorted(_expanded(probe, ranked, k1))
        encoding[probe, members] = np.exp(-scaled[probe, members])
        encoding[probe] /= encoding[probe].sum()
    averaged = np.stack([encoding[near[:k2]].mean(axis=0) for near in ranked])

    final = np.empty((len(queries), len(gallery)))
    for probe in range(len(queries)):
        smaller = np.minimum(averaged[probe], averaged[len(queries) :]).sum(axis=1)
        larger = np.maximum(averaged[probe], averaged[len(queries) :]).sum(axis=1)
        final[probe] = (1 - weight) * (1 - smaller / larger)
        final[probe] += weight * scaled[probe, len(queries) :]
    return final


def all_distances(vectors):
    return np.stack([2 - 2 * np.einsum("f,cf->c", vector, vectors) for vector in vectors])


def by_distance(probe, distances):
    """All crops, the probe first, then by distance, then by place."""
    return sorted(
        range(len(distances)), key=lambda other: (other != probe, distances[other], other)
    )


def _reciprocal(probe, ranked, k):
    """R(p, k): those among the k nearest of p that have p among their k nearest; p itself too."""
    return {other for other in ranked[probe][: k + 1] if probe in ranked[other][: k + 1]}


def _expanded(probe, ranked, k1):
    """R*(p, k1): R(p, k1) and the half sets of its members of which it holds over two thirds."""
    members = _reciprocal(probe, ranked, k1)
    expanded = set(members)
    for member in members:
        own = _reciprocal(member, ranked, round(k1 / 2))
        if 3 * len(own & members) > 2 * len(own):
            expanded |= own
    return expanded
