"""Photos of one burst that can be decided with one key press, because all of it agrees."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from touchline.archive.catalog.tables import PRESENT, claims, photos, predictions, reviews
from touchline.archive.review.claims import is_free
from touchline.archive.review.placing import needs_a_look
from touchline.archive.review.review_log import in_parts
from touchline.archive.review.waiting import Asker


@dataclass(frozen=True)
class Member:
    """A photo of a burst.

    Attributes:
        label: what stands for it, a person's label or the model's; empty for none.
        is_waiting: nobody has decided on it, and nobody else is looking at it.
    """

    photo_id: int
    path: str
    sha256: str
    size: int
    changed_ns: int
    label: str
    is_waiting: bool


def bursts_of(
    connection: Connection, names: Collection[str], asker: Asker
) -> Mapping[str, list[Member]]:
    """The photos of each burst that are there, by path."""
    bursts: dict[str, list[Member]] = defaultdict(list)
    label = func.coalesce(reviews.c.label_after, predictions.c.label, "")
    waits = func.coalesce(needs_a_look & is_free(asker.reviewer, asker.now), False)
    query = (
        select(
            photos.c.burst, photos.c.id, photos.c.path, photos.c.sha256, photos.c.size,
            photos.c.changed_ns, label, waits,
        )
        .select_from(photos)
        .outerjoin(predictions, predictions.c.id == photos.c.prediction_id)
        .outerjoin(reviews, reviews.c.id == photos.c.review_id)
        .outerjoin(claims, claims.c.photo_id == photos.c.id)
        .where(photos.c.state == PRESENT)
        .order_by(photos.c.path)
    )  # fmt: skip
    for some in in_parts(sorted(set(names) - {""})):
        for row in connection.execute(query.where(photos.c.burst.in_(some))):
            bursts[row.burst].append(Member(*row[1:]))
    return bursts


def decided_with(photo_id: int, burst: Sequence[Member]) -> list[Member]:
    """The other photos of a burst that wait too, when one label stands for all of it; else none."""
    if len({member.label for member in burst}) != 1:
        return []
    return [member for member in burst if member.is_waiting and member.photo_id != photo_id]
