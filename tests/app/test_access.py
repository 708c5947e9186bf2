import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from touchline.app.access import HEADERS, Access
from touchline.app.guessing import Guesses
from touchline.app.signing_in import COOKIE, LASTS_SECONDS, Passes

PASSWORD = "correct horse"
SOCKET = "ws://localhost:8501/socket"


async def page(request: Request) -> PlainTextResponse:
    return PlainTextResponse("inside", headers=dict(request.query_params))


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("inside")
    await websocket.close()


INSIDE = Starlette(routes=[
    Route("/", page, methods=["GET", "POST", "DELETE"]), WebSocketRoute("/socket", socket),
])  # fmt: skip


def client(
    password: str | None = None, address: str = "127.0.0.1", host: str = "localhost:8501",
    guesses: Guesses | None = None,
) -> TestClient:  # fmt: skip
    door = Access(INSIDE, address, password, guesses)
    return TestClient(door, base_url=f"http://{host}", follow_redirects=False)


def test_every_answer_carries_the_headers_and_may_have_its_own_policy() -> None:
    answer = client().get("/")
    assert answer.text == "inside"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    own = client().get("/", params={"Content-Security-Policy": "sandbox"})
    assert own.headers["content-security-policy"] == "sandbox"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "127.0.0.1.evil.example",
                                  "10.0.0.7", "[broken", "localhost@evil.example"])  # fmt: skip
def test_another_name_for_this_machine_is_refused_on_loopback(host: str) -> None:
    answer = client().get("/", headers={"Host": host})
    assert (answer.status_code, answer.text) == (421, "This app answers under localhost only.")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1"])
def test_names_of_loopback_are_let_in(host: str) -> None:
    assert client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_pages_of_other_sites_cannot_write(method: str) -> None:
    door = client()
    for origin in ("http://evil.example", "null", "http://localhost:9999", ""):
        answer = door.request(method, "/", headers={"Origin": origin})
        assert (answer.status_code, answer.text) == (403, "Only pages of this app may do that.")
    assert door.request(method, "/", headers={"Origin": "http://localhost:8501"}).is_success
    assert door.request(method, "/").is_success
    assert door.get("/", headers={"Origin": "http://evil.example"}).is_success


def test_the_websocket_of_another_site_is_refused() -> None:
    door, evil = client(), {"Origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        door.websocket_connect(SOCKET, headers=evil),
    ):
        pass
    assert refused.value.code == 1008
    with door.websocket_connect(SOCKET, headers={"Origin": "http://localhost:8501"}) as own:
        assert own.receive_text() == "inside"


def test_with_a_password_nothing_is_served_without_its_cookie() -> None:
    door = client(PASSWORD)
    for path in ("/", "/_stcore/health", "/pictures/photos/1/320.jpg"):
        answer = door.get(path)
        assert answer.status_code == 401
        assert "Password of this app" in answer.text
    assert door.post("/").status_code == 401
    with pytest.raises(WebSocketDisconnect) as refused, door.websocket_connect(SOCKET):
        pass
    assert refused.value.code == 1008


def test_the_password_brings_a_cookie_that_no_script_and_no_other_site_gets() -> None:
    door = client(PASSWORD)
    answer = door.post("/sign-in", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"max-age={LASTS_SECONDS}" in cookie
    assert door.get("/").text == "inside"
    with door.websocket_connect(SOCKET) as own:
        assert own.receive_text() == "inside"


@pytest.mark.parametrize("given", ["wrong horse", "", PASSWORD + " ", "x" * 10_000])
def test_a_wrong_password_is_refused(given: str) -> None:
    answer = client(PASSWORD).post("/sign-in", data={"password": given})
    assert answer.status_code == 401
    assert "That is not the password." in answer.text
    assert "set-cookie" not in answer.headers


def test_who_guesses_has_to_wait_and_then_even_the_right_password_does_not_count() -> None:
    now = [0.0]
    door = client(PASSWORD, guesses=Guesses(lambda: now[0]))
    for _ in range(4):
        door.post("/sign-in", data={"password": "guess"})
    early = door.post("/sign-in", data={"password": PASSWORD})
    assert early.status_code == 429
    assert "Too many wrong passwords. Try again in 1 s." in early.text
    now[0] = 1.0
    assert door.post("/sign-in", data={"password": PASSWORD}).status_code == 303


def test_another_site_cannot_sign_anyone_in() -> None:
    answer = client(PASSWORD).post(
        "/sign-in", data={"password": PASSWORD}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "..", "9999999999.ab.cd", "9999999999.ab."])
def test_a_made_up_cookie_opens_nothing(cookie: str) -> None:
    door = client(PASSWORD)
    assert door.get("/", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 401


def test_a_pass_is_this_apps_own_and_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    passes = Passes(PASSWORD)
    made = passes.new()
    assert passes.is_valid(made)
    assert not Passes(PASSWORD).is_valid(made)
    assert not passes.is_valid(made.replace(made[0], "9" if made[0] != "9" else "8", 1))
    monkeypatch.setattr("time.time", lambda: float(made.partition(".")[0]))
    assert not passes.is_valid(made)


def test_neither_password_nor_secret_is_shown() -> None:
    assert "horse" not in repr(Passes(PASSWORD))
    assert "secret" not in repr(Passes(PASSWORD))


def test_off_loopback_any_host_leads_to_the_form() -> None:
    door = client(PASSWORD, address="0.0.0.0", host="archive.example")
    assert door.get("/").status_code == 401
    door.post("/sign-in", data={"password": PASSWORD})
    assert door.get("/").text == "inside"
