"""The probe: a frozen backbone and a regularised linear head, chosen by inner cross-validation."""

from pathlib import Path

import numpy as np

from touchline.photos.features import Variant
from touchline.photos.linear_head import Samples, choose_strength, fit_heads
from touchline.photos.model import PhotoNetwork
from touchline.photos.split import folds
from touchline.photos.study import Learnt, Study


def learn_probe(study: Study, photos: np.ndarray, folder: Path) -> Learnt:  # noqa: ARG001
    """Teach a linear head on frozen features of all learning views.

    The strength is chosen, and the held-out logits are made, without the study's extra photos: what
    made them may have seen the photos that the inner folds hold out.

    Args:
        study: the photos and the configuration.
        photos: `(n,)` which of them to learn from, in rising order.
        folder: of the run; the probe keeps nothing there that needs resuming.
    """
    samples = probe_samples(study, photos)
    settings, weights = study.config.probe, study.class_weights(photos)
    inner = folds([study.photos[p] for p in photos], settings.inner_folds, study.config.seed)
    choice = choose_strength(
        samples, np.array(inner.parts), study.mirror, settings.strengths, weights
    )
    joined, shown = study.with_extra(photos)
    if joined is not study:
        samples, weights = probe_samples(joined, shown), joined.class_weights(shown)
    (head,) = fit_heads(samples, study.mirror, (choice.strength,), weights)
    network = PhotoNetwork(study.backbone.network, head.as_module()).eval()
    facts = {"strength": choice.strength, "out_of_fold_log_loss": choice.losses}
    return Learnt(network, photos, choice.logits, facts)


def probe_samples(study: Study, photos: np.ndarray) -> Samples:
    """Features of the learning views, and of randomly changed ones where the settings ask."""
    views = study.learning_views
    draws = range(1, study.config.probe.augmented_views + 1)
    plain = tuple(Variant(view) for view in views)
    changed = tuple(Variant(views[draw % len(views)], draw) for draw in draws)
    features = study.features(photos, plain + changed)
    shown = tuple(variant.view for variant in plain + changed)
    return Samples(features, study.labels[photos], shown, tuple(range(len(study.views))))
