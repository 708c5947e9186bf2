"""Runs, their ensembles and their re-rankings side by side on the same queries.

What can be chosen (the weights of an ensemble; whether and how to re-rank) is chosen on the
validation queries and reported on the test queries, beside leaving things alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from touchline.errors import UsageError
from touchline.reid.choosing import Candidate, Chosen, choose, rerank_grid, weight_grid
from touchline.reid.comparison import Comparison, Method
from touchline.reid.comparison_report import write_comparison
from touchline.reid.distances import Distances
from touchline.reid.ensembles.algebra import same_by_algebra
from touchline.reid.ensembles.ensemble import Ensemble
from touchline.reid.galleries import embed_gallery
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.method_recipe import MethodRecipe
from touchline.reid.metrics.paired import compare
from touchline.reid.model import load_reidentifier
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.runs_on_split import RunsOnSplit
from touchline.reporting.telling import tell
from touchline.runs import Run, create_run
from touchline.training.devices import DeviceName, PrecisionName

SEED_RERANKINGS = {
    "k1 20, k2 6, weight 0.3": RerankSettings(k1=20, k2=6, weight=0.3),
    "k1 10, k2 3, weight 0.3": RerankSettings(k1=10, k2=3, weight=0.3),
    "k1 60, k2 10, weight 0.3": RerankSettings(k1=60, k2=10, weight=0.3),
    "k1 20, k2 6, weight 0.5": RerankSettings(k1=20, k2=6, weight=0.5),
}
"""What seed 004 tried, over everything at once."""


def compare_runs(
    runs: Sequence[Run], data: Path, out: Path,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
    methods: Mapping[str, MethodRecipe] | None = None,
) -> Comparison:  # fmt: skip
    """Score runs, ensembles and re-rankings, and write `report.html`, `table.csv`, `metrics.json`.

    Args:
        runs: finished runs; of one name only one.
        data: named crops with a test split; without a valid split some of train, which is not
            needed otherwise, is set aside for choosing, by the seed of the first run.
        out: a new folder.
        device: where the networks run.
        precision: how they compute.
        methods: to be scored besides those that are always there, by name.

    Raises:
        UsageError: no test split, runs of one name, an unfinished run, or a method that does not
            fit the runs.
    """
    methods = methods or {}
    names = [run.folder.name for run in runs]
    if len(set(names)) < len(names):
        raise UsageError("runs of different names", ", ".join(names), "Name each once.")
    for method in methods.values():
        method.ensemble_of(names)
    found = [load_reidentifier(run, device, precision) for run in runs]
    lesson = gather_lesson(found[0].config.model_copy(update={"data": data}), learning=False)
    if lesson.test is None:
        raise UsageError(
            "a test split with names to report on", f"none in {data}", "Give one, or use evaluate."
        )
    tell(lesson.faults)
    folder = create_run("reid", out).folder
    splits = {
        name: RunsOnSplit({each.name: embed_gallery(each.extractor, gallery) for each in found})
        for name, gallery in lesson.splits.items()
    }
    tell(fault for split in splits.values() for fault in split.any.faults)
    comparison = compare_splits(splits["valid"], splits["test"], folder, methods)
    write_comparison(comparison, _where(lesson))
    return comparison


def compare_splits(
    valid: RunsOnSplit, test: RunsOnSplit, folder: Path, asked: Mapping[str, MethodRecipe]
) -> Comparison:
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
    recipes = ((name, each.kind, valid.by(each), test.by(each)) for name, each in asked.items())
    methods = [
        Method(name, kind, valid.score(on_valid), scores, compare(scores, reference))
        for name, kind, on_valid, on_test in chain(
            _methods(valid, test, base, reranking, ensembles), recipes
        )
        for scores in [test.score(on_test)]
    ]
    plain = {n: each.ensemble_of(names) for n, each in asked.items() if each.rerank is None}
    sentences = same_by_algebra(ensembles | plain)
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
    valid: RunsOnSplit, test: RunsOnSplit, base: Candidate[dict[str, float]],
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
