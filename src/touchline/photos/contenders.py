"""The backbones of a bake-off as a person names them."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from touchline.backbones.loading import PACKAGED, check_backbone_name
from touchline.errors import UsageError
from touchline.photos.config import BackboneSettings

NO_FILES = ("packaged", "hub", "random")
"""Weights that are known by a word."""


@dataclass(frozen=True)
class Contender:
    """A backbone as the person named it: `NAME` or `NAME@WEIGHTS`."""

    word: str

    @property
    def settings(self) -> BackboneSettings:
        """Its name and weights; without weights the packaged ones, else those of the hub.

        >>> Contender("resnet18@random").settings.weights, Contender("resnet18").settings.weights
        ('random', 'hub')
        """
        name, _, weights = self.word.partition("@")
        usual = "packaged" if name in PACKAGED else "hub"
        return BackboneSettings(name=name, weights=weights or usual)


def contenders(words: str) -> tuple[Contender, ...]:
    """The backbones of a comma-separated list, each name checked before any work begins.

    Raises:
        UsageError: for an unknown name (names near it are given), one named twice (`a` and
            `a@packaged` may be the same), none, or a folder in the place of a file of weights.
    """
    found = tuple(Contender(word.strip()) for word in words.split(",") if word.strip())
    if not found:
        raise UsageError("backbones to compare", "none", "Name some: --backbones a,b@random,c@FILE")
    often, times = Counter(each.settings for each in found).most_common(1)[0]
    if times > 1:
        same = " and ".join(repr(each.word) for each in found if each.settings == often)
        raise UsageError("each backbone once", f"{same}, which are the same", "Name it once.")
    for each in found:
        check_backbone_name(each.settings.name)
        weights = each.settings.weights
        if weights not in NO_FILES and Path(weights).is_dir():
            raise UsageError(
                "a file of weights", f"the folder {weights} for {each.settings.name}",
                "Name a file in it.",
            )  # fmt: skip
    return found
