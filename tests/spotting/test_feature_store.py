"""Features kept on disk."""

from pathlib import Path

import pytest
import torch

from touchline.spotting.feature_store import FeatureStore

ROWS = torch.arange(12.0).reshape(4, 3) / 7


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "match.mp4"
    path.write_bytes(b"some pictures")
    return path


def test_what_is_put_is_what_is_got(tmp_path: Path, video: Path) -> None:
    store = FeatureStore(tmp_path / "cache", {"encoder": "a"})
    assert store.get(video, False) is None
    kept = store.put(video, False, ROWS)
    found = FeatureStore(tmp_path / "cache", {"encoder": "a"}).get(video, False)
    assert found is not None
    assert torch.equal(found, kept)
    torch.testing.assert_close(found.float(), ROWS, rtol=1e-3, atol=1e-3)


def test_a_renamed_video_is_known_and_a_changed_one_is_not(tmp_path: Path, video: Path) -> None:
    store = FeatureStore(tmp_path / "cache", {"encoder": "a"})
    store.put(video, False, ROWS)
    moved = video.rename(tmp_path / "moved.mp4")
    assert store.get(moved, False) is not None
    moved.write_bytes(b"other pictures")
    assert store.get(moved, False) is None


def test_mirrored_videos_and_other_encoders_have_features_of_their_own(
    tmp_path: Path, video: Path
) -> None:
    FeatureStore(tmp_path / "cache", {"encoder": "a"}).put(video, False, ROWS)
    assert FeatureStore(tmp_path / "cache", {"encoder": "a"}).get(video, True) is None
    assert FeatureStore(tmp_path / "cache", {"encoder": "b"}).get(video, False) is None


def test_a_damaged_file_counts_as_none(tmp_path: Path, video: Path) -> None:
    store = FeatureStore(tmp_path / "cache", {"encoder": "a"})
    store.put(video, False, ROWS)
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert store.get(video, False) is None
