"""What a picture network is shown."""

import torch

from touchline.backbones.loading import Backbone
from touchline.spotting.networks.pixels import (
    Normalisation,
    gray_normalisation,
    pad_to_multiple,
    with_neighbours,
)


def test_normalisation_as_usually_written() -> None:
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    pixels = torch.randint(0, 256, (2, 3, 4, 5), dtype=torch.uint8)
    expected = (pixels / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    normalise = Normalisation(mean, std)
    assert torch.allclose(normalise(pixels), expected, atol=1e-6)
    assert torch.allclose(normalise(pixels.float()), expected, atol=1e-6)
    assert normalise.to(torch.bfloat16)(pixels).dtype == torch.bfloat16
    assert normalise.state_dict() == {}


def test_a_still_scene_stays_still_in_gray() -> None:
    backbone = Backbone(torch.nn.Identity(), "x", 1, (0.4, 0.5, 0.6), (0.1, 0.2, 0.3), 1, "")
    shown = gray_normalisation(backbone)(torch.full((1, 3, 2, 2), 51, dtype=torch.uint8))
    assert torch.allclose(shown, torch.full_like(shown, (0.2 - 0.5) / 0.2))


def test_one_frame_is_its_own_neighbours() -> None:
    frame = torch.randint(0, 256, (2, 1, 1, 4, 5), dtype=torch.uint8)
    assert torch.equal(with_neighbours(frame), frame.expand(2, 1, 3, 4, 5))


def test_padding_keeps_the_picture() -> None:
    picture = torch.randn(1, 3, 20, 32)
    padded = pad_to_multiple(picture, 16)
    assert torch.equal(padded[..., :20, :], picture)
    assert padded[..., 20:, :].eq(0).all()
    assert pad_to_multiple(picture, 4) is not None
    assert pad_to_multiple(picture, 1) is picture
