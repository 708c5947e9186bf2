import os
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message

from app_worlds import AppWorld, app_world, jpeg, png_claiming
from touchline.app.uploads import RefusedUploadError, clean_name, upload_routes

LIMIT = 1 << 20


def in_a_loop_of_its_own(ask: Callable[[], Awaitable[Any]]) -> Any:
    """In a thread of its own too: the browser of other tests has a loop in this one."""
    with start_blocking_portal() as portal:
        return portal.call(ask)


@pytest.fixture
def client(world: AppWorld) -> TestClient:
    return TestClient(Starlette(routes=upload_routes(world.workspace)))


def there(world: AppWorld) -> list[str]:
    """Everything in the folder of uploads, hidden files too."""
    folder = world.root / "uploads"
    return sorted(each.name for each in folder.iterdir()) if folder.exists() else []


def test_a_photo_arrives_whole_beneath_the_root(world: AppWorld, client: TestClient) -> None:
    content = jpeg()
    answer = client.post("/uploads/0?name=IMG%201.jpg", content=content)
    assert (answer.status_code, answer.json()) == (
        201,
        {"name": "IMG 1.jpg", "bytes": len(content)},
    )
    assert (world.root / "uploads" / "IMG 1.jpg").read_bytes() == content
    assert there(world) == ["IMG 1.jpg"]


def test_nothing_is_overwritten(world: AppWorld, client: TestClient) -> None:
    for colour, name in (((1, 2, 3), "a.jpg"), ((4, 5, 6), "a (2).jpg"), ((7, 8, 9), "a (3).jpg")):
        content = jpeg(colour=colour)
        assert client.post("/uploads/0?name=a.jpg", content=content).json()["name"] == name
        assert (world.root / "uploads" / name).read_bytes() == content
    assert len(there(world)) == 3


def test_an_announced_length_over_the_limit_is_refused_before_it_is_read(world: AppWorld) -> None:
    received: list[Message] = []

    async def ask() -> list[Message]:
        sent: list[Message] = []

        async def receive() -> Message:
            received.append({"type": "http.request", "body": b"x" * 1000, "more_body": True})
            return received[-1]

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/uploads/0", "query_string": b"name=a.mp4",
            "headers": [(b"content-length", str(5 << 30).encode())], "root_path": "",
            "http_version": "1.1", "scheme": "http", "server": ("localhost", 1),
        }  # fmt: skip
        await Starlette(routes=upload_routes(world.workspace))(scope, receive, send)
        return sent

    sent = in_a_loop_of_its_own(ask)
    assert sent[0]["status"] == 413
    assert b"at most 1,048,576 bytes; found 5,368,709,120" in sent[1]["body"]
    assert received == []
    assert there(world) == []


def test_a_body_that_says_nothing_of_its_length_is_cut_off(
    world: AppWorld, client: TestClient
) -> None:
    given: list[int] = []

    def blocks() -> Iterator[bytes]:
        for _ in range(1000):
            given.append(1)
            yield b"\0" * (64 << 10)

    answer = client.post("/uploads/0?name=a.mp4", content=blocks())
    assert answer.status_code == 413
    assert "more than 1,048,576 bytes" in answer.json()["error"]
    assert there(world) == []


def test_the_limit_itself_is_taken(world: AppWorld, client: TestClient) -> None:
    assert client.post("/uploads/0?name=a.mp4", content=b"\0" * LIMIT).status_code == 201
    assert client.post("/uploads/0?name=b.mp4", content=b"\0" * (LIMIT + 1)).status_code == 413
    assert there(world) == ["a.mp4"]


