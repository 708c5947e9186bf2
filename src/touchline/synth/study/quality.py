"""How good the photos of a round's generator are, held against real photos it never saw."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from touchline.media.framing import as_pixels
from touchline.media.images import read_image
from touchline.photos.features import Source
from touchline.photos.study import LearnOnly
from touchline.runs import Run
from touchline.synth.lesson import stacked
from touchline.synth.scores.embedding import load_embedder, views_of
from touchline.synth.scores.judge import teach_judge
from touchline.synth.scores.kid import kid
from touchline.synth.study.arms import added
from touchline.synth.study.round_work import RoundWork

MOST = 512
"""Photos of each kind that are compared; more would say little more, and take minutes."""


def write_quality(work: RoundWork, made: LearnOnly) -> None:
    """Score the synthetic photos of a round: KID, and whether they show their class and side.

    The real photos of the comparison are those that score in the round, and the judge of classes
    has learnt from these too: neither it nor they are known to the generator.

    Args:
        work: the round; its `quality.json` is written.
        made: its synthetic photos.
    """
    real = stacked(work.generator_config, work.gathered, _some(work)).scored
    chosen = np.linspace(0, len(made.sources) - 1, min(MOST, len(made.sources))).round().astype(int)
    pixels = _pixels([made.sources[place] for place in chosen])
    embed, views = load_embedder(work.study.device), views_of(work.study.mirror)
    known, shown = embed(real.pixels, views, quiet=True), embed(pixels, views, quiet=True)
    judge = teach_judge(
        known, real.labels, real.groups, work.study.mirror, views, work.config.seed
    )  # fmt: skip
    judged = judge.verdict(shown, made.labels[chosen])
    Run(work.folder).write_json(work.quality.name, {
        "kid": kid(known[:, 0], shown[:, 0], real.groups).as_dict(),
        "right": judged.right.as_dict(),
        "side": judged.side.as_dict() if judged.side else None,
        "judge_right": judge.on_real.right.as_dict(),
        "judge_side": judge.on_real.side.as_dict() if judge.on_real.side else None,
        "samples": len(chosen), "real": len(real),
    })  # fmt: skip


def _some(work: RoundWork) -> np.ndarray:
    """The photos that score, or where there are very many, some of each class."""
    test = work.round.test
    few = added(work.study.labels[test], min(1.0, MOST / len(test)))
    places: np.ndarray = test[np.sort(few)]
    return places


def _pixels(sources: Sequence[Source]) -> Tensor:
    return torch.stack([as_pixels(read_image(source.path)) for source in sources])
