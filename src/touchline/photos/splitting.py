"""Splitting as a command: photos in, `split.csv` out, to be looked at and used again."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.files import default_cache
from touchline.photos.config import PhotosConfig
from touchline.photos.evaluation import Evaluation, plan_evaluation
from touchline.photos.gather import gather, require_two_classes
from touchline.photos.split_file import write_split


@dataclass(frozen=True)
class SplitMade:
    """A split and where it was written; None when it was only tried."""

    evaluation: Evaluation
    file: Path | None

    @property
    def counts(self) -> dict[str, int]:
        """Photos in each part."""
        return dict(sorted(Counter(self.evaluation.split.parts).items()))

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        file = str(self.file) if self.file else None
        return {"scheme": self.evaluation.scheme, "parts": self.counts, "file": file}

    def describe(self) -> str:
        """For people."""
        split = self.evaluation.split
        lines = [f"{len(split.names)} photos: {self.evaluation.scheme}. {split.note}".rstrip()]
        lines += [f"{part}: {count}" for part, count in self.counts.items()]
        return "\n".join([*lines, f"written to {self.file}" if self.file else "nothing is written"])


def split_photos(config: PhotosConfig, out: Path | None) -> SplitMade:
    """Split a photo set, its copies, bursts and groups kept together.

    Args:
        config: the photos and the scheme.
        out: the table to write; None writes nothing.

    Raises:
        UsageError: when the photos cannot be split so, or are of one class.
    """
    gathered = gather(config.data, config.cache or default_cache())
    require_two_classes(gathered.photo_set.classes, config.data)
    evaluation = plan_evaluation(config.evaluation, gathered.photo_set.photos, config.seed)
    if out is not None:
        write_split(evaluation.split, out)
    return SplitMade(evaluation, out)
