"""SoccerNet ReID v3: `train`, and `valid`, `test` and `challenge` with a `query` and a `gallery`.

Identities and actions are numbered within a split; the same player has another identity in every
action, so crops compare inside their action only.
"""

from pathlib import Path

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reid.crops import Crop, CropData, Gallery, SplitName
from touchline.reid.reading.bbox_info import BoxList, ListName, read_bbox_info
from touchline.reid.reading.listing import walk_pictures
from touchline.reid.reading.soccernet_lists import read_list
from touchline.reid.reading.soccernet_names import is_box_name

RANKED_SPLITS: tuple[SplitName, ...] = ("valid", "test", "challenge")


def is_soccernet(folder: Path) -> bool:
    """Whether the folder is a SoccerNet split, or holds some."""
    return bool(_splits_in(folder))


def read_soccernet(folder: Path) -> CropData:
    """Read a SoccerNet split, or the folder above several.

    Of a folder that is itself a split the name tells which; `test` where it tells nothing. A split
    without a crop, or without a query or gallery, is named and left out.

    Raises:
        UsageError: a query or gallery list cannot be numbered as rankings need it, or a
            `bbox_info.json` cannot be read.
    """
    train: tuple[Crop, ...] = ()
    galleries: dict[SplitName, Gallery] = {}
    faults: list[Fault] = []
    for split, place in _splits_in(folder).items():
        official = _official(place, split)
        if split == "train":
            train, more = read_list(place, "train", official.get("train"))
            empty = [] if train else ["holds no crops"]
        else:
            gallery, more = _read_gallery(place, official)
            lists = {"query": gallery.queries, "gallery": gallery.gallery}
            empty = [f"its {name} holds no crops" for name, crops in lists.items() if not crops]
            if not empty:
                galleries[split] = gallery
        faults += more
        faults += (Fault(place, "", f"{reason}; not used as {split}") for reason in empty)
    return CropData(train, galleries, tuple(faults))


def _read_gallery(place: Path, official: dict[ListName, BoxList]) -> tuple[Gallery, list[Fault]]:
    queries, faults = read_list(place / "query", "query", official.get("query"))
    gallery, more = read_list(place / "gallery", "gallery", official.get("gallery"))
    return Gallery(queries, gallery), [*faults, *more]


def _splits_in(folder: Path) -> dict[SplitName, Path]:
    """The folder of each split; empty where there is none."""
    name = folder.absolute().name
    if (folder / "query").is_dir() and (folder / "gallery").is_dir():
        return {next((split for split in RANKED_SPLITS if split == name), "test"): folder}
    if name == "train" and _is_train(folder):
        return {"train": folder}
    splits: dict[SplitName, Path] = {
        split: folder / split
        for split in RANKED_SPLITS
        if (folder / split / "query").is_dir() or (folder / split / "gallery").is_dir()
    }
    if _is_train(folder / "train"):
        splits["train"] = folder / "train"
    return splits


def _is_train(folder: Path) -> bool:
    """Whether a folder has a list of training crops or, without one, file names of SoccerNet."""
    if any(folder.glob("*train_bbox_info.json")):
        return True
    names = walk_pictures(folder) if folder.is_dir() else ()
    return any(is_box_name(name.rpartition("/")[2]) for name in names)


def _official(place: Path, split: SplitName) -> dict[ListName, BoxList]:
    """The lists of the split's `bbox_info.json`, which may bear the split's name in front."""
    paths = sorted(place.glob("*bbox_info.json"))
    if not paths:
        return {}
    lists = read_bbox_info(paths[0])
    if ("train" in lists) != (split == "train"):
        raise UsageError(
            f"the list of a {split} split", f"one of {' and '.join(lists)} in {paths[0]}",
            "Put each split's bbox_info.json into its own folder.",
        )  # fmt: skip
    return lists
