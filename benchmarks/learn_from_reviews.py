"""Does a person's time go further on the first photos of the review queue than on any photos?

    python benchmarks/learn_from_reviews.py DATA [--shots 24] [--reviews 100] [--draws 10]

Each draw of shots parts the photos in three: the shots teach a probe; half of the rest waits for
review; the other half is never touched and scores. The first photos of the review queue are
answered by their true class and learnt from, and so are as many photos drawn at random, some times
over. Nothing is chosen on the untouched photos. Prints accuracies before and after and the paired
differences, with intervals over draws and photos at once, and writes them as a page. Runs that
`--out` already holds are taken as they are.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import t

from touchline.archive.review.ordering import Candidate, review_order
from touchline.archive.review.standing import KnownPhoto, ReviewedPhoto, Standing
from touchline.files import default_cache
from touchline.photos.classifier import load_network
from touchline.photos.config import PhotosConfig
from touchline.photos.data import Photo
from touchline.photos.gather import Gathered, gather
from touchline.photos.relearning.learning import learn_from_reviews
from touchline.photos.relearning.names import CHANGES, RECORD
from touchline.photos.relearning.opinions import opinions_of, study_of
from touchline.photos.relearning.untouched import UntouchedPhoto
from touchline.photos.split import TEST, by_shots, folds, group_of
from touchline.photos.train import train
from touchline.reporting.confidence import Score
from touchline.reporting.page import Page, Section, Text, write_page
from touchline.reporting.tables import Table, as_terminal_text
from touchline.runs import Run

BEFORE, QUEUE, RANDOM = "before", "first of the queue", "at random"


@dataclass(frozen=True)
class Draw:
    """One draw: which photos teach, wait and stay untouched, as places among all photos."""

    shots: np.ndarray
    pool: np.ndarray
    untouched: np.ndarray


def main() -> None:
    """Teach, review and score, draw by draw; then say what the draws have in common."""
    options = _options()
    out = options.out or Path(tempfile.mkdtemp(prefix="learn-from-reviews-"))
    gathered = gather(options.data.resolve(), default_cache())
    photos = gathered.photo_set.photos
    # Draws x photos: 1 where labelled right, 0 where wrong, NaN where not scored.
    right = {
        name: np.full((options.draws, len(photos)), np.nan) for name in (BEFORE, QUEUE, RANDOM)
    }
    seconds = []
    for number in range(options.draws):
        seed = options.first_seed + number
        draw = draw_parts(photos, options.shots, seed)
        parent = teach(gathered, draw, out / f"{seed}", seed)
        generator = np.random.default_rng(seed)
        chosen = [queue_of(parent, gathered, draw.pool)[: options.reviews]] + [
            generator.choice(draw.pool, options.reviews, replace=False)
            for _ in range(options.random_picks)
        ]
        found = [
            learn(parent, reviews_of(gathered, some), out / f"{seed}-{turn}")
            for turn, some in enumerate(chosen)
        ]
        after = [rightness(each, photos, before=False) for each in found]
        right[BEFORE][number] = rightness(found[0], photos, before=True)
        right[QUEUE][number], right[RANDOM][number] = after[0], np.mean(after[1:], axis=0)
        seconds += [run.read_json(RECORD)["seconds"] for run in found]
        print(f"draw {seed}: " + ", ".join(
            f"{name} {100 * np.nanmean(values[number]):.2f} %" for name, values in right.items()
        ), flush=True)  # fmt: skip
    tables = (accuracy_table(right, gathered), difference_table(right, gathered))
    about = (
        f"{options.draws} draws of {options.shots} photos a class; {len(draw.pool)} wait for "
        f"review, {options.reviews} of them are reviewed, {len(draw.untouched)} stay untouched. "
        f"At random is the mean of {options.random_picks} picks. Learning on took "
        f"{np.median(seconds):.1f} s (median)."
    )
    print(about, *map(as_terminal_text, tables), sep="\n\n")
    write_page(
        Page("Learning from reviews", (Section("Untouched photos", (*tables, Text((about,)))),)),
        out / "learn_from_reviews.html",
    )
    print(f"Page: {out / 'learn_from_reviews.html'}")


def draw_parts(photos: Sequence[Photo], shots: int, seed: int) -> Draw:
    """Shots of each class; the rest is halved, class by class; no group is parted."""
    rest = np.array(by_shots(photos, shots, seed).indices(TEST))
    halves = np.array(folds([photos[place] for place in rest], 2, seed).parts)
    shot = np.setdiff1d(np.arange(len(photos)), rest)
    return Draw(shot, rest[halves == "1"], rest[halves == "2"])


def teach(gathered: Gathered, draw: Draw, folder: Path, seed: int) -> Run:
    """A probe that has learnt the shots and is scored on the untouched photos."""
    if Run(folder / "run").file("metrics.json").exists():
        return Run(folder / "run")
    folder.mkdir(parents=True)
    photos = gathered.photo_set.photos
    rows = [(photos[place], "train") for place in draw.shots]
    rows += [(photos[place], "test") for place in draw.untouched]
    pd.DataFrame(
        [(str(p.path), p.label, part, p.group) for p, part in rows],
        columns=["path", "label", "split", "group"],
    ).to_csv(folder / "photos.csv", index=False)
    return train(PhotosConfig(data=folder / "photos.csv", seed=seed), folder / "run")


def queue_of(parent: Run, gathered: Gathered, pool: np.ndarray) -> np.ndarray:
    """The pool in the order of the review queue, which knows no class."""
    waiting = [
        UntouchedPhoto(photo.path, gathered.fingerprints[place].sha256, group_of(photo))
        for place in pool for photo in [gathered.photo_set.photos[place]]
    ]  # fmt: skip
    network, _ = load_network(parent)
    _, vectors = study_of(parent, waiting).score(network, np.arange(len(pool)))
    candidates = [
        Candidate(
            str(photo.path), said.label, said.confidence, said.is_doubtful, sha256=photo.sha256
        )
        for photo, said in zip(waiting, opinions_of(parent, waiting, 0.8), strict=True)
    ]
    looks = dict(zip((photo.sha256 for photo in waiting), vectors, strict=True))
    return pool[review_order(candidates, looks)]


def reviews_of(gathered: Gathered, places: Sequence[int]) -> Standing:
    """These photos, each reviewed as what it is."""
    return Standing(tuple(
        ReviewedPhoto(KnownPhoto(p.path, gathered.fingerprints[place].sha256, p.group), p.label)
        for place in places for p in [gathered.photo_set.photos[place]]
    ))  # fmt: skip


def learn(parent: Run, reviewed: Standing, folder: Path) -> Run:
    """A run that has learnt on, or the one that the folder holds already."""
    if not Run(folder).file(RECORD).exists():
        learn_from_reviews(parent, reviewed, folder)
    return Run(folder)


def rightness(run: Run, photos: Sequence[Photo], *, before: bool) -> np.ndarray:
    """1 for each untouched photo labelled as what it is, 0 for another, NaN for all the others."""
    table = pd.read_csv(run.file(CHANGES), index_col="path", keep_default_na=False)
    right = (table["before" if before else "after"] == table["truth"]).astype(float)
    return right.reindex([str(photo.path) for photo in photos]).to_numpy()


def accuracy_table(right: dict[str, np.ndarray], gathered: Gathered) -> Table:
    """The accuracy on untouched photos before and after, over all draws."""
    rows = [(name, mean_of(values, gathered)) for name, values in right.items()]
    largest = pd.Series([p.label for p in gathered.photo_set.photos]).value_counts(normalize=True)
    return Table(("reviewed", "accuracy", "majority baseline"), tuple(
        (*row, float(largest.iloc[0])) for row in rows
    ))  # fmt: skip


def difference_table(right: dict[str, np.ndarray], gathered: Gathered) -> Table:
    """Each kind of review against none, and the queue against chance, photo by photo."""
    pairs = ((QUEUE, BEFORE), (RANDOM, BEFORE), (QUEUE, RANDOM))
    return Table(("first", "second", "difference", "draws where the first is better"), tuple(
        (first, second, mean_of(change, gathered, points=True),
         f"{int((np.nanmean(change, axis=1) > 0).sum())} of {len(change)}")
        for first, second in pairs for change in [right[first] - right[second]]
    ))  # fmt: skip


def mean_of(values: np.ndarray, gathered: Gathered, *, points: bool = False) -> Score:
    """The mean over draws and photos, with an interval for other draws and other photos.

    The same photo is scored in several draws, so the variance is clustered both ways (Cameron,
    Gelbach and Miller, "Robust inference with multiway clustering", 2011): that over draws plus
    that over groups of photos, less what both count.
    """
    _, group = np.unique([group_of(p) for p in gathered.photo_set.photos], return_inverse=True)
    scored = ~np.isnan(values)
    count, value = int(scored.sum()), float(values[scored].mean())
    apart = np.where(scored, values - value, 0.0)
    cells = np.stack([np.bincount(group, row) for row in apart])
    by_draw, by_photo = cells.sum(axis=1), cells.sum(axis=0)
    ways = [len(each) / (len(each) - 1) * (each**2).sum() for each in (by_draw, by_photo)]
    spread = np.sqrt(max(*ways, sum(ways) - (cells**2).sum())) / count
    half = float(t.ppf(0.975, len(values) - 1) * spread)
    return Score(value, count, value - half, value + half, "points" if points else "share")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--shots", type=int, default=24)
    parser.add_argument("--reviews", type=int, default=100)
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--random-picks", type=int, default=2)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
