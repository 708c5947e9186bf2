"""A headless Chromium for tests of pages: opens a file, presses, clicks and evaluates."""

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio",
    "--disable-extensions", "--disable-background-networking", "--remote-debugging-pipe",
    "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip

PATIENCE_SECONDS = 60
# The browser expects its two pipes under the numbers 3 and 4.
LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)


class Browser:
    """One browser with one page, spoken to over a pipe in the DevTools protocol."""

    def __init__(self, profile: Path) -> None:
        read, self._to = os.pipe()
        self._from, write = os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read, write)]
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, *map(str, ends), *command],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (read, write, *ends):
            os.close(end)
        self._waiting, self._number, self._session = b"", 0, None
        try:
            self._attach()
        except BaseException:
            self._end()
            raise

    def _attach(self) -> None:
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(each["targetId"] for each in targets if each["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(timeout=30)
        finally:
            self._end()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, and what it gives back."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        return self._until(lambda reply: reply.get("id") == message["id"])["result"]

    def open(self, path: Path) -> None:
        """Open a page and wait until it has loaded."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._until(lambda reply: reply.get("method") == "Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        reply = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in reply, reply["exceptionDetails"]
        return reply["result"].get("value")

    def press(self, key: str, text: str = "") -> None:
        """Press and release a key, as a person would."""
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, text=text if kind == "keyDown" else ""
            )

    def _until(self, wanted: Any) -> dict[str, Any]:
        while True:
            while b"\0" not in self._waiting:
                ready, _, _ = select.select([self._from], [], [], PATIENCE_SECONDS)
                assert ready, "the browser does not answer"
                received = os.read(self._from, 1 << 20)
                assert received, "the browser has ended"
                self._waiting += received
            line, _, self._waiting = self._waiting.partition(b"\0")
            reply = json.loads(line)
            assert "error" not in reply, reply
            if wanted(reply):
                return reply
