"""Start the server of the app: Streamlit with our routes, behind the door of `access`."""

import socket
import sys
import threading
import webbrowser
from dataclasses import dataclass, field
from pathlib import Path

import streamlit
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.web import bootstrap

from touchline.app.access import Access
from touchline.app.films import film_routes
from touchline.app.jobs.routes import job_routes
from touchline.app.pictures import picture_routes
from touchline.app.reports import report_routes
from touchline.app.uploads import upload_routes
from touchline.app.workspace import Workspace, serve_from
from touchline.errors import EnvironmentMissingError

SCRIPT = Path(__file__).with_name("shell") / "main.py"
"""What Streamlit runs for each look at a page."""

MOST_MESSAGE_BYTES = 16 << 20
"""Of one message from a page; files do not come this way."""


@dataclass(frozen=True)
class Door:
    """How the app is reached.

    Attributes:
        address: the address it listens at.
        port: the port; 0 takes any free one.
        password: what visitors must know; None on loopback only.
        opens_browser: whether a browser is opened.
    """

    address: str = "127.0.0.1"
    port: int = 8501
    password: str | None = field(default=None, repr=False)
    opens_browser: bool = True


def serve(workspace: Workspace, door: Door) -> None:
    """Serve the app until it is interrupted.

    Raises:
        EnvironmentMissingError: the port is taken, or the address is not this machine's.
    """
    listening = _listen(door)
    port = listening.getsockname()[1]
    bootstrap.load_config_options(_settings(door.address, port))
    serve_from(workspace)
    app = streamlit.App(
        SCRIPT,
        routes=[
            *picture_routes(workspace), *film_routes(workspace), *upload_routes(workspace),
            *job_routes(workspace), *report_routes(workspace), Route("/photos", _first_page),
        ],
        middleware=[Middleware(Access, address=door.address, password=door.password)],
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, ws="websockets-sansio",
            ws_max_size=MOST_MESSAGE_BYTES, server_header=False, timeout_graceful_shutdown=2,
        )
    )  # fmt: skip
    _tell(f"http://{_in_url(door.address)}:{port}", door.opens_browser)
    server.run(sockets=[listening])


def _first_page(_: Request) -> Response:
    """Streamlit knows the first page under the bare address only."""
    return RedirectResponse("/")


def _settings(address: str, port: int) -> dict[str, object]:
    """Streamlit's settings; they stand over those of any file or variable on this machine."""
    return {
        "browser.gatherUsageStats": False,
        "client.showErrorDetails": "none",
        "client.toolbarMode": "minimal",
        "server.address": address,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.maxUploadSize": 1,
        "theme.primaryColor": "#1d4ed8",
    }


def _listen(door: Door) -> socket.socket:
    family = socket.AF_INET6 if ":" in door.address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((door.address, door.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise EnvironmentMissingError(
            f"to listen at {door.address}, port {door.port}", reason,
            "Another app may be running there; choose another with --port, or 0 for any.",
        ) from error  # fmt: skip
    return listening


def _tell(url: str, opens_browser: bool) -> None:
    """Say where the app is; visitors who come before it listens are kept waiting, not sent away."""
    print(f"Touchline is at {url} (Ctrl-C ends it)", file=sys.stderr, flush=True)  # noqa: T201
    if opens_browser:
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _in_url(address: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    return f"[{shown}]" if ":" in shown else shown
