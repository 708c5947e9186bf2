"""Unit vectors of made-up crops: people in clusters, by action or not, and vectors that tie."""

import numpy as np

from touchline.reid.distances import unit


def clusters(count, *, seed=0, size=5, features=32, noise=0.8):
    """Vectors of people with about `size` crops each, `(count, features)`."""
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((max(1, count // size), features))
    people = generator.integers(0, len(centres), count)
    return unit(
        (centres[people] + noise * generator.standard_normal((count, features))).astype(np.float32)
    )


def tied(count, *, seed=0):
    """Vectors with four coordinates of ±0.5 of 6: products are exact and mostly equal."""
    generator = np.random.default_rng(seed)
    vectors = np.zeros((count, 6), np.float32)
    for vector in vectors:
        vector[generator.choice(6, 4, replace=False)] = generator.choice([-0.5, 0.5], 4)
    return vectors


def in_actions(sizes, *, seed=0):
    """Actions of so many queries and gallery crops each, shuffled.

    Returns:
        Features of queries and of the gallery, actions of queries and of the gallery.
    """
    generator = np.random.default_rng(seed)
    queries = generator.permutation(np.repeat(np.arange(len(sizes)), [q for q, _ in sizes]))
    gallery = generator.permutation(np.repeat(np.arange(len(sizes)), [g for _, g in sizes]))
    vectors = clusters(len(queries) + len(gallery), seed=seed)
    return vectors[: len(queries)], vectors[len(queries) :], queries, gallery
