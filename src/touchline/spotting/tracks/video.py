"""The tracks of a whole video, found once and kept."""

import json
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from torch import Tensor

from touchline.errors import EnvironmentMissingError
from touchline.files import sha256_of_bytes, sha256_of_file
from touchline.media.video.facts import VideoFacts, probe
from touchline.media.video.streaming import stream_frames
from touchline.reporting import progress
from touchline.spotting.tracks.bytetrack import ByteTrackSettings
from touchline.spotting.tracks.detections import Detections, Detector
from touchline.spotting.tracks.features import track_features
from touchline.spotting.tracks.table import Tracks, follow, read_tracks, write_tracks

LARGEST_HEIGHT = 480
"""Rows of the frames shown to a detector at most: more cost decoding and are shrunk anyway."""

FRAMES_AT_ONCE = 16

FORM = 1
"""Goes up whenever tracks come out otherwise, so that those kept before are not taken."""


def video_features(
    video: Path,
    detector: Detector,
    rate: float,
    cache: Path,
    settings: ByteTrackSettings | None = None,
) -> np.ndarray:
    """The track features of every frame of a video's grid, `(steps, 17)` float32.

    See `touchline.spotting.tracks.features.track_features` and, for the arguments, `video_tracks`.
    """
    return track_features(video_tracks(video, detector, rate, cache, settings))


def video_tracks(
    video: Path,
    detector: Detector,
    rate: float,
    cache: Path,
    settings: ByteTrackSettings | None = None,
) -> Tracks:
    """The tracks of a video, taken from the cache where they were found before.

    Args:
        video: the file. Its content is the key, so that a renamed or moved file is known.
        detector: finds players and balls; its fingerprint is part of the key.
        rate: frames a second of the grid that is looked at.
        cache: a folder; several processes may share it.
        settings: how detections become tracks.

    Raises:
        UnreadableVideoError: the video cannot be opened or shows nothing.
        EnvironmentMissingError: the cache cannot be written.
    """
    settings = settings or ByteTrackSettings()
    facts = probe(video)  # before the hash, since it says in words why a video cannot be read
    key = [FORM, sha256_of_file(video), detector.fingerprint, rate, settings.model_dump()]
    file = cache / f"tracks-{sha256_of_bytes(json.dumps(key).encode())[:32]}.npz"
    if (found := read_tracks(file)) is not None:
        return found
    height, width = shown_size(facts)
    frames = (
        frame.picture for frame in stream_frames(video, rate=rate, height=height, width=width)
    )
    total = None if facts.seconds is None else math.ceil(facts.seconds * rate)
    seen = progress.track(detect(frames, detector), f"Tracking in {video.name}", total)
    tracks = follow(seen, rate, width, height, settings)
    try:
        write_tracks(tracks, file)
    except OSError as error:
        raise EnvironmentMissingError(
            "a folder for the tracks of videos", f"{error.strerror or error} at {cache}",
            "Free disk space, or name another folder.",
        ) from error  # fmt: skip
    return tracks


def detect(frames: Iterable[Tensor], detector: Detector) -> Iterator[Detections]:
    """Show a detector frames as they come, a few at once.

    Args:
        frames: uint8 RGB `(3, height, width)`, all of one size.
        detector: answers once for each.
    """
    coming = iter(frames)
    while some := list(islice(coming, FRAMES_AT_ONCE)):
        yield from detector(np.stack([frame.numpy() for frame in some]))


def shown_size(facts: VideoFacts) -> tuple[int, int]:
    """Height and width at which a video is shown to a detector: its own shape, not too large."""
    scale = min(1.0, LARGEST_HEIGHT / facts.height)
    return max(1, round(facts.height * scale)), max(1, round(facts.width * scale))
