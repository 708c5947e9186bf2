"""The tracks of a video in columns, kept in a file."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from touchline.spotting.tracks.detections import no_detections
from touchline.spotting.tracks.table import Tracks, follow, read_tracks, write_tracks
from tracks_drawn import SIZE, around, random_tracks, seen


def test_rows_tell_their_frame() -> None:
    one, two = (around(50, 40), 0.9), (around(200, 40), 0.8)
    tracks = follow(iter([seen(one), no_detections(), seen(two, one)]), 10.0, *SIZE)
    assert tracks.steps == 3
    assert tracks.step.tolist() == [0, 2, 2]
    assert tracks.boxes[:, 0].tolist() == [45, 195, 45]
    np.testing.assert_allclose(tracks.confidence, [0.9, 0.8, 0.9])
    assert tracks.ids.tolist() == [0, 1, 2]  # the first was seen once only, then not


@pytest.mark.parametrize("tracks", [random_tracks(0), follow([], 12.5, *SIZE)])
def test_a_file_gives_back_what_was_kept(tracks: Tracks, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "tracks.npz"
    write_tracks(tracks, file)
    again = read_tracks(file)
    assert again is not None
    for field in fields(Tracks):
        kept, found = getattr(tracks, field.name), getattr(again, field.name)
        assert type(found) is type(kept), field.name
        if isinstance(kept, np.ndarray):
            assert found.dtype == kept.dtype
        np.testing.assert_array_equal(found, kept)


def test_no_file_and_damaged_files_are_no_tracks(tmp_path: Path) -> None:
    file = tmp_path / "tracks.npz"
    assert read_tracks(file) is None
    write_tracks(random_tracks(0), file)
    content = file.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes(255 - byte for byte in content[middle : middle + 40])
    for damaged in (b"", b"text", content[:middle], flipped + content[middle + 40 :]):
        file.write_bytes(damaged)
        assert read_tracks(file) is None
    np.savez(file, steps=3)
    assert read_tracks(file) is None
