"""All scores of generated photos, beside what copies with noise and real photos would score.

No single figure will do: a generator that copies has the best KID of all, one that makes one photo
well has the best precision, and classes may be mixed up or mirrored whatever KID says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from touchline.errors import UsageError
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap
from touchline.reporting.confidence import Score
from touchline.synth.scores.baseline import STRENGTHS, halves, noisy_copies
from touchline.synth.scores.copies import Copies, find_copies
from touchline.synth.scores.embedding import Embedder, load_embedder, views_of
from touchline.synth.scores.judge import Judge, teach_judge
from touchline.synth.scores.kid import SubsetKid, kid, kid_by_subsets
from touchline.synth.scores.precision_recall import PrecisionRecall, precision_recall
from touchline.synth.scores.scored_photos import ScoredPhotos, check_pixels
from touchline.synth.scores.sides import Verdict

UNSEEN, LEARNT = "photos the generator never saw", "the photos the generator learnt from"


@dataclass(frozen=True)
class SetScores:
    """The scores of one set of photos.

    Attributes:
        kid: against the reference.
        subsets: the same as most papers print it.
        neighbourhoods: precision and recall against the reference.
        copies: share of copies of photos learnt from.
        verdict: whether they show their classes.
    """

    kid: Score
    subsets: SubsetKid
    neighbourhoods: PrecisionRecall
    copies: Score
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kid": self.kid.as_dict(), "kid_subsets": self.subsets.as_dict(),
            **self.neighbourhoods.as_dict(), "copies": self.copies.as_dict(),
            "verdict": self.verdict.as_dict(),
        }  # fmt: skip


@dataclass(frozen=True)
class SynthScores:
    """The scores of generated photos, and what to read them beside.

    Attributes:
        samples: of the generated photos.
        copies: each of them beside its nearest training photo.
        floor: of real photos in their place: training photos against the reference, or one half of
            the training photos against the other; its share of copies is that of false alarms, its
            verdict the judge's own by cross-validation. None where photos cannot be halved.
        noise: of copies of training photos by the strength of their noise. Noise confuses the
            network as well, which is why the judge mistakes many of them.
        judge: the judge's verdict on real photos it had not learnt from.
        reference: which photos KID, precision and recall compare with, in words.
        counts: how many photos there were of each kind.
    """

    samples: SetScores
    copies: Copies
    floor: SetScores | None
    noise: dict[float, SetScores]
    judge: Verdict
    reference: str
    counts: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For `metrics.json`."""
        return {
            "samples": self.samples.as_dict(),
            "nearest": self.copies.as_dict(),
            "floor": self.floor.as_dict() if self.floor else None,
            "noise": {f"{strength:g}": each.as_dict() for strength, each in self.noise.items()},
            "judge": self.judge.as_dict(),
            "reference": self.reference, "photos": self.counts,
        }  # fmt: skip


