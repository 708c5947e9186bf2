"""The embedder: what it gives to losses, what it compares by, and what of it learns."""

import pytest
import torch
from torch import nn

from touchline.reid.config import NetworkSettings
from touchline.reid.networks.embedder import Embedder, build_embedder

SIZE = (64, 32)


def embedder(
    classes: int | None = 5, seed: int = 0, size: tuple[int, int] = SIZE, **settings: object
) -> Embedder:
    return build_embedder(NetworkSettings(**settings), size, seed, classes)


def pixels(size: tuple[int, int] = SIZE, count: int = 4) -> torch.Tensor:
    return torch.randn(count, 3, *size, generator=torch.Generator().manual_seed(1))


def test_shapes_and_what_each_is_made_of() -> None:
    ours = embedder(embedding=64)
    ours.neck.running_var.fill_(4.0)
    with torch.no_grad():
        metric, neck, logits = ours(pixels())
    assert (metric.shape, neck.shape, logits.shape) == ((4, 64), (4, 64), (4, 5))
    torch.testing.assert_close(neck, metric / 2, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(logits, neck @ ours.classifier.weight.T)
    assert ours.features == 64


def test_the_neck_centres_and_scales_the_batch_in_training() -> None:
    _, neck, _ = embedder().train()(pixels(count=8))
    seen = neck.std(0, correction=0) > 0.5  # of the others the last layer's ReLU makes 0
    assert seen.sum() > 100
    assert neck.mean(0).abs().max() < 1e-4
    torch.testing.assert_close(neck.std(0, correction=0)[seen].mean(), torch.tensor(1.0), atol=0.1,
                               rtol=0)  # fmt: skip


def test_without_neck_embedding_or_classes_the_trunk_is_all() -> None:
    ours = embedder(classes=None, neck=False)
    with torch.no_grad():
        metric, neck, logits = ours(pixels())
        assert torch.equal(metric, ours.trunk(pixels()))
    assert metric is neck
    assert logits is None
    assert ours.trainable_share == 1


def test_compared_vectors_are_unit_necks() -> None:
    ours = embedder()
    ours.neck.running_mean.uniform_(0, 0.1)
    with torch.no_grad():
        expected = ours(pixels()).neck
        found = ours.embed(pixels())
    torch.testing.assert_close(found, expected / expected.norm(dim=1, keepdim=True))


def test_neither_neck_nor_classifier_can_shift() -> None:
    ours = embedder()
    assert not ours.neck.bias.requires_grad
    assert ours.classifier.bias is None
    assert ours.classifier.weight.std() < 0.0015


def test_features_are_float32_where_the_trunk_is_rounded() -> None:
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        metric, neck, _ = embedder()(pixels())
    assert (metric.dtype, neck.dtype) == (torch.float32, torch.float32)


def test_a_loss_reaches_every_weight_that_learns() -> None:
    ours = embedder(name="test_resnet", pooling="gem", embedding=32).train()
    metric, _, logits = ours(pixels())
    (metric.square().sum() + logits[:, 0].sum()).backward()
    left = [n for n, p in ours.named_parameters() if p.requires_grad and p.grad is None]
    assert not left


def test_with_adapters_only_they_the_neck_and_the_classifier_learn() -> None:
    ours = embedder(name="test_vit", lora_rank=2)
    learnt = {name for name, weight in ours.named_parameters() if weight.requires_grad}
    assert {"neck.weight", "classifier.weight"} < learnt
    assert all("lora_" in name for name in learnt - {"neck.weight", "classifier.weight"})
    counts = {name: weight.numel() for name, weight in ours.named_parameters()}
    share = sum(counts[name] for name in learnt - {"classifier.weight"})
    assert ours.trainable_share == share / (sum(counts.values()) - counts["classifier.weight"])
    assert ours.trainable_share < 0.1


def test_the_seed_decides_everything_random() -> None:
    before = torch.random.get_rng_state()
    one, same, other = (embedder(seed=seed, embedding=16).state_dict() for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(one[key], same[key]) for key in one)
    for key in ("trunk.conv1.conv.weight", "embedding.weight", "classifier.weight"):
        assert not torch.equal(one[key], other[key])


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "osnet_ain_x0_25", "pooling": "gem"},
        {"name": "test_resnet", "pooling": "gem", "embedding": 32},
        {"name": "test_vit", "lora_rank": 2},
    ],
)
def test_a_whole_state_is_read_back(settings: dict[str, object]) -> None:
    ours = embedder(seed=1, **settings)
    for parameter in ours.parameters():
        nn.init.normal_(parameter, std=0.1)
    again = embedder(seed=2, **settings)
    again.load_state_dict(ours.state_dict())
    with torch.no_grad():
        assert torch.equal(again.embed(pixels()), ours.embed(pixels()))


def test_dinov2_takes_crops_of_several_sizes() -> None:
    ours = embedder(name="vit_small_patch14_dinov2", size=(56, 28), lora_rank=2)
    assert (ours.features, ours.multiple) == (384, 14)
    with torch.no_grad():
        small, large = ours.embed(pixels((56, 28))), ours.embed(pixels((112, 56)))
    assert small.shape == large.shape == (4, 384)
    assert ours.trunk.pos_embed.shape[1] == 1 + 37 * 37  # states fit whatever the size
