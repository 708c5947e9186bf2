"""Small short-GOP copies of videos, on the time grid that training reads.

A clip from the middle of a broadcast costs the decoding of everything from the keyframe before it,
at full size. A proxy has a keyframe every second or so, the size that the network sees and only
the frames of the grid. Large broadcasts gain most; a video that is small already may gain little,
and its proxy may take more room than itself: `measure_seeking` tells.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from touchline.files import sha256_of_file, write_atomically
from touchline.media.video.facts import probe
from touchline.media.video.grid import DEFAULT_RATE
from touchline.media.video.streaming import stream_frames
from touchline.media.video.writing import VideoWriter

_VERSION = 1  # counts up whenever the same settings would give another proxy


@dataclass(frozen=True)
class ProxySettings:
    """How proxies are made.

    Attributes:
        height: of the pictures, in pixels; even.
        width: of the pictures; even. When None, the shape of the video is kept, to two pixels.
        rate: frames a second: that of the grid which training reads. The proxy then has exactly
            the frames of that grid, under the same numbers.
        gop: frames from one keyframe to the next, at most.
    """

    height: int
    width: int | None = None
    rate: float = DEFAULT_RATE
    gop: int = 12


@dataclass(frozen=True)
class Proxy:
    """A small copy of a video.

    Attributes:
        source: the video.
        path: the copy.
        made: whether it was made just now; it was up to date otherwise.
        shortcomings: what was wrong with the video, where it was made just now.
    """

    source: Path
    path: Path
    made: bool
    shortcomings: tuple[str, ...] = ()


def prepare(source: Path, folder: Path, settings: ProxySettings) -> Proxy:
    """Make the proxy of a video, unless it is there and up to date.

    Beside the proxy lies a JSON file that records what it was made from and how. A video that was
    only touched or moved back is known by its content.

    Raises:
        UnreadableVideoError: the video cannot be opened, or shows nothing.
        UsageError: the settings name an odd side or an impossible rate.
    """
    path = proxy_path(source, folder)
    if is_up_to_date(source, path, settings):
        return Proxy(source, path, made=False)
    height, width = settings.height, settings.width or _width(source, settings.height)
    shortcomings: list[str] = []
    frames = stream_frames(source, settings.rate, height, width, tell=shortcomings.append)
    _record_of(path).unlink(missing_ok=True)  # a crash must not leave it beside another proxy
    with VideoWriter(
        path, settings.rate, height, width, settings.gop, quick_to_decode=True
    ) as writer:
        for frame in frames:
            writer.write(frame.picture)
    record = _record(source, settings) | {"sha256": sha256_of_file(source)}
    write_atomically(_record_of(path), json.dumps(record, indent=2) + "\n")
    return Proxy(source, path, True, tuple(shortcomings))


def proxy_path(source: Path, folder: Path) -> Path:
    """Where the proxy of a video lies: by the names of its folder and itself, and where it is.

    Match videos are often all called `224p.mp4`; the last part of the name tells them apart.
    """
    whole = source.resolve()
    place = hashlib.sha256(str(whole).encode()).hexdigest()[:8]
    return folder / f"{whole.parent.name}-{whole.stem}-{place}.mp4"


def is_up_to_date(source: Path, path: Path, settings: ProxySettings) -> bool:
    """Whether a proxy was made from the video as it is now, with the same settings."""
    try:
        recorded = json.loads(_record_of(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not (source.is_file() and path.is_file() and isinstance(recorded, dict)):
        return False
    now = _record(source, settings)
    differing = {key for key in now if recorded.get(key) != now[key]}
    if differing == {"modified"}:
        return bool(recorded.get("sha256") == sha256_of_file(source))
    return not differing


def _record(source: Path, settings: ProxySettings) -> dict[str, Any]:
    found = source.stat()
    return {
        "version": _VERSION,
        "source": source.name,
        "bytes": found.st_size,
        "modified": found.st_mtime_ns,
        "settings": asdict(settings),
    }


def _record_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _width(source: Path, height: int) -> int:
    facts = probe(source)
    return max(2, round(facts.width * height / facts.height / 2) * 2)
