"""Frames into tensors: upright, the right colours, the full range, any size."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch

from touchline.media.video.pictures import Colour, Orientation, Scaler, orientation_of
from video_world import number_of, numbered, write_video


def first_frame(path: Path) -> av.VideoFrame:
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_all_eight_ways_to_hold_a_phone_stand_upright(
    tmp_path: Path, degrees: int, mirrored: bool
) -> None:
    frame = first_frame(write_video(tmp_path / "a.mp4", 1, degrees=degrees, mirrored=mirrored))
    stored = torch.from_numpy(numbered(0, 48, 80)).permute(2, 0, 1)
    # The words of the display matrix: turned counter-clockwise first, mirrored after that.
    shown = torch.rot90(stored, degrees // 90, (1, 2))
    shown = shown.flip(2) if mirrored else shown
    orientation = orientation_of(frame)
    assert torch.equal(orientation.upright(stored), shown)
    height, width = shown.shape[1:]
    picture = Scaler(height, width, "rgb", orientation).picture(frame)
    assert (picture.float() - shown.float()).abs().mean() < 4
    if not mirrored:
        assert orientation.degrees == (-degrees) % 360


def test_a_mark_off_the_middle_moves_to_where_a_quarter_turn_takes_it() -> None:
    picture = torch.zeros(1, 2, 3, dtype=torch.uint8)
    picture[0, 0, 2] = 255  # top right; a quarter turn clockwise takes it to the bottom right
    assert Orientation(transposed=True, mirrored=True).upright(picture)[0, 2, 1] == 255


@pytest.mark.parametrize("size", [(24, 40), (49, 81), (96, 160), (48, 80)])
def test_a_picture_has_the_size_asked_for(tmp_path: Path, size: tuple[int, int]) -> None:
    frame = first_frame(write_video(tmp_path / "a.mkv", 1, size=(49, 81), codec="ffv1"))
    for colour, channels in (("rgb", 3), ("gray", 1)):
        picture = Scaler(*size, colour).picture(frame)  # type: ignore[arg-type]
        assert picture.shape == (channels, *size)
        assert picture.dtype == torch.uint8
        assert picture.is_contiguous()
        assert number_of(picture) == 0


def test_red_comes_first_and_grey_is_the_luma() -> None:
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 255
    frame = av.VideoFrame.from_ndarray(red, "rgb24").reformat(format="yuv420p")
    rgb = Scaler(16, 16, "rgb").picture(frame).float().mean(dim=(1, 2))
    assert rgb.tolist() == pytest.approx([255, 0, 0], abs=4)
    grey = Scaler(16, 16, "gray").picture(frame).float().mean()
    assert float(grey) == pytest.approx(0.299 * 255, abs=3)  # ITU-R BT.601


@pytest.mark.parametrize("form", ["yuv420p", "yuvj420p", "gray"])
def test_black_is_0_and_white_is_255_whatever_the_range_stored(form: str) -> None:
    halves = np.zeros((16, 32, 3), np.uint8)
    halves[:, 16:] = 255
    frame = av.VideoFrame.from_ndarray(halves, "rgb24").reformat(format=form)
    for colour in ("rgb", "gray"):
        picture = Scaler(16, 32, colour).picture(frame).float()  # type: ignore[arg-type]
        assert picture[:, :, :12].max() <= 2
        assert picture[:, :, -12:].min() >= 253


@pytest.mark.parametrize("colour", ["rgb", "gray"])
@pytest.mark.parametrize("source", [(48, 80), (48, 88), (49, 81)])
def test_every_column_is_right_at_every_width(source: tuple[int, int], colour: Colour) -> None:
    """FFmpeg has fast paths for some widths, and not all of them reach the last column."""
    ramp = np.linspace(30, 220, source[1]).astype(np.uint8)
    stored = np.broadcast_to(ramp[:, None], (*source, 3)).copy()
    frame = av.VideoFrame.from_ndarray(stored, "rgb24").reformat(format="yuv420p")
    for width in [*range(32, 66), *source]:
        places = (np.arange(width) + 0.5) * source[1] / width - 0.5
        expected = np.interp(places, np.arange(source[1]), ramp)
        for height in (24, source[0]):
            picture = Scaler(height, width, colour).picture(frame).float()
            assert (picture - torch.from_numpy(expected).float()).abs().max() < 8


def test_a_picture_does_not_share_the_memory_of_the_frame() -> None:
    frame = av.VideoFrame.from_ndarray(np.full((16, 16), 9, np.uint8), "gray")
    picture = Scaler(16, 16, "gray").picture(frame)
    picture.zero_()
    assert frame.to_ndarray().min() == 9
