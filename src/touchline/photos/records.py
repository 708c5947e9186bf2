"""What a run writes down of its scores: predictions, metrics and what a photo costs."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch.utils.flop_counter import FlopCounterMode

from touchline.files import sha256_of_bytes, write_atomically
from touchline.photos.compare import ScoredRun
from touchline.photos.conformal import score_sets
from touchline.photos.data import Photo
from touchline.photos.metrics import PhotoScores, score_photos
from touchline.photos.mirror import MirrorMap
from touchline.photos.model import PhotoNetwork
from touchline.photos.split import group_of
from touchline.photos.study import Study
from touchline.runs import Run

PREDICTIONS = "predictions.parquet"
LEARNT = "learnt.txt"


def write_records(
    run: Run, photos: Sequence[Photo], probabilities: np.ndarray, set_sizes: np.ndarray,
    parts: Sequence[str], mirror: MirrorMap, seed: int, facts: dict[str, Any],
) -> PhotoScores:  # fmt: skip
    """Score labelled photos; write `predictions.parquet` (a row each) and `metrics.json`.

    Args:
        run: where to.
        photos: the `n` photos scored; one may stand there once for each repeat.
        probabilities: `(n, classes)`, calibrated.
        set_sizes: `(n,)` classes in each photo's conformal set; 0 where no set is known, and then
            none is scored.
        parts: `(n,)` the part of the split, or the fold, that each was scored in.
        mirror: the classes and what each is called in a mirror.
        seed: of the bootstrap.
        facts: what else belongs into `metrics.json`: the scheme, the cost, the time.
    """
    classes = np.array(mirror.classes)
    truth = np.searchsorted(classes, [photo.label for photo in photos])
    groups = [group_of(photo) for photo in photos]
    scores = score_photos(
        truth, probabilities, mirror.classes, partner=np.array(mirror.partner), groups=groups,
        seed=seed,
    )  # fmt: skip
    pd.DataFrame({
        "name": [photo.name for photo in photos],
        "path": [str(photo.path) for photo in photos],
        "truth": classes[truth],
        "label": classes[probabilities.argmax(axis=1)],
        "confidence": probabilities.max(axis=1),
        "set_size": set_sizes,
        "group": groups,
        "part": list(parts),
        "probabilities": list(probabilities.astype(np.float32)),
    }).to_parquet(run.file(PREDICTIONS), index=False)  # fmt: skip
    sets = (
        score_sets(truth, probabilities, set_sizes, groups=groups, seed=seed).as_dict()
        if set_sizes.all() else {}
    )  # fmt: skip
    run.write_json("metrics.json", {**scores.as_dict(), **sets, **facts})
    return scores


def data_hash(study: Study) -> str:
    """Names the data: the `labelled_hash` of all its photos."""
    return labelled_hash(
        (source.sha256, photo.label)
        for source, photo in zip(study.sources, study.photos, strict=True)
    )


def labelled_hash(photos: Iterable[tuple[str, str]]) -> str:
    """Names photos of known class in any order: SHA-256 over content hashes and classes.

    Args:
        photos: the content hash and the class of each.
    """
    lines = sorted(f"{sha256} {label}\n" for sha256, label in photos)
    return sha256_of_bytes("".join(lines).encode())


def keep_learnt_hashes(
    run: Run, study: Study, photos: np.ndarray, also: Iterable[str] = ()
) -> None:
    """Remember the content of the photos learnt from, so that they never score the run.

    Args:
        run: which learnt.
        study: its photos.
        photos: `(n,)` those learnt from.
        also: hashes of others, learnt from by way of a generator.
    """
    lines = sorted({*(study.sources[photo].sha256 for photo in photos), *also})
    write_atomically(run.file(LEARNT), "\n".join(lines) + "\n")


def learnt_hashes(run: Run) -> set[str]:
    """The content hashes of the photos a run learnt from."""
    return set(run.file(LEARNT).read_text(encoding="utf-8").split())


def cost_of(study: Study, network: PhotoNetwork) -> dict[str, float]:
    """Parameters, and billions of floating-point operations for one photo in all its views."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        for view in study.views:
            network(torch.zeros(1, 3, view.size, view.size))
    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "gflops_per_photo": counter.get_total_flops() / 1e9,
    }


def scored_run(run: Run) -> ScoredRun:
    """A finished run as `touchline.photos.compare` takes it.

    Raises:
        UsageError: when the run is unfinished.
    """
    metrics, table = run.read_json("metrics.json"), pd.read_parquet(run.file(PREDICTIONS))
    cost = metrics.get("cost", {})
    return ScoredRun(
        name=run.folder.name, photos=_keys(table), truth=list(table["truth"]),
        predicted=list(table["label"]), seconds=metrics.get("seconds"),
        parameters=cost.get("parameters"), gflops=cost.get("gflops_per_photo"),
    )  # fmt: skip


def groups_of_run(run: Run) -> dict[str, str]:
    """The group of each scored photo of a run, by the names that `scored_run` uses."""
    table = pd.read_parquet(run.file(PREDICTIONS))
    return dict(zip(_keys(table), table["group"], strict=True))


def _keys(table: pd.DataFrame) -> list[str]:
    """A name for each scored photo; in a repeated cross-validation one for each time."""
    if not table["name"].duplicated().any():
        return list(table["name"])
    return [f"{name} ({part})" for name, part in zip(table["name"], table["part"], strict=True)]
