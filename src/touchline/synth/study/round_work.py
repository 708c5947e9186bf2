"""One round of a study as work to do: what it needs, where its files lie, and what is done."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.photos.gather import Gathered
from touchline.photos.study import Study
from touchline.runs import Run
from touchline.synth.config import SynthConfig
from touchline.synth.study.arms import Arm
from touchline.synth.study.config import StudyConfig
from touchline.synth.study.rounds import Round
from touchline.training.tracking.tracker import Tracker


@dataclass(frozen=True)
class RoundWork:
    """What the work of one round needs, and its folder.

    Attributes:
        config: of the whole study.
        study: the real photos, ready to be learnt from.
        gathered: the same with their fingerprints.
        round: which of them teach and which score.
        folder: of the round.
        tracker: hears of the training; None lets it write a TensorBoard of its own.
    """

    config: StudyConfig
    study: Study
    gathered: Gathered
    round: Round
    folder: Path
    tracker: Tracker | None = None

    @property
    def generator_config(self) -> SynthConfig:
        """How the generator of this round learns."""
        return self.config.generator_of(self.round.number)

    @property
    def generator(self) -> Run:
        """The folder in which the generator learns."""
        return Run(self.folder / "generator")

    @property
    def taught(self) -> Path:
        """There once the generator has learnt: how many photos it was shown, in what time."""
        return self.generator.file("taught.json")

    @property
    def made(self) -> Path:
        """The folder of its photos."""
        return self.folder / "made"

    @property
    def quality(self) -> Path:
        """How good its photos are."""
        return self.folder / "quality.json"

    @property
    def changed(self) -> Path:
        """The folder of randomly changed real photos, for as long as they are needed."""
        return self.folder / "changed"

    @property
    def copies(self) -> Path:
        """The folder of the real photos at the generator's size."""
        return self.folder / "copies"

    @property
    def split(self) -> Path:
        """Which photos teach and which score."""
        return self.folder / "split.csv"

    def answers(self, arm: Arm) -> Path:
        """What the classifier of an arm answered."""
        return self.folder / "arms" / f"{arm.name}.parquet"

    def classifier(self, arm: Arm) -> Path:
        """Where the classifier of an arm keeps what it needs to be resumed."""
        return self.folder / "classifiers" / arm.name

    @property
    def named(self) -> str:
        """The generator in messages."""
        return f"the generator of round {self.round.number}"

    def as_dict(self) -> dict[str, Any]:
        """The finished round for the study's manifest.

        Raises:
            UsageError: what it wrote down is missing or broken.
        """
        return {
            "round": self.round.number, "train": len(self.round.train),
            "test": len(self.round.test),
            "generator": _figures(self.taught, "images", "seconds", "stopped"),
            "quality": _figures(self.quality, "kid", "right", "side", "judge_right", "judge_side"),
        }  # fmt: skip


def _figures(path: Path, *names: str) -> dict[str, Any]:
    """What a finished step of a round wrote down; it has at least these names.

    Raises:
        UsageError: the file is missing or broken.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return values | {name: values[name] for name in names}
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UsageError(
            "the figures of a finished round", f"{type(error).__name__} at {path}",
            "Remove that file and go on with --resume, which makes it again.",
        ) from error  # fmt: skip
