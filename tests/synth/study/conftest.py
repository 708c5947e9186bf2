from collections.abc import Iterator
from pathlib import Path

import pytest

from quick_generators import GOOD, WRONG, mean_colours, tinted_world
from quick_studies import quick_config
from touchline.runs import Run
from touchline.synth import generators, snapshot_scoring
from touchline.synth.limits.estimates import Estimate
from touchline.synth.study import preparing, quality
from touchline.synth.study.run import study


@pytest.fixture(scope="session")
def tinted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tinted_world(tmp_path_factory.mktemp("tinted") / "photos", 24)


@pytest.fixture(scope="module")
def quick() -> Iterator[pytest.MonkeyPatch]:
    """Generators, scores and rehearsals that take no time; `quick.setitem` chooses another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(generators.GENERATORS, "stylegan", GOOD)
        patch.setitem(generators.GENERATORS, "diffusion", WRONG)
        for module in (snapshot_scoring, quality):
            patch.setattr(module, "load_embedder", lambda *_: mean_colours)
        patch.setattr(preparing, "foresee", lambda *_: Estimate(1, 1, 1.0, 1, True))
        yield patch


@pytest.fixture(scope="module")
def finished(tinted: Path, quick: object, tmp_path_factory: pytest.TempPathFactory) -> Run:  # noqa: ARG001
    """A finished study whose synthetic photos are of the wrong classes."""
    folder = tmp_path_factory.mktemp("study")
    config = quick_config(tinted, folder / "cache", generator="diffusion")
    return study(config, folder / "run")
