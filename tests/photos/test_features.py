"""Frozen features and their cache: computed once, found by content, whole after a crash."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from touchline.errors import EnvironmentMissingError
from touchline.files import sha256_of_file
from touchline.media.augment import Augmentation
from touchline.photos import features
from touchline.photos.config import View
from touchline.photos.feature_cache import KEYS_A_QUERY, FeatureCache
from touchline.photos.features import FeatureExtractor, Source, Variant

WHOLE, MIDDLE = View(framing="letterbox", size=32), View(framing="crop", size=32, mirrored=True)
PLAIN = (Variant(WHOLE), Variant(MIDDLE))


@dataclass
class CountingRunner:
    """Stands for a network: three pixels of each photo; remembers how many it was shown."""

    shown: list[int] = field(default_factory=list)
    stop_after: int | None = None

    def __call__(self, pixels: Tensor) -> np.ndarray:
        if len(self.shown) == self.stop_after:
            raise KeyboardInterrupt
        self.shown.append(len(pixels))
        return pixels[:, :, 16, 10].numpy().astype(np.float32)


@pytest.fixture
def photos(world: Path) -> list[Source]:
    return [Source(path, sha256_of_file(path)) for path in sorted(world.glob("*/0[4-6].jpg"))]


@pytest.fixture
def extractor(tmp_path: Path) -> Callable[..., FeatureExtractor]:
    def make(
        runner: CountingRunner, seed: int = 0, degrees: float = 10.0, network: str = "n"
    ) -> FeatureExtractor:
        changes = Augmentation(degrees=degrees)
        cache = FeatureCache(tmp_path / "deep" / "features.sqlite", network)
        return FeatureExtractor(runner, cache, changes, seed)

    return make


def test_a_second_call_computes_nothing(extractor, photos) -> None:
    runner = CountingRunner()
    first = extractor(runner)(photos, PLAIN)
    assert runner.shown == [9, 9]
    assert first.shape == (9, 2, 3)
    assert first.dtype == np.float32
    again = extractor(runner)(photos[::-1], PLAIN)
    assert runner.shown == [9, 9]
    assert (again[::-1] == first).all()
    extractor(runner, network="another")(photos, PLAIN)
    assert runner.shown == [9] * 4


def test_views_come_in_the_order_asked_for(extractor, photos) -> None:
    both = extractor(CountingRunner())(photos, PLAIN)
    turned = extractor(CountingRunner())(photos, PLAIN[::-1])
    assert (turned == both[:, ::-1]).all()
    assert not (both[:, 0] == both[:, 1]).all()


def test_photos_are_known_by_content_not_by_path(extractor, photos, tmp_path: Path) -> None:
    runner = CountingRunner()
    first = extractor(runner)(photos[:1], PLAIN)
    moved = Path(shutil.copy(photos[0].path, tmp_path / "elsewhere.png"))
    twice = [photos[0], Source(moved, sha256_of_file(moved))]
    assert (extractor(runner)(twice, PLAIN) == first).all()
    assert runner.shown == [1, 1]


def test_a_job_killed_half_way_keeps_whole_batches(
    extractor, photos, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "BATCH", 4)
    with pytest.raises(KeyboardInterrupt):
        extractor(CountingRunner(stop_after=3))(photos, PLAIN)  # in the midst of the second batch
    runner = CountingRunner()
    found = extractor(runner)(photos, PLAIN)
    assert runner.shown == [4, 4, 1, 1]
    assert (found == extractor(CountingRunner(stop_after=0))(photos, PLAIN)).all()


def test_random_changes_are_the_same_each_time_and_differ_by_draw_seed_and_settings(
    extractor, photos
) -> None:
    draws = tuple(Variant(WHOLE, draw) for draw in (1, 2))
    first = extractor(CountingRunner(), network="a")(photos, draws)
    assert (extractor(CountingRunner(), network="b")(photos, draws) == first).all()
    assert not (first[:, 0] == first[:, 1]).all()
    runner = CountingRunner()
    assert not (extractor(runner, seed=1, network="a")(photos, draws) == first).all()
    assert not (extractor(runner, degrees=90.0, network="a")(photos, draws) == first).all()
    assert runner.shown == [9] * 4  # neither was taken from the cache of the first


def test_without_a_cache_everything_is_computed(photos) -> None:
    runner = CountingRunner()
    bare = FeatureExtractor(runner, None, Augmentation(), 0)
    assert (bare(photos, PLAIN) == bare(photos, PLAIN, quiet=True)).all()
    assert runner.shown == [9] * 4


def test_more_photos_than_one_query_takes(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path / "c.sqlite", "n")
    names = [f"{number:064}" for number in range(2 * KEYS_A_QUERY + 1)]
    cache.put(("v", name, np.array([row, -row])) for row, name in enumerate(names))
    found = cache.get("v", [*names, "missing"])
    assert list(found) == sorted(names)
    assert found[names[700]].tolist() == [700, -700]
    assert cache.get("w", names) == {}
    cache.close()


@pytest.mark.parametrize("kind", ["file above", "no database", "folder"])
def test_a_cache_that_cannot_be_is_refused(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "c.sqlite"
    if kind == "file above":
        file.write_text("")
        file = file / "c.sqlite"
    elif kind == "no database":
        file.write_text("notes of mine, which are longer than the header of a database\n" * 9)
    else:
        file.mkdir()
    with pytest.raises(EnvironmentMissingError, match="Wanted a folder for cached features; found"):
        FeatureCache(file, "n")
