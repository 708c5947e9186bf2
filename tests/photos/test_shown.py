"""Training batches: every photo once in every view, mirrored photos under their mirrored label."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from studies_of_photos import tiny_study
from touchline.photos.config import AugmentSettings, MirrorSettings, TrainingSettings
from touchline.photos.shown import batch_count, epoch_batches, steps_in_epoch
from touchline.photos.study import Study

STILL = AugmentSettings(
    degrees=0, translate=0, scale=(1, 1), brightness=0, contrast=0, saturation=0
)  # fmt: skip


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos whose bright half is on the left, on the right, or in the middle."""
    folder = tmp_path_factory.mktemp("sides")
    for label, start in (("Kick-l", 0), ("Kick-r", 40), ("Still", 20)):
        (folder / label).mkdir()
        for number in range(6):
            image = Image.new("RGB", (80, 80), (number * 9, 20, 40))
            box = (start, 10 + 4 * number, start + 39, 50 + 4 * number)
            ImageDraw.Draw(image).rectangle(box, fill=(255, 230, 200 - 20 * number))
            image.save(folder / label / f"{number}.png")
    return folder


def study_of(sides: Path, tmp_path: Path, **changes: object) -> Study:
    settings = {"augment": STILL, "training": TrainingSettings(epochs=1, batch_size=4), **changes}
    return tiny_study(sides, tmp_path / "cache", **settings)


def side_of(pixels: torch.Tensor) -> str:
    """Where the bright half of a picture lies."""
    columns = pixels.float().mean(dim=(0, 1))
    difference = float(columns[:20].mean() - columns[-20:].mean())
    return "Still" if abs(difference) < 20 else "Kick-l" if difference > 0 else "Kick-r"


def test_what_is_shown_always_carries_the_label_of_what_it_shows(
    sides: Path, tmp_path: Path
) -> None:
    study = study_of(sides, tmp_path)
    photos = np.arange(len(study.photos))
    swapped = 0
    for epoch in range(3):
        labels = []
        for pixels, classes in epoch_batches(study, photos, epoch):
            for shown, label in zip(pixels, classes, strict=True):
                assert study.classes[label] == side_of(shown)
                labels.append(int(label))
        assert len(labels) == len(study.views) * len(photos)
        swapped += int(np.bincount(labels, minlength=3)[0] != 6 * len(study.views))
    assert swapped > 0  # mirroring did happen


def test_without_mirroring_nothing_is_turned(sides: Path, tmp_path: Path) -> None:
    study = study_of(sides, tmp_path, mirror=MirrorSettings(mode="none"))
    for _ in range(2):
        shown = [c for _, classes in epoch_batches(study, np.arange(18), 0) for c in classes]
        assert np.bincount(shown).tolist() == [6 * len(study.views)] * 3


def test_an_epoch_is_the_same_each_time_and_another_is_not(sides: Path, tmp_path: Path) -> None:
    study = study_of(sides, tmp_path, augment=AugmentSettings())
    photos = np.array([0, 3, 7, 8, 12, 17])
    first, again, other = (list(epoch_batches(study, photos, epoch)) for epoch in (1, 1, 2))
    assert len(first) == steps_in_epoch(study, photos)
    for (pixels, classes), (same, alike) in zip(first, again, strict=True):
        assert torch.equal(pixels, same)
        assert torch.equal(classes, alike)
    assert any(not torch.equal(a, b) for (a, _), (b, _) in zip(first, other, strict=True))


@pytest.mark.parametrize("size", [2, 3, 8, 32])
def test_no_batch_is_of_one_photo_alone(size: int) -> None:
    for items in range(2, 60):
        parts = np.array_split(np.arange(items), batch_count(items, size))
        assert min(map(len, parts)) >= 2, (items, size)
        assert max(map(len, parts)) <= max(3, 1.5 * size), (items, size)


def test_a_plain_mirror_of_classes_with_sides_is_refused(sides: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=re.escape("classes that look the same in a mirror")):
        study_of(sides, tmp_path, mirror=MirrorSettings(mode="plain"))
    forced = study_of(sides, tmp_path, mirror=MirrorSettings(mode="plain", force=True))
    assert forced.mirror.pairs == ()
    assert forced.mirroring