def score_samples(
    samples: Tensor,
    sample_labels: np.ndarray,
    training: ScoredPhotos,
    mirror: MirrorMap,
    *,
    reference: ScoredPhotos | None = None,
    judge_photos: ScoredPhotos | None = None,
    embedder: Embedder | None = None,
    seed: int = 0,
    quiet: bool = False,
) -> SynthScores:
    """Score generated photos.

    Ask for as many samples of each class as the reference has: KID, precision and recall see other
    shares of classes as well.

    Args:
        samples: uint8 `(n, 3, side, side)`, n at least 2.
        sample_labels: `(n,)` places of the classes that were asked for.
        training: what the generator saw.
        mirror: the classes and what each is called in a mirror.
        reference: photos it never saw; None compares with `training`, and copies then look good.
        judge_photos: what the judge learns from; None takes all real photos given.
        embedder: the network; None loads it.
        seed: of folds, halves, subsets and noise.
        quiet: show no progress.

    Raises:
        UsageError: fewer than two photos of a kind, or photos of different sides.
        EnvironmentMissingError: the network's weights are missing.
    """
    check_pixels(samples)
    real = [photos for photos in (training, reference) if photos]
    _require_one_side(samples, *real, *([judge_photos] if judge_photos else []))
    views, network = views_of(mirror), embedder or load_embedder()
    embedded = [_Embedded.of(photos, network, views, quiet) for photos in real]
    taught = [_Embedded.of(judge_photos, network, views, quiet)] if judge_photos else embedded
    judge = _taught(taught, mirror, views, seed)
    compared = embedded[-1]

    def score(pixels: Tensor, labels: np.ndarray) -> tuple[SetScores, Copies]:
        features = network(pixels, views, quiet=quiet)
        copies = find_copies(pixels, training)
        verdict = judge.verdict(features, labels)
        return _scores(compared, features, None, copies.share, verdict, seed), copies

    made, copies = score(samples, sample_labels)
    noise = {
        strength: score(*noisy_copies(training, len(samples), strength, seed))[0]
        for strength in STRENGTHS
    }
    floor = _floor(embedded, judge.on_real, seed)
    kinds = {"training": training, "reference": compared.photos}
    counts = {"samples": len(samples)} | {name: len(kind) for name, kind in kinds.items()}
    counts["judge"] = sum(len(each.photos) for each in taught)
    described = UNSEEN if reference else LEARNT
    return SynthScores(made, copies, floor, noise, judge.on_real, described, counts)


@dataclass(frozen=True)
class _Embedded:
    """Real photos and their features `(n, views, features)`."""

    photos: ScoredPhotos
    features: np.ndarray

    @classmethod
    def of(
        cls, photos: ScoredPhotos, network: Embedder, views: tuple[View, ...], quiet: bool
    ) -> "_Embedded":
        return cls(photos, network(photos.pixels, views, quiet=quiet))

    def take(self, places: np.ndarray) -> "_Embedded":
        return _Embedded(self.photos.take(places), self.features[places])


def _taught(
    photos: Sequence[_Embedded], mirror: MirrorMap, views: tuple[View, ...], seed: int
) -> Judge:
    return teach_judge(
        np.concatenate([each.features for each in photos]),
        np.concatenate([each.photos.labels for each in photos]),
        np.concatenate([each.photos.groups for each in photos]),
        mirror, views, seed,
    )  # fmt: skip


def _scores(
    real: _Embedded, features: np.ndarray, groups: np.ndarray | None, copies: Score,
    verdict: Verdict, seed: int,
) -> SetScores:  # fmt: skip
    """The scores of photos with these features and groups against real ones."""
    plain, others, real_groups = real.features[:, 0], features[:, 0], real.photos.groups
    return SetScores(
        kid=kid(plain, others, real_groups, groups),
        subsets=kid_by_subsets(plain, others, seed),
        neighbourhoods=precision_recall(plain, others, real_groups),
        copies=copies,
        verdict=verdict,
    )


def _floor(embedded: Sequence[_Embedded], verdict: Verdict, seed: int) -> SetScores | None:
    """Real photos in the place of generated ones; the last of `embedded` is the reference."""
    one, other = embedded[0], embedded[-1]
    if len(embedded) == 1:
        parts = halves(one.photos, seed)
        if parts is None:
            return None
        one, other = one.take(parts[0]), one.take(parts[1])
    copies = find_copies(other.photos.pixels, one.photos).share
    return _scores(other, one.features, one.photos.groups, copies, verdict, seed)


def _require_one_side(samples: Tensor, *photos: ScoredPhotos) -> None:
    sides = {samples.shape[-1], *(each.pixels.shape[-1] for each in photos)}
    if len(sides) > 1:
        raise UsageError(
            "generated and real photos of one side", f"sides of {sorted(sides)} pixels",
            "Bring the real photos to the size of the generated ones.",
        )  # fmt: skip
