"""What people decided of photos as it stands now: one label for each content, and what has none."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, photos, reviews


@dataclass(frozen=True)
class KnownPhoto:
    """A photo of the catalog.

    Attributes:
        path: the file.
        sha256: of its content.
        group: photos of one group (or else one burst) must stay together; empty when alone.
    """

    path: Path
    sha256: str
    group: str = ""


@dataclass(frozen=True)
class ReviewedPhoto:
    """A photo and the label that people gave it.

    Attributes:
        photo: the file and its content.
        label: what stands.
        review: the id of the decision in the catalog; None where none is kept.
    """

    photo: KnownPhoto
    label: str
    review: int | None = None


@dataclass(frozen=True)
class Standing:
    """What stands by a person's decision.

    Attributes:
        reviewed: one photo for each content, in the order of their paths.
        left_out: files with a decision that cannot be used, and why, in words.
    """

    reviewed: tuple[ReviewedPhoto, ...]
    left_out: tuple[tuple[Path, str], ...] = ()


def reviewed_photos(catalog: Catalog) -> Standing:
    """The photos whose label stands by a person's decision.

    A photo that was skipped, or whose decisions were all undone, has none. Left out and named are
    files that are gone or were changed after they were looked at, and copies of one content that
    people called differently.

    Raises:
        EnvironmentMissingError: as `Catalog.reading`.
    """
    usable: list[ReviewedPhoto] = []
    left_out: list[tuple[Path, str]] = []
    for row in _rows(catalog, _IS_DECIDED):
        photo = _known(row)
        if row.state != PRESENT:
            left_out.append((photo.path, f"its file is {row.state}"))
        elif row.sha256 != row.seen_sha256:
            left_out.append((photo.path, "it was changed after it was reviewed"))
        else:
            usable.append(ReviewedPhoto(photo, row.label_after, row.review_id))
    agreed = one_label_each(usable)
    return Standing(agreed.reviewed, (*left_out, *agreed.left_out))


def unreviewed_photos(catalog: Catalog) -> tuple[KnownPhoto, ...]:
    """The readable photos that no decision stands by, nor by a copy of them; one a content.

    Raises:
        EnvironmentMissingError: as `Catalog.reading`.
    """
    decided = {row.sha256 for row in _rows(catalog, _IS_DECIDED)}
    found: dict[str, KnownPhoto] = {}
    for row in _rows(catalog, photos.c.state == PRESENT):
        if row.sha256 not in decided:
            found.setdefault(row.sha256, _known(row))
    return tuple(found.values())


def one_label_each(reviewed: Iterable[ReviewedPhoto]) -> Standing:
    """One photo for each content, the first; contents that were called differently are left out.

    >>> golf = ReviewedPhoto(KnownPhoto(Path("1.jpg"), "aa"), "golf")
    >>> judo = ReviewedPhoto(KnownPhoto(Path("2.jpg"), "aa"), "judo")
    >>> one_label_each([golf, judo]).left_out[0][1]
    "copies of it were reviewed as 'golf' and as 'judo'"
    """
    copies: dict[str, list[ReviewedPhoto]] = defaultdict(list)
    for each in reviewed:
        copies[each.photo.sha256].append(each)
    kept: list[ReviewedPhoto] = []
    left_out: list[tuple[Path, str]] = []
    for alike in copies.values():
        labels = sorted({each.label for each in alike})
        if len(labels) == 1:
            kept.append(alike[0])
        else:
            reason = f"copies of it were reviewed as {' and as '.join(map(repr, labels))}"
            left_out += [(each.photo.path, reason) for each in alike]
    return Standing(tuple(kept), tuple(left_out))


_IS_DECIDED = photos.c.review_id.is_not(None)


def _rows(catalog: Catalog, condition: ColumnElement[bool]) -> Sequence[Any]:
    """Photos with the review that stands for each, if any, in the order of their paths."""
    query = (
        select(
            photos.c.path, photos.c.sha256, photos.c.group, photos.c.burst, photos.c.state,
            photos.c.review_id, reviews.c.label_after, reviews.c.sha256.label("seen_sha256"),
        )
        .outerjoin(reviews, reviews.c.id == photos.c.review_id)
        .where(condition)
        .order_by(photos.c.path)
    )  # fmt: skip
    with catalog.reading() as connection:
        return connection.execute(query).all()


def _known(row: Any) -> KnownPhoto:
    return KnownPhoto(Path(row.path), row.sha256, row.group or row.burst)
