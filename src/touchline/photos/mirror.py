"""What each class is called in a mirror: `Kick-l` becomes `Kick-r`, `Hero` stays `Hero`.

`pair_classes` finds the pairs in the class names; every place that mirrors a photo asks the map it
returns for the label (`swap`) or the logits (`permute`) that go with the mirrored pixels.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.photos.data import class_key

_NEW_WORD = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
"""Between `g` and `L` in `kickingLeft`."""

_SIDE = re.compile(r"(?<![^\W_])(?:(left|l)|(?:right|r))(?![^\W_])", re.IGNORECASE)
"""A word that may name a side, anywhere in the name."""

_SURE_SIDE = re.compile(r"(?<![^\W_])(?:left|right)(?![^\W_])|(?<=[\s_-])[lr]$", re.IGNORECASE)
"""A word that names a side even where no other class is its partner."""

_LAST_LETTER = re.compile(r"(?:^|(?<=[\s_-]))[^\W\d_]$")
_PLACES = frozenset("lrcm")
"""Left, right, centre, middle; another last letter makes a series (`pitch-a`, `pitch-b` ...)."""

_LEFT, _RIGHT = "←", "→"
_OPPOSITE = str.maketrans(_LEFT + _RIGHT, _RIGHT + _LEFT)


@dataclass(frozen=True)
class MirrorMap:
    """The classes in order, and the place of the class that each becomes in a mirror.

    Attributes:
        classes: the class names, each once.
        partner: for each class the place of its mirror image; its own where it has no side. An
            involution: the partner of the partner is the class itself.
        unpaired: classes that have a side by name, but no partner.
    """

    classes: tuple[str, ...]
    partner: tuple[int, ...]
    unpaired: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        places = range(len(self.classes))
        if len(self.partner) != len(places) or any(p not in places for p in self.partner):
            raise ValueError(f"partners {self.partner} of {len(places)} classes")
        if any(self.partner[self.partner[place]] != place for place in places):
            raise ValueError(f"the partners {self.partner} are not mutual")

    @classmethod
    def plain(cls, classes: Sequence[str]) -> "MirrorMap":
        """The map that leaves every class as it is."""
        return cls(tuple(classes), tuple(range(len(classes))))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each pair of partners once, in the order of the classes."""
        return tuple(
            (self.classes[place], self.classes[other])
            for place, other in enumerate(self.partner)
            if place < other
        )

    @property
    def directional(self) -> tuple[str, ...]:
        """The classes that have a side, with a partner or without, in order."""
        return tuple(
            name
            for place, name in enumerate(self.classes)
            if self.partner[place] != place or name in self.unpaired
        )

    def swap(self, labels: np.ndarray) -> np.ndarray:
        """The labels that photos get when they are mirrored.

        Args:
            labels: class places of any shape; -1 (no class) stays -1.

        >>> MirrorMap(("Hero", "Kick-l", "Kick-r"), (0, 2, 1)).swap(np.array([0, 1, 2, -1]))
        array([ 0,  2,  1, -1])
        """
        labels = np.asarray(labels)
        if labels.size and (labels.min() < -1 or labels.max() >= len(self.classes)):
            raise ValueError(f"labels outside -1 to {len(self.classes) - 1}")
        swapped: np.ndarray = np.append(np.array(self.partner, dtype=np.int64), -1)[labels]
        return swapped

    def permute(self, logits: np.ndarray) -> np.ndarray:
        """Turn the logits of mirrored photos into logits of the photos, and back.

        Args:
            logits: `(..., classes)`; probabilities and one-hot targets will do too.

        >>> MirrorMap(("Hero", "Kick-l", "Kick-r"), (0, 2, 1)).permute(np.array([[1, 5, 3]]))
        array([[1, 3, 5]])
        """
        if logits.shape[-1] != len(self.classes):
            raise ValueError(f"logits of shape {logits.shape} for {len(self.classes)} classes")
        return logits[..., list(self.partner)]

    def refuse_plain(self) -> None:
        """Refuse to mirror photos without swapping their labels, where that would spoil some.

        Raises:
            UsageError: when a class has a side; classes without a partner are named first.
        """
        if not self.directional:
            return
        found = f"{len(self.directional)} directional classes ({_listed(self.directional)})"
        advice = "Let paired labels be swapped (mirror.mode=auto)."
        if self.unpaired:
            found = f"directional classes without partner ({_listed(self.unpaired)})"
            advice = (
                "A plain mirror is refused: state their partners with mirror.pairs, or say with "
                "mirror.undirected that they have no side."
            )
        raise UsageError("classes that look the same in a mirror", found, advice)

    def as_dict(self) -> dict[str, Any]:
        """The map as `labels.json` keeps it: by name, so that a person can read it."""
        return {
            "classes": list(self.classes),
            "mirror_pairs": [list(pair) for pair in self.pairs],
            "unpaired": list(self.unpaired),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "MirrorMap":
        """The inverse of `as_dict`.

        Raises:
            UsageError: when something is missing or a pair names no class.
        """
        try:
            classes = tuple(values["classes"])
            partner = _partners(classes, values["mirror_pairs"])
            return cls(classes, partner, tuple(values["unpaired"]))
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                "classes, mirror_pairs and unpaired of a run's labels.json", repr(error),
                "Restore the file, or train again.",
            ) from error  # fmt: skip


