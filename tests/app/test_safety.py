"""The whole app over real HTTP: what an attacker sends, and that nothing comes of it."""

import base64
import http.client
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_server import AppServer, app_server
from app_worlds import AppWorld, app_world, jpeg, png_claiming

PASSWORD = "correct horse"
LIMIT = 1 << 20
MARK = b"TOP SECRET"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppWorld]:
    made = app_world(tmp_path_factory.mktemp("safety"))
    (made.folder / "secret.jpg").write_bytes(jpeg() + MARK)
    (made.root / "link.jpg").symlink_to(made.folder / "secret.jpg")
    made.photo("good.jpg", jpeg())
    made.photo("link.jpg")
    made.photo("bomb.png", png_claiming(50_000, 50_000))
    yield made
    made.workspace.catalog.close()


@pytest.fixture(scope="module")
def server(world: AppWorld) -> Iterator[AppServer]:
    with app_server(world.folder, str(world.root), "--upload-limit", "1MB") as started:
        yield started


@pytest.fixture(scope="module")
def locked(world: AppWorld) -> Iterator[AppServer]:
    with app_server(world.folder, str(world.root), TOUCHLINE_APP_PASSWORD=PASSWORD) as started:
        yield started


def ask(
    server: AppServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """One request, its path sent letter by letter as it stands."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        headers_back = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers_back, answer.read()
    finally:
        connection.close()


def websocket(server: AppServer, **headers: str) -> bytes:
    """The first line of the answer to a websocket's handshake."""
    lines = {
        "Host": f"127.0.0.1:{server.port}", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), **headers,
    }  # fmt: skip
    asked = "GET /_stcore/stream HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{asked}\r\n".encode())
        return connection.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize("path", [
    "/../secret.jpg", "/pictures/photos/../../secret.jpg", "/pictures/..%2f..%2fsecret.jpg",
    "/pictures/photos/%2e%2e/%2e%2e/secret.jpg", "//etc/passwd", "/films/../secret.jpg",
    "/pictures//etc/passwd", "/films/%2fetc%2fpasswd", "/static/..%2f..%2f..%2fsecret.jpg",
    "/app/static/../secret.jpg", "/component/../../secret.jpg", "/media/..%2fsecret.jpg",
    "/runs/..%2f..%2fsecret.jpg/report", "/jobs/..%2f..%2f/audit", "/pictures/photos/2/320.jpg",
    "/pictures/photos/1/320.jpg%00.png", "/..%5c..%5csecret.jpg", "/films/2",
])  # fmt: skip
def test_no_path_escapes(server: AppServer, path: str) -> None:
    status, _, content = ask(server, "GET", path)
    assert MARK not in content
    assert b"root:" not in content
    # Streamlit answers an unknown address with its own empty page.
    assert status >= 400 or b'<div id="root">' in content


def test_a_photo_beneath_the_roots_is_served_with_the_headers(server: AppServer) -> None:
    status, headers, content = ask(server, "GET", "/pictures/photos/1/320.jpg")
    assert (status, content[:2]) == (200, b"\xff\xd8")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in ask(server, "GET", "/")[1]["content-security-policy"]


def test_a_bomb_of_pixels_is_a_small_picture_of_words(server: AppServer) -> None:
    status, headers, content = ask(server, "GET", "/pictures/photos/3/1280.jpg")
    assert (status, headers["content-type"]) == (415, "image/jpeg")
    assert len(content) < 20_000


def test_another_host_and_another_origin_are_refused(server: AppServer) -> None:
    assert ask(server, "GET", "/", Host="evil.example")[0] == 421
    assert (
        ask(server, "POST", "/uploads/0?name=a.jpg", jpeg(), Origin="http://evil.example")[0] == 403
    )
    assert b" 403 " in websocket(server, Origin="http://evil.example")
    assert b" 403 " in websocket(server, Host="evil.example")
    assert b" 101 " in websocket(server, Origin=server.url)


