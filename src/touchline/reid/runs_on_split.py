"""Several runs on the same queries and gallery: mixed, re-ranked and scored."""

from collections.abc import Mapping
from dataclasses import dataclass

from touchline.errors import UsageError
from touchline.reid.crops import codes_of
from touchline.reid.distances import Distances, FeatureDistances
from touchline.reid.ensembles.ensemble import Ensemble, mixed
from touchline.reid.galleries import EmbeddedGallery
from touchline.reid.method_recipe import MethodRecipe
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.reranking.actions import Actions
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.reranking.within import rerank_within


@dataclass(frozen=True)
class RunsOnSplit:
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

    def by(self, recipe: MethodRecipe) -> Distances:
        """The distances of a method as a file names it.

        Raises:
            UsageError: not one weight a run, or more neighbours to look at than there are crops.
        """
        base = self.mixed(recipe.ensemble_of(list(self.runs)))
        if recipe.rerank is None:
            return base
        if not self.can_rerank(recipe.rerank):
            raise UsageError(
                f"a split with more than k1 = {recipe.rerank.k1} crops",
                self.any.gallery.describe(), "Take a smaller k1, or more crops.",
            )  # fmt: skip
        assert isinstance(base, FeatureDistances)
        return self.reranked(base, recipe.rerank, everything=recipe.everything)
