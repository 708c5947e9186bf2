"""Extractors: the embedder's own comparison, made fast and nothing else."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from random_statistics import with_random_statistics
from touchline.errors import UsageError
from touchline.media.framing import normalise
from touchline.reid.config import NetworkSettings
from touchline.reid.networks.embedder import Embedder, build_embedder
from touchline.reid.networks.extractor import make_extractor

SIZE = (64, 32)
KINDS = (
    {"name": "osnet_x0_25"},
    {"name": "osnet_ain_x0_25", "pooling": "gem"},
    {"name": "test_resnet", "pooling": "gem", "embedding": 32},
    {"name": "test_vit", "lora_rank": 2},
)


def taught(**settings: object) -> Embedder:
    ours = build_embedder(NetworkSettings(**settings), SIZE, seed=1, classes=3)
    generator = torch.Generator().manual_seed(2)
    for name, parameter in ours.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.1, generator=generator)
    with_random_statistics(ours)
    return ours


def crops(count: int = 5, size: tuple[int, int] = SIZE) -> Tensor:
    generator = torch.Generator().manual_seed(3)
    return torch.randint(0, 256, (count, 3, *size), dtype=torch.uint8, generator=generator)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind["name"]))
def test_vectors_are_those_of_the_embedder(kind: dict[str, object]) -> None:
    ours = taught(**kind)
    before = {key: value.clone() for key, value in ours.state_dict().items()}
    values = normalise(crops(), ours.mean, ours.std)
    with torch.no_grad():
        straight = ours(values).neck
        both = straight + ours(values.flip(-1)).neck
    once = make_extractor(ours, SIZE, flip_views=False)(crops())
    twice = make_extractor(ours, SIZE)(crops())
    np.testing.assert_allclose(once, normalize(straight), atol=1e-5)
    np.testing.assert_allclose(twice, normalize(both), atol=1e-5)
    assert np.abs(once - twice).max() > 1e-3
    after = ours.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_a_crop_and_its_mirror_image_are_one_where_views_are_flipped() -> None:
    extractor = make_extractor(taught(), SIZE)
    np.testing.assert_allclose(extractor(crops()), extractor(crops().flip(-1)), atol=1e-6)


def test_neighbours_in_a_batch_change_nothing() -> None:
    extractor = make_extractor(taught(), SIZE)
    every = extractor(crops(11))
    np.testing.assert_allclose(extractor(crops(11).flip(0)), every[::-1], atol=1e-6)
    for place in (0, 7, 10):
        alone = extractor(crops(11)[place : place + 1])
        np.testing.assert_allclose(alone[0], every[place], atol=1e-6)


def test_rounded_networks_give_nearly_the_same_in_float32() -> None:
    ours = taught(name="osnet_ain_x0_25", pooling="gem")
    exact = make_extractor(ours, SIZE)(crops())
    rounded = make_extractor(ours, SIZE, precision=torch.bfloat16)(crops())
    assert rounded.dtype == np.float32
    assert (exact * rounded).sum(1).min() > 0.99
    np.testing.assert_allclose(np.linalg.norm(rounded, axis=1), 1, atol=1e-6)


def test_a_training_steps_autocast_rounds_nothing() -> None:
    extractor = make_extractor(taught(), SIZE)
    expected = extractor(crops())
    with torch.autocast("cpu", torch.bfloat16):
        inside = extractor(crops())
        made_inside = make_extractor(taught(), SIZE)(crops())
    assert (inside == expected).all()
    np.testing.assert_allclose(made_inside, expected, atol=1e-6)


def test_positions_are_interpolated_once() -> None:
    extractor = make_extractor(taught(name="test_vit"), (48, 16))
    assert extractor.network.trunk.pos_embed.shape[1] == 1 + 3
    assert extractor(crops(2, (48, 16))).shape == (2, extractor.features)


def test_other_sizes_are_refused() -> None:
    extractor = make_extractor(taught(), SIZE)
    wanted = r"uint8 pixels of shape \(batch, 3, 64, 32\); found"
    with pytest.raises(UsageError, match=wanted + r" torch\.uint8 of shape \(5, 3, 32, 64\)"):
        extractor(crops(size=(32, 64)))
    with pytest.raises(UsageError, match=wanted + r" torch\.float32 of shape \(5, 3, 64, 32\)"):
        extractor(crops().float())
    with pytest.raises(UsageError, match=r"divisible by 16 for this network; found 60x30"):
        make_extractor(taught(name="test_vit"), (60, 30))
