"""Made-up people for tests of re-identification, on disk and in memory.

On disk: tiny worlds in the formats of SoccerNet, Market-1501, a CSV and plain folders. A person is
a shirt of one colour over shorts of another on grass, the same in all their crops but for a little
noise and the size; no two people in a world have the same colours. In memory: names on both sides,
and features that nearly tell them apart.
"""

import colorsys
import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from touchline.reid.crops import Crop
from touchline.reid.distances import unit

GRASS = (60, 140, 70)
FRAMES = 3
"""Of an action: the one that is annotated, and its replays."""


def crop_of(person: int, generator: np.random.Generator) -> Image.Image:
    """A crop of the `person`-th person, about 24 rows of 12 columns."""
    height, width = int(generator.integers(20, 29)), int(generator.integers(10, 15))
    pixels = np.empty((height, width, 3))
    pixels[:] = GRASS
    middle, side = height // 2, width // 5
    pixels[2:middle, side : width - side] = _colour(person, 0.9)
    pixels[middle : height - 2, side : width - side] = _colour(person * 3 + 1, 0.5)
    pixels += generator.normal(0, 6, pixels.shape)
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def soccernet_world(
    folder: Path,
    splits: Sequence[str] = ("train", "valid", "test"),
    actions: int = 3,
    people: int = 4,
    seed: int = 0,
) -> Path:
    """SoccerNet ReID v3 in `folder`: two actions a match, three frames an action.

    The last person of an action is seen in its first frame only: alone in training, without a
    query in the other splits. `challenge` among the splits has nameless files and flat folders.
    """
    generator = np.random.default_rng(seed)
    for number, split in enumerate(splits):
        first = number * actions * people
        lists: dict[str, dict[str, dict[str, Any]]] = {"query": {}, "gallery": {}, "train": {}}
        for kind, box in _boxes(split, actions, people, first):
            box["bbox_idx"] = len(lists[kind])
            crop = crop_of(box["person_uid"], generator)
            box["height"], box["width"] = crop.height, crop.width
            lists[kind][str(box["bbox_idx"])] = box
            place = folder / split / (kind if kind != "train" else "")
            if split != "challenge":
                place /= box["relative_path"]
            place.mkdir(parents=True, exist_ok=True)
            crop.save(place / soccernet_name(box, nameless=split == "challenge"))
        train = lists.pop("train")
        if split == "train":
            (folder / "train" / "train_bbox_info.json").write_text(json.dumps(train))
        elif split != "challenge":
            (folder / split / "bbox_info.json").write_text(json.dumps(lists))
    return folder


def soccernet_name(box: dict[str, Any], nameless: bool = False) -> str:
    """The file name of an entry of `bbox_info.json`."""
    fields = ["bbox_idx", "action_idx"]
    if not nameless:
        fields += ["person_uid", "frame_idx", "clazz", "id", "UAI"]
    return "-".join(str(box[field]) for field in fields) + f"-{box['height']}x{box['width']}.png"


