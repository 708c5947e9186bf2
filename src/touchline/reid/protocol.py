"""Which pairs of a query and a gallery crop count when crops are ranked and scored."""

from dataclasses import dataclass
from typing import Literal

from touchline.reid.crops import Gallery


@dataclass(frozen=True)
class Protocol:
    """What a query is compared with.

    A crop of `NOBODY` (a distractor) is compared and is never right. A query finds itself where
    the gallery holds it and the same camera is kept.

    Attributes:
        within: `action` compares a query with the gallery of its own action only (crops without
            an action with each other), `everything` with the whole gallery.
        same_camera: `removed` takes gallery crops of the query's own identity and camera off its
            list, where both are known: they would be too easy (Market-1501's junk). `kept` takes
            nothing off, as SoccerNet's official scorer.
    """

    within: Literal["action", "everything"]
    same_camera: Literal["kept", "removed"]

    def describe(self) -> str:
        """In words.

        >>> Protocol("everything", "removed").describe()
        'each query against the whole gallery, without its own crops of the same camera'
        """
        scope = "the gallery of its action" if self.within == "action" else "the whole gallery"
        junk = ", without its own crops of the same camera" if self.same_camera == "removed" else ""
        return f"each query against {scope}{junk}"


def protocol_of(gallery: Gallery) -> Protocol:
    """The protocol under which results on such data are published.

    With actions it is SoccerNet's (inside the action, cameras kept), without actions but with
    cameras Market-1501's (the whole gallery, the same camera removed); with neither everything is
    compared with everything.
    """
    crops = (*gallery.queries, *gallery.gallery)
    if any(crop.action for crop in crops):
        return Protocol("action", "kept")
    return Protocol("everything", "removed" if any(crop.camera for crop in crops) else "kept")
