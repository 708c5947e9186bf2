"""A photo with all that stands for it, as one row: the joined tables and the columns people ask of.

What stands is the review that `photos.review_id` names, else the newest prediction.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, func

from touchline.archive.catalog.tables import photos, predictions, reviews, runs

shown = predictions.alias("shown")
"""The prediction that the reviewer had before them; the newest may be another."""

JOINED = (
    photos.outerjoin(predictions, predictions.c.id == photos.c.prediction_id)
    .outerjoin(runs, runs.c.id == predictions.c.run_id)
    .outerjoin(reviews, reviews.c.id == photos.c.review_id)
    .outerjoin(shown, shown.c.id == reviews.c.prediction_id)
)

STANDING_LABEL: ColumnElement[str] = func.coalesce(reviews.c.label_after, predictions.c.label, "")
REASON: ColumnElement[str] = func.coalesce(
    func.nullif(photos.c.reason, ""), predictions.c.reason, ""
)
IS_REVIEWED: ColumnElement[bool] = reviews.c.id.is_not(None)
DISAGREES: ColumnElement[bool] = and_(
    shown.c.label.is_not(None), shown.c.label != reviews.c.label_after
)
IS_DOUBTFUL: ColumnElement[bool] = and_(predictions.c.decision == "review", reviews.c.id.is_(None))
"""The model is in doubt, and nobody has decided yet."""

# The path less all that is no slash at its end is its folder; the rest is the name of the file.
_FOLDER = func.rtrim(photos.c.path, func.replace(photos.c.path, "/", ""))
FILE_NAME: ColumnElement[str] = func.substr(photos.c.path, func.length(_FOLDER) + 1)

FOUND: dict[str, ColumnElement[Any]] = {
    "id": photos.c.id,
    "path": photos.c.path,
    "label": STANDING_LABEL,
    "confidence": predictions.c.confidence,
    "decision": func.coalesce(predictions.c.decision, ""),
    "reason": REASON,
    "run": func.coalesce(runs.c.name, ""),
    "player": photos.c.player,
    "group": photos.c.group,
    "burst": photos.c.burst,
    "taken": photos.c.taken,
    "width": photos.c.width,
    "height": photos.c.height,
    "size": photos.c.size,
    "state": photos.c.state,
    "predicted_label": func.coalesce(predictions.c.label, ""),
    "reviewed_label": func.coalesce(reviews.c.label_after, ""),
    "reviewer": func.coalesce(reviews.c.reviewer, ""),
    "reviewed_at": reviews.c.at,
    "sha256": photos.c.sha256,
}
"""The columns of a `FoundPhoto`, in its order."""

ASKED: dict[str, ColumnElement[Any]] = {
    **{
        name: FOUND[name]
        for name in (
            "confidence", "decision", "reason", "run", "reviewer", "player", "group", "burst",
            "taken", "width", "height", "size", "state", "id",
        )
    },
    "class": STANDING_LABEL,
    "predicted": FOUND["predicted_label"],
}  # fmt: skip
"""What the value of a field is compared with, where that is a column."""
