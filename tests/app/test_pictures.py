import io
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app_worlds import AppWorld, add_crop, add_photo, jpeg, png_claiming
from touchline.app.addresses import SIDES, crop_url, photo_url
from touchline.app.pictures import picture_routes
from touchline.app.thumbnails import as_jpeg, kept_at, message_picture, thumbnail
from touchline.files import sha256_of_bytes
from touchline.media.images import UnreadableImageError


@pytest.fixture
def client(world: AppWorld) -> TestClient:
    return TestClient(Starlette(routes=picture_routes(world.workspace)))


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


@pytest.mark.parametrize("side", SIDES)
def test_a_photo_is_a_jpeg_of_bounded_size(world: AppWorld, client: TestClient, side: int) -> None:
    number = world.photo("a.jpg", jpeg(3000, 1500))
    answer = client.get(photo_url(number, side))  # type: ignore[arg-type]
    assert answer.headers["content-type"] == "image/jpeg"
    assert size_of(answer.content) == (side, side // 2)


def test_small_photos_keep_their_size_and_metadata_is_dropped(
    world: AppWorld, client: TestClient
) -> None:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    exif[0x0112] = 6  # turned: 40 x 30 stands upright as 30 x 40
    Image.new("RGB", (40, 30)).save(stream, "JPEG", exif=exif)
    content = client.get(photo_url(world.photo("a.jpg", stream.getvalue()))).content
    assert size_of(content) == (30, 40)
    assert b"script" not in content


def test_a_browser_that_has_the_picture_is_not_sent_it_again(
    world: AppWorld, client: TestClient
) -> None:
    url = photo_url(world.photo("a.jpg", jpeg()))
    tag = client.get(url).headers["etag"]
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_photo_that_changed_since_it_was_indexed_is_shown_as_it_is(
    world: AppWorld, client: TestClient
) -> None:
    url = photo_url(world.photo("a.jpg", jpeg(colour=(200, 0, 0))))
    before = client.get(url)
    (world.root / "a.jpg").write_bytes(jpeg(600, 400, colour=(0, 0, 200)))
    after = client.get(url)
    assert after.headers["etag"] != before.headers["etag"]
    red, _, blue = Image.open(io.BytesIO(after.content)).resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert blue > 150 > red


def test_a_thumbnail_is_made_once(world: AppWorld, client: TestClient) -> None:
    content = jpeg()
    url = photo_url(world.photo("a.jpg", content))
    first = client.get(url).content
    kept = kept_at(world.workspace.cache, sha256_of_bytes(content), 320)
    kept.write_bytes(b"kept")
    assert client.get(url).content == b"kept" != first


@pytest.mark.parametrize("name", ["../secret.jpg", "link.jpg", "folder/secret.jpg"])
def test_no_row_leads_outside_the_roots(world: AppWorld, client: TestClient, name: str) -> None:
    (world.folder / "secret.jpg").write_bytes(jpeg())
    (world.root / "link.jpg").symlink_to(world.folder / "secret.jpg")
    (world.root / "folder").symlink_to(world.folder)
    answer = client.get(photo_url(add_photo(world.workspace.catalog, world.root / name), 320))
    assert answer.status_code == 403
    assert size_of(answer.content) == (320, 240)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"not a photo", "not an image"),
        (jpeg()[:1500], "the file is truncated"),
        (png_claiming(50_000, 50_000), "it claims more pixels than any real photo has"),
        (png_claiming(13_000, 10_000), "13000 x 10000 pixels, more than the 120 million"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ],
)
def test_what_cannot_be_shown_says_why(
    world: AppWorld, client: TestClient, content: bytes, reason: str
) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        as_jpeg(content, 320)
    answer = client.get(photo_url(world.photo("a.jpg", content)))
    assert (answer.status_code, size_of(answer.content)) == (415, (320, 240))
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_not_there_is_not_found(world: AppWorld, client: TestClient) -> None:
    number = world.photo("a.jpg", jpeg())
    assert client.get(photo_url(number + 1)).status_code == 404
    assert client.get(f"/pictures/photos/{number}/321.jpg").status_code == 404
    for path in (f"photos/{number}/-320.jpg", "photos/1.5/320.jpg", "photos/..%2f1/320.jpg"):
        assert client.get(f"/pictures/{path}").status_code == 404
    (world.root / "a.jpg").unlink()
    assert client.get(photo_url(number)).status_code == 415


def test_a_pipe_is_never_read(world: AppWorld) -> None:
    import os

    os.mkfifo(world.root / "pipe.jpg")
    with pytest.raises(UnreadableImageError, match="no regular file"):
        thumbnail(world.workspace.cache, world.root / "pipe.jpg", "", 320)


def test_many_at_once_make_the_same_thumbnail(world: AppWorld) -> None:
    (world.root / "a.jpg").write_bytes(jpeg(1200, 900))
    made: list[bytes] = []

    def make() -> None:
        path = thumbnail(world.workspace.cache, world.root / "a.jpg", "", 320)
        made.append(path.read_bytes())

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    folder = kept_at(world.workspace.cache, sha256_of_bytes(jpeg(1200, 900)), 320).parent
    assert len(list(folder.iterdir())) == 1


def test_a_crop_is_shown_beneath_the_roots_only(world: AppWorld, client: TestClient) -> None:
    (world.root / "crop.png").write_bytes(jpeg(50, 100))
    (world.folder / "outside.png").write_bytes(jpeg(50, 100))
    catalog = world.workspace.catalog
    shown = client.get(crop_url(add_crop(catalog, world.root / "crop.png")))
    assert (shown.status_code, size_of(shown.content)) == (200, (50, 100))
    outside = add_crop(catalog, world.folder / "outside.png")
    assert client.get(crop_url(outside)).status_code == 403
    assert client.get(crop_url(outside + 1)).status_code == 404
    assert client.get(crop_url(add_crop(catalog, world.root / "gone.png"))).status_code == 415


@given(st.text(max_size=300))
def test_any_reason_can_be_drawn(text: str) -> None:
    assert size_of(message_picture(text)) == (320, 240)


def test_addresses_name_no_path(world: AppWorld) -> None:
    number = world.photo("a.jpg", jpeg())
    assert "a.jpg" not in photo_url(number)
    assert Path(photo_url(number, 2560)).name == "2560.jpg"
