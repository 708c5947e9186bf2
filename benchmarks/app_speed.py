"""How quick the app stays with 50,000 photos: the first page, a page further, the next decision.

    python benchmarks/app_speed.py [--photos 50000] [--decisions 30] [--catalog URL] [--folder DIR]

The photos are 500 drawn JPEGs under 50,000 names (hard links), the rows of the catalog made here: a
tenth of them doubtful. Each figure is taken in a headless Chromium from the request, or from the
key press, to the picture on the screen; the last one is the function behind the queue by itself,
which a reviewer waits for only when the browser has run out of photos that it holds ready.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert, update

from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.tables import PRESENT, photos, predictions, roots, runs
from touchline.archive.review.placing import place_queue
from touchline.archive.review.queueing import next_items

DRAWN = 500
CLASSES = tuple(f"class {number}" for number in range(17))
SHOWN = """() => {
    const host = [...document.querySelectorAll("*")].find((each) =>
        each.shadowRoot?.querySelector("section.review"));
    const picture = host?.shadowRoot.querySelector("figure img");
    return picture?.complete && picture.naturalWidth ? picture.src : "";
}"""


def draw(folder: Path, count: int) -> list[tuple[Path, str]]:
    """Write the photos; their paths and hashes."""
    folder.mkdir(parents=True)
    drawn = []
    for number in range(min(count, DRAWN)):
        cells = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
        path = folder / f"{number:06}.jpg"
        Image.fromarray(cells).resize((800, 600), Image.Resampling.BICUBIC).save(path)
        drawn.append((path, sha256(path.read_bytes()).hexdigest()))
    for number in range(DRAWN, count):
        original, digest = drawn[number % DRAWN]
        path = folder / f"{number:06}.jpg"
        os.link(original, path)
        drawn.append((path, digest))
    return drawn


def fill(catalog: Catalog, folder: Path, files: list[tuple[Path, str]]) -> None:
    """Make the rows of a catalog as an index and a labelling would."""
    rng, now = np.random.default_rng(0), time.time()
    with catalog.writing() as connection:
        root = connection.execute(
            insert(roots).values(path=str(folder), indexed_at=now).returning(roots.c.id)
        ).scalar_one()
        run = connection.execute(
            insert(runs).values(task="photos", name="made", added_at=now).returning(runs.c.id)
        ).scalar_one()
        states = {digest: path.stat() for path, digest in files[:DRAWN]}
        connection.execute(insert(photos), [
            {"id": number, "root_id": root, "path": str(path), "sha256": digest,
             "size": states[digest].st_size, "changed_ns": states[digest].st_mtime_ns,
             "width": 800, "height": 600, "state": PRESENT, "indexed_at": now}
            for number, (path, digest) in enumerate(files, start=1)
        ])  # fmt: skip
        connection.execute(insert(predictions), [
            {"id": number, "photo_id": number, "run_id": run, "sha256": digest,
             "label": CLASSES[number % 17], "confidence": float(sure), "set_size": 2,
             "labels": [CLASSES[(number + step) % 17] for step in range(3)],
             "confidences": [float(sure), 0.1, 0.05],
             "decision": "review" if number % 10 == 0 else "accept", "added_at": now}
            for number, ((_, digest), sure) in enumerate(
                zip(files, rng.uniform(0.3, 1, len(files)), strict=True), start=1)
        ])  # fmt: skip
        connection.execute(update(photos).values(prediction_id=photos.c.id))
    place_queue(catalog, run)


@contextmanager
def app(folder: Path, catalog: str) -> Iterator[str]:
    """The address of a running app."""
    words = ["app", "--port", "0", "--no-browser", "--catalog", catalog]
    process = subprocess.Popen(
        [sys.executable, "-m", "touchline", *words], cwd=folder, text=True, stderr=subprocess.PIPE,
        env={**os.environ, "TOUCHLINE_CACHE": str(folder / "cache"), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"http://[^:]+:\d+", line):
                break
        else:
            raise SystemExit("the app did not start")
        yield found[0]
    finally:
        process.kill()
        process.wait()


def timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def open_gallery(page: Page, address: str) -> None:
    page.goto(address)
    first = page.locator("button.tile img").first
    first.wait_for()
    first.evaluate("image => image.decode()")


def decide(page: Page, count: int) -> list[float]:
    """Seconds from each key press to the next photo on the screen."""
    taken = []
    for _ in range(count):
        before = page.evaluate(SHOWN)
        page.wait_for_timeout(200)  # a photo that nobody can have looked at is not decided
        start = time.perf_counter()
        page.keyboard.press("Space")
        page.wait_for_function(
            f"before => {{ const now = ({SHOWN})(); return now && now !== before }}", arg=before
        )
        taken.append(time.perf_counter() - start)
    return taken


def line(name: str, seconds: list[float]) -> None:
    middle, worst = statistics.median(seconds), max(seconds)
    print(f"{name}: median {middle:.3f} s, worst {worst:.3f} s (n = {len(seconds)})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--decisions", type=int, default=30)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--catalog", default=None)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="app-speed-"))
    where = arguments.catalog or str(folder / "touchline.catalog")
    files = draw(folder / "photos", arguments.photos)
    with closing(open_catalog(where, create=True)) as catalog:
        fill(catalog, folder / "photos", files)
        items = [timed(lambda: next_items(catalog, "somebody else")) for _ in range(20)]
        with app(folder, where) as address, sync_playwright() as running:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(120_000)
            line("first page, first visit", [timed(lambda: open_gallery(page, address))])
            line("first page", [timed(lambda: open_gallery(page, address)) for _ in range(5)])
            page.goto(f"{address}/review")
            page.get_by_label("Your name").fill("Ann")
            page.keyboard.press("Enter")
            page.wait_for_function(SHOWN)
            line("next photo after a key", decide(page, arguments.decisions))
            browser.close()
    line("next item of the queue by itself", items)
    if arguments.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
