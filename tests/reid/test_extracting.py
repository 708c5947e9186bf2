"""Crop files to vectors, in the order of the crops, whatever is broken among them."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from pictures import as_jpeg, picture, save
from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings
from touchline.reid.crops import Crop
from touchline.reid.distances import Features
from touchline.reid.extracting import extract, readable, show_crop
from touchline.reid.networks.embedder import build_embedder
from touchline.reid.networks.extractor import TorchExtractor, make_extractor

SIZE = (32, 16)


@pytest.fixture(scope="module")
def extractor() -> TorchExtractor:
    return make_extractor(build_embedder(NetworkSettings(), SIZE), SIZE)


@pytest.fixture(scope="module")
def crops(tmp_path_factory: pytest.TempPathFactory) -> list[Crop]:
    folder = tmp_path_factory.mktemp("crops")
    paths = [
        save(as_jpeg(picture(number, (20 + 3 * number, 50))), folder / f"{number}.jpg")
        for number in range(9)
    ]
    return [Crop(path, number) for number, path in enumerate(paths)]


class Means:
    """Stands in for a network: the mean colour of a crop, as a unit vector."""

    size, features = SIZE, 3

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.batches: list[int] = []

    def __call__(self, pixels: Tensor) -> Features:
        self.batches.append(len(pixels))
        means = pixels.float().mean((2, 3)).numpy() * np.float32(self.scale)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


def test_a_crop_is_squashed_to_just_the_size(tmp_path: Path) -> None:
    halves = Image.new("RGB", (40, 10), (255, 0, 0))
    halves.paste((0, 0, 255), (0, 0, 20, 10))
    path = tmp_path / "halves.png"
    halves.save(path)
    shown = show_crop(path, 30, 8)
    assert (shown.shape, shown.dtype) == ((3, 30, 8), torch.uint8)
    assert shown[:, :, 0].unique(dim=1).flatten().tolist() == [0, 0, 255]
    assert shown[:, :, -1].unique(dim=1).flatten().tolist() == [255, 0, 0]


def test_shrinking_averages_what_it_drops(tmp_path: Path) -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[::2] = 255
    Image.fromarray(stripes).save(tmp_path / "stripes.png")
    shown = show_crop(tmp_path / "stripes.png", 8, 8).float()
    assert (shown[:, 1:-1] - 127.5).abs().max() < 12


def test_rows_are_in_the_order_of_the_crops(crops: list[Crop]) -> None:
    found, faults = extract(Means(), crops, quiet=True)
    assert not faults
    for crop, row in zip(crops, found, strict=True):
        assert np.allclose(Means()(show_crop(crop.path, *SIZE)[None])[0], row)
    backwards, _ = extract(Means(), crops[::-1], quiet=True)
    assert np.array_equal(backwards[::-1], found)


@pytest.mark.parametrize(("batch", "sizes"), [(4, [4, 4, 1]), (9, [9]), (32, [9]), (1, [1] * 9)])
def test_batches_are_of_fixed_size(batch: int, sizes: list[int], crops: list[Crop]) -> None:
    means = Means()
    extract(means, crops, batch=batch, quiet=True)
    assert means.batches == sizes


def test_batch_size_and_order_change_nothing(crops: list[Crop], extractor: TorchExtractor) -> None:
    expected, _ = extract(extractor, crops, quiet=True)
    np.testing.assert_allclose(np.linalg.norm(expected, axis=1), 1, atol=1e-6)
    assert np.abs(expected[0] - expected[1]).max() > 1e-3
    for batch in (1, 2, 7):
        found, _ = extract(extractor, crops, batch=batch, workers=2, quiet=True)
        np.testing.assert_allclose(found, expected, atol=1e-6)
    mixed = [crops[place] for place in (3, 1, 8, 0)]
    found, _ = extract(extractor, mixed, quiet=True)
    np.testing.assert_allclose(found, expected[[3, 1, 8, 0]], atol=1e-6)


def test_a_broken_file_is_named_and_fails_no_batch(crops: list[Crop], tmp_path: Path) -> None:
    empty = save(b"", tmp_path / "empty.jpg")
    text = save(b"no picture", tmp_path / "text.jpg")
    broken = [
        Crop(empty, 0), *crops[:3], Crop(tmp_path / "gone.jpg", 4), *crops[3:], Crop(text, 11)
    ]  # fmt: skip
    means = Means()
    found, faults = extract(means, broken, batch=4, quiet=True)
    expected, _ = extract(Means(), crops, quiet=True)
    assert readable(found).tolist() == [False, *[True] * 3, False, *[True] * 6, False]
    assert np.array_equal(found[readable(found)], expected)
    assert means.batches == [4, 4, 1]
    assert [str(fault) for fault in faults] == [
        f"{empty}: left out: the file is empty",
        f"{tmp_path / 'gone.jpg'}: left out: No such file or directory",
        f"{text}: left out: not an image",
    ]


def test_no_crops_and_none_readable(tmp_path: Path) -> None:
    found, faults = extract(Means(), [], quiet=True)
    assert (found.shape, faults) == ((0, 3), ())
    found, faults = extract(Means(), [Crop(tmp_path / "gone.jpg", 0)], quiet=True)
    assert np.isnan(found).all()
    assert len(faults) == 1


def test_a_network_gone_wrong_is_told_from_a_broken_file(crops: list[Crop]) -> None:
    with pytest.raises(UsageError, match="features that are finite and not zero; found 9"):
        extract(Means(scale=float("nan")), crops, quiet=True)


def test_progress_goes_to_stderr(
    crops: list[Crop], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline.reporting.progress.SECONDS_BETWEEN_LINES", 0.0)
    extract(Means(), crops)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Computing features: 9 of 9" in shown.err
