"""Accept, change and skip: what a person says of photos, written down once whatever happens.

A decision carries a token made where the key was pressed. Sent again, because the answer was lost
or the machine died, it is recognised and changes nothing. The log keeps all decisions, of all
people; the later one stands. `undoing` takes decisions back.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection, insert, select, update

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions, reviews
from touchline.archive.review.claims import release
from touchline.archive.review.provenance import (
    checked_label,
    checked_reviewer,
    checked_token,
    foreign_token,
)
from touchline.archive.review.review_log import (
    SKIP,
    Review,
    in_parts,
    logs_of,
    photos_before,
    reviews_of,
    standing,
)
from touchline.errors import UsageError

Action = Literal["accept", "change", "skip"]


@dataclass(frozen=True)
class Decision:
    """A key press.

    Attributes:
        token: made where the key was pressed, another one each time; a UUID will do.
        photo_ids: the photo, or all of a burst.
        action: `accept` what is on show, `change` it to another label, or `skip` it for now.
        label: the label on show when it is accepted (empty for whatever stands), the new one, any
            text, when it is changed; a skip has none.
        reviewer: who pressed it.
        sha256s: what the photos held that the person saw, in the order of `photo_ids`; empty for
            what the catalog says they hold.
    """

    token: str
    photo_ids: tuple[int, ...]
    action: Action
    label: str
    reviewer: str
    sha256s: tuple[str, ...] = ()


@dataclass(frozen=True)
class Overruled:
    """Another person's decision that stood before: it is kept in the log, and stands no longer."""

    photo_id: int
    reviewer: str
    label: str


@dataclass(frozen=True)
class Decided:
    """What became of a decision; the same, but for `is_repeat`, however often it is sent.

    Attributes:
        photo_ids: the photos it was written down for.
        is_repeat: it had been written down before, and nothing was done this time.
        overruled: what others had decided differently before.
        changed: photos that hold something else by now; for them the decision does not stand.
    """

    token: str
    photo_ids: tuple[int, ...]
    is_repeat: bool
    overruled: tuple[Overruled, ...] = ()
    changed: tuple[int, ...] = ()


def decide(catalog: Catalog, decision: Decision) -> Decided:
    """Write a decision down, all of it or nothing; on return it outlives a power cut.

    Raises:
        UsageError: the reviewer, token or label cannot be used, a photo is not in the catalog, or
            the token is another decision's.
        EnvironmentMissingError: the catalog cannot be written; send the same decision again.
    """
    clean = _checked(decision)
    with catalog.writing() as connection:
        known = reviews_of(connection, clean.token)
        if known:
            _refuse_another(known, clean)
        else:
            _write(connection, clean)
        return _told(connection, clean.token, is_repeat=bool(known))


def _checked(decision: Decision) -> Decision:
    if decision.action not in ("accept", "change", "skip"):
        raise UsageError("accept, change or skip", repr(decision.action), "Choose one of them.")
    if not decision.photo_ids or len(set(decision.photo_ids)) != len(decision.photo_ids):
        raise UsageError(
            "the photos that a decision is about, each once", f"{list(decision.photo_ids)}",
            "Name them.",
        )  # fmt: skip
    if decision.sha256s and len(decision.sha256s) != len(decision.photo_ids):
        raise UsageError(
            f"a SHA-256 for each of the {len(decision.photo_ids)} photos",
            f"{len(decision.sha256s)}", "Name all or none.",
        )  # fmt: skip
    has_label = decision.action == "change" or (decision.action == "accept" and decision.label)
    return replace(
        decision,
        token=checked_token(decision.token),
        reviewer=checked_reviewer(decision.reviewer),
        label=checked_label(decision.label) if has_label else "",
    )


def _refuse_another(known: Sequence[Review], decision: Decision) -> None:
    """Raise unless the decision is the one that is written down under its token."""
    same = all(
        (each.reviewer, each.action) == (decision.reviewer, decision.action)
        and (not decision.label or each.label_after == decision.label)
        for each in known
    )
    if not same or {each.photo_id for each in known} != set(decision.photo_ids):
        raise foreign_token(decision.token)


def _write(connection: Connection, decision: Decision) -> None:
    before = photos_before(connection, decision.photo_ids)
    now = time.time()
    seen = decision.sha256s or tuple(before[each].sha256 for each in decision.photo_ids)
    rows = []
    for photo_id, sha256 in zip(decision.photo_ids, seen, strict=True):
        photo = before[photo_id]
        after = "" if decision.action == SKIP else decision.label or photo.stood
        if decision.action == "accept" and not after:
            raise UsageError(
                "a label to accept", f"none for {photo.path}", "Change it to one instead."
            )
        rows.append({
            "token": decision.token, "photo_id": photo_id, "prediction_id": photo.prediction_id,
            "reviewer": decision.reviewer, "at": now, "action": decision.action,
            "label_before": photo.stood, "label_after": after, "sha256": sha256,
        })  # fmt: skip
    connection.execute(insert(reviews), rows)
    if decision.action == SKIP:
        release(connection, decision.photo_ids, decision.reviewer)
    else:
        pairs = zip(decision.photo_ids, seen, strict=True)
        unchanged = [each for each, sha256 in pairs if before[each].sha256 == sha256]
        _let_stand(connection, decision.token, unchanged)
        release(connection, decision.photo_ids)


def _let_stand(connection: Connection, token: str, photo_ids: Sequence[int]) -> None:
    """Make what is written down under the token what stands, and take the photos off the queue."""
    review = select(reviews.c.id).where(
        reviews.c.token == token, reviews.c.photo_id == photos.c.id
    )  # fmt: skip
    for some in in_parts(photo_ids):
        chosen = photos.c.id.in_(some)
        connection.execute(update(photos).where(chosen).values(review_id=review.scalar_subquery()))
        connection.execute(
            update(predictions)
            .where(predictions.c.photo_id.in_(some), predictions.c.queue_place.is_not(None))
            .values(queue_place=None)
        )


def _told(connection: Connection, token: str, *, is_repeat: bool) -> Decided:
    """What the log says of a decision, whenever it is asked."""
    rows = reviews_of(connection, token)
    photo_ids = tuple(row.photo_id for row in rows)
    logs, now = logs_of(connection, photo_ids), photos_before(connection, photo_ids)
    overruled = []
    for row in rows:
        earlier = [each for each in logs[row.photo_id] if each.id < row.id]
        before = standing(earlier, row.sha256)
        if before is None or row.action == SKIP or before.reviewer == row.reviewer:
            continue
        if before.label_after != row.label_after:
            overruled.append(Overruled(row.photo_id, before.reviewer, before.label_after))
    changed = tuple(row.photo_id for row in rows if row.sha256 != now[row.photo_id].sha256)
    return Decided(token, photo_ids, is_repeat, tuple(overruled), changed)
