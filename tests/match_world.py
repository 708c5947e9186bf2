"""Tiny folders of annotated matches in the real layouts; their videos are empty files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

CLASSES = ("PASS", "DRIVE", "HIGH PASS", "OUT")
LEAGUE = "england_efl/2019-2020"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def shared_data(name: str) -> Path:
    """A folder of the data that lies beside the project; the test is skipped where it does not."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{name} is not there: its data are no part of the project")
    return folder


def annotation(seconds: float, label: str, /, half: int = 1, **fields: Any) -> dict[str, Any]:
    """One annotation as SoccerNet writes it; `fields` replace its fields, or remove those None."""
    minutes, rest = divmod(int(seconds), 60)
    item = {
        "gameTime": f"{half} - {minutes:02}:{rest:02}", "label": label,
        "position": str(round(seconds * 1000)), "visibility": "visible",
    } | fields  # fmt: skip
    return {name: value for name, value in item.items() if value is not None}


def write_labels(path: Path, annotations: Sequence[Any], name: str = "") -> Path:
    """A file of annotations."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"UrlLocal": name, "UrlYoutube": "", "annotations": annotations}))
    return path


def write_game(
    folder: Path, annotations: Sequence[Any] | None, videos: Sequence[str] = ("224p.mp4",)
) -> Path:
    """A game's folder; without annotations it has only its videos."""
    folder.mkdir(parents=True, exist_ok=True)
    for video in videos:
        (folder / video).touch()
    if annotations is not None:
        write_labels(folder / "Labels-ball.json", annotations)
    return folder


def write_split(root: Path, split: str, games: Sequence[str]) -> Path:
    """A split file of the kind that the teaching kits of SoccerNet use."""
    root.mkdir(parents=True, exist_ok=True)
    path = root / f"{split}.json"
    path.write_text(json.dumps([{"video": game, "num_frames": 4500} for game in games]))
    return path


def draw_release_of_2023(root: Path) -> Path:
    """Two halves with a video each, two classes."""
    first = [annotation(1.5, "PASS"), annotation(4.0, "DRIVE")]
    second = [annotation(0.5, "PASS", half=2)]
    videos = ("1_224p.mkv", "1_720p.mkv", "2_224p.mkv", "2_720p.mkv")
    write_game(root / LEAGUE / "game a", first + second, videos)
    return root


def draw_release_of_2025(root: Path) -> Path:
    """One video a game, teams, split files and `class.txt`; the challenge has no annotations."""
    teams = ("left", "right", "left", "right")
    for game in ("game a", "game b", "game c"):
        items = [
            annotation(2.0 * place + 0.25, label, team=team)
            for place, (label, team) in enumerate(zip(CLASSES, teams, strict=True))
        ]
        write_game(root / LEAGUE / game, items, ("224p.mp4", "720p.mp4"))
    write_game(root / LEAGUE / "game d", None)
    for split, game in zip(("train", "valid", "test", "challenge"), "bacd", strict=True):
        write_split(root, split, [f"{LEAGUE}/game {game}"])
    (root / "class.txt").write_text("\n".join(CLASSES) + "\n")
    return root


def write_frame_list(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """A frame list as E2E-Spot and T-DEED read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows))
    return path


def frame_row(video: str, events: Sequence[tuple[int, str]], /, **fields: Any) -> dict[str, Any]:
    """One video of a frame list at 25 frames a second, 500 frames long."""
    items = [{"frame": frame, "label": label, "comment": ""} for frame, label in events]
    return {"video": video, "num_frames": 500, "fps": 25, "events": items} | fields
