"""A tiny world of photos (coloured balls) and runs taught on it in a second or two.

Its third class and one of its files have names that would break a page which does not escape them.
"""

import random
from pathlib import Path

from PIL import Image, ImageDraw

from touchline.cli import main

HOSTILE_CLASS = "red <b>\"&'"
HOSTILE_FILE = "<img src=x onerror=alert(1)>.jpg"
COLOURS = {"blue": (20, 40, 200), "green": (20, 160, 40), HOSTILE_CLASS: (220, 20, 20)}
PER_CLASS = 12
VIEWS = "views=[{framing: letterbox, size: 64}, {framing: crop, size: 64, mirrored: true}]"
TINY = [
    "--backbone", "test_resnet", "--weights", "random", "--device", "cpu", "--precision", "fp32",
    VIEWS,
]  # fmt: skip
"""The smallest network that timm has, with random weights, on small views."""


def ball(label: str, number: int) -> Image.Image:
    """The `number`-th photo of a class, always the same: a ball in its colour on a light ground."""
    rng = random.Random(f"{label}/{number}")
    size = width, height = rng.randint(48, 96), rng.randint(48, 96)
    image = Image.new("RGB", size, tuple(rng.randint(150, 255) for _ in range(3)))
    left, top = rng.randint(2, width // 3), rng.randint(2, height // 3)
    box = (left, top, left + width // 2, top + height // 2)
    ImageDraw.Draw(image).ellipse(box, fill=COLOURS[label])
    return image


def draw_world(folder: Path, start: int = 0, count: int = PER_CLASS) -> Path:
    """Folders of photos by class; worlds of other numbers have other photos."""
    for label in COLOURS:
        (folder / label).mkdir(parents=True)
        for number in range(start, start + count):
            name = HOSTILE_FILE if (label, number) == (HOSTILE_CLASS, 0) else f"{number:02}.jpg"
            ball(label, number).save(folder / label / name, quality=92)
    return folder


def teach(data: Path, run: Path, *words: str) -> Path:
    """Teach a run through the command line, its cache beside it."""
    arguments = [str(data), *TINY, f"cache={run.parent / 'cache'}", "--out", str(run), *words]
    assert main(["photos", "train", *arguments]) == 0
    return run