def test_a_file_of_5_gigabytes_is_refused_by_its_length_alone(
    server: AppServer, world: AppWorld
) -> None:
    asked = (
        f"POST /uploads/0?name=a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Content-Length: {5 << 30}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(asked.encode())
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]
    assert list((world.root / "uploads").glob("*")) == []


def test_a_body_without_a_length_is_cut_off_at_the_limit(
    server: AppServer, world: AppWorld
) -> None:
    sent = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(
            f"POST /uploads/0?name=a.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        block = b"10000\r\n" + b"\0" * 0x10000 + b"\r\n"
        connection.settimeout(60)
        try:
            for _ in range(2000):  # 125 MB, were it taken
                connection.sendall(block)
                sent.append(1)
        except (ConnectionError, TimeoutError):
            pass
        else:
            raise AssertionError("all of it was taken")
    assert len(sent) < 2000
    assert list((world.root / "uploads").glob("*")) == []
    assert ask(server, "GET", "/_stcore/health")[0] == 200


@pytest.mark.parametrize("name", ["weights.pt", "a.jpg.pkl", "photos.zip", "..%2F..%2Fx.pt"])
def test_what_may_hold_a_program_is_not_taken(
    server: AppServer, world: AppWorld, name: str
) -> None:
    status, _, answer = ask(server, "POST", f"/uploads/0?name={name}", malicious(world.folder))
    assert (status, b"a photo or a video" in answer) == (415, True)
    assert list(world.folder.rglob("*.pt")) == []


def malicious(folder: Path) -> bytes:
    """A pickle that makes a file when it is opened."""

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch '{folder / 'executed'}'",)

    return pickle.dumps(Trap())


def test_malicious_weights_of_a_training_are_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for label in ("one", "two"):
        (tmp_path / "data" / label).mkdir(parents=True)
        for number in range(4):
            colour = (60 * number, 10, 200 if label == "one" else 20)
            content = jpeg(64 + number, 64, colour)
            (tmp_path / "data" / label / f"{number}.jpg").write_bytes(content)
    weights = tmp_path / "weights.pt"
    weights.write_bytes(malicious(tmp_path))
    monkeypatch.setenv("TOUCHLINE_CACHE", str(tmp_path / "cache"))
    train = [sys.executable, "-P", "-m", "touchline", "photos", "train", str(tmp_path / "data")]
    words = ["--backbone", "test_resnet", "--weights", str(weights), "--out", str(tmp_path / "run")]
    found = subprocess.run(
        [*train, *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 2, found.stderr
    assert "Traceback" not in found.stderr
    assert not (tmp_path / "executed").exists()
    pickle.loads(malicious(tmp_path))  # the trap itself works
    assert (tmp_path / "executed").exists()


def test_behind_a_password_nothing_is_served_without_the_cookie(locked: AppServer) -> None:
    for path in ("/", "/_stcore/health", "/_stcore/host-config", "/pictures/photos/1/320.jpg",
                 "/static/index.html", "/_stcore/agent/openapi.json"):  # fmt: skip
        status, _, content = ask(locked, "GET", path)
        assert (status, b"Password of this app" in content) == (401, True)
    assert ask(locked, "POST", "/uploads/0?name=a.jpg", jpeg())[0] == 401
    assert b" 403 " in websocket(locked)
    assert b" 403 " in websocket(locked, Cookie="touchline_app=9999999999.ab.cd")


def test_the_password_opens_pages_and_the_websocket(locked: AppServer) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert ask(locked, "POST", "/sign-in", b"password=wrong+horse", **form)[0] == 401
    status, headers, _ = ask(locked, "POST", "/sign-in", b"password=correct+horse", **form)
    assert status == 303
    cookie = headers["set-cookie"].partition(";")[0]
    assert ask(locked, "GET", "/pictures/photos/1/320.jpg", Cookie=cookie)[0] == 200
    assert b" 101 " in websocket(locked, Cookie=cookie)