def market_world(folder: Path, identities: int = 6, seed: int = 0) -> Path:
    """Market-1501 in `folder`: so many people to learn from and as many others to find.

    Everyone is seen twice by each of two cameras; of those to find, the first crop of each camera
    is a query. Three distractors (0000), two junk boxes (-1) and a stray Thumbs.db lie in between.
    """
    generator = np.random.default_rng(seed)

    def save(place: str, identity: int, camera: int, frame: int, person: int) -> None:
        (folder / place).mkdir(parents=True, exist_ok=True)
        name = f"{identity:04}" if identity >= 0 else "-1"
        path = folder / place / f"{name}_c{camera}s1_{frame:06}_00.jpg"
        crop_of(person, generator).save(path, quality=95)

    for identity in range(1, 2 * identities + 1):
        for frame in range(4):
            camera = 1 + frame // 2
            if identity <= identities:
                save("bounding_box_train", identity, camera, frame, identity)
            else:
                place = "query" if frame % 2 == 0 else "bounding_box_test"
                save(place, identity, camera, frame, identity)
    for frame in range(3):
        save("bounding_box_test", 0, 1, 100 + frame, 100 + frame)
    for frame in range(2):
        save("bounding_box_test", -1, 2, 200 + frame, 200 + frame)
    (folder / "bounding_box_test" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    return folder


def table_world(folder: Path, identities: int = 6, actions: int = 0, seed: int = 0) -> Path:
    """A CSV with all columns and its pictures: half of the people to learn from, half valid.

    Everyone is seen by three cameras; of a person in valid the first is the query.

    Args:
        folder: where the CSV and the folder `crops` come to lie.
        identities: people in all.
        actions: into how many actions each split is dealt; 0 leaves the column empty.
        seed: of the noise.
    """
    generator = np.random.default_rng(seed)
    (folder / "crops").mkdir(parents=True, exist_ok=True)
    table = folder / "crops.csv"
    with table.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["path", "identity", "camera", "action", "role", "match", "split", "kind"])
        for person in range(identities):
            split = "train" if person < identities // 2 else "valid"
            action = f"{split}-{person % actions}" if actions else ""
            for camera in range(FRAMES):
                path = f"crops/{person}-{camera}.png"
                crop_of(person, generator).save(folder / path)
                kind = "" if split == "train" else "query" if camera == 0 else "gallery"
                role = "Player_team_left" if person % 2 else "Player_team_right"
                name, match = f"person {person}", f"match {split}"
                rows.writerow([path, name, f"c{camera}", action, role, match, split, kind])
    return table


def plain_world(folder: Path, people: int = 4, seed: int = 0) -> Path:
    """Two folders of crops without labels, `queries` and `gallery`: one and two of each person.

    File names begin with the person's number. A hidden file and a sidecar lie in between.
    """
    generator = np.random.default_rng(seed)
    for place, count in (("queries", 1), ("gallery", 2)):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for person in range(people):
            for number in range(count):
                crop_of(person, generator).save(folder / place / f"{person:03}-{number}.png")
        (folder / place / ".hidden.png").write_bytes(b"")
        (folder / place / "000-0.xmp").write_text("<x/>")
    return folder


def _colour(number: int, value: float) -> tuple[int, ...]:
    """Hues that a golden step spreads, so that neighbours differ most."""
    red, green, blue = colorsys.hsv_to_rgb(number * 0.618034 % 1, 0.9, value)
    return tuple(round(255 * part) for part in (red, green, blue))


def _boxes(
    split: str, actions: int, people: int, first: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each box of a split with the list it belongs to, as yet without number and size."""
    for action in range(actions):
        game = f"england_epl/2026/{split}-game-{action // 2}"
        for frame in range(FRAMES):
            for place in range(people):
                alone = place == people - 1
                if alone and frame > 0:
                    continue
                kind = "query" if frame == 0 and not alone else "gallery"
                box = {
                    "action_idx": action,
                    "person_uid": first + action * people + place,
                    "frame_idx": action * FRAMES + frame,
                    "clazz": "Player_team_left" if place % 2 else "Player_team_right",
                    "id": "None" if alone else str(place + 1),
                    "UAI": f"{action:03}{f'r{frame:02}' if frame else '000'}_{place:012x}",
                    "relative_path": f"{game}/{action}",
                }
                yield "train" if split == "train" else kind, box


def crops(count, side, people=5, actions=1, folder=Path("crops")):
    """`count` crops; people recur in turn, and have a name of their own in each action."""
    return [
        Crop(
            folder / side / f"{number}.png", number, f"{number % actions}/{number % people}",
            str(number % actions), f"camera {number % 2}", "Player", "match",
        )
        for number in range(count)
    ]  # fmt: skip


def features_of(listed, noise=0.3, length=16, seed=0):
    """Unit vectors `(crops, length)`: one direction a person, and noise."""
    rng = np.random.default_rng(seed)
    directions = {}
    for crop in listed:
        if crop.identity not in directions:
            own = np.random.default_rng(list(crop.identity.encode()))
            directions[crop.identity] = own.standard_normal(length)
    clean = np.array([directions[crop.identity] for crop in listed]).reshape(-1, length)
    return unit((clean + noise * rng.standard_normal(clean.shape)).astype(np.float32))


def draw_crop(path, colour, size=(24, 48)):
    """A picture of one colour at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path
