"""A way of ranking with several runs, as a file of settings: an ensemble, then a re-ranking."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import model_validator

from touchline.errors import UsageError
from touchline.reid.ensembles.ensemble import Ensemble, Method
from touchline.reid.reranking.settings import RerankSettings
from touchline.settings import Settings, resolve


class MethodRecipe(Settings):
    """How runs are mixed, and whether the mixture is re-ranked."""

    ensemble: Method = "concatenation"
    """concatenation of features, mean of distances, or a fusion of ranks, borda or reciprocal."""
    weights: tuple[float, ...] | None = None
    """One a run, in their order; null lets all count alike."""
    rerank: RerankSettings | None = None
    """Re-rank afterwards; null leaves the distances alone."""
    everything: bool = False
    """Re-rank over all crops at once although ranks stay inside actions, as seed 004 did."""

    @model_validator(mode="after")
    def _features_to_rerank(self) -> "MethodRecipe":
        if self.rerank is not None and self.ensemble != "concatenation":
            raise ValueError(
                f"re-ranking needs features, which {self.ensemble} has not; choose concatenation"
            )
        return self

    @property
    def kind(self) -> str:
        """What the method is called in tables."""
        return "ensemble" if self.rerank is None else "re-ranking"

    def ensemble_of(self, runs: Sequence[str]) -> Ensemble:
        """The ensemble of these runs.

        Raises:
            UsageError: when there is not one weight a run.
        """
        weights = self.weights or (1.0,) * len(runs)
        if len(weights) != len(runs):
            raise UsageError(
                f"one weight for each of {', '.join(runs)}", f"{len(weights)} weights",
                "Name as many runs as the method has weights, in their order.",
            )  # fmt: skip
        return Ensemble(self.ensemble, dict(zip(runs, weights, strict=True)))


def read_methods(files: Sequence[Path]) -> dict[str, MethodRecipe]:
    """Methods by the names of their files, without the ending.

    Raises:
        UsageError: a file that is missing or broken, or two of one name.
    """
    names = [file.stem for file in files]
    if len(set(names)) < len(names):
        raise UsageError("methods of different names", ", ".join(names), "Rename one file.")
    return {file.stem: resolve(MethodRecipe, file) for file in files}
