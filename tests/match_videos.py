"""Tiny matches with videos in which every event can be seen, in SoccerNet's layout.

A bright ball rolls over a dark pitch. For two tenths of a second around a PASS the left half lights
up, around a SHOT the right half; the acting team is the side of the flash.
"""

import json
from pathlib import Path

import numpy as np
import torch

from match_world import annotation, write_labels
from touchline.media.video.writing import VideoWriter

HEIGHT, WIDTH, RATE = 48, 64, 25
SECONDS = 12.0
SPLITS = {"train": ("game a", "game b"), "valid": ("game c",), "test": ("game d",)}


def draw_matches(root: Path, seconds: float = SECONDS) -> Path:
    """Four games, their split files and `class.txt`."""
    for number, (split, games) in enumerate(SPLITS.items()):
        for place, game in enumerate(games):
            draw_game(root / game, 10 * number + place, seconds)
        (root / f"{split}.json").write_text(json.dumps([{"video": game} for game in games]))
    (root / "class.txt").write_text("PASS\nSHOT\n")
    return root


def draw_game(folder: Path, seed: int, seconds: float = SECONDS) -> Path:
    """One game: an event about every 1.5 s, not near the ends."""
    rng = np.random.default_rng(seed)
    times = np.arange(1.0, seconds - 1.0, 1.5)
    times += rng.uniform(0, 0.5, len(times))
    labels = rng.choice(["PASS", "SHOT"], len(times))
    write_labels(folder / "Labels-ball.json", [
        annotation(float(t), str(label), team="left" if label == "PASS" else "right")
        for t, label in zip(times, labels, strict=True)
    ], folder.name)  # fmt: skip
    with VideoWriter(folder / "224p.mp4", RATE, HEIGHT, WIDTH) as writer:
        for frame in range(round(seconds * RATE)):
            picture = np.full((HEIGHT, WIDTH, 3), 40, np.uint8)
            for time, label in zip(times, labels, strict=True):
                if abs(frame / RATE - time) <= 0.1:
                    half = slice(0, WIDTH // 2) if label == "PASS" else slice(WIDTH // 2, WIDTH)
                    picture[:, half] = 200
            across = int((frame * 2) % (WIDTH - 6))
            picture[20:26, across : across + 6] = 255
            writer.write(torch.from_numpy(picture).permute(2, 0, 1))
    return folder
