"""Made-up features with the counts and the shape of SoccerNet's validation split."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from touchline.reid.crops import Codes, Crop, Gallery
from touchline.reid.distances import FeatureDistances, unit

FURTHER_MATCHES = 0.25
ACTION_WEIGHT, NOISE_WEIGHT = 1.5, 3.0


@dataclass(frozen=True)
class SizedWorld:
    distances: FeatureDistances
    queries: Codes
    gallery: Codes


def soccernet_sized(
    queries: int = 11_638,
    gallery: int = 34_355,
    actions: int = 1751,
    width: int = 512,
    seed: int = 0,
) -> SizedWorld:
    """Every action has a query, every query one match in its action; the rest fall at random.

    Of the gallery beyond those matches a quarter are further matches of a query of their action,
    the others people seen once. A feature is its person + 1.5 of its action + 3 of noise.
    """
    generator = np.random.default_rng(seed)
    asked = np.concatenate([np.arange(actions), generator.integers(0, actions, queries - actions)])
    more = generator.integers(0, actions, gallery - queries)
    held = np.concatenate([asked, more])
    people = np.arange(gallery)  # the first are the queries themselves
    for place in np.flatnonzero(generator.random(len(more)) < FURTHER_MATCHES).tolist():
        people[queries + place] = generator.choice(np.flatnonzero(asked == more[place]))
    centres = generator.standard_normal((gallery, width), np.float32)
    scenes = generator.standard_normal((actions, width), np.float32) * np.float32(ACTION_WEIGHT)

    def features(who: np.ndarray, where: np.ndarray) -> np.ndarray:
        found = generator.standard_normal((len(who), width), np.float32)
        found *= np.float32(NOISE_WEIGHT)
        found += centres[who]
        found += scenes[where]
        return unit(found)

    def codes(who: np.ndarray, where: np.ndarray) -> Codes:
        return Codes(who, where, np.full(len(who), -1))

    own = np.arange(queries)
    return SizedWorld(
        FeatureDistances(features(own, asked), features(people, held)),
        codes(own, asked),
        codes(people, held),
    )


def crops_of(world: SizedWorld) -> Gallery:
    """The same people as crops, identities and actions being numbers as text."""

    def listed(codes: Codes) -> tuple[Crop, ...]:
        pairs = zip(codes.identities.tolist(), codes.actions.tolist(), strict=True)
        return tuple(
            Crop(Path("crop.png"), number, str(who), str(where))
            for number, (who, where) in enumerate(pairs)
        )

    return Gallery(listed(world.queries), listed(world.gallery))
