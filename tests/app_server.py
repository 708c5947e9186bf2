"""The app as people run it: a process of its own on a free port, and a browser to look at it."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SECONDS_TO_START = 90
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_SHOW = 60_000  # milliseconds, as Playwright counts
_SAID = re.compile(r"Touchline is at http://[^:]+:(\d+)")


@dataclass(frozen=True)
class AppServer:
    """A running app.

    Attributes:
        port: where it listens on loopback.
        process: its process.
    """

    port: int
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def app_server(
    folder: Path, *words: str, catalog: str | None = None, cache: Path | None = None,
    **environment: str,
) -> Iterator[AppServer]:  # fmt: skip
    """Start `touchline app` in a folder, wait until it answers, and end it afterwards.

    Args:
        folder: its working folder: the catalog and the runs are there.
        *words: of the command line, roots first.
        catalog: when not the one of that folder.
        cache: of features and thumbnails; beside the catalog when None.
        **environment: variables it gets besides.
    """
    command = [
        sys.executable, "-m", "touchline", "app", *words, "--port", "0", "--no-browser",
        "--catalog", catalog or str(folder / "touchline.catalog"),
    ]  # fmt: skip
    variables = {
        **os.environ, "OMP_NUM_THREADS": "1", "TOUCHLINE_CACHE": str(cache or folder / "cache"),
        "PYTHONUNBUFFERED": "1", **environment,
    }  # fmt: skip
    log = folder / "app.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=variables, text=True, stdout=said, stderr=said
        )
        try:
            server = AppServer(_port_said(process, log), process)
            _wait_for(server.url)
            yield server
        finally:
            process.kill()
            process.wait()


def _port_said(process: subprocess.Popen[str], log: Path) -> int:
    """The port that the app says it is at."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if found := _SAID.search(log.read_text()):
            return int(found[1])
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise AssertionError(f"the app did not start: {log.read_text()}")


def _wait_for(url: str) -> None:
    """Wait for any answer; a door that asks for a password is one."""
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=SECONDS_TO_START).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the app does not answer"
            time.sleep(SECONDS_BETWEEN_LOOKS)


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless Chromium. No other event loop can run in this thread until it is closed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def browser_page(browser: Any, width: int = 1280, height: int = 900) -> Iterator[Any]:
    """A page of somebody who was never here; faults in the page's own scripts fail the test."""
    context = browser.new_context(viewport={"width": width, "height": height})
    try:
        page = context.new_page()
        page.set_default_timeout(SECONDS_TO_SHOW)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if _is_refusal(said) else None)
        yield page
        assert not faults, faults
    finally:
        context.close()


def _is_refusal(said: Any) -> bool:
    """Whether the browser reports something that our policy kept a page from."""
    return said.type == "error" and "Content Security Policy" in said.text
