"""Splitting as a command: photos in, `split.csv` out, to be looked at and used again."""

from collections import Counter
from pathlib import Path

from touchline.photos.config import PhotosConfig
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.gather import default_cache, gather
from touchline.photos.split_file import write_split


def split_photos(config: PhotosConfig, out: Path | None) -> str:
    """Split a photo set, its copies, bursts and groups kept together, and say what came of it.

    Args:
        config: the photos and the scheme.
        out: the table to write; None writes nothing.

    Raises:
        UsageError: when the photos cannot be split so.
    """
    gathered = gather(config.data, config.cache or default_cache())
    plan = plan_evaluation(config.evaluation, gathered.photo_set.photos, config.seed)
    counts = Counter(plan.split.parts)
    lines = [f"{len(plan.split.names)} photos: {plan.scheme}. {plan.split.note}".strip()]
    lines += [f"{part}: {count}" for part, count in sorted(counts.items())]
    if out is not None:
        write_split(plan.split, out)
        lines.append(f"written to {out}")
    return "\n".join(lines)
