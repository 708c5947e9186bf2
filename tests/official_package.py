"""The `SoccerNet` package, asked the questions that our own scorer answers."""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import tqdm

from touchline.spotting.events import Event

# Importing the package switches numpy's warnings off for the whole process; here it may not.
with np.errstate():
    from SoccerNet.Evaluation import ActionSpotting

WINDOWS = {
    **{f"at{k}": np.array([k]) for k in range(1, 6)},
    "tight": np.arange(5) * 1 + 1,
    "loose": np.arange(12) * 5 + 5,
}
NAMES = (
    "a_mAP", "a_mAP_per_class", "a_mAP_visible", "a_mAP_per_class_visible", "a_mAP_unshown",
    "a_mAP_per_class_unshown",
)  # fmt: skip


def annotations(events: Sequence[Event]) -> dict:
    """A `Labels-ball.json`."""
    return {
        "annotations": [
            {
                "gameTime": f"{event.half} - 00:00",
                "label": event.label,
                "position": str(round(event.seconds * 1000)),
                "visibility": "visible" if event.visible else "not shown",
            }
            for event in events
        ]
    }


def predictions(events: Sequence[Event]) -> dict:
    """A `results_spotting.json`."""
    return {
        "predictions": [
            {
                "label": event.label,
                "position": str(round(event.seconds * 1000)),
                "half": str(event.half),
                "confidence": event.confidence,
            }
            for event in events
        ]
    }


def evaluate_files(
    truth: Mapping, found: Mapping, classes, *, rate: int, metric: str, folder: Path
):
    """What the package's own `evaluate` says to files of the given events, matches in order."""
    for name in truth:
        for root, file, content in (
            ("truth", "Labels-ball.json", annotations(truth[name])),
            ("found", "results_spotting.json", predictions(found.get(name, ()))),
        ):
            path = folder / root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content))
    with np.errstate(all="ignore"), silent(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves files open
        return ActionSpotting.evaluate(
            str(folder / "truth"), str(folder / "found"), prediction_file="results_spotting.json",
            version=2, framerate=rate, metric=metric, label_files="Labels-ball.json", dataset=None,
            EVENT_DICTIONARY={name: place for place, name in enumerate(classes)},
        )  # fmt: skip


def vectors(truth: Mapping, found: Mapping, classes, *, rate: int):
    """The package's dense vectors of truth, predictions and nearest truths, two a match."""
    names = {name: place for place, name in enumerate(classes)}
    arguments = {"num_classes": len(names), "version": 2, "framerate": rate}
    arguments["EVENT_DICTIONARY"] = names
    targets, detections = [], []
    for name in truth:
        targets += ActionSpotting.label2vector(annotations(truth[name]), **arguments)
        given = predictions(found.get(name, ()))
        detections += ActionSpotting.predictions2vector(given, **arguments)
    return targets, detections, [nearest(target) for target in targets]


def nearest(target):
    """The value of the nearest truth in each cell, as `evaluate` has it."""
    closest = np.zeros(target.shape) - 1
    for place in range(target.shape[1]):
        cells = np.flatnonzero(target[:, place]).tolist()
        bounds = [-cells[0], *cells, 2 * len(target)] if cells else []
        for before, cell, after in zip(bounds, bounds[1:], bounds[2:], strict=False):
            start, stop = max(0, (before + cell) // 2), min(len(target), (cell + after) // 2)
            closest[start:stop, place] = target[cell, place]
    return closest


def average_map(dense, metric: str, rate: float) -> dict:
    """The package's average-mAP of dense vectors, under the names of its results."""
    targets, detections, closests = dense
    with np.errstate(all="ignore"), silent():
        values = ActionSpotting.average_mAP(targets, detections, closests, rate, WINDOWS[metric])
    return dict(zip(NAMES, values, strict=True))


class silent:  # noqa: N801
    """Inside, the package draws no progress bars."""

    def __enter__(self):
        self.before = ActionSpotting.tqdm
        ActionSpotting.tqdm = lambda items: tqdm.tqdm(items, disable=True)

    def __exit__(self, *_):
        ActionSpotting.tqdm = self.before
