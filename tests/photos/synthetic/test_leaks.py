"""A generator that has seen a photo which scores is refused: whatever the scheme, whatever copy."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps

from photo_world import COLOURS, TINY, ball, draw_world
from synthetic_worlds import draw_patches, draw_synthetic, foreign, places_of, seen_of
from touchline.cli import main
from touchline.errors import UsageError
from touchline.photos.gather import gather
from touchline.photos.synthetic.leaks import copies_among, refuse_leak

ALL = None


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return draw_world(tmp_path / "photos", count=6)


def train(data: Path, synthetic: Path, *words: str) -> int:
    """The exit code of a training with synthetic photos."""
    out = data.parent / "run"
    cache = f"cache={data.parent / 'cache'}"
    flags = ["--synthetic", str(synthetic), "--out", str(out), cache, *TINY, *words]
    return main(["photos", "train", str(data), *flags])


def refusal(capsys) -> str:
    return " ".join(capsys.readouterr().err.split())


def split_of(data: Path) -> tuple[Path, list[str], list[str]]:
    """A split file, the names in its train part and those in its test part."""
    path = data.parent / "split.csv"
    words = ["--holdout", "0.34", "--out", str(path), f"cache={data.parent / 'cache'}"]
    assert main(["photos", "split", str(data), *words]) == 0
    table = pd.read_csv(path)
    return path, *(list(table["path"][table["part"] == part]) for part in ("train", "test"))


def synthetic_from(data: Path, names: list[str] | None) -> Path:
    """Synthetic photos of a generator that has learnt from these photos."""
    return draw_synthetic(data.parent / "made", seen_of(data, data.parent / "cache", names))


SCHEMES = [[], ["--folds", "2"], ["--holdout", "0.34"], ["--shots", "3"]]


@pytest.mark.parametrize("scheme", SCHEMES, ids=str)
def test_one_generator_of_all_photos_is_refused_under_every_scheme(data, scheme, capsys) -> None:
    assert train(data, synthetic_from(data, ALL), *scheme) == 2
    said = refusal(capsys)
    assert "photos to score that the generator of" in said
    assert "has not learnt from; found 'blue/0" in said
    assert "`touchline photos split DATA --holdout 0.2`" in said
    assert "`touchline synth train DATA --split split.csv`" in said
    assert not (data.parent / "run").exists()


def test_cross_validation_is_refused_when_it_saw_a_single_photo(data, capsys) -> None:
    assert train(data, synthetic_from(data, ["green/03.jpg"])) == 2
    assert "found 'green/03.jpg', of which it has seen the very photo" in refusal(capsys)


def test_a_generator_of_the_train_part_is_fine_and_one_test_photo_more_is_not(data, capsys) -> None:
    split, learnt, tested = split_of(data)
    assert train(data, synthetic_from(data, [*learnt, tested[2]]), "--split", str(split)) == 2
    assert f"found {tested[2]!r}, of which" in refusal(capsys)
    for path in (data.parent / "made").rglob("*.*"):
        path.unlink()
    assert train(data, synthetic_from(data, learnt), "--split", str(split)) == 0


def test_the_photos_named_are_few_and_the_rest_is_counted(data) -> None:
    gathered = gather(data, data.parent / "cache")
    with pytest.raises(
        UsageError, match=r"'blue/00.jpg', 'blue/01.jpg', 'blue/02.jpg' and 15 more"
    ):
        refuse_leak(gathered, np.arange(18), gathered.fingerprints, "the generator of fold 1")
    with pytest.raises(UsageError, match=r"photos to score that the generator of fold 1 has not"):
        refuse_leak(gathered, np.array([4, 4]), gathered.fingerprints, "the generator of fold 1")
    refuse_leak(gathered, np.array([], int), gathered.fingerprints, "it")
    refuse_leak(gathered, np.arange(18), (), "it")


COPIES = {
    "recompressed": lambda image: image,
    "mirrored": ImageOps.mirror,
    "resized": lambda image: image.resize((200, 150), Image.Resampling.BICUBIC),
}


@pytest.mark.parametrize("change", COPIES.values(), ids=list(COPIES))
def test_a_copy_in_another_archive_is_a_leak(data: Path, change) -> None:
    """The generator learnt from other files elsewhere; one shows what a photo here shows."""
    other = draw_patches(data.parent / "elsewhere")
    cache = data.parent / "cache"
    gathered, innocent = gather(data, cache), seen_of(other, cache)
    scored = np.arange(18)
    refuse_leak(gathered, scored, innocent, "it")
    change(ball("green", 2)).save(other / "green" / "IMG_1.jpg", quality=70)
    with pytest.raises(UsageError, match=r"found 'green/02.jpg', of which it has seen .* a copy"):
        refuse_leak(gathered, scored, seen_of(other, cache), "it")
    others = [place for place in scored if place not in places_of(gathered, ["green/02.jpg"])]
    refuse_leak(gathered, np.array(others), seen_of(other, cache), "it")


def test_a_photo_leaks_through_its_twin(data: Path) -> None:
    """It saw only the twin, which teaches; the photo that scores is of the same group."""
    ball("blue", 4).save(data / "blue" / "twin.jpg", quality=60)
    cache = data.parent / "cache"
    gathered = gather(data, cache)
    (twin,) = (gathered.fingerprints[p] for p in places_of(gathered, ["blue/twin.jpg"]))
    (place,) = places_of(gathered, ["blue/04.jpg"])
    with pytest.raises(UsageError, match=r"found 'blue/04.jpg'"):
        refuse_leak(gathered, np.array([place]), (twin,), "it")


def test_a_photo_leaks_through_its_given_group(data: Path) -> None:
    table = data.parent / "photos.csv"
    with table.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["path", "label", "group"])
        for label in COLOURS:
            for path in sorted((data / label).iterdir()):
                player = "anna" if path.stem in ("01", "02") and label == "blue" else path
                rows.writerow([path, label, player])
    gathered = gather(table, data.parent / "cache")
    seen, scored = (
        [p for p, photo in enumerate(gathered.photo_set.photos) if photo.name.endswith(name)]
        for name in ("blue/01.jpg", "blue/02.jpg")
    )
    with pytest.raises(UsageError, match=r"found '.*blue/02.jpg'"):
        refuse_leak(gathered, np.array(scored), (gathered.fingerprints[seen[0]],), "it")


def test_a_photo_of_the_valid_part_is_a_validation_photo(tmp_path: Path, capsys) -> None:
    data = tmp_path / "photos"
    for part, start in (("train", 0), ("valid", 20), ("test", 40)):
        draw_patches(data / part, start)
    cache = tmp_path / "cache"
    gathered = gather(data, cache)
    names = [photo.name for photo in gathered.photo_set.photos]
    learnt = [name for name in names if name.startswith("train/")]
    valid = next(name for name in names if name.startswith("valid/green"))
    assert train(data, synthetic_from(data, [*learnt, valid])) == 2
    assert f"found {valid!r}, of which" in refusal(capsys)


def test_without_any_copy_nothing_is_found(data: Path) -> None:
    prints = gather(data, data.parent / "cache").fingerprints
    assert copies_among(prints, ()) == ()
    assert copies_among((), prints) == ()
    assert copies_among(prints[:3], [foreign(prints[1])]) == (1,)
