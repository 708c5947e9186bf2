"""Who is who: a person's word on whether two crops show the same player.

Each reviewer has one answer on a pair, the latest given; of the reviewers' answers the latest
stands. The log keeps them all.
"""

import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import crops, identity_reviews
from touchline.archive.review.provenance import checked_reviewer, checked_token, foreign_token
from touchline.errors import UsageError


@dataclass(frozen=True)
class IdentityAnswer:
    """An answer.

    Attributes:
        token: made where it was given, another one each time.
        query_id, gallery_id: the two crops.
        same: whether they show the same player; None takes the reviewer's answer back.
        reviewer: who answers.
        run: whose ranking was on show; empty when none was.
        distance: of the two in that ranking; None when not known.
    """

    token: str
    query_id: int
    gallery_id: int
    same: bool | None
    reviewer: str
    run: str = ""
    distance: float | None = None


@dataclass(frozen=True)
class StandingAnswer:
    """What stands for a pair of crops.

    Attributes:
        gallery_id: the crop of the gallery.
        same: whether it shows the player of the query.
        reviewer: whose answer it is.
        at: when, in seconds since 1970.
        contradicted_by: reviewers whose own latest answer says the opposite, by name.
    """

    gallery_id: int
    same: bool
    reviewer: str
    at: float
    contradicted_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answered:
    """What became of an answer.

    Attributes:
        standing: what stands for the pair now; None when nobody's answer does.
        is_repeat: it had been written down before, and nothing was done this time.
    """

    token: str
    standing: StandingAnswer | None
    is_repeat: bool


def answer(catalog: Catalog, given: IdentityAnswer) -> Answered:
    """Write an answer down; sent twice it counts once.

    Raises:
        UsageError: the reviewer or token cannot be used, the crops are the same one or not in the
            catalog, or the token is another answer's.
        EnvironmentMissingError: the catalog cannot be written; send the same answer again.
    """
    token, reviewer = checked_token(given.token), checked_reviewer(given.reviewer)
    pair = (given.query_id, given.gallery_id)
    with catalog.writing() as connection:
        query = select(identity_reviews).where(identity_reviews.c.token == token)
        known = connection.execute(query).first()
        if known is None:
            _require_crops(connection, pair)
            distance = given.distance
            connection.execute(insert(identity_reviews).values(
                token=token, query_id=pair[0], gallery_id=pair[1], reviewer=reviewer,
                at=time.time(), same=given.same, run=given.run,
                distance=None if distance is None or math.isnan(distance) else distance,
            ))  # fmt: skip
        elif (known.query_id, known.gallery_id, known.reviewer, known.same) != (
            *pair, reviewer, given.same,
        ):  # fmt: skip
            raise foreign_token(token)
        return Answered(
            token, _standing(connection, pair[0]).get(pair[1]), is_repeat=known is not None
        )


def answers_for(catalog: Catalog, query_id: int) -> dict[int, StandingAnswer]:
    """What stands for a query, by the id of the gallery's crop.

    Raises:
        EnvironmentMissingError: the catalog cannot be read.
    """
    with catalog.reading() as connection:
        return _standing(connection, query_id)


def _require_crops(connection: Connection, pair: tuple[int, int]) -> None:
    known = set(connection.scalars(select(crops.c.id).where(crops.c.id.in_(pair))))
    if len(known) != 2:
        raise UsageError(
            "two crops of this catalog", f"the ids {pair[0]} and {pair[1]}", "Load the page again."
        )


def _standing(connection: Connection, query_id: int) -> dict[int, StandingAnswer]:
    """By the gallery's crop, what stands after reading the log of a query from its start."""
    query = select(identity_reviews).where(identity_reviews.c.query_id == query_id)
    answers: dict[int, dict[str, StandingAnswer]] = defaultdict(dict)
    for row in connection.execute(query.order_by(identity_reviews.c.id)):
        own = answers[row.gallery_id]
        own.pop(row.reviewer, None)  # a later answer comes after those of others
        if row.same is not None:
            own[row.reviewer] = StandingAnswer(row.gallery_id, row.same, row.reviewer, row.at)
    return {each: _latest(list(own.values())) for each, own in sorted(answers.items()) if own}


def _latest(answers: Sequence[StandingAnswer]) -> StandingAnswer:
    last = answers[-1]
    others = sorted(each.reviewer for each in answers if each.same != last.same)
    return replace(last, contradicted_by=tuple(others))
