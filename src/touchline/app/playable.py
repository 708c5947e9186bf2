"""Videos that browsers cannot play, and copies of them that every browser can.

Browsers play H.264, VP8, VP9 and AV1 with 8 bits in MP4 or WebM; archives also hold MPEG-2, HEVC,
ProRes, AVI and MPEG-TS. A copy is made as long work, without sound, into the cache.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import av

from touchline.app.jobs.records import Job
from touchline.app.jobs.starting import start
from touchline.app.workspace import Workspace
from touchline.media.video.opening import UnreadableVideoError, open_video

if TYPE_CHECKING:
    from touchline.media.video.proxies import ProxySettings

CONTAINERS = frozenset({"mp4", "webm"})
CODECS = frozenset({"h264", "vp8", "vp9", "av1", "libdav1d", "libvpx", "libvpx-vp9"})
PIXELS = frozenset({"yuv420p", "yuvj420p"})
TALLEST = 720
RATE = 25.0


def plays_in_browsers(video: Path) -> bool:
    """Whether every browser of today plays a video, by its container, codec and pixels.

    Raises:
        UnreadableVideoError: it is no video.
    """
    container, stream = open_video(video)
    try:
        forms = set(container.format.name.split(","))
        codec = stream.codec_context
        return bool(forms & CONTAINERS) and codec.name in CODECS and codec.pix_fmt in PIXELS \
            and not _is_matroska(container)  # fmt: skip
    finally:
        container.close()


def shown_file(workspace: Workspace, video: Path) -> Path:
    """What a browser is sent for a video: the file, or where it cannot be played a copy, if any."""
    try:
        return video if plays_in_browsers(video) else copy_of(workspace, video) or video
    except UnreadableVideoError:
        return video


def copy_of(workspace: Workspace, video: Path) -> Path | None:
    """The playable copy of a video, when there is one of the video as it is now."""
    from touchline.media.video.proxies import is_up_to_date, proxy_path  # brings torch along

    path = proxy_path(video, _folder(workspace))
    if not path.is_file():
        return None
    return path if is_up_to_date(video, path, settings_of(video)) else None


def make_playable(workspace: Workspace, video: Path) -> Job:
    """Start to make a playable copy; `video_url` then leads to it.

    Raises:
        UsageError: the video lies outside the roots, cannot be read, or too much is under way.
    """
    real = workspace.roots.inside(video)
    wanted = settings_of(real)
    words = [
        "spotting", "prepare", str(real), "--out", str(_folder(workspace)),
        "--height", str(wanted.height), "--width", str(wanted.width), "--rate", str(wanted.rate),
    ]  # fmt: skip
    return start(workspace, f"Playable copy of {real.name}", words, video=str(real))


def settings_of(video: Path) -> "ProxySettings":
    """How the copy of a video is made: its shape, at most `TALLEST` rows, both sides even.

    Raises:
        UnreadableVideoError: it is no video.
    """
    from touchline.media.video.facts import probe
    from touchline.media.video.proxies import ProxySettings

    facts = probe(video)
    height = max(16, min(TALLEST, facts.height) // 2 * 2)
    width = max(16, round(facts.width * height / facts.height / 2) * 2)
    return ProxySettings(height=height, width=width, rate=RATE)


def _folder(workspace: Workspace) -> Path:
    return workspace.cache.absolute() / "films"


def _is_matroska(container: av.container.InputContainer) -> bool:
    """Whether it is a Matroska file that is no WebM; FFmpeg has one name for both."""
    return "matroska" in container.format.name and not container.name.lower().endswith(".webm")
