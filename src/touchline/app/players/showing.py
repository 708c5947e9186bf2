"""A ranked strip as the page's component is told of it."""

from collections.abc import Mapping
from typing import Any

from touchline.app.addresses import crop_url
from touchline.archive.review.identity_reviews import StandingAnswer
from touchline.reid.crops import NOBODY, Crop
from touchline.reid.matching.candidates import Candidate, Match, same_person


def shown_strip(
    found: Match, query_picture: str, answers: Mapping[int, StandingAnswer], *, is_kept: bool
) -> dict[str, Any]:
    """What the component shows of a query and its candidates.

    Args:
        found: the ranking; numbers of its crops are their ids in the catalog.
        query_picture: the address of the query's picture.
        answers: what people said of the query and each candidate, by the candidate's id.
        is_kept: whether the query is in the catalog, so that identities can be confirmed.

    Returns:
        `query`, `candidates` in their order (`right` is None where who they are is not known),
        `confidence`, `note` and `confirms`.
    """
    query = found.query
    return {
        "query": _person(query) | {"picture": query_picture},
        "candidates": [_candidate(query, each, answers) for each in found.ranked],
        "confidence": found.confidence, "note": _note(found), "confirms": is_kept,
    }  # fmt: skip


def _candidate(
    query: Crop, candidate: Candidate, answers: Mapping[int, StandingAnswer]
) -> dict[str, Any]:
    crop = candidate.crop
    is_known = NOBODY not in (query.identity, crop.identity)
    answer = answers.get(crop.number)
    return _person(crop) | {
        "distance": round(float(candidate.distance), 4),
        "right": same_person(query, crop) if is_known else None,
        "answer": answer and {"same": answer.same, "reviewer": answer.reviewer},
    }


def _person(crop: Crop) -> dict[str, Any]:
    return {
        "crop_id": crop.number, "name": crop.path.name, "picture": crop_url(crop.number),
        "identity": crop.identity, "action": crop.action,
    }  # fmt: skip


def _note(found: Match) -> str:
    if not found.ranked:
        return "There is nothing to compare it with."
    if found.query.identity == NOBODY:
        return "Who this is, nobody has said; confirm or reject the candidates."
    if found.first_hit is None:
        return f"None of the first {len(found.ranked)} is known to be the person."
    return f"The first right one stands at rank {found.first_hit}."
