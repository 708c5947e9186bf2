"""What decides how distances are re-ranked."""

from pydantic import Field, model_validator

from touchline.settings import Settings


class RerankSettings(Settings):
    """How far re-ranking looks, and how much of the distance it leaves in place.

    The defaults are those of the paper for Market-1501, where a query has several true matches in
    a large gallery. Whether they help elsewhere is for another split to say (see `choosing`).
    """

    k1: int = Field(default=20, ge=1)
    """Neighbours that two crops must be among, each of the other's, to vouch for each other."""
    k2: int = Field(default=6, ge=1)
    """Nearest neighbours, the crop itself among them, whose encodings are averaged; 1 averages
    nothing."""
    weight: float = Field(default=0.3, ge=0, le=1)
    """Share of the original distance in the final one (lambda); 1 leaves the ranking as it was."""

    @model_validator(mode="after")
    def _averages_what_it_knows(self) -> "RerankSettings":
        if self.k2 > self.k1:
            raise ValueError(f"k2 = {self.k2} is more than k1 = {self.k1}; take k2 up to k1")
        return self
