from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from touchline.errors import UsageError
from touchline.media.augment import Augmentation
from touchline.reid.config import BatchSettings, CropAugmentSettings
from touchline.reid.crops import Crop
from touchline.reid.examples import Examples, augmentation_of, open_examples
from touchline.reid.extracting import show_crop

SIZE = (32, 16)
BATCH = BatchSettings(identities=3, crops=2)
PLAIN = CropAugmentSettings(
    flip=0.0, shift=0.0, brightness=0.0, contrast=0.0, saturation=0.0, hue=0.0, erase=0.0
)


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> list[Crop]:
    """Two actions of four people; two crops of each, of several sizes and formats."""
    folder, rng = tmp_path_factory.mktemp("crops"), np.random.default_rng(0)
    found = []
    for number in range(16):
        path = folder / f"{number}.{('png', 'jpg')[number % 2]}"
        noise = rng.integers(0, 256, (40 + number, 20 + number, 3), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        found.append(Crop(path, number, f"{number // 2}", f"{number // 8}", match="m"))
    return found


def opened(crops: list[Crop], changes: CropAugmentSettings = PLAIN, **more: int) -> Examples:
    return open_examples(crops, SIZE, BATCH, changes, seed=3, **more)


def epoch_of(examples: Examples, epoch: int = 0) -> list[tuple[torch.Tensor, ...]]:
    return list(examples.batches(epoch))


def test_batches_hold_the_crops_of_their_order(crops: list[Crop]) -> None:
    examples = opened(crops)
    order, batches = examples.order(1), epoch_of(examples, 1)
    assert len(order) == len(batches) > 1
    for places, (pixels, identities, actions) in zip(order, batches, strict=True):
        assert pixels.dtype == torch.uint8
        assert pixels.shape == (len(places), 3, *SIZE)
        assert identities.dtype == actions.dtype == torch.int64
        shown = [crops[place] for place in places]
        assert torch.equal(pixels, torch.stack([show_crop(c.path, *SIZE) for c in shown]))
        assert identities.tolist() == [int(crop.identity) for crop in shown]
        assert actions.tolist() == [int(crop.action) for crop in shown]


def test_crops_that_do_not_fit_in_memory_are_decoded_when_they_come(crops: list[Crop]) -> None:
    changes = CropAugmentSettings()
    needed = len(crops) * 3 * SIZE[0] * SIZE[1]
    kept = opened(crops, changes, memory=needed)
    decoded = opened(crops, changes, memory=needed - 1)
    assert kept.kept is not None
    assert decoded.kept is None
    for one, other in zip(epoch_of(kept), epoch_of(decoded), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_seed_epoch_and_crop_decide_every_change(crops: list[Crop]) -> None:
    examples = opened(crops, CropAugmentSettings())
    again = opened(crops, CropAugmentSettings())
    for one, other in zip(epoch_of(examples, 2), epoch_of(again, 2), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    shown = [examples.show(epoch, 4) for epoch in range(3)]
    assert not torch.equal(shown[0], shown[1])
    assert not torch.equal(shown[1], shown[2])
    other_seed = open_examples(crops, SIZE, BATCH, CropAugmentSettings(), seed=4)
    assert not torch.equal(other_seed.show(0, 4), shown[0])


def test_kept_pixels_are_not_changed_by_showing_them(crops: list[Crop]) -> None:
    examples = opened(crops, CropAugmentSettings(erase=1.0))
    assert examples.kept is not None
    before = examples.kept.clone()
    epoch_of(examples)
    assert torch.equal(examples.kept, before)


def test_mirroring_keeps_the_person(crops: list[Crop]) -> None:
    mirrored = opened(crops, PLAIN.model_copy(update={"flip": 1.0}))
    assert torch.equal(mirrored.show(0, 5), opened(crops).show(0, 5).flip(-1))
    half = opened(crops, PLAIN.model_copy(update={"flip": 0.5}))
    plain = opened(crops)
    same = sum(torch.equal(half.show(e, 5), plain.show(e, 5)) for e in range(60))
    assert 15 < same < 45


def test_every_setting_reaches_the_changes() -> None:
    settings = CropAugmentSettings(
        shift=0.1, brightness=0.2, contrast=0.3, saturation=0.4, hue=0.05, erase=0.6
    )
    assert augmentation_of(settings) == Augmentation(
        translate=0.1, brightness=0.2, contrast=0.3, saturation=0.4, hue=0.05, erase=0.6
    )


@pytest.mark.parametrize("memory", [2**20, 0])
def test_what_cannot_be_read_is_named_once_and_left_out(
    crops: list[Crop], tmp_path: Path, capsys: pytest.CaptureFixture[str], memory: int
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    mixed = [*crops[:5], Crop(broken, 99, "2", "0"), Crop(tmp_path / "gone.png", 98, "2", "0"),
             *crops[5:]]  # fmt: skip
    examples = opened(mixed, memory=memory)
    epoch_of(examples)
    epoch_of(examples, 1)
    captured = capsys.readouterr()
    assert captured.err.count(f"{broken}: left out: not an image") == 1
    assert captured.err.count("gone.png: left out: No such file or directory") == 1
    assert captured.out == ""
    assert [fault.path.name for fault in examples.faults] == ["broken.png", "gone.png"]
    assert examples.crops == tuple(crops)
    for place in range(len(crops)):
        assert torch.equal(examples.show(0, place), show_crop(crops[place].path, *SIZE))


def test_nothing_that_can_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="crops to learn from; found 1, none of which"):
        opened([Crop(tmp_path / "gone.png", 0, "1")])


def test_identities_are_numbered_as_in_the_whole_training(crops: list[Crop]) -> None:
    stage = crops[8:]
    examples = open_examples(stage, SIZE, BATCH, PLAIN, seed=0, among=crops)
    assert examples.codes.identities.tolist() == [int(crop.identity) for crop in stage]
    assert opened(stage).codes.identities.tolist() == [int(crop.identity) - 4 for crop in stage]


def test_nobody_to_recognise_is_refused_before_anything_is_shown(crops: list[Crop]) -> None:
    examples = opened(crops[::2])
    with pytest.raises(UsageError, match="one of them with two crops"):
        examples.order(0)
