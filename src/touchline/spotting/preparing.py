"""Small copies of match videos that training can seek in fast, and what they gain."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.media.folder_contents import VIDEO_ENDINGS
from touchline.media.video.opening import UnreadableVideoError
from touchline.media.video.proxies import Proxy, ProxySettings, prepare
from touchline.media.video.seeking_speed import SeekingSpeed, measure_seeking
from touchline.reporting.progress import track
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.config import FrameSettings


@dataclass(frozen=True)
class Prepared:
    """What became of the videos.

    Attributes:
        proxies: the copies, made now or before.
        problems: videos that cannot be read, and why.
        speed: random clips a second from the first video made now and from its copy; None where
            every copy had been made before.
    """

    proxies: tuple[Proxy, ...]
    problems: tuple[tuple[Path, str], ...]
    speed: SeekingSpeed | None

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "proxies": {str(proxy.source): str(proxy.path) for proxy in self.proxies},
            "problems": [[str(path), reason] for path, reason in self.problems],
            "clips_per_second": None
            if self.speed is None
            else {"video": self.speed.video, "proxy": self.speed.proxy},
        }

    def describe(self) -> str:
        """For a terminal."""
        made = sum(proxy.made for proxy in self.proxies)
        lines = [f"{made} copies made, {len(self.proxies) - made} were there already"]
        if self.speed is not None:
            lines.append(
                f"random clips a second: {self.speed.video:.1f} from the video, "
                f"{self.speed.proxy:.1f} from its copy, {self.speed.gain:.1f} times as many"
            )
        lines += [f"left out: {path}: {reason}" for path, reason in self.problems]
        return "\n".join(lines)


def prepare_videos(paths: Sequence[Path], out: Path, frames: FrameSettings, steps: int) -> Prepared:
    """Make a small short-GOP copy of each video, and measure what one of them gains.

    Args:
        paths: video files, or annotated data whose videos are meant.
        out: the folder of the copies, which `proxies=FOLDER` names when training.
        frames: the size and rate that training reads.
        steps: the length of a clip.

    Raises:
        UsageError: when no video is named, or the size cannot be encoded.
    """
    settings = proxy_settings(frames)
    proxies, problems, speed = list[Proxy](), list[tuple[Path, str]](), None
    for video in track(videos_in(paths), "Copying videos"):
        try:
            proxy = prepare(video, out, settings)
        except UnreadableVideoError as error:
            problems.append((video, error.found))
            continue
        proxies.append(proxy)
        problems += [(video, text) for text in proxy.shortcomings]
        if proxy.made and speed is None:
            speed = measure_seeking(video, proxy.path, frames.rate, *frames.whole, steps)
    return Prepared(tuple(proxies), tuple(problems), speed)


def proxy_settings(frames: FrameSettings) -> ProxySettings:
    """Copies in which the frames shown are found as they are; sides are even, as encoders ask."""
    height, width = (side + side % 2 for side in frames.whole)
    return ProxySettings(height=height, width=width, rate=frames.rate)


def videos_in(paths: Sequence[Path]) -> list[Path]:
    """The videos that paths name: files as they are, data by its matches.

    Raises:
        UsageError: when there are none.
    """
    found = []
    for path in paths:
        if path.suffix.lower() in VIDEO_ENDINGS:
            found.append(path)
        else:
            found += [video for match in read_matches(path).matches for video in match.videos]
    if not found:
        raise UsageError(
            "videos to copy", f"none in {', '.join(map(str, paths))}", "Name video files or data."
        )
    return found
