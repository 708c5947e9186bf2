"""A catalog with short matches whose videos play in Chromium, and sets of their events."""

from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from touchline.app.match.event_sets import catalogued_videos
from touchline.archive.catalog.indexing.events import add_events
from touchline.archive.catalog.indexing.video_files import index_videos
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.review.corrected_sets import corrected_set
from touchline.spotting.cataloguing import event_row
from touchline.spotting.events import Event
from video_world import write_video

RATE, SECONDS = 25, 12
HOSTILE = "<img src=x onerror=alert(1)>"

TRUTH = (
    Event(3.0, "PASS", team="left"), Event(5.0, "DRIVE", team="right"), Event(8.0, "SHOT"),
)  # fmt: skip
FOUND = (
    Event(3.2, "PASS", 0.9, "left"), Event(5.12, "DRIVE", 0.6, "right"), Event(7.0, "PASS", 0.3),
    Event(10.0, HOSTILE, 0.8),
)  # fmt: skip
"""A near hit, another, a faint false alarm, and a sure one of a class that is no class."""

EVENTS = st.builds(
    Event,
    seconds=st.integers(0, 60_000).map(lambda each: each / 1000),
    label=st.sampled_from(["PASS", "SHOT", HOSTILE]),
    team=st.sampled_from(["left", "right", ""]),
    half=st.sampled_from([1, 2]),
    visible=st.booleans(),
)


@dataclass(frozen=True)
class MatchOnDisk:
    """One match of the catalog.

    Attributes:
        catalog: open.
        video: the file.
        video_id: in the catalog.
        found, truth, corrected: ids of the predicted, the annotated and the corrected set; that
            one is a copy of the predicted.
    """

    catalog: Catalog
    video: Path
    video_id: int
    found: int
    truth: int
    corrected: int


def matches_on_disk(folder: Path, *names: str) -> dict[str, MatchOnDisk]:
    """Draw, index and fill everything anew; the videos lie in `folder/videos`."""
    videos = folder / "videos"
    videos.mkdir(parents=True)
    for name in names:
        write_video(videos / f"{name}.mp4", RATE * SECONDS, rate=RATE, options={"g": "25"})
    catalog = open_catalog(folder / "touchline.catalog", create=True)
    index_videos(catalog, videos)
    return {each.path.stem: _filled(catalog, each.id, each.path) for each in
            catalogued_videos(catalog)}  # fmt: skip


def _filled(catalog: Catalog, video_id: int, video: Path) -> MatchOnDisk:
    found = add_events(catalog, video_id, map(event_row, FOUND), name="a model", kind="predicted")
    truth = add_events(catalog, video_id, map(event_row, TRUTH), name="truth", kind="annotated")
    corrected = corrected_set(catalog, found)
    return MatchOnDisk(catalog, video, video_id, found, truth, corrected)
