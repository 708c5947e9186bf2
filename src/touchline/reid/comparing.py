"""Runs, their ensembles and their re-rankings side by side on the same queries.

What can be chosen (the weights of an ensemble; whether and how to re-rank) is chosen on the
validation queries and reported on the test queries, beside leaving things alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.errors import UsageError
from touchline.reid.choosing import Candidate, Chosen, choose, rerank_grid, weight_grid
from touchline.reid.comparison import Comparison, Method
from touchline.reid.comparison_report import write_comparison
from touchline.reid.crops import codes_of
from touchline.reid.distances import Distances, FeatureDistances
from touchline.reid.ensembles.algebra import same_by_algebra
from touchline.reid.ensembles.ensemble import Ensemble, mixed
from touchline.reid.galleries import EmbeddedGallery, embed_gallery
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.metrics.paired import compare
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.model import load_reidentifier
from touchline.reid.reranking.actions import Actions
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.reranking.within import rerank_within
from touchline.runs import Run, create_run
from touchline.training.devices import DeviceName, PrecisionName

SEED_RERANKINGS = {
    "k1 20, k2 6, weight 0.3": RerankSettings(k1=20, k2=6, weight=0.3),
    "k1 10, k2 3, weight 0.3": RerankSettings(k1=10, k2=3, weight=0.3),
    "k1 60, k2 10, weight 0.3": RerankSettings(k1=60, k2=10, weight=0.3),
    "k1 20, k2 6, weight 0.5": RerankSettings(k1=20, k2=6, weight=0.5),
}
"""What seed 004 tried, over everything at once."""


@dataclass(frozen=True)
class Split:
    """One split as every run sees it.

    Attributes:
        runs: the embedded gallery by the name of the run; all of the same crops.
    """

    runs: Mapping[str, EmbeddedGallery]

    @property
    def any(self) -> EmbeddedGallery:
        """One of them, for what is the same in all."""
        return next(iter(self.runs.values()))

    @property
    def actions(self) -> Actions | None:
        """The actions that ranks and neighbours stay inside of; None where all is compared."""
        if self.any.protocol.within == "everything":
            return None
        queries, gallery = codes_of(self.any.gallery.queries, self.any.gallery.gallery)
        return Actions(queries.actions, gallery.actions)

    def mixed(self, ensemble: Ensemble) -> Distances:
        """The distances of an ensemble of the runs."""
        distances = {name: embedded.distances for name, embedded in self.runs.items()}
        return mixed(ensemble, distances, self.actions)

    def joined(self, weights: Mapping[str, float]) -> FeatureDistances:
        """The features of the runs joined, which can be re-ranked."""
        found = self.mixed(Ensemble("concatenation", weights))
        assert isinstance(found, FeatureDistances)
        return found

    def reranked(
        self, base: FeatureDistances, settings: RerankSettings | None, *, everything: bool = False
    ) -> Distances:
        """Distances re-ranked inside actions where there are any, or over everything."""
        if settings is None:
            return base
        if self.actions is None or everything:
            return rerank(base.queries, base.gallery, settings)
        actions = self.actions
        return rerank_within(base.queries, base.gallery, actions.queries, actions.gallery, settings)

    def can_rerank(self, settings: RerankSettings | None) -> bool:
        """Whether there are more crops than the neighbours that re-ranking would look at."""
        crops = len(self.any.gallery.queries) + len(self.any.gallery.gallery)
        return settings is None or settings.k1 < crops

    def score(self, distances: Distances) -> ReidScores:
        """All scores, with intervals."""
        return self.any.score(distances)


def compare_runs(
    runs: Sequence[Run], data: Path, out: Path,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Comparison:  # fmt: skip
    """Score runs, ensembles and re-rankings, and write `report.html`, `table.csv`, `metrics.json`.

    Args:
        runs: finished runs; of one name only one.
        data: named crops with a test split; without a valid split some of train is set aside for
            choosing, by the seed of the first run.
        out: a new folder.
        device: where the networks run.
        precision: how they compute.

    Raises:
        UsageError: no test split, runs of one name, or an unfinished run.
    """
    names = [run.folder.name for run in runs]
    if len(set(names)) < len(names):
        raise UsageError("runs of different names", ", ".join(names), "Name each once.")
    found = [load_reidentifier(run, device, precision) for run in runs]
    lesson = gather_lesson(found[0].config.model_copy(update={"data": data}))
    if lesson.test is None:
        raise UsageError(
            "a test split with names to report on", f"none in {data}", "Give one, or use evaluate."
        )
    folder = create_run("reid", out).folder
    splits = {
        name: Split({each.name: embed_gallery(each.extractor, gallery) for each in found})
        for name, gallery in lesson.splits.items()
    }
    comparison = compare_splits(splits["valid"], splits["test"], folder)
    write_comparison(comparison, _where(lesson))
    return comparison


def compare_splits(valid: Split, test: Split, folder: Path) -> Comparison:
    """Choose on one split, score everything on both; the report goes into `folder`.

    The first run that is best on the validation queries is what all others are compared with.
    """
    names = list(valid.runs)
    single = choose(
        [Candidate(name, name, plain=True) for name in names],
        lambda candidate: valid.runs[candidate.choice].map_of(),
    ).best.candidate.choice
    weights = choose(
        weight_grid(names, 0.1), lambda each: valid.any.map_of(valid.joined(each.choice))
    )
    base = weights.best.candidate
    reranking = choose(
        [each for each in rerank_grid() if valid.can_rerank(each.choice)],
        lambda each: valid.any.map_of(valid.reranked(valid.joined(base.choice), each.choice)),
    )
    ensembles = _ensembles(names, weights)
    reference = test.runs[single].score()
    methods = [
        Method(name, kind, valid.score(on_valid), scores, compare(scores, reference))
        for name, kind, on_valid, on_test in _methods(valid, test, base, reranking, ensembles)
        for scores in [test.score(on_test)]
    ]
    sentences = same_by_algebra(ensembles)
    return Comparison(tuple(methods), single, weights, reranking, tuple(sentences), folder)


def _ensembles(names: Sequence[str], weights: Chosen[dict[str, float]]) -> dict[str, Ensemble]:
    if len(names) < 2:
        return {}
    alike = dict.fromkeys(names, 1.0)
    return {
        "features joined": Ensemble("concatenation", alike),
        "distances averaged": Ensemble("mean", alike),
        "weights chosen on valid": Ensemble("mean", weights.best.candidate.choice),
        "ranks fused (Borda)": Ensemble("borda", alike),
    }


def _methods(
    valid: Split, test: Split, base: Candidate[dict[str, float]],
    reranking: Chosen[RerankSettings | None], ensembles: Mapping[str, Ensemble],
) -> Iterator[tuple[str, str, Distances, Distances]]:  # fmt: skip
    """Name and kind of every method, and its distances on both splits."""
    for name in valid.runs:
        yield name, "run", valid.runs[name].distances, test.runs[name].distances
    for name, ensemble in ensembles.items():
        yield name, "ensemble", valid.mixed(ensemble), test.mixed(ensemble)
    ours, theirs = valid.joined(base.choice), test.joined(base.choice)
    for everything in (False, True) if valid.actions else (True,):
        where = "over everything" if everything else "inside actions"
        for name, settings in SEED_RERANKINGS.items():
            if not (valid.can_rerank(settings) and test.can_rerank(settings)):
                continue
            yield (
                f"{name}, {where}", "re-ranking",
                valid.reranked(ours, settings, everything=everything),
                test.reranked(theirs, settings, everything=everything),
            )  # fmt: skip
    best = reranking.best.candidate
    yield (
        f"chosen on valid: {best.name}", "re-ranking",
        valid.reranked(ours, best.choice), test.reranked(theirs, best.choice),
    )  # fmt: skip


def _where(lesson: Lesson) -> str:
    chosen = "set aside from train" if lesson.held_out else "the valid split"
    assert lesson.test is not None
    return f"Chosen on {lesson.valid.describe()} ({chosen}); reported on {lesson.test.describe()}."
