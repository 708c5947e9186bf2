"""The tables of a catalog, as `migrations` leaves them; a test holds the two together.

What a file is stands in `photos`, `videos` and `crops`; what models said in `predictions` and
`events`; what people said in `reviews`, `event_edits` and `identity_reviews`, which only grow.
Times that end in `_at` are seconds since 1970 in UTC.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

PRESENT, GONE, UNREADABLE = "present", "gone", "unreadable"
"""What can be said of a file: it is there, it is no longer there, it cannot be read."""

roots = Table(
    "roots", METADATA,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),  # absolute
    Column("indexed_at", Float),
)  # fmt: skip

photos = Table(
    "photos", METADATA,
    Column("id", Integer, primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False),
    Column("path", Text, nullable=False, unique=True),  # absolute
    Column("sha256", Text, nullable=False),  # empty when unreadable
    Column("size", BigInteger, nullable=False),  # bytes
    Column("changed_ns", BigInteger, nullable=False),  # the file's time of change
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("taken", Float),  # seconds since 1970 of the camera's own clock; null when not said
    Column("player", Text, nullable=False, default=""),
    Column("group", Text, nullable=False, default=""),  # photos that must stay together
    Column("burst", Text, nullable=False, default=""),  # photos alike and taken together
    Column("state", Text, nullable=False),  # present, gone or unreadable
    Column("reason", Text, nullable=False, default=""),  # why it is unreadable
    Column("indexed_at", Float, nullable=False),
    # The newest prediction and the review that stands; kept here so that a page is one query.
    Column("prediction_id", Integer),
    Column("review_id", Integer),
    Index("photos_by_sha256", "sha256"),
    Index("photos_by_burst", "burst"),
    Index("photos_by_player", "player"),
    Index("photos_by_root_and_state", "root_id", "state"),
)  # fmt: skip

runs = Table(
    "runs", METADATA,
    Column("id", Integer, primary_key=True),
    Column("task", Text, nullable=False),  # photos, spotting or reid
    Column("name", Text, nullable=False),  # as the predictions name it
    Column("folder", Text, nullable=False, default=""),  # absolute; empty when not known
    Column("added_at", Float, nullable=False),
    UniqueConstraint("task", "name"),
)  # fmt: skip

predictions = Table(
    "predictions", METADATA,
    Column("id", Integer, primary_key=True),
    Column("photo_id", ForeignKey("photos.id"), nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("sha256", Text, nullable=False),  # of the photo when it was labelled
    Column("label", Text, nullable=False),  # the best class
    Column("confidence", Float, nullable=False),
    Column("labels", JSON, nullable=False),  # the best classes, best first
    Column("confidences", JSON, nullable=False),
    Column("set_size", Integer, nullable=False, default=0),  # of `labels`; 0 when not known
    Column("decision", Text, nullable=False),  # accept or review
    Column("reason", Text, nullable=False, default=""),
    Column("distance", Float),
    Column("out_of_scope", Boolean, nullable=False, default=False),
    Column("mirror_agrees", Boolean),
    Column("queue_place", Integer),  # 0 is looked at first; null when it needs no look
    Column("added_at", Float, nullable=False),
    UniqueConstraint("photo_id", "run_id"),
    Index("predictions_by_label", "label", "confidence"),
    Index("predictions_by_queue_place", "queue_place"),
)  # fmt: skip

reviews = Table(
    "reviews", METADATA,
    Column("id", Integer, primary_key=True),
    # Made where the key was pressed: the same decision sent twice counts once.
    Column("token", Text, nullable=False),
    Column("photo_id", ForeignKey("photos.id"), nullable=False),
    Column("prediction_id", ForeignKey("predictions.id")),  # what was on show; null for none
    Column("reviewer", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("action", Text, nullable=False),  # accept, change, skip or undo
    Column("label_before", Text, nullable=False),  # what stood: a review's or the model's label
    Column("label_after", Text, nullable=False),  # empty after a skip
    Column("undoes", ForeignKey("reviews.id")),  # an undo names the review it takes back
    Column("sha256", Text, nullable=False),  # of the photo that the person saw
    UniqueConstraint("token", "photo_id"),  # one key press may decide a whole burst
    Index("reviews_by_photo", "photo_id"),
    Index("reviews_by_reviewer", "reviewer", "at"),
    Index("reviews_by_undone", "undoes"),
)  # fmt: skip

claims = Table(
    "claims", METADATA,
    Column("photo_id", ForeignKey("photos.id"), primary_key=True),
    Column("reviewer", Text, nullable=False),
    Column("until_at", Float, nullable=False),  # nobody else is shown the photo before that
)  # fmt: skip

videos = Table(
    "videos", METADATA,
    Column("id", Integer, primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("changed_ns", BigInteger, nullable=False),
    Column("seconds", Float),  # length; null when unreadable
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("indexed_at", Float, nullable=False),
)  # fmt: skip

event_sets = Table(
    "event_sets", METADATA,
    Column("id", Integer, primary_key=True),
    Column("video_id", ForeignKey("videos.id"), nullable=False),
    Column("name", Text, nullable=False),  # of the model or the file
    Column("kind", Text, nullable=False),  # predicted, annotated or corrected
    Column("source", Text, nullable=False, default=""),  # the file it came from
    Column("added_at", Float, nullable=False),
    UniqueConstraint("video_id", "name"),
)  # fmt: skip

events = Table(
    "events", METADATA,
    Column("id", Integer, primary_key=True),
    Column("event_set_id", ForeignKey("event_sets.id"), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("half", Integer, nullable=False, default=1),
    Column("label", Text, nullable=False),
    Column("team", Text, nullable=False, default=""),  # left, right or empty
    Column("confidence", Float, nullable=False),
    Column("visible", Boolean, nullable=False, default=True),
    Index("events_by_set", "event_set_id", "seconds"),
    sqlite_autoincrement=True,  # the edits of a deleted event must not speak of another one
)  # fmt: skip

event_edits = Table(
    "event_edits", METADATA,
    Column("id", Integer, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("event_set_id", ForeignKey("event_sets.id"), nullable=False),
    Column("event_id", Integer, nullable=False),  # stays when the event is deleted
    Column("reviewer", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("action", Text, nullable=False),  # add, move, delete, relabel or undo
    Column("before", JSON),  # the event's columns; null before an `add`
    Column("after", JSON),  # null after a `delete`
    Index("event_edits_by_set", "event_set_id"),
)  # fmt: skip

crops = Table(
    "crops", METADATA,
    Column("id", Integer, primary_key=True),
    Column("root_id", ForeignKey("roots.id"), nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("action", Text, nullable=False, default=""),  # identities compare only inside one
    Column("role", Text, nullable=False, default=""),  # query, gallery or empty
    Column("identity", Text, nullable=False, default=""),  # empty when not known
    Column("state", Text, nullable=False),
    Column("indexed_at", Float, nullable=False),
    Index("crops_by_action", "action"),
    Index("crops_by_identity", "identity"),
)  # fmt: skip

identity_reviews = Table(
    "identity_reviews", METADATA,
    Column("id", Integer, primary_key=True),
    Column("token", Text, nullable=False, unique=True),
    Column("query_id", ForeignKey("crops.id"), nullable=False),
    Column("gallery_id", ForeignKey("crops.id"), nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("same", Boolean),  # null takes an earlier answer back
    Column("run", Text, nullable=False, default=""),  # whose ranking was on show
    Column("distance", Float),
    Index("identity_reviews_by_query", "query_id"),
)  # fmt: skip

journals = Table(
    "journals", METADATA,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),  # sort or tag
    Column("state", Text, nullable=False),  # unfinished, applied or undone
    Column("files", Integer, nullable=False),
    Column("begun_at", Float),
    Column("indexed_at", Float, nullable=False),
)  # fmt: skip
