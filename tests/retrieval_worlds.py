"""Queries, galleries and the distances between them, made up: tied, lopsided, with and without."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from touchline.reid.crops import NOBODY, Codes, Crop, Gallery, codes_of


@dataclass(frozen=True)
class MatrixDistances:
    """A whole matrix as distances; remembers how many pairs were asked for."""

    matrix: np.ndarray
    asked: list[int]

    @property
    def shape(self) -> tuple[int, int]:
        return self.matrix.shape

    def block(self, queries, gallery) -> np.ndarray:
        found = self.matrix[queries][:, gallery]
        self.asked.append(found.size)
        return found


@dataclass(frozen=True)
class RetrievalWorld:
    distances: MatrixDistances
    crops: Gallery

    @property
    def codes(self) -> tuple[Codes, ...]:
        return codes_of(self.crops.queries, self.crops.gallery)


def random_world(
    seed: int,
    *,
    queries: int = 12,
    gallery: int = 40,
    identities: int = 6,
    actions: int = 0,
    cameras: int = 0,
    values: int = 5,
    nobody: float = 0.1,
) -> RetrievalWorld:
    """Crops of random people; so many different distances only that most of them are tied.

    Identities are of an action where there are actions; a share of the crops is nobody.
    """
    generator = np.random.default_rng(seed)

    def crop(number: int) -> Crop:
        action = str(generator.integers(actions)) if actions else ""
        who = f"{action}-{generator.integers(identities)}"
        return Crop(
            Path(f"{number}.png"), number,
            NOBODY if generator.random() < nobody else who, action,
            str(generator.integers(cameras)) if cameras else "",
        )  # fmt: skip

    crops = Gallery(
        tuple(crop(number) for number in range(queries)),
        tuple(crop(number) for number in range(gallery)),
    )
    matrix = generator.integers(0, values, (queries, gallery)).astype(np.float32)
    return RetrievalWorld(MatrixDistances(matrix, []), crops)


def one_query(hits: str) -> RetrievalWorld:
    """One query whose gallery, the nearest first, is right where `hits` has a 1.

    `one_query("0110")` has its positives at the ranks 2 and 3.
    """
    gallery = [
        Crop(Path(f"{place}.png"), place, "me" if hit == "1" else "other")
        for place, hit in enumerate(hits)
    ]
    matrix = np.arange(len(hits), dtype=np.float32)[None]
    crops = Gallery((Crop(Path("q.png"), 0, "me"),), tuple(gallery))
    return RetrievalWorld(MatrixDistances(matrix, []), crops)


def bbox_info_of(crops: Gallery) -> dict:
    """The `bbox_info.json` of a gallery whose identities and actions are numbers as text."""

    def entries(listed) -> dict:
        return {
            str(crop.number): {
                "bbox_idx": crop.number,
                "action_idx": int(crop.action),
                "person_uid": int(crop.identity),
                "clazz": "Player_team_left",
            }
            for crop in listed
        }

    return {"query": entries(crops.queries), "gallery": entries(crops.gallery)}


def soccernet_like(
    seed: int, *, actions: int = 9, queries: int = 3, extra: int = 6
) -> RetrievalWorld:
    """Actions in which every query has one positive or more, numbers dealt at random.

    Each action has up to so many queries and up to so many further gallery crops.
    """
    generator = np.random.default_rng(seed)
    asked: list[tuple[str, str]] = []
    held: list[tuple[str, str]] = []
    for action in range(actions):
        people = [f"{100 * action + person}" for person in range(generator.integers(1, queries))]
        asked += [(who, str(action)) for who in people]
        others = [*people, f"{100 * action + 50}", f"{100 * action + 51}"]
        more = generator.choice(others, generator.integers(0, extra))
        held += [(who, str(action)) for who in [*people, *more.tolist()]]
    parts = []
    for listed in (asked, held):
        order = generator.permutation(len(listed))
        parts.append(
            tuple(
                Crop(Path("crop.png"), number, *listed[place]) for number, place in enumerate(order)
            )
        )
    matrix = generator.integers(0, 6, (len(asked), len(held))).astype(np.float32)
    return RetrievalWorld(MatrixDistances(matrix, []), Gallery(*parts))
