"""Drawn data in the real formats, for trying Touchline out and for its tests.

`archive` writes a folder; it asks `media_day` who is photographed when and `photo` for each
picture, which follows `poses` -> `skeleton` -> `figure` (of `players`, with a `head`, made of
`surfaces`) -> `camera` -> `studio`. `spoilt` writes what spoils a real archive.
"""

from touchline.demo.archive import ArchiveSummary, write_archive
from touchline.demo.photo import draw_photo
from touchline.demo.poses import POSES
from touchline.demo.spoilt import write_spoilt

__all__ = ["POSES", "ArchiveSummary", "draw_photo", "write_archive", "write_spoilt"]
