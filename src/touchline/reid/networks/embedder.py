"""The network of every re-identifier: a trunk, perhaps a learnt embedding, a neck, a classifier."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from touchline.reid.config import NetworkSettings
from touchline.reid.networks.adapters import add_adapters
from touchline.reid.networks.trunk import Size, Trunk, load_trunk

CLASSIFIER_SPREAD = 0.001
"""Standard deviation of the classifier's first weights: all identities begin equally likely."""


class Embedded(NamedTuple):
    """What an embedder says of a batch of crops.

    Attributes:
        metric: `(batch, features)`, what losses of distance are taken on.
        neck: `(batch, features)`, normalised over the batch; classified, and compared in the end.
        logits: `(batch, classes)`; None without a classifier.
    """

    metric: Tensor
    neck: Tensor
    logits: Tensor | None


class Embedder(nn.Module):
    """Normalised pixels `(batch, 3, height, width)` to features of who is on them.

    A batch normalisation without a shift stands between the feature that distances are learnt on
    and the one that is classified ("BNNeck", Luo et al. 2019, arXiv 1903.07071): the two losses
    want differently shaped spaces.

    Args:
        trunk: from pixels to vectors.
        embedding: length of a learnt linear embedding behind the trunk; None for none.
        neck: whether there is a BNNeck; without it the classified feature is the metric one.
        classes: training identities to classify; None for no classifier.

    Attributes:
        features: the length of a feature.
        mean, std: of the normalisation of RGB values in [0, 1] that the pixels must have had.
        multiple: height and width must be multiples of this.
    """

    def __init__(
        self, trunk: Trunk, embedding: int | None = None, neck: bool = True,
        classes: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.mean, self.std, self.multiple = trunk.mean, trunk.std, trunk.multiple
        self.features = embedding or trunk.features
        self.trunk = trunk.network
        self.embedding: nn.Module = nn.Identity()
        if embedding:
            self.embedding = nn.Linear(trunk.features, embedding, bias=False)
        self.neck: nn.Module = _neck(self.features) if neck else nn.Identity()
        self.classifier: nn.Linear | None = None
        if classes is not None:
            self.classifier = nn.Linear(self.features, classes, bias=False)
            nn.init.normal_(self.classifier.weight, std=CLASSIFIER_SPREAD)

    @property
    def trainable_share(self) -> float:
        """The share of all weights but the classifier's that training changes, from 0 to 1."""
        weights = [w for name, w in self.named_parameters() if not name.startswith("classifier.")]
        learnt = sum(weight.numel() for weight in weights if weight.requires_grad)
        return learnt / sum(weight.numel() for weight in weights)

    def forward(self, pixels: Tensor) -> Embedded:
        """Features and logits of normalised pixels."""
        # Distances of features that are nearly the same vanish in bfloat16.
        metric = self.embedding(self.trunk(pixels)).float()
        neck = self.neck(metric)
        return Embedded(metric, neck, self.classifier(neck) if self.classifier else None)

    def embed(self, pixels: Tensor) -> Tensor:
        """Unit vectors `(batch, features)` to compare crops by; for evaluation mode."""
        return normalize(self.neck(self.embedding(self.trunk(pixels)).float()))


def build_embedder(
    settings: NetworkSettings, size: Size, seed: int = 0, classes: int | None = None
) -> Embedder:
    """Make the embedder that the settings describe, in evaluation mode.

    With adapters, only they, the embedding, the neck and the classifier are trainable. To read a
    saved state back, build from the same settings with `weights="random"` and the same `classes`.

    Args:
        settings: of the network.
        size: height and width of the crops; other sizes that fit the trunk are taken as well.
        seed: of everything random.
        classes: training identities to classify; None for no classifier.

    Raises:
        UsageError: an unknown network, weights that do not fit it, a size that it cannot take, or
            adapters for what is no transformer.
        EnvironmentMissingError: weights that cannot be had on this machine.
    """
    trunk = load_trunk(settings, size, seed)
    if settings.lora_rank:
        add_adapters(trunk.network, settings, seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        embedder = Embedder(trunk, settings.embedding, settings.neck, classes)
    return embedder.eval()


def _neck(features: int) -> nn.BatchNorm1d:
    neck = nn.BatchNorm1d(features)
    neck.bias.requires_grad_(False)
    return neck
