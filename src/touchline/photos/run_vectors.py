"""Vectors of an archive's photos by the network of a run, from the feature cache where they are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.backbones.loading import hash_of
from touchline.files import default_cache, sha256_of_file
from touchline.media.augment import Augmentation
from touchline.media.images import UnreadableImageError
from touchline.photos.classifier import load_network
from touchline.photos.config import View
from touchline.photos.feature_cache import FeatureCache
from touchline.photos.features import BATCH, FORMAT, FeatureExtractor, Source, Variant, batches
from touchline.photos.model import make_runner
from touchline.reporting.progress import track
from touchline.runs import Run
from touchline.training.devices import (
    DeviceName,
    PrecisionName,
    choose_device,
    choose_precision,
)

Vectors: TypeAlias = Callable[[Mapping[str, Path]], dict[str, NDArray[np.float32]]]
"""From content hashes, each with a file of that content, to vectors of shape (features,). What
cannot be read, or holds something else by now, is left out."""


@contextmanager
def run_vectors(
    run: Run, cache: Path | None = None, device: DeviceName = "auto",
    precision: PrecisionName = "auto",
) -> Iterator[Vectors]:  # fmt: skip
    """Vectors of photos by a run's network: the mean over the views it shows when labelling.

    Vectors that a training or an earlier call kept are found again; new ones are kept.

    Args:
        run: the run.
        cache: the folder of kept features; the user's own when None.
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: `auto`, `fp32` or `bf16`.

    Raises:
        UsageError: the run is unfinished or damaged.
        EnvironmentMissingError: the device is not there, or the cache cannot be written.
    """
    network, facts = load_network(run)
    views = [View(**view) for view in facts["views"]]
    where = choose_device(device)
    numbers = choose_precision(precision, where)
    # Names the network as its own training does, so that both find each other's features.
    name = f"{FORMAT}/{facts['backbone']}/{hash_of(network.backbone)}/{numbers}"
    mean, std = tuple(facts["mean"]), tuple(facts["std"])
    runner = make_runner(network.backbone, mean, std, views[0].size, where, numbers)
    kept = FeatureCache((cache or default_cache()) / "features.sqlite", name)
    try:
        extractor = FeatureExtractor(runner, kept, Augmentation(), seed=0)
        yield lambda files: _vectors(extractor, kept, [Variant(view) for view in views], files)
    finally:
        kept.close()


def _vectors(
    extractor: FeatureExtractor, kept: FeatureCache, variants: Sequence[Variant],
    files: Mapping[str, Path],
) -> dict[str, NDArray[np.float32]]:  # fmt: skip
    sources = [Source(path, sha256) for sha256, path in files.items()]
    whole = set(files)
    for variant in variants:
        whole &= kept.get(variant.view.key, list(files)).keys()
    at_hand = [source for source in sources if source.sha256 in whole]
    missing = [source for source in sources if source.sha256 not in whole]
    found = dict[str, NDArray[np.float32]]()
    for batch in batches(iter(at_hand), BATCH):
        found |= _of(extractor, batch, variants)
    for batch in batches(track(missing, "Computing features") if missing else iter(()), BATCH):
        # A file that changed since must not lend its looks to what it was.
        found |= _of(extractor, [source for source in batch if _is_still(source)], variants)
    return found


def _of(
    extractor: FeatureExtractor, sources: Sequence[Source], variants: Sequence[Variant]
) -> dict[str, NDArray[np.float32]]:
    """Vectors of some photos; where one of them cannot be read, of the others."""
    if not sources:
        return {}
    try:
        vectors = extractor(sources, variants, quiet=True).mean(axis=1)
    except (UnreadableImageError, OSError):
        if len(sources) == 1:
            return {}
        middle = len(sources) // 2
        halves = (sources[:middle], sources[middle:])
        return {k: v for half in halves for k, v in _of(extractor, half, variants).items()}
    return {source.sha256: vector for source, vector in zip(sources, vectors, strict=True)}


def _is_still(source: Source) -> bool:
    try:
        return sha256_of_file(source.path) == source.sha256
    except OSError:
        return False
