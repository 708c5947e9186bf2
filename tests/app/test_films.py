import io
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app_worlds import AppWorld, add_video, write_film
from touchline.app.addresses import frame_url, video_url
from touchline.app.films import film_routes


@pytest.fixture
def client(world: AppWorld) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=film_routes(world.workspace))) as opened:
        yield opened


def brightness(content: bytes) -> int:
    return int(Image.open(io.BytesIO(content)).convert("L").resize((1, 1)).getpixel((0, 0)))  # type: ignore[arg-type]


def test_a_player_may_ask_for_any_part(world: AppWorld, client: TestClient) -> None:
    content = write_film(world.root / "a.mp4").read_bytes()
    url = video_url(add_video(world.workspace.catalog, world.root / "a.mp4"))
    whole = client.get(url)
    assert (whole.content, whole.headers["content-type"]) == (content, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(url, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert client.get(url, headers={"Range": "bytes=-7"}).content == content[-7:]
    assert client.get(url, headers={"Range": f"bytes={len(content)}-"}).status_code == 416


@pytest.mark.parametrize(("seconds", "grey"), [(0, 40), (0.95, 40), (1.05, 80), (2.5, 120),
                                               (99, 160), (-3, 40)])  # fmt: skip
def test_a_frame_is_the_one_on_show_then(
    world: AppWorld, client: TestClient, seconds: float, grey: int
) -> None:
    write_film(world.root / "a.mp4")
    number = add_video(world.workspace.catalog, world.root / "a.mp4")
    answer = client.get(frame_url(number, seconds))
    assert answer.headers["content-type"] == "image/jpeg"
    assert abs(brightness(answer.content) - grey) <= 6


def test_frames_are_asked_about_again_and_sent_once(world: AppWorld, client: TestClient) -> None:
    write_film(world.root / "a.mp4")
    url = frame_url(add_video(world.workspace.catalog, world.root / "a.mp4"), 1)
    tag = client.get(url).headers["etag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_no_row_leads_outside_the_roots(world: AppWorld, client: TestClient) -> None:
    write_film(world.folder / "secret.mp4")
    (world.root / "link.mp4").symlink_to(world.folder / "secret.mp4")
    for path in (world.folder / "secret.mp4", world.root / "link.mp4", world.root / "gone.mp4"):
        number = add_video(world.workspace.catalog, path)
        assert client.get(video_url(number)).status_code == 404
        assert client.get(frame_url(number, 0)).status_code == 404
    assert client.get(video_url(number + 1)).status_code == 404


def test_what_is_no_video_has_no_frames(world: AppWorld, client: TestClient) -> None:
    (world.root / "a.mp4").write_bytes(b"<html>not a film</html>")
    number = add_video(world.workspace.catalog, world.root / "a.mp4")
    answer = client.get(frame_url(number, 0))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "image/jpeg")
    page = client.get(video_url(number))
    assert page.headers["content-type"] == "video/mp4"  # never as a page, whatever is in it
