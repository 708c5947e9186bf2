from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tiny_stylegans import CLASSES, CPU, tiny_batch, tiny_config, tiny_trainee
from touchline.errors import UsageError
from touchline.synth.stylegan.sampling import TOGETHER, class_averages, load_sampler, sample


@pytest.fixture(scope="module")
def taught():
    trainee = tiny_trainee(style_mixing=0.5)
    for layer in trainee.average.layers:
        layer.noise_strength.fill_(0.3)
    return trainee


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_photo_does_not_depend_on_what_is_made_with_it(taught, precision) -> None:
    taught.average.precision = precision
    labels = [place % 3 for place in range(TOGETHER + 3)]
    seeds = [100 + place for place in range(TOGETHER + 3)]
    together = taught.sample(labels, seeds)
    alone = torch.cat(
        [taught.sample([label], [seed]) for label, seed in zip(labels, seeds, strict=True)]
    )
    backwards = taught.sample(labels[::-1], seeds[::-1]).flip(0)
    taught.average.precision = torch.float32
    assert together.dtype == torch.uint8
    assert together.shape == (TOGETHER + 3, 3, 64, 64)
    assert torch.equal(together, alone)
    assert torch.equal(together, backwards)


def test_seeds_and_classes_matter_and_torch_s_own_chance_does_not(taught) -> None:
    torch.manual_seed(1)
    first = taught.sample([0, 0, 1], [5, 6, 5])
    torch.manual_seed(2)
    assert torch.equal(taught.sample([0, 0, 1], [5, 6, 5]), first)
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], first[2])


def test_no_photos_and_uneven_lists(taught) -> None:
    assert taught.sample([], []).shape == (0, 3, 64, 64)
    with pytest.raises(ValueError, match="shorter"):
        taught.sample([0, 1], [5])


def test_truncation_ends_at_the_average_of_the_class(taught) -> None:
    averages = class_averages(taught.average)
    assert averages.shape == (3, 16)
    styles = averages[[1]][:, None].expand(-1, taught.average.styles, -1)
    silence = [torch.zeros(1, 1, side, side) for side in taught.average.noise_sides()]
    strengths = [float(layer.noise_strength) for layer in taught.average.layers]
    for layer in taught.average.layers:
        layer.noise_strength.fill_(0.0)
    middle = ((taught.average(styles, silence) + 1) * 127.5).round().clamp(0, 255)
    near = [sample(taught.average, [1, 1], [3, 4], truncation) for truncation in (1e-6, 0.5, 1.0)]
    for layer, strength in zip(taught.average.layers, strengths, strict=True):
        layer.noise_strength.fill_(strength)
    distances = [(some.float() - middle).abs().mean().item() for some in near]
    assert distances[0] < 0.1
    assert distances[0] < distances[1] < distances[2]


def test_the_saved_weights_make_the_trainee_s_photos(tmp_path: Path) -> None:
    trainee = tiny_trainee()
    trainee.step(*tiny_batch(0), seed=0)
    weights = trainee.weights()
    assert all(tensor.is_contiguous() for tensor in weights.values())
    save_file(weights, tmp_path / "weights.safetensors")
    sampler = load_sampler(
        tiny_config(), CLASSES, tmp_path / "weights.safetensors", CPU, torch.float32
    )
    assert torch.equal(sampler([0, 2], [8, 9]), trainee.sample([0, 2], [8, 9]))


def test_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "weights.safetensors"
    with pytest.raises(UsageError, match=r"weights of the network .*weights\.safetensors"):
        load_sampler(tiny_config(), CLASSES, file, CPU, torch.float32)
    file.write_bytes(b"spoilt")
    with pytest.raises(UsageError, match=r"weights of the network .*weights\.safetensors"):
        load_sampler(tiny_config(), CLASSES, file, CPU, torch.float32)
    save_file(tiny_trainee().weights(), file)
    for other in (CLASSES[:2], CLASSES):
        config = tiny_config(size=128) if other == CLASSES else tiny_config()
        with pytest.raises(UsageError, match="weights of the network that"):
            load_sampler(config, other, file, CPU, torch.float32)
