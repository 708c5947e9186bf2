from pathlib import Path

import av
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app_worlds import AppWorld, add_video, write_film
from touchline.app.addresses import video_url
from touchline.app.films import film_routes
from touchline.app.playable import copy_of, make_playable, plays_in_browsers, settings_of
from touchline.errors import UsageError
from touchline.media.video.opening import UnreadableVideoError
from touchline.media.video.proxies import prepare


def write_old_film(path: Path, codec: str = "mpeg4", pixels: str = "yuv420p") -> Path:
    """Ten frames in a codec or container of the past."""
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 48)))))
        container.mux(stream.encode())
    return path


def test_what_browsers_play(tmp_path: Path) -> None:
    assert plays_in_browsers(write_film(tmp_path / "a.mp4"))
    assert not plays_in_browsers(write_film(tmp_path / "a.mkv"))
    assert not plays_in_browsers(write_film(tmp_path / "a.avi"))
    assert not plays_in_browsers(write_old_film(tmp_path / "b.mp4"))
    assert not plays_in_browsers(write_old_film(tmp_path / "c.mp4", "libx264", "yuv422p"))
    assert plays_in_browsers(write_old_film(tmp_path / "d.webm", "libvpx"))
    (tmp_path / "e.mp4").write_bytes(b"no film")
    with pytest.raises(UnreadableVideoError):
        plays_in_browsers(tmp_path / "e.mp4")


def test_a_copy_is_sent_in_place_of_what_browsers_cannot_play(world: AppWorld) -> None:
    video = write_old_film(world.root / "old.avi")
    client = TestClient(Starlette(routes=film_routes(world.workspace)))
    url = video_url(add_video(world.workspace.catalog, video))
    assert copy_of(world.workspace, video) is None
    assert client.get(url).headers["content-type"] == "application/octet-stream"
    # What the job does: `touchline spotting prepare` with the same size and rate.
    made = prepare(video, world.workspace.cache / "films", settings_of(video)).path
    assert plays_in_browsers(made)
    assert copy_of(world.workspace, video) == made
    answer = client.get(url)
    assert (answer.content, answer.headers["content-type"]) == (made.read_bytes(), "video/mp4")
    write_film(world.root / "old.avi")
    assert copy_of(world.workspace, video) is None


def test_the_job_asks_for_the_very_copy_that_is_looked_for(
    world: AppWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(
        "touchline.app.playable.start", lambda *given, **_: asked.append(list(given[2]))
    )
    video = write_old_film(world.root / "old.avi")
    make_playable(world.workspace, video)
    ((*verb, path, _, out, _, height, _, width, _, rate),) = asked
    assert (verb, path, rate) == (["spotting", "prepare"], str(video.resolve()), "25.0")
    assert (out, height, width) == (str(world.workspace.cache / "films"), "48", "64")
    with pytest.raises(UsageError, match="which leads outside"):
        make_playable(world.workspace, world.folder / "elsewhere.avi")
