"""The leak that makes synthetic photos look helpful: a generator that has seen what is scored.

It can only hand on what it has learnt from. Where that is a photo that scores, or its twin, the
score says how well the answer was passed on.
"""

from collections.abc import Sequence

import numpy as np

from touchline.errors import UsageError
from touchline.photos.duplicates import find_duplicates
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.gather import Gathered
from touchline.photos.split import group_of

NAMED = 3


def refuse_leak(
    gathered: Gathered, scored: np.ndarray, seen: Sequence[Fingerprint], generator: str
) -> None:
    """Raise when a photo that is to be scored, or one of its group, is among those seen.

    A photo counts as seen by its content, and as a copy, mirrored twin or shot of one burst, by
    what finds them among photos (`touchline.photos.duplicates`).

    Args:
        gathered: the photos.
        scored: `(n,)` places of those that ever score or choose.
        seen: what the generator has seen (`touchline.photos.synthetic.made.seen_photos`).
        generator: names it in the message, such as `the generator of fold 1`.

    Raises:
        UsageError: there is such a photo; names the first few.
    """
    groups = [group_of(photo) for photo in gathered.photo_set.photos]
    judged = {groups[place] for place in scored}
    kin = [place for place, group in enumerate(groups) if group in judged]
    among = copies_among([gathered.fingerprints[place] for place in kin], seen)
    leaking = {groups[kin[place]] for place in among}
    names = [
        gathered.photo_set.photos[place].name
        for place in sorted(set(scored.tolist()))
        if groups[place] in leaking
    ]
    if names:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        raise UsageError(
            f"photos to score that {generator} has not learnt from",
            f"{', '.join(map(repr, names[:NAMED]))}{more}, of which it has seen the very photo, a "
            "copy or a shot of the same burst",
            "Split first with `touchline photos split DATA --holdout 0.2`; teach a generator with "
            "`touchline synth train DATA --split split.csv`, sample from it, and train on those "
            "photos with `--split split.csv`.",
        )


def copies_among(
    fingerprints: Sequence[Fingerprint], others: Sequence[Fingerprint]
) -> tuple[int, ...]:
    """Places of the photos that belong to one of the `others`: copies, mirrored twins, bursts."""
    count = len(fingerprints)
    clusters = find_duplicates([*fingerprints, *others]).clusters
    found = {place for cluster in clusters if cluster[-1] >= count for place in cluster}
    return tuple(sorted(place for place in found if place < count))