def pair_classes(
    classes: Sequence[str], stated: Sequence[tuple[str, str]] = (), none: Sequence[str] = ()
) -> MirrorMap:
    """Find the class that each class becomes in a mirror, by name.

    Two classes are partners when their names differ only in the side: the words `left` and `right`
    anywhere (`Kick_left`, `left kick`, `leftKick`), or the single letters `l` and `r` as a word of
    their own. Case, spaces, `_` and `-` do not count, so `HandsOnHips-90-deg-l` goes with
    `HandsOnHips-90deg-r`.

    A name with the word `left` or `right`, or with `l` or `r` for last word, has a side even when
    it has no partner: mirroring it in silence would spoil it, so it is listed as unpaired. Where
    this is wrong (`football-r`, `Left Back`), name it in `none`. Letters elsewhere (`l-size`), or
    alone (`l`), count only where the partner exists, and not in a series of letters (`pitch-a`,
    `pitch-b`, ... `pitch-l`; but `wing-l`, `wing-c`, `wing-r` is no series).

    Args:
        classes: the class names, in the order of the labels.
        stated: pairs known by hand; they outrank the names.
        none: classes without a side, whatever their names say.

    Raises:
        UsageError: a stated class does not exist (the nearest is named) or is stated twice, or a
            name has several possible partners.

    >>> pair_classes(["HandsOnHips-90-deg-l", "HandsOnHips-90deg-r", "Hero"]).partner
    (1, 0, 2)
    """
    classes = tuple(classes)
    _check_stated(classes, [name for pair in stated for name in pair] + list(none))
    settled = {name for pair in stated for name in pair} | set(none)
    settled |= _in_series(classes)
    keys = {name: _key(name) for name in classes if name not in settled}
    by_key: dict[str, list[str]] = {}
    for name, key in keys.items():
        by_key.setdefault(key, []).append(name)
    pairs, unpaired = list(stated), list[str]()
    for name, key in keys.items():
        opposite = key.translate(_OPPOSITE)
        others = by_key.get(opposite, []) if opposite != key else []
        if others and (len(others) > 1 or len(by_key[key]) > 1):
            raise UsageError(
                f"one partner for the class {name!r}",
                f"{_listed(by_key[key])} against {_listed(others)}",
                "State the pairs by hand with mirror.pairs, or merge the folders.",
            )  # fmt: skip
        if others:
            pairs.append((name, others[0]))
        elif _SURE_SIDE.search(_NEW_WORD.sub(" ", name)):
            unpaired.append(name)
    return MirrorMap(classes, _partners(classes, pairs), tuple(unpaired))


def _key(name: str) -> str:
    """The name without what does not count, its sides as arrows: `Kick-L` gives `kick←`."""
    spaced = _NEW_WORD.sub(" ", name)
    return class_key(_SIDE.sub(lambda found: _LEFT if found[1] else _RIGHT, spaced))


def _in_series(classes: Sequence[str]) -> set[str]:
    """Names whose last letter, `l` or `r`, counts through the alphabet with others'."""
    letters: dict[str, dict[str, str]] = {}
    for name in classes:
        spaced = _NEW_WORD.sub(" ", name)
        if found := _LAST_LETTER.search(spaced):
            stem = class_key(spaced[: found.start()])
            letters.setdefault(stem, {})[name] = spaced[-1].lower()
    series = [names for names in letters.values() if not _PLACES.issuperset(names.values())]
    return {name for names in series for name, letter in names.items() if letter in "lr"}


def _partners(classes: Sequence[str], pairs: Sequence[Sequence[str]]) -> tuple[int, ...]:
    place = {name: number for number, name in enumerate(classes)}
    partner = list(range(len(classes)))
    for first, second in pairs:
        partner[place[first]], partner[place[second]] = place[second], place[first]
    return tuple(partner)


def _check_stated(classes: tuple[str, ...], names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name not in classes:
            near = difflib.get_close_matches(name, classes, n=1, cutoff=0.0)
            advice = f"The nearest class is {near[0]!r}." if near else "There are no classes."
            raise UsageError("a class of the photos in a stated pair", repr(name), advice)
        if name in names[:number]:
            raise UsageError(
                "each class at most once among the stated pairs and the undirected classes",
                f"{name!r} twice", "Drop one of the two.",
            )  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown
