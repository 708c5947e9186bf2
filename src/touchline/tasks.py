"""The tasks, by the name the command line and the run folders use.

Each task is a package with the same plain functions, named here by module so that asking for help
imports none of them: `Config`, `train`, `evaluate`, `predict`, `report`.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Task:
    """Where a task's five names live, as `module:name`, and how its runs are known.

    Attributes:
        config, train, evaluate, predict, report: the five.
        known_by: a key of `config.yaml` that only runs of this task have.
        scores: where in `metrics.json` the main score lies, as dotted patterns, the first that is
            there.
        step: what a row of `results.csv` tells of.
    """

    config: str
    train: str
    evaluate: str
    predict: str
    report: str
    known_by: str
    scores: tuple[str, ...]
    step: str = "epoch"

    def load(self, part: str) -> Any:
        """The function or class behind one of the five names."""
        module, _, name = getattr(self, part).partition(":")
        return getattr(import_module(module), name)


TASKS = {
    "photos": Task(
        config="touchline.photos.config:PhotosConfig",
        train="touchline.photos.train:train",
        evaluate="touchline.photos.evaluate:evaluate",
        predict="touchline.photos.labelling:predict_run",
        report="touchline.photos.report:write_report",
        known_by="recipe",
        scores=("accuracy",),
    ),
    "spotting": Task(
        config="touchline.spotting.config:SpottingConfig",
        train="touchline.spotting.train:train",
        evaluate="touchline.spotting.evaluate:evaluate",
        predict="touchline.spotting.predict:predict",
        report="touchline.spotting.report:write_report",
        known_by="encoder",
        scores=("test.exact.mAP*", "test.mAP*", "valid.exact.mAP*", "valid.mAP*"),
    ),
    "reid": Task(
        config="touchline.reid.config:ReidConfig",
        train="touchline.reid.train:train",
        evaluate="touchline.reid.evaluate:evaluate",
        predict="touchline.reid.predict:predict",
        report="touchline.reid.report:write_report",
        known_by="network",
        scores=("test.mAP", "valid.mAP"),
    ),
    "synth": Task(
        config="touchline.synth.config:SynthConfig",
        train="touchline.synth.train:train",
        evaluate="touchline.synth.score:evaluate",
        predict="touchline.synth.sample:sample",
        report="touchline.synth.report:write_report",
        known_by="generator",
        scores=("kid",),
        step="snapshot",
    ),
}
