"""Who is searched for: a crop of the catalog, or a person boxed on a frame."""

from dataclasses import dataclass
from pathlib import Path

from touchline.app.addresses import crop_url
from touchline.app.players.gallery import crop_of_id
from touchline.app.workspace import Workspace
from touchline.media.images import read_image
from touchline.reid.crops import Crop
from touchline.reporting.data_uris import thumbnail_data_uri

SIDE = 320


@dataclass(frozen=True)
class Query:
    """One of the two.

    Attributes:
        crop_id: of a crop of the catalog; None for a box.
        cut: the file that the box was cut out to; None for a crop of the catalog.
    """

    crop_id: int | None = None
    cut: Path | None = None

    @property
    def is_kept(self) -> bool:
        """Whether it is in the catalog, so that what people say of it can be kept."""
        return self.crop_id is not None


def shown_query(workspace: Workspace, query: Query) -> tuple[Crop, str]:
    """The crop, and the address of its picture.

    Raises:
        UsageError: it is gone, lies outside the roots, or cannot be read.
    """
    if query.crop_id is not None:
        crop = crop_of_id(workspace.catalog, query.crop_id)
        workspace.roots.inside(crop.path)
        return crop, crop_url(crop.number)
    cut = query.cut or Path()
    return Crop(cut, -1), thumbnail_data_uri(read_image(cut), SIDE)
