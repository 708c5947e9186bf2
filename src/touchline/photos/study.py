"""What every recipe learns from: the readable photos, their labels and groups, and the backbone."""

from dataclasses import dataclass, field, replace
from functools import cache as cache_calls
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from touchline.backbones.loading import Backbone, hash_of
from touchline.media.augment import Augmentation
from touchline.photos.config import PhotosConfig, View
from touchline.photos.data import Photo
from touchline.photos.feature_cache import FeatureCache
from touchline.photos.features import FORMAT, FeatureExtractor, Source, Variant
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import (
    PhotoNetwork,
    Runner,
    average_views,
    both_ways,
    head_logits,
    make_runner,
    views_for,
)
from touchline.photos.split import group_of
from touchline.training.losses import balanced_weights
from touchline.training.tracking.tracker import Tracker, Within


@dataclass(frozen=True)
class LearnOnly:
    """Photos that are learnt from and nothing else: synthetic ones.

    Attributes:
        sources: file and content hash of each.
        labels: `(n,)` class indices.
    """

    sources: tuple[Source, ...] = ()
    labels: np.ndarray = field(default_factory=lambda: np.empty(0, int))


@dataclass(frozen=True)
class Study:
    """Photos ready to be learnt from and scored.

    Attributes:
        config: how.
        photos: in order of their names; those of one group are never on two sides of a split.
        twins: `(photos,)` names, the same for copies and shots of one burst.
        sources: file and content hash of each photo.
        labels: `(photos,)` class indices into `mirror.classes`.
        mirror: the classes and what each is called in a mirror.
        mirroring: whether photos may be mirrored at all.
        backbone: the pretrained network.
        device, precision: where and how the backbone runs.
        cache: where frozen features are kept.
        validation: `(n,)` photos that the data itself sets aside to choose by (its `valid` part).
        tracker: hears of each epoch; None lets each training write a TensorBoard of its own.
        extra: photos that every recipe learns from besides those it is given, once it has chosen
            by those alone. They are never scored, and no index names them.
    """

    config: PhotosConfig
    photos: tuple[Photo, ...]
    twins: np.ndarray
    sources: tuple[Source, ...]
    labels: np.ndarray
    mirror: MirrorMap
    mirroring: bool
    backbone: Backbone
    device: torch.device
    precision: torch.dtype
    cache: Path
    validation: np.ndarray = field(default_factory=lambda: np.empty(0, int))
    tracker: Tracker | None = None
    extra: LearnOnly = LearnOnly()

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of their indices."""
        return self.mirror.classes

    @cached_property
    def groups(self) -> np.ndarray:
        """`(photos,)` group names; a photo without a group is one by itself."""
        return np.array([group_of(photo) for photo in self.photos])

    def with_extra(self, photos: np.ndarray) -> tuple["Study", np.ndarray]:
        """The study with the extra photos behind its own, and where `photos` and all those lie.

        It is for learning only: the extra photos have no name, no group and no part of a split.

        Args:
            photos: `(n,)` which of its own photos to learn from.
        """
        if not self.extra.sources:
            return self, photos
        own = len(self.sources)
        joined = replace(
            self, sources=self.sources + self.extra.sources, extra=LearnOnly(),
            labels=np.concatenate([self.labels, self.extra.labels]),
        )  # fmt: skip
        return joined, np.concatenate([photos, np.arange(own, len(joined.sources))])

    def tracker_of(self, part: str) -> Tracker | None:
        """The tracker for one part of the run, whose figures it keeps apart."""
        return None if self.tracker is None else Within(self.tracker, part)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The views shown when labelling; with left/right classes each is shown both ways.

        Features of networks that learnt from mirrored pictures hardly know a side: what tells left
        from right is the difference between a photo and its mirror image.
        """
        chosen = views_for(self.config.views, self.backbone.multiple, self.mirroring)
        return both_ways(chosen) if self.mirroring and self.mirror.pairs else chosen

    @cached_property
    def learning_views(self) -> tuple[View, ...]:
        """The views learnt from: those shown when labelling and their mirror images."""
        return both_ways(self.views) if self.mirroring else self.views

    @cached_property
    def augmentation(self) -> Augmentation:
        """The random changes of training photos."""
        return Augmentation(**self.config.augment.model_dump())

    def class_weights(self, photos: np.ndarray) -> np.ndarray:
        """One weight a class: 1, or n / (classes x count) when the configuration says balanced."""
        counts = np.bincount(self.labels[photos], minlength=len(self.classes))
        if self.config.class_weights == "none":
            return np.ones(len(counts), np.float32)
        return balanced_weights(counts.tolist()).numpy()

    def features(self, photos: np.ndarray, variants: tuple[Variant, ...]) -> np.ndarray:
        """Frozen features `(photos, variants, features)`, from the cache where they are."""
        name = f"{FORMAT}/{self.backbone.name}/{self.backbone.weights_hash}/{self.precision}"
        cache = FeatureCache(self.cache / "features.sqlite", name)
        try:
            return self.extract(self.backbone.network, photos, variants, cache)
        finally:
            cache.close()

    def score(
        self, network: nn.Module, photos: np.ndarray, *, quiet: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Logits `(photos, classes)` and embeddings `(photos, features)` of a taught network.

        Args:
            network: a `PhotoNetwork`.
            photos: `(n,)` indices.
            quiet: show no progress.
        """
        assert isinstance(network, PhotoNetwork)
        variants = tuple(Variant(view) for view in self.views)
        frozen = hash_of(network.backbone) == self.backbone.weights_hash
        features = (
            self.features(photos, variants)
            if frozen
            else self.extract(network.backbone, photos, variants, None, quiet)
        )
        logits = head_logits(network.head, features)
        return average_views(logits, self.views, self.mirror), features.mean(axis=1)

    def extract(
        self, network: nn.Module, photos: np.ndarray, variants: tuple[Variant, ...],
        cache: FeatureCache | None, quiet: bool = False,
    ) -> np.ndarray:  # fmt: skip
        """Features `(photos, variants, features)` of any network, computed where not in `cache`.

        Args:
            network: normalised pixels to features.
            photos: `(n,)` indices.
            variants: how each photo is shown.
            cache: where features of this very network are kept; None computes all of them.
            quiet: show no progress.
        """

        @cache_calls
        def ready() -> Runner:
            return make_runner(
                network, self.backbone.mean, self.backbone.std, self.views[0].size,
                self.device, self.precision,
            )  # fmt: skip

        def run(pictures: Tensor) -> np.ndarray:
            return ready()(pictures)  # made ready when first asked: features may all be kept

        extractor = FeatureExtractor(run, cache, self.augmentation, self.config.seed)
        return extractor([self.sources[photo] for photo in photos], variants, quiet=quiet)


@dataclass(frozen=True)
class Learnt:
    """What a recipe made of the photos it was given.

    Attributes:
        network: backbone and head, on the CPU, float32, in evaluation mode.
        held_out: `(n,)` photos among those given whose logits below come from networks that did
            not learn from them.
        logits: `(n, classes)` of those photos.
        facts: what the recipe chose, for the manifest.
    """

    network: PhotoNetwork
    held_out: np.ndarray
    logits: np.ndarray
    facts: dict[str, object]
