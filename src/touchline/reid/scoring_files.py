"""Anybody's SoccerNet rankings scored against a `bbox_info.json`, as the official scorer does."""

from pathlib import Path
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import Crop, Gallery, codes_of
from touchline.reid.metrics.positive_ranks import PositiveRanks
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.metrics.scoring import score_ranks
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.ranking_check import check_ranking
from touchline.reid.ranking.ranking_file import read_json, read_ranking

_OFFICIAL = Protocol("action", "kept")
_TRUTH = "a bbox_info.json of queries and gallery"
_LONGEST_NUMBER = 18
"""Digits that surely fit 64 bits."""
_TAKE_ANOTHER = "Name the bbox_info.json of the valid or test split."


def score_ranking(bbox_info: Path, ranking: Path) -> ReidScores:
    """Score a JSON file of rankings; mAP and rank-1 are those of the `SoccerNet` package.

    Args:
        bbox_info: the truth, as the valid and test splits of SoccerNet ReID have it.
        ranking: gallery numbers, best first, by query number.

    Raises:
        UsageError: when a file cannot be read, or the rankings are not what the official scorer
            takes (see `touchline.reid.ranking.ranking_check`).
    """
    gallery = read_bbox_info(bbox_info)
    lists = check_ranking(read_ranking(ranking), gallery)
    groups = [crop.action for crop in gallery.queries]
    return score_ranks(_positive_ranks(lists, gallery), _OFFICIAL, len(gallery.gallery), groups)


def read_bbox_info(path: Path) -> Gallery:
    """Number, identity and action of every crop in a `bbox_info.json`; all else is passed over.

    Returns:
        Crops in the order of the file, their path being that of the file.

    Raises:
        UsageError: when it is not such a file, or an entry of it is broken.
    """
    content = read_json(path, _TRUTH)
    if not isinstance(content, dict) or not {"query", "gallery"} <= content.keys():
        raise UsageError(_TRUTH, f"{path} without the two of them", _TAKE_ANOTHER)
    found = Gallery(_crops(path, content, "query"), _crops(path, content, "gallery"))
    if not found.queries:
        raise UsageError("at least one query to score", f"none in {path}", _TAKE_ANOTHER)
    return found


def _crops(path: Path, content: dict[str, Any], kind: str) -> tuple[Crop, ...]:
    entries = content[kind]
    if not isinstance(entries, dict):
        raise UsageError(_TRUTH, f"{path}, whose {kind} is no object", _TAKE_ANOTHER)
    return tuple(_crop(path, kind, key, entry) for key, entry in entries.items())


def _crop(path: Path, kind: str, key: str, entry: object) -> Crop:
    def refuse(wanted: str) -> UsageError:
        return UsageError(wanted, f"entry {key!r} of the {kind} in {path}", "Repair the file.")

    if not (key.isascii() and key.isdigit() and len(key) <= _LONGEST_NUMBER):
        raise refuse("a number as the key of each crop")
    number = int(key)
    if key != str(number):
        raise refuse("a key without leading zeros")
    if not isinstance(entry, dict) or entry.get("bbox_idx", number) != number:
        raise refuse("a crop that says the number it stands under")
    identity, action = entry.get("person_uid"), entry.get("action_idx")
    if type(identity) not in (int, str) or type(action) not in (int, str):
        raise refuse("a person_uid and an action_idx for each crop")
    return Crop(path, number, str(identity), str(action))


def _positive_ranks(lists: list[list[int]], gallery: Gallery) -> PositiveRanks:
    queries, searched = codes_of(gallery.queries, gallery.gallery)
    place_of = {crop.number: place for place, crop in enumerate(gallery.gallery)}
    lengths = np.array([len(numbers) for numbers in lists])
    places = np.array([place_of[number] for numbers in lists for number in numbers], np.intp)
    asking = np.repeat(np.arange(len(lists)), lengths)
    ranks = np.arange(1, len(places) + 1) - (np.cumsum(lengths) - lengths)[asking]
    right = searched.identities[places] == queries.identities[asking]
    counts = np.bincount(asking[right], minlength=len(lists))
    return PositiveRanks(counts, ranks[right], lengths)