@pytest.mark.parametrize("name", [
    "model.pt", "weights.pth", "head.pkl", "x.pickle", "photos.zip", "a.jpg.exe", "a.html", "a.svg",
    "a.py", "noending", "", ".jpg", "a.jpg/", "a.jpg\0.pt", "x.safetensors", "a.jp\u200bg",
])  # fmt: skip
def test_only_photos_and_videos_are_taken(world: AppWorld, client: TestClient, name: str) -> None:
    answer = client.post("/uploads/0", params={"name": name}, content=jpeg())
    assert answer.status_code == 415
    assert "a photo or a video" in answer.json()["error"]
    assert there(world) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\x80\x04cos\nsystem\n", "not an image"), (b"", "empty"),
     (png_claiming(50_000, 50_000), "claims more pixels")],
)  # fmt: skip
def test_a_photo_has_to_be_one(
    world: AppWorld, client: TestClient, content: bytes, reason: str
) -> None:
    answer = client.post("/uploads/0?name=a.png", content=content)
    assert answer.status_code == 415
    assert reason in answer.json()["error"]
    assert there(world) == []


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"), ("..\\..\\boot.jpg", "boot.jpg"),
        ("/abs/olute.jpg", "olute.jpg"), (".hidden.jpg", "_.hidden.jpg"), ("con.jpg", "con_.jpg"),
        ("-rf.jpg", "_-rf.jpg"), ("=1+1.png", "_=1+1.png"), ("a\x00\x1b[2J.jpg", "a__[2J.jpg"),
        ("gpj.\u202eexe.jpg", "gpj._exe.jpg"), ("<img src=x>.jpg", "_img src=x_.jpg"),
        ("e\u0301.jpg", "\xe9.jpg"), ("a.JPG", "a.JPG"), ("  a.jpg ", "a.jpg"),
    ],
)  # fmt: skip
def test_names_are_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@given(st.text(max_size=400), st.sampled_from([".jpg", ".mp4", ""]))
def test_a_cleaned_name_is_one_plain_name(text: str, ending: str) -> None:
    try:
        name = clean_name(text + ending)
    except RefusedUploadError:
        return
    assert Path(name).name == name
    assert not name.startswith((".", "-"))
    assert not any(unicodedata.category(sign).startswith("C") for sign in name)
    assert len(name.encode()) < 255
    assert clean_name(name) == name


def test_uploads_never_leave_the_roots(world: AppWorld, client: TestClient) -> None:
    (world.folder / "elsewhere").mkdir()
    (world.root / "uploads").symlink_to(world.folder / "elsewhere")
    answer = client.post("/uploads/0?name=a.jpg", content=jpeg())
    assert answer.status_code == 403
    assert list((world.folder / "elsewhere").iterdir()) == []
    assert client.post("/uploads/1?name=a.jpg", content=jpeg()).status_code == 404
    assert client.get("/uploads/0?name=a.jpg").status_code == 405


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(world: AppWorld, client: TestClient) -> None:
    world.root.chmod(0o500)
    answer = client.post("/uploads/0?name=a.jpg", content=jpeg())
    world.root.chmod(0o700)
    assert answer.status_code == 507
    assert "permission denied" in answer.json()["error"]


def test_a_disk_that_is_full_leaves_nothing(
    world: AppWorld, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("touchline.app.uploads.os.fsync", full)
    answer = client.post("/uploads/0?name=a.jpg", content=jpeg())
    assert (answer.status_code, "no space left" in answer.json()["error"]) == (507, True)
    assert there(world) == []


def test_a_browser_that_goes_away_leaves_nothing(tmp_path: Path) -> None:
    world = app_world(tmp_path)

    async def ask() -> None:
        messages = [
            {"type": "http.request", "body": b"x" * 1000, "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> Message:
            return messages.pop(0)

        async def send(message: Message) -> None:
            assert message.get("status", 400) == 400

        scope = {
            "type": "http", "method": "POST", "path": "/uploads/0", "query_string": b"name=a.mp4",
            "headers": [], "root_path": "", "http_version": "1.1", "scheme": "http",
            "server": ("localhost", 1),
        }  # fmt: skip
        await Starlette(routes=upload_routes(world.workspace))(scope, receive, send)

    in_a_loop_of_its_own(ask)
    assert there(world) == []
    world.workspace.catalog.close()
