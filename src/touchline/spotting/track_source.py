"""Track features of whole videos, for spotters that look at players and ball too."""

from pathlib import Path

import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.media.video.opening import Source
from touchline.spotting.config import TrackSettings
from touchline.spotting.tracks.detections import Detector
from touchline.spotting.tracks.video import video_features


class TrackSource:
    """Detects and follows players and ball in videos; what was found is kept in the cache."""

    def __init__(self, settings: TrackSettings, rate: float) -> None:
        """Load the detector that the settings name.

        Raises:
            EnvironmentMissingError: when its package or weights are not there.
        """
        self._rate = rate
        self._detector = _detector(settings)

    def features(self, video: Source) -> Tensor:
        """`(steps, track features)` float32 of a video file.

        Raises:
            UsageError: for a live source: tracks are worked out ahead of the events.
        """
        if not isinstance(video, Path):
            raise UsageError(
                "a video file, for this run looks at tracks of the whole video", str(video),
                "Record it first, or use a run without tracks.",
            )  # fmt: skip
        cache = default_cache() / "tracks"
        return torch.from_numpy(video_features(video, self._detector, self._rate, cache))


def track_source(settings: TrackSettings, rate: float) -> TrackSource | None:
    """Where tracks come from at `rate` steps a second, or None where none are wanted."""
    return None if settings.detector == "none" else TrackSource(settings, rate)


def _detector(settings: TrackSettings) -> Detector:
    assert settings.weights is not None
    if settings.detector == "yolox":
        from touchline.spotting.tracks.yolox import YoloxDetector

        return YoloxDetector(settings.weights)
    from touchline.spotting.tracks.ultralytics_detector import UltralyticsDetector

    return UltralyticsDetector(settings.weights)
