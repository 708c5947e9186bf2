"""The fields of a query: what can be asked, how its values are written, and what it means."""

from dataclasses import dataclass
from typing import Literal

from touchline.archive.catalog.tables import GONE, PRESENT, UNREADABLE

Kind = Literal["text", "words", "choice", "number", "size", "time"]


@dataclass(frozen=True)
class Field:
    """A field of the query language.

    Attributes:
        kind: how values are written and matched. `text` is matched as a whole, `words` anywhere
            inside; `number`, `size` (with a unit) and `time` (a date) also as ranges.
        meaning: for people.
        choices: the only values, where they are few.
        most: the greatest number that makes sense, if any.
    """

    kind: Kind
    meaning: str
    choices: tuple[str, ...] = ()
    most: float | None = None


_YES_NO = ("yes", "no")

FIELDS = {
    "class": Field("text", "the label that stands: a person's, else the model's"),
    "predicted": Field("text", "the model's label"),
    "confidence": Field("number", "the model's, between 0 and 1", most=1.0),
    "decision": Field("choice", "the model's: sure or in doubt", ("accept", "review")),
    "reason": Field("words", "words of why it is in doubt, or unreadable"),
    "run": Field("text", "the run whose label is the newest"),
    "reviewed": Field("choice", "whether a person's decision stands", _YES_NO),
    "reviewer": Field("text", "whose decision stands"),
    "disagrees": Field("choice", "whether a person changed the label the model showed", _YES_NO),
    "player": Field("text", "the player"),
    "group": Field("text", "photos that must stay together"),
    "burst": Field("text", "photos alike and taken together"),
    "file": Field("text", "the name of the file, without its folder"),
    "folder": Field("text", "a folder around it, one or several levels, or from the top"),
    "taken": Field("time", "by the camera's clock"),
    "width": Field("number", "pixels"),
    "height": Field("number", "pixels"),
    "size": Field("size", "of the file; kB, MB or GB may follow"),
    "state": Field("choice", "of the file; `present` when not asked", (PRESENT, GONE, UNREADABLE)),
    "id": Field("number", "the photo's number in the catalog"),
}
"""Every field by name. `class` is what the value of a `Term` compares with, and so on."""

RANGED: tuple[Kind, ...] = ("number", "size", "time")
"""Kinds that can be compared with `<`, `<=`, `>` and `>=`."""
